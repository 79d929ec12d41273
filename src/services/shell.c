/* shell.c - the service: input comes, commands run and are answered
 * SPDX-License-Identifier: MIT
 *
 * Whoever feeds puts bytes into a ring and pokes: one request of the shell's to
 * itself. While that is in flight more news needs no other one, and when it is
 * settled who settles looks for news that came after the shell had looked.
 */
#include "weft/shell.h"

#include <string.h>

#include "services/shell.h"

enum { LOOK, ANSWER };
enum { CONTROL_C = 3, HOLD = 16 };

/* Bytes in one go, before others on the executor have their turn. */
enum { BATCH = 32 };

static weft_shell_t *shell_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, weft_shell_t, service);
}

/* --- from anywhere -------------------------------------------------------- */

static void poke(weft_shell_t *shell)
{
    weft_atomic_store_release_u32(&shell->news, 1);
    if (weft_atomic_exchange_acq_rel_u32(&shell->poked, 1) == 0) {
        (void)weft_service_send(&shell->service, LOOK, &shell->poke);
    }
}

/* A shell that is stopped looks when it is started; by now it may be. */
static void poke_settled(weft_future_t *future)
{
    weft_shell_t *shell = WEFT_CONTAINER_OF(future, weft_shell_t, poke);
    int rc = weft_future_result(future);

    (void)weft_atomic_exchange_acq_rel_u32(&shell->poked, 0);
    if ((rc == WEFT_OK || (rc == WEFT_ERR_STOPPED &&
                           weft_atomic_load_acquire_u8(&shell->open) != 0)) &&
        weft_atomic_load_acquire_u32(&shell->news) != 0) {
        poke(shell);
    }
}

/* Under the lock. */
static bool take_in(weft_shell_t *shell, char byte)
{
    if (byte == CONTROL_C) {
        shell->input_size = 0;
        shell->broken = 1;
        return true;
    }
    if (shell->input_size == WEFT_SHELL_INPUT) {
        shell->lost++;
        return false;
    }
    shell->input[((size_t)shell->input_at + shell->input_size) %
                 WEFT_SHELL_INPUT] = byte;
    shell->input_size++;
    return true;
}

size_t weft_shell_feed(weft_shell_t *shell, const char *bytes, size_t size)
{
    size_t taken = 0;

    while (size > 0) {
        size_t step = size < HOLD ? size : HOLD;
        unsigned key = weft_lock_mask(&shell->lock);

        for (size_t i = 0; i < step; i++) {
            taken += take_in(shell, bytes[i]);
        }
        weft_unlock_mask(&shell->lock, key);
        bytes += step;
        size -= step;
    }
    poke(shell);
    return taken;
}

size_t weft_shell_room(weft_shell_t *shell)
{
    unsigned key = weft_lock_mask(&shell->lock);
    size_t room = (size_t)WEFT_SHELL_INPUT - shell->input_size;

    weft_unlock_mask(&shell->lock, key);
    return room;
}

void weft_shell_ready(weft_shell_t *shell)
{
    poke(shell);
}

/* --- commands ------------------------------------------------------------- */

static void list(weft_shell_t *shell, const char *name, const char *help)
{
    weft_shell_print(shell, name);
    if (help != NULL) {
        weft_shell_print(shell, help[0] == ':' ? "" : " ");
        weft_shell_print(shell, help);
    }
    weft_shell_print(shell, "\n");
}

static int help(weft_shell_t *shell, int argc, char **argv)
{
    bool found = argc < 2 || strcmp(argv[1], "help") == 0;

    if (found) {
        list(shell, "help", "[NAME]: what there is");
    }
    for (size_t i = 0; i < shell->config.count; i++) {
        const weft_shell_command_t *command = &shell->config.commands[i];

        if (argc < 2 || strcmp(command->name, argv[1]) == 0) {
            list(shell, command->name, command->help);
            found = true;
        }
    }
    return found ? WEFT_OK : WEFT_ERR_NOT_FOUND;
}

