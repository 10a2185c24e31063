//! The schema of the random programs: every kind of relation once, each model with a name, most with a unique code.
#![allow(dead_code, unreachable_pub)]

use rebis::prelude::*;
use rebis::schema::MetaData;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(unique)]
    pub code: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
    #[relation(inverse = user)]
    pub profile: HasOne<Profile>,
}

#[derive(Model, Debug)]
#[model(table = "profiles")]
pub struct Profile {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = User.id)]
    pub user_id: Option<i64>,
    #[relation(key = user_id)]
    pub user: BelongsTo<Option<User>>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = User.id)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
    #[relation(through = PostTag)]
    pub tags: HasMany<Tag>,
}

#[derive(Model, Debug)]
#[model(table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(unique)]
    pub code: Option<i64>,
    #[relation(through = PostTag)]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "post_tags")]
pub struct PostTag {
    #[column(primary_key, references = Post.id)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
}

#[derive(Model, Debug)]
#[model(table = "nodes")]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Node.id)]
    pub parent_id: Option<i64>,
    #[relation(key = parent_id)]
    pub parent: BelongsTo<Option<Node>>,
    #[relation(inverse = parent)]
    pub children: HasMany<Node>,
}

#[derive(Model, Debug)]
#[model(table = "departments")]
pub struct Department {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Employee.id)]
    pub head_id: Option<i64>,
    #[relation(key = head_id)]
    pub head: BelongsTo<Option<Employee>>,
    #[relation(inverse = department)]
    pub employees: HasMany<Employee>,
}

#[derive(Model, Debug)]
#[model(table = "employees")]
pub struct Employee {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Department.id)]
    pub department_id: Option<i64>,
    #[relation(key = department_id)]
    pub department: BelongsTo<Option<Department>>,
    #[relation(inverse = head)]
    pub leads: HasMany<Department>,
}

#[derive(Model, Debug)]
#[model(table = "items")]
pub struct Item {
    #[column(primary_key)]
    pub shop: String,
    #[column(primary_key)]
    pub number: i64,
    pub name: String,
    #[column(unique)]
    pub code: i64,
}

/// All tables.
pub fn schema() -> MetaData {
    metadata![User, Profile, Post, Tag, PostTag, Node, Department, Employee, Item]
}

/// The models without the association.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    User,
    Profile,
    Post,
    Tag,
    Node,
    Department,
    Employee,
    Item,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] = [
        Kind::User,
        Kind::Profile,
        Kind::Post,
        Kind::Tag,
        Kind::Node,
        Kind::Department,
        Kind::Employee,
        Kind::Item,
    ];

    /// The model that the foreign key of this one points at; no model here has more than one.
    pub fn parent(self) -> Option<Kind> {
        match self {
            Kind::Profile | Kind::Post => Some(Kind::User),
            Kind::Node => Some(Kind::Node),
            Kind::Department => Some(Kind::Employee),
            Kind::Employee => Some(Kind::Department),
            Kind::User | Kind::Tag | Kind::Item => None,
        }
    }
}

/// A primary key; the shop is empty where the key is a number.
pub type Key = (String, i64);

/// What the models have in common, under one name.
pub trait Sample: Model {
    const KIND: Kind;
    fn label(&self) -> &str;
    fn set_label(&mut self, name: String);
    fn number(&self) -> Option<i64>;
    fn set_number(&mut self, code: Option<i64>);
    fn row_key(&self) -> Key;
    fn parent_key(&self) -> Option<i64>;
}

macro_rules! samples {
    ($($model:ident: $number:expr, $set:expr, $key:expr, $parent:expr;)*) => {$(
        impl Sample for $model {
            const KIND: Kind = Kind::$model;
            fn label(&self) -> &str {
                &self.name
            }
            fn set_label(&mut self, name: String) {
                self.name = name;
            }
            fn number(&self) -> Option<i64> {
                ($number)(self)
            }
            fn set_number(&mut self, code: Option<i64>) {
                ($set)(self, code)
            }
            fn row_key(&self) -> Key {
                ($key)(self)
            }
            fn parent_key(&self) -> Option<i64> {
                ($parent)(self)
            }
        }
    )*};
}

samples! {
    User: |m: &User| m.code.strip_prefix('u').and_then(|n| n.parse().ok()),
        |m: &mut User, code: Option<i64>| m.code = user_code(code),
        |m: &User| (String::new(), m.id), |_: &User| None;
    Profile: |_: &Profile| None, |_: &mut Profile, _| (), |m: &Profile| (String::new(), m.id), |m: &Profile| m.user_id;
    Post: |_: &Post| None, |_: &mut Post, _| (), |m: &Post| (String::new(), m.id), |m: &Post| Some(m.author_id);
    Tag: |m: &Tag| m.code, |m: &mut Tag, code| m.code = code, |m: &Tag| (String::new(), m.id), |_: &Tag| None;
    Node: |_: &Node| None, |_: &mut Node, _| (), |m: &Node| (String::new(), m.id), |m: &Node| m.parent_id;
    Department: |_: &Department| None, |_: &mut Department, _| (), |m: &Department| (String::new(), m.id),
        |m: &Department| m.head_id;
    Employee: |_: &Employee| None, |_: &mut Employee, _| (), |m: &Employee| (String::new(), m.id),
        |m: &Employee| m.department_id;
    Item: |m: &Item| Some(m.code), |m: &mut Item, code: Option<i64>| m.code = code.unwrap_or(0),
        |m: &Item| (m.shop.clone(), m.number), |_: &Item| None;
}

