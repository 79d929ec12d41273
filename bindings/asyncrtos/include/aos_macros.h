/* aos_macros.h - futures whose arguments have types
 * SPDX-License-Identifier: MIT
 *
 *     AOS_DECLARE(add, int a, double b)   in a header: names and types
 *     AOS_DEFINE(add, int, double)        in one source: the types again
 *
 * with 0 to 8 arguments of any type that can be assigned and written before a
 * name. Then AOS_ARGS_T(add) is the struct that aos_args_get gives, and these
 * allocate a future that has the arguments in it:
 *
 *     AOS_AWAITABLE_ALLOC_T(add)(1, 2.0)
 *     AOS_FORGETTABLE_ALLOC_T(add)(1, 2.0)
 *     AOS_FUTURE_ALLOC_T(add)(&config, 1, 2.0)
 *     AOS_EVENTFUL_ALLOC_T(add)(&config, 1, 2.0)
 *
 * No semicolon stands behind the first two.
 */
#ifndef AOS_MACROS_H
#define AOS_MACROS_H

#include <_aos_macros.h>
#include <string.h>

#define AOS_DECLARE(...)                                                       \
    AOS__PICK(__VA_ARGS__, AOS__DECLARE_8, AOS__DECLARE_7, AOS__DECLARE_6,     \
              AOS__DECLARE_5, AOS__DECLARE_4, AOS__DECLARE_3, AOS__DECLARE_2,  \
              AOS__DECLARE_1, AOS__DECLARE_0, 0)                               \
    (__VA_ARGS__)

#define AOS_DEFINE(...)                                                        \
    AOS__PICK(__VA_ARGS__, AOS__DEFINE_8, AOS__DEFINE_7, AOS__DEFINE_6,        \
              AOS__DEFINE_5, AOS__DEFINE_4, AOS__DEFINE_3, AOS__DEFINE_2,      \
              AOS__DEFINE_1, AOS__DEFINE_0, 0)                                 \
    (__VA_ARGS__)

#define AOS_ARGS_T(fn_name) AOS__JOIN(fn_name, _args_t)
#define AOS_FUTURE_ALLOC_T(fn_name) AOS__JOIN(fn_name, _future_alloc)
#define AOS_AWAITABLE_ALLOC_T(fn_name) AOS__JOIN(fn_name, _awaitable_alloc)
#define AOS_FORGETTABLE_ALLOC_T(fn_name) AOS__JOIN(fn_name, _forgettable_alloc)
#define AOS_EVENTFUL_ALLOC_T(fn_name) AOS__JOIN(fn_name, _eventful_alloc)

#endif
