/* loop_stop.pml - a loop is stopped: stop bit and live count in one word */
/* SPDX-License-Identifier: MIT */
/*
 * The word is 2 * those counted by others + STOP; `here` is the loop's own
 * count, no atomic, less all that ended: together they are 2 * live + STOP.
 * Spawn: CAS to one more, only while STOP is not there, then push; the loop's
 * own looks for STOP and counts in `here`. Stop: CAS to STOP and one more, then
 * push the loop's own stop entry, which counts as live until it is taken; who
 * finds STOP is done. The loop leaves when it reads STOP and nothing live, else
 * sleeps as in inbox_sleep.pml; then its memory is gone.
 * Each task parks once and is woken from outside. Who calls keeps the loop
 * alive until the call's CAS, no longer.
 *
 * Checked: what was spawned runs to its end before the loop leaves, what was
 * refused never runs, the loop leaves, nobody touches it after that.
 *
 * config one short: -DSPAWNERS=1 -DSTOPPERS=2
 * config two full: -DSPAWNERS=2 -DSTOPPERS=2
 *
 * fault stop_unpushed one: stop sets the bit only (DESIGN 5.5)
 * fault stop_uncounted one: the stop entry does not count (3, 21)
 * fault spawn_in_two one: STOP is looked at, then one added (13)
 * fault push_then_count one: spawn pushes first, counts then (3)
 * fault leave_in_two one: the loop reads the count, then STOP (13)
 * fault end_by_store one: one less in the word, loaded and stored, no RMW (13)
 * fault here_from_elsewhere one: another thread counts in `here`, too (13)
 * fault here_not_looked_at one: the loop reads the word only (13)
 * fault kick_reads_loop one: the kick reads the loop after the push (3)
 * fault sleep_before_look one: sleeps without a look at the word (13)
 */
#include "common.pml"

#define EMPTY 0
#define SLEEPING 255
#define OWN (SPAWNERS + 1)      /* the task that the loop's tasks spawn */
#define STOPPER (SPAWNERS + 2)  /* the entry of stop */

#define STOP 1
#define ONE 2

byte word;
short here;
byte inbox = EMPTY;
byte next[SPAWNERS + 3];
bool gone;
bool latch;                     /* port: a pending kick */
byte callers;                   /* calls that still rely on their caller */

mtype = { idle, refused, spawned, parked, ended };
mtype state[SPAWNERS + 2] = idle;

#define LOOP() assert(!gone)

/* Leaves in `ok` whether it may go on; the caller's keeping ends here. */
inline count_up(bits) {
    do
    :: old = word;
       LOOP();
       if
       :: old & STOP -> ok = false; break
       :: else ->
#ifdef FAULT_spawn_in_two
           atomic { LOOP(); word = (word | bits) + ONE; ok = true; break }
#else
           atomic {
               LOOP();
               CAS(ok, word, old, (old | bits) + ONE);
               if
               :: ok -> break
               :: else
               fi
           }
#endif
       fi
    od;
    old = 0
}

/* Of the loop itself: nobody else writes `here`. */
inline count_up_here() {
    if
    :: word & STOP -> ok = false
    :: else ->
        h = here;
        here = h + ONE;
        atomic { h = 0; ok = true }
    fi
}

inline push(e) {
    do
    :: atomic {
           LOOP();
           old = inbox;
           next[e] = (old == SLEEPING -> EMPTY : old)
       }
       atomic {
           LOOP();
           CAS(ok, inbox, old, e);
           if
           :: ok -> break
           :: else
           fi
       }
    od;
    if
    :: old == SLEEPING ->
#ifdef FAULT_kick_reads_loop
        LOOP();
#endif
        latch = true
    :: else
    fi;
    atomic { old = 0; ok = false }
}

#define ENTER atomic { if :: gone -> goto out :: else -> callers++ fi }

