//! The calls of a connection.

use crate::support::{self, User};
use crate::{Answer, Try};
use rebis::postgres::ConnectionExt;
use rebis::prelude::*;
use rebis::{Connection, Flow, IsolationLevel};

/// How the connection stands before the call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    Idle,
    /// A row was written, and a savepoint `mark` set behind it.
    InTransaction,
    /// Idle, and its holder leaves in any case: what was cut may meet the holder's next statement.
    Leaving,
}
use State::{Idle, InTransaction, Leaving};

pub(crate) type Call = for<'c> fn(&'c mut Connection) -> Answer<'c>;

macro_rules! calls {
    ($($state:ident $name:literal => |$conn:ident| $work:expr;)*) => {
        &[$(($name, $state, |$conn| Box::pin(async move { $work; Ok(()) }))),*]
    };
}

fn alice() -> impl rebis::Command {
    User.insert().row(User.new().name("alice"))
}

pub(crate) const CALLS: &[(&str, State, Call)] = calls! {
    Idle "all" => |conn| conn.all(select(User)).await?;
    InTransaction "all" => |conn| conn.all(select(User)).await?;
    InTransaction "one" => |conn| conn.one(select(User).filter(User.id.eq(1))).await?;
    InTransaction "one_or_none" => |conn| conn.one_or_none(select(User).filter(User.id.eq(0))).await?;
    InTransaction "first" => |conn| conn.first(select(User)).await?;
    Idle "scalar" => |conn| conn.scalar(select(User.id.count())).await?;
    InTransaction "scalar" => |conn| conn.scalar(select(User.id.count())).await?;
    InTransaction "for_each" => |conn| conn.for_each(select(User), |_| Flow::Continue(())).await?;
    Idle "execute" => |conn| conn.execute(alice()).await?;
    InTransaction "execute" => |conn| conn.execute(alice()).await?;
    Idle "execute_raw" => |conn| conn.execute_raw("UPDATE users SET nick = 'x' WHERE id = 1").await?;
    InTransaction "execute_raw" => |conn| conn.execute_raw("UPDATE users SET nick = 'x' WHERE id = 1").await?;
    Idle "begin" => |conn| conn.begin(true).await?;
    Idle "begin, for reading" => |conn| conn.begin(false).await?;
    Idle "begin_with" => |conn| conn.begin_with(IsolationLevel::Serializable, true).await?;
    InTransaction "commit" => |conn| conn.commit().await?;
    InTransaction "rollback" => |conn| conn.rollback().await?;
    InTransaction "savepoint" => |conn| conn.savepoint("another").await?;
    InTransaction "release" => |conn| conn.release("mark").await?;
    InTransaction "rollback_to" => |conn| conn.rollback_to("mark").await?;
    Idle "transaction, committed" => |conn| {
        let mut tx = conn.transaction().await?;
        tx.execute(alice()).await?;
        tx.commit().await?
    };
    Idle "transaction, rolled back" => |conn| {
        let mut tx = conn.transaction().await?;
        tx.execute(alice()).await?;
        tx.rollback().await?
    };
    Idle "transaction, dropped" => |conn| {
        let mut tx = conn.transaction().await?;
        tx.execute(alice()).await?;
        drop(tx);
        conn.scalar(select(User.id.count())).await?
    };
    Idle "read_transaction" => |conn| {
        let mut tx = conn.read_transaction().await?;
        tx.scalar(select(User.id.count())).await?;
        tx.rollback().await?
    };
    Idle "transaction_with" => |conn| {
        let mut tx = conn.transaction_with(IsolationLevel::Serializable).await?;
        tx.execute(alice()).await?;
        tx.commit().await?
    };
    Idle "create_all" => |conn| support::schema().create_all(&mut *conn).await?;
};

/// What PostgreSQL has besides.
pub(crate) const POSTGRES: &[(&str, State, Call)] = calls! {
    Idle "copy_in" => |conn| {
        let mut copy = conn.copy_in("COPY users (name) FROM STDIN").await?;
        for _ in 0..40 {
            copy.send(&b"alice\n".repeat(10_000)).await?;
        }
        drop(copy);
        conn.scalar(select(User.id.count())).await?
    };
    InTransaction "copy_in" => |conn| {
        let mut copy = conn.copy_in("COPY users (name) FROM STDIN").await?;
        copy.send(b"alice\n").await?;
        copy.finish().await?
    };
    Idle "copy_rows" => |conn| conn.copy_rows(alice()).await?;
    InTransaction "copy_out" => |conn| conn.copy_out("COPY users TO STDOUT", |_| Ok(Flow::Continue(()))).await?;
    Leaving "cancel" => |conn| conn.cancel_token()?.cancel().await?;
};

pub(crate) fn run(this: &Try<'_>, state: State, call: Call) {
    let mut conn = this.must(this.engine.connect());
    if let InTransaction = state {
        this.must(conn.begin(true));
        this.must(conn.execute(alice()));
        this.must(conn.savepoint("mark"));
    }
    this.cut(call(&mut conn));
    if this.goes_on() && !matches!(state, Leaving) {
        this.must(conn.rollback());
        this.must(conn.scalar(select(User.id.count())));
    }
}
