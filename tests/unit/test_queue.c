/* test_queue.c - tagged links, chains, the first-in-first-out queue
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include "weft/base/queue.h"

#define COUNT 10

static weft_link_t *entry(weft_link_t *links, unsigned i)
{
    return weft_link_tagged(&links[i], i % (WEFT_TAG_MASK + 1));
}

CASE(tags_come_off_as_they_went_on)
{
    weft_link_t link = {NULL};

    for (unsigned tag = 0; tag <= WEFT_TAG_MASK; tag++) {
        weft_link_t *tagged = weft_link_tagged(&link, tag);

        CHECK_EQ(weft_link_tag(tagged), tag);
        CHECK(weft_link_strip(tagged) == &link);
    }
    CHECK_EQ(WEFT_TAG_RUNNABLE, 0);
    CHECK(weft_link_tagged(&link, WEFT_TAG_RUNNABLE) == &link);
}

CASE(reverses_chains_and_keeps_tags)
{
    weft_link_t links[COUNT] = {{NULL}};

    CHECK(weft_link_reverse(NULL) == NULL);
    for (unsigned n = 1; n <= COUNT; n++) {
        weft_link_t *chain = NULL;

        for (unsigned i = 0; i < n; i++) {
            links[i].next = chain;
            chain = entry(links, i);
        }
        chain = weft_link_reverse(chain);
        for (unsigned i = 0; i < n; i++) {
            CHECK(chain == entry(links, i));
            chain = weft_link_strip(chain)->next;
        }
        CHECK(chain == NULL);
    }
}

/* Pops and expects the entries `from` up to but not including `to`. */
static void check_pops(weft_queue_t *queue, weft_link_t *links, unsigned from,
                       unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        CHECK(!weft_queue_empty(queue));
        CHECK(weft_queue_first(queue) == entry(links, i));
        CHECK(weft_queue_pop(queue) == entry(links, i));
    }
}

static void check_empty(weft_queue_t *queue)
{
    CHECK(weft_queue_empty(queue));
    CHECK(weft_queue_first(queue) == NULL);
    CHECK(weft_queue_pop(queue) == NULL);
}

CASE(gives_entries_in_order)
{
    static weft_queue_t queue; /* all zero is empty */
    weft_link_t links[COUNT];
    unsigned in = 0, out = 0;

    check_empty(&queue);
    for (unsigned burst = 1; in + burst <= COUNT; burst++) {
        for (unsigned i = 0; i < burst; i++) {
            weft_queue_push(&queue, entry(links, in++));
        }
        check_pops(&queue, links, out, out + 1);
        out++;
    }
    check_pops(&queue, links, out, in);
    check_empty(&queue);
    weft_queue_push(&queue, entry(links, 3));
    check_pops(&queue, links, 3, 4);
    check_empty(&queue);
}

CASE(puts_an_entry_in_front)
{
    weft_queue_t queue;
    weft_link_t links[COUNT];

    weft_queue_init(&queue);
    weft_queue_push_front(&queue, entry(links, 1));
    weft_queue_push_front(&queue, entry(links, 0));
    weft_queue_push(&queue, entry(links, 2));
    check_pops(&queue, links, 0, 3);
    check_empty(&queue);
    weft_queue_push(&queue, entry(links, 5));
    weft_queue_push_front(&queue, entry(links, 4));
    check_pops(&queue, links, 4, 6);
    check_empty(&queue);
}

CASE(appends_chains_and_stacks)
{
    weft_queue_t queue = WEFT_QUEUE_INIT;
    weft_link_t links[COUNT];
    weft_link_t *stack = NULL;

    weft_queue_push_stack(&queue, NULL);
    check_empty(&queue);
    links[0].next = entry(links, 1);
    links[1].next = &links[9]; /* garbage: the end is told, not found */
    weft_queue_push_list(&queue, entry(links, 0), &links[1]);
    for (unsigned i = 2; i < 6; i++) {
        links[i].next = stack;
        stack = entry(links, i);
    }
    weft_queue_push_stack(&queue, stack);
    weft_queue_push(&queue, entry(links, 6));
    links[7].next = NULL;
    weft_queue_push_stack(&queue, entry(links, 7));
    check_pops(&queue, links, 0, 8);
    check_empty(&queue);
}

CASE(splices_whole_queues)
{
    weft_queue_t queue = WEFT_QUEUE_INIT, from = WEFT_QUEUE_INIT;
    weft_link_t links[COUNT];

    weft_queue_splice(&queue, &from);
    check_empty(&queue);
    weft_queue_push(&from, entry(links, 0));
    weft_queue_splice(&queue, &from);
    check_empty(&from);
    weft_queue_push(&from, entry(links, 1));
    weft_queue_push(&from, entry(links, 2));
    weft_queue_splice(&queue, &from);
    weft_queue_push(&from, entry(links, 4));
    weft_queue_push(&queue, entry(links, 3));
    weft_queue_splice(&queue, &from);
    check_empty(&from);
    check_pops(&queue, links, 0, 5);
    check_empty(&queue);
}
