//! Steps that change objects and relations in memory.

use super::check::{self, Window};
use super::machine::{Machine, RolledBack};
use super::models::{Coll, Key, Kind, One, Sample, user_code};
use super::models::{Department, Employee, Item, Node, Post, Profile, Tag, User};
use super::program::{Pick, Step};
use super::world::{Columns, Id};
use rebis::blocking::Session;
use rebis::graph::Raw;
use rebis::prelude::*;

/// The key of an item, from a number.
pub fn item_key(value: u8) -> Key {
    (format!("s{}", value % 2), i64::from(value / 2))
}

impl Machine {
    /// The columns of a new row.
    pub fn fresh(&self, kind: Kind, value: u8) -> Columns {
        let code = (i64::from(value) + 5 * self.next as i64) % 23;
        let code = match kind {
            Kind::User | Kind::Item => Some(code),
            Kind::Tag => (value != 0).then_some(code),
            _ => None,
        };
        let key = (kind == Kind::Item).then(|| item_key(value));
        Columns { name: format!("n{value}"), code, key }
    }

    pub(super) fn add_step(&mut self, db: &mut Session, step: &Step) {
        match *step {
            Step::Add { kind, value, parent } => self.add(db, kind, value, parent),
            Step::AddUser { value, posts, profile } => self.add_user(db, value, posts, profile),
            Step::AddWithParent { kind, value } => self.add_with_parent(db, kind, value),
            Step::AddAgain { which, value, parent } => self.add_again(db, which, value, parent),
            _ => {}
        }
    }

    /// The parent of a new row: none at times, where there may be none.
    fn parent_for(&self, kind: Kind, parent: Pick) -> Option<(Id, Raw)> {
        let wanted = kind == Kind::Post || parent.is_multiple_of(2);
        self.pick_staying(kind.parent().filter(|_| wanted)?, parent / 2)
    }

    fn add(&mut self, db: &mut Session, kind: Kind, value: u8, parent: Pick) {
        let columns = self.fresh(kind, value);
        let parent = self.parent_for(kind, parent);
        let (name, code) = (columns.name.clone(), columns.code);
        let raw = parent.map(|(_, raw)| raw);
        let raw = match kind {
            Kind::User => db.add(User.new().name(name).code(user_code(code))).raw(),
            Kind::Tag => db.add(Tag.new().name(name).code(code)).raw(),
            Kind::Item => {
                let (shop, number) = columns.key.clone().unwrap_or_default();
                db.add(Item.new().shop(shop).number(number).name(name).code(code.unwrap_or(0))).raw()
            }
            Kind::Post => match raw {
                Some(raw) => db.add(Post.new().name(name).author(Handle::<User>::from_raw(raw))).raw(),
                None => return,
            },
            Kind::Profile => db.add(Profile.new().name(name).user(raw.map(Handle::<User>::from_raw))).raw(),
            Kind::Node => db.add(Node.new().name(name).parent(raw.map(Handle::<Node>::from_raw))).raw(),
            Kind::Department => {
                db.add(Department.new().name(name).head(raw.map(Handle::<Employee>::from_raw))).raw()
            }
            Kind::Employee => {
                db.add(Employee.new().name(name).department(raw.map(Handle::<Department>::from_raw))).raw()
            }
        };
        let id = self.enter(kind, columns, parent.map(|(id, _)| id), raw);
        self.say(format!("add #{id} {kind:?} under {:?}", parent.map(|(id, _)| id)));
    }

    fn add_user(&mut self, db: &mut Session, value: u8, posts: u8, profile: bool) {
        let columns = self.fresh(Kind::User, value);
        let new = User.new().name(columns.name.clone()).code(user_code(columns.code));
        let new = new.posts((0..posts).map(|n| Post.new().name(format!("n{n}"))));
        let user = match profile {
            true => db.add(new.profile(Profile.new().name("p"))),
            false => db.add(new),
        };
        let id = self.enter(Kind::User, columns, None, user.raw());
        for (n, post) in db[user].posts.to_vec().into_iter().enumerate() {
            let columns = Columns { name: format!("n{n}"), code: None, key: None };
            self.enter(Kind::Post, columns, Some(id), post.raw());
        }
        if let Some(profile) = db[user].profile.get() {
            let columns = Columns { name: "p".into(), code: None, key: None };
            self.enter(Kind::Profile, columns, Some(id), profile.raw());
        }
        self.say(format!("add #{id} User with {posts} posts, profile: {profile}"));
    }

