//! The task that owns a connection: takes one order after the other, and ends when nobody can send any.
//!
//! A command that was begun is read to its end, so a dropped future never leaves half an answer behind. One that
//! takes too long after its future was dropped is killed on the server, by a connection of its own.

use crate::options::Options;
use crate::session::Session;
use crate::wire::Wire;
use crate::wire::native::Native;
use rebis_core::Result;
use rebis_driver::relay::{Job, Promised, Sender};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{sleep, timeout};

/// What the task is told.
pub(crate) enum Order {
    /// Run a batch.
    Run(Job),
    /// Roll back whatever is open; `true` if that went well.
    Heal(Promised<bool>),
    /// Make the connection as it was when it was opened.
    Reset(Promised<Result<()>>),
    /// Forget prepared statements.
    Forget,
}

/// How long an abandoned command may go on before it is killed. A pool waits for a second by default, and the kill
/// should help within that.
const PATIENCE: Duration = Duration::from_millis(400);
/// How long a kill may take, and what was killed to end, before the connection is given up.
const MOST: Duration = Duration::from_secs(3);

/// Takes orders until there are none.
pub(crate) async fn serve(mut session: Session, killer: Killer, mut inbox: UnboundedReceiver<Order>) {
    while let Some(order) = inbox.recv().await {
        match order {
            Order::Run(job) => {
                if !work(&mut session, &killer, job).await {
                    // The connection is closed without a word: the server would not listen.
                    return;
                }
            }
            Order::Heal(done) => done.keep(session.roll_back().await),
            Order::Reset(done) => done.keep(session.reset().await),
            Order::Forget => session.forget_statements(),
        }
    }
    session.close().await;
}

/// Runs a job. `false`: the connection is given up.
async fn work(session: &mut Session, killer: &Killer, job: Job) -> bool {
    let Job { number: _, mut steps, answer } = job;
    let (result, killed) = attend(session.run(&mut steps, &answer), &answer, killer).await;
    let Some(result) = result else { return false };
    if killed {
        session.absorb_interrupt().await;
    }
    answer.end(result, session.link());
    true
}

/// Waits for a batch: for ever while somebody reads it, not much longer when it was abandoned. Whether it was killed.
async fn attend(
    running: impl Future<Output = Result<()>>,
    answer: &Sender,
    killer: &Killer,
) -> (Option<Result<()>>, bool) {
    let mut running = pin!(running);
    let abandoned = poll_fn(|context| answer.poll_abandoned(context));
    if let Some(result) = either(running.as_mut(), abandoned).await {
        return (Some(result), false);
    }
    if let Some(result) = either(running.as_mut(), sleep(PATIENCE)).await {
        return (Some(result), false);
    }
    let kill = tokio::spawn(killer.clone().kill());
    let result = either(running.as_mut(), sleep(MOST)).await;
    // The kill must not meet what comes next.
    let _ = kill.await;
    (result, true)
}

/// Waits for one of two; `None`: the second came first.
async fn either<W: Future, U: Future>(mut work: Pin<&mut W>, until: U) -> Option<W::Output> {
    let mut until = pin!(until);
    poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        until.as_mut().poll(context).map(|_| None)
    })
    .await
}

/// Kills what a connection runs.
#[derive(Clone)]
pub(crate) struct Killer {
    pub(crate) options: Arc<Options>,
    pub(crate) id: u32,
}

impl Killer {
    async fn kill(self) {
        let Killer { options, id } = self;
        let kill = async move {
            let mut wire = Wire::open(&options).await?;
            wire.run(&format!("KILL QUERY {id}")).await?;
            wire.quit().await;
            Ok::<_, Native>(())
        };
        // Where it fails the connection is given up, which is told by its answer that does not come.
        let _ = timeout(MOST, kill).await;
    }
}
