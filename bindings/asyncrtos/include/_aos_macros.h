/* _aos_macros.h - what the macros of aos_macros.h are made of: not for programs
 * SPDX-License-Identifier: MIT
 *
 * A list of arguments goes from macro to macro in parentheses, which AOS__BARE
 * takes off. Who defines knows the types alone: a struct of the same members in
 * the same order has the same layout as the declared one.
 */
#ifndef AOS__MACROS_H
#define AOS__MACROS_H

#include <aos_future_awaitable.h>
#include <aos_future_eventful.h>
#include <aos_future_forgettable.h>
#include <string.h>

#define AOS__BARE(...) __VA_ARGS__
#define AOS__JOIN(a, b) AOS__JOIN_NOW(a, b)
#define AOS__JOIN_NOW(a, b) a##b

/* Its tenth argument: that many places after the name are taken. */
#define AOS__PICK(a, b, c, d, e, f, g, h, i, pick, ...) pick

/* rest: the same as plain, behind another parameter. */
#define AOS__DECLARE(name, fields, plain, rest)                                \
    typedef struct name##_args_t {                                             \
        AOS__BARE fields                                                       \
    } name##_args_t;                                                           \
    aos_future_t *name##_future_alloc(                                         \
        aos_future_config_t *aos_config AOS__BARE rest);                       \
    aos_future_t *name##_awaitable_alloc(AOS__BARE plain);                     \
    aos_future_t *name##_forgettable_alloc(AOS__BARE plain);                   \
    aos_future_t *name##_eventful_alloc(                                       \
        aos_eventful_config_t *aos_config AOS__BARE rest);

#define AOS__ALLOC(function, parameters, allocate, fields, values)             \
    aos_future_t *function parameters                                          \
    {                                                                          \
        struct {                                                               \
            AOS__BARE fields                                                   \
        } aos_args = {AOS__BARE values};                                       \
        aos_future_t *aos_future = allocate;                                   \
                                                                               \
        if (aos_future != NULL) {                                              \
            memcpy(aos_args_get(aos_future), &aos_args, sizeof(aos_args));     \
        }                                                                      \
        return aos_future;                                                     \
    }

#define AOS__DEFINE(name, fields, values, plain, rest)                         \
    AOS__ALLOC(name##_future_alloc,                                            \
               (aos_future_config_t * aos_config AOS__BARE rest),              \
               aos_future_alloc(aos_config, sizeof(aos_args)), fields, values) \
    AOS__ALLOC(name##_awaitable_alloc, plain,                                  \
               aos_awaitable_alloc(sizeof(aos_args)), fields, values)          \
    AOS__ALLOC(name##_forgettable_alloc, plain,                                \
               aos_forgettable_alloc(sizeof(aos_args)), fields, values)        \
    AOS__ALLOC(name##_eventful_alloc,                                          \
               (aos_eventful_config_t * aos_config AOS__BARE rest),            \
               aos_eventful_alloc(aos_config, sizeof(aos_args)), fields,       \
               values)

#define AOS__DEFINE_0(name)                                                    \
    aos_future_t *name##_future_alloc(aos_future_config_t *aos_config)         \
    {                                                                          \
        return aos_future_alloc(aos_config, 0);                                \
    }                                                                          \
    aos_future_t *name##_awaitable_alloc(void)                                 \
    {                                                                          \
        return aos_awaitable_alloc(0);                                         \
    }                                                                          \
    aos_future_t *name##_forgettable_alloc(void)                               \
    {                                                                          \
        return aos_forgettable_alloc(0);                                       \
    }                                                                          \
    aos_future_t *name##_eventful_alloc(aos_eventful_config_t *aos_config)     \
    {                                                                          \
        return aos_eventful_alloc(aos_config, 0);                              \
    }

/* A struct has a member. */
#define AOS__DECLARE_0(name) AOS__DECLARE(name, (char aos_nothing;), (void), ())

#define AOS__DECLARE_1(name, p1) AOS__DECLARE(name, (p1;), (p1), (, p1))

#define AOS__DECLARE_2(name, p1, p2)                                           \
    AOS__DECLARE(name, (p1; p2;), (p1, p2), (, p1, p2))

#define AOS__DECLARE_3(name, p1, p2, p3)                                       \
    AOS__DECLARE(name, (p1; p2; p3;), (p1, p2, p3), (, p1, p2, p3))

#define AOS__DECLARE_4(name, p1, p2, p3, p4)                                   \
    AOS__DECLARE(name, (p1; p2; p3; p4;), (p1, p2, p3, p4), (, p1, p2, p3, p4))

