//! What must hold: memory and database against the reference.

use super::machine::{Machine, Outcome};
use super::models::{Coll, Key, Kind, One, PostTag, Sample};
use super::models::{Department, Employee, Item, Node, Post, Profile, Tag, User};
use super::world::{Columns, Id, Row, World};
use rebis::blocking::Session;
use rebis::graph::Raw;
use rebis::mapping::Record;
use rebis::prelude::*;
use rebis::{Graph, State};
use std::collections::BTreeMap;

/// A relation field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    Many(Coll),
    One(One),
    Author,
}

/// What a rollback must bring back: columns, and the windows that were loaded.
pub type Memory = BTreeMap<Id, (Kind, Columns, BTreeMap<Window, Vec<Raw>>)>;

/// The relation fields of a model.
pub fn windows(kind: Kind) -> Vec<Window> {
    let many = Coll::ALL.into_iter().filter(|coll| coll.ends().0 == kind).map(Window::Many);
    let one = One::ALL.into_iter().filter(|one| one.ends().0 == kind).map(Window::One);
    let author = (kind == Kind::Post).then_some(Window::Author);
    many.chain(one).chain(author).collect()
}

/// The model that a relation field points at.
fn target(window: Window) -> Kind {
    match window {
        Window::Many(coll) => coll.ends().1,
        Window::One(one) => one.ends().1,
        Window::Author => Kind::User,
    }
}

/// What stands in a relation field, if it is loaded.
pub fn content(db: &Graph, window: Window, raw: Raw) -> Option<Vec<Raw>> {
    match window {
        Window::Many(coll) => with_coll!(coll, O, T, _relation, field => {
            let handles = field(&db[Handle::<O>::from_raw(raw)]);
            handles.try_iter().ok().map(|all| all.map(Handle::raw).collect())
        }),
        Window::One(one) => with_one!(one, O, T, _relation, field => {
            let target = field(&db[Handle::<O>::from_raw(raw)]).try_get().ok();
            target.map(|target| target.into_iter().map(Handle::raw).collect())
        }),
        Window::Author => {
            db[Handle::<Post>::from_raw(raw)].author.try_get().ok().map(|author| vec![author.raw()])
        }
    }
}

fn columns(db: &Graph, kind: Kind, raw: Raw) -> Columns {
    with_model!(kind, M, _e => {
        let object = &db[Handle::<M>::from_raw(raw)];
        Columns { name: object.label().into(), code: object.number(), key: Some(object.row_key()) }
    })
}

/// What is in memory.
pub fn memory(db: &Graph, world: &World, handles: &BTreeMap<Id, Raw>) -> Memory {
    let seen = handles.iter().map(|(id, raw)| {
        let kind = world.rows[id].kind;
        let loaded = windows(kind).into_iter().filter_map(|w| Some((w, content(db, w, *raw)?)));
        (*id, (kind, columns(db, kind, *raw), loaded.collect()))
    });
    seen.collect()
}

/// After a rollback: every object is what it was.
pub fn went_back(db: &Graph, machine: &Machine, memory: &Memory) -> Outcome {
    for (id, (kind, was, loaded)) in memory {
        let Some(&raw) = machine.handles.get(id) else { continue };
        let is = columns(db, *kind, raw);
        let loose = machine.loose.contains(id);
        if is != *was && !loose {
            return Err(format!("rollback: #{id} was {was:?} and is {is:?}"));
        }
        for (window, was) in loaded {
            // A list that was only read anew has the order of that reading.
            let sorted = |mut list: Vec<Raw>| {
                list.sort_unstable();
                list
            };
            let is = content(db, *window, raw).map(sorted);
            if is != Some(sorted(was.clone())) {
                return Err(format!("rollback: {window:?} of #{id} was {was:?} and is {is:?}"));
            }
        }
    }
    Ok(())
}

/// At any time: objects, windows and the identity map agree with the reference.
pub fn objects(db: &Graph, machine: &mut Machine) -> Outcome {
    for (id, raw) in machine.handles.clone() {
        let row = &machine.world.rows[&id];
        let (state, stale, found) = with_model!(row.kind, M, _e => {
            let handle = Handle::<M>::from_raw(raw);
            (db.state(handle), db.is_stale(handle), db.find::<M>(&db[handle].key()).map(Handle::raw))
        });
        check_state(id, row, state)?;
        if !stale {
            machine.loose.remove(&id);
        }
        let is = columns(db, row.kind, raw);
        let named = (&is.name, is.code) == (&row.columns.name, row.columns.code);
        let keyed = row.columns.key.is_none() || is.key == row.columns.key;
        let right = named && keyed;
        if !right && !machine.loose.contains(&id) {
            return Err(format!("#{id} should be {:?} and is {is:?}", row.columns));
        }
        let settled = row.stored.as_ref().is_some_and(|stored| stored.key == row.columns.key);
        if settled && state == State::Persistent && found != Some(raw) && !machine.loose.contains(&id) {
            return Err(format!("#{id} is {raw:?}, and its key leads to {found:?}"));
        }
        for window in windows(row.kind) {
            check_window(db, machine, id, raw, window)?;
        }
    }
    Ok(())
}

