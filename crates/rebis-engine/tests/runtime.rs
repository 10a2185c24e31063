//! The runtime without a runtime, and the future that methods return.
#![allow(missing_docs)]

use rebis_engine::{Fut, Runtime, Threads, block_on};
use std::future::poll_fn;
use std::sync::mpsc;
use std::task::Poll;
use std::time::{Duration, Instant};

#[test]
fn sleepers_wake_in_the_order_of_their_deadlines() {
    let (done, woken) = mpsc::channel();
    let start = Instant::now();
    for millis in [30, 10, 20] {
        let done = done.clone();
        let sleep = Threads.sleep_until(start + Duration::from_millis(millis));
        Threads.spawn(Box::pin(async move {
            sleep.await;
            assert!(Instant::now() >= start + Duration::from_millis(millis));
            done.send(millis).expect("the test waits");
        }));
    }
    assert_eq!(woken.iter().take(3).collect::<Vec<_>>(), [10, 20, 30]);
    block_on(Threads.sleep_until(start));
    drop(Threads.sleep_until(start + Duration::from_secs(3600)));
}

#[test]
fn a_task_that_panics_ends_alone() {
    let (done, finished) = mpsc::channel();
    Threads.spawn(Box::pin(async { panic!("this task only") }));
    Threads.spawn(Box::pin(async move { done.send(()).expect("the test waits") }));
    finished.recv().expect("the other task ran");
}

#[test]
fn a_task_woken_while_it_runs_runs_again() {
    let (done, finished) = mpsc::channel();
    let mut polls = 0;
    Threads.spawn(Box::pin(poll_fn(move |context| {
        polls += 1;
        if polls == 5 {
            done.send(polls).expect("the test waits");
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })));
    assert_eq!(finished.recv(), Ok(5));
}

#[test]
fn block_on_waits_for_another_thread() {
    let (sender, receiver) = mpsc::channel::<std::task::Waker>();
    let waker = std::thread::spawn(move || receiver.recv().expect("a waker").wake());
    let mut polls = 0;
    block_on(poll_fn(move |context| {
        polls += 1;
        match polls {
            1 => Poll::Pending,
            2 => {
                sender.send(context.waker().clone()).expect("the thread waits");
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }));
    waker.join().expect("it woke us");
}

#[test]
fn a_fut_moves_between_threads_and_says_what_it_is() {
    fn moves<T: Send + Unpin>(_: &T) {}
    let ready = Fut::ready(Ok(1));
    moves(&ready);
    assert_eq!(format!("{ready:?}"), "Fut(ready)");
    assert_eq!(block_on(Fut::new(ready)).expect("one"), 1);
}
