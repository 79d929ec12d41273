/* wait_end.pml - a wait of one node and all that may end it, together */
/* SPDX-License-Identifier: MIT */
/*
 * An object that hands a permit to the first waiter of its list, or keeps it.
 * Completers each bring one permit; waiters each wait ROUNDS times, with a
 * limit or for ever; one canceller per waiter comes at any time, and may wake
 * the first for nothing. The owner tests completed, cancelled, timed out, in
 * this order, and withdraws under the object's lock; a withdrawal that fails
 * means its end is coming. When the wait returns its frame (wait, node, timer)
 * is gone until the next round.
 *
 * Checked: one end a wait, the claimed wait and no other is completed, no
 * permit lost or doubled, the result is there, nobody touches a frame after
 * the push or after its wait returned, no waiter left parked, no deadlock.
 *
 * config three short: -DWAITERS=1 -DCOMPLETERS=3 -DROUNDS=2
 * config pair short: -DWAITERS=2 -DCOMPLETERS=1 -DROUNDS=1
 * config pair2 full: -DWAITERS=2 -DCOMPLETERS=2 -DROUNDS=1
 * config many full: -DWAITERS=1 -DCOMPLETERS=4 -DROUNDS=3
 *
 * fault withdraw_unlocked three: the withdrawal takes no lock (5)
 * fault withdraw_anyway three: it takes a claimed node for withdrawn (2)
 * fault linked_is_end three: linked == 0 read as the end (31)
 * fault ended_early three: the completer writes `ended` before the push (1, 3)
 * fault touch_after_push three: the completer reads the node once more (3)
 * fault result_after_push three: the result is written after the push (3)
 * fault linked_after_unlock three: linked = 0 after the unlock (5)
 * fault push_locked_out three: claim without taking the node out (29)
 * fault timer_left three: the wait returns with its timer armed (4)
 * fault cancel_no_wake pair: cancel sets the bit only (15)
 * fault cancel_wins three: the owner tests cancelled before completed (2)
 * fault search_then_link pair: looks for a permit, links in a second hold (6)
 */
#include "common.pml"

#define NONE 0

mtype = { node_end, wake };     /* queue entries */
mtype = { completed, cancel_ended, timed_out, pending };

/* The object. Nodes and waiters have the same numbers, 1 .. WAITERS. */
bool lock;
byte permits;
byte first, last;
byte next[WAITERS + 1], prev[WAITERS + 1];
bool linked[WAITERS + 1];

/* The frame of a wait. */
bool gone[WAITERS + 1] = true;
bool result[WAITERS + 1];
bool ended[WAITERS + 1];
byte round[WAITERS + 1];        /* ghost: which wait a claimer claimed */
bool claimed[WAITERS + 1];      /* ghost: somebody claimed this one */

/* The waiter's header. */
chan home[WAITERS + 1] = [2] of { mtype };
bool woken[WAITERS + 1];
bool cancelled[WAITERS + 1];
bool listed[WAITERS + 1] = true;

byte consumed;
byte done;                      /* owners and completers that are through */

inline push(w, what) {
    atomic { assert(nfull(home[w])); home[w]!what }
}

/* Unlocks: no matching pair is left behind (6). */
inline let_go() {
    atomic { assert(permits == 0 || first == NONE); UNLOCK(lock) }
}

inline touch(n) {
    assert(!gone[n])
}

/* Appends; under the lock. */
inline link(n) {
    d_step {
        next[n] = NONE;
        prev[n] = last;
        if
        :: last == NONE -> first = n
        :: else -> next[last] = n
        fi;
        last = n;
        linked[n] = true
    }
}

inline take_out(n) {
    d_step {
        assert(!gone[n]);
        if
        :: prev[n] == NONE -> first = next[n]
        :: else -> next[prev[n]] = next[n]
        fi;
        if
        :: next[n] == NONE -> last = prev[n]
        :: else -> prev[next[n]] = prev[n]
        fi
    }
}

proctype completer() {
    byte n, mine;

    LOCK(lock);
    n = first;
    if
    :: n == NONE ->
        permits++;
        let_go()
    :: else ->
        atomic {
            assert(!claimed[n] && !gone[n]);
            claimed[n] = true;
            mine = round[n]
        }
#ifndef FAULT_push_locked_out
        take_out(n);
#endif
#ifdef FAULT_linked_after_unlock
        let_go();
        atomic { touch(n); linked[n] = false }
#else
        atomic { touch(n); linked[n] = false }
        let_go();
#endif
#ifndef FAULT_result_after_push
        atomic { touch(n); assert(mine == round[n]); result[n] = true }
#endif
#ifdef FAULT_ended_early
        atomic { touch(n); ended[n] = true }
#endif
        atomic { touch(n); assert(mine == round[n]); push(n, node_end) }
#ifdef FAULT_result_after_push
        atomic { touch(n); assert(mine == round[n]); result[n] = true }
#endif
#ifdef FAULT_touch_after_push
        touch(n)
#endif
    fi;
    done++
}

