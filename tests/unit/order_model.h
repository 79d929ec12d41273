/* order_model.h - tries a queue ordered by key against a plain array
 * SPDX-License-Identifier: MIT
 *
 * Included by the tests of the wheel and of the heap, which have the same
 * calls, after these definitions:
 *
 *     #define Q(name) weft_wheel_##name     // weft_wheel_insert, ..._node_t
 *     static uint64_t rank(const Q(t) *q, uint64_t key);
 *                       // what insert now makes of a key: its place in order
 *     static void check_whole(Q(t) *q);     // its invariants
 *     static bool next_is_exact(const Q(t) *q);
 */
#ifndef ORDER_MODEL_H
#define ORDER_MODEL_H

#define NODES 400

static uint64_t random_state;

/* splitmix64 */
static uint64_t draw(uint64_t below)
{
    uint64_t z = (random_state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return below == 0 ? z : z % below;
}

/* A number of any magnitude up to 2^bits - 1, each magnitude as often. */
static uint64_t draw_magnitude(unsigned bits)
{
    unsigned n = (unsigned)draw(bits + 1);

    return n == 0 ? 0 : draw(0) >> (64 - n);
}

struct model {
    Q(t) queue;
    Q(node_t) nodes[NODES];
    uint64_t ranks[NODES];  /* place in the order */
    uint64_t orders[NODES]; /* among equals; 0: not linked */
    uint64_t armed;         /* insertions so far */
    unsigned limit;         /* nodes in use, up to NODES */
    unsigned bits;          /* magnitude of the keys, from now */
    uint64_t now;
};

static bool linked(const struct model *m, unsigned i)
{
    return m->orders[i] != 0;
}

/* The node that must come out next, or NODES. */
static unsigned model_first(const struct model *m)
{
    unsigned first = NODES;

    for (unsigned i = 0; i < NODES; i++) {
        if (linked(m, i) && (first == NODES || m->ranks[i] < m->ranks[first] ||
                             (m->ranks[i] == m->ranks[first] &&
                              m->orders[i] < m->orders[first]))) {
            first = i;
        }
    }
    return first;
}

static uint64_t saturated(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* A key as it hurts: another node's, at a slot's edge, past, far. */
static uint64_t draw_key(const struct model *m)
{
    uint64_t delta = draw_magnitude(m->bits);
    unsigned other = (unsigned)draw(m->limit);
    unsigned shift = 6 * (unsigned)draw(11);

    switch (draw(8)) {
    case 0:
    case 1: return linked(m, other) ? m->nodes[other].key : m->now;
    case 2: return saturated(m->now, delta) >> shift << shift;
    case 3: return saturated(m->now, delta) | (((uint64_t)1 << shift) - 1);
    case 4: return m->now > delta ? m->now - delta : 0;
    case 5:
        return draw(50) == 0 ? UINT64_MAX - draw(3) : saturated(m->now, delta);
    default: return saturated(m->now, delta);
    }
}

static void model_insert(struct model *m, unsigned i, uint64_t key)
{
    m->ranks[i] = rank(&m->queue, key);
    m->orders[i] = ++m->armed;
    Q(insert)(&m->queue, &m->nodes[i], key);
    CHECK(Q(linked)(&m->nodes[i]));
    CHECK(m->nodes[i].key == key);
}

static void model_remove(struct model *m, unsigned i)
{
    Q(remove)(&m->queue, &m->nodes[i]);
    CHECK(!Q(linked)(&m->nodes[i]));
    m->orders[i] = 0;
}

static void model_flip(struct model *m)
{
    unsigned i = (unsigned)draw(m->limit);

    if (linked(m, i)) {
        model_remove(m, i);
    } else {
        model_insert(m, i, draw_key(m));
    }
}

static bool model_pop(struct model *m)
{
    unsigned i = model_first(m);
    Q(node_t) *node = Q(pop)(&m->queue, m->now);

    if (i == NODES || m->ranks[i] > m->now) {
        CHECK(node == NULL);
        return false;
    }
    CHECK(node == &m->nodes[i]);
    CHECK(!Q(linked)(node));
    m->orders[i] = 0;
    return true;
}

static void model_check_next(struct model *m)
{
    unsigned first = model_first(m);
    uint64_t next = Q(next)(&m->queue);

    if (first == NODES) {
        CHECK(next == UINT64_MAX);
        CHECK_EQ(Q(count)(&m->queue), 0);
    } else if (m->ranks[first] != m->nodes[first].key) {
        CHECK(next <= m->ranks[first]); /* it was past when it was armed */
    } else {
        CHECK(next <= m->nodes[first].key);
        CHECK(!next_is_exact(&m->queue) || next == m->nodes[first].key);
    }
}

/* Time goes on: a little, much, or to a node's key or just before it. */
static void model_advance(struct model *m)
{
    unsigned i = (unsigned)draw(m->limit);

    if (draw(3) == 0 && linked(m, i) && m->nodes[i].key > m->now) {
        m->now = m->nodes[i].key - draw(2);
    } else if (draw(4) == 0 && Q(next)(&m->queue) != UINT64_MAX) {
        uint64_t next = Q(next)(&m->queue);

        m->now = next > m->now ? next : m->now;
    } else {
        m->now = saturated(m->now, draw_magnitude(m->bits));
    }
}

static void model_drain(struct model *m)
{
    while (model_pop(m)) {
        if (draw(4) == 0) {
            model_flip(m); /* as from inside what fired */
        }
        if (draw(16) == 0) {
            model_check_next(m);
        }
        if (draw(100) == 0) {
            return; /* the loop has other work; time goes on meanwhile */
        }
    }
}

static uint64_t draw_start(void)
{
    switch (draw(4)) {
    case 0: return draw(3);
    case 1: return UINT64_MAX - draw_magnitude(40);
    case 2: return draw_magnitude(50);
    default: return draw(0);
    }
}

static void model_run(struct model *m, uint64_t seed, unsigned steps)
{
    static const unsigned limits[] = {3, 20, 100, NODES};
    static const unsigned magnitudes[] = {3, 8, 14, 24, 40, 63};

    random_state = seed;
    memset(m, 0, sizeof *m);
    m->limit = limits[draw(4)];
    m->bits = magnitudes[draw(6)];
    m->now = draw_start();
    Q(init)(&m->queue, m->now);
    for (unsigned i = 0; i < steps; i++) {
        switch (draw(12)) {
        case 0:
            model_advance(m);
            model_drain(m);
            break;
        case 1: model_check_next(m); break;
        default: model_flip(m);
        }
        if (i % 16 == 0) {
            check_whole(&m->queue);
        }
    }
    m->now = UINT64_MAX;
    while (model_pop(m)) {}
    CHECK_EQ(Q(count)(&m->queue), 0);
    model_check_next(m);
    check_whole(&m->queue);
}

#endif
