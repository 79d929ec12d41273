/* select.pml - selects that may match each other, with one-node peers */
/* SPDX-License-Identifier: MIT */
/*
 * Each task waits once for two cases, sends or receives on channels without a
 * buffer; a plain task for one. Its word is OPEN, MATCHING, CLAIMED + case or
 * WITHDRAWN. For one case after the other the owner locks the channel, makes
 * its word MATCHING and looks through the other side's queue:
 *   its own node        skip it
 *   a plain peer        make the own word CLAIMED, finally, then take it out
 *   OPEN                claim it by CAS, then the own word, then take it out
 *   CLAIMED, WITHDRAWN  stale: take it out, linked = 0, look on
 *   MATCHING            nothing linked yet, or of lower address: wait for the
 *                       peer's word; else go back to OPEN, wait until one of
 *                       the two words changes, try again
 * and else links its node, goes back to OPEN, unlocks. A plain task looks the
 * same way without a word of its own. Who claimed copies after the unlock,
 * then pushes the claimed node. A limit withdraws (OPEN -> WITHDRAWN, or the
 * node of a plain task under the lock). A wait that ends takes its other nodes
 * out, without lock where linked == 0. At rest everyone is cancelled.
 *
 * Checked: one effect a wait and none of a withdrawn one, both sides of it,
 * the value arrived, no two matching linked waits that are OPEN while their
 * channel is not locked, no touch after the owner went, no deadlock.
 *
 * config cross short: -DTASKS=2 -DCROSS -DLIMITS=2
 * config side short: -DTASKS=2 -DSIDE -DLIMITS=1
 * config twice short: -DTASKS=3 -DTWICE -DPLAIN=3 -DLIMITS=1
 * config self short: -DTASKS=2 -DSELF -DLIMITS=1
 * config mixed short: -DTASKS=3 -DCROSS -DPLAIN=3 -DLIMITS=1
 * config again full: -DTASKS=2 -DCROSS -DLIMITS=2 -DROUNDS=2
 * config cross3again full: -DTASKS=3 -DCROSS -DLIMITS=1 -DROUNDS=2
 * config ring3again full: -DTASKS=3 -DRING -DLIMITS=1 -DROUNDS=2
 * config cross3 full: -DTASKS=3 -DCROSS -DLIMITS=3
 * config mixed3 full: -DTASKS=3 -DCROSS -DPLAIN=3 -DLIMITS=3
 * config twice3 full: -DTASKS=3 -DTWICE -DLIMITS=3
 * config self3 full: -DTASKS=3 -DSELF -DLIMITS=3
 * config ring3 full: -DTASKS=3 -DRING -DLIMITS=3
 *
 * fault no_order cross: both keep MATCHING and wait for each other (8)
 * fault matching_is_gone cross: a peer in MATCHING is passed over (8)
 * fault back_off_links side: goes back to OPEN, then links unlooked (8)
 * fault no_matching mixed: stays OPEN while it looks (7, 9)
 * fault matching_unlocked twice: MATCHING first, then the lock (7)
 * fault stays_matching cross: links and does not go back to OPEN (7)
 * fault own_node self: takes its own node for a peer (10)
 * fault search_then_link cross: looks, then links in a second hold (6)
 * fault stale_ends_search twice: a stale head is taken for nobody there (6)
 * fault stale_pushed twice: a stale node is taken out and pushed (29)
 * fault claim_by_store twice: claims by a load and a store (section 2)
 * fault withdraw_by_store cross: withdraws by a load and a store (2)
 * fault withdraw_anyway cross: a claimed wait is taken for withdrawn (2)
 * fault node_left twice: the wait returns with its other node linked (4)
 * fault take_out_unlocked twice: the owner takes it out unlocked (5)
 * fault linked_early twice: linked = 0, then the node is taken out (29)
 * fault word_is_end twice: CLAIMED is read as the end (31)
 * fault copy_after_push cross: the value is copied after the push (3)
 * fault object_overwritten mixed: the result is left in node.object (30)
 */
