/* signal.pml - a signal: one slot, many setters, one consumer */
/* SPDX-License-Identifier: MIT */
/*
 * Under the lock there is a value (FULL) or a parked consumer, never both. Set
 * hands its value to the parked consumer (takes the node out, unlocks, copies,
 * pushes) or stores it over what is there. The consumer takes the value or
 * parks; it parks for ever in the first of its TAKES waits, later it may give
 * up at any time. Values are of two words, copied in two steps. With FREE
 * there is one setter, and the consumer frees the signal when it has a value.
 *
 * Checked: each value is taken once, overwritten or still there; the taken
 * ones come in the order of setting, whole; the consumer of a set signal does
 * not stay parked; nobody touches signal or frame when it is gone.
 *
 * config set3 short: -DSETTERS=3 -DTAKES=3
 * config free short: -DSETTERS=1 -DTAKES=1 -DFREE
 * config set4 full: -DSETTERS=4 -DTAKES=5
 *
 * fault hand_and_store set3: a handed value is stored, too (2)
 * fault copy_after_push set3: the value is copied after the push (3)
 * fault look_then_link set3: looks and links in two holds (6)
 * fault take_unlocked set3: the value is copied without the lock (5, 12)
 * fault clear_after_unlock set3: FULL goes after the unlock (12, 13)
 * fault withdraw_anyway set3: takes a claimed node for withdrawn (2)
 * fault linked_late set3: linked = 0 after the unlock (5, 29)
 * fault push_locked free: the node is pushed before the unlock (11)
 */
#include "common.pml"

/* the signal */
bool lock, filled, parked;
byte slot[2];
bool gone;

/* the consumer's frame and home */
bool frame;                     /* there is one */
bool linked;
byte buffer[2];
bool ended;                     /* in the home's queue */

byte order[SETTERS + 1];        /* ghost: when each value was set */
byte clock, taken, lost;
byte done;                      /* setters that are through */

#define SIGNAL() assert(!gone)
#define FRAME() assert(frame)

inline lock_signal() {
    atomic { !lock -> SIGNAL(); lock = true }
}

inline unlock_signal() {
    atomic { SIGNAL(); assert(lock && !(filled && parked)); lock = false }
}

inline copy_to_buffer() {
    atomic { FRAME(); buffer[0] = value }
    atomic { FRAME(); buffer[1] = value }
}

inline push() {
    atomic { FRAME(); assert(!ended); ended = true }
}

inline store() {
    atomic {
        SIGNAL();
        lost = lost + (filled -> 1 : 0);
        slot[0] = value
    }
    atomic { slot[1] = value; filled = true }
}

proctype setter(byte value) {
    bool hand;

    lock_signal();
    atomic { clock++; order[value] = clock; hand = parked }
    if
    :: hand ->
        atomic {
            FRAME();
            parked = false;
#ifndef FAULT_linked_late
            linked = false
#endif
        }
#ifdef FAULT_hand_and_store
        store();
#endif
#ifdef FAULT_push_locked
        copy_to_buffer();
        push();
#endif
        unlock_signal();
#ifdef FAULT_linked_late
        atomic { FRAME(); linked = false }
#endif
#ifndef FAULT_push_locked
#ifdef FAULT_copy_after_push
        push();
        copy_to_buffer()
#else
        copy_to_buffer();
        push()
#endif
#endif
    :: else ->
        store();
        unlock_signal()
    fi;
    done++
}

/* Under the lock, or not: a fault. */
inline take() {
    atomic { SIGNAL(); got[0] = slot[0] }
    got[1] = slot[1]
}

inline begin() {
    atomic { frame = true; ended = false; buffer[0] = 0; buffer[1] = 0 }
    lock_signal();
#ifdef FAULT_look_then_link
    has = filled;
    unlock_signal();
    lock_signal();
#else
    has = filled;
#endif
    if
    :: has ->
#ifdef FAULT_take_unlocked
        filled = false;
        unlock_signal();
        take()
#else
        take();
#ifdef FAULT_clear_after_unlock
        unlock_signal();
        filled = false
#else
        filled = false;
        unlock_signal()
#endif
#endif
    :: else ->
        atomic { FRAME(); SIGNAL(); parked = true; linked = true }
        unlock_signal()
    fi
}

inline withdraw() {
    if
    :: linked ->
        lock_signal();
        atomic {
            out = linked;
            linked = false;
            parked = (out -> false : parked)
        }
        unlock_signal()
    :: else -> out = false; REACH(claimed_before_the_look)
    fi
}

proctype consumer() {
    byte got[2];
    byte last, waits;
    bool has, out;

    do
    :: waits == TAKES -> break
    :: else ->
        waits++;
        begin();
        if
        :: has -> REACH(there_at_once)
        :: else ->
            if
            :: ended -> REACH(handed)
#if TAKES > 1
            :: waits > 1 ->
                withdraw();
#ifdef FAULT_withdraw_anyway
                out = true;
#endif
                if
                :: out -> REACH(gave_up)
                :: else -> ended; REACH(gave_up_too_late)
                fi
#endif
            fi;
            if
            :: !out -> atomic { got[0] = buffer[0]; got[1] = buffer[1] }
            :: else
            fi
        fi;
        atomic {
            frame = false;
            if
            :: !out ->
                assert(got[0] == got[1] && got[0] != 0);
                assert(order[got[0]] > last);
                last = order[got[0]];
                taken++
            :: else
            fi;
            has = false;
            out = false;
            got[0] = 0;
            got[1] = 0
        }
    od;
#ifdef FREE
    gone = true;
#endif
    atomic {
        (done == SETTERS);
        assert(!parked && !lock);
        assert(taken + lost + (filled -> 1 : 0) == SETTERS)
    }
}

init {
    byte i;

    atomic {
        for (i : 1 .. SETTERS) { run setter(i) }
        run consumer()
    }
}
