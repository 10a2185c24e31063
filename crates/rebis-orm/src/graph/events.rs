//! What a program may be told of, and may add to: changes of state, and what is done before a flush.

use super::{Graph, Handle, Object, State};
use crate::mapping::Model;
use rebis_core::Result;
use std::fmt;
use std::sync::Arc;

/// An object has gone from one state to another.
///
/// See [`Graph::watch_states`] for an example.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StateChange {
    object: Object,
    model: &'static str,
    from: Option<State>,
    to: State,
}

impl StateChange {
    /// The name of the model.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// The object, if it is of this model.
    pub fn handle<M: Model>(&self) -> Option<Handle<M>> {
        (self.object.model as usize == M::index()).then(|| Handle::from_raw(self.object.raw))
    }

    /// What it was; none where it is new to the session.
    pub fn from(&self) -> Option<State> {
        self.from
    }

    /// What it is.
    pub fn to(&self) -> State {
        self.to
    }
}

impl fmt::Debug for StateChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StateChange { object, model, from, to } = self;
        write!(f, "{model}#{}: ", object.raw.slot)?;
        match from {
            Some(from) => write!(f, "{from:?} to {to:?}"),
            None => write!(f, "{to:?}"),
        }
    }
}

type Hook = Arc<dyn Fn(&mut Graph) -> Result<()> + Send + Sync>;

/// What is told, and to whom.
#[derive(Clone, Default)]
pub(crate) struct Events {
    changes: Option<Vec<StateChange>>,
    before_flush: Vec<Hook>,
}

impl Graph {
    /// Writes down every change of an object's state from now on: added, written, deleted, expunged, rolled back
    /// (rule 5). Objects that are merely loaded are not written down. [`take_state_changes`](Graph::take_state_changes) gives
    /// what there is.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// use rebis::State;
    ///
    /// db.watch_states();
    /// let bob = db.add(User.new().username("bob"));
    /// db.flush().await?;
    /// let changes = db.take_state_changes();
    /// assert_eq!(changes[0].handle::<User>(), Some(bob));
    /// let states: Vec<_> = changes.iter().map(|change| (change.from(), change.to())).collect();
    /// assert_eq!(states, [(None, State::Pending), (Some(State::Pending), State::Persistent)]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn watch_states(&mut self) {
        self.events.changes.get_or_insert_default();
    }

    /// The changes of state since this was called last, in order. None, unless they are [watched](Graph::watch_states).
    pub fn take_state_changes(&mut self) -> Vec<StateChange> {
        self.events.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Calls a function at the beginning of every flush that has something to write. What it adds, changes and deletes
    /// is written by the same flush; its error ends the flush before anything is written, and leaves the session as it
    /// was. It cannot flush by itself: a graph has no connection (rule 27).
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.before_flush(move |graph| {
    ///     if graph.is_modified(alice) {
    ///         graph[alice].username.push('!');
    ///     }
    ///     Ok(())
    /// });
    /// db[alice].username = "alicia".into();
    /// db.flush().await?;
    /// assert_eq!(db[alice].username, "alicia!");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn before_flush(&mut self, hook: impl Fn(&mut Graph) -> Result<()> + Send + Sync + 'static) {
        self.events.before_flush.push(Arc::new(hook));
    }

    /// Runs what is to be done before a flush.
    pub(crate) fn prepare_flush(&mut self) -> Result<()> {
        let hooks = self.events.before_flush.clone();
        hooks.iter().try_for_each(|hook| hook(self))
    }

    /// Writes a change of state down, if anybody asked for it.
    #[inline]
    pub(crate) fn tell_state(&mut self, object: Object, from: Option<State>, to: State) {
        if self.events.changes.is_some() && from != Some(to) {
            self.write_down(object, from, to);
        }
    }

    #[cold]
    fn write_down(&mut self, object: Object, from: Option<State>, to: State) {
        let Some(model) = self.store(object.model).map(|store| store.mapping().name()) else { return };
        if let Some(changes) = &mut self.events.changes {
            changes.push(StateChange { object, model, from, to });
        }
    }

    /// Sets a state that no rollback takes back.
    pub(super) fn put_state(&mut self, object: Object, state: State) {
        let head = self.store_mut(object.model).and_then(|s| s.head_mut(object.raw.slot));
        if let Some(was) = head.map(|head| std::mem::replace(&mut head.state, state)) {
            self.tell_state(object, Some(was), state);
        }
    }
}
