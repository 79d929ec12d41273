/* home.c - the queue of a home: post, collect, dispatch; how waiters end
 * SPDX-License-Identifier: MIT
 */
#include "core/home.h"
#include "core/lane.h"
#include "core/run.h"
#include "core/scope.h"

void weft__home_init(weft_home_t *home, weft_executor_t *executor)
{
    *home = (weft_home_t){.inbox = {.home = home}, .executor = executor};
    weft_queue_init(&home->ready);
}

/* What the worker of a pool, whose home this is, has at hand. */
static weft_credit_t *credit_of(const weft_home_t *home)
{
    weft_credit_t *credit = weft__in_interrupt() ? NULL : weft__local()->credit;

    return credit == NULL || credit->home != home ? NULL : credit;
}

/* What stands behind an entry that is pushed onto what the word was. */
static weft_link_t *below(uintptr_t old)
{
    return old == WEFT__ASLEEP ? NULL : (weft_link_t *)old;
}

/* On a single core: shorter than a compare and swap. */
WEFT__INLINE bool push_masked(uintptr_t *word, weft_link_t *entry)
{
    unsigned key = weft__mask();
    uintptr_t old = weft_atomic_load_relaxed_word(word);

    weft_link_strip(entry)->next = below(old);
    weft_atomic_store_relaxed_word(word, (uintptr_t)entry);
    weft__unmask(key);
    return old == WEFT__ASLEEP;
}

__attribute__((noinline)) static bool push_called(uintptr_t *word,
                                                  weft_link_t *entry)
{
    return push_masked(word, entry);
}

/* True: replaced ASLEEP. Acquire: who wakes a lane links it next, and in the
 * run before it others wrote that link. */
static bool push(uintptr_t *word, weft_link_t *entry)
{
    weft_link_t *link = weft_link_strip(entry);
    uintptr_t old;

    if (WEFT_SINGLE_CORE) {
        return push_called(word, entry);
    }
    old = weft_atomic_load_relaxed_word(word);
    do {
        link->next = below(old);
    } while (!weft_atomic_cas_acq_rel_word(word, &old, (uintptr_t)entry));
    return old == WEFT__ASLEEP;
}

static void note_credit(const weft_home_t *home)
{
    weft_credit_t *credit = credit_of(home);

    if (credit != NULL) {
        credit->pushed = true;
    }
}

/* word: NULL where nobody sleeps on it; a loop that is stepped may also be
 * run. */
static int send_kick(weft_kick_fn *kick, void *ctx, const uintptr_t *word)
{
    if (kick != NULL) {
        kick(ctx);
    }
    if (word != NULL) {
        weft_port_wake(word);
    }
    return WEFT_PENDING;
}

/* The inbox is a stack of entries. Whoever replaces ASLEEP sends the one kick
 * of that sleep, by what it read before the push: after it the home may be
 * gone. Paired with the exchange in weft__home_collect: release / acquire. A
 * lane stays, and its home, until a worker has run what came first. */
__attribute__((noinline)) static int post(weft_inbox_t *inbox,
                                          weft_link_t *entry)
{
    weft_home_t *home = inbox->home;
    weft_kick_fn *kick;
    uintptr_t *word;
    void *ctx;

    if ((void *)home != (void *)inbox) {
        if (!push(&inbox->word, entry)) {
            return WEFT_PENDING;
        }
        entry = weft__lane_entry(inbox);
    }
    kick = home->kick;
    ctx = home->kick_ctx;
    word = home->sleepless != 0 ? NULL : &home->inbox.word;
    if (home->lanes != 0) {
        note_credit(home);
    }
    return push(&home->inbox.word, entry) ? send_kick(kick, ctx, word)
                                          : WEFT_PENDING;
}

int weft__home_post(weft_inbox_t *inbox, weft_link_t *entry)
{
    weft_home_t *home = inbox->home;

    if (!WEFT_SINGLE_CORE || (void *)home != (void *)inbox ||
        home->kick != NULL || home->lanes != 0) {
        return post(inbox, entry);
    }
    if (push_masked(&inbox->word, entry)) {
        weft_port_wake(&inbox->word);
    }
    return WEFT_PENDING;
}

void weft__home_push_called(weft_inbox_t *inbox, weft_link_t *link,
                            unsigned tag)
{
    (void)weft__home_push_inlined(inbox, link, tag);
}

