//! The calls of a session.

use crate::support::{Post, User};
use crate::{Answer, Try};
use rebis::prelude::*;
use rebis::{Handle, Session, SessionOptions};

/// How the session stands before the call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    /// Two posts of a new user wait for a flush, and nothing was opened yet.
    Fresh,
    /// A transaction is open: the user and one post are written, the other waits.
    Open,
}
use State::{Fresh, Open};

pub(crate) type Call = for<'s> fn(&'s mut Session, Handle<User>) -> Answer<'s>;

macro_rules! calls {
    ($($state:ident $name:literal => |$db:ident, $user:pat_param| $work:expr;)*) => {
        &[$(($name, $state, |$db, $user| Box::pin(async move { $work; Ok(()) }))),*]
    };
}

pub(crate) const CALLS: &[(&str, State, Call)] = calls! {
    Fresh "get" => |db, _| db.get(User, 1).await?;
    Open "get" => |db, _| db.get(User, 1).await?;
    Open "get_one" => |db, _| db.get_one(User, 2).await?;
    Fresh "all" => |db, _| db.all(select(User)).await?;
    Open "all" => |db, _| db.all(select(User)).await?;
    Open "all, with" => |db, _| db.all(select(User).with(User.posts.then(Post.comments))).await?;
    Open "one" => |db, _| db.one(select(User).filter(User.id.eq(1))).await?;
    Open "one_or_none" => |db, _| db.one_or_none(select(User).filter(User.id.eq(0))).await?;
    Fresh "first" => |db, _| db.first(select(Post)).await?;
    Open "first" => |db, _| db.first(select(Post)).await?;
    Open "scalar" => |db, _| db.scalar(select(User.id.count())).await?;
    Fresh "count" => |db, _| db.count(Post).await?;
    Open "count" => |db, _| db.count(Post).await?;
    Open "exists" => |db, _| db.exists(select(User)).await?;
    Fresh "execute" => |db, _| db.execute(User.update().set(User.nick, Some("x".to_owned())).filter(User.id.eq(1))).await?;
    Open "execute" => |db, _| db.execute(User.update().set(User.nick, Some("x".to_owned())).filter(User.id.eq(1))).await?;
    Open "load" => |db, user| db.load(user, User.addresses).await?;
    Open "load_all" => |db, user| db.load_all([user], User.posts.then(Post.tags)).await?;
    Open "refresh" => |db, user| db.refresh(user).await?;
    Fresh "merge" => |db, _| db.merge(User.new().id(1).name("merged")).await?;
    Open "merge" => |db, _| db.merge(User.new().id(1).name("merged")).await?;
    Open "merge_all" => |db, _| db.merge_all((1..4).map(|id| User.new().id(id).name("merged"))).await?;
    Open "batches" => |db, _| {
        let mut pages = db.batches(select(User).filter(User.name.like("seed%")), 2);
        while pages.next(db).await?.is_some() {}
    };
    Fresh "flush" => |db, _| db.flush().await?;
    Open "flush" => |db, _| db.flush().await?;
    Open "flush of a deletion" => |db, user| {
        db.delete(user);
        db.flush().await?
    };
    Fresh "commit" => |db, _| db.commit().await?;
    Open "commit" => |db, _| db.commit().await?;
    Fresh "rollback" => |db, _| db.rollback().await?;
    Open "rollback" => |db, _| db.rollback().await?;
    Open "reset" => |db, _| db.reset().await?;
    Fresh "connection" => |db, _| db.connection().await?;
    Open "connection" => |db, _| db.connection().await?.scalar(select(User.id.count())).await?;
    Fresh "nested" => |db, _| db.nested(async |db| db.count(Post).await).await?;
    Open "nested" => |db, user| db.nested(async |db| {
        db[user].nick = Some("nested".into());
        db.flush().await
    }).await?;
    Open "savepoint, kept" => |db, user| {
        let mut savepoint = db.savepoint().await?;
        savepoint[user].nick = Some("kept".into());
        savepoint.commit().await?
    };
    Open "savepoint, taken back" => |db, user| {
        let mut savepoint = db.savepoint().await?;
        savepoint[user].nick = Some("taken back".into());
        savepoint.flush().await?;
        savepoint.rollback().await?
    };
    Open "without autoflush" => |db, _| db.no_autoflush().all(select(Post)).await?;
};

pub(crate) fn run(this: &Try<'_>, state: State, call: Call) {
    let mut db = Session::with_options(this.engine, SessionOptions::new().will_write(true));
    let user = db.add(User.new().name(format!("{}", this.n)));
    db.push(user, User.posts, Post.new().title(format!("{} first", this.n)));
    if let Open = state {
        this.must(db.flush());
    }
    db.push(user, User.posts, Post.new().title(format!("{} second", this.n)));
    this.cut(call(&mut db, user));
    if this.goes_on() {
        this.must(db.rollback());
        this.must(db.count(User));
    }
}
