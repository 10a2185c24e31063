//! Where time and tasks come from. Asked for, not assumed: an async program brings its own, a blocking one gets
//! [`Threads`].

use rebis_core::BoxFuture;
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

/// What an engine needs of a runtime.
///
/// An async program brings its own; tokio's for example is a dozen lines.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// struct Traced(Threads);
///
/// impl Runtime for Traced {
///     fn sleep_until(&self, deadline: Instant) -> rebis_core::BoxFuture<'static, ()> {
///         self.0.sleep_until(deadline)
///     }
///     fn spawn(&self, task: rebis_core::BoxFuture<'static, ()>) {
///         println!("in the background");
///         self.0.spawn(task);
///     }
/// }
/// let engine = engine_with(EngineOptions::new().runtime(Arc::new(Traced(Threads))));
/// # Ok(())
/// # }
/// ```
pub trait Runtime: Send + Sync + 'static {
    /// A future that completes at this time.
    fn sleep_until(&self, deadline: Instant) -> BoxFuture<'static, ()>;

    /// Runs a future to its end in the background. Futures given here are short: a rollback, a reset.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}

/// A runtime of two background threads, one for time and one for tasks, each started when first needed. For
/// programs without an async runtime; works under any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Threads;

impl Runtime for Threads {
    fn sleep_until(&self, deadline: Instant) -> BoxFuture<'static, ()> {
        Box::pin(Sleep { deadline, key: None })
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let task = Arc::new(Task { future: Mutex::new(Some(task)), queued: AtomicBool::new(false) });
        task.wake();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a background thread; a system that gives no thread gives no background work either.
fn background(name: &str, work: fn()) {
    let started = thread::Builder::new().name(name.to_owned()).spawn(work);
    if let Err(error) = started {
        tracing::error!(target: "rebis::runtime", %error, "a background thread could not be started");
    }
}

#[derive(Default)]
struct Clock {
    alarms: Mutex<Alarms>,
    changed: Condvar,
}

#[derive(Default)]
struct Alarms {
    /// By deadline, then by a number of their own.
    set: BTreeMap<(Instant, u64), Waker>,
    last: u64,
}

fn clock() -> &'static Clock {
    static CLOCK: OnceLock<Clock> = OnceLock::new();
    let mut fresh = false;
    let clock = CLOCK.get_or_init(|| {
        fresh = true;
        Clock::default()
    });
    if fresh {
        background("rebis-clock", tick);
    }
    clock
}

/// Wakes who is due, then waits for the next.
fn tick() {
    let clock = clock();
    let mut alarms = lock(&clock.alarms);
    loop {
        let now = Instant::now();
        let later = alarms.set.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut alarms.set, later);
        if !due.is_empty() {
            drop(alarms);
            due.into_values().for_each(Waker::wake);
            alarms = lock(&clock.alarms);
            continue;
        }
        alarms = match alarms.set.first_key_value().map(|((at, _), _)| *at) {
            Some(at) => {
                let wait = clock.changed.wait_timeout(alarms, at.saturating_duration_since(now));
                wait.unwrap_or_else(PoisonError::into_inner).0
            }
            None => clock.changed.wait(alarms).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

struct Sleep {
    deadline: Instant,
    key: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.deadline {
            return Poll::Ready(());
        }
        let clock = clock();
        let mut alarms = lock(&clock.alarms);
        let key = *self.key.get_or_insert_with(|| {
            alarms.last += 1;
            alarms.last
        });
        alarms.set.insert((self.deadline, key), context.waker().clone());
        drop(alarms);
        clock.changed.notify_one();
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            lock(&clock().alarms).set.remove(&(self.deadline, key));
        }
    }
}

#[derive(Default)]
struct Desk {
    tasks: Mutex<VecDeque<Arc<Task>>>,
    changed: Condvar,
}

fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    let mut fresh = false;
    let desk = DESK.get_or_init(|| {
        fresh = true;
        Desk::default()
    });
    if fresh {
        background("rebis-tasks", work);
    }
    desk
}

struct Task {
    future: Mutex<Option<BoxFuture<'static, ()>>>,
    queued: AtomicBool,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let desk = desk();
            lock(&desk.tasks).push_back(self);
            desk.changed.notify_one();
        }
    }
}

/// Polls tasks as they are woken.
fn work() {
    let desk = desk();
    loop {
        let mut tasks = lock(&desk.tasks);
        let task = loop {
            match tasks.pop_front() {
                Some(task) => break task,
                None => tasks = desk.changed.wait(tasks).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(tasks);
        // Down before the poll: a wake during it queues the task again.
        task.queued.store(false, Ordering::Release);
        let mut slot = lock(&task.future);
        let Some(future) = slot.as_mut() else { continue };
        let waker = Waker::from(task.clone());
        let mut context = Context::from_waker(&waker);
        // A panic in one task is that task's end, not the thread's.
        let poll = std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
        if !matches!(poll, Ok(Poll::Pending)) {
            let finished = slot.take();
            drop(slot);
            let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(finished)));
        }
    }
}

struct Parked {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// The result, or `None` when the time has come: then the work has been dropped.
pub(crate) async fn within<T>(work: impl Future<Output = T>, mut alarm: BoxFuture<'_, ()>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => alarm.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Waits for a future on this thread. Over a database that answers on the caller's thread nothing waits and nothing
/// is allocated.
///
/// ```
/// assert_eq!(rebis_engine::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return output;
    }
    let parked = Arc::new(Parked { thread: thread::current(), woken: AtomicBool::new(true) });
    let waker = Waker::from(parked.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        if parked.woken.swap(false, Ordering::AcqRel) {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        } else {
            thread::park();
        }
    }
}