int weft__wake_called(weft_waiter_t *waiter)
{
    return weft__wake_inlined(waiter);
}

void weft__deliver_called(weft_node_t *node, int result)
{
    weft__deliver_inlined(node, result);
}

int weft__push_node(weft_inbox_t *inbox, weft_node_t *node)
{
    weft__home_push(inbox, &node->link, WEFT_TAG_NODE);
    return 0;
}

void weft__push_wakes(weft_link_t *chain)
{
    while (chain != NULL) {
        weft_waiter_t *waiter = (weft_waiter_t *)(void *)chain;
        weft_link_t *next = chain->next;

        weft__home_push(weft__inbox_of(waiter), chain, WEFT_TAG_WAKE);
        chain = next;
    }
}

int weft__home_schedule_at(weft_home_t *home, weft_link_t *entry,
                           unsigned level)
{
    home->scheduler->ops->push(home->scheduler, entry, level, 0);
    return WEFT_PENDING;
}

int weft__home_schedule(weft_home_t *home, weft_link_t *entry)
{
    weft_waiter_t *waiter = weft_entry_waiter(entry);

    return weft__home_schedule_at(home, entry,
                                  waiter == NULL ? 0u : weft__level(waiter));
}

/* Apart, so that the plain queue needs no frame. */
__attribute__((noinline)) static void schedule_stack(weft_home_t *home,
                                                     weft_link_t *stack)
{
    weft_link_t *entry = weft_link_reverse(stack);

    while (entry != NULL) {
        weft_link_t *next = weft_link_strip(entry)->next;
        (void)weft__home_schedule(home, entry);
        entry = next;
    }
}

void weft__home_collect(weft_home_t *home)
{
    uintptr_t stack;

    if (weft_atomic_load_relaxed_word(&home->inbox.word) == 0) {
        return;
    }
    stack = weft_atomic_exchange_acquire_word(&home->inbox.word, 0);
    if (stack <= WEFT__ASLEEP) {
        return;
    }
    if (home->scheduler == NULL) {
        weft_queue_push_stack(&home->ready, (weft_link_t *)stack);
    } else {
        schedule_stack(home, (weft_link_t *)stack);
    }
}

/* Apart, so that the common case below has no frame. */
__attribute__((noinline)) static weft_link_t *collect_and_next(
    weft_home_t *home)
{
    weft__home_collect(home);
    return home->scheduler->ops->pop(home->scheduler);
}

weft_link_t *weft__home_next_scheduled(weft_home_t *home)
{
    /* What an interrupt just posted may be more urgent than what is here. */
    return weft_atomic_load_relaxed_word(&home->inbox.word) != 0
               ? collect_and_next(home)
               : home->scheduler->ops->pop(home->scheduler);
}

/* Twice as long as it took, if something came; else half as long as before.
 * What is there at once proves nothing: where both share a core the other one
 * took it at the wake, and answered. docs/internals/loop.md has figures. */
bool weft__home_spin(weft_home_t *home)
{
    const unsigned least = WEFT_SPIN < 4 ? WEFT_SPIN : 4;
    const unsigned most = WEFT_SPIN;
    unsigned limit = home->spin > least ? home->spin : least;
    unsigned i;

    for (i = 0; WEFT_SPIN > 0 && i < limit; i++) {
        if (weft_atomic_load_relaxed_word(&home->inbox.word) > WEFT__ASLEEP) {
            if (i > 0) {
                home->spin =
                    (uint16_t)(most - limit > limit ? 2 * limit : most);
                home->spin_pause = 0;
            }
            return true;
        }
        weft_port_pause();
    }
    if (limit == most) {
        home->spin_pause =
            (uint8_t)(home->spin_pause < 64 ? home->spin_pause * 2 + 1 : 127);
        home->spin_left = home->spin_pause;
    }
    home->spin = (uint16_t)(limit / 2);
    return false;
}

/* Who answers only in some microseconds is too late for few looks, always. But
 * a sleep and its wake last about as long as the most looks: where that was
 * hardly longer the next wait looks that often (Karlin, Li, Manasse, Owicki:
 * Empirical studies of competitive spinning for a shared-memory
 * multiprocessor, SOSP 1991). Where that is in vain, as the other one has no
 * core of its own, it is tried more and more rarely. */
