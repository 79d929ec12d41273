/* stack.c - pools of stacks: slabs, free lists, guards and canaries
 * SPDX-License-Identifier: MIT
 *
 * A slab, from low to high addresses, with slots of `stride` bytes:
 *
 *     guard page | slot 0 | slot 1 | ... | slot n-1 | struct weft__stack_slab
 *
 * A slot, guarded and not; the stack grows down from its weft_stack_t:
 *
 *     guard page | stack ... | weft_stack_t | colour * 64 bytes unused
 *     canary | stack ... | weft_stack_t
 *
 * The record of the slab lies on top, where no overflow comes by. A slot is
 * made when it is first given: until then nothing in it is touched.
 *
 * A slab is in one of three lists. `whole` has none in use and is what trim
 * gives back; acquire prefers `partial`, the front first, and release moves
 * the slab to the front: what was released last is given next.
 */
#include "weft/stack.h"

#include "coro/watchers.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

enum {
    LINE = 64, /* bytes; a cache line */
    COLOURS = 64,
    HEADER = (sizeof(weft_stack_t) + 15) / 16 * 16,
    SLAB_STACKS = 1024,
    SLAB_STACKS_LEAST = 16,
    SLAB_BYTES = 16 * 1024 * 1024,
    CANARY_WORDS = 2
};

struct weft__stack_slab {
    weft_list_node_t node; /* first: what the lists hold */
    weft_list_t *list;
    weft_stack_pool_t *pool;
    char *base;  /* what the port gave */
    char *start; /* of slot 0 */
    weft_stack_t *free;
    size_t made; /* slots that were given at least once */
    size_t used;
    size_t count;
};

static struct weft__stack_slab *first_of(const weft_list_t *list)
{
    return (struct weft__stack_slab *)(void *)weft_list_first(list);
}

static size_t round_up(size_t size, size_t to)
{
    return (size + to - 1) / to * to;
}

static char *align_up(char *at, size_t to)
{
    return at + (to - (uintptr_t)at % to) % to;
}

/* --- geometry ------------------------------------------------------------ */

static void lay_out(weft_stack_pool_t *pool)
{
    size_t size = pool->config.size;

    if (pool->page != 0) {
        pool->stride = round_up(size, pool->page) + pool->page;
    } else {
        /* An odd number of lines: neighbours begin in different sets. */
        pool->stride = round_up(size, LINE) | LINE;
    }
    size_t count = SLAB_BYTES / pool->stride;
    count = count > SLAB_STACKS ? SLAB_STACKS : count;
    pool->slab_stacks = count < SLAB_STACKS_LEAST ? SLAB_STACKS_LEAST : count;
}

static size_t slab_size(const weft_stack_pool_t *pool, size_t count)
{
    return weft_port_stack_page() + count * pool->stride + LINE +
           sizeof(struct weft__stack_slab);
}

static weft_stack_t *header_of(const struct weft__stack_slab *slab, size_t i)
{
    const weft_stack_pool_t *pool = slab->pool;
    char *end = slab->start + (i + 1) * pool->stride;

    if (pool->page != 0) {
        size_t colours = (pool->stride - pool->page) / 4 / LINE;

        end -= i % (colours > COLOURS ? COLOURS : colours) * LINE;
    }
    return (weft_stack_t *)(void *)(end - HEADER);
}

/* Makes a slot what acquire gives. Calls the port: not with the lock. */
static weft_stack_t *make(struct weft__stack_slab *slab, size_t i)
{
    const weft_stack_pool_t *pool = slab->pool;
    weft_stack_t *stack = header_of(slab, i);
    char *slot = slab->start + i * pool->stride;
    bool guarded =
        pool->page != 0 && weft_port_slab_guard(slot, pool->page) == 0;

    *stack = (weft_stack_t){
        .base = slot + pool->page, .slab = slab, .guarded = guarded};
    stack->size = (size_t)((char *)stack - (char *)stack->base);
    return stack;
}

/* --- canary and paint ---------------------------------------------------- */

