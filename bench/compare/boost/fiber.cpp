// fiber.cpp - the peer Boost.Fiber: yield, spawn, channels, locks, memory
// SPDX-License-Identifier: MIT
//
//     fiber              every figure of time, on one thread
//     fiber bytes        memory of a parked fiber, default stacks
//     fiber live         how many guarded fibers it gets, at most a million

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <system_error>
#include <vector>

#include <boost/fiber/all.hpp>

#include "bench/bench.h"

namespace fibers = boost::fibers;

namespace
{

constexpr size_t batch_size = 1000;

// Where fibers come and go, their stacks are pooled.
fibers::pooled_fixedsize_stack pool;

void join_all(std::vector<fibers::fiber> &all)
{
    for (auto &one : all) {
        one.join();
    }
}

double yield_round(void *ctx, size_t n)
{
    size_t count = *static_cast<size_t *>(ctx);
    std::vector<fibers::fiber> all;
    double begin = bench_now();

    for (size_t i = 0; i < count; i++) {
        all.emplace_back(std::allocator_arg, pool, [=] {
            for (size_t left = n / count; left > 0; left--) {
                boost::this_fiber::yield();
            }
        });
    }
    join_all(all);
    return bench_now() - begin;
}

void yields(const char *name, size_t count, size_t n)
{
    bench_run(name, yield_round, &count, n);
}

double spawn_round(void *, size_t n)
{
    std::vector<fibers::fiber> all(batch_size);
    double begin = bench_now();

    for (size_t done = 0; done < n; done += batch_size) {
        for (auto &one : all) {
            one = fibers::fiber(std::allocator_arg, pool, [] {});
        }
        join_all(all);
    }
    return bench_now() - begin;
}

double ping_round(void *, size_t n)
{
    fibers::unbuffered_channel<size_t> ping, pong;
    double begin = bench_now();
    fibers::fiber other(std::allocator_arg, pool, [&] {
        size_t value;
        while (ping.pop(value) == fibers::channel_op_status::success) {
            pong.push(value);
        }
    });

    for (size_t i = 0; i < n; i++) {
        size_t value;
        ping.push(i);
        pong.pop(value);
    }
    ping.close();
    other.join();
    return bench_now() - begin;
}

double four_to_one_round(void *, size_t n)
{
    fibers::buffered_channel<size_t> channel(128);
    std::vector<fibers::fiber> all;
    double begin = bench_now();

    for (size_t i = 0; i < 4; i++) {
        all.emplace_back(std::allocator_arg, pool, [&] {
            for (size_t left = n / 4; left > 0; left--) {
                channel.push(left);
            }
        });
    }
    for (size_t left = n / 4 * 4; left > 0; left--) {
        size_t value;
        channel.pop(value);
    }
    join_all(all);
    return bench_now() - begin;
}

double mutex_round(void *ctx, size_t n)
{
    size_t count = *static_cast<size_t *>(ctx);
    fibers::mutex mutex;
    volatile size_t sum = 0;
    std::vector<fibers::fiber> all;
    double begin = bench_now();

    for (size_t i = 0; i < count; i++) {
        all.emplace_back(std::allocator_arg, pool, [&] {
            for (size_t left = n / count; left > 0; left--) {
                mutex.lock();
                sum = sum + 1;
                mutex.unlock();
            }
        });
    }
    join_all(all);
    return bench_now() - begin;
}

void mutexes(const char *name, size_t count)
{
    bench_run(name, mutex_round, &count, 5000000);
}

double condition_round(void *, size_t n)
{
    fibers::mutex mutex;
    fibers::condition_variable changed[2];
    size_t turn = 0;
    std::vector<fibers::fiber> all;
    double begin = bench_now();

    for (size_t self = 0; self < 2; self++) {
        all.emplace_back(std::allocator_arg, pool, [&, self] {
            std::unique_lock<fibers::mutex> lock(mutex);
            for (size_t left = n; left > 0; left--) {
                changed[self].wait(lock, [&] { return turn == self; });
                turn = 1 - self;
                changed[1 - self].notify_one();
            }
        });
    }
    join_all(all);
    return bench_now() - begin;
}

// Without assertions the library does not look whether its guard came about;
// at the limit of mappings it may not, and the stack then counts as refused.
struct guarded_stack {
    fibers::protected_fixedsize_stack stacks;

    boost::context::stack_context allocate()
    {
        boost::context::stack_context made = stacks.allocate();
        auto *guard = static_cast<char *>(made.sp) - made.size;

        // The kernel reads the name there: EFAULT where it may not.
        if (access(guard, F_OK) == 0 || errno != EFAULT) {
            stacks.deallocate(made);
            throw std::bad_alloc();
        }
        return made;
    }

    void deallocate(boost::context::stack_context &made)
    {
        stacks.deallocate(made);
    }
};

// Each parked fiber waits for a message that never comes.
template <typename Stack> size_t park(size_t count)
{
    static fibers::buffered_channel<size_t> never(2);
    size_t live = 0;

    try {
        for (; live < count; live++) {
            fibers::fiber(fibers::launch::dispatch, std::allocator_arg, Stack(),
                          [] {
                              size_t value;
                              never.pop(value);
                          })
                .detach();
        }
    } catch (const std::bad_alloc &) {
    } catch (const std::system_error &) {
    }
    return live;
}

size_t resident()
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == nullptr || fscanf(file, "%*u %lu", &pages) != 1) {
        pages = 0;
    }
    if (file != nullptr) {
        fclose(file);
    }
    return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

void bytes()
{
    size_t before = resident();
    size_t live = park<fibers::fixedsize_stack>(bench_size(30000));

    bench_value("bytes_waiting", static_cast<double>(resident() - before) /
                                     static_cast<double>(live));
}

void live()
{
    size_t most = park<guarded_stack>(bench_size(1000000));

    bench_value("fibers_live", static_cast<double>(most));
}

} // namespace

int main(int argc, char **argv)
{
    bench_who = "Boost.Fiber";
    if (argc > 1) {
        strcmp(argv[1], "live") == 0 ? live() : bytes();
        _exit(0); // the parked ones cannot be ended
    }
    yields("yield_2", 2, 4000000);
    yields("yield_1e4", bench_size(10000), 2000000);
    bench_run("spawn_join", spawn_round, nullptr, 1000000);
    bench_run("chan_ping", ping_round, nullptr, 1000000);
    bench_run("chan_4to1_1t", four_to_one_round, nullptr, 4000000);
    mutexes("mutex_uncontended", 1);
    mutexes("mutex_100", 100);
    bench_run("condition_ping", condition_round, nullptr, 1000000);
    return 0;
}
