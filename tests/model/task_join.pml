/* task_join.pml - one task joins another: the word `joiner` in the task */
/* SPDX-License-Identifier: MIT */
/*
 * The word is FREE, NODE (the joiner's), or RESULT (tagged, the task's).
 *   join      RESULT: there. CAS FREE->NODE, park; the CAS fails: RESULT.
 *   withdraw  CAS NODE->FREE; it fails: the end is coming.
 *   settle    exchange(word, RESULT), the last touch of the task; push the
 *             node that was there; count the scope down, push its opener.
 * The task ends by itself or is cancelled by a thread through its scope, and
 * settles late when a wake is in flight. The joiner joins with a limit or for
 * ever, ROUNDS times if it gave up. Who joined it frees the task at once; if
 * the joiner gave up, the scope's opener does when its join returns. Then the
 * scope is gone, too.
 *
 * Checked: the joiner gets the result once, at last when it waits for ever;
 * nobody touches the task or the scope when it is gone, nor the joiner's node
 * when its wait has returned; no deadlock.
 *
 * config one short: -DROUNDS=2 -DWAKES=1
 * config more full: -DROUNDS=4 -DWAKES=4
 *
 * fault finish_in_two one: the word is loaded, then RESULT stored (17)
 * fault join_in_two one: FREE is seen, then NODE stored (6)
 * fault withdraw_by_store one: FREE is stored over whatever is there (2)
 * fault result_is_end one: a withdrawal that fails returns at once (4, 31)
 * fault touch_after one: settle reads the task's scope after the exchange (3)
 * fault count_first one: the scope is counted down before the exchange (17)
 * fault settle_in_flight one: settles though a wake is in flight (17)
 * fault push_first one: the node is pushed, then RESULT stored (3)
 */
#include "common.pml"

mtype = { FREE, NODE, RESULT };         /* the word */
mtype = { end, wake };                  /* queue entries */

/* the task */
mtype joiner = FREE;
bool woken = true, flagged, listed = true;
bool task_gone;

/* the scope; count 1 is the task */
bool lock;
byte count = 1;
bool opener_parked;
bool scope_gone;

bool node_there;                /* the joiner's frame */
bool joined;                    /* ghost: the joiner got the result */
bool joiner_over;

chan task_home = [2] of { mtype };
chan joiner_home = [1] of { mtype };
chan opener_home = [1] of { mtype };

#define TASK() assert(!task_gone)
#define SCOPE() assert(!scope_gone)
#define PUSH(home, entry) atomic { assert(nfull(home)); home!entry }

inline lock_scope() {
    atomic { !lock -> SCOPE(); lock = true }
}

inline unlock_scope() {
    atomic { SCOPE(); assert(lock); lock = false }
}

inline push_node() {
    atomic { assert(node_there); PUSH(joiner_home, end) }
}

inline count_down() {
    lock_scope();
    atomic {
        SCOPE();
        assert(count > 0);
        count--;
        last = (count == 0 && opener_parked);
        opener_parked = opener_parked && !last
    }
    unlock_scope();
    if
    :: last -> PUSH(opener_home, end)
    :: else -> REACH(opener_not_there_yet)
    fi
}

inline settle() {
#ifdef FAULT_count_first
    count_down();
#endif
#ifdef FAULT_finish_in_two
    atomic { TASK(); found = joiner }
    atomic { TASK(); joiner = RESULT }
#else
#ifdef FAULT_push_first
    atomic { TASK(); found = joiner }
    if
    :: found == NODE -> push_node()
    :: else
    fi;
    atomic { TASK(); EXCHANGE(found, joiner, RESULT); found = FREE }
#else
    atomic { TASK(); EXCHANGE(found, joiner, RESULT) }
#endif
#endif
    if
    :: found == NODE -> push_node(); REACH(ends_a_join)
    :: else -> assert(found == FREE); REACH(ends_alone)
    fi;
#ifdef FAULT_touch_after
    TASK();
#endif
#ifndef FAULT_count_first
    count_down()
#endif
}