static const weft_shell_command_t help_command = {"help", NULL, help};

static const weft_shell_command_t *find(const weft_shell_t *shell,
                                        const char *name)
{
    for (size_t i = 0; i < shell->config.count; i++) {
        if (strcmp(shell->config.commands[i].name, name) == 0) {
            return &shell->config.commands[i];
        }
    }
    return strcmp(name, help_command.name) == 0 ? &help_command : NULL;
}

/* What the running command, or its answer function, has returned. */
static void report(weft_shell_t *shell, int rc)
{
    WEFT_ASSERT((rc == WEFT_PENDING) == (shell->waits != NULL),
                "a command has not returned what its call gave");
    if (rc < 0 && rc != WEFT_PENDING) {
        weft_shell_print(shell, shell->running->name);
        weft_shell_print(shell, ": ");
        weft_shell_print(shell, weft_error_text(rc));
        weft_shell_print(shell, "\n");
    }
}

static void run_words(weft_shell_t *shell, int count, char **words)
{
    shell->running = find(shell, words[0]);
    if (shell->running == NULL) {
        weft_shell_print(shell, "unknown command: ");
        weft_shell_print(shell, words[0]);
        weft_shell_print(shell, " ('help' lists them)\n");
        return;
    }
    report(shell, shell->running->fn(shell, count, words));
}

void weft__shell_run(weft_shell_t *shell)
{
    char *words[WEFT_SHELL_WORDS + 1];
    int count = weft__shell_part(shell->line, words);

    if (count > 0) {
        run_words(shell, count, words);
    } else if (count == WEFT_ERR_FULL) {
        weft_shell_print(shell, "too many words, at most ");
        weft_shell_print_int(shell, WEFT_SHELL_WORDS);
        weft_shell_print(shell, "\n");
    } else if (count < 0) {
        weft_shell_print(shell, "a quote has no end\n");
    }
}

/* --- answers -------------------------------------------------------------- */

/* Puts a request in place of another, or NULL, among those under way. */
static bool replace(weft_shell_t *shell, void *from, void *to)
{
    for (int i = 0; i < WEFT_SHELL_CALLS; i++) {
        void *expected = from;

        if (weft_atomic_cas_acq_rel_ptr(&shell->under_way[i], &expected, to)) {
            return true;
        }
    }
    return false;
}

static bool is_under_way(weft_shell_t *shell, const weft_request_t *request)
{
    for (int i = 0; i < WEFT_SHELL_CALLS; i++) {
        if (weft_atomic_load_acquire_ptr(&shell->under_way[i]) == request) {
            return true;
        }
    }
    return false;
}

/* One that was settled while the shell was stopped. */
static void answered_too_late(weft_future_t *future)
{
    weft_reply_t *reply = weft_request_reply_of(future);

    (void)replace(WEFT_CONTAINER_OF(reply, weft_shell_t, reply), future, NULL);
}

int weft_shell_call(weft_shell_t *shell, weft_service_t *service, unsigned code,
                    weft_request_t *request, weft_shell_answer_fn *answer)
{
    int rc;

    WEFT_ASSERT(shell->waits == NULL, "two calls of one command");
    if (is_under_way(shell, request) || weft_request_in_flight(request) ||
        !replace(shell, NULL, request)) {
        return WEFT_ERR_BUSY;
    }
    weft_request_reply(request, &shell->reply);
    shell->waits = request;
    shell->answer = answer;
    rc = weft_service_send(service, code, request);
    if (rc == WEFT_ERR_BUSY || rc == WEFT_ERR_INVALID) {
        shell->waits = NULL;
        (void)replace(shell, request, NULL);
        return rc;
    }
    return WEFT_PENDING; /* other errors are answers, too */
}

/* --- in the service ------------------------------------------------------- */

enum event { NOTHING, BYTE, BREAK };