fn check_state(id: Id, row: &Row, state: State) -> Outcome {
    let fits = match state {
        State::Pending => row.stored.is_none(),
        State::Persistent => row.stored.is_some() && (!row.deleting || row.kind == Kind::Post),
        State::Deleting => row.deleting || row.orphan,
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("#{id} is {state:?}: {row:?}")) }
}

fn check_window(db: &Graph, machine: &Machine, id: Id, raw: Raw, window: Window) -> Outcome {
    let (Some(mut is), Some(should)) = (content(db, window, raw), related(&machine.world, id, window)) else {
        return Ok(());
    };
    // An expunged object stays where it was read, and is not what the session has for the row.
    let detached = |raw: &Raw| with_model!(target(window), M, _e => db.state(Handle::<M>::from_raw(*raw)) == State::Detached);
    if is.iter().any(detached) {
        return Ok(());
    }
    let found: Option<Vec<Raw>> = should.iter().map(|id| machine.handles.get(id).copied()).collect();
    let mut expected = found.ok_or_else(|| format!("{window:?} of #{id} is loaded without {should:?}"))?;
    is.sort_unstable();
    expected.sort_unstable();
    if is == expected {
        return Ok(());
    }
    let is: Vec<Option<Id>> = is.iter().map(|raw| machine.id_of(target(window), *raw)).collect();
    Err(format!("{window:?} of #{id} should be {should:?} and is {is:?}"))
}

/// What a relation holds; nothing where memory may be behind until the next flush.
fn related(world: &World, id: Id, window: Window) -> Option<Vec<Id>> {
    let lags = |kind: Kind| world.rows.values().any(|row| row.kind == kind && row.lagging);
    match window {
        Window::Many(Coll::PostTags) | Window::Many(Coll::TagPosts) if world.tags_lag => None,
        Window::Many(Coll::PostTags) => {
            Some(world.tagged.iter().filter(|(post, _)| *post == id).map(|(_, tag)| *tag).collect())
        }
        Window::Many(Coll::TagPosts) => {
            Some(world.tagged.iter().filter(|(_, tag)| *tag == id).map(|(post, _)| *post).collect())
        }
        Window::Many(coll) => (!lags(coll.ends().1)).then(|| world.children(id, coll.ends().1)),
        Window::One(One::UserProfile) => (!lags(Kind::Profile)).then(|| world.children(id, Kind::Profile)),
        Window::One(_) | Window::Author => {
            let row = &world.rows[&id];
            (!row.lagging && !row.deleting).then(|| row.parent.into_iter().collect())
        }
    }
}

/// A row as the database has it.
type Stored = (Kind, Key, String, Option<i64>, Option<i64>);

fn stored<M: Sample>(rows: Vec<M>) -> Vec<Stored> {
    let row = |row: &M| (M::KIND, row.row_key(), row.label().to_owned(), row.number(), row.parent_key());
    let mut rows: Vec<Stored> = rows.iter().map(row).collect();
    rows.sort();
    rows
}

/// What a plain connection reads, after a commit or a rollback.
pub fn database(machine: &Machine) -> Outcome {
    let failed = |error: rebis::Error| format!("reading the database failed: {error}");
    let mut connection = machine.engine.connect().map_err(failed)?;
    for kind in Kind::ALL {
        let rows =
            with_model!(kind, M, entity => stored::<M>(connection.all(select(entity)).map_err(failed)?));
        compare(&machine.world, kind, rows)?;
    }
    compare_tags(&machine.world, connection.all(select(PostTag)).map_err(failed)?)
}

/// What the session's own connection reads, after a flush.
pub fn database_of_session(machine: &Machine, db: &mut Session) -> Outcome {
    let failed = |error: rebis::Error| format!("reading the database failed: {error}");
    for kind in Kind::ALL {
        let rows = with_model!(kind, M, entity => {
            let rows = db.with_connection(async |connection| connection.all(select(entity)).await);
            stored::<M>(rows.map_err(failed)?)
        });
        compare(&machine.world, kind, rows)?;
    }
    let tags = db.with_connection(async |connection| connection.all(select(PostTag)).await);
    compare_tags(&machine.world, tags.map_err(failed)?)
}

fn compare(world: &World, kind: Kind, is: Vec<Stored>) -> Outcome {
    let key = |id: &Id| world.rows[id].columns.key.clone().unwrap_or_default();
    let rows = world.rows.iter().filter(|(_, row)| row.kind == kind);
    let row = |(id, row): (&Id, &Row)| {
        (kind, key(id), row.columns.name.clone(), row.columns.code, row.parent.map(|parent| key(&parent).1))
    };
    let mut should: Vec<Stored> = rows.map(row).collect();
    should.sort();
    if is == should {
        return Ok(());
    }
    Err(format!("the database should have {should:?} and has {is:?}"))
}

fn compare_tags(world: &World, is: Vec<PostTag>) -> Outcome {
    let key = |id: &Id| world.rows[id].columns.key.as_ref().map_or(0, |key| key.1);
    let mut is: Vec<(i64, i64)> = is.iter().map(|row| (row.post_id, row.tag_id)).collect();
    let mut should: Vec<(i64, i64)> = world.tagged.iter().map(|(post, tag)| (key(post), key(tag))).collect();
    is.sort_unstable();
    should.sort_unstable();
    if is == should { Ok(()) } else { Err(format!("the tags should be {should:?} and are {is:?}")) }
}
