/* config.h - internal: what AsyncRTOS's configuration says
 * SPDX-License-Identifier: MIT
 *
 * From sdkconfig.h where there is one, or -DNAME=value; 0: the port's default.
 */
#ifndef WEFT_ASYNCRTOS_CONFIG_H
#define WEFT_ASYNCRTOS_CONFIG_H

#ifdef __has_include
#if __has_include(<sdkconfig.h>)
#include <sdkconfig.h>
#endif
#endif

#ifndef CONFIG_AOS_TASK_STACKSIZEDEFAULT
#define CONFIG_AOS_TASK_STACKSIZEDEFAULT 0
#endif
#ifndef CONFIG_AOS_TASK_PRIORITYDEFAULT
#define CONFIG_AOS_TASK_PRIORITYDEFAULT 0
#endif

/* Programs say what they need on a chip; a host's library takes more. */
enum { AOS__STACK_MIN = sizeof(void *) > 4 ? 256 * 1024 : 1 };

#endif
