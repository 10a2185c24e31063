//! Runs a program on a session and on the reference side by side.

use super::check::{self, Memory};
use super::models::{Department, Employee, Item, Node, Post, Profile, Tag, User};
use super::models::{Key, Kind, Sample};
use super::program::{Pick, Step};
use super::world::{Columns, Id, World};
use rebis::blocking::{Engine, Session};
use rebis::graph::Raw;
use rebis::prelude::*;
use rebis::{Error, ErrorKind, Recorder, State};
use std::collections::{BTreeMap, BTreeSet};

/// What went wrong, in words.
pub type Outcome<T = ()> = Result<T, String>;

/// How a scope ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// The program is over.
    End,
    /// The savepoint is kept.
    Keep,
    /// The savepoint is dropped.
    Drop,
    /// A flush failed: what is around it must be rolled back.
    Broken,
    /// The transaction is over, and so every savepoint.
    Over,
}

/// Where a rollback goes back to.
#[derive(Clone, Debug)]
pub struct Mark {
    world: World,
    handles: BTreeMap<Id, Raw>,
    memory: Memory,
}

/// A new object whose transaction was rolled back.
#[derive(Clone, Copy, Debug)]
pub(super) struct RolledBack {
    pub(super) id: Id,
    pub(super) kind: Kind,
    pub(super) raw: Raw,
    /// The parent that it keeps.
    pub(super) parent: Option<(Id, Raw)>,
}

/// Both sides of the test.
pub struct Machine {
    pub engine: Engine,
    log: Recorder,
    pub world: World,
    /// The objects that stand for rows, where the session has them.
    pub handles: BTreeMap<Id, Raw>,
    pub(super) next: Id,
    /// Objects that were loaded in a transaction that was rolled back: outdated until they are read again.
    pub(super) loose: BTreeSet<Id>,
    /// New objects whose transaction was rolled back.
    pub(super) rolled_back: Vec<RolledBack>,
    /// Pairs of post and tag that went with a new end, and come back with it.
    pub(super) lost_pairs: BTreeMap<(Id, Id), (Raw, Raw)>,
    /// Users that the program gave a key.
    pub(super) given: BTreeSet<Id>,
    /// The objects that were new once.
    pub(super) added: BTreeMap<Id, Raw>,
    marks: Vec<Mark>,
    /// What was done, in words.
    pub trace: Vec<String>,
}

/// Runs a program on a database with the tables and no rows.
pub fn run(engine: Engine, program: &[Step]) -> Outcome {
    let log = engine.record();
    let mut session = engine.session();
    let mut machine = Machine {
        engine,
        log,
        world: World::default(),
        handles: BTreeMap::new(),
        next: 1,
        loose: BTreeSet::new(),
        rolled_back: Vec::new(),
        lost_pairs: BTreeMap::new(),
        given: BTreeSet::new(),
        added: BTreeMap::new(),
        marks: Vec::new(),
        trace: Vec::new(),
    };
    machine.mark(&session);
    let outcome =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| machine.program(&mut session, program)));
    let outcome = outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        Err(format!("panic: {}", text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("?")))
    });
    outcome.map_err(|what| format!("{what}\nafter\n  {}", machine.trace.join("\n  ")))
}

/// How one sees that a verb has flushed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flushes {
    /// It always does.
    Always,
    /// It never does.
    Never,
    /// Nothing is pending any more.
    First,
    /// Something was written, and something else is pending.
    BeforeMore,
}

/// Whether a statement is one of a flush.
fn is_write(sql: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| sql.starts_with(verb))
}

impl Machine {
    fn program(&mut self, db: &mut Session, program: &[Step]) -> Outcome {
        let mut steps = program.iter();
        loop {
            match self.scope(db, &mut steps)? {
                Exit::End => break,
                Exit::Keep | Exit::Drop | Exit::Over => {}
                Exit::Broken => self.roll_back(db)?,
            }
        }
        self.commit(db).map(|_| ())
    }