    fn add_with_parent(&mut self, db: &mut Session, kind: Kind, value: u8) {
        let Some(of) = kind.parent() else { return };
        let parent = self.fresh(of, value);
        let (name, above) = (format!("c{value}"), parent.name.clone());
        let code = user_code(parent.code);
        let (raw, parent_raw) = match kind {
            Kind::Post => {
                let post = db.add(Post.new().name(name.clone()).author(User.new().name(above).code(code)));
                (post.raw(), Some(db[post].author.get().raw()))
            }
            Kind::Profile => {
                let new = Profile.new().name(name.clone()).user(User.new().name(above).code(code));
                let profile = db.add(new);
                (profile.raw(), db[profile].user.get().map(Handle::raw))
            }
            Kind::Node => {
                let node = db.add(Node.new().name(name.clone()).parent(Node.new().name(above)));
                (node.raw(), db[node].parent.get().map(Handle::raw))
            }
            Kind::Department => {
                let new = Department.new().name(name.clone()).head(Employee.new().name(above));
                let department = db.add(new);
                (department.raw(), db[department].head.get().map(Handle::raw))
            }
            Kind::Employee => {
                let new = Employee.new().name(name.clone()).department(Department.new().name(above));
                let employee = db.add(new);
                (employee.raw(), db[employee].department.get().map(Handle::raw))
            }
            Kind::User | Kind::Tag | Kind::Item => return,
        };
        let parent = parent_raw.map(|raw| self.enter(of, parent, None, raw));
        let id = self.enter(kind, Columns { name, code: None, key: None }, parent, raw);
        self.say(format!("add #{id} {kind:?} with new parent {parent:?}"));
    }

    fn add_again(&mut self, db: &mut Session, which: Pick, value: u8, parent: Pick) {
        if self.rolled_back.is_empty() {
            return;
        }
        let at = usize::from(which) % self.rolled_back.len();
        let RolledBack { id, kind, raw, parent: kept } = self.rolled_back[at];
        let parent = self.parent_for(kind, parent);
        if kind == Kind::Post && parent.is_none() {
            return;
        }
        self.rolled_back.remove(at);
        self.say(format!("add again #{id} {kind:?} under {:?}", parent.map(|(id, _)| id)));
        let columns = self.fresh(kind, value);
        with_model!(kind, M, _e => {
            let handle = Handle::<M>::from_raw(raw);
            db.add_again(handle);
            db[handle].set_label(columns.name.clone());
            db[handle].set_number(columns.code);
        });
        if let (Kind::Item, Some((shop, number))) = (kind, columns.key.clone()) {
            let item = Handle::<Item>::from_raw(raw);
            (db[item].shop, db[item].number) = (shop, number);
        }
        // It comes back to the parent that it had, and leaves that in what follows.
        let kept = kept.filter(|(id, raw)| self.handles.get(id) == Some(raw)).map(|(id, _)| id);
        self.world.add(id, kind, columns, kept);
        self.handles.insert(id, raw);
        self.find_pairs();
        match (kind, parent) {
            (Kind::Post, Some((user, to))) => {
                db.set(Handle::<Post>::from_raw(raw), Post.author, Handle::<User>::from_raw(to));
                self.world.set_parent(id, Some(user));
            }
            _ => {
                for one in One::ALL.into_iter().filter(|one| one.ends().0 == kind && *one != One::UserProfile)
                {
                    self.set_one(db, one, (id, raw), parent);
                }
            }
        }
    }

    pub(super) fn column_step(&mut self, db: &mut Session, step: &Step) {
        match *step {
            Step::SetName { kind, which, value } => {
                let Some((id, raw)) = self.pick(kind, which) else { return };
                let name = format!("n{value}");
                self.say(format!("name of #{id} = {name}"));
                with_model!(kind, M, _e => db[Handle::<M>::from_raw(raw)].set_label(name.clone()));
                self.change(id, |columns| columns.name = name);
            }
            Step::SetCode { kind, which, value } => {
                let Some((id, raw)) = self.pick(kind, which) else { return };
                self.set_code(db, kind, id, raw, Some(i64::from(value) * 3));
            }
            Step::SwapCodes { kind, a, b } => {
                let (Some((a, raw_a)), Some((b, raw_b))) = (self.pick(kind, a), self.pick(kind, b)) else {
                    return;
                };
                let (of_a, of_b) = (self.world.rows[&a].columns.code, self.world.rows[&b].columns.code);
                self.set_code(db, kind, a, raw_a, of_b);
                self.set_code(db, kind, b, raw_b, of_a);
            }
            Step::SetKey { which, value } => {
                let Some((id, raw)) = self.pick(Kind::Item, which) else { return };
                let (key, item) = (item_key(value), Handle::<Item>::from_raw(raw));
                self.say(format!("key of #{id} = {key:?}"));
                (db[item].shop, db[item].number) = key.clone();
                self.change(id, |columns| columns.key = Some(key));
            }
            Step::Touch { kind, which } => {
                let Some((id, raw)) = self.pick(kind, which) else { return };
                self.say(format!("touch #{id}"));
                with_model!(kind, M, _e => {
                    let object = &mut db[Handle::<M>::from_raw(raw)];
                    object.set_label(object.label().to_owned());
                });
            }
            _ => {}
        }
    }