void weft__home_slept(weft_home_t *home, uint64_t began_us)
{
    enum { SHORT_US = 100 };

    if (WEFT_SPIN == 0 || weft_port_now_us() - began_us >= SHORT_US) {
        return;
    }
    if (home->spin_left > 0) {
        home->spin_left--;
    } else {
        home->spin = WEFT_SPIN;
    }
}

/* --- who lives here ------------------------------------------------------
 *
 * On a worker of a pool the pool's count goes through the worker's credit: what
 * ends there is added to it, what begins is taken off. Until it is returned the
 * word counts some more than live, which keeps nobody whom the worker that runs
 * would not keep. */

void weft__credit_return(weft_credit_t *credit)
{
    if (credit->live != 0) {
        (void)weft_atomic_fetch_sub_acq_rel_word(&credit->home->live,
                                                 credit->live);
        credit->live = 0;
    }
}

void weft__home_hold(weft_home_t *home)
{
    weft_credit_t *credit = credit_of(home);

    if (credit != NULL && credit->live != 0) {
        credit->live -= WEFT__ONE_LIVE;
        return;
    }
    (void)weft_atomic_fetch_add_acq_rel_word(&home->live, WEFT__ONE_LIVE);
}

void weft__home_release(weft_home_t *home)
{
    void (*drained)(weft_home_t *);
    weft_credit_t *credit;
    uintptr_t live;

    if (home->alone) {
        home->here -= WEFT__ONE_LIVE;
        return;
    }
    credit = credit_of(home);
    if (credit != NULL) {
        credit->live += WEFT__ONE_LIVE;
        return;
    }
    drained = home->inner == NULL ? NULL : home->inner->drained;
    live = weft_atomic_fetch_sub_acq_rel_word(&home->live, WEFT__ONE_LIVE);
    if (live == WEFT__STOPPING + WEFT__ONE_LIVE && drained != NULL) {
        drained(home);
    }
}

/* On the thread that runs the home alone nobody else counts in `here`, and the
 * thread itself looks for the end later than this. */
static int enter_here(weft_home_t *home)
{
    if ((weft_atomic_load_relaxed_word(&home->live) & WEFT__STOPPING) != 0) {
        return WEFT_ERR_STOPPED;
    }
    home->here += WEFT__ONE_LIVE;
    return WEFT_OK;
}

/* Counts one more; a worker takes new credit by the way. */
static int enter(weft_home_t *home)
{
    enum { FILL = 15 };
    weft_credit_t *credit = credit_of(home);
    uintptr_t live = weft_atomic_load_relaxed_word(&home->live);
    uintptr_t fill = credit == NULL ? 0 : FILL * WEFT__ONE_LIVE;

    do {
        if ((live & WEFT__STOPPING) != 0) {
            return WEFT_ERR_STOPPED;
        }
        if (credit != NULL && credit->live != 0) {
            credit->live -= WEFT__ONE_LIVE;
            return WEFT_OK;
        }
    } while (!weft_atomic_cas_acq_rel_word(&home->live, &live,
                                           live + fill + WEFT__ONE_LIVE));
    if (credit != NULL) {
        credit->live = fill;
    }
    return WEFT_OK;
}

static weft_home_t *inner_of(const weft_home_t *home)
{
    return home->inner == NULL ? NULL : home->inner->home;
}

int weft__home_enter(weft_home_t *home)
{
    if (home->alone && !weft__in_interrupt() && weft__local()->home == home) {
        return enter_here(home);
    }
    if (enter(home) < 0) {
        return WEFT_ERR_STOPPED;
    }
    if (home->inner != NULL && weft__home_enter(home->inner->home) < 0) {
        weft__home_release(home);
        return WEFT_ERR_STOPPED;
    }
    return WEFT_OK;
}

void weft__home_leave(weft_home_t *home)
{
    weft_home_t *inner;

    do {
        inner = inner_of(home);
        weft__home_release(home);
        home = inner;
    } while (home != NULL);
}

/* One step: the stop is never seen without what wakes the home for it. */
void weft__home_stop(weft_home_t *home, weft_runnable_t *post)
{
    uintptr_t live = weft_atomic_load_relaxed_word(&home->live);

    do {
        if ((live & WEFT__STOPPING) != 0) {
            return;
        }
    } while (!weft_atomic_cas_acq_rel_word(
        &home->live, &live, (live + WEFT__ONE_LIVE) | WEFT__STOPPING));
    weft__home_push(&home->inbox, &post->link, WEFT_TAG_RUNNABLE);
}

