/* strand.pml - what keeps a task of a pool serial, to its end or its move */
/* SPDX-License-Identifier: MIT */
/*
 * The task has an inbox of its own: ASLEEP (nothing to be done), EMPTY (a
 * worker runs it, or has it in the pool's queue), or a stack of entries. Who
 * replaces ASLEEP puts the strand into the pool's queue. A worker that takes
 * it from there exchanges the inbox to EMPTY, dispatches the entries in order,
 * then CAS EMPTY->ASLEEP; if that fails, back into the pool's queue. Once the
 * task has settled or moved nobody touches the strand for it.
 *
 * The task waits for a node that a completer ends, then may move to the other
 * pool MOVES times (taking its own ticket; if a wake is in flight, when that
 * has come), then waits until WAKERS wakes have happened, and ends. A waker
 * lets it happen and takes the ticket in one step (it finds the task by its
 * scope, under the lock), and pushes after that.
 *
 * Checked: one worker at a time runs it, at its home, the strand is in one
 * queue once, no wake lost, no touch after its memory went, no deadlock.
 *
 * config two short: -DPOOLS=1 -DWORKERS=2 -DWAKERS=2 -DMOVES=0
 * config move short: -DPOOLS=2 -DWORKERS=1 -DWAKERS=2 -DMOVES=2
 * config three full: -DPOOLS=1 -DWORKERS=2 -DWAKERS=3 -DMOVES=0
 * config move3 full: -DPOOLS=2 -DWORKERS=2 -DWAKERS=3 -DMOVES=2
 *
 * fault no_submit two: who replaces ASLEEP does not queue it (section 2)
 * fault submit_always two: who replaces EMPTY queues it as well (section 2)
 * fault asleep_by_store two: goes to ASLEEP by a store (section 2)
 * fault asleep_first two: takes the stack by an exchange to ASLEEP (1)
 * fault asleep_after_settle two: announces for a task that has settled (3, 17)
 * fault settle_in_flight two: finish settles with a wake in flight (17)
 * fault clear_after_poll two: `woken` is cleared after the poll (18)
 * fault next_after_run two: the link is read when the entry has run (18, 29)
 * fault forget_rest two: runs one entry of the stack only (section 2)
 * fault move_no_ticket move: moves without its ticket (27)
 * fault home_after_push move: pushes to the new home, then names it (27)
 * fault home_before_ticket move: the waker reads home, then the ticket (27)
 * fault asleep_after_move move: announces for a task that has moved (27)
 */
#include "common.pml"

#define EMPTY 0
#define WAKE 1                  /* entries: the waiter's link, the node's */
#define NODE 2
#define ASLEEP 255

/* the strand and the waiter */
byte inbox = EMPTY;
byte pool = 1;                  /* home */
byte next[3];
bool queued[3];                 /* ghost: in inbox or chain */
bool woken;
bool gone;
byte happened;
bool ended;
bool finished;
byte stage;
byte moves;

chan queue[3] = [1] of { bool };
bool in_queue;                  /* ghost: the strand is in a pool's queue */
bool running;                   /* ghost */

#define TOUCH() assert(!gone)

/* p: the pool as read by who pushes. */
inline submit(p) {
    atomic {
        TOUCH();
        assert(!in_queue);
        in_queue = true;
        queue[p]!true
    }
}

inline push(e, p) {
    do
    :: atomic {
           TOUCH();
           assert(!queued[e]);
           old = inbox;
           next[e] = (old == ASLEEP -> EMPTY : old)
       }
       atomic {
           TOUCH();
           CAS(ok, inbox, old, e);
           if
           :: ok -> assert(!queued[e]); queued[e] = true; break
           :: else -> REACH(push_raced)
           fi
       }
    od;
    if
#ifdef FAULT_submit_always
    :: old == ASLEEP || old == EMPTY -> submit(p)
#elif defined(FAULT_no_submit)
    :: old == ASLEEP
#else
    :: old == ASLEEP -> submit(p)
#endif
    :: else
    fi;
    atomic { old = 0; ok = false }
}

proctype waker() {
    byte old, p;
    bool ok, had;

#ifdef FAULT_home_before_ticket
    atomic { TOUCH(); p = pool }
#endif
    atomic {
        TOUCH();
        happened++;
        EXCHANGE(had, woken, true)
    }
    if
    :: had
    :: else ->
#ifndef FAULT_home_before_ticket
        atomic { TOUCH(); p = pool }
#endif
        push(WAKE, p)
    fi
}

proctype completer() {
    byte old, p;
    bool ok;

    atomic { TOUCH(); p = pool }
    push(NODE, p)
}