/* Reaches the waiter by the scope's list (here in one step), wakes it, for
   nothing or to cancel. */
inline wake_up(cancel) {
    had = true;
    atomic {
        if
        :: listed[w] ->
            cancelled[w] = cancel;
#ifdef FAULT_cancel_no_wake
            if
            :: !cancel -> EXCHANGE(had, woken[w], true)
            :: else
            fi
#else
            EXCHANGE(had, woken[w], true)
#endif
        :: else -> REACH(too_late)
        fi
    }
    if
    :: !had -> push(w, wake)
    :: else
    fi
}

proctype canceller(byte w) {
    bool had;

    if
    :: w == 1 -> wake_up(false)
    :: true
    fi;
    wake_up(true)
}

/* The owner, polled with what woke it already noted in flags. */
inline withdraw(n, why) {
    out = linked[n];            /* acquire; 0 needs no lock */
    if
    :: out ->
#ifdef FAULT_withdraw_unlocked
        take_out(n);
        linked[n] = false
#else
        LOCK(lock);
        out = linked[n];
        if
        :: out -> take_out(n); linked[n] = false
        :: else -> REACH(claimed_before_the_lock)
        fi;
        let_go()
#endif
    :: else -> REACH(claimed_before_the_look)
    fi;
    if
    :: out -> rc = why
#ifdef FAULT_withdraw_anyway
    :: else -> rc = why
#else
    :: else -> rc = pending
#endif
    fi
}

inline poll(n) {
    if
#ifdef FAULT_cancel_wins
    :: cancelled[n] -> rc = cancel_ended
#endif
    :: ended[n] -> rc = completed
#ifdef FAULT_linked_is_end
    :: !ended[n] && !linked[n] -> rc = completed
    :: !ended[n] && linked[n] && cancelled[n] -> withdraw(n, cancel_ended)
    :: !ended[n] && linked[n] && !cancelled[n] && timed ->
        withdraw(n, timed_out)
#else
    :: !ended[n] && cancelled[n] -> withdraw(n, cancel_ended)
    :: !ended[n] && !cancelled[n] && timed -> withdraw(n, timed_out)
#endif
    :: else -> rc = pending; REACH(wake_for_nothing)
    fi
}

/* On entry: cancelled? else try, else the deadline, else park. */
inline begin(n) {
    atomic {
        gone[n] = false;
        ended[n] = false;
        result[n] = false;
        claimed[n] = false;
        timed = false;
        parked = false
    }
    if
    :: cancelled[n] -> rc = cancel_ended; REACH(cancelled_on_entry)
    :: else ->
        LOCK(lock);
        if
        :: permits > 0 ->
            permits--;
            atomic { claimed[n] = true; result[n] = true }
            let_go();
            rc = completed;
            REACH(there_at_once)
        :: else ->
#ifdef FAULT_search_then_link
            let_go();
            LOCK(lock);
#endif
            link(n);
            let_go();
            atomic { parked = true; rc = pending }
            if
            :: armed = true     /* with a limit, or for ever */
            :: true
            fi
        fi
    fi
}

inline finish_wait(n) {
    atomic {
        if
        :: parked && rc == completed -> REACH(ended_by_a_completer)
        :: parked && rc == cancel_ended -> REACH(ended_by_cancel)
        :: parked && rc == timed_out -> REACH(ended_by_time)
        :: else
        fi;
        assert((rc == completed) == claimed[n]);
        assert(!linked[n]);
        assert(rc != completed || result[n]);
        if
        :: rc == completed -> consumed++
        :: else
        fi;
#ifndef FAULT_timer_left
        armed = false;
#endif
        gone[n] = true;
        round[n]++;
        rc = 0;
        timed = false
    }
}

inline note(what) {
    if
    :: what == node_end -> atomic { touch(w); ended[w] = true }
    :: else -> atomic { assert(woken[w]); woken[w] = false }
    fi;
    what = 0
}

proctype owner(byte w) {
    mtype what, rc;
    bool timed, armed, parked, out, had;

    do
    :: round[w] == ROUNDS -> break
    :: else ->
        begin(w);
        do
        :: rc != pending -> break
        :: else ->
            if
            :: home[w]?what -> note(what)
            :: atomic { armed -> armed = false; touch(w); timed = true }
            fi;
            poll(w)
        od;
        finish_wait(w)
    od;
    /* finish: out of the scope, then the ticket, then settle */
    listed[w] = false;
    EXCHANGE(had, woken[w], true);
    if
    :: had -> home[w]?what; assert(what == wake); REACH(settled_late)
    :: else
    fi;
    atomic {
        assert(empty(home[w]) && !armed);
        done++
    }
}

init {
    byte i;

    atomic {
        for (i : 1 .. WAITERS) { run owner(i); run canceller(i) }
        for (i : 1 .. COMPLETERS) { run completer() }
    }
    /* At rest: what was brought was consumed or is still there. */
    atomic {
        (done == WAITERS + COMPLETERS);
        assert(consumed + permits == COMPLETERS);
        assert(first == NONE && last == NONE && !lock)
    }
}