/// The code of a user as text.
pub fn user_code(code: Option<i64>) -> String {
    format!("u{}", code.unwrap_or(0))
}

/// Runs a body with the model of a kind as a type, and its entity as a value.
macro_rules! with_model {
    ($kind:expr, $model:ident, $entity:ident => $body:expr) => {
        with_model!(@ $kind, $model, $entity, $body,
            User Profile Post Tag Node Department Employee Item)
    };
    (@ $kind:expr, $model:ident, $entity:ident, $body:expr, $($name:ident)*) => {
        match $kind {$(
            Kind::$name => {
                #[allow(dead_code)]
                type $model = $name;
                #[allow(unused_variables)]
                let $entity = $name;
                $body
            }
        )*}
    };
}

/// To-many relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coll {
    UserPosts,
    NodeChildren,
    DepartmentEmployees,
    EmployeeLeads,
    PostTags,
    TagPosts,
}

impl Coll {
    /// All of them.
    pub const ALL: [Coll; 6] = [
        Coll::UserPosts,
        Coll::NodeChildren,
        Coll::DepartmentEmployees,
        Coll::EmployeeLeads,
        Coll::PostTags,
        Coll::TagPosts,
    ];

    /// The model that has it, and the one it holds.
    pub fn ends(self) -> (Kind, Kind) {
        match self {
            Coll::UserPosts => (Kind::User, Kind::Post),
            Coll::NodeChildren => (Kind::Node, Kind::Node),
            Coll::DepartmentEmployees => (Kind::Department, Kind::Employee),
            Coll::EmployeeLeads => (Kind::Employee, Kind::Department),
            Coll::PostTags => (Kind::Post, Kind::Tag),
            Coll::TagPosts => (Kind::Tag, Kind::Post),
        }
    }
}

/// Runs a body with a to-many relation: the types of its ends, the relation, and how its field is read.
macro_rules! with_coll {
    ($coll:expr, $owner:ident, $target:ident, $relation:ident, $field:ident => $body:expr) => {
        with_coll!(@ $coll, $owner, $target, $relation, $field, $body,
            UserPosts(User.posts: Post) NodeChildren(Node.children: Node)
            DepartmentEmployees(Department.employees: Employee) EmployeeLeads(Employee.leads: Department)
            PostTags(Post.tags: Tag) TagPosts(Tag.posts: Post))
    };
    (@ $coll:expr, $owner:ident, $target:ident, $relation:ident, $field:ident, $body:expr,
        $($name:ident($o:ident.$f:ident: $t:ident))*) => {
        match $coll {$(
            Coll::$name => {
                #[allow(dead_code)]
                type $owner = $o;
                #[allow(dead_code)]
                type $target = $t;
                #[allow(unused_variables)]
                let $relation = $o.$f;
                #[allow(unused_variables)]
                let $field = |m: &$o| m.$f.clone();
                $body
            }
        )*}
    };
}

/// To-one relations that may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum One {
    ProfileUser,
    NodeParent,
    DepartmentHead,
    EmployeeDepartment,
    UserProfile,
}

impl One {
    /// All of them.
    pub const ALL: [One; 5] =
        [One::ProfileUser, One::NodeParent, One::DepartmentHead, One::EmployeeDepartment, One::UserProfile];

    /// The model that has it, and the one it points at.
    pub fn ends(self) -> (Kind, Kind) {
        match self {
            One::ProfileUser => (Kind::Profile, Kind::User),
            One::NodeParent => (Kind::Node, Kind::Node),
            One::DepartmentHead => (Kind::Department, Kind::Employee),
            One::EmployeeDepartment => (Kind::Employee, Kind::Department),
            One::UserProfile => (Kind::User, Kind::Profile),
        }
    }
}

/// Runs a body with a to-one relation that may be empty, as [`with_coll`] does.
macro_rules! with_one {
    ($one:expr, $owner:ident, $target:ident, $relation:ident, $field:ident => $body:expr) => {
        with_one!(@ $one, $owner, $target, $relation, $field, $body,
            ProfileUser(Profile.user: User) NodeParent(Node.parent: Node)
            DepartmentHead(Department.head: Employee) EmployeeDepartment(Employee.department: Department)
            UserProfile(User.profile: Profile))
    };
    (@ $one:expr, $owner:ident, $target:ident, $relation:ident, $field:ident, $body:expr,
        $($name:ident($o:ident.$f:ident: $t:ident))*) => {
        match $one {$(
            One::$name => {
                #[allow(dead_code)]
                type $owner = $o;
                #[allow(dead_code)]
                type $target = $t;
                #[allow(unused_variables)]
                let $relation = $o.$f;
                #[allow(unused_variables)]
                let $field = |m: &$o| m.$f.clone();
                $body
            }
        )*}
    };
}
