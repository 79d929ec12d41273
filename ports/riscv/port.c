/* port.c - riscv: who and where we are, start of the harts
 * SPDX-License-Identifier: MIT
 */
#include "weft/port.h"

#include <string.h>

#include "boards/board.h"
#include "ports/riscv/hart.h"
#include "weft/base/hooks.h"
#include "weft/riscv.h"

/* Of the linker script; the first hart's thread-locals begin where the others'
   content comes from. */
extern char __tls_base[], __tls_second[], __tdata_end[], __tdata_source[];
extern char __hart_stacks[], __hart_stacks_second[], __trap_stack_top[];

extern void (*const __init_array_start[])(void);
extern void (*const __init_array_end[])(void);

#define CANARY ((uintptr_t)0xa5c3965au)

void weft__first_main(const void *device_tree);
void weft__hart_main(unsigned index);
int main(int argc, char **argv);

struct weft__hart weft__harts[WEFT_CORES];
struct weft__crew weft__crew[WEFT_CORES];
struct weft__riscv_on weft__riscv_on;
_Thread_local struct weft__own weft__own;

/* Declared in src/core too, for where it is reached without a call. */
extern _Thread_local weft_local_t weft__port_local;
_Thread_local weft_local_t weft__port_local;

static unsigned harts; /* where there may be several */

__attribute__((weak)) unsigned weft_riscv_harts(const void *device_tree)
{
    (void)device_tree;
    return WEFT_CORES;
}

weft_local_t *weft_port_local(void)
{
    return &weft__port_local;
}

void *weft_port_thread_room(size_t size)
{
    static _Thread_local _Alignas(16) unsigned char room[24 * sizeof(void *)];

    return size <= sizeof(room) ? room : NULL;
}

bool weft_port_in_interrupt(void)
{
    return weft__own.in_interrupt;
}

unsigned weft_port_core(void)
{
    return weft__hart_index();
}

unsigned weft_port_core_count(void)
{
    return WEFT_CORES > 1 ? harts : 1;
}

uint32_t weft_riscv_interrupts(unsigned hart)
{
    return *(volatile uint32_t *)&weft__harts[hart].interrupts;
}

uint32_t weft_riscv_kicks(unsigned hart)
{
    return __atomic_load_n(&weft__crew[hart].kicks, __ATOMIC_RELAXED);
}

/* --- start ---------------------------------------------------------------- */

void weft__own_init(unsigned index)
{
    size_t size = (size_t)(__tls_second - __tls_base);
    size_t data = (size_t)(__tdata_end - __tls_base);
    char *own = __tls_base + index * size;

    memcpy(own, __tdata_source, data);
    memset(own + data, 0, size - data);
    weft__own.hart = &weft__harts[index];
}

/* Where the stack for traps, and the one of the hart's thread, end. */
static uintptr_t *canary(unsigned index, const char *of_first)
{
    size_t size = (size_t)(__hart_stacks_second - __hart_stacks);

    return (uintptr_t *)(void *)(of_first + index * size);
}

bool weft__stacks_intact(void)
{
    unsigned index = weft__hart_index();

    return *canary(index, __hart_stacks) == CANARY &&
           *canary(index, __trap_stack_top) == CANARY;
}

static void begin(unsigned index)
{
    struct weft__hart *hart = &weft__harts[index];

    weft__own_init(index);
    *canary(index, __hart_stacks) = CANARY;
    *canary(index, __trap_stack_top) = CANARY;
    hart->index = (uint8_t)index;
    hart->alarm = UINT64_MAX;
    weft__comparator_set(UINT64_MAX);
    weft__interrupt_clear();
    WEFT__CSR_SET(mstatus, WEFT__MSTATUS_MIE);
}

static void count_harts(const void *device_tree)
{
    unsigned there = weft_riscv_harts(device_tree);

    harts = there < WEFT_CORES ? there : WEFT_CORES;
    weft__crew[0].thread = WEFT__HART_TAKEN;
}

void weft__first_main(const void *device_tree)
{
    char name[] = "weft";
    char *arguments[] = {name, NULL};

    begin(0);
    if (WEFT_CORES > 1) {
        count_harts(device_tree);
    }
    board_init();
    for (void (*const *at)(void) = __init_array_start; at < __init_array_end;
         at++) {
        (*at)();
    }
    for (unsigned i = 1; i < weft_port_core_count(); i++) {
        weft__interrupt(i);
    }
    board_exit(main(1, arguments));
}

static void run(unsigned index, weft_port_thread_t *thread)
{
    uintptr_t *ended = &thread->handle[0];
    unsigned key = weft_hook_mask();

    weft__own_init(index);
    weft_hook_unmask(key);
    thread->run(thread->ctx);
    WEFT_ASSERT(WEFT__CSR_READ(mstatus) & WEFT__MSTATUS_MIE,
                "a thread returned with interrupts masked");
    __atomic_store_n(&weft__crew[index].thread, WEFT__HART_FREE,
                     __ATOMIC_RELEASE);
    __atomic_store_n(ended, 1, __ATOMIC_RELEASE);
    weft_port_wake(ended);
}

/* A hart but the first, for ever. */
void weft__hart_main(unsigned index)
{
    struct weft__crew *hart = &weft__crew[index];

    begin(index);
    __atomic_store_n(&hart->up, 1, __ATOMIC_RELEASE);
    weft_port_wake(&hart->up);
    for (;;) {
        uintptr_t thread = __atomic_load_n(&hart->thread, __ATOMIC_ACQUIRE);
        if (thread > WEFT__HART_TAKEN) {
            run(index, (weft_port_thread_t *)thread);
        } else {
            weft_port_sleep(&hart->thread, thread, UINT64_MAX);
        }
    }
}