void weft__home_submit(weft_home_t *home, weft_runnable_t *runnable)
{
    weft_home_t *each;

    for (each = home; each != NULL; each = inner_of(each)) {
        weft__home_hold(each);
    }
    weft__home_push(&home->inbox, &runnable->link, WEFT_TAG_RUNNABLE);
}

int weft__run_nothing(weft_runnable_t *runnable)
{
    (void)runnable;
    return 0;
}

static void push_front(weft_home_t *home, weft_link_t *entry)
{
    if (home->scheduler == NULL) {
        weft_queue_push_front(&home->ready, entry);
    } else {
        home->scheduler->ops->push(home->scheduler, entry, 0, 1);
    }
}

bool weft__may_go_first(weft_local_t *local)
{
    if (--local->budget > 0) {
        return true;
    }
    if (local->waiter == NULL) {
        local->budget = WEFT_BUDGET;
    }
    return false;
}

bool weft__run_inline(weft_home_t *home, weft_runnable_t *runnable)
{
    enum { DEPTH_MAX = 8 };
    weft_local_t *local = weft__local();
    weft_waiter_t *waiter = local->waiter;

    if (local->depth >= DEPTH_MAX) {
        return false;
    }
    local->depth++;
    local->waiter = NULL;
    (void)runnable->run(runnable);
    local->waiter = waiter;
    local->depth--;
    weft__home_leave(home);
    return true;
}

int weft__executor_submit(weft_executor_t *executor, weft_runnable_t *runnable,
                          enum weft_hint hint)
{
    weft_home_t *home = executor->home;
    weft_local_t *local = weft__local();
    bool here = !weft__in_interrupt() && local->home == home;
    int rc;

    WEFT_ASSERT(home != NULL, "submit on an executor that was deinitialised");
    rc = weft__home_enter(home);

    if (rc < 0) {
        return rc;
    }
    if (here && hint == WEFT_HINT_INLINE && weft__run_inline(home, runnable)) {
        return WEFT_OK;
    }
    if (here && hint == WEFT_HINT_LIFO && weft__may_go_first(local)) {
        push_front(home, &runnable->link);
    } else {
        weft__home_push(&home->inbox, &runnable->link, WEFT_TAG_RUNNABLE);
    }
    return WEFT_OK;
}

void weft__waiter_end(weft_waiter_t *waiter, int rc)
{
    weft_node_t *joiner = (weft_node_t *)weft_atomic_exchange_acq_rel_word(
        &waiter->end, weft__result_encode(rc));

    if (joiner != NULL) {
        joiner->buffer = (uintptr_t)(intptr_t)rc;
        weft__deliver(joiner, 0);
    }
}

/* The very end: no wake is in flight, nobody but us knows the waiter. After
 * weft__waiter_end its memory may go, or it may be spawned again, elsewhere;
 * after the scope's settling the scope's may go. */
void weft__waiter_settle(weft_home_t *home, weft_waiter_t *waiter)
{
    weft_scope_t *scope = waiter->scope;

    weft__waiter_end(waiter, (int)(intptr_t)waiter->sibling.link.next);
    if (scope != NULL) {
        scope->ops->leave(scope);
    }
    weft__home_leave(home);
}

/* The poll function gave a result. A wake that is in flight settles it when
 * it is taken; from now on every other wake finds the ticket gone. */
bool weft__waiter_finish(weft_home_t *home, weft_waiter_t *waiter, int rc)
{
    WEFT_ASSERT(!weft__local()->armed, "a task ended with a wait armed");
    WEFT_ASSERT(waiter->scope == NULL || waiter->scope->opener != waiter,
                "a task left a scope without join");
    WEFT_ASSERT(weft__result_decode(weft__result_encode(rc)) == rc,
                "a task's result does not fit");
    waiter->attributes |= WEFT__FINISHED;
    if (waiter->scope != NULL) {
        waiter->scope->ops->child_ended(waiter->scope, waiter, rc);
    }
    waiter->sibling.link.next = (weft_link_t *)(intptr_t)rc;
    if (weft__ticket_take(waiter)) {
        return false;
    }
    weft__waiter_settle(home, waiter);
    return true;
}

void weft__home_run(weft_home_t *home, weft_runnable_t *runnable)
{
    (void)runnable->run(runnable);
    weft__home_leave(home);
}

bool weft__home_dispatch(weft_home_t *home, weft_link_t *entry)
{
    return weft__home_dispatch_inlined(home, entry);
}
