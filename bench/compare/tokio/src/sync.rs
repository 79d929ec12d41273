// sync.rs - the peer Tokio: channels, select, locks, spawn on its workers
// SPDX-License-Identifier: MIT

use crate::{join_all, now, run, runtime, BATCH};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, Mutex, RwLock, Semaphore};
use tokio::task::spawn;

/// A runtime and its clock: CPU time on one thread, real time on several.
pub enum On {
    Current,
    Workers(usize),
}

impl On {
    fn runtime(&self) -> Runtime {
        match self {
            On::Current => runtime(),
            On::Workers(count) => Builder::new_multi_thread()
                .worker_threads(*count)
                .build()
                .unwrap(),
        }
    }

    /// The ns that this future takes as a task of that runtime.
    pub fn time<F>(&self, future: F) -> f64
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        let rt = self.runtime();
        let (cpu, real) = (now(), Instant::now());
        rt.block_on(async { spawn(future).await.unwrap() });
        match self {
            On::Workers(2..) => real.elapsed().as_nanos() as f64,
            _ => now() - cpu,
        }
    }
}

fn spawn_join(on: On) -> impl FnMut(usize) -> f64 {
    move |n| {
        on.time(async move {
            for _ in 0..n / BATCH {
                join_all((0..BATCH).map(|_| spawn(async {})).collect()).await;
            }
        })
    }
}

fn ping(on: On) -> impl FnMut(usize) -> f64 {
    move |n| {
        on.time(async move {
            let (ping, mut at_other) = mpsc::channel(1);
            let (pong, mut at_this) = mpsc::channel(1);
            spawn(async move {
                while let Some(value) = at_other.recv().await {
                    let _ = pong.send(value).await;
                }
            });
            for i in 0..n {
                ping.send(i).await.unwrap();
                at_this.recv().await.unwrap();
            }
        })
    }
}

fn sender(to: mpsc::Sender<usize>, n: usize) {
    spawn(async move {
        for i in 0..n {
            to.send(i).await.unwrap();
        }
    });
}

/// Two senders with a channel each, one receiver for both.
fn select_two(n: usize) -> f64 {
    On::Current.time(async move {
        let (to_a, mut a) = mpsc::channel(1);
        let (to_b, mut b) = mpsc::channel(1);
        sender(to_a, n / 2);
        sender(to_b, n / 2);
        let mut sum = 0;
        for _ in 0..n / 2 * 2 {
            tokio::select! {
                Some(value) = a.recv() => sum += value,
                Some(value) = b.recv() => sum += value,
            }
        }
        std::hint::black_box(sum);
    })
}

fn four_to_one(on: On) -> impl FnMut(usize) -> f64 {
    move |n| {
        on.time(async move {
            let (to, mut channel) = mpsc::channel(128);
            for _ in 0..4 {
                sender(to.clone(), n / 4);
            }
            for _ in 0..n / 4 * 4 {
                channel.recv().await.unwrap();
            }
        })
    }
}

fn mutexes(count: usize) -> impl FnMut(usize) -> f64 {
    move |n| {
        On::Current.time(async move {
            let sum = Arc::new(Mutex::new(0));
            let all = (0..count)
                .map(|_| {
                    let sum = sum.clone();
                    spawn(async move {
                        for _ in 0..n / count {
                            *sum.lock().await += 1;
                        }
                    })
                })
                .collect();
            join_all(all).await;
        })
    }
}

fn semaphore(n: usize) -> f64 {
    On::Current.time(async move {
        let permits = Semaphore::new(1);
        let mut sum = 0;
        for _ in 0..n {
            let _permit = permits.acquire().await.unwrap();
            sum = black_box(sum + 1);
        }
    })
}

fn rwlock_read(n: usize) -> f64 {
    On::Current.time(async move {
        let lock = RwLock::new(0);
        for _ in 0..n {
            black_box(*lock.read().await);
        }
    })
}

fn rwlock_write(n: usize) -> f64 {
    On::Current.time(async move {
        let lock = RwLock::new(0);
        for _ in 0..n {
            *lock.write().await += 1;
        }
    })
}

pub fn measure() {
    run("pool_spawn_1t", 1000000, spawn_join(On::Workers(1)));
    run("pool_spawn_2t", 1000000, spawn_join(On::Workers(2)));
    run("chan_ping", 1000000, ping(On::Current));
    run("chan_ping_2t", 200000, ping(On::Workers(2)));
    run("select_2", 1000000, select_two);
    run("chan_4to1_1t", 2000000, four_to_one(On::Current));
    run("chan_4to1_2t", 2000000, four_to_one(On::Workers(2)));
    run("mutex_uncontended", 5000000, mutexes(1));
    run("mutex_100", 5000000, mutexes(100));
    run("semaphore", 5000000, semaphore);
    run("rwlock_read", 5000000, rwlock_read);
    run("rwlock_write", 5000000, rwlock_write);
}
