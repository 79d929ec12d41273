/* semaphore.pml - n permits at once, first come first served, with leaving */
/* SPDX-License-Identifier: MIT */
/*
 * A semaphore of PERMITS with a lock. Task 1 wants two permits at once, the
 * others one. acquire: under the lock, nobody waits and there are enough: take
 * them; else link. release: add, then take out from the front whoever can be
 * served, to a private chain; unlock; deliver. A withdrawal takes the node
 * out and serves the front likewise, under the same lock (rule 25). Each task
 * acquires once, the first maybe not to its end, then gives back what it got.
 *
 * Checked: permits are neither lost nor doubled, who is at the front and could
 * be served never waits while nobody holds the lock, nobody passes him, nobody
 * parks for ever, no touch after the push.
 *
 * config two short: -DTASKS=3 -DPERMITS=2
 * config four full: -DTASKS=4 -DPERMITS=2
 *
 * fault leave_serves_nobody two: the withdrawal does not look again (25)
 * fault serve_one two: release serves the first only (25)
 * fault pass_the_front two: acquires though some wait (SEMANTICS 4)
 * fault withdraw_unlocked two: the withdrawal takes no lock (5)
 * fault cancel_wins two: served, and returns cancelled (2)
 * fault next_after_push two: the chain's link is read after the push (11, 29)
 */
#include "common.pml"

#define NONE 0
#define WANTS(n) (n == 1 -> 2 : 1)

bool lock;
byte permits = PERMITS;
chan list = [TASKS] of { byte };

byte next[TASKS + 1];
bool linked[TASKS + 1];
bool frame[TASKS + 1];
bool inbox[TASKS + 1];
byte held;                      /* ghost: permits that somebody has */
byte left = TASKS;

inline unlock() {
    d_step {
        assert(lock);
        assert(held + permits == PERMITS);
        if
        :: nempty(list) -> list?<n>; assert(permits < WANTS(n)); n = NONE
        :: empty(list)
        fi;
        lock = false
    }
}

/* Under the lock: the front, as long as it can be served, to the chain. */
inline serve() {
    do
    :: nempty(list) ->
        d_step {
            list?<n>;
            ok = (permits >= WANTS(n));
            if
            :: ok ->
                list?n;
                assert(frame[n] && linked[n]);
                linked[n] = false;
                permits = permits - WANTS(n);
                held = held + WANTS(n);
                next[n] = NONE;
                if
                :: head == NONE -> head = n
                :: else -> next[tail] = n
                fi;
                tail = n
            :: else
            fi;
            n = NONE
        }
#ifdef FAULT_serve_one
        break
#else
        if
        :: ok
        :: !ok -> break
        fi
#endif
    :: empty(list) -> break
    od
}

inline push() {
    atomic { assert(frame[n] && !inbox[n]); inbox[n] = true }
}

inline deliver_all() {
    do
    :: head == NONE -> break
    :: else ->
        n = head;
#ifdef FAULT_next_after_push
        push();
        atomic { assert(frame[n]); head = next[n] }
#else
        atomic { assert(frame[n]); head = next[n] }
        push()
#endif
    od;
    atomic { n = NONE; tail = NONE; ok = false }
}

inline withdraw() {
#ifdef FAULT_withdraw_unlocked
    out = linked[t];
#else
    LOCK(lock);
    out = linked[t];
#endif
    if
    :: out ->
        d_step {
            if
            :: list??[eval(t)] -> list??eval(t)
            :: else
            fi;
            linked[t] = false
        }
#ifndef FAULT_leave_serves_nobody
        serve();
#endif
        REACH(left_the_queue)
    :: else -> REACH(served_before_the_lock)
    fi;
#ifndef FAULT_withdraw_unlocked
    unlock();
#endif
    deliver_all();
#ifdef FAULT_cancel_wins
    out = true
#endif
}

inline acquire() {
    LOCK(lock);
#ifdef FAULT_pass_the_front
    ok = (permits >= WANTS(t));
#else
    ok = (permits >= WANTS(t) && empty(list));
#endif
    if
    :: ok ->
        d_step {
            assert(empty(list));
            permits = permits - WANTS(t);
            held = held + WANTS(t)
        }
        unlock()
    :: else ->
        d_step { linked[t] = true; list!t }
        unlock();
        if
        :: inbox[t]
        :: t == 1 ->
            withdraw();
            if
            :: out
            :: else -> inbox[t]
            fi
        fi;
        inbox[t] = false
    fi
}

proctype task(byte t) {
    byte n, head, tail;
    bool ok, out;

    frame[t] = true;
    acquire();
    atomic { assert(!linked[t] && !inbox[t]); frame[t] = false }
    if
    :: out
    :: else ->
        LOCK(lock);
        d_step { permits = permits + WANTS(t); held = held - WANTS(t) }
        serve();
        unlock();
        deliver_all()
    fi;
    left--
}

init {
    byte i;

    atomic { for (i : 1 .. TASKS) { run task(i) } }
    (left == 0);
    assert(permits == PERMITS && held == 0 && empty(list))
}
