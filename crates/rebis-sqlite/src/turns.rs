//! Who writes next. SQLite has one writer at a time, and lets the others try again after naps that grow: who naps may be
//! overtaken for long, and holds a connection meanwhile. Connections of one driver queue up here instead, first come, first
//! served, and the next is woken as soon as a transaction ends. Writers of other processes, and those who begin to write in
//! the middle of a transaction, meet at SQLite's own lock as ever.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// The queue in front of one database.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    taken: bool,
    waiting: VecDeque<Arc<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    granted: AtomicBool,
}

impl Turns {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn to write, as long as that. `false`: it did not come.
    pub(crate) fn take(&self, patience: Duration) -> bool {
        let waiter = {
            let mut queue = self.queue();
            if !queue.taken {
                queue.taken = true;
                return true;
            }
            let waiter = Arc::new(Waiter { thread: thread::current(), granted: AtomicBool::new(false) });
            queue.waiting.push_back(waiter.clone());
            waiter
        };
        let since = Instant::now();
        while !waiter.granted.load(Ordering::Acquire) {
            let Some(left) = patience.checked_sub(since.elapsed()).filter(|left| !left.is_zero()) else {
                return self.leave(&waiter);
            };
            thread::park_timeout(left);
        }
        true
    }

    /// Leaves the queue; whether the turn came at the last moment.
    #[cold]
    fn leave(&self, waiter: &Arc<Waiter>) -> bool {
        let mut queue = self.queue();
        queue.waiting.retain(|other| !Arc::ptr_eq(other, waiter));
        waiter.granted.load(Ordering::Acquire)
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.queue().waiting.len()
    }

    /// The next one's turn.
    pub(crate) fn pass_on(&self) {
        let mut queue = self.queue();
        match queue.waiting.pop_front() {
            Some(next) => {
                next.granted.store(true, Ordering::Release);
                drop(queue);
                next.thread.unpark();
            }
            None => queue.taken = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Waits until so many are in the queue.
    fn queued(turns: &Turns, count: usize) {
        while turns.waiting() < count {
            thread::yield_now();
        }
    }

    #[test]
    fn who_comes_first_is_first() {
        let turns = Turns::default();
        let order = Mutex::new(Vec::new());
        assert!(turns.take(LONG));
        thread::scope(|scope| {
            for number in 0..4 {
                let (turns, order) = (&turns, &order);
                scope.spawn(move || {
                    assert!(turns.take(LONG));
                    order.lock().expect("no panic").push(number);
                    turns.pass_on();
                });
                queued(turns, number + 1);
            }
            turns.pass_on();
        });
        assert_eq!(order.into_inner().expect("no panic"), [0, 1, 2, 3]);
        assert!(turns.take(Duration::ZERO), "nobody has it any more");
    }

    #[test]
    fn patience_ends() {
        let turns = Turns::default();
        assert!(turns.take(Duration::ZERO));
        assert!(!turns.take(Duration::ZERO));
        assert_eq!(turns.waiting(), 0);
        turns.pass_on();
        assert!(turns.take(Duration::ZERO));
    }
}
