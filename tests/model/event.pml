/* event.pml - the event: set, wait and reset race; its waiter frees it */
/* SPDX-License-Identifier: MIT */
/*
 * The word has the bits SET, WAITERS, LOCK; never SET and WAITERS.
 *   wait   SET: done (auto-reset: CAS SET->0). Else lock, look again, link.
 *   set    CAS 0->SET or SET->SET. Else lock; take out at most STEP nodes to
 *          a private chain; unlock; again until the list is empty. The unlock
 *          of the last step stores SET. Only then deliver, reading next first.
 *          Auto-reset: take out one; SET is stored if there was none.
 *   reset  CAS SET->0, waiting for LOCK to go.
 * Waiters 1 .. WAITERS live on HOMES homes. `next` of a node is the list's
 * link, then the chain's, then the link of the home's inbox; `use` says whose
 * it is (rule 29). Who parked with a limit (not the third) may withdraw at
 * any time.
 *
 * Shape FREE: one set, and the waiter that returns last frees the event, maybe
 * while set has not returned (rules 11, 12, 21). Otherwise SETS sets race a
 * reset; when all are through a last set must leave nobody parked.
 *
 * Checked: nobody parks for ever or while SET is there, no wait completes
 * without a set (`may`), the first set has no effect after a reset that came
 * after a wait which it ended (`expired`), each set of an auto-reset event
 * completes a wait, is kept, was reset or found SET there; no touch of event,
 * frame or link by others than who owns it; at most STEP nodes a hold.
 *
 * config free short: -DWAITERS=3 -DHOMES=2 -DSTEP=2 -DSETS=1 -DFREE
 * config race short: -DWAITERS=2 -DHOMES=1 -DSTEP=1 -DSETS=2
 * config steps short: -DWAITERS=3 -DHOMES=1 -DSTEP=1 -DSETS=1
 * config auto short: -DWAITERS=2 -DHOMES=1 -DSTEP=1 -DSETS=2 -DAUTO
 * config autofree short: -DWAITERS=1 -DHOMES=1 -DSTEP=1 -DSETS=1 -DAUTO -DFREE
 * config free3 full: -DWAITERS=3 -DHOMES=3 -DSTEP=1 -DSETS=1 -DFREE
 * config race2 full: -DWAITERS=2 -DHOMES=2 -DSTEP=1 -DSETS=2
 * config race3 full: -DWAITERS=3 -DHOMES=1 -DSTEP=2 -DSETS=2
 * config auto2 full: -DWAITERS=2 -DHOMES=2 -DSTEP=1 -DSETS=2 -DAUTO
 *
 * fault publish_early steps: SET is visible from the first step on (12, 19)
 * fault publish_then_unlock free: SET is stored, then LOCK cleared (12)
 * fault deliver_each_step free: a step's nodes are pushed at its end (11)
 * fault deliver_locked free: delivered before the last unlock (11)
 * fault next_after_push free: the chain's link is read after the push (11)
 * fault all_in_one_hold free: takes out all nodes in one hold (19)
 * fault splice race: the list goes whole, with linked == 1 (29)
 * fault withdraw_unlocked race: the withdrawal takes no lock (5)
 * fault link_unchecked race: links without looking again, locked (6)
 * fault set_by_fetch_or race: set ORs the bit into a locked word (13)
 * fault linked_is_end free: linked == 0 read as the end (31)
 * fault claim_stale auto: set looks at the list, then locks (5, 29)
 * fault first_frees free: the first waiter to return frees the event (21)
 * fault auto_keeps_set auto: an auto-reset wait reads SET, stores 0 later (13)
 */
#include "common.pml"

#define NONE 0
#define HOME(n) ((n - 1) % HOMES + 1)

#define SET 1
#define WAITERS_BIT 2
#define LOCKED 4

mtype = { idle, parked, limited, hopeless, over };      /* a waiter */
mtype = { nobody, list, chain, queue };     /* whose the link is */

/* the event */
byte word;
byte first, last;
bool gone;

/* the nodes */
byte next[WAITERS + 1], prev[WAITERS + 1];
bool linked[WAITERS + 1];
mtype use[WAITERS + 1] = nobody;
bool frame_gone[WAITERS + 1];

byte inbox[HOMES + 1];
mtype state[WAITERS + 1] = idle;
byte left = WAITERS;            /* waits that have not returned */
byte sets_left = SETS, resets_left = 1;

/* ghosts: may the event be taken for set, by some order of the calls? */
bool may;
bool may_end[WAITERS + 1];
byte setting;                   /* sets that are running */
bool set_seen;                  /* one ran during the reset */
bool used, expired;             /* the first set ended a wait; then a reset */
byte spent;                     /* auto-reset: sets that are accounted for */
byte sets_begun;

#define EVENT() assert(!gone)
#define NODE(n, whose) assert(!frame_gone[n] && use[n] == whose)

/* Waits for LOCK to go, and takes it. */
inline lock(was) {
    atomic { !(word & LOCKED); EVENT(); was = word; word = word | LOCKED }
}

