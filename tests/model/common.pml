/* common.pml - what the models share: atomic words, locks, reach points */
/* SPDX-License-Identifier: MIT */

/* One atomic operation of the program is one step of the model. */
#define EXCHANGE(old, word, value) d_step { old = word; word = value }
#define CAS(ok, word, from, to) \
    d_step { ok = (word == from); if :: ok -> word = to :: else fi }

/* A spin lock: waiting is blocking, so a lock never let go is a deadlock. */
#define LOCK(lock) atomic { !(lock) -> lock = true }
#define UNLOCK(lock) d_step { assert(lock); lock = false }

/* An outcome that some run must have. Spin lists statements that no run
   executed; run.sh fails when one is there. Never inside d_step: Spin does
   not look in there. */
#define REACH(name) printf(#name)