#define AOS__DECLARE_5(name, p1, p2, p3, p4, p5)                               \
    AOS__DECLARE(name, (p1; p2; p3; p4; p5;), (p1, p2, p3, p4, p5),            \
                 (, p1, p2, p3, p4, p5))

#define AOS__DECLARE_6(name, p1, p2, p3, p4, p5, p6)                           \
    AOS__DECLARE(name, (p1; p2; p3; p4; p5; p6;), (p1, p2, p3, p4, p5, p6),    \
                 (, p1, p2, p3, p4, p5, p6))

#define AOS__DECLARE_7(name, p1, p2, p3, p4, p5, p6, p7)                       \
    AOS__DECLARE(name, (p1; p2; p3; p4; p5; p6; p7;),                          \
                 (p1, p2, p3, p4, p5, p6, p7), (, p1, p2, p3, p4, p5, p6, p7))

#define AOS__DECLARE_8(name, p1, p2, p3, p4, p5, p6, p7, p8)                   \
    AOS__DECLARE(name, (p1; p2; p3; p4; p5; p6; p7; p8;),                      \
                 (p1, p2, p3, p4, p5, p6, p7, p8),                             \
                 (, p1, p2, p3, p4, p5, p6, p7, p8))

#define AOS__DEFINE_1(name, t1)                                                \
    AOS__DEFINE(name, (t1 p1;), (p1), (t1 p1), (, t1 p1))

#define AOS__DEFINE_2(name, t1, t2)                                            \
    AOS__DEFINE(name, (t1 p1; t2 p2;), (p1, p2), (t1 p1, t2 p2),               \
                (, t1 p1, t2 p2))

#define AOS__DEFINE_3(name, t1, t2, t3)                                        \
    AOS__DEFINE(name, (t1 p1; t2 p2; t3 p3;), (p1, p2, p3),                    \
                (t1 p1, t2 p2, t3 p3), (, t1 p1, t2 p2, t3 p3))

#define AOS__DEFINE_4(name, t1, t2, t3, t4)                                    \
    AOS__DEFINE(name, (t1 p1; t2 p2; t3 p3; t4 p4;), (p1, p2, p3, p4),         \
                (t1 p1, t2 p2, t3 p3, t4 p4), (, t1 p1, t2 p2, t3 p3, t4 p4))

#define AOS__DEFINE_5(name, t1, t2, t3, t4, t5)                                \
    AOS__DEFINE(name, (t1 p1; t2 p2; t3 p3; t4 p4; t5 p5;),                    \
                (p1, p2, p3, p4, p5), (t1 p1, t2 p2, t3 p3, t4 p4, t5 p5),     \
                (, t1 p1, t2 p2, t3 p3, t4 p4, t5 p5))

#define AOS__DEFINE_6(name, t1, t2, t3, t4, t5, t6)                            \
    AOS__DEFINE(name, (t1 p1; t2 p2; t3 p3; t4 p4; t5 p5; t6 p6;),             \
                (p1, p2, p3, p4, p5, p6),                                      \
                (t1 p1, t2 p2, t3 p3, t4 p4, t5 p5, t6 p6),                    \
                (, t1 p1, t2 p2, t3 p3, t4 p4, t5 p5, t6 p6))

#define AOS__DEFINE_7(name, t1, t2, t3, t4, t5, t6, t7)                        \
    AOS__DEFINE(name, (t1 p1; t2 p2; t3 p3; t4 p4; t5 p5; t6 p6; t7 p7;),      \
                (p1, p2, p3, p4, p5, p6, p7),                                  \
                (t1 p1, t2 p2, t3 p3, t4 p4, t5 p5, t6 p6, t7 p7),             \
                (, t1 p1, t2 p2, t3 p3, t4 p4, t5 p5, t6 p6, t7 p7))

#define AOS__DEFINE_8(name, t1, t2, t3, t4, t5, t6, t7, t8)                    \
    AOS__DEFINE(name,                                                          \
                (t1 p1; t2 p2; t3 p3; t4 p4; t5 p5; t6 p6; t7 p7; t8 p8;),     \
                (p1, p2, p3, p4, p5, p6, p7, p8),                              \
                (t1 p1, t2 p2, t3 p3, t4 p4, t5 p5, t6 p6, t7 p7, t8 p8),      \
                (, t1 p1, t2 p2, t3 p3, t4 p4, t5 p5, t6 p6, t7 p7, t8 p8))

#endif
