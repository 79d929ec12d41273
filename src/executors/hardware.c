/* hardware.c - interrupt handlers checked, set up and enabled
 * SPDX-License-Identifier: MIT
 */
#include "weft/hardware.h"

#include "weft/error.h"

/* What can be said of one before any has been set up. */
static int check(const weft_hardware_task_t *const *tasks, size_t index)
{
    const weft_hardware_task_t *task = tasks[index];
    size_t i;

    if (weft_port_levels() == 0) {
        return WEFT_ERR_UNSUPPORTED;
    }
    if (task->handler == NULL || task->priority == 0 ||
        task->priority > weft_port_levels()) {
        return WEFT_ERR_INVALID;
    }
    for (i = 0; i < index; i++) {
        if (tasks[i]->irq == task->irq) {
            return WEFT_ERR_BUSY;
        }
    }
    return WEFT_OK;
}

void weft_hardware_stop(const weft_hardware_task_t *const *tasks, size_t count)
{
    while (count > 0) {
        count--;
        (void)weft_port_irq_setup(tasks[count]->irq, 0, NULL);
    }
}

int weft_hardware_start(const weft_hardware_task_t *const *tasks, size_t count,
                        const weft_hardware_task_t **wrong)
{
    int rc = WEFT_OK;
    size_t i;
    size_t ready = 0;

    for (i = 0; i < count && rc == WEFT_OK; i++) {
        rc = check(tasks, i);
    }
    for (; ready < count && rc == WEFT_OK; ready++) {
        const weft_hardware_task_t *task = tasks[ready];

        i = ready + 1;
        rc = weft_port_irq_setup(task->irq, task->priority, task->handler);
    }
    if (rc == WEFT_OK) {
        return WEFT_OK;
    }
    if (wrong != NULL) {
        *wrong = tasks[i - 1];
    }
    weft_hardware_stop(tasks, ready > 0 ? ready - 1 : 0);
    return rc;
}