    /// Runs the steps of a scope.
    fn scope(&mut self, db: &mut Session, steps: &mut std::slice::Iter<'_, Step>) -> Outcome<Exit> {
        while let Some(step) = steps.next() {
            let exit = match step {
                Step::Savepoint if self.marks.len() < 4 => self.savepoint(db, steps)?,
                Step::Savepoint => None,
                Step::EndSavepoint { keep } if self.marks.len() > 1 => {
                    Some(if *keep { Exit::Keep } else { Exit::Drop })
                }
                Step::EndSavepoint { .. } => None,
                Step::Commit if self.marks.len() == 1 => match self.commit(db)? {
                    true => Some(Exit::Over),
                    false => Some(Exit::Broken),
                },
                Step::Commit => None,
                Step::Rollback => {
                    self.marks.truncate(1);
                    self.roll_back(db)?;
                    Some(Exit::Over)
                }
                step => match self.step(db, step)? {
                    true => None,
                    false => Some(Exit::Broken),
                },
            };
            if let Some(exit) = exit {
                return Ok(exit);
            }
            self.look(db)?;
        }
        Ok(Exit::End)
    }

    /// Runs what is inside of a savepoint. Gives back what that means for the scope around it.
    fn savepoint(
        &mut self,
        db: &mut Session,
        steps: &mut std::slice::Iter<'_, Step>,
    ) -> Outcome<Option<Exit>> {
        let predicted = self.world.flushed();
        let mut inner = match db.savepoint() {
            Ok(inner) => inner,
            Err(error) => return self.expect(error, &predicted).map(|()| Some(Exit::Broken)),
        };
        self.say("savepoint {");
        self.world = predicted.map_err(|errors| format!("the savepoint should have failed: {errors:?}"))?;
        self.look(&mut inner)?;
        self.mark(&inner);
        let exit = self.scope(&mut inner, steps)?;
        match exit {
            Exit::Over => {
                drop(inner);
                return Ok(Some(Exit::Over));
            }
            Exit::Keep | Exit::End => {
                let predicted = self.world.flushed();
                match inner.commit() {
                    Ok(()) => {
                        self.say("} kept");
                        self.world =
                            predicted.map_err(|errors| format!("keeping should have failed: {errors:?}"))?;
                        self.marks.pop();
                    }
                    Err(error) => {
                        self.expect(error, &predicted)?;
                        self.back(db)?;
                    }
                }
            }
            Exit::Drop | Exit::Broken => {
                drop(inner);
                self.say("} dropped");
                self.back(db)?;
            }
        }
        self.look(db)?;
        Ok((exit == Exit::End).then_some(Exit::End))
    }

    fn mark(&mut self, db: &Session) {
        let (world, handles) = (self.world.clone(), self.handles.clone());
        let memory = check::memory(db, &world, &handles);
        self.marks.push(Mark { world, handles, memory });
    }

    fn roll_back(&mut self, db: &mut Session) -> Outcome {
        db.rollback().map_err(|error| format!("the rollback failed: {error}"))?;
        self.say("rollback");
        self.marks.truncate(1);
        self.back(db)?;
        check::database(self)?;
        self.mark(db);
        self.look(db)
    }

