/* mutex.pml - hand-off, leaving by cancel, freed by its last user */
/* SPDX-License-Identifier: MIT */
/*
 * The word is 0 open, 1 locked, 3 locked with waiters; the list has a lock of
 * its own.
 *   lock      CAS 0->1. Else lock the list; 0: CAS 0->1, mine; else make it 3
 *             by CAS from 1, or from 3, and link; unlock the list.
 *   unlock    CAS 1->0. Else lock the list. Somebody there: take the first
 *             out, store 1 if that was all, unlock the list, deliver: it has
 *             the lock now. Nobody (they left): unlock the list, try again.
 *   withdraw  under the list's lock, if it is linked: take it out, store 1 if
 *             the list is empty. Not linked: it has the lock; its end comes.
 * Each task locks ROUNDS times, each time once with a limit that may come at
 * any time, then, if it came, without one. Under its last lock it drops its
 * reference, and who dropped the last frees the mutex after it unlocked.
 *
 * Checked: one owner, a lock that was handed over is had (also when
 * cancelled), nobody parks for ever, first come first served, unlock tries
 * again only when somebody left, the word tells whether the list is empty, no
 * touch of mutex or frame after it went.
 *
 * config two short: -DTASKS=2 -DROUNDS=2
 * config three short: -DTASKS=3 -DROUNDS=1
 * config three2 full: -DTASKS=3 -DROUNDS=2
 * config four full: -DTASKS=4 -DROUNDS=1
 *
 * fault open_then_unlock two: list empty: opens, then unlocks the list (12)
 * fault open_by_store three: list empty: unlocks it, then stores 0 (12, 13)
 * fault no_retry two: list empty: unlocks it and is through (12)
 * fault unlock_by_store two: reads 1, then stores 0 (13)
 * fault lock_by_store two: reads 0, then stores 1 (13)
 * fault mark_by_store two: reads the word, then stores 3 (13, 6)
 * fault look_unlocked two: looks at the word, then locks the list (6)
 * fault hand_off_opens three: the word is opened when one is handed on (14)
 * fault deliver_first two: delivers, then unlocks the list (11, 14)
 * fault withdraw_unlocked two: the withdrawal takes no lock (5)
 * fault withdraw_no_store two: the list is empty and the word stays 3 (14)
 * fault withdraw_stores_always three: stores 1 though others wait (14)
 * fault cancel_wins two: not linked, and returns cancelled (14)
 * fault linked_is_end two: not linked, and returns before its end came (31)
 * fault touch_after_push two: the node is looked at after the push (3)
 */
#include "common.pml"

#define NONE 0

/* the mutex */
byte word;
bool list_lock;
byte first, last;
bool gone;

/* node and frame of task t */
byte next[TASKS + 1], prev[TASKS + 1];
bool linked[TASKS + 1];
bool frame[TASKS + 1];          /* it is there */
bool inbox[TASKS + 1];

byte references = TASKS;

/* ghosts */
byte owner;
byte heir;                      /* handed over, not yet told */
byte emptied[TASKS + 1];                /* how often leaving emptied the list */
chan order = [TASKS] of { byte };

#define MUTEX() assert(!gone)
#define FRAME(n) assert(frame[n])

inline lock_list() {
    atomic { !list_lock; MUTEX(); list_lock = true }
}

inline unlock_list() {
    atomic {
        MUTEX();
        assert(list_lock);
        assert(word == 3 || first == NONE);
        list_lock = false
    }
}

inline link() {
    d_step {
        MUTEX();
        next[t] = NONE;
        prev[t] = last;
        if
        :: last == NONE -> first = t
        :: else -> next[last] = t
        fi;
        last = t;
        linked[t] = true;
        order!t
    }
}

inline take_out(n) {
    d_step {
        MUTEX();
        FRAME(n);
        if
        :: prev[n] == NONE -> first = next[n]
        :: else -> next[prev[n]] = next[n]
        fi;
        if
        :: next[n] == NONE -> last = prev[n]
        :: else -> prev[next[n]] = prev[n]
        fi;
        next[n] = NONE;
        prev[n] = NONE
    }
}

inline remove(n) {
    take_out(n);
    atomic { FRAME(n); linked[n] = false }
}

inline word_is(to) {
    atomic { MUTEX(); word = to }
}

inline try_lock() {
#ifdef FAULT_lock_by_store
    atomic { MUTEX(); ok = (word == 0) }
    if
    :: ok -> word = 1
    :: else
    fi
#else
    atomic { MUTEX(); CAS(ok, word, 0, 1) }
#endif
}

