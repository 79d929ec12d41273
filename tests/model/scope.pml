/* scope.pml - spawn, finish, cancel and join of a scope's children */
/* SPDX-License-Identifier: MIT */
/*
 * The opener, on home 0, spawns CHILDREN - 1 children into its scope, joins,
 * and then scope and children are gone. The first child, while it runs, spawns
 * the last one (or with SPAWNER an interrupt does, at any time), and may cancel
 * the scope. A thread (THREAD) and an interrupt (ISR) cancel it at any time. A
 * child ends by itself or parks until it is cancelled.
 *   spawn   lock; cancelled or not open: refused. Else list, count, unlock,
 *           push.
 *   cancel  lock; cancelled already or not open: done. Else set the level,
 *           count the walk as a child, unlock; walk (an interrupt: push the
 *           walk to home 0).
 *   walk    wake the opener; in holds of at most STEP: move the first child to
 *           "told", set its bit, take its ticket; unlock, push. When none is
 *           left: settle.
 *   finish  leave the scope, take the ticket; it was free: settle. Else the
 *           wake in flight settles when it is taken.
 *   settle  lock; count down; at 0 take the joiner's node, and the scope is
 *           open no more; unlock, push the node.
 *   join    lock; nothing counted: not open, done. Else leave the node.
 * The list's order is that of the children's numbers. Who calls cancel keeps
 * the scope alive until the first unlock of the call, no longer.
 *
 * Checked: every child that was spawned is polled to its end, told once a
 * cancel came, settled once; a refused one never runs; join returns when all
 * ended, and nobody touches the scope or a child after that; a canceller
 * touches listed children only; no deadlock.
 *
 * config isr short: -DCHILDREN=2 -DSTEP=1 -DISR
 * config thread short: -DCHILDREN=3 -DSTEP=1 -DTHREAD
 * config spawner short: -DCHILDREN=2 -DSTEP=1 -DISR -DSPAWNER
 * config isr4 full: -DCHILDREN=4 -DSTEP=2 -DISR
 * config both full: -DCHILDREN=3 -DSTEP=1 -DISR -DTHREAD
 *
 * fault spawn_looks_unlocked isr: the level is read before the lock (SEM. 7)
 * fault level_late isr: the level is set after the walk (SEM. 7)
 * fault cursor thread: the walk keeps its place while unlocked (16)
 * fault ticket_unlocked isr: bit and ticket come after the unlock (16)
 * fault settle_before_leave isr: finish settles, then leaves (17)
 * fault settle_in_flight isr: settles though a wake is in flight (17)
 * fault walk_uncounted isr: the walk is no child (SEM. 7, rule 21)
 * fault stays_open isr: the last settle leaves the scope open (SEM. 7, 21)
 * fault spawn_when_closed spawner: spawn does not look at open (SEM. 7, 21)
 * fault join_unlocked thread: join reads the count without the lock (12)
 * fault push_locked isr: the joiner is pushed before the unlock (11)
 * fault count_late isr: spawn counts after the push (17)
 * fault all_in_one_hold thread: the walk tells all in one hold (19)
 */
#include "common.pml"

#define HOMES 2
#define HOME(c) (c == 3 -> 0 : 1)       /* the third beside the opener */
#define WALK 8                  /* queue entries: children, and these */
#define JOIN 9
#define OPEN 10
#define LOOK 11

mtype = { unborn, alive, refused, finished, settled };

/* the scope */
bool lock;
bool level;                     /* cancelled */
bool open = true;
byte count;
bool joining;                   /* the opener's node is there */
bool gone;
byte callers;                   /* calls that still rely on their caller */

mtype = { nowhere, running, told };
mtype where[CHILDREN + 1] = nowhere;

/* the children */
mtype state[CHILDREN + 1] = unborn;
bool woken[CHILDREN + 1];
bool flagged[CHILDREN + 1];

bool opener_woken;

chan home[HOMES] = [CHILDREN + 4] of { byte };

#define SCOPE() assert(!gone)
#define CHILD(c) assert(!gone && state[c] != settled)

inline push(h, entry) {
    atomic { assert(nfull(home[h])); home[h]!entry }
}

inline lock_scope() {
    atomic { !lock -> SCOPE(); lock = true }
}

inline unlock_scope() {
    atomic { SCOPE(); assert(lock); lock = false }
}

