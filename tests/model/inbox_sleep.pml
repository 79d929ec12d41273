/* inbox_sleep.pml - a home's inbox and its sleep, with several pushers */
/* SPDX-License-Identifier: MIT */
/*
 * The inbox is one word: EMPTY, the top of a stack of entries, or SLEEPING.
 * A pusher replaces it by compare-and-swap; who replaced SLEEPING sends the
 * one kick, by address. The home takes all by exchange, reverses, appends to
 * its local queue, runs. It sleeps after a compare-and-swap EMPTY->SLEEPING,
 * and may also wake by its deadline (NAPS times). Each pusher pushes its one
 * entry ROUNDS times, again as soon as it was run, so addresses come back.
 * The home leaves, and its memory goes, when the last entry was run.
 *
 * Checked: nothing lost or run twice, order of pushing kept, at most one kick
 * per announced sleep, nobody sleeps for ever, no touch of memory gone.
 *
 * config latch short: -DPUSHERS=2 -DROUNDS=2 -DNAPS=1
 * config futex short: -DPUSHERS=2 -DROUNDS=2 -DNAPS=1 -DFUTEX
 * config latch3 full: -DPUSHERS=3 -DROUNDS=2 -DNAPS=1
 * config futex3 full: -DPUSHERS=3 -DROUNDS=2 -DNAPS=1 -DFUTEX
 *
 * fault no_kick latch: SLEEPING is replaced without a kick (section 2)
 * fault kick_always latch: a kick for each push on an empty stack (DESIGN 5.5)
 * fault kick_reads_home latch: the kick reads the home after the push (3)
 * fault sleep_by_store latch: SLEEPING is stored after a test, no CAS (6)
 * fault take_in_two latch: the stack is loaded, then EMPTY stored (29)
 * fault no_reverse latch: the stack is run as it is (SEMANTICS: FIFO)
 * fault next_late latch: the link is written after the push (3, 29)
 * fault run_before_next latch: the entry is run, then its link read (29)
 * fault futex_blind futex: the sleep does not compare the word (section 2)
 */
#include "common.pml"

#define EMPTY 0
#define SLEEPING 255
#define OWN (PUSHERS + 1)       /* the entry the home appends to itself */

byte inbox = EMPTY;
byte next[PUSHERS + 2];
bool queued[PUSHERS + 2];       /* the link belongs to inbox or queue */
bool gone;                      /* the home's memory */
byte credit;                    /* sleeps announced and not yet kicked */
byte left = PUSHERS * ROUNDS;

bool latch;                     /* port: a pending kick */
bool asleep;                    /* port: in the futex queue */

/* order: the entries in the order of pushing, oldest first */
chan order = [PUSHERS + 2] of { byte };

inline kick() {
#ifdef FAULT_kick_reads_home
    assert(!gone);
#endif
    atomic {
        assert(credit > 0);
        credit--;
#ifdef FUTEX
        asleep = false
#else
        latch = true
#endif
    }
}

proctype pusher(byte e) {
    byte old;
    byte round;
    bool ok;

    do
    :: round == ROUNDS -> break
    :: else ->
        round++;
        do
        :: d_step {
               assert(!gone && !queued[e]);
               old = inbox;
#ifndef FAULT_next_late
               next[e] = (old == SLEEPING -> EMPTY : old)
#endif
           }
           atomic {
               assert(!gone);
               CAS(ok, inbox, old, e);
               if
               :: ok -> queued[e] = true; order!e; break
               :: else -> REACH(push_raced)
               fi
           }
        od;
#ifdef FAULT_next_late
        next[e] = (old == SLEEPING -> EMPTY : old);
#endif
#ifdef FAULT_no_kick
        skip;
#else
        if
#ifdef FAULT_kick_always
        :: old == SLEEPING || old == EMPTY -> kick()
#else
        :: old == SLEEPING -> kick()
#endif
        :: else
        fi;
#endif
        (!queued[e])            /* it was run: push it again */
    od
}

/* Reverses the stack `top` onto the end of the local queue. */
inline append_all() {
    d_step {
        chain = EMPTY;
#ifdef FAULT_no_reverse
        chain = top;
#else
        do
        :: top == EMPTY -> break
        :: else ->
            after = next[top];
            next[top] = chain;
            chain = top;
            top = after
        od;
#endif
        if
        :: head == EMPTY -> head = chain
        :: else -> next[tail] = chain
        fi;
        do
        :: chain == EMPTY -> break
        :: else -> tail = chain; chain = next[chain]
        od
    }
}

inline append_own() {
    d_step {
        queued[OWN] = true;
        next[OWN] = EMPTY;
        if
        :: head == EMPTY -> head = OWN
        :: else -> next[tail] = OWN
        fi;
        tail = OWN
    }
}

inline port_wait() {
#ifdef FUTEX
    atomic {
        if
#ifdef FAULT_futex_blind
        :: asleep = true
#else
        :: inbox == SLEEPING -> asleep = true
        :: else -> REACH(pushed_before_the_sleep)
#endif
        fi
    }
    if
    :: !asleep
    :: atomic { asleep && naps < NAPS -> asleep = false; naps++ }
    fi
#else
    if
    :: atomic { latch -> latch = false }
    :: atomic { naps < NAPS -> naps++ }
    fi
#endif
}

proctype home() {
    byte top, chain, after, head, tail, e, first, naps, own;
    bool ok;

    do
    :: left == 0 && head == EMPTY -> break
    :: head != EMPTY ->
        /* run the oldest */
        e = head;
#ifdef FAULT_run_before_next
        d_step { assert(queued[e]); queued[e] = false }
#endif
        head = next[e];
        atomic {
            if
            :: e == OWN -> queued[e] = false
            :: else ->
#ifndef FAULT_run_before_next
                assert(queued[e]);
                queued[e] = false;
#endif
                order?first;
                assert(first == e);
                left--
            fi;
            e = 0
        }
        if
        :: own < 1 && !queued[OWN] -> own++; append_own()
        :: true
        fi
    :: head == EMPTY && left > 0 ->
        /* take all, or sleep */
        atomic {
#ifdef FAULT_take_in_two
            top = inbox
#else
            EXCHANGE(top, inbox, EMPTY)
#endif
            ;
            if
            :: top == SLEEPING ->
                credit--;
                top = EMPTY;
                REACH(woke_by_deadline)
            :: else
            fi
        }
#ifdef FAULT_take_in_two
        inbox = EMPTY;
#endif
        if
        :: top != EMPTY -> append_all()
        :: else ->
#ifdef FAULT_sleep_by_store
            if
            :: inbox == EMPTY -> ok = true
            :: else -> ok = false
            fi;
            if
            :: ok -> d_step { inbox = SLEEPING; credit++ }
            :: else
            fi;
#else
            atomic {
                CAS(ok, inbox, EMPTY, SLEEPING);
                if
                :: ok -> credit++
                :: else -> REACH(pushed_before_sleeping)
                fi
            }
#endif
            if
            :: ok -> port_wait()
            :: else
            fi
        fi
    od;
    gone = true
}

init {
    byte e = 1;
    atomic {
        run home();
        do
        :: e > PUSHERS -> break
        :: else -> run pusher(e); e++
        od
    }
}
