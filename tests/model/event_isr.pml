/* event_isr.pml - interrupts set an event that their own core is using */
/* SPDX-License-Identifier: MIT */
/*
 * Core 0 runs a home with two waiting tasks and a task that sets; ISRS
 * interrupts, each of a higher level than the one before, may come in at any
 * point where they are not masked, and then nothing below runs until they
 * return. Core 1 sets, too. The event is auto-reset, its word as in event.pml.
 * The lock is taken and held with interrupts masked (rule 22). Who sets on
 * the home's own thread appends to the local queue, in two steps; interrupts
 * and core 1 push to the inbox.
 *
 * Checked: no interrupt spins on a lock that its own core holds (a deadlock),
 * no entry of the local queue or the inbox is lost, every set completes a
 * wait, is kept or found SET there.
 *
 * config one short: -DISRS=1
 * config nested full: -DISRS=2
 *
 * fault unmasked one: the lock is held with interrupts on (22)
 * fault mask_late one: the mask comes after the lock (22)
 * fault unmask_early one: the mask goes before the lock (22)
 * fault isr_appends one: an interrupt appends to the local queue (22)
 * fault isr_gives_up one: an interrupt that meets LOCK drops its set (13, 22)
 */
#include "common.pml"

#define NONE 0

#define SET 1
#define WAITERS_BIT 2
#define LOCKED 4

mtype = { idle, parked, limited, hopeless, over };      /* a waiter */

/* core 0 */
byte level;                     /* 0 the thread, else the interrupt that runs */
bool masked;
byte isrs_left = ISRS, others_left = 2;

/* the event, with its list of two */
byte word;
byte first, second;
bool linked[3];

/* the home on core 0 */
byte inbox, head, tail;
byte next[3];
bool queued[3];
mtype state[3] = idle;
byte left = 2;
bool appending;

byte spent, sets_begun;         /* ghosts: all sets are accounted for */

#define CORE0 0
#define CORE1 1

/* Waits for LOCK to go, and takes it. */
inline lock(core) {
#ifdef FAULT_unmasked
    skip;
#else
#ifndef FAULT_mask_late
    atomic { key = masked; masked = (core == CORE0 -> true : masked) }
#endif
#endif
    atomic {
        !(word & LOCKED);
        was = word;
        word = word | LOCKED
    }
#ifdef FAULT_mask_late
    atomic { key = masked; masked = (core == CORE0 -> true : masked) }
#endif
}

inline unmask(core) {
#ifdef FAULT_unmasked
    skip
#else
    atomic { masked = (core == CORE0 -> key : masked); key = false }
#endif
}

/* One store: the new state, which is in `was` by now, and the unlock. */
inline unlock(core) {
#ifdef FAULT_unmask_early
    unmask(core);
#endif
    atomic {
        assert(word & LOCKED);
        assert(!(was & SET) || first == NONE);
        word = was;
        was = 0
    }
#ifndef FAULT_unmask_early
    unmask(core)
#endif
}

#define LIST_BITS (first == NONE -> 0 : WAITERS_BIT)

/* A waiter leaves the list of at most two. */
inline take_out(n) {
    d_step {
        assert(linked[n] && (first == n || second == n));
        if
        :: first == n -> first = second
        :: else
        fi;
        second = NONE;
        linked[n] = false
    }
}

/* On the home's own thread: in two steps, since nobody else may do it. */
inline append(n) {
    atomic {
        assert(!queued[n]);
        queued[n] = true;
        appending = true;
        next[n] = NONE;
        if
        :: tail == NONE -> head = n
        :: else -> next[tail] = n
        fi
    }
    atomic { tail = n; appending = false; n = NONE }
}

inline push(n) {
    do
    :: atomic {
           assert(!queued[n]);
           top = inbox;
           next[n] = top
       }
       atomic {
           CAS(ok, inbox, top, n);
           if
           :: ok -> queued[n] = true; top = NONE; n = NONE; break
           :: else
           fi
       }
    od
}