    /// The innermost mark is where both sides are now.
    fn back(&mut self, db: &mut Session) -> Outcome {
        let Some(Mark { world, handles, memory }) = self.marks.pop() else {
            return Err("no mark to go back to".into());
        };
        for (id, row) in &self.world.rows {
            if let (false, Some(raw)) = (world.rows.contains_key(id), self.added.get(id)) {
                let state = with_model!(row.kind, M, _e => db.state(Handle::<M>::from_raw(*raw)));
                match state {
                    // One with a key of its own may find it taken when it comes back.
                    State::Transient if row.kind == Kind::User && self.given.contains(id) => {}
                    // Whether the pairs of a replaced collection were made by then is not to be seen from here.
                    State::Transient if self.world.tags_lag && matches!(row.kind, Kind::Post | Kind::Tag) => {
                    }
                    State::Transient => {
                        let parent = row.parent.and_then(|id| Some((id, *self.handles.get(&id)?)));
                        self.rolled_back.push(RolledBack { id: *id, kind: row.kind, raw: *raw, parent });
                    }
                    // It was expunged, and a rollback does not bring it back.
                    State::Detached => {}
                    state => return Err(format!("#{id} was new and is {state:?} after the rollback")),
                }
            }
        }
        self.lose_pairs(&world);
        (self.world, self.handles) = (world, handles);
        let rows = &self.world.rows;
        self.handles.retain(|id, raw| {
            with_model!(rows[id].kind, M, _e => db.state(Handle::<M>::from_raw(*raw))) != State::Detached
        });
        check::went_back(db, self, &memory)?;
        let known: BTreeSet<Id> = self.handles.keys().copied().collect();
        self.find_objects(db)?;
        self.loose.extend(self.handles.keys().filter(|id| !known.contains(id)));
        self.read_loose(db)
    }

    /// The pairs that are rolled back because one of their ends is.
    fn lose_pairs(&mut self, before: &World) {
        for &(post, tag) in &self.world.tagged {
            let stays = before.rows.contains_key(&post) && before.rows.contains_key(&tag);
            if let (false, Some(a), Some(b)) = (stays, self.handles.get(&post), self.handles.get(&tag)) {
                self.lost_pairs.insert((post, tag), (*a, *b));
            }
        }
    }

    /// An object is back: so are its pairs with those that are here.
    pub(super) fn find_pairs(&mut self) {
        let is_here = |id: Id, raw: Raw| self.handles.get(&id) == Some(&raw);
        let back = self.lost_pairs.iter().filter(|((p, t), (a, b))| is_here(*p, *a) && is_here(*t, *b));
        for pair in back.map(|(pair, _)| *pair).collect::<Vec<_>>() {
            self.lost_pairs.remove(&pair);
            self.world.tagged.insert(pair);
        }
    }

    /// Objects that came in what was rolled back are read anew before the program goes on with them: they may be what
    /// never was.
    fn read_loose(&mut self, db: &mut Session) -> Outcome {
        let kinds: BTreeSet<Kind> = self.loose.iter().map(|id| self.world.rows[id].kind).collect();
        for kind in kinds {
            self.query(db, kind, 0, false)?;
        }
        match self.loose.is_empty() {
            true => Ok(()),
            false => Err(format!("a query has not refreshed {:?}", self.loose)),
        }
    }

    fn commit(&mut self, db: &mut Session) -> Outcome<bool> {
        let predicted = self.world.flushed();
        if let Err(error) = db.commit() {
            self.expect(error, &predicted)?;
            return Ok(false);
        }
        self.say("commit");
        self.world = predicted.map_err(|errors| format!("the commit should have failed: {errors:?}"))?;
        self.look(db)?;
        check::database(self)?;
        self.log.take_sql();
        db.commit().map_err(|error| format!("the empty commit failed: {error}"))?;
        let sql = self.log.take_sql();
        if !sql.is_empty() {
            return Err(format!("a commit with nothing changed wrote {sql:?}"));
        }
        self.marks.clear();
        self.mark(db);
        Ok(true)
    }

    pub fn say(&mut self, what: impl Into<String>) {
        self.trace.push(what.into());
    }

    /// Whether an error is one that the reference expects.
    fn expect(&mut self, error: Error, predicted: &Result<World, Vec<ErrorKind>>) -> Outcome {
        self.say(format!("-> {:?}", error.kind()));
        match predicted {
            Err(kinds) if kinds.contains(&error.kind()) => Ok(()),
            _ if error.kind() == ErrorKind::InvalidState && self.world.keys_go_around() => Ok(()),
            Err(kinds) => Err(format!("expected {kinds:?}, got {error:?}")),
            Ok(_) => Err(format!("expected no error, got {error:?}")),
        }
    }

