// services.rs - the peer Tokio: requests by mpsc, each answered by a oneshot
// SPDX-License-Identifier: MIT

use crate::sync::On;
use crate::{run, runtime};
use std::hint::black_box;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn;

struct Request {
    a: usize,
    b: usize,
    answer: Option<oneshot::Sender<usize>>,
}

async fn serve(mut requests: mpsc::Receiver<Request>) {
    while let Some(one) = requests.recv().await {
        let _ = one.answer.unwrap().send(one.a + one.b);
    }
}

async fn ask(requests: mpsc::Sender<Request>, n: usize) {
    for a in 0..n {
        let (answer, sum) = oneshot::channel();
        let one = Request {
            a,
            b: 2,
            answer: Some(answer),
        };
        requests.send(one).await.ok().unwrap();
        assert_eq!(sum.await.unwrap(), a + 2);
    }
}

fn call(on: On) -> impl FnMut(usize) -> f64 {
    move |n| {
        on.time(async move {
            let (to, requests) = mpsc::channel(8);
            spawn(serve(requests));
            ask(to, n).await;
        })
    }
}

/// A runtime of one thread for each side.
fn cross(n: usize) -> f64 {
    let (to, requests) = mpsc::channel(8);
    let service = std::thread::spawn(|| runtime().block_on(serve(requests)));
    let rt = runtime();
    let begin = Instant::now();
    rt.block_on(ask(to, n));
    let real = begin.elapsed().as_nanos() as f64;
    service.join().unwrap();
    real
}

/// One service passes each request on to another, which answers.
fn forward(n: usize) -> f64 {
    On::Current.time(async move {
        let (to, mut front) = mpsc::channel(8);
        let (on, back) = mpsc::channel(8);
        spawn(serve(back));
        spawn(async move {
            while let Some(one) = front.recv().await {
                on.send(one).await.ok().unwrap();
            }
        });
        ask(to, n).await;
    })
}

/// Four send, one handles, nobody answers.
fn four(on: On) -> impl FnMut(usize) -> f64 {
    move |n| {
        on.time(async move {
            let (to, mut requests) = mpsc::channel(128);
            for _ in 0..4 {
                let to = to.clone();
                spawn(async move {
                    for a in 0..n / 4 {
                        let one = Request {
                            a,
                            b: 2,
                            answer: None,
                        };
                        to.send(one).await.ok().unwrap();
                    }
                });
            }
            for _ in 0..n / 4 * 4 {
                let one = requests.recv().await.unwrap();
                black_box(one.a + one.b);
            }
        })
    }
}

/// A value that arrives once.
fn settle(n: usize) -> f64 {
    On::Current.time(async move {
        for i in 0..n {
            let (answer, value) = oneshot::channel();
            let _ = answer.send(i);
            black_box(value.await.unwrap());
        }
    })
}

fn job(n: usize) -> f64 {
    On::Workers(1).time(async move {
        for i in 0..n {
            black_box(spawn(async move { i + 1 }).await.unwrap());
        }
    })
}

pub fn measure() {
    run("service_call", 1000000, call(On::Current));
    run("service_call_2t", 200000, call(On::Workers(2)));
    run("service_call_cross", 30000, cross);
    run("service_forward", 500000, forward);
    run("service_4to1", 2000000, four(On::Current));
    run("service_4to1_2t", 2000000, four(On::Workers(2)));
    run("future_settle", 2000000, settle);
    run("job_1t", 1000000, job);
}