/* Leaves the node that it claimed in n: to be pushed or appended. */
inline set(core) {
    sets_begun++;
    atomic {
        ok = (word == 0 || word == SET);
        spent = spent + (ok -> 1 : 0);
        word = (ok -> SET : word)
    }
    if
    :: ok
    :: else ->
        lock(core);
        n = first;
        if
        :: n != NONE -> take_out(n)
        :: else -> spent++
        fi;
        was = (n == NONE -> SET : LIST_BITS);
        unlock(core)
    fi
}

/* It comes in over what is of a lower level, and runs to its end. Spin wants
   the clause in globals and _pid: interrupts are processes 2, 3. */
#define MINE (_pid - 1)

proctype isr() provided (level <= MINE) {
    byte top, n, was, under;
    bool ok, key;

    atomic {
        (!masked && level < MINE);
        under = level;
        level = MINE;
        if
        :: appending -> REACH(came_in_an_append)
        :: else
        fi;
#ifdef FAULT_isr_gives_up
        if
        :: word & LOCKED -> sets_begun++; goto out
        :: else
        fi
#endif
    }
    set(CORE0);
    if
#ifdef FAULT_isr_appends
    :: n != NONE -> append(n)
#else
    :: n != NONE -> push(n)
#endif
    :: else
    fi;
out:
    atomic { isrs_left--; level = under }
}

inline returns(n) {
    atomic { assert(!linked[n]); state[n] = over; left-- }
}

inline begin(n) {
    CAS(ok, word, SET, 0);
    if
    :: ok -> returns(n)
    :: else ->
        lock(CORE0);
        if
        :: !(was & SET) ->
            d_step {
                linked[n] = true;
                if
                :: first == NONE -> first = n
                :: else -> second = n
                fi
            }
            atomic {
                if
                :: state[n] = parked
                :: state[n] = limited
                fi
            }
        :: else -> returns(n); REACH(set_meanwhile)
        fi;
        was = (was & SET -> 0 : WAITERS_BIT);
        unlock(CORE0)
    fi
}

inline withdraw(n) {
    lock(CORE0);
    ok = linked[n];
    if
    :: ok -> take_out(n)
    :: else -> REACH(claimed_before_the_lock)
    fi;
    was = (ok -> LIST_BITS : was);
    unlock(CORE0);
    if
    :: ok -> returns(n)
    :: else -> state[n] = hopeless
    fi
}

proctype home() provided (level == 0) {
    byte top, rest, n, was;
    bool ok, key, has_set;

    do
    :: !has_set ->
        has_set = true;
        set(CORE0);
        if
        :: n != NONE -> append(n)
        :: else
        fi
    :: inbox != NONE ->
        EXCHANGE(rest, inbox, NONE);
        do
        :: rest == NONE -> break
        :: else ->
            atomic { n = rest; rest = next[n]; queued[n] = false }
            append(n)
        od
    :: head != NONE ->
        /* run the oldest */
        atomic {
            n = head;
            assert(queued[n]);
            queued[n] = false;
            head = next[n];
            tail = (head == NONE -> NONE : tail);
            spent++;
            returns(n);
            n = NONE
        }
    :: state[1] == idle -> begin(1)
    :: state[2] == idle -> begin(2)
    :: state[1] == limited -> withdraw(1)
    :: state[2] == limited -> withdraw(2)
    :: left == 0 && has_set -> break
    od;
    others_left--
}

/* Core 1 sets, and again until nobody is left waiting. */
proctype other() {
    byte top, n, was;
    bool ok, key;

    do
    :: set(CORE1);
       if
       :: n != NONE -> push(n)
       :: else
       fi;
       if
       :: left > 0 && !(word & SET)
       :: left == 0 -> break
       fi
    od;
    others_left--
}

init {
    byte i;

    atomic {
        run home();
        for (i : 1 .. ISRS) { run isr() }
        run other()
    }
    (left == 0 && isrs_left == 0 && others_left == 0);
    assert(spent == sets_begun)
}