#include "common.pml"

#ifndef PLAIN
#define PLAIN 0                 /* the task of one case */
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif

#define NONE 0
#define NODES (2 * TASKS)
#define OWNER(n) ((n + 1) / 2)
#define CASE(n) ((n + 1) % 2)
#define NODE(t, k) (2 * t - 1 + k)
#define CASES(t) (t == PLAIN -> 1 : 2)

/* the queues of a channel */
#define RECV(c) (2 * c)
#define SEND(c) (2 * c + 1)
#define CHANNEL(q) (q / 2)
#define OTHER(q) (q % 2 == 0 -> q + 1 : q - 1)
#define SENDS(q) (q % 2 == 1)

/* which queue a node waits in, and how its task may meet one in MATCHING */
#define TABLE(a, b, c, d, e, f) \
    (n == 1 -> a : (n == 2 -> b : (n == 3 -> c : \
    (n == 4 -> d : (n == 5 -> e : f)))))
#ifdef CROSS
#define MAY_WAIT
#define MAY_BACK_OFF
#define QUEUE(n) TABLE(SEND(0), RECV(1), SEND(1), RECV(0), RECV(1), SEND(0))
#endif
#ifdef SIDE
#define QUEUE(n) TABLE(RECV(0), RECV(1), RECV(1), SEND(0), SEND(0), SEND(1))
#define MAY_BACK_OFF
#endif
#ifdef TWICE
#define MAY_WAIT
#define QUEUE(n) TABLE(RECV(0), RECV(0), RECV(0), RECV(1), SEND(0), SEND(1))
#endif
#ifdef SELF
#if TASKS > 2
#define MAY_WAIT
#endif
#define QUEUE(n) TABLE(SEND(0), RECV(0), RECV(0), SEND(0), SEND(0), RECV(1))
#endif
#ifdef RING
#define MAY_WAIT
#define MAY_BACK_OFF
#define QUEUE(n) TABLE(SEND(0), RECV(1), SEND(1), RECV(2), SEND(2), RECV(0))
#endif

/* the word; a CLAIMED one holds the case */
#define OPEN 0
#define MATCHING 1
#define WITHDRAWN 2
#define CLAIMED(n) (3 + CASE(n))
#define GARBAGE 99

mtype = { nobody, list, claimer, queue };   /* whose the link is */

/* the channels */
bool lock[3];
byte first[6], last[6];

/* the nodes */
byte next[NODES + 1], prev[NODES + 1];
bool linked[NODES + 1];
mtype use[NODES + 1] = nobody;
byte object[NODES + 1];         /* 1 + the channel */

/* the waits */
byte word[TASKS + 1] = GARBAGE;
bool gone[TASKS + 1] = true;
byte buffer[TASKS + 1];
byte inbox[TASKS + 1];
byte partner[TASKS + 1];        /* ghost: who the wait had its effect with */
byte meets[TASKS + 1];          /* ghost: its node that was matched */
bool parked[TASKS + 1];
bool rest;                      /* everyone is cancelled */
byte limits = LIMITS;
byte left = TASKS;

#define TOUCH(t) assert(!gone[t])

/* The wait of a linked node is to be had. */
#define READY(n) (OWNER(n) == PLAIN || word[OWNER(n)] == OPEN)

/* No two linked nodes that match, where the channel is not locked (6). */
inline look_at_rest() {
    x = 1;
    do
    :: x > NODES -> break
    :: else ->
        n = x;
        z = QUEUE(n);
        y = first[OTHER(z)];
        do
        :: y == NONE -> break
        :: else ->
            assert(lock[CHANNEL(z)] || use[x] != list || OWNER(x) == OWNER(y)
                || !READY(x) || !READY(y));
            y = next[y]
        od;
        x++
    od;
    x = 0; y = 0; z = 0; n = 0
}

