/* close.pml - close of a channel that senders and receivers wait at */
/* SPDX-License-Identifier: MIT */
/*
 * A channel with a lock, a ring of CAPACITY, and lists of who is parked.
 *   send   closed: CLOSED. A receiver waits: take it out, unlock, copy,
 *          deliver. Room: put it there. Else link.
 *   recv   something there: take it, and the first parked sender's value in
 *          its place, unless closed. Else a parked sender, likewise. Else
 *          closed: CLOSED. Else link.
 *   close  closed already: an error. Else closed, then take out at most STEP
 *          nodes a hold into a private chain, until nobody is left; then
 *          unlock, and deliver CLOSED to each, reading next first.
 * Senders and receivers call once; the first sender may leave when parked.
 * With FREE the waiter that close ended frees the channel if all others are
 * through, maybe while close has not returned (rules 11, 21).
 *
 * Checked: nobody parks for ever, a value is received once if its send gave
 * OK, and never if it gave CLOSED or was withdrawn; one close is OK; at most
 * STEP nodes a hold; no touch of the channel or of a frame that went.
 *
 * config rendezvous short: -DSENDERS=2 -DRECEIVERS=1 -DCLOSERS=2 -DCAPACITY=0
 * config ring short: -DSENDERS=3 -DRECEIVERS=1 -DCLOSERS=1 -DCAPACITY=1
 * config free short: -DSENDERS=0 -DRECEIVERS=3 -DCLOSERS=1 -DCAPACITY=0 -DFREE
 * config many full: -DSENDERS=2 -DRECEIVERS=2 -DCLOSERS=2 -DCAPACITY=1
 * config many0 full: -DSENDERS=2 -DRECEIVERS=2 -DCLOSERS=2 -DCAPACITY=0
 *
 * fault close_twice rendezvous: looks if it is closed, then locks (6)
 * fault link_unchecked rendezvous: looks at it, links in a second hold (6)
 * fault one_step rendezvous: close takes out one step's nodes only (19)
 * fault all_in_one_hold free: close takes out all in one hold (19)
 * fault deliver_locked free: delivered before the last unlock (11)
 * fault next_after_push free: the chain's link is read after the push (11, 29)
 * fault closed_first ring: recv: closed? before it drains (SEMANTICS 5)
 * fault value_taken ring: close takes a sender's value (SEMANTICS 5)
 * fault withdraw_unlocked rendezvous: the withdrawal takes no lock (5)
 * fault withdraw_anyway rendezvous: a claimed node is taken for withdrawn (2)
 * fault copy_after_push rendezvous: the value is copied after the push (3)
 */
#include "common.pml"

#define NONE 0
#define STEP 1
#define TASKS (SENDERS + RECEIVERS)
#define SENDS(n) (n <= SENDERS)

mtype = { pending, okay, closed_rc, withdrawn };

/* the channel */
bool lock, closed, gone;
chan ring = [CAPACITY + SENDERS] of { byte };
chan senders = [TASKS] of { byte };
chan receivers = [TASKS] of { byte };

/* nodes and frames: task n's; a value is its sender's number */
bool linked[TASKS + 1];
byte next[TASKS + 1];
bool chained[TASKS + 1];
bool frame[TASKS + 1];
byte value[TASKS + 1];
mtype result[TASKS + 1];
bool inbox[TASKS + 1];

byte left = TASKS + CLOSERS;
byte closes;
byte got[SENDERS + 1];          /* ghost: how often received */
bool gave[SENDERS + 1];         /* ghost: its send was OK */
bool drained;                   /* ghost: a receiver got CLOSED */

#define CHANNEL() assert(!gone)

inline lock_channel() {
    atomic { !lock; CHANNEL(); lock = true }
}

inline unlock_channel() {
    atomic { CHANNEL(); assert(lock); lock = false }
}

inline push(n, rc) {
    atomic { assert(frame[n] && !linked[n] && !inbox[n]); result[n] = rc }
    atomic { assert(frame[n]); chained[n] = false; inbox[n] = true }
}

/* Under the lock: the first node is out, for the claimer. */
inline take_first(list, n) {
    atomic {
        list?n;
        assert(frame[n] && linked[n]);
        linked[n] = false
    }
}

inline park(list, n) {
#ifdef FAULT_link_unchecked
    unlock_channel();
    lock_channel();
#endif
    d_step { CHANNEL(); assert(!linked[n]); linked[n] = true; list!n }
    unlock_channel()
}

#if SENDERS > 0
inline deliver(m) {
#ifdef FAULT_copy_after_push
    push(m, okay);
    atomic { assert(frame[m]); value[m] = (SENDS(m) -> value[m] : t) }
#else
    atomic { assert(frame[m]); value[m] = (SENDS(m) -> value[m] : t) }
    push(m, okay)
#endif
}

inline send() {
    if
    :: closed -> unlock_channel(); rc = closed_rc; REACH(send_on_closed)
    :: !closed && nempty(receivers) ->
        take_first(receivers, m);
        unlock_channel();
        deliver(m);
        rc = okay
#if CAPACITY > 0
    :: !closed && empty(receivers) && len(ring) < CAPACITY ->
        ring!t;
        unlock_channel();
        rc = okay
#endif
    :: !closed && empty(receivers) && len(ring) >= CAPACITY ->
        park(senders, t)
    fi
}
#endif

