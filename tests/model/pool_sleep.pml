/* pool_sleep.pml - how the workers of a pool sleep, are woken, and end */
/* SPDX-License-Identifier: MIT */
/*
 * The pool has one inbox (EMPTY, a stack, ASLEEP), and under its lock a ready
 * queue and a list of idle workers; each worker sleeps on a word of its own.
 *   push    CAS onto the stack. Who replaced ASLEEP kicks: lock, take an idle
 *           worker off the list, unlock, wake it by its word.
 *   worker  lock; exchange the inbox to EMPTY, append what was there.
 *           Something ready: take one. If somebody is idle: work remains, wake
 *           the next; none remains, CAS EMPTY->ASLEEP again, and if that
 *           fails wake the next. Unlock, run.
 *           Nothing ready: CAS EMPTY->ASLEEP, or look again; onto the list;
 *           unlock; sleep, maybe with a deadline (NAPS times): then lock, and
 *           off the list, or if it was taken off, wait to be woken.
 * The kick is a touch of the pool after the push, and the entry may be run
 * and the pool stopped before it comes. So who takes a stack that replaced
 * ASLEEP counts a kick that is owed, a kick pays one (maybe in advance), both
 * under the lock, and the pool goes when nothing is owed.
 *
 * Each pusher pushes one entry. With BLOCKS the first entry to be run waits
 * inside for all the others: another worker must run them.
 *
 * Checked: each entry run once, also when a worker is held up; a worker is
 * woken once a sleep and only when asleep; nobody sleeps for ever; no touch of
 * the pool after it went.
 *
 * config two short: -DWORKERS=2 -DPUSHERS=2 -DNAPS=1
 * config blocks short: -DWORKERS=2 -DPUSHERS=3 -DNAPS=0 -DBLOCKS
 * config three full: -DWORKERS=3 -DPUSHERS=3 -DNAPS=1 -DBLOCKS
 * config many full: -DWORKERS=2 -DPUSHERS=4 -DNAPS=1 -DBLOCKS
 *
 * fault kick_unowed two: the pool goes without asking what is owed (3)
 * fault no_kick two: ASLEEP is replaced without a kick (section 2)
 * fault kick_always blocks: a kick for each push on an empty stack (section 2)
 * fault no_next blocks: work remains and the next is not woken (section 2)
 * fault not_announced blocks: ASLEEP is not announced again (section 2)
 * fault announce_blind blocks: announced by a store (6)
 * fault sleep_by_store two: the last look is a load and a store (6)
 * fault listed_late two: on the list after the unlock (5)
 * fault parked_late two: the word says asleep after the unlock (6)
 * fault nap_leaves two: woken by time, does not see it was taken off (5)
 */
#include "common.pml"

#define NONE 0
#define EMPTY 0
#define ASLEEP 255

/* the pool */
byte inbox;
byte next[PUSHERS + 1];
bool lock;
chan ready = [PUSHERS] of { byte };
chan idle = [WORKERS] of { byte };
bool parked[WORKERS + 1];       /* a worker's word */
bool announced;                 /* ASLEEP since the last look */
short owed;                     /* kicks to come for stacks already taken */
bool stop;
bool gone;

byte left = PUSHERS;
byte ended;                     /* workers */
byte naps;
bool blocked;                   /* somebody runs the first entry */
bool ran[PUSHERS + 1];

#define POOL() assert(!gone)

inline lock_pool() {
    atomic { !lock; POOL(); lock = true }
}

inline unlock_pool() {
    atomic { POOL(); assert(lock); lock = false }
}

/* w was taken off the list: nobody else wakes it. */
inline wake(w) {
    atomic {
        POOL();
#ifndef FAULT_parked_late
        assert(parked[w]);
#endif
        parked[w] = false;
        w = NONE
    }
}

inline kick() {
    lock_pool();
    owed--;
    if
    :: idle?w -> unlock_pool(); wake(w)
    :: empty(idle) -> unlock_pool(); REACH(nobody_idle_now)
    fi
}

proctype pusher(byte e) {
    byte old, w;
    bool ok;

    do
    :: atomic {
           POOL();
           old = inbox;
           next[e] = (old == ASLEEP -> EMPTY : old)
       }
       atomic {
           POOL();
           CAS(ok, inbox, old, e);
           if
           :: ok -> break
           :: else -> REACH(push_raced)
           fi
       }
    od;
    if
#ifdef FAULT_kick_always
    :: old == ASLEEP || old == EMPTY -> kick()
#elif defined(FAULT_no_kick)
    :: old == ASLEEP
#else
    :: old == ASLEEP -> kick()
#endif
    :: else
    fi
}