/* Each has ended or is a walk that is through. */
inline settle_owed() {
    do
    :: owed == 0 -> break
    :: else ->
        owed--;
        lock_scope();
        atomic {
            SCOPE();
            assert(count > 0);
            count--;
            last = (count == 0 && joining);
            joining = joining && !last;
#ifndef FAULT_stays_open
            open = open && !last
#endif
        }
#ifdef FAULT_push_locked
        if
        :: last -> push(0, JOIN); last = false
        :: else
        fi;
#endif
        unlock_scope();
        if
        :: last -> push(0, JOIN); last = false
        :: else
        fi
    od
}

/* What an interrupt spawns relies on it until then. */
#ifdef SPAWNER
#define CALLER_MAY_GO callers = callers - (c == CHILDREN -> 1 : 0)
#else
#define CALLER_MAY_GO skip
#endif

/* Leaves in `ok` whether it was taken. */
inline spawn(c) {
#ifdef FAULT_spawn_looks_unlocked
    ok = !level && open;
    lock_scope();
#else
    lock_scope();
#ifdef FAULT_spawn_when_closed
    ok = !level;
#else
    ok = !level && open;
#endif
#endif
    if
    :: ok ->
        atomic {
            SCOPE();
            state[c] = alive;
            woken[c] = true;
            flagged[c] = false;
            where[c] = running;
#ifndef FAULT_count_late
            count++
#endif
        }
        unlock_scope();
        CALLER_MAY_GO;
        push(HOME(c), c);
#ifdef FAULT_count_late
        atomic { SCOPE(); count++ }
#endif
    :: else ->
        state[c] = refused;
        unlock_scope();
        CALLER_MAY_GO;
        REACH(refused_it)
    fi;
    ok = false
}

#define FIRST(c) \
    d_step { \
        c = 1; \
        do \
        :: c > CHILDREN -> break \
        :: c <= CHILDREN && where[c] == running -> break \
        :: else -> c++ \
        od \
    }

inline tell(c) {
    atomic { CHILD(c); flagged[c] = true }
    atomic {
        CHILD(c);
        EXCHANGE(had, woken[c], true);
        if
        :: !had -> chain[c] = true
        :: else -> REACH(told_one_with_a_wake)
        fi;
        had = false
    }
}

inline push_chain() {
    c = 1;
    do
    :: c > CHILDREN -> break
    :: else ->
        if
        :: chain[c] -> chain[c] = false; push(HOME(c), c)
        :: else
        fi;
        c++
    od;
    c = 0
}

inline walk() {
    d_step {
        SCOPE();
        if
        :: !opener_woken -> opener_woken = true; home[0]!LOOK
        :: else
        fi
    }
    do
    :: lock_scope();
       taken = 0;
       do
       :: FIRST(c);
#ifdef FAULT_cursor
          if
          :: cursor != 0 -> c = cursor
          :: else
          fi;
#endif
          if
#ifdef FAULT_all_in_one_hold
          :: c > CHILDREN -> break
          :: else ->
#else
          :: c > CHILDREN || taken == STEP -> break
          :: else ->
#endif
              atomic { CHILD(c); where[c] = told; taken++ }
              assert(taken <= STEP);
#ifdef FAULT_cursor
              cursor = c + 1;
              do
              :: cursor > CHILDREN -> break
              :: cursor <= CHILDREN && where[cursor] == running -> break
              :: else -> cursor++
              od;
#endif
#ifdef FAULT_ticket_unlocked
              unlock_scope();
              tell(c);
              lock_scope()
#else
              tell(c)
#endif
          fi
       od;
       unlock_scope();
       push_chain();
       if
       :: taken == 0 -> break
       :: else
       fi
    od
}

/* The first half of cancel. `ok`: this call does the walk. */
inline cancel_begin() {
    lock_scope();
    atomic {
        ok = !level && open;
#ifndef FAULT_level_late
        level = level || ok;
#endif
#ifndef FAULT_walk_uncounted
        count = count + (ok -> 1 : 0)
#endif
    }
    unlock_scope()
}

/* The second half; the walk is to be settled then. */
inline cancel_end() {
    walk();
#ifdef FAULT_level_late
    level = true;
#endif
#ifndef FAULT_walk_uncounted
    owed++
#endif
}

#ifdef THREAD
proctype thread() {
    byte c, taken, cursor, owed;
    bool ok, had, last;
    bool chain[CHILDREN + 1];

    atomic {
        if
        :: gone -> REACH(cancel_after_join); goto out
        :: else -> callers++
        fi
    }
    cancel_begin();
    callers--;
    if
    :: ok -> cancel_end(); settle_owed()
    :: else -> REACH(nobody_or_already)
    fi;
out:
    skip
}
#endif

