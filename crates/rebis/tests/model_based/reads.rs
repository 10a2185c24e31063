//! Steps that talk to the database.

use super::check::{self, Window};
use super::machine::{Flushes, Machine, Outcome};
use super::models::{Coll, Key, Kind, One, user_code};
use super::models::{Department, Employee, Item, Node, Post, Profile, Tag, User};
use super::program::{Pick, Step};
use super::world::{Columns, Id};
use super::writes::item_key;
use rebis::blocking::Session;
use rebis::graph::Raw;
use rebis::mapping::Record;
use rebis::prelude::*;

impl Machine {
    pub(super) fn read_step(&mut self, db: &mut Session, step: &Step) -> Outcome<bool> {
        match *step {
            Step::LoadMany { coll, owner } => {
                let Some((id, raw)) = self.pick(coll.ends().0, owner) else { return Ok(true) };
                self.say(format!("load {coll:?} of #{id}"));
                let loaded = self.verb(db, Flushes::First, |db| {
                    with_coll!(coll, O, T, relation, _field => db.load(Handle::<O>::from_raw(raw), relation))
                })?;
                self.must_be_loaded(db, Window::Many(coll), id, loaded)
            }
            Step::LoadOne { one, owner } => {
                let Some((id, raw)) = self.pick(one.ends().0, owner) else { return Ok(true) };
                self.say(format!("load {one:?} of #{id}"));
                let loaded = self.verb(db, Flushes::First, |db| {
                    with_one!(one, O, T, relation, _field => db.load(Handle::<O>::from_raw(raw), relation))
                })?;
                self.must_be_loaded(db, Window::One(one), id, loaded)
            }
            Step::LoadAll { coll } => {
                let all = self.handles.iter().filter(|(id, _)| self.world.rows[*id].kind == coll.ends().0);
                let all: Vec<Raw> = all.map(|(_, raw)| *raw).collect();
                self.say(format!("load {coll:?} of all"));
                let loaded = self.verb(db, Flushes::First, |db| {
                    with_coll!(coll, O, T, relation, _field => {
                        let all: Vec<Handle<O>> = all.iter().map(|raw| Handle::from_raw(*raw)).collect();
                        db.load_all(&all, relation)
                    })
                })?;
                Ok(loaded.is_some())
            }
            Step::Query { kind, eager, populate } => {
                if populate && !self.flush(db)? {
                    return Ok(false);
                }
                self.query(db, kind, eager, populate)
            }
            Step::Get { kind, which } => self.get(db, kind, which),
            Step::Refresh { kind, which } => self.refresh(db, kind, which),
            Step::ExpungeAll { reload } => self.expunge_all(db, reload),
            _ => Ok(true),
        }
    }

    fn must_be_loaded(&self, db: &Session, window: Window, id: Id, done: Option<()>) -> Outcome<bool> {
        if done.is_none() {
            return Ok(false);
        }
        match (self.world.rows.get(&id), self.handles.get(&id)) {
            (Some(row), Some(raw)) if !row.deleting && !row.orphan => {
                match check::content(db, window, *raw) {
                    Some(_) => Ok(true),
                    None => Err(format!("{window:?} of #{id} is not loaded after the load")),
                }
            }
            _ => Ok(true),
        }
    }

    pub(super) fn query(&mut self, db: &mut Session, kind: Kind, eager: u8, populate: bool) -> Outcome<bool> {
        self.say(format!("query {kind:?}, eager {eager}, populate: {populate}"));
        let predicted = self.world.flushed();
        let found = self.verb(db, Flushes::First, |db| query(db, kind, eager, populate))?;
        let Some(found) = found else { return Ok(false) };
        self.look(db)?;
        let Ok(predicted) = predicted else { return Ok(true) };
        let mut is: Vec<Option<Id>> = found.iter().map(|raw| self.id_of(kind, *raw)).collect();
        let should: Vec<Option<Id>> = predicted.live(kind).into_iter().map(Some).collect();
        is.sort_unstable();
        if is != should {
            return Err(format!("the query should find {should:?} and finds {is:?}"));
        }
        Ok(true)
    }