    fn set_code(&mut self, db: &mut Session, kind: Kind, id: Id, raw: Raw, code: Option<i64>) {
        self.say(format!("code of #{id} = {code:?}"));
        with_model!(kind, M, _e => db[Handle::<M>::from_raw(raw)].set_number(code));
        self.change(id, |columns| columns.code = code);
    }

    fn change(&mut self, id: Id, change: impl FnOnce(&mut Columns)) {
        if let Some(row) = self.world.rows.get_mut(&id) {
            change(&mut row.columns);
        }
    }

    pub(super) fn relation_step(&mut self, db: &mut Session, step: &Step) {
        match step {
            Step::SetOne { one, owner, target } => {
                let Some(owner) = self.pick_staying(one.ends().0, *owner) else { return };
                let found = target.and_then(|target| self.pick_staying(one.ends().1, target));
                if target.is_none() || found.is_some() {
                    self.set_one(db, *one, owner, found);
                }
            }
            Step::SetAuthor { post, user } => {
                let (Some((post, raw)), Some((user, to))) =
                    (self.pick_staying(Kind::Post, *post), self.pick_staying(Kind::User, *user))
                else {
                    return;
                };
                self.say(format!("author of #{post} = #{user}"));
                db.set(Handle::<Post>::from_raw(raw), Post.author, Handle::<User>::from_raw(to));
                self.world.set_parent(post, Some(user));
            }
            Step::Push { coll, owner, target, value } => {
                let Some(owner) = self.pick_staying(coll.ends().0, *owner) else { return };
                match target.map(|target| self.pick_staying(coll.ends().1, target)) {
                    Some(Some(target)) => self.push(db, *coll, owner, target),
                    Some(None) => {}
                    None => self.push_new(db, *coll, owner, *value),
                }
            }
            Step::Remove { coll, owner, target, member } => {
                self.remove(db, *coll, (*owner, *target), *member)
            }
            Step::Replace { coll, owner, targets, fresh } => {
                let Some(owner) = self.pick_staying(coll.ends().0, *owner) else { return };
                let mut found: Vec<(Id, Raw)> =
                    targets.iter().filter_map(|target| self.pick_staying(coll.ends().1, *target)).collect();
                found.sort_unstable();
                found.dedup();
                self.replace(db, *coll, owner, found);
                if *fresh {
                    self.push_new(db, *coll, owner, 3);
                }
            }
            _ => {}
        }
    }

    fn set_one(&mut self, db: &mut Session, one: One, (owner, raw): (Id, Raw), target: Option<(Id, Raw)>) {
        let id = target.map(|(id, _)| id);
        self.say(format!("{one:?} of #{owner} = {id:?}"));
        with_one!(one, O, T, relation, _field => {
            let target = target.map(|(_, raw)| Handle::<T>::from_raw(raw));
            db.set(Handle::<O>::from_raw(raw), relation, target);
        });
        match (one, id) {
            (One::UserProfile, Some(profile)) => self.world.set_parent(profile, Some(owner)),
            (One::UserProfile, None) => {
                for profile in self.world.children(owner, Kind::Profile) {
                    self.world.lose_parent(profile);
                }
            }
            (_, id) => self.world.set_parent(owner, id),
        }
    }

    /// Whether a many-to-many pair is in sight from one of its ends; from neither, what is there is not known, and
    /// taking out what is not there is an error.
    fn in_sight(&self, db: &Session, coll: Coll, owner: Raw, target: Raw) -> bool {
        let other = match coll {
            Coll::PostTags => Coll::TagPosts,
            Coll::TagPosts => Coll::PostTags,
            _ => return true,
        };
        check::content(db, Window::Many(coll), owner).is_some()
            || check::content(db, Window::Many(other), target).is_some()
    }

    fn push(&mut self, db: &mut Session, coll: Coll, (owner, raw): (Id, Raw), (target, other): (Id, Raw)) {
        if self.world.tags_lag && is_association(coll) {
            return;
        }
        self.say(format!("push to {coll:?} of #{owner}: #{target}"));
        with_coll!(coll, O, T, relation, _field => {
            db.push(Handle::<O>::from_raw(raw), relation, Handle::<T>::from_raw(other));
        });
        self.joined(coll, owner, target);
    }

