/* sdkconfig.h - what ESP-IDF's configuration says, for a host
 * SPDX-License-Identifier: MIT
 *
 * Each may be given by -DNAME=value instead.
 */
#ifndef WEFT_ASYNCRTOS_SDKCONFIG_H
#define WEFT_ASYNCRTOS_SDKCONFIG_H

#ifndef CONFIG_AOS_TASK_QUEUESIZEDEFAULT
#define CONFIG_AOS_TASK_QUEUESIZEDEFAULT 3
#endif
#ifndef CONFIG_AOS_TASK_STACKSIZEDEFAULT
#define CONFIG_AOS_TASK_STACKSIZEDEFAULT 3072
#endif
#ifndef CONFIG_AOS_TASK_PRIORITYDEFAULT
#define CONFIG_AOS_TASK_PRIORITYDEFAULT 1
#endif
#ifndef CONFIG_FREERTOS_HZ
#define CONFIG_FREERTOS_HZ 1000
#endif

#endif
