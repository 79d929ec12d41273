/* thread_leave.pml - a thread that waits, and leaves with a wake on its way */
/* SPDX-License-Identifier: MIT */
/*
 * A thread's home is an inbox (EMPTY, a stack, ASLEEP) in memory that goes
 * with it. It waits ROUNDS times for a node that a peer ends; wakers find it
 * by a list under a lock, take its ticket there and push after the unlock. To
 * leave, it goes off the list, then takes its ticket; where a wake is in
 * flight it waits for that first, and tries again.
 *
 * Who replaced ASLEEP wakes it by the address of the word (the thread sleeps
 * while the word is ASLEEP). With NOTIFY the system has no such call: the
 * notification names the thread and comes after the push, so each pusher is
 * counted before its push until it has notified, and the leave waits for the
 * count (rule 23): a sleep with a deadline may be over before it comes.
 *
 * Checked: no wake and no end lost, no touch of the thread after it went, no
 * entry left in its inbox.
 *
 * config address short: -DWAKERS=2 -DROUNDS=2
 * config notify short: -DWAKERS=2 -DROUNDS=1 -DNOTIFY
 * config notify3 full: -DWAKERS=3 -DROUNDS=2 -DNOTIFY
 *
 * fault leave_in_flight address: leaves with a wake in flight (17, 23)
 * fault leave_listed address: takes its ticket, then goes off the list (16)
 * fault ticket_unlocked address: the waker takes the ticket unlocked (16)
 * fault clear_after_look address: `woken` is cleared after the look (18)
 * fault sleep_by_store address: goes to sleep by a store (6)
 * fault no_kick address: ASLEEP is replaced without a kick (section 2)
 * fault notify_uncounted notify: pushers are not counted (23)
 * fault count_after_push notify: counted after its push (23)
 * fault count_first notify: counted out, then notifies (23)
 */
#include "common.pml"

#define EMPTY 0
#define NODE (WAKERS + 1)       /* entries: 1 the thread's wake, the node's */
#define WAKE 1
#define ASLEEP 255

#if defined(NOTIFY) && !defined(FAULT_notify_uncounted)
#define COUNTED
#endif

byte inbox;
byte next[NODE + 1];
bool queued[NODE + 1];
bool woken;
bool notified;                  /* the system's latch for the thread */
byte pushers;                   /* counted */
bool gone;

bool list_lock;
bool listed = true;
byte wanted;                    /* what the wakers have to say */

byte waiting;                   /* rounds begun: a node is linked */

#define TOUCH() assert(!gone)

inline kick() {
#ifdef FAULT_no_kick
    skip
#elif defined(NOTIFY)
    atomic { TOUCH(); notified = true }
#else
    skip                        /* by address: nothing of the thread's */
#endif
}

inline push(e) {
#ifdef COUNTED
#ifndef FAULT_count_after_push
    atomic { TOUCH(); pushers++ }
#endif
#endif
    do
    :: atomic {
           TOUCH();
           assert(!queued[e]);
           old = inbox;
           next[e] = (old == ASLEEP -> EMPTY : old)
       }
       atomic {
           TOUCH();
           CAS(ok, inbox, old, e);
           if
           :: ok -> queued[e] = true; break
           :: else
           fi
       }
    od;
#ifdef COUNTED
#ifdef FAULT_count_after_push
    atomic { TOUCH(); pushers++ }
#endif
#ifdef FAULT_count_first
    atomic { TOUCH(); pushers-- }
#endif
#endif
    if
    :: old == ASLEEP -> kick()
    :: else
    fi
#ifdef COUNTED
#ifndef FAULT_count_first
    ;
    atomic { TOUCH(); pushers-- }
#endif
#endif
}

proctype waker() {
    byte old;
    bool ok, mine, had;

    LOCK(list_lock);
    mine = listed;
#ifdef FAULT_ticket_unlocked
    UNLOCK(list_lock);
#endif
    if
    :: mine ->
        wanted++;
        atomic { TOUCH(); EXCHANGE(had, woken, true) }
    :: else -> had = true
    fi;
#ifndef FAULT_ticket_unlocked
    UNLOCK(list_lock);
#endif
    if
    :: had
    :: else -> push(WAKE)
    fi
}

/* Ends each wait as it comes. */
proctype peer() {
    byte old, i;
    bool ok;

    do
    :: i == ROUNDS -> break
    :: waiting > i -> i++; push(NODE)
    od
}

inline sleep() {
#ifdef FAULT_sleep_by_store
    ok = (inbox == EMPTY);
    if
    :: ok -> inbox = ASLEEP
    :: else
    fi;
#else
    CAS(ok, inbox, EMPTY, ASLEEP);
#endif
    if
#ifdef NOTIFY
    :: ok && notified -> notified = false
    :: atomic { ok && naps > 0 -> naps--; REACH(woke_by_deadline) }
#elif defined(FAULT_no_kick)
    :: ok -> false
#else
    :: ok -> inbox != ASLEEP
#endif
    :: else -> REACH(pushed_before_the_sleep)
    fi
}

/* Takes what is there, or sleeps until something is. */
inline wait() {
    atomic { EXCHANGE(top, inbox, EMPTY); came = (top != ASLEEP && top != 0) }
    if
    :: !came -> top = EMPTY; sleep()
    :: else
    fi;
    do
    :: top == EMPTY -> break
    :: else ->
        d_step { e = top; top = next[e]; queued[e] = false }
#ifdef FAULT_clear_after_look
        seen = (e == WAKE -> wanted : seen);
        d_step { ended = ended || e == NODE; woken = woken && e != WAKE }
#else
        d_step { ended = ended || e == NODE; woken = woken && e != WAKE }
        seen = (e == WAKE -> wanted : seen)
#endif
    od;
    e = EMPTY
}

inline leave() {
#ifndef FAULT_leave_listed
    LOCK(list_lock);
    listed = false;
    UNLOCK(list_lock);
#endif
    do
    :: EXCHANGE(had, woken, true);
#ifdef FAULT_leave_in_flight
       break
#else
       if
       :: had -> REACH(a_wake_is_on_its_way); wait()
       :: else -> break
       fi
#endif
    od;
#ifdef FAULT_leave_listed
    LOCK(list_lock);
    listed = false;
    UNLOCK(list_lock);
#endif
#ifdef COUNTED
    (pushers == 0);
#endif
    atomic {
        assert(inbox == EMPTY || inbox == ASLEEP);
        assert(seen == wanted);
        gone = true
    }
}

proctype thread() {
    byte top, e, seen;
#ifdef NOTIFY
    byte naps = 1;
#endif
    bool ok, had, ended, came;

    do
    :: waiting == ROUNDS -> break
    :: else ->
        waiting++;
        do
        :: ended -> break
        :: else -> wait()
        od;
        ended = false
    od;
    leave()
}

init {
    byte i;

    atomic {
        run thread();
        run peer();
        for (i : 1 .. WAKERS) { run waker() }
    }
}
