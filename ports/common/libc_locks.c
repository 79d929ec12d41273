/* libc_locks.c - picolibc's locks, where several cores share its heap
 * SPDX-License-Identifier: MIT
 *
 * Linked as an object, before the library that has locks of its own which do
 * nothing. Who allocates has interrupts off meanwhile: those pay for it.
 */
#include "weft/base/spinlock.h"
#include "weft/port.h"

/* --- locks: one for all, recursive by the core that holds it -------------- */

struct __lock {
    weft_spinlock_t lock;
    unsigned owner; /* core + 1 */
    unsigned depth;
    unsigned key;
};

struct __lock __lock___libc_recursive_mutex;

void __retarget_lock_acquire_recursive(struct __lock *lock);
void __retarget_lock_release_recursive(struct __lock *lock);
void __retarget_lock_acquire(struct __lock *lock);
void __retarget_lock_release(struct __lock *lock);
void __retarget_lock_init(struct __lock **lock);
void __retarget_lock_init_recursive(struct __lock **lock);
void __retarget_lock_close(struct __lock *lock);
void __retarget_lock_close_recursive(struct __lock *lock);

void __retarget_lock_acquire_recursive(struct __lock *lock)
{
    unsigned key = weft_hook_mask();
    unsigned self = weft_port_core() + 1;

    lock = &__lock___libc_recursive_mutex;
    if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != self) {
        weft_spinlock_lock(&lock->lock);
        __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
        lock->key = key;
    }
    lock->depth++;
}

void __retarget_lock_release_recursive(struct __lock *lock)
{
    lock = &__lock___libc_recursive_mutex;
    if (--lock->depth == 0) {
        unsigned key = lock->key;
        __atomic_store_n(&lock->owner, 0, __ATOMIC_RELAXED);
        weft_spinlock_unlock(&lock->lock);
        weft_hook_unmask(key);
    }
}

void __retarget_lock_acquire(struct __lock *lock)
{
    __retarget_lock_acquire_recursive(lock);
}

void __retarget_lock_release(struct __lock *lock)
{
    __retarget_lock_release_recursive(lock);
}

void __retarget_lock_init(struct __lock **lock)
{
    *lock = &__lock___libc_recursive_mutex;
}

void __retarget_lock_init_recursive(struct __lock **lock)
{
    __retarget_lock_init(lock);
}

void __retarget_lock_close(struct __lock *lock)
{
    (void)lock;
}

void __retarget_lock_close_recursive(struct __lock *lock)
{
    (void)lock;
}