WEFT__UNWATCHED void weft__stack_paint(void *base, size_t size)
{
    uintptr_t *word = base;

    for (size_t i = 0; i < size / sizeof(*word); i++) {
        word[i] = WEFT__STACK_PAINT;
    }
}

static void paint(weft_stack_t *stack)
{
    if (stack->slab->pool->config.measured) {
        weft__stack_paint(stack->base, stack->size);
    } else if (!stack->guarded) {
        weft__stack_paint(stack->base, CANARY_WORDS * sizeof(uintptr_t));
    }
}

static WEFT__UNWATCHED size_t untouched(const uintptr_t *word, size_t count)
{
    size_t i = 0;

    while (i < count && word[i] == WEFT__STACK_PAINT) {
        i++;
    }
    return i * sizeof(*word);
}

/* Who asks may run on it: then there is no limit while we look. */
size_t weft__stack_untouched(const void *base, size_t size)
{
    weft_port_limit_t before = {.low = NULL};

    if (weft__watched()) {
        weft__watch_read(base, size);
    }
    if (WEFT_STACK_LIMIT) {
        before = weft_port_stack_limit(before);
    }
    size = untouched(base, size / sizeof(uintptr_t));
    if (WEFT_STACK_LIMIT) {
        (void)weft_port_stack_limit(before);
    }
    return size;
}

bool weft_stack_intact(const weft_stack_t *stack)
{
    size_t canary = CANARY_WORDS * sizeof(uintptr_t);

    return stack->guarded ||
           weft__stack_untouched(stack->base, canary) == canary;
}

size_t weft_stack_high_water(const weft_stack_t *stack)
{
    return stack->slab->pool->config.measured
               ? stack->size - weft__stack_untouched(stack->base, stack->size)
               : stack->size;
}

bool weft__stack_checked(const weft_stack_t *stack)
{
    return stack->slab->pool->config.checked && !stack->guarded;
}

void weft__stack_overflowed(const char *name)
{
    char text[80] = "stack overflow in fiber ";
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    for (; *name != '\0' && length < sizeof(text) - 1; name++) {
        text[length++] = *name;
    }
    weft_hook_panic(__FILE__, __LINE__, text);
}

/* --- what the port asks when something has touched a guard ---------------- */

static const char *name_in(const weft_list_t *list, const char *address)
{
    for (const weft_list_node_t *node = weft_list_first(list); node != NULL;
         node = weft_list_next(list, node)) {
        const struct weft__stack_slab *slab = (const void *)node;
        const weft_stack_pool_t *pool = slab->pool;

        if (address < slab->base || address >= (const char *)slab) {
            continue;
        }
        /* The guard below slot 0 is what an unguarded one runs into. */
        size_t slot = address < slab->start
                          ? 0
                          : (size_t)(address - slab->start) / pool->stride;
        bool in_guard =
            address < slab->start ||
            (size_t)(address - slab->start) % pool->stride < pool->page;
        return in_guard && slot < slab->made ? header_of(slab, slot)->name
                                             : NULL;
    }
    return NULL;
}

/* In a signal handler: looks with the lock if it can get it. */
static const char *name_at(void *ctx, const void *address)
{
    weft_stack_pool_t *pool = ctx;
    bool locked = false;

    for (int i = 0; i < 1000000 && !locked; i++) {
        locked = weft_spinlock_try_lock(&pool->lock);
    }
    const char *name = name_in(&pool->partial, address);
    name = name != NULL ? name : name_in(&pool->full, address);
    if (locked) {
        weft_spinlock_unlock(&pool->lock);
    }
    return name;
}

/* In the caller's memory there is no guard. */
static bool reports_overflow(const weft_stack_pool_t *pool)
{
    return pool->config.memory == NULL && !pool->config.no_fault_handler;
}

/* --- slabs ---------------------------------------------------------------- */