/* A worker; `away` says that strand and task are nothing of his any more. */
inline settle() {
    atomic {
        assert(running && !queued[WAKE] && !queued[NODE] && !in_queue);
        running = false;
        gone = true;
        away = true
    }
}

inline finish() {
    EXCHANGE(had, woken, true);
#ifdef FAULT_settle_in_flight
    had = false;
#endif
    if
    :: had -> finished = true
    :: else -> settle(); REACH(settled_at_once)
    fi
}

#if MOVES > 0
/* Nobody else may push while it stands still with its ticket taken. */
inline push_own() {
    atomic {
        TOUCH();
        assert(inbox == ASLEEP && !queued[WAKE]);
        next[WAKE] = EMPTY;
        inbox = WAKE;
        queued[WAKE] = true
    }
    submit(3 - h)
}

inline move() {
#ifdef FAULT_move_no_ticket
    had = false;
    woken = true;
#else
    EXCHANGE(had, woken, true);
#endif
    if
    :: had -> REACH(a_wake_comes_first)
    :: else ->
        moves++;
        running = false;
        inbox = ASLEEP;
#ifdef FAULT_home_after_push
        push_own();
        pool = 3 - h;
#else
        pool = 3 - h;
        push_own();
#endif
        away = true
    fi
}
#endif

inline poll() {
    if
    :: stage == 0 && ended -> stage = 1
    :: else
    fi;
    if
    :: stage == 1 -> stage = 2
#if MOVES > 0
    :: stage == 1 && moves < MOVES -> move()
#endif
    :: else
    fi;
    if
    :: !away && stage == 2 && happened == WAKERS -> finish()
    :: else
    fi
}

inline dispatch() {
    if
    :: e == NODE -> atomic { assert(!ended && !finished); ended = true }
    :: e == WAKE && finished -> settle(); REACH(settled_late)
    :: e == WAKE && !finished ->
#ifndef FAULT_clear_after_poll
        EXCHANGE(had, woken, false);
        assert(had)
#endif
    fi;
    if
    :: away
    :: else ->
        poll();
#ifdef FAULT_clear_after_poll
        if
        :: e == WAKE && !away && !finished -> woken = false
        :: else
        fi
#endif
    fi
}

inline run_strand() {
#ifdef FAULT_asleep_first
    atomic { TOUCH(); EXCHANGE(top, inbox, ASLEEP) }
#else
    atomic { TOUCH(); EXCHANGE(top, inbox, EMPTY) }
#endif
    /* reverse it: at most two entries */
    d_step {
        assert(top != EMPTY && top != ASLEEP);
        assert(!running);
        running = true;
        if
        :: next[top] != EMPTY ->
            e = next[top];
            next[e] = top;
            next[top] = EMPTY
        :: else -> e = top
        fi;
        top = EMPTY
    }
    do
    :: e == EMPTY || away -> break
    :: else ->
#ifdef FAULT_next_after_run
        queued[e] = false;
        dispatch();
        if
        :: away
        :: else -> e = next[e]
        fi
#else
        d_step { TOUCH(); top = next[e]; queued[e] = false }
        dispatch();
#ifdef FAULT_forget_rest
        top = EMPTY;
#endif
        atomic { e = top; top = EMPTY }
#endif
    od;
    e = EMPTY;
    if
#if !defined(FAULT_asleep_after_settle) && !defined(FAULT_asleep_after_move)
    :: away
#endif
#ifdef FAULT_asleep_after_settle
    :: away && !gone
#endif
#ifdef FAULT_asleep_after_move
    :: away && gone
#endif
    :: else ->
        running = false;
#ifdef FAULT_asleep_by_store
        inbox = ASLEEP
#else
        atomic { TOUCH(); CAS(ok, inbox, EMPTY, ASLEEP) }
        if
        :: ok
        :: else -> submit(h); REACH(more_has_come)
        fi
#endif
    fi;
    away = false
}

proctype worker(byte h) {
    byte old, top, e;
    bool ok, had, away;

    do
    :: atomic {
           queue[h]?_ -> TOUCH();
           assert(in_queue && pool == h);
           in_queue = false
       }
       run_strand()
    :: gone && empty(queue[h]) -> break
    od
}

/* Spawn holds the ticket; the node is linked, as if polled before. */
init {
    byte i, p;

    atomic {
        inbox = WAKE;
        queued[WAKE] = true;
        woken = true;
        in_queue = true;
        queue[1]!true;
        for (p : 1 .. POOLS) {
            for (i : 1 .. WORKERS) { run worker(p) }
        }
        for (i : 1 .. WAKERS) { run waker() }
        run completer()
    }
}
