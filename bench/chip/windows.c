/* windows.c - instructions for which Weft keeps interrupts out, at most
 * SPDX-License-Identifier: MIT
 *
 * Linked with --wrap: each mask and unmask by way of this file, which looks at
 * the counter in between; while the port has the core asleep it does not. 100
 * tasks sleep; half of them are woken by the time, the others cancelled.
 */
#include "weft/weft.h"

#include "bench/chip/count.h"

enum { SLEEPERS = 100 };

unsigned __real_weft_hook_mask(void);
void __real_weft_hook_unmask(unsigned key);
unsigned __wrap_weft_hook_mask(void);
void __wrap_weft_hook_unmask(unsigned key);

void __real_weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                            uint64_t deadline_us);
void __wrap_weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                            uint64_t deadline_us);

static unsigned depth;
static bool asleep_now;
static uint32_t since;
static uint32_t longest;

unsigned __wrap_weft_hook_mask(void)
{
    unsigned key = __real_weft_hook_mask();

    if (depth++ == 0) {
        since = count_now();
    }
    return key;
}

void __wrap_weft_hook_unmask(unsigned key)
{
    if (--depth == 0 && !asleep_now && count_now() - since > longest) {
        longest = count_now() - since;
    }
    __real_weft_hook_unmask(key);
}

void __wrap_weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                            uint64_t deadline_us)
{
    asleep_now = true;
    __real_weft_port_sleep(word, asleep, deadline_us);
    asleep_now = false;
}

static weft_loop_t loop;

struct sleeper {
    weft_task_t task;
    weft_timer_node_t timer;
    uint64_t until_us;
};

WEFT_TASK(sleeper)
{
    WEFT_BEGIN;
    WEFT_SLEEP_UNTIL(self->until_us);
    WEFT_END;
}

struct opener {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t scope;
    struct sleeper sleeper[SLEEPERS];
};

WEFT_TASK(opener)
{
    unsigned i;

    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_SUPERVISE, WEFT_FOREVER);
    for (i = 0; i < SLEEPERS; i++) {
        self->sleeper[i].until_us =
            weft_deadline(i % 2 == 0 ? i * 7919u % 1000u : WEFT_S(60));
        weft_scope_spawn(&self->scope, sleeper_task(&self->sleeper[i]));
    }
    WEFT_SLEEP(WEFT_MS(10));
    weft_scope_cancel(&self->scope);
    WEFT_AWAIT(weft_scope_join, &self->scope);
    WEFT_END;
}

int main(void)
{
    static struct opener opener;
    uint32_t from;

    count_start();
    weft_loop_init(&loop, NULL);
    (void)weft_loop_run_task(&loop, opener_task(&opener));
    from = count_now();
    count_add("longest with interrupts off, 100 timers", from, from + longest);
    count_print();
    return 0;
}