    fn get(&mut self, db: &mut Session, kind: Kind, which: Pick) -> Outcome<bool> {
        let Some((id, raw)) = self.pick(kind, which) else { return Ok(true) };
        let row = &self.world.rows[&id];
        if row.stored.as_ref().is_none_or(|stored| stored.key != row.columns.key) {
            return Ok(true);
        }
        self.say(format!("get #{id}"));
        let found = self.verb(db, Flushes::First, |db| {
            with_model!(kind, M, entity => {
                let key = db[Handle::<M>::from_raw(raw)].key();
                db.get(entity, key).map(|found| found.map(Handle::raw))
            })
        })?;
        let Some(found) = found else { return Ok(false) };
        let should = self.world.rows.get(&id).filter(|row| !row.deleting).map(|_| raw);
        let unsure = self.world.rows.get(&id).is_some_and(|row| row.orphan);
        if found != should && !unsure {
            return Err(format!("get #{id} should find {should:?} and finds {found:?}"));
        }
        Ok(true)
    }

    fn refresh(&mut self, db: &mut Session, kind: Kind, which: Pick) -> Outcome<bool> {
        let Some((id, raw)) = self.pick(kind, which) else { return Ok(true) };
        let row = &self.world.rows[&id];
        let moved = row.parent != row.stored_parent;
        let unclear = row.deleting || row.lagging || moved && self.world.replaced;
        let Some(stored) = row.stored.clone().filter(|_| !unclear) else { return Ok(true) };
        let parent = row.stored_parent;
        self.say(format!("refresh #{id}"));
        let done = self.verb(
            db,
            Flushes::Never,
            |db| with_model!(kind, M, _e => db.refresh(Handle::<M>::from_raw(raw))),
        )?;
        if let (Some(()), Some(row)) = (done, self.world.rows.get_mut(&id)) {
            row.columns = stored;
            if moved {
                self.world.set_parent(id, parent);
            }
        }
        Ok(done.is_some())
    }