    /// Runs a verb that may flush. Nothing: it failed as it should.
    pub(super) fn verb<T>(
        &mut self,
        db: &mut Session,
        flushes: Flushes,
        call: impl FnOnce(&mut Session) -> rebis::Result<T>,
    ) -> Outcome<Option<T>> {
        let predicted = self.world.flushed();
        let before = db.has_changes();
        self.log.take_sql();
        match call(db) {
            Err(error) => self.expect(error, &predicted).map(|()| None),
            Ok(value) => {
                let flushed = match flushes {
                    Flushes::Always => true,
                    Flushes::Never => false,
                    Flushes::First => before && !db.has_changes(),
                    Flushes::BeforeMore => before && (self.has_written() || self.has_dropped(db)),
                };
                if flushed {
                    self.world =
                        predicted.map_err(|errors| format!("the flush should have failed: {errors:?}"))?;
                }
                Ok(Some(value))
            }
        }
    }

    fn has_written(&self) -> bool {
        self.log.take_sql().iter().any(|sql| is_write(sql))
    }

    /// Whether a new object is not to be written any more: an orphan, at a flush.
    fn has_dropped(&self, db: &Session) -> bool {
        self.world.rows.iter().filter(|(_, row)| row.stored.is_none()).any(|(id, row)| {
            let state = |raw| with_model!(row.kind, M, _e => db.state(Handle::<M>::from_raw(raw)));
            self.handles.get(id).is_some_and(|raw| state(*raw) == State::Transient)
        })
    }

    pub(super) fn flush(&mut self, db: &mut Session) -> Outcome<bool> {
        if self.verb(db, Flushes::Always, Session::flush)?.is_none() {
            return Ok(false);
        }
        self.look(db)?;
        self.log.take_sql();
        db.flush().map_err(|error| format!("the second flush failed: {error}"))?;
        let sql = self.log.take_sql();
        if !sql.is_empty() {
            return Err(format!("the second flush ran {sql:?}"));
        }
        check::database_of_session(self, db)?;
        Ok(true)
    }

    /// Finds the objects that have come in, learns their keys, and holds everything against the reference.
    pub(super) fn look(&mut self, db: &mut Session) -> Outcome {
        self.learn_keys(db);
        self.find_objects(db)?;
        check::objects(db, self)
    }

    fn find_objects(&mut self, db: &Session) -> Outcome {
        for kind in Kind::ALL {
            let found: Vec<(Raw, Key, bool)> = with_model!(kind, M, _e => {
                let handles = db.handles::<M>().into_iter();
                let stored = handles.filter(|h| db.state(*h) == State::Persistent);
                stored.map(|h| (h.raw(), db[h].row_key(), db.is_stale(h))).collect()
            });
            for (raw, key, stale) in found {
                if self.id_of(kind, raw).is_none() {
                    let id = match self.by_stored_key(kind, &key) {
                        Some(id) => id,
                        // Was loaded in a transaction that was rolled back, from a row that is gone with it.
                        None if stale => continue,
                        None => return Err(format!("a {kind:?} with key {key:?} came from nowhere")),
                    };
                    if let Some(old) = self.handles.insert(id, raw) {
                        return Err(format!("#{id} has two objects: {old:?} and {raw:?}"));
                    }
                }
            }
        }
        let rows = &self.world.rows;
        self.handles.retain(|id, _| rows.contains_key(id));
        Ok(())
    }

    /// The row that an object stands for. Handles of different models may be alike.
    pub fn id_of(&self, kind: Kind, raw: Raw) -> Option<Id> {
        let of_kind = |id: &Id| self.world.rows.get(id).is_some_and(|row| row.kind == kind);
        self.handles.iter().find(|(id, known)| **known == raw && of_kind(id)).map(|(id, _)| *id)
    }