/* Under the list's lock: 0 -> 1 is mine (ok), else 3. */
inline lock_or_mark() {
#ifdef FAULT_mark_by_store
    atomic { MUTEX(); ok = (word == 0) }
    if
    :: ok -> try_lock()
    :: else -> word_is(3)
    fi
#else
    atomic {
        MUTEX();
        d_step {
            ok = (word == 0);
            word = (ok -> 1 : 3)
        }
    }
#endif
}

inline enter() {
    atomic {
        assert(owner == NONE);
        assert(heir == NONE || heir == t);
        owner = t;
        heir = NONE
    }
}

inline take_end() {
    atomic { inbox[t]; inbox[t] = false; assert(heir == t) }
}

/* From here on the word cannot have an unlock look at the list for nothing. */
inline stores_1() {
    d_step { MUTEX(); word = 1; for (n : 1 .. TASKS) { emptied[n]++ } n = 0 }
}

/* ok: it is withdrawn. */
inline withdraw() {
    ok = linked[t];
    if
    :: ok ->
#ifdef FAULT_withdraw_unlocked
        remove(t);
        atomic {
            order??eval(t);
            if
            :: first == NONE -> word = 1
            :: else
            fi
        }
#else
        lock_list();
        ok = linked[t];
        if
        :: ok ->
            remove(t);
            order??eval(t);
#ifdef FAULT_withdraw_stores_always
            stores_1()
#elif !defined(FAULT_withdraw_no_store)
            if
            :: first == NONE -> stores_1()
            :: else
            fi
#endif
        :: else -> REACH(handed_over_before_the_lock)
        fi;
        unlock_list();
#endif
    :: else -> REACH(handed_over_before_the_look)
    fi
}

inline park() {
    if
    :: take_end(); rc = true; REACH(handed_over)
    :: limited ->
        withdraw();
        if
        :: ok -> rc = false; REACH(left_the_queue)
        :: else ->
#ifdef FAULT_cancel_wins
            rc = false
#elif defined(FAULT_linked_is_end)
            rc = true
#else
            take_end();
            rc = true;
            REACH(has_it_though_cancelled)
#endif
        fi
    fi
}

inline lock() {
    frame[t] = true;
    try_lock();
    if
    :: ok -> rc = true
    :: else ->
#ifdef FAULT_look_unlocked
        lock_or_mark();
        lock_list();
#else
        lock_list();
        lock_or_mark();
#endif
        if
        :: ok -> unlock_list(); rc = true; REACH(open_at_the_second_look)
        :: else -> link(); unlock_list(); park()
        fi
    fi;
    atomic { assert(!linked[t] && !inbox[t]); frame[t] = false; ok = false }
}

inline push() {
    atomic {
        FRAME(n);
        assert(!inbox[n]);
        inbox[n] = true
    }
#ifdef FAULT_touch_after_push
    FRAME(n)
#endif
}

inline unlock() {
    emptied[t] = 0;
    do
    ::
#ifdef FAULT_unlock_by_store
       atomic { MUTEX(); ok = (word == 1) }
       if
       :: ok -> word_is(0)
       :: else
       fi;
#else
       atomic { MUTEX(); CAS(ok, word, 1, 0) }
#endif
       if
       :: ok -> break
       :: else
       fi;
       lock_list();
       n = first;
       if
       :: n != NONE ->
            atomic { heir = n; order?eval(n) }
            remove(n);
#ifdef FAULT_hand_off_opens
            word_is((first == NONE -> 0 : 3));
#else
            if
            :: first == NONE -> word_is(1)
            :: else
            fi;
#endif
#ifdef FAULT_deliver_first
            push();
            unlock_list();
#else
            unlock_list();
            push();
#endif
            break
       :: else ->
            REACH(they_had_left);
#ifdef FAULT_open_then_unlock
            CAS(ok, word, 1, 0);
            unlock_list();
            break
#elif defined(FAULT_open_by_store)
            unlock_list();
            word_is(0);
            break
#else
            unlock_list();
#ifdef FAULT_no_retry
            break
#else
            atomic { assert(emptied[t] > 0); emptied[t]-- }
#endif
#endif
       fi
    od;
    atomic { n = 0; ok = false }
}

proctype task(byte t) {
    byte n, round;
    bool ok, rc, frees, limited;

    do
    :: round == ROUNDS -> break
    :: else ->
        limited = true;
        do
        :: lock();
           if
           :: rc -> break
           :: else -> limited = false
           fi
        od;
        atomic { rc = false; round++ }
        enter();
        if
        :: round == ROUNDS ->
            atomic { references--; frees = (references == 0) }
        :: else
        fi;
        atomic { assert(owner == t); owner = NONE }
        unlock()
    od;
    if
    :: frees -> atomic { assert(!gone && word == 0 && first == NONE);
                         gone = true }
    :: else
    fi
}

init {
    byte t;

    atomic { for (t : 1 .. TASKS) { run task(t) } }
}