proctype spawner(byte t) {
    byte old;
    bool ok;
#ifdef FAULT_here_from_elsewhere
    short h;
#endif

    ENTER;
#ifdef FAULT_push_then_count
    state[t] = spawned;
    push(t);
    count_up(0);
    callers--;
    ok = true;
#else
#ifdef FAULT_here_from_elsewhere
    count_up_here();
#else
    count_up(0);
#endif
    atomic {
        callers--;
        if
        :: ok -> state[t] = spawned
        :: else -> state[t] = refused; REACH(refused_it)
        fi
    }
    if
    :: ok -> push(t); ok = true
    :: else
    fi;
#endif
    if
    :: ok -> state[t] == parked; push(t)
    :: else
    fi;
out:
    skip
}

proctype stopper() {
    byte old;
    bool ok;

    ENTER;
    count_up(STOP);
    callers--;
    if
#ifdef FAULT_stop_uncounted
    :: ok -> word = word - ONE; push(STOPPER)
#else
#ifdef FAULT_stop_unpushed
    :: ok -> word = word - ONE
#else
    :: ok -> push(STOPPER)
#endif
#endif
    :: else -> REACH(stopped_already)
    fi;
out:
    skip
}

inline count_down() {
#ifdef FAULT_end_by_store
    old = word;
    word = old - ONE;
    old = 0
#else
    h = here;
    assert(word + h >= ONE);
    here = h - ONE;
    h = 0
#endif
}

/* Runs t: it parks, or ends; the first to end spawns one more, locally. */
inline run_task(t) {
    if
    :: t == STOPPER ->
#ifndef FAULT_stop_uncounted
        count_down()
#endif
    :: t < OWN && state[t] == spawned -> state[t] = parked
    :: else ->
        if
        :: t < OWN && state[OWN] == idle ->
            count_up_here();
            if
            :: ok -> state[OWN] = spawned; own = true
            :: else -> state[OWN] = refused; REACH(refused_on_the_loop)
            fi
        :: else
        fi;
        atomic {
            assert(state[t] == parked || t == OWN && state[t] == spawned);
            state[t] = ended
        }
        count_down()
    fi
}

proctype loop() {
    byte top, e, w, old, naps = 1;
    short h;
    bool ok, own;

    do
    :: atomic {
           EXCHANGE(top, inbox, EMPTY);
           top = (top == SLEEPING -> EMPTY : top)
       }
       do
       :: top == EMPTY && !own -> break
       :: else ->
           /* the order is inbox_sleep.pml's matter */
           atomic {
               if
               :: own -> own = false; e = OWN
               :: !own -> e = top; top = next[top]
               fi
           }
           run_task(e)
       od;
       e = 0;
#ifndef FAULT_sleep_before_look
#ifdef FAULT_here_not_looked_at
       w = word;
#else
       w = word + here;
#endif
#ifdef FAULT_leave_in_two
       if
       :: w < ONE -> w = word & STOP
       :: else
       fi;
#endif
       if
       :: w == STOP -> break
       :: else -> w = 0
       fi;
#endif
       atomic {
           CAS(ok, inbox, EMPTY, SLEEPING);
           if
           :: ok
           :: else -> REACH(pushed_before_sleeping)
           fi
       }
       if
       :: ok && latch -> latch = false
       :: ok && naps > 0 -> naps--         /* its deadline */
       :: !ok
       fi
#ifdef FAULT_sleep_before_look
       ;
       w = word + here;
       if
       :: w == STOP -> break
       :: else -> w = 0
       fi
#endif
    od;
    atomic {
        (callers == 0);
        assert((inbox == EMPTY || inbox == SLEEPING) && !own);
        gone = true;
        for (e : 1 .. SPAWNERS + 1) {
            assert(state[e] != spawned && state[e] != parked)
        }
    }
}

init {
    byte i;

    atomic {
        run loop();
        for (i : 1 .. SPAWNERS) { run spawner(i) }
        for (i : 1 .. STOPPERS) { run stopper() }
    }
}
