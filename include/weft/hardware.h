/* hardware.h - interrupt handlers declared as tasks with a priority
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for the few lines that must answer a device at once. The
 * handler quiets its source and sets an event or a signal, or sends by try;
 * the rest is done by a task that waits for it. It preempts what has a lower
 * priority, of tasks as of interrupts, and may call what an interrupt may.
 *
 * Example:
 *
 *     static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;
 *
 *     WEFT_HARDWARE_TASK(button_pressed, 5, 2)
 *     {
 *         weft_event_set(&pressed);
 *     }
 *     ...
 *     static const weft_hardware_task_t *const tasks[] = {
 *         WEFT_HARDWARE(button_pressed),
 *     };
 *     const weft_hardware_task_t *wrong;
 *     int rc = weft_hardware_start(tasks, 1, &wrong);
 *
 * Where the platform finds handlers by their names in a fixed table, a task of
 * the name that stands there is called by the hardware itself: on a Cortex-M
 * WEFT_HARDWARE_TASK(weft_irq_5, 5, 2).
 *
 * Context: start and stop at task level of the core whose interrupts they are.
 * Memory: constants.
 */
#ifndef WEFT_HARDWARE_H
#define WEFT_HARDWARE_H

#include <stddef.h>

#include "weft/port.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_hardware_task {
    const char *name;
    unsigned irq;      /* the platform's number */
    unsigned priority; /* 1 to weft_port_levels() */
    weft_port_irq_fn *handler;
} weft_hardware_task_t;

/* Begins the handler of an interrupt, of external linkage. */
#define WEFT_HARDWARE_TASK(name, irq, priority)                                \
    void name(void);                                                           \
    __attribute__((                                                            \
        unused)) static const weft_hardware_task_t name##_hardware = {         \
        #name, (irq), (priority), name};                                       \
    void name(void)

/* The declaration, for a list of them. */
#define WEFT_HARDWARE(name) (&name##_hardware)

/* Checks all of them, then sets up and enables all, or none: *wrong is which
 * one was wrong, where wrong is not NULL. WEFT_ERR_INVALID: no such priority,
 * interrupt or handler; WEFT_ERR_BUSY: two of them have one interrupt, or
 * somebody else has it; WEFT_ERR_UNSUPPORTED. */
int weft_hardware_start(const weft_hardware_task_t *const *tasks, size_t count,
                        const weft_hardware_task_t **wrong);

/* Disables them. */
void weft_hardware_stop(const weft_hardware_task_t *const *tasks, size_t count);

#ifdef __cplusplus
}
#endif

#endif