/* One store: the new state and the unlock. */
inline unlock(bits) {
    atomic {
        EVENT();
        assert(word & LOCKED);
#ifndef FAULT_publish_early
        assert(!((bits) & SET) || first == NONE);
#endif
        assert(!((bits) & SET) || !expired || sets_begun > 1);
        word = (bits)
    }
}

#define LIST_BITS (first == NONE -> 0 : WAITERS_BIT)

inline link(n) {
    d_step {
        EVENT();
        NODE(n, nobody);
        use[n] = list;
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

inline take_out(n, whose) {
    d_step {
        EVENT();
        NODE(n, list);
        if
        :: prev[n] == NONE -> first = next[n]
        :: else -> next[prev[n]] = next[n]
        fi;
        if
        :: next[n] == NONE -> last = prev[n]
        :: else -> prev[next[n]] = prev[n]
        fi;
        next[n] = NONE;
        prev[n] = NONE;
        use[n] = whose
    }
}

/* set: its variables */
inline push(n) {
    do
    :: atomic {
           NODE(n, chain);
           top = inbox[HOME(n)];
           next[n] = top
       }
       atomic {
           CAS(ok, inbox[HOME(n)], top, n);
           if
           :: ok -> NODE(n, chain); use[n] = queue; top = 0; break
           :: else
           fi
       }
    od
}

inline deliver_all() {
    do
    :: head == NONE -> break
    :: else ->
        n = head;
#ifdef FAULT_next_after_push
        push(n);
        atomic { assert(!frame_gone[n]); head = next[n] }
#else
        atomic { NODE(n, chain); head = next[n] }
#ifdef FAULT_splice
        linked[n] = false;
#endif
        push(n)
#endif
    od;
    atomic { tail = 0; n = 0 }
}

/* Under the lock: the first node goes to the end of the private chain. */
inline take_first() {
#ifdef FAULT_claim_stale
    n = seen;
#else
    n = first;
#endif
    take_out(n, chain);
    atomic {
        linked[n] = false;
#ifdef AUTO
        head = n;
#else
        if
        :: head == NONE -> head = n
        :: else -> NODE(tail, chain); next[tail] = n
        fi;
        tail = n;
#endif
        taken++;
        assert(taken <= STEP)
    }
}

/* The slow way of a manual set: steps, with the lock let go between. */
inline set_all() {
    do
    :: lock(was);
#if SETS > 1
       if
       :: was & SET -> REACH(another_set_was_first)
       :: else
       fi;
#endif
       taken = 0;
#ifdef FAULT_splice
       atomic {
           head = first;
           first = NONE;
           last = NONE;
           for (i : 1 .. WAITERS) {
               if
               :: use[i] == list -> use[i] = chain
               :: else
               fi
           }
           i = 0
       }
#else
       do
       :: first == NONE -> break
#ifndef FAULT_all_in_one_hold
       :: first != NONE && taken == STEP -> break
       :: first != NONE && taken < STEP -> take_first()
#else
       :: first != NONE -> take_first()
#endif
       od;
#endif
#ifdef FAULT_deliver_locked
       deliver_all();
#endif
       if
       :: first == NONE ->
#ifdef FAULT_publish_then_unlock
           word = SET | LOCKED;
#endif
           unlock(SET);
           break
       :: else ->
#ifdef FAULT_publish_early
           unlock(SET | WAITERS_BIT);
#else
           unlock(WAITERS_BIT);
#endif
           REACH(let_go_between)
       fi;
#ifdef FAULT_deliver_each_step
       deliver_all()
#endif
    od;
    deliver_all()
}

inline set_one() {
#ifdef FAULT_claim_stale
    seen = first;
#endif
    lock(was);
    taken = 0;
    if
#ifdef FAULT_claim_stale
    :: seen == NONE ->
#else
    :: first == NONE ->
#endif
#ifndef FREE
        if
        :: was & SET -> spent++; REACH(another_set_was_first)
        :: else
        fi;
#endif
        unlock(SET);
        REACH(the_waiter_had_left)
    :: else -> take_first(); unlock(LIST_BITS)
    fi;
    deliver_all()
}

inline set() {
    atomic { EVENT(); may = true; set_seen = true; sets_begun++;
             for (i : 1 .. WAITERS) { may_end[i] = true }
             i = 0 }
#ifdef FAULT_set_by_fetch_or
    atomic {
        EVENT();
        ok = !(word & (SET | WAITERS_BIT));
        word = word | (ok -> SET : 0)
    }
#else
    atomic {
        EVENT();
        ok = (word == 0 || word == SET);
        spent = spent + (word == SET -> 1 : 0);
        word = (ok -> SET : word)
    }
#endif
    if
    :: ok -> REACH(set_at_once)
    :: else ->
#ifdef AUTO
        set_one()
#else
        set_all()
#endif
    fi
}

/* The last sets come when the others and the reset are through: every wait
   still parked must end. */
proctype setter(bool last_one) {
    byte n, top, head, tail, taken, i, was, seen;
    bool ok;

#ifndef FREE
    if
    :: last_one -> (sets_left == 0 && resets_left == 0)
    :: else
    fi;
#endif
    do
    :: setting++;
       set();
       setting--;
       if
       :: !last_one -> sets_left--; break
#ifndef FREE
#ifdef AUTO
       :: last_one && left > 0 && !(word & SET)
#endif
       :: last_one && left == 0 -> break
#endif
       fi
    od;
#ifdef AUTO
    assert(!last_one ||
        spent + (word == SET -> 1 : 0) == sets_begun)
#else
    assert(!last_one || word == SET)
#endif
}

#ifndef FREE
proctype resetter() {
    bool ok, was_used;

    atomic { set_seen = (setting > 0); was_used = used }
    atomic {
        word == SET || !(word & LOCKED);
        EVENT();
        CAS(ok, word, SET, 0);
        expired = was_used;
        if
        :: ok -> spent++; REACH(reset_it)
        :: else
        fi
    }
    atomic {
        if
        :: !set_seen && setting == 0 -> may = false
        :: else
        fi;
        resets_left--
    }
}
#endif

/* The wait of n returns. */
inline returns(n) {
    assert(!linked[n] && use[n] == nobody);
    state[n] = over;
    frame_gone[n] = true;
    left--
}

inline completes(n) {
    atomic {
        assert(may_end[n]);
        used = used || (sets_begun == 1);
        returns(n);
#ifdef AUTO
        spent++;
#endif
#ifdef FREE
        if
#ifdef FAULT_first_frees
        :: gone = true
#else
        :: left == 0 -> gone = true
        :: else
#endif
        fi
#endif
    }
}

inline begin(n) {
    atomic {
        EVENT();
        if
        :: state[n] = parked
        :: n <= 2 -> state[n] = limited
        fi;
        may_end[n] = may
    }
    atomic {
        EVENT();
#ifndef AUTO
        ok = word & SET
#else
#ifdef FAULT_auto_keeps_set
        ok = (word == SET)
#else
        /* where it is SET|LOCK this waits in C; here it looks again, locked */
        CAS(ok, word, SET, 0)
#endif
#endif
    }
#ifdef FAULT_auto_keeps_set
    if
    :: ok -> word = 0
    :: else
    fi;
#endif
    if
    :: ok -> completes(n); REACH(there_at_once)
    :: else ->
        lock(was);
#ifdef FAULT_link_unchecked
        was = 0;
#endif
        if
        :: was & SET ->
#ifdef AUTO
            unlock(0);
#else
            unlock(SET);
#endif
            completes(n);
            REACH(there_at_the_second_look)
        :: else -> link(n); unlock(WAITERS_BIT)
        fi
    fi;
    was = 0
}

inline withdraw(n) {
    ok = linked[n];
    if
    :: ok ->
#ifdef FAULT_withdraw_unlocked
        take_out(n, nobody);
        linked[n] = false;
#else
        lock(was);
        ok = linked[n];
        if
        :: ok -> take_out(n, nobody); linked[n] = false; was = LIST_BITS
        :: else -> REACH(claimed_before_the_lock)
        fi;
        unlock(was);
        was = 0
#endif
    :: else -> REACH(claimed_before_the_look)
    fi;
    if
    :: ok -> atomic { returns(n) }; REACH(withdrew)
#ifdef FAULT_linked_is_end
    :: else -> completes(n)
#else
    :: else -> state[n] = hopeless
#endif
    fi
}

/* Runs its waiters: one starts, one is ended, one gives up. */
proctype home(byte h) {
    byte top, after, n, was;
    bool ok;

    do
    :: inbox[h] != NONE ->
        EXCHANGE(top, inbox[h], NONE);
        do
        :: top == NONE -> break
        :: else ->
            atomic {
                NODE(top, queue);
                after = next[top];
                use[top] = nobody;
                completes(top);
                top = after;
                after = 0;
                REACH(ended_by_set)
            }
        od
    :: else ->
        atomic {
            if
            :: h == 1 && state[1] == idle -> n = 1
            :: h == 1 && state[1] == limited -> n = 1
#if WAITERS > 1
            :: h == HOME(2) && state[2] == idle -> n = 2
            :: h == HOME(2) && state[2] == limited -> n = 2
#endif
#if WAITERS > 2
            :: h == HOME(3) && state[3] == idle -> n = 3
#endif
            :: inbox[h] != NONE -> n = 0
            :: left == 0 -> break
            fi
        }
        if
        :: n == 0
        :: n != 0 && state[n] == idle -> begin(n)
        :: n != 0 && state[n] == limited -> withdraw(n)
        fi;
        n = 0
    od
}

init {
    byte i;

    atomic {
        for (i : 1 .. HOMES) { run home(i) }
        for (i : 1 .. SETS) { run setter(false) }
#ifndef FREE
        run resetter();
        run setter(true)
#endif
    }
}