#ifdef ISR
/* Locked means masked (event_isr.pml): it is one more caller here. */
proctype isr() {
    bool ok;

    atomic {
        if
        :: gone -> REACH(interrupt_after_join); goto out
        :: else -> callers++
        fi
    }
    cancel_begin();
    callers--;
    if
    :: ok -> push(0, WALK)
    :: else -> REACH(nobody_or_already_in_isr)
    fi;
out:
    skip
}
#endif

#ifdef SPAWNER
proctype spawner() {
    bool ok;

    atomic {
        if
        :: gone -> goto out
        :: else -> callers++
        fi
    }
    spawn(CHILDREN);
out:
    skip
}
#endif

inline leave(c) {
    lock_scope();
    atomic { CHILD(c); where[c] = nowhere }
    unlock_scope()
}

inline settle(c) {
    atomic { CHILD(c); assert(state[c] != refused); state[c] = settled; owed++ }
}

inline finish(c) {
#ifdef FAULT_settle_before_leave
    settle(c);
    settle_owed();
    leave(c)
#else
    leave(c);
    atomic {
        CHILD(c);
        EXCHANGE(had, woken[c], true);
#ifdef FAULT_settle_in_flight
        had = false;
#endif
        if
        :: had -> state[c] = finished
        :: else
        fi
    }
    if
    :: !had -> settle(c)
    :: else -> REACH(settles_later)
    fi;
    had = false
#endif
}

inline poll(c) {
    atomic { CHILD(c); assert(woken[c]); woken[c] = false }
#ifndef SPAWNER
    if
    :: c == 1 && state[CHILDREN] == unborn -> spawn(CHILDREN)
    :: else
    fi;
#endif
    if
    :: atomic { flagged[c] -> assert(level) }
       finish(c); REACH(ended_by_cancel)
    :: atomic { !flagged[c] && !parked[c] -> parked[c] = true }
    :: atomic { !flagged[c] && !parked[c] -> skip }
       finish(c); REACH(ended_by_itself)
    :: atomic { c == 1 && !flagged[c] && !parked[c] -> skip }
       cancel_begin();
       if
       :: ok -> cancel_end()
       :: else
       fi;
       ok = false;
       finish(c)
    fi
}

inline join() {
#ifdef FAULT_join_unlocked
    if
    :: count == 0 -> push(0, JOIN)
    :: else ->
        lock_scope();
        atomic { ok = (count == 0); joining = !ok; open = !ok }
        unlock_scope();
        if
        :: ok -> push(0, JOIN)
        :: else
        fi
    fi;
#else
    lock_scope();
    atomic { ok = (count == 0); joining = !ok; open = !ok }
    unlock_scope();
    if
    :: ok -> push(0, JOIN); REACH(nothing_to_join)
    :: else
    fi;
#endif
    ok = false
}

proctype loop(byte h) {
    byte e, c, taken, cursor, owed;
    bool ok, had, last;
    bool chain[CHILDREN + 1];
    bool parked[CHILDREN + 1];

    do
    :: gone && empty(home[h]) -> break
    :: home[h]?e ->
        if
        :: e == OPEN ->
            e = 1;
            do
            :: e == CHILDREN -> break
            :: else -> spawn(e); e++
            od;
            join()
        :: e == LOOK -> opener_woken = false; REACH(opener_told)
        :: e == JOIN ->
            atomic {
                (callers == 0);
                assert(!gone && !lock && count == 0);
                for (c : 1 .. CHILDREN) {
                    assert(state[c] == settled || state[c] == refused
                        || state[c] == unborn);
                }
                c = 0;
                gone = true
            }
#ifdef ISR
        :: e == WALK -> cancel_end()
#endif
        :: e <= CHILDREN && state[e] == finished -> settle(e)
        :: e <= CHILDREN && state[e] != finished -> poll(e)
        fi;
        e = 0;
        settle_owed()
    od
}

init {
    atomic {
        run loop(0);
        run loop(1);
#ifdef THREAD
        run thread();
#endif
#ifdef ISR
        run isr();
#endif
#ifdef SPAWNER
        run spawner();
#endif
        home[0]!OPEN;
        if                      /* somebody woke the opener */
        :: opener_woken = true; home[0]!LOOK
        :: true
        fi
    }
}