    fn expunge_all(&mut self, db: &mut Session, reload: u8) -> Outcome<bool> {
        if !self.flush(db)? {
            return Ok(false);
        }
        self.say("expunge all");
        db.expunge_all();
        self.handles.clear();
        for (bit, kind) in Kind::ALL.into_iter().enumerate() {
            if reload & (1 << bit) != 0 && !self.query(db, kind, reload % 4, false)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn write_step(&mut self, db: &mut Session, step: &Step) -> Outcome<bool> {
        match *step {
            Step::Merge { user: false, which, value, posts: _ } => self.merge_item(db, which, value),
            Step::Merge { user: true, which, value, posts } => self.merge_user(db, which, value, posts),
            Step::UpdateAll { kind, from, to } => self.update_all(db, kind, from, to),
            _ => Ok(true),
        }
    }

    fn merge_item(&mut self, db: &mut Session, which: Pick, value: u8) -> Outcome<bool> {
        let known = self.pick(Kind::Item, which).filter(|_| value.is_multiple_of(2));
        let key = known.and_then(|(id, _)| self.world.rows[&id].columns.key.clone());
        let key = key.unwrap_or_else(|| item_key(value));
        let columns = Columns { key: Some(key.clone()), ..self.fresh(Kind::Item, value) };
        self.say(format!("merge an item {columns:?}"));
        let (name, code) = (columns.name.clone(), columns.code.unwrap_or(0));
        let merged = self.verb(db, Flushes::BeforeMore, |db| {
            db.merge(Item.new().shop(key.0.clone()).number(key.1).name(name).code(code))
        })?;
        let Some(merged) = merged else { return Ok(false) };
        self.merged(Kind::Item, columns, merged.raw());
        Ok(true)
    }

    fn merge_user(&mut self, db: &mut Session, which: Pick, value: u8, posts: Option<u8>) -> Outcome<bool> {
        let known = self.pick(Kind::User, which).filter(|_| value != 0);
        let key = known.and_then(|(id, _)| self.world.rows[&id].columns.key.clone());
        let key: Key = key.unwrap_or_else(|| (String::new(), 1_000 * (1 + self.next as i64)));
        let columns = Columns { key: Some(key.clone()), ..self.fresh(Kind::User, value) };
        self.say(format!("merge a user {columns:?} with {posts:?} posts"));
        let new = User.new().id(key.1).name(columns.name.clone()).code(user_code(columns.code));
        let merged = self.verb(db, Flushes::BeforeMore, |db| match posts {
            Some(posts) => db.merge(new.posts((0..posts).map(|n| Post.new().name(format!("n{n}"))))),
            None => db.merge(new),
        })?;
        let Some(merged) = merged else { return Ok(false) };
        let user = self.merged(Kind::User, columns, merged.raw());
        if posts.is_some() {
            self.world.replaced = true;
            self.world.children(user, Kind::Post).into_iter().for_each(|post| self.world.leave(post));
            for (n, post) in db[merged].posts.to_vec().into_iter().enumerate() {
                let columns = Columns { name: format!("n{n}"), code: None, key: None };
                self.enter(Kind::Post, columns, Some(user), post.raw());
            }
        }
        Ok(true)
    }

    fn merged(&mut self, kind: Kind, columns: Columns, raw: Raw) -> Id {
        let known = columns.key.as_ref().and_then(|key| self.by_stored_key(kind, key));
        match known {
            Some(id) => {
                if let Some(row) = self.world.rows.get_mut(&id) {
                    row.columns = columns;
                }
                id
            }
            None => {
                let id = self.enter(kind, columns, None, raw);
                self.given.insert(id);
                id
            }
        }
    }

    fn update_all(&mut self, db: &mut Session, kind: Kind, from: u8, to: u8) -> Outcome<bool> {
        let (from, to) = (format!("n{from}"), format!("n{to}"));
        self.say(format!("update {kind:?} set name = {to} where name = {from}"));
        let done = self.verb(db, Flushes::First, |db| {
            with_model!(kind, M, entity => {
                db.execute(entity.update().set(entity.name, &to).filter(entity.name.eq(&from)))
            })
        })?;
        if done.is_none() {
            return Ok(false);
        }
        for row in self.world.rows.values_mut().filter(|row| row.kind == kind) {
            if let Some(stored) = row.stored.as_mut().filter(|stored| stored.name == from) {
                stored.name.clone_from(&to);
                row.columns.name.clone_from(&to);
            }
        }
        self.query(db, kind, 0, false)
    }
}

/// Queries all objects of a kind, with what hangs on them.
fn query(db: &mut Session, kind: Kind, eager: u8, populate: bool) -> rebis::Result<Vec<Raw>> {
    macro_rules! run {
        ($entity:ident $(, $path:expr)*) => {{
            let stmt = select($entity).order_by($entity.name);
            let stmt = if populate { stmt.populate_existing() } else { stmt };
            #[allow(unused_mut, reason = "items have nothing to load")]
            let mut at = eager;
            $(if at == 1 {
                return Ok(db.all(stmt.with($path))?.into_iter().map(Handle::raw).collect());
            }
            at = at.saturating_sub(1);)*
            let _ = at;
            Ok(db.all(stmt)?.into_iter().map(Handle::raw).collect())
        }};
    }
    match kind {
        Kind::User => run!(User, User.posts.then(Post.tags), User.posts.joined(), User.profile.joined()),
        Kind::Profile => run!(Profile, Profile.user, Profile.user.joined()),
        Kind::Post => run!(Post, Post.author.joined().then(User.profile), Post.tags, Post.tags.joined()),
        Kind::Tag => run!(Tag, Tag.posts, Tag.posts.joined(), Tag.posts.then(Post.author)),
        Kind::Node => {
            run!(Node, Node.children.then(Node.children), Node.children.joined(), Node.parent.joined())
        }
        Kind::Department => {
            run!(
                Department,
                Department.employees.then(Employee.leads),
                Department.head,
                Department.employees.joined()
            )
        }
        Kind::Employee => {
            run!(Employee, Employee.department.joined(), Employee.leads, Employee.leads.joined())
        }
        Kind::Item => run!(Item),
    }
}
