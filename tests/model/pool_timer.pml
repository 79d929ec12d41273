/* pool_timer.pml - a limit in a pool: another worker fires the timer */
/* SPDX-License-Identifier: MIT */
/*
 * The timers of a pool have a lock. Firing: lock; take the node out; exchange
 * the owner's ticket; unlock; push the wake if the ticket was had. The owner
 * waits ROUNDS times for a node that a peer ends, with a limit. When it is
 * polled it looks under the timers' lock whether its timer is still there, and
 * takes it out when its wait is over. Its frame goes with the last return, its
 * header when it has settled; a wake in flight settles it when it is taken.
 *
 * Checked: no touch of frame or header after they went, one end a wait, no
 * wake lost, no deadlock.
 *
 * config once short: -DROUNDS=1 -DFIRERS=2
 * config twice short: -DROUNDS=2 -DFIRERS=2
 *
 * fault look_unlocked once: the owner looks at its timer unlocked (24)
 * fault ticket_unlocked once: the ticket is taken after the unlock (24)
 * fault push_no_ticket once: pushes without looking at the ticket (29)
 * fault settle_in_flight once: finish settles with a wake in flight (17)
 * fault disarm_unlocked twice: the owner takes its timer out unlocked (24)
 * fault timer_left once: the wait returns with its timer armed (4)
 * fault ticket_first once: the ticket, then the lock and the node (24)
 */
#include "common.pml"

mtype = { node_end, wake };

/* The home is a strand: a queue that cannot break, one worker at a time. */
chan home = [4] of { mtype };

bool lock;                      /* of the timers */
bool armed;
bool frame;                     /* there */
bool gone;                      /* the header */
bool woken;

bool object;                    /* the object's lock */
bool linked;
byte permits;
byte round;
bool through;

#define FRAME() assert(frame)
#define HEADER() assert(!gone)

inline push(what) {
    atomic { HEADER(); assert(nfull(home)); home!what }
}

inline take_ticket() {
    atomic { HEADER(); EXCHANGE(had, woken, true) }
}

proctype firer() {
    bool had, mine;

    do
    :: atomic { armed && !lock -> lock = true }
#ifdef FAULT_ticket_first
       UNLOCK(lock);
       take_ticket();
       LOCK(lock);
#endif
       /* a look at the wheel, which may be empty again in the faulty forms */
       mine = armed;
       if
       :: mine ->
           atomic { FRAME(); armed = false }
#ifdef FAULT_ticket_unlocked
           UNLOCK(lock);
           take_ticket();
#elif defined(FAULT_ticket_first)
           UNLOCK(lock);
#else
           take_ticket();
           UNLOCK(lock);
#endif
#ifdef FAULT_push_no_ticket
           push(wake)
#else
           if
           :: had -> REACH(one_is_on_its_way)
           :: else -> push(wake); REACH(fired)
           fi
#endif
#if defined(FAULT_ticket_first)
       :: else -> UNLOCK(lock)
#endif
       fi
    :: through && !armed -> break
    od
}

/* Brings one permit for each wait, a wake for each as well. */
proctype peer() {
    byte i;
    bool mine, had;

    do
    :: i == ROUNDS -> break
    :: else ->
        i++;
        LOCK(object);
        mine = linked;
        if
        :: mine ->
            linked = false;
            UNLOCK(object);
            FRAME();
            push(node_end)
        :: else -> permits++; UNLOCK(object)
        fi
    od
}

inline look() {
#ifdef FAULT_look_unlocked
    atomic { FRAME(); timed = !armed }
#else
    LOCK(lock);
    timed = !armed;
    UNLOCK(lock)
#endif
}

inline disarm() {
#ifdef FAULT_disarm_unlocked
    mine = armed;
    if
    :: mine -> armed = false
    :: else
    fi
#elif !defined(FAULT_timer_left)
    LOCK(lock);
    armed = false;
    UNLOCK(lock)
#else
    skip
#endif
}

inline withdraw() {
    LOCK(object);
    mine = linked;
    linked = false;
    UNLOCK(object);
    if
    :: mine -> rc = true; REACH(timed_out)
    :: else -> REACH(its_end_is_coming)
    fi
}

inline wait() {
    atomic { frame = true; ended = false; rc = false; timed = false }
    LOCK(object);
    if
    :: permits > 0 -> permits--; UNLOCK(object); rc = true
    :: else ->
        linked = true;
        UNLOCK(object);
        LOCK(lock);
        armed = true;
        UNLOCK(lock)
    fi;
    do
    :: rc -> break
    :: else ->
        home?what;
        if
        :: what == node_end -> assert(!ended); ended = true
        :: else -> atomic { HEADER(); assert(woken); woken = false }
        fi;
        look();
        if
        :: ended && !timed -> disarm(); rc = true; REACH(ended_in_time)
        :: ended && timed -> rc = true; REACH(ended_though_late)
        :: !ended && timed -> withdraw()
        :: !ended && !timed -> REACH(woken_for_nothing)
        fi
    od;
    atomic { assert(!linked && !armed); frame = false; what = 0 }
}

proctype owner() {
    mtype what;
    bool ended, rc, timed, mine, had;

    do
    :: round == ROUNDS -> break
    :: else -> wait(); round++
    od;
    take_ticket();
#ifndef FAULT_settle_in_flight
    if
    :: had -> home?what; assert(what == wake); REACH(settled_late)
    :: else
    fi;
#endif
    atomic { assert(empty(home)); gone = true; through = true }
}

/* Wakes it for nothing, found by its scope under the lock. */
proctype waker() {
    bool had = true;

    atomic {
        if
        :: round < ROUNDS -> EXCHANGE(had, woken, true)
        :: else -> REACH(too_late)
        fi
    }
    if
    :: had
    :: else -> push(wake)
    fi
}

init {
    byte i;

    atomic {
        run owner();
        run peer();
        run waker();
        for (i : 1 .. FIRERS) { run firer() }
    }
}