/* A break comes before all that was fed after it. While a command waits only a
 * break is taken. */
static enum event next_event(weft_shell_t *shell, char *byte)
{
    unsigned key = weft_lock_mask(&shell->lock);
    enum event event = NOTHING;

    if (shell->broken) {
        shell->broken = 0;
        event = BREAK;
    } else if (shell->input_size > 0 && shell->waits == NULL) {
        *byte = shell->input[shell->input_at];
        shell->input_at = (uint16_t)((shell->input_at + 1u) % WEFT_SHELL_INPUT);
        shell->input_size--;
        event = BYTE;
    }
    weft_unlock_mask(&shell->lock, key);
    return event;
}

static void give_up(weft_shell_t *shell)
{
    if (shell->waits != NULL) {
        (void)weft_future_cancel(shell->waits);
        shell->waits = NULL;
    }
}

static void start_over(weft_shell_t *shell)
{
    give_up(shell);
    weft__shell_clear(shell);
    shell->escape = 0;
    weft_shell_print(shell, shell->config.echo ? "^C\n" : "");
    weft__shell_prompt(shell);
}

/* Works off a part of what there is to do. */
static void work(weft_shell_t *shell)
{
    enum event event = BREAK;
    char byte;

    for (int left = BATCH; left > 0 && event != NOTHING; left--) {
        event = next_event(shell, &byte);
        if (event == BREAK) {
            start_over(shell);
        } else if (event == BYTE) {
            weft__shell_key(shell, byte);
        }
    }
    weft__shell_flush(shell);
    if (event != NOTHING) {
        poke(shell);
    }
}

static int look(weft_service_t *service, weft_request_t *request)
{
    weft_shell_t *shell = shell_of(service);

    (void)request;
    weft_atomic_store_release_u32(&shell->news, 0);
    work(shell);
    return WEFT_OK;
}

static int answer(weft_service_t *service, weft_request_t *request)
{
    weft_shell_t *shell = shell_of(service);

    (void)replace(shell, request, NULL);
    if (request == shell->waits) {
        shell->waits = NULL;
        report(shell, shell->answer(shell, request));
        if (shell->waits == NULL) {
            weft__shell_prompt(shell);
        }
        work(shell);
    }
    return WEFT_OK;
}

static int start(weft_service_t *service, weft_request_t *request)
{
    weft_shell_t *shell = shell_of(service);

    (void)request;
    weft_reply_init(&shell->reply, service, ANSWER, answered_too_late);
    weft_atomic_store_release_u8(&shell->open, 1);
    weft__shell_clear(shell);
    weft__shell_prompt(shell);
    work(shell);
    return WEFT_OK;
}

static int stop(weft_service_t *service, weft_request_t *request)
{
    weft_shell_t *shell = shell_of(service);

    (void)request;
    weft_atomic_store_release_u8(&shell->open, 0);
    give_up(shell);
    weft__shell_flush(shell);
    return WEFT_OK;
}

int weft_shell_init(weft_shell_t *shell, weft_executor_t *executor,
                    const weft_shell_config_t *config)
{
    static const weft_handler_t handlers[] = {{LOOK, 0, look},
                                              {ANSWER, 0, answer}};
    static const weft_service_type_t type = {.name = "shell",
                                             .handlers = handlers,
                                             .handlers_count = 2,
                                             .on_start = start,
                                             .on_stop = stop};

    memset(shell, 0, sizeof(*shell));
    shell->config = *config;
    if (shell->config.newline == NULL) {
        shell->config.newline = "\r\n";
    }
    for (size_t i = 0; i < config->count; i++) {
        if (config->commands[i].name == NULL ||
            config->commands[i].fn == NULL) {
            return WEFT_ERR_INVALID;
        }
    }
    weft_future_then(&shell->poke, poke_settled);
    return config->output == NULL
               ? WEFT_ERR_INVALID
               : weft_service_init(&shell->service, &type, executor);
}