inline unlock(c) {
    d_step { assert(lock[c]); lock[c] = false; look_at_rest() }
}

inline link(n, q) {
    d_step {
        assert(use[n] == nobody && !linked[n]);
        use[n] = list;
        object[n] = 1 + CHANNEL(q);
        next[n] = NONE;
        prev[n] = last[q];
        if
        :: last[q] == NONE -> first[q] = n
        :: else -> next[last[q]] = n
        fi;
        last[q] = n;
        linked[n] = true
    }
}

inline take_out(n, q, whose) {
    d_step {
        TOUCH(OWNER(n));
        assert(use[n] == list);
        if
        :: prev[n] == NONE -> first[q] = next[n]
        :: else -> next[prev[n]] = next[n]
        fi;
        if
        :: next[n] == NONE -> last[q] = prev[n]
        :: else -> prev[next[n]] = prev[n]
        fi;
        next[n] = NONE;
        prev[n] = NONE;
        use[n] = whose
    }
}

/* Under the lock: out, then linked = 0. */
inline remove(n, q, whose) {
#ifdef FAULT_linked_early
    d_step { TOUCH(OWNER(n)); linked[n] = false }
    take_out(n, q, whose)
#else
    take_out(n, q, whose);
    d_step { TOUCH(OWNER(n)); linked[n] = false }
#endif
}

/* Both waits have their effect: this is decided here, once. */
inline matched(a, b) {
    d_step {
        assert(OWNER(a) != OWNER(b));
        assert(partner[OWNER(a)] == NONE && partner[OWNER(b)] == NONE);
        partner[OWNER(a)] = OWNER(b);
        partner[OWNER(b)] = OWNER(a);
        meets[OWNER(a)] = a;
        meets[OWNER(b)] = b
    }
}

inline own_word_open() {
    d_step {
        if
        :: t != PLAIN -> word[t] = OPEN; look_at_rest()
        :: else
        fi
    }
}

inline wait_for_word(p) {
    atomic { TOUCH(p); word[p] != MATCHING }
    REACH(waited_for_the_word)
}

inline back_off(p) {
    own_word_open();
#ifdef FAULT_back_off_links
    atomic { at = NONE; backed_off = true }
#else
    atomic { TOUCH(p); word[p] != MATCHING || word[t] != OPEN }
    d_step {
        if
        :: word[t] == OPEN -> word[t] = MATCHING
        :: else -> at = NONE; lost = true
        fi
    }
    REACH(backed_off)
#endif
}

/* The peer of node `at` is in MATCHING: later it is looked at again. */
inline meet_matching(p) {
#ifdef FAULT_matching_is_gone
    at = next[at]
#else
    if
#ifdef FAULT_no_order
    :: true -> wait_for_word(p)
#else
#ifdef MAY_WAIT
    :: t == PLAIN || k == 0 || t < p -> wait_for_word(p)
#endif
#ifdef MAY_BACK_OFF
    :: t != PLAIN && k > 0 && t > p -> back_off(p)
#endif
#endif
    fi
#endif
}