inline collect() {
    d_step {
        POOL();
        top = inbox;
        inbox = EMPTY;
        if
        :: announced ->
            announced = false;
            owed = owed + (top == ASLEEP -> 0 : 1)
        :: else
        fi;
        if
        :: top == ASLEEP -> top = EMPTY
        :: else
        fi;
        do
        :: top == EMPTY -> break
        :: else -> ready!top; top = next[top]
        od
    }
}

inline announce() {
#ifdef FAULT_announce_blind
    d_step { ok = true; inbox = ASLEEP; announced = true }
#else
    d_step {
        POOL();
        ok = (inbox == EMPTY);
        if
        :: ok -> inbox = ASLEEP; announced = true
        :: else
        fi
    }
#endif
}

inline run_entry() {
    atomic {
        assert(!ran[e]);
        ran[e] = true;
        left--;
        first = !blocked;
        blocked = true
    }
#ifdef BLOCKS
    if
    :: first -> (left == 0)
    :: else
    fi;
#endif
    atomic { e = NONE; first = false }
}

inline look_for_help() {
#ifdef FAULT_no_next
    if
    :: nempty(idle) && empty(ready) ->
#else
    if
    :: nempty(idle) && nempty(ready) -> idle?w; REACH(work_remains)
    :: nempty(idle) && empty(ready) ->
#endif
#ifdef FAULT_not_announced
        skip
#else
        announce();
        if
        :: ok
        :: !ok -> idle?w; REACH(more_has_come)
        fi
#endif
    :: empty(idle)
#ifdef FAULT_no_next
    :: nempty(idle) && nempty(ready)
#endif
    fi
}

inline sleep() {
#if NAPS > 0
    if
    :: !parked[me]
    :: atomic { parked[me] && naps < NAPS -> naps++ }
       lock_pool();
#ifdef FAULT_nap_leaves
       if
       :: idle??[eval(me)] -> idle??eval(me)
       :: !idle??[eval(me)]
       fi;
       parked[me] = false;
       unlock_pool()
#else
       if
       :: atomic { idle??[eval(me)] -> idle??eval(me); parked[me] = false }
          unlock_pool()
       :: !idle??[eval(me)] ->
          unlock_pool();
          REACH(taken_off_by_now);
          !parked[me]
       fi
#endif
    fi
#else
    !parked[me]
#endif
}

proctype worker(byte me) {
    byte top, e, w;
    bool ok, first;

    do
    :: lock_pool();
       collect();
       if
       :: nempty(ready) ->
           ready?e;
           look_for_help();
           unlock_pool();
           if
           :: w != NONE -> wake(w)
           :: else
           fi;
           run_entry()
       :: empty(ready) && stop -> unlock_pool(); break
       :: empty(ready) && !stop ->
#ifdef FAULT_sleep_by_store
           ok = (inbox == EMPTY);
           if
           :: ok -> d_step { inbox = ASLEEP; announced = true }
           :: else
           fi;
#else
           announce();
#endif
           if
           :: !ok -> unlock_pool(); REACH(pushed_before_the_sleep)
           :: else ->
#ifdef FAULT_listed_late
               parked[me] = true;
               unlock_pool();
               idle!me;
#elif defined(FAULT_parked_late)
               idle!me;
               unlock_pool();
               parked[me] = true;
#else
               d_step { parked[me] = true; idle!me }
               unlock_pool();
#endif
               sleep()
           fi
       fi
    od;
    ended++
}

/* Stops the pool when all is run, and frees it when its workers have ended. */
proctype owner() {
    byte w;

    (left == 0);
    lock_pool();
    stop = true;
    do
    :: idle?w ->
        unlock_pool();
        wake(w);
        lock_pool()
    :: empty(idle) -> break
    od;
    unlock_pool();
    (ended == WORKERS);
#ifdef FAULT_kick_unowed
    gone = true
#else
    atomic { !lock && owed == 0 -> assert(!announced); gone = true }
#endif
}

init {
    byte i;

    atomic {
        for (i : 1 .. WORKERS) { run worker(i) }
        for (i : 1 .. PUSHERS) { run pusher(i) }
        run owner()
    }
}