    fn joined(&mut self, coll: Coll, owner: Id, target: Id) {
        match coll {
            Coll::PostTags => drop(self.world.tagged.insert((owner, target))),
            Coll::TagPosts => drop(self.world.tagged.insert((target, owner))),
            _ => self.world.set_parent(target, Some(owner)),
        }
    }

    fn push_new(&mut self, db: &mut Session, coll: Coll, (owner, raw): (Id, Raw), value: u8) {
        let kind = coll.ends().1;
        let columns = self.fresh(kind, value);
        let (name, code) = (columns.name.clone(), columns.code);
        let new = match coll {
            Coll::UserPosts => {
                db.push(Handle::<User>::from_raw(raw), User.posts, Post.new().name(name)).raw()
            }
            Coll::NodeChildren => {
                db.push(Handle::<Node>::from_raw(raw), Node.children, Node.new().name(name)).raw()
            }
            Coll::DepartmentEmployees => {
                let owner = Handle::<Department>::from_raw(raw);
                db.push(owner, Department.employees, Employee.new().name(name)).raw()
            }
            Coll::EmployeeLeads => {
                let owner = Handle::<Employee>::from_raw(raw);
                db.push(owner, Employee.leads, Department.new().name(name)).raw()
            }
            Coll::PostTags => {
                db.push(Handle::<Post>::from_raw(raw), Post.tags, Tag.new().name(name).code(code)).raw()
            }
            // A post cannot be without an author.
            Coll::TagPosts => return,
        };
        let id = self.enter(kind, columns, None, new);
        self.say(format!("push to {coll:?} of #{owner}: new #{id}"));
        self.joined(coll, owner, id);
    }

    fn remove(&mut self, db: &mut Session, coll: Coll, (owner, target): (Pick, Pick), member: bool) {
        let Some((owner, raw)) = self.pick_staying(coll.ends().0, owner) else { return };
        let members: Vec<Id> = match coll {
            Coll::PostTags => {
                self.world.tagged.iter().filter(|(p, _)| *p == owner).map(|(_, t)| *t).collect()
            }
            Coll::TagPosts => {
                self.world.tagged.iter().filter(|(_, t)| *t == owner).map(|(p, _)| *p).collect()
            }
            _ => self.world.children(owner, coll.ends().1),
        };
        let known =
            members.into_iter().filter(|id| self.handles.contains_key(id) && !self.world.rows[id].deleting);
        let known: Vec<Id> = known.collect();
        let target = match member && !known.is_empty() {
            true => known[usize::from(target) % known.len()],
            false => match self.pick_staying(coll.ends().1, target) {
                Some((id, _)) => id,
                None => return,
            },
        };
        let other = self.handles[&target];
        let unknown = check::content(db, Window::Many(coll), raw).is_none() && !known.contains(&target);
        let unclear = unknown || self.world.tags_lag;
        if !self.in_sight(db, coll, raw, other) || unclear && is_association(coll) {
            return;
        }
        self.say(format!("remove from {coll:?} of #{owner}: #{target}"));
        with_coll!(coll, O, T, relation, _field => {
            db.remove(Handle::<O>::from_raw(raw), relation, Handle::<T>::from_raw(other));
        });
        match coll {
            Coll::PostTags => drop(self.world.tagged.remove(&(owner, target))),
            Coll::TagPosts => drop(self.world.tagged.remove(&(target, owner))),
            _ => self.world.remove(owner, target),
        }
    }

    fn replace(&mut self, db: &mut Session, coll: Coll, (owner, raw): (Id, Raw), targets: Vec<(Id, Raw)>) {
        let ids: Vec<Id> = targets.iter().map(|(id, _)| *id).collect();
        let loaded = check::content(db, Window::Many(coll), raw).is_some();
        self.say(format!("replace {coll:?} of #{owner} (loaded: {loaded}): {ids:?}"));
        with_coll!(coll, O, T, relation, _field => {
            let targets: Vec<Handle<T>> = targets.iter().map(|(_, raw)| Handle::from_raw(*raw)).collect();
            db.replace(Handle::<O>::from_raw(raw), relation, targets);
        });
        match coll {
            Coll::PostTags => self.world.tagged.retain(|(post, _)| *post != owner),
            Coll::TagPosts => self.world.tagged.retain(|(_, tag)| *tag != owner),
            _ => {
                for child in self.world.children(owner, coll.ends().1) {
                    match loaded {
                        _ if ids.contains(&child) => {}
                        true => self.world.leave(child),
                        false => self.world.lose_parent(child),
                    }
                }
            }
        }
        self.world.replaced = true;
        self.world.tags_lag |= is_association(coll) && !loaded;
        ids.into_iter().for_each(|id| self.joined(coll, owner, id));
    }
}

fn is_association(coll: Coll) -> bool {
    matches!(coll, Coll::PostTags | Coll::TagPosts)
}