/* Claims the wait of node `at`: got; or at is the next, or the same again. */
inline look_at(p) {
    if
#ifdef SELF
#ifndef FAULT_own_node
    :: p == t -> at = next[at]
#endif
#endif
#if PLAIN
    :: p == PLAIN ->
#ifndef FAULT_no_matching
        word[t] = CLAIMED(mine);
#endif
        got = true
#endif
    :: else ->
#ifdef FAULT_claim_by_store
        atomic { TOUCH(p); seen = word[p] }
        if
        :: seen == OPEN -> word[p] = CLAIMED(at)
        :: else
        fi;
#else
        d_step {
            TOUCH(p);
            seen = word[p];
            if
            :: seen == OPEN -> word[p] = CLAIMED(at)
            :: else
            fi
        }
#endif
        if
        :: seen == OPEN ->
#ifndef FAULT_no_matching
            d_step {
                if
                :: t != PLAIN -> word[t] = CLAIMED(mine)
                :: else
                fi
            }
#endif
            got = true
#if defined(MAY_WAIT) || defined(MAY_BACK_OFF)
        :: seen == MATCHING -> meet_matching(p)
#endif
        :: seen > OPEN && seen != MATCHING ->
#ifdef FAULT_stale_ends_search
            at = NONE
#else
            seen = at;
            at = next[at];
#ifdef FAULT_stale_pushed
            remove(seen, other, claimer);
            push(seen)
#else
            remove(seen, other, nobody);
#endif
            REACH(dropped_a_stale_one)
#endif
        fi;
        seen = 0
    fi
}

inline look() {
    at = first[other];
    do
    :: at == NONE || got -> break
    :: else -> look_at(OWNER(at))
    od
}

inline push(n) {
    atomic {
        TOUCH(OWNER(n));
        assert(inbox[OWNER(n)] == NONE && use[n] == claimer);
        use[n] = queue;
        inbox[OWNER(n)] = n
    }
}

inline copy(n) {
    atomic {
        TOUCH(OWNER(n));
        if
        :: SENDS(q) -> assert(!SENDS(other)); buffer[OWNER(n)] = t
        :: else -> buffer[t] = OWNER(n)
        fi
    }
}

/* The own case is matched with node `at`: unlock, copy, push. */
inline complete() {
#ifdef FAULT_no_matching
    if
    :: t != PLAIN ->
        CAS(ok, word[t], OPEN, CLAIMED(mine))
    :: else
    fi;
#endif
    matched(mine, at);
    remove(at, other, claimer);
    unlock(CHANNEL(q));
#ifdef FAULT_object_overwritten
    atomic { TOUCH(OWNER(at)); object[at] = 0 }
#endif
#ifndef FAULT_copy_after_push
    copy(at);
#endif
    push(at)
#ifdef FAULT_copy_after_push
    ;
    copy(at)
#endif
}

inline to_matching() {
#ifdef FAULT_no_matching
    ok = (t == PLAIN || word[t] == OPEN)
#else
    d_step {
        ok = (t == PLAIN || word[t] == OPEN);
        if
        :: ok && t != PLAIN -> word[t] = MATCHING
        :: else
        fi
    }
#endif
}

/* One case: matched (through = true), lost (claimed meanwhile), or linked. */
inline begin_case() {
    atomic {
        mine = NODE(t, k);
        n = mine;
        q = QUEUE(n);
        other = OTHER(q);
        n = 0
    }
#ifdef FAULT_matching_unlocked
    to_matching();
    LOCK(lock[CHANNEL(q)]);
#else
    LOCK(lock[CHANNEL(q)]);
    to_matching();
#endif
    if
    :: ok -> look()
    :: else -> lost = true; REACH(claimed_while_linking)
    fi;
    if
    :: lost -> unlock(CHANNEL(q))
    :: !lost && got -> complete(); through = true; REACH(matched_at_once)
    :: else ->
#ifdef FAULT_search_then_link
        own_word_open();
        unlock(CHANNEL(q));
        LOCK(lock[CHANNEL(q)]);
#endif
        link(mine, q);
#ifdef FAULT_back_off_links
        if
        :: backed_off -> backed_off = false
        :: else -> own_word_open()
        fi;
#elif !defined(FAULT_stays_matching) && !defined(FAULT_no_matching) && \
    !defined(FAULT_search_then_link)
        own_word_open();
#endif
        unlock(CHANNEL(q))
    fi;
    atomic { q = 0; other = 0; mine = 0; at = 0; got = false; ok = false }
}

