/* ticket.pml - the wake that is no end: `woken`, finish, settle */
/* SPDX-License-Identifier: MIT */
/*
 * Tasks on one home. Whoever wakes a task takes its ticket by exchange(woken,
 * 1) == 0 and pushes it: the ticket is the right to use the link. The home
 * takes an entry, clears `woken`, polls. A task ends when what it waits for
 * has happened, WAKERS times, or when it is cancelled; the last task has
 * LAST wakers and waits for more than happens. While it is polled a task may
 * wake itself (a yield). Finish leaves the scope, then exchange(woken,
 * 1): 0 settles (the memory may go), 1 means a wake is in flight, and the
 * entry settles when it is taken.
 *
 * Wakers keep the task's memory alive until they return, so they may wake a
 * finished task; the canceller does not: it reaches a task by the scope only.
 *
 * Checked: no wake lost (before the poll, during it, after), each task polled
 * to its end, in one queue once, settled once, not touched after that.
 *
 * config two short: -DTASKS=2 -DWAKERS=1 -DLAST=1
 * config many full: -DTASKS=2 -DWAKERS=2 -DLAST=1
 *
 * fault no_ticket two: every wake pushes (section 2, rule 29)
 * fault clear_after_poll two: `woken` is cleared after the poll (18)
 * fault clear_before_next two: `woken` is cleared, then the link read (18, 29)
 * fault bit_after_push two: cancel bit set after the push (15)
 * fault settle_in_flight two: finish settles whatever it exchanged (17)
 * fault finish_no_ticket two: finish reads `woken`, does not take it (17)
 * fault settle_before_leave two: finish settles, then leaves its scope (17)
 * fault cancel_no_lock two: the canceller looks at the child unlocked (16)
 */
#include "common.pml"

#define EMPTY 0
#define WAKERS_OF(t) (t == TASKS -> LAST : WAKERS)

byte inbox;                     /* top of the stack */
byte next[TASKS + 1];
bool queued[TASKS + 1];         /* ghost: in inbox or queue */
bool woken[TASKS + 1];
bool cancelled[TASKS + 1];
bool listed[TASKS + 1];
bool settled[TASKS + 1];
byte happened[TASKS + 1];
byte users[TASKS + 1];          /* wakers that have not returned */
byte live = TASKS;
bool scope;                     /* the scope's lock */

/* The right to the link is mine: on to the home's inbox. */
inline push(t) {
    do
    :: atomic {
           assert(!queued[t] && !settled[t]);
           old = inbox;
           next[t] = old
       }
       atomic {
           assert(!queued[t] && !settled[t]);
           CAS(ok, inbox, old, t);
           if
           :: ok -> queued[t] = true; old = 0; break
           :: else -> REACH(push_raced)
           fi
       }
    od
}

inline take_ticket(t) {
#ifdef FAULT_no_ticket
    d_step { had = false; woken[t] = true }
#else
    EXCHANGE(had, woken[t], true)
#endif
}

proctype waker(byte t) {
    byte old;
    bool ok, had;

    happened[t]++;
    take_ticket(t);
    if
    :: !had -> push(t)
    :: else ->
        if
        :: settled[t] -> REACH(woke_a_finished_task)
        :: else
        fi
    fi;
    atomic { assert(users[t] > 0); users[t]-- }
}

proctype canceller() {
    byte old;
    byte t = 1;
    bool ok, had, mine;

    do
    :: t > TASKS -> break
    :: else ->
#ifdef FAULT_cancel_no_lock
        mine = listed[t];
#else
        LOCK(scope);
        mine = listed[t];
#endif
        if
        :: mine ->
            assert(!settled[t]);
#ifndef FAULT_bit_after_push
            cancelled[t] = true;
#endif
            assert(!settled[t]);
            take_ticket(t);
        :: else -> had = true
        fi;
#ifndef FAULT_cancel_no_lock
        UNLOCK(scope);
#endif
        if
        :: !had -> push(t)
        :: else
        fi;
#ifdef FAULT_bit_after_push
        cancelled[t] = true;
#endif
        t++
    od
}

inline settle(t) {
    atomic {
        assert(!settled[t] && !queued[t]);
        settled[t] = true;
        live--
    }
}

inline leave_scope(t) {
    LOCK(scope);
    listed[t] = false;
    UNLOCK(scope)
}

inline finish(t) {
#ifndef FAULT_settle_before_leave
    leave_scope(t);
#endif
#ifdef FAULT_finish_no_ticket
    had = woken[t];
#else
    EXCHANGE(had, woken[t], true);
#endif
#ifdef FAULT_settle_in_flight
    settle(t);
#else
    if
    :: had -> finished[t] = true
    :: else -> settle(t)
    fi;
#endif
#ifdef FAULT_settle_before_leave
    leave_scope(t)
#else
    skip
#endif
}

/* The home's own append: no inbox. */
inline append(t) {
    d_step {
        assert(!queued[t] && !settled[t]);
        queued[t] = true;
        next[t] = EMPTY;
        if
        :: head == EMPTY -> head = t
        :: else -> next[tail] = t
        fi;
        tail = t
    }
}

inline poll(t) {
    stop = cancelled[t];
    if
    :: stop
    :: else -> stop = (happened[t] == WAKERS && t < TASKS)
    fi;
    if
    :: yields < TASKS ->
        yields++;
        take_ticket(t);
        if
        :: !had -> append(t)
        :: else -> REACH(yield_found_a_wake)
        fi
    :: true
    fi;
    if
    :: stop -> finish(t)
    :: else
    fi
}

inline append_all() {
    d_step {
        chain = EMPTY;
        do
        :: top == EMPTY -> break
        :: else ->
            old = next[top];
            next[top] = chain;
            chain = top;
            top = old
        od;
        if
        :: head == EMPTY -> head = chain
        :: else -> next[tail] = chain
        fi;
        do
        :: chain == EMPTY -> break
        :: else -> tail = chain; chain = next[chain]
        od;
        old = 0
    }
}

proctype home() {
    byte head, tail, chain, top, old, t, yields;
    bool had, stop;
    bool finished[TASKS + 1];

    do
    :: live == 0 -> break
    :: head == EMPTY && inbox != EMPTY ->
        EXCHANGE(top, inbox, EMPTY);
        append_all()
    :: head != EMPTY ->
        d_step { t = head; assert(!settled[t] && queued[t]) }
#ifdef FAULT_clear_before_next
        if
        :: !finished[t] -> d_step { queued[t] = false; woken[t] = false }
        :: else
        fi;
        head = next[t];
#else
        d_step { head = next[t]; queued[t] = false }
#endif
        if
        :: finished[t] -> settle(t); REACH(settled_late)
        :: else ->
#ifdef FAULT_clear_after_poll
            poll(t);
            woken[t] = false
#else
#ifndef FAULT_clear_before_next
            EXCHANGE(had, woken[t], false);
            assert(had);
#endif
            poll(t)
#endif
        fi
    od;
    assert(inbox == EMPTY)
}

/* Spawn holds the ticket: the first push is a wake like any. */
inline spawn(t) {
    d_step {
        listed[t] = true;
        woken[t] = true;
        queued[t] = true;
        users[t] = WAKERS_OF(t);
        next[t] = inbox;
        inbox = t
    }
}

init {
    byte t = 1;
    byte i;

    atomic {
        do
        :: t > TASKS -> break
        :: else ->
            spawn(t);
            i = 0;
            do
            :: i == WAKERS_OF(t) -> break
            :: else -> run waker(t); i++
            od;
            t++
        od;
        run home();
        run canceller()
    }
}
