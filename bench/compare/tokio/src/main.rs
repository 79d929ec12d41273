// main.rs - the peer Tokio: sleeping, wake, yield, spawn, memory
// SPDX-License-Identifier: MIT
//
//     peer               every figure of time, on the current_thread runtime;
//                        then those of sync.rs and services.rs
//     peer services      those of services.rs
//     peer bytes KIND    memory of a parked task: asleep, waiting, limited

mod services;
mod sync;

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{spawn, yield_now, JoinHandle};

const ROUNDS: usize = 9;
const BATCH: usize = 1000;
const SEED: u64 = 88172645463325252;

#[repr(C)]
struct Timespec {
    sec: i64,
    nsec: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

/// CPU time of the process in ns (clock 2 of Linux).
fn now() -> f64 {
    let mut time = Timespec { sec: 0, nsec: 0 };
    unsafe { clock_gettime(2, &mut time) };
    time.sec as f64 * 1e9 + time.nsec as f64
}

fn short() -> bool {
    std::env::var_os("BENCH_SHORT").is_some()
}

fn report(name: &str, samples: &mut Vec<f64>) {
    samples.sort_by(|a, b| a.total_cmp(b));
    println!(
        "Tokio\t{}\t{:.2}\t{:.2}\t{:.2}",
        name,
        samples[samples.len() / 2],
        samples[0],
        samples[samples.len() - 1]
    );
}

/// One round that is not counted, then the others; round gives ns of all n.
fn run(name: &str, n: usize, mut round: impl FnMut(usize) -> f64) {
    let n = if short() { n.min(1000) } else { n };
    round(n);
    let mut samples: Vec<f64> = (0..if short() { 1 } else { ROUNDS })
        .map(|_| round(n) / n as f64)
        .collect();
    report(name, &mut samples);
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

async fn join_all(handles: Vec<JoinHandle<()>>) {
    for handle in handles {
        handle.await.unwrap();
    }
}

fn sleepers(n: usize) -> f64 {
    let rt = runtime();
    let mut state = SEED;
    let begin = now();
    rt.block_on(async move {
        let handles = (0..n)
            .map(|_| {
                let span = Duration::from_micros(random(&mut state) % 1000000);
                spawn(tokio::time::sleep(span))
            })
            .collect();
        join_all(handles).await;
    });
    now() - begin
}

fn yielders(count: usize) -> impl Fn(usize) -> f64 {
    move |n| {
        let rt = runtime();
        let count = count.min(n);
        let begin = now();
        rt.block_on(async move {
            let handles = (0..count)
                .map(|_| {
                    spawn(async move {
                        for _ in 0..n / count {
                            yield_now().await;
                        }
                    })
                })
                .collect();
            join_all(handles).await;
        });
        now() - begin
    }
}

fn ping_pong(n: usize) -> f64 {
    let rt = runtime();
    let begin = now();
    rt.block_on(async move {
        let (ping, pong) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (mine, others) = (ping.clone(), pong.clone());
        let other = spawn(async move {
            for _ in 0..n {
                mine.notified().await;
                others.notify_one();
            }
        });
        spawn(async move {
            for _ in 0..n {
                ping.notify_one();
                pong.notified().await;
            }
        })
        .await
        .unwrap();
        other.await.unwrap();
    });
    now() - begin
}

static POLLS: AtomicUsize = AtomicUsize::new(0);

/// Tasks that count their polls and want nothing else; their wakers.
async fn nappers() -> Vec<Waker> {
    let wakers = Arc::new(Mutex::new(vec![]));
    for _ in 0..BATCH {
        let wakers = wakers.clone();
        let mut first = true;
        spawn(poll_fn(move |cx| {
            if std::mem::take(&mut first) {
                wakers.lock().unwrap().push(cx.waker().clone());
            }
            POLLS.fetch_add(1, Relaxed);
            Poll::<()>::Pending
        }));
    }
    while wakers.lock().unwrap().len() < BATCH {
        yield_now().await;
    }
    let wakers = std::mem::take(&mut *wakers.lock().unwrap());
    wakers
}

async fn polled(polls: usize) {
    while POLLS.load(Relaxed) < polls {
        yield_now().await;
    }
}

fn wake_local(n: usize) -> f64 {
    runtime()
        .block_on(async move {
            let wakers = nappers().await;
            spawn(async move {
                let begin = now();
                for _ in 0..(n / BATCH).max(1) {
                    let polls = POLLS.load(Relaxed) + BATCH;
                    for waker in &wakers {
                        waker.wake_by_ref();
                    }
                    polled(polls).await;
                }
                now() - begin
            })
            .await
        })
        .unwrap()
}

/// From outside of the runtime: through its injection queue.
fn wake_inbox(n: usize) -> f64 {
    let rt = runtime();
    let wakers = rt.block_on(nappers());
    let begin = now();
    for _ in 0..(n / BATCH).max(1) {
        let polls = POLLS.load(Relaxed) + BATCH;
        for waker in &wakers {
            waker.wake_by_ref();
        }
        rt.block_on(polled(polls));
    }
    now() - begin
}

fn spawn_join(n: usize) -> f64 {
    let rt = runtime();
    let begin = now();
    rt.block_on(async move {
        spawn(async move {
            for _ in 0..n / BATCH {
                join_all((0..BATCH).map(|_| spawn(async {})).collect()).await;
            }
        })
        .await
        .unwrap();
    });
    now() - begin
}

fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0.0);
    pages * 4096.0
}

fn bytes(kind: &str) {
    let n = if short() { 1000 } else { 1000000 };
    let hour = Duration::from_secs(3600);
    let rt = runtime();
    let never = Arc::new(Notify::new());
    let before = resident();
    for _ in 0..n {
        let never = never.clone();
        match kind {
            "asleep" => drop(rt.spawn(async move { tokio::time::sleep(hour).await })),
            "waiting" => drop(rt.spawn(async move { never.notified().await })),
            _ => drop(rt.spawn(async move {
                let _ = tokio::time::timeout(hour, never.notified()).await;
            })),
        }
    }
    rt.block_on(async {
        for _ in 0..2 * n / 61 + 2 {
            yield_now().await;
        }
    });
    let mut samples = vec![(resident() - before) / n as f64];
    report(&format!("bytes_{kind}"), &mut samples);
    std::process::exit(0);
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if words.len() > 2 && words[1] == "bytes" {
        bytes(&words[2]);
    }
    if words.len() > 1 && words[1] == "services" {
        services::measure();
        return;
    }
    run("sleepers_1e6", 1000000, sleepers);
    run("wake_local", 1000000, wake_local);
    run("wake_inbox", 1000000, wake_inbox);
    run("yield_2", 2000000, yielders(2));
    run("yield_1e4", 2000000, yielders(10000));
    run("event_ping", 1000000, ping_pong);
    run("spawn_join", 1000000, spawn_join);
    sync::measure();
    services::measure();
}