    pub(super) fn by_stored_key(&self, kind: Kind, key: &Key) -> Option<Id> {
        let mut rows = self.world.rows.iter();
        let has = |columns: &Columns| columns.key.as_ref() == Some(key);
        rows.find(|(_, row)| row.kind == kind && row.stored.as_ref().is_some_and(has)).map(|(id, _)| *id)
    }

    /// The keys that the database has made up.
    fn learn_keys(&mut self, db: &Session) {
        for (id, row) in &mut self.world.rows {
            let (Some(stored), Some(raw)) = (&mut row.stored, self.handles.get(id)) else { continue };
            if stored.key.is_none() {
                stored.key = with_model!(row.kind, M, _e => Some(db[Handle::<M>::from_raw(*raw)].row_key()));
                row.columns.key.clone_from(&stored.key);
            }
        }
    }

    /// An object of a kind that the session has.
    pub(super) fn pick(&self, kind: Kind, which: Pick) -> Option<(Id, Raw)> {
        self.pick_where(which, |id| self.world.rows[&id].kind == kind)
    }

    /// The same without those that are to be deleted: a relation would call them back.
    pub(super) fn pick_staying(&self, kind: Kind, which: Pick) -> Option<(Id, Raw)> {
        self.pick_where(which, |id| self.world.rows[&id].kind == kind && !self.world.rows[&id].deleting)
    }

    fn pick_where(&self, which: Pick, wanted: impl Fn(Id) -> bool) -> Option<(Id, Raw)> {
        let known = self.handles.iter().filter(|(id, _)| wanted(**id));
        let known: Vec<(Id, Raw)> = known.map(|(id, raw)| (*id, *raw)).collect();
        (!known.is_empty()).then(|| known[usize::from(which) % known.len()])
    }

    /// Enters a new row and its object.
    pub(super) fn enter(&mut self, kind: Kind, columns: Columns, parent: Option<Id>, raw: Raw) -> Id {
        let id = self.next;
        self.next += 1;
        self.world.add(id, kind, columns, parent);
        self.handles.insert(id, raw);
        self.added.insert(id, raw);
        id
    }

    /// One step that is no scope. Whether the session is still usable.
    fn step(&mut self, db: &mut Session, step: &Step) -> Outcome<bool> {
        match step {
            Step::Add { .. } | Step::AddUser { .. } | Step::AddWithParent { .. } | Step::AddAgain { .. } => {
                self.add_step(db, step);
            }
            Step::SetName { .. }
            | Step::SetCode { .. }
            | Step::SwapCodes { .. }
            | Step::SetKey { .. }
            | Step::Touch { .. } => self.column_step(db, step),
            Step::SetOne { .. }
            | Step::SetAuthor { .. }
            | Step::Push { .. }
            | Step::Remove { .. }
            | Step::Replace { .. } => self.relation_step(db, step),
            Step::Delete { kind, which } => {
                if let Some((id, raw)) = self.pick(*kind, *which) {
                    self.say(format!("delete #{id}"));
                    with_model!(*kind, M, _e => db.delete(Handle::<M>::from_raw(raw)));
                    self.world.delete(id);
                }
            }
            Step::Flush => {
                self.say("flush");
                return self.flush(db);
            }
            Step::LoadMany { .. }
            | Step::LoadOne { .. }
            | Step::LoadAll { .. }
            | Step::Query { .. }
            | Step::Get { .. }
            | Step::Refresh { .. }
            | Step::ExpungeAll { .. } => {
                return self.read_step(db, step);
            }
            Step::Merge { .. } | Step::UpdateAll { .. } => return self.write_step(db, step),
            Step::Commit | Step::Rollback | Step::Savepoint | Step::EndSavepoint { .. } => {}
        }
        Ok(true)
    }
}
