/* test_list.c - the doubly linked list
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include "weft/base/list.h"

#define COUNT 8

struct item {
    int number;
    weft_list_node_t node;
};

static int number_of(weft_list_node_t *node)
{
    return WEFT_CONTAINER_OF(node, struct item, node)->number;
}

/* Walks the list both ways and compares it with the digits of `expected`:
 * 123 is items 1, 2, 3; 0 is empty. */
static void check_is(const weft_list_t *list, long expected)
{
    long forward = 0, backward = 0, power = 1;
    weft_list_node_t *at = weft_list_first(list);

    for (; at != NULL; at = weft_list_next(list, at)) {
        forward = forward * 10 + number_of(at);
        CHECK(weft_list_linked(at));
    }
    for (at = list->head.prev; at != &list->head; at = at->prev) {
        backward += power * number_of(at);
        power *= 10;
    }
    CHECK_EQ(forward, expected);
    CHECK_EQ(backward, expected);
    CHECK_EQ(weft_list_empty(list), expected == 0);
}

static void fill(struct item *items)
{
    for (int i = 0; i < COUNT; i++) {
        items[i] = (struct item){.number = i};
    }
}

CASE(pushes_at_both_ends)
{
    struct item items[COUNT];
    weft_list_t list;

    fill(items);
    weft_list_init(&list);
    check_is(&list, 0);
    CHECK(weft_list_first(&list) == NULL);
    CHECK(weft_list_last(&list) == NULL);
    weft_list_push_back(&list, &items[2].node);
    check_is(&list, 2);
    weft_list_push_back(&list, &items[3].node);
    weft_list_push_front(&list, &items[1].node);
    check_is(&list, 123);
    CHECK_EQ(number_of(weft_list_first(&list)), 1);
    CHECK_EQ(number_of(weft_list_last(&list)), 3);
    weft_list_insert_before(&items[3].node, &items[4].node);
    check_is(&list, 1243);
}

CASE(removes_from_anywhere)
{
    struct item items[COUNT];
    weft_list_t list;

    fill(items);
    weft_list_init(&list);
    for (int i = 1; i <= 5; i++) {
        weft_list_push_back(&list, &items[i].node);
    }
    weft_list_remove(&items[3].node);
    CHECK(!weft_list_linked(&items[3].node));
    check_is(&list, 1245);
    weft_list_remove(&items[1].node);
    check_is(&list, 245);
    weft_list_remove(&items[5].node);
    check_is(&list, 24);
    weft_list_push_back(&list, &items[3].node);
    check_is(&list, 243);
    CHECK_EQ(number_of(weft_list_pop(&list)), 2);
    CHECK_EQ(number_of(weft_list_pop(&list)), 4);
    CHECK_EQ(number_of(weft_list_pop(&list)), 3);
    CHECK(weft_list_pop(&list) == NULL);
    check_is(&list, 0);
}

CASE(splices_whole_lists)
{
    struct item items[COUNT];
    weft_list_t list, from;

    fill(items);
    weft_list_init(&list);
    weft_list_init(&from);
    weft_list_splice(&list, &from);
    check_is(&list, 0);
    weft_list_push_back(&from, &items[1].node);
    weft_list_push_back(&from, &items[2].node);
    weft_list_splice(&list, &from);
    check_is(&list, 12);
    check_is(&from, 0);
    weft_list_splice(&list, &from);
    check_is(&list, 12);
    weft_list_push_back(&from, &items[3].node);
    weft_list_splice(&list, &from);
    check_is(&list, 123);
    weft_list_push_back(&from, &items[4].node);
    check_is(&from, 4);
    weft_list_remove(&items[2].node);
    check_is(&list, 13);
}

CASE(static_list_needs_no_init)
{
    static weft_list_t list = WEFT_LIST_INIT(list);
    static struct item item = {.number = 7};

    weft_list_node_init(&item.node);
    CHECK(!weft_list_linked(&item.node));
    weft_list_remove((weft_list_push_back(&list, &item.node), &item.node));
    check_is(&list, 0);
    weft_list_push_front(&list, &item.node);
    check_is(&list, 7);
    weft_list_remove(&item.node);
}