/* The owner takes its node out if it is there. */
inline take_own(n) {
    ok = linked[n];
    if
    :: ok ->
        atomic {
            assert(object[n] != 0);
            at = object[n] - 1;
            q = QUEUE(n)
        }
#ifdef FAULT_take_out_unlocked
        remove(n, q, nobody);
#else
        LOCK(lock[at]);
        ok = linked[n];
        if
        :: ok -> remove(n, q, nobody)
        :: else -> REACH(taken_out_before_the_lock)
        fi;
        unlock(at);
#endif
        atomic { at = 0; q = 0 }
    :: else
    fi
}

inline withdraw() {
    if
#if PLAIN
    :: t == PLAIN -> n = NODE(t, 0); take_own(n); n = 0
#endif
    :: else ->
#ifdef FAULT_withdraw_by_store
        ok = (word[t] == OPEN);
        if
        :: ok -> word[t] = WITHDRAWN
        :: else
        fi
#else
        CAS(ok, word[t], OPEN, WITHDRAWN)
#endif
    fi;
#ifdef FAULT_withdraw_anyway
    ok = true
#endif
}

inline wait_for_end() {
    atomic { parked[t] = true; tried = false }
    do
    :: inbox[t] != NONE ->
        atomic {
            n = inbox[t];
            inbox[t] = NONE;
            assert(use[n] == queue);
            use[n] = nobody;
            assert(meets[t] == n);
            assert(t == PLAIN || word[t] == CLAIMED(n));
            n = 0;
            through = true;
            REACH(ended_by_a_peer)
        }
        break
#ifdef FAULT_word_is_end
    :: t != PLAIN && word[t] > WITHDRAWN -> through = true; break
#endif
    :: atomic { !tried && (rest || limits > 0) ->
           tried = true;
           if
           :: !rest -> limits--
           :: else
           fi
       }
       withdraw();
       if
       :: ok -> break
       :: else -> REACH(its_end_is_coming)
       fi
    od;
    parked[t] = false
}

inline finish_wait() {
#ifndef FAULT_node_left
    k = 0;
    do
    :: k == CASES(t) -> break
    :: else -> n = NODE(t, k); take_own(n); n = 0; k++
    od;
#endif
    atomic {
        k = 0;
        assert(inbox[t] == NONE);
        assert(use[NODE(t, 0)] == nobody && !linked[NODE(t, 0)]);
        assert(use[NODE(t, 1)] == nobody && !linked[NODE(t, 1)]);
        assert(through == (partner[t] != NONE));
        n = meets[t];
        assert(!through || SENDS(QUEUE(n)) || buffer[t] == partner[t]);
        n = 0;
        partner[t] = NONE;
        meets[t] = NONE;
        buffer[t] = 0;
        gone[t] = true;
        word[t] = GARBAGE;
        through = false;
        lost = false;
        ok = false
    }
}

proctype task(byte t) {
    byte k, n, q, other, mine, at, seen, x, y, z, round;
    bool ok, got, lost, through, tried;
#ifdef FAULT_back_off_links
    bool backed_off;
#endif

    do
    :: round == ROUNDS -> break
    :: else ->
        atomic { round++; gone[t] = false; word[t] = OPEN }
        do
        :: k == CASES(t) || lost || through -> break
        :: else -> begin_case(); k++
        od;
        k = 0;
        if
        :: !through -> wait_for_end()
        :: else
        fi;
        finish_wait()
    od;
    left--
}

init {
    byte t;

    atomic { for (t : 1 .. TASKS) { run task(t) } t = 1 }
    /* At rest: who has not returned waits, and nobody has claimed it. */
#if LIMITS < TASKS * ROUNDS
    if
    :: left == 0
    :: timeout ->
        d_step {
            do
            :: t > TASKS -> break
            :: else ->
                assert(gone[t] || parked[t]);
                assert(gone[t] || t == PLAIN || word[t] == OPEN);
                t++
            od;
            rest = true
        }
    fi;
#endif
    (left == 0)
}