proctype task_loop() {
    mtype what, found;
    bool had, last, parked, finished, settled;

    do
    :: settled -> break
    :: task_home?what ->
        if
        :: finished -> settle(); settled = true; REACH(settled_late)
        :: else ->
            atomic { TASK(); assert(woken); woken = false }
            if
            :: flagged -> finished = true; REACH(ended_by_cancel)
            :: !flagged && !parked -> finished = true
            :: !flagged && !parked -> parked = true
            :: !flagged && parked -> REACH(a_wake_for_nothing)
            fi;
            if
            :: finished ->
                lock_scope();
                atomic { TASK(); listed = false }
                unlock_scope();
                atomic { TASK(); EXCHANGE(had, woken, true) }
#ifdef FAULT_settle_in_flight
                had = false;
#endif
                if
                :: !had -> settle(); settled = true
                :: else
                fi
            :: else
            fi
        fi
    od;
#ifdef FAULT_settle_in_flight
    if
    :: task_home?what -> TASK()
    :: empty(task_home)
    fi
#else
    assert(empty(task_home))
#endif
}

/* A thread that knows the scope: it wakes the task, and cancels it at last. */
proctype canceller() {
    byte wakes;
    bool had;

    do
    :: atomic {
           !lock;
           if
           :: !listed -> break          /* the scope may be gone */
           :: else -> SCOPE(); lock = true
           fi
       }
       atomic {
           TASK();
           flagged = (wakes == WAKES);
           EXCHANGE(had, woken, true)
       }
       unlock_scope();
       if
       :: !had -> PUSH(task_home, wake)
       :: else
       fi;
       if
       :: wakes == WAKES -> break
       :: else -> wakes++
       fi
    od
}

proctype joiner_loop() {
    mtype what;
    byte round;
    bool ok, limited;

    do
    :: round == ROUNDS -> break
    :: else ->
        round++;
        node_there = true;
        if
        :: limited = true
        :: limited = false
        fi;
#ifdef FAULT_join_in_two
        atomic { TASK(); ok = (joiner == FREE) }
        if
        :: ok -> joiner = NODE
        :: else
        fi;
#else
        atomic { TASK(); CAS(ok, joiner, FREE, NODE) }
#endif
        if
        :: !ok -> joined = true; REACH(ended_before_the_join)
        :: else ->
            if
            :: joiner_home?what -> joined = true; REACH(joined_it)
            :: limited ->
#ifdef FAULT_withdraw_by_store
                atomic { TASK(); joiner = FREE; ok = true }
#else
                atomic { TASK(); CAS(ok, joiner, NODE, FREE) }
#endif
                if
                :: ok -> REACH(gave_up)
#ifdef FAULT_result_is_end
                :: else -> joined = true
#else
                :: else ->
                    joiner_home?what;
                    joined = true;
                    REACH(gave_up_too_late)
#endif
                fi
            fi
        fi;
        node_there = false;
        if
        :: joined ->
            atomic { TASK(); assert(joiner == RESULT); task_gone = true }
            break
        :: else
        fi
    od;
    joiner_over = true
}

/* Joins the scope; then it is gone, and the task if that is not joined. */
proctype opener() {
    mtype what;
    bool park;

    lock_scope();
    atomic { SCOPE(); park = (count > 0); opener_parked = park }
    unlock_scope();
    if
    :: park -> opener_home?what
    :: else -> REACH(nothing_to_join)
    fi;
    assert(count == 0 && !lock);
    scope_gone = true;
    atomic {
        (joiner_over);
        if
        :: !joined -> TASK(); assert(joiner == RESULT); task_gone = true;
           REACH(the_opener_frees_it)
        :: else
        fi
    }
}

init {
    atomic {
        task_home!wake;         /* spawned: the first push */
        run task_loop();
        run canceller();
        run joiner_loop();
        run opener()
    }
}