/* Into the front of the list that is right for it. With the lock. */
static void place(struct weft__stack_slab *slab)
{
    weft_stack_pool_t *pool = slab->pool;
    weft_list_t *list = slab->used == 0 ? &pool->whole
                        : slab->free != NULL || slab->made < slab->count
                            ? &pool->partial
                            : &pool->full;

    if (first_of(list) != slab) {
        if (slab->list != NULL) {
            weft_list_remove(&slab->node);
        }
        weft_list_push_front(list, &slab->node);
        slab->list = list;
    }
}

/* Makes memory a slab of count slots; the record lies behind them. */
static void add(weft_stack_pool_t *pool, char *base, char *start, size_t count)
{
    struct weft__stack_slab *slab =
        (void *)align_up(start + count * pool->stride, LINE);

    *slab = (struct weft__stack_slab){
        .pool = pool, .base = base, .start = start, .count = count};
    weft_list_node_init(&slab->node);
    unsigned key = weft_lock_mask(&pool->lock);
    place(slab);
    weft_unlock_mask(&pool->lock, key);
}

static int reserve(weft_stack_pool_t *pool, size_t count)
{
    size_t page = weft_port_stack_page();
    void *base;

    if (pool->stride > SIZE_MAX / 4 / count) {
        return WEFT_ERR_MEMORY;
    }
    int rc = weft_port_slab_reserve(slab_size(pool, count), &base);
    if (rc < 0) {
        return rc;
    }
    if (page != 0) {
        (void)weft_port_slab_guard(base, page);
    }
    add(pool, base, (char *)base + page, count);
    return 0;
}

/* How many stacks to reserve now, as long as there is nothing to take; 0:
 * none. *again: there is or will be something to take. With the lock. */
static size_t want(weft_stack_pool_t *pool, bool *again)
{
    size_t most = pool->config.count_max;
    size_t room = most == 0 ? SIZE_MAX : most - pool->reserved;
    size_t count = room < pool->slab_stacks ? room : pool->slab_stacks;

    *again = true;
    if (!weft_list_empty(&pool->partial) || !weft_list_empty(&pool->whole)) {
        return 0;
    }
    count = pool->config.memory != NULL ? 0 : count;
    *again = count == 0 && pool->growing > 0;
    return count;
}

/* Reserves one more slab, or waits for who does. */
static int grow(weft_stack_pool_t *pool)
{
    bool again;
    unsigned key = weft_lock_mask(&pool->lock);
    size_t count = want(pool, &again);

    pool->reserved += count;
    pool->growing += count > 0;
    weft_unlock_mask(&pool->lock, key);
    if (count == 0) {
        if (again) {
            weft_hook_spin();
        }
        return again ? 0 : WEFT_ERR_MEMORY;
    }
    int rc = reserve(pool, count);
    key = weft_lock_mask(&pool->lock);
    pool->reserved -= rc < 0 ? count : 0;
    pool->growing--;
    weft_unlock_mask(&pool->lock, key);
    return rc < 0 ? WEFT_ERR_MEMORY : 0;
}

/* The caller's memory is one slab. */
static void take_memory(weft_stack_pool_t *pool)
{
    weft_stack_config_t *config = &pool->config;
    char *start = align_up(config->memory, LINE);
    size_t lost = (size_t)(start - (char *)config->memory) + LINE +
                  sizeof(struct weft__stack_slab);
    size_t count = config->memory_size < lost
                       ? 0
                       : (config->memory_size - lost) / pool->stride;

    if (config->count_max != 0 && count > config->count_max) {
        count = config->count_max;
    }
    if (count > 0) {
        add(pool, start, start, count);
    }
}

/* --- the interface -------------------------------------------------------- */