inline recv() {
    if
#ifdef FAULT_closed_first
    :: closed -> unlock_channel(); rc = closed_rc
    :: !closed && nempty(ring) ->
#elif CAPACITY > 0
    :: nempty(ring) ->
#endif
#if CAPACITY > 0
        ring?value[t];
        if
        :: nempty(senders) && !closed ->
            take_first(senders, m);
            ring!m;
            unlock_channel();
            push(m, okay);
            REACH(let_the_next_in)
        :: empty(senders) || closed -> unlock_channel()
        fi;
        rc = okay
#elif SENDERS > 0
    :: nempty(senders) && !closed ->
        take_first(senders, m);
        unlock_channel();
        value[t] = m;
        push(m, okay);
        rc = okay
#endif
#ifndef FAULT_closed_first
    :: empty(ring) && closed ->
        unlock_channel();
        rc = closed_rc;
        REACH(recv_on_closed)
#endif
    :: empty(ring) && !closed && empty(senders) -> park(receivers, t)
    fi
}

inline leave_list() {
    d_step {
        if
        :: senders??[eval(t)] -> senders??eval(t)
        :: !senders??[eval(t)]
        fi
    }
}

inline withdraw() {
    m = linked[t];
    if
    :: m ->
#ifdef FAULT_withdraw_unlocked
        leave_list();
        linked[t] = false;
#else
        lock_channel();
        m = linked[t];
        if
        :: m -> atomic { leave_list(); linked[t] = false }
        :: else -> REACH(claimed_before_the_lock)
        fi;
        unlock_channel();
#endif
    :: else
    fi;
    if
    :: m -> rc = withdrawn; REACH(withdrew)
#ifdef FAULT_withdraw_anyway
    :: else -> rc = withdrawn
#else
    :: else
#endif
    fi
}

/* The call of t returns. */
inline returns() {
    atomic {
        d_step {
            assert(!linked[t] && !inbox[t]);
            frame[t] = false;
            if
            :: SENDS(t) -> gave[t] = (rc == okay)
            :: !SENDS(t) && rc == okay -> assert(value[t] > 0); got[value[t]]++
            :: else -> assert(value[t] == 0); drained = true
            fi;
            left--
        }
#ifdef FREE
        if
        :: left == 0 && ended -> gone = true; REACH(freed_by_who_was_ended)
        :: else
        fi
#endif
    }
}

proctype task(byte t) {
    byte m;
    mtype rc = pending;
    bool ended;

    frame[t] = true;
    lock_channel();
    if
#if SENDERS > 0
    :: SENDS(t) -> send()
#endif
    :: !SENDS(t) -> recv()
    fi;
    do
    :: rc != pending -> break
    :: rc == pending && inbox[t] ->
        atomic {
            inbox[t] = false;
            rc = result[t];
            ended = (rc == closed_rc)
        }
#if SENDERS > 0
    :: rc == pending && t == 1 && m != 99 -> withdraw(); m = 99
#endif
    od;
    returns()
}

inline push_all() {
    do
    :: head == NONE -> break
    :: else ->
        n = head;
#ifdef FAULT_next_after_push
        push(n, closed_rc);
        atomic { assert(frame[n]); head = next[n] }
#else
        atomic { assert(frame[n] && chained[n]); head = next[n] }
#ifdef FAULT_value_taken
        if
        :: SENDS(n) -> ring!n
        :: else
        fi;
#endif
        push(n, closed_rc)
#endif
    od;
    atomic { tail = NONE; n = NONE }
}

inline chain(list) {
    take_first(list, n);
    d_step {
        assert(!chained[n]);
        chained[n] = true;
        next[n] = NONE;
        if
        :: head == NONE -> head = n
        :: else -> assert(frame[tail] && chained[tail]); next[tail] = n
        fi;
        tail = n;
        taken++;
        assert(taken <= STEP)
    }
}

proctype closer() {
    byte n, head, tail, taken;
    bool was;

#ifdef FAULT_close_twice
    was = closed;
    lock_channel();
#else
    lock_channel();
    was = closed;
#endif
    if
#if CLOSERS > 1
    :: was -> unlock_channel()
#endif
    :: !was ->
        closes++;
        closed = true;
        do
        :: taken = 0;
           do
#ifdef FAULT_all_in_one_hold
           :: nempty(receivers) -> chain(receivers)
#else
           :: nempty(receivers) && taken < STEP -> chain(receivers)
           :: nempty(receivers) && taken == STEP -> break
#endif
#if SENDERS > 0
           :: nempty(senders) && taken < STEP -> chain(senders)
           :: nempty(senders) && taken == STEP -> break
#endif
           :: empty(receivers) && empty(senders) -> break
           od;
#ifdef FAULT_deliver_locked
           push_all();
#endif
           if
#ifndef FAULT_one_step
           :: nempty(receivers) || nempty(senders) ->
               unlock_channel();
               REACH(let_go_between);
               lock_channel()
           :: empty(receivers) && empty(senders) -> unlock_channel(); break
#else
           :: true -> unlock_channel(); break
#endif
           fi
        od;
        push_all()
    fi
#ifndef FREE
    ;
    left--
#endif
}

init {
    byte i;

    atomic {
        for (i : 1 .. TASKS) { run task(i) }
        for (i : 1 .. CLOSERS) { run closer() }
#ifdef FREE
        left = TASKS
#endif
    }
#if SENDERS > 0
    (left == 0);
    d_step {
        assert(closes == 1);
        assert(!drained || empty(ring));
        do
        :: nempty(ring) -> ring?i; got[i]++
        :: empty(ring) -> break
        od;
        for (i : 1 .. SENDERS) { assert(got[i] == (gave[i] -> 1 : 0)) }
    }
#endif
}
