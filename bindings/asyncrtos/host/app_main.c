/* app_main.c - main of a program whose own begins at app_main
 * SPDX-License-Identifier: MIT
 *
 * Linked where a program has no main. As on a chip the program goes on when
 * app_main has returned, as long as a task or a spawned function runs.
 */
#include "bindings/asyncrtos/thread.h"

#include "weft/time.h"

void app_main(void);

int main(void)
{
    app_main();
    while (aos__threads_running() > 0) {
        (void)weft_sleep(WEFT_MS(10));
    }
    (void)aos__threads_join();
    return 0;
}
