// context.cpp - the peer Boost.Context: resume and yield, one and 10 000
// SPDX-License-Identifier: MIT
//
// Its bare jump, which its classes wrap: the fastest way that it has. The
// ring's stacks lie in one slab, coloured, as ours do.

#include <boost/context/detail/fcontext.hpp>

#include "bench/bench.h"

namespace context = boost::context::detail;

namespace
{

constexpr size_t stack_size = 4096;
constexpr size_t colour = 64; // else all frames share a few cache sets
constexpr size_t ring_size = 10000;

struct ring {
    context::fcontext_t *place;
    size_t count;
};

[[noreturn]] void yield_for_ever(context::transfer_t from)
{
    for (;;) {
        from = context::jump_fcontext(from.fctx, nullptr);
    }
}

ring make_ring(size_t count)
{
    size_t stride = stack_size + colour;
    auto *slab = static_cast<char *>(bench_memory(count, stride));
    ring all = {static_cast<context::fcontext_t *>(
                    bench_memory(count, sizeof(context::fcontext_t))),
                count};

    for (size_t i = 0; i < count; i++) {
        all.place[i] = context::make_fcontext(slab + i * stride + stack_size,
                                              stack_size, yield_for_ever);
    }
    return all; // not freed: the program ends soon
}

double switch_round(void *of, size_t n)
{
    auto *all = static_cast<ring *>(of);
    context::fcontext_t other = all->place[0];
    double begin = bench_now();

    for (size_t i = 0; i < n; i++) {
        other = context::jump_fcontext(other, nullptr).fctx;
    }
    begin = bench_now() - begin;
    all->place[0] = other;
    return begin;
}

double ring_round(void *of, size_t n)
{
    auto *all = static_cast<ring *>(of);
    double begin = bench_now();

    for (size_t done = 0; done < n; done += all->count) {
        for (size_t i = 0; i < all->count; i++) {
            all->place[i] = context::jump_fcontext(all->place[i], nullptr).fctx;
        }
    }
    return bench_now() - begin;
}

} // namespace

int main()
{
    ring one = make_ring(1);
    ring many = make_ring(bench_size(ring_size));

    bench_who = "Boost.Context";
    bench_run("coro_switch", switch_round, &one, 20000000);
    bench_run("coro_ring_1e4", ring_round, &many, 10000000);
    return 0;
}