void weft_stack_pool_init(weft_stack_pool_t *pool,
                          const weft_stack_config_t *config)
{
    *pool = (weft_stack_pool_t){.config = {0}};
    if (config != NULL) {
        pool->config = *config;
    }
    config = &pool->config;
    pool->config.size = config->size ? config->size : WEFT_STACK_SIZE_DEFAULT;
    WEFT_ASSERT(config->size >= WEFT_STACK_SIZE_MIN,
                "the stacks of a pool are too small");
    WEFT_ASSERT(config->size < SIZE_MAX / 8,
                "the stacks of a pool are too large");
    weft_list_init(&pool->partial);
    weft_list_init(&pool->whole);
    weft_list_init(&pool->full);
    if (config->memory != NULL) {
        pool->config.unguarded = true;
        pool->config.checked = true;
        pool->config.measured = true;
    }
    pool->page = config->unguarded ? 0 : weft_port_stack_page();
    lay_out(pool);
    if (config->memory != NULL) {
        take_memory(pool);
    }
    pool->overflow.name_at = name_at;
    pool->overflow.ctx = pool;
    if (reports_overflow(pool)) {
        weft_port_overflow_watch(&pool->overflow);
    }
}

size_t weft_stack_pool_trim(weft_stack_pool_t *pool)
{
    size_t bytes = 0;

    while (pool->config.memory == NULL) {
        unsigned key = weft_lock_mask(&pool->lock);
        struct weft__stack_slab *slab = first_of(&pool->whole);
        if (slab != NULL) {
            weft_list_remove(&slab->node);
            pool->reserved -= slab->count;
        }
        weft_unlock_mask(&pool->lock, key);
        if (slab == NULL) {
            break;
        }
        size_t size = slab_size(pool, slab->count);
        weft_port_slab_release(slab->base, size);
        bytes += size;
    }
    return bytes;
}

void weft_stack_pool_deinit(weft_stack_pool_t *pool)
{
    WEFT_ASSERT(weft_stack_pool_in_use(pool) == 0,
                "deinit of a pool whose stacks are in use");
    if (reports_overflow(pool)) {
        weft_port_overflow_unwatch(&pool->overflow);
    }
    (void)weft_stack_pool_trim(pool);
}

size_t weft_stack_pool_in_use(weft_stack_pool_t *pool)
{
    unsigned key = weft_lock_mask(&pool->lock);
    size_t in_use = pool->in_use;

    weft_unlock_mask(&pool->lock, key);
    return in_use;
}

/* Takes a slot that was used before, or else the number of a new one. */
static struct weft__stack_slab *take(weft_stack_pool_t *pool,
                                     weft_stack_t **stack, size_t *number)
{
    unsigned key = weft_lock_mask(&pool->lock);
    struct weft__stack_slab *slab = first_of(&pool->partial);

    slab = slab != NULL ? slab : first_of(&pool->whole);
    if (slab != NULL) {
        *stack = slab->free;
        if (*stack != NULL) {
            slab->free = (*stack)->next;
        } else {
            *number = slab->made++;
        }
        slab->used++;
        pool->in_use++;
        place(slab);
    }
    weft_unlock_mask(&pool->lock, key);
    return slab;
}

int weft_stack_acquire(weft_stack_pool_t *pool, const char *name,
                       weft_stack_t **out)
{
    struct weft__stack_slab *slab;
    weft_stack_t *stack = NULL;
    size_t number = 0;

    while ((slab = take(pool, &stack, &number)) == NULL) {
        int rc = grow(pool);
        if (rc < 0) {
            return rc;
        }
    }
    if (stack == NULL) {
        stack = make(slab, number);
    }
    stack->name = name != NULL ? name : "without a name";
    paint(stack);
    *out = stack;
    return 0;
}

void weft_stack_release(weft_stack_t *stack)
{
    struct weft__stack_slab *slab = stack->slab;
    weft_stack_pool_t *pool = slab->pool;

    WEFT_ASSERT(stack->name != NULL, "a stack that was released before");
    if (!weft_stack_intact(stack)) {
        weft__stack_overflowed(stack->name);
    }
    stack->name = NULL;
    unsigned key = weft_lock_mask(&pool->lock);
    stack->next = slab->free;
    slab->free = stack;
    slab->used--;
    pool->in_use--;
    place(slab);
    weft_unlock_mask(&pool->lock, key);
}
