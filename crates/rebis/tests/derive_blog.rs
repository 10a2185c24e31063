//! The tutorial's models: what the derives make of them, without a database.
#![forbid(nonstandard_style)]
#![deny(missing_docs, unsafe_code, warnings, missing_debug_implementations)]

use rebis::prelude::*;
use rebis::{Datum, SqlType, ToKey};

/// A user.
#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    /// Key.
    #[column(primary_key)]
    pub id: i64,
    /// Name.
    #[column(length = 50, unique)]
    pub username: String,
    /// Address.
    #[column(length = 120, unique)]
    pub email: String,
    /// Secret.
    #[column(length = 80)]
    pub password: String,
    /// Posts.
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
    /// One to one.
    #[relation(inverse = user)]
    pub profile: HasOne<Profile>,
}

/// A profile.
#[derive(Model, Debug)]
pub struct Profile {
    /// Key.
    #[column(primary_key)]
    pub user_id: i64,
    /// Text.
    #[column(server_default = "''")]
    pub about: String,
    /// Owner.
    #[relation(key = user_id)]
    pub user: BelongsTo<User>,
}

/// How far a post is.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not shown.
    Draft,
    /// Being read.
    InReview,
    /// Shown.
    #[sql_enum(rename = "live")]
    Published,
}

/// A post.
#[derive(Model, Debug)]
#[model(table = "posts", index(author_id, title), unique(name = "uq_title", title, status))]
#[model(check = "length(title) > 0", check(name = "ck_positive", "id > 0"), comment = "What users write")]
pub struct Post {
    /// Key.
    #[column(primary_key)]
    pub id: i64,
    /// Title.
    #[column(length = 200, index)]
    pub title: String,
    /// Text.
    pub body: Option<String>,
    /// State.
    #[column(default = Status::Draft)]
    pub status: Status,
    /// Key of the author.
    #[column(references = User.id, on_delete = Cascade)]
    pub author_id: i64,
    /// Key of the editor.
    pub editor_id: Option<i64>,
    /// Author.
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
    /// Editor.
    #[relation(key = editor_id)]
    pub editor: BelongsTo<Option<User>>,
    /// Tags.
    #[relation(through = PostTag, order_by(name desc, id))]
    pub tags: HasMany<Tag>,
}

/// A tag.
#[derive(Model, Debug)]
pub struct Tag {
    /// Key.
    #[column(primary_key)]
    pub id: i32,
    /// Name.
    #[column(name = "tag_name")]
    pub name: String,
    /// Posts.
    #[relation(through = PostTag)]
    pub posts: HasMany<Post>,
}

/// Between posts and tags.
#[derive(Model, Debug)]
pub struct PostTag {
    /// Post.
    #[column(primary_key, references = Post.id, on_delete = Cascade)]
    pub post_id: i64,
    /// Tag.
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i32,
}

#[test]
fn the_schema() {
    let schema = metadata![User, Profile, Post, Tag, PostTag];
    schema.check().expect("the models agree");
    let names: Vec<_> = schema.tables().iter().map(|t| t.name.to_string()).collect();
    assert_eq!(names, ["users", "profile", "posts", "tag", "post_tag"]);

    let posts = schema.table("posts").expect("posts");
    assert_eq!(posts.primary_key, [0]);
    assert!(posts.columns[0].generated);
    assert!(posts.columns[2].nullable && !posts.columns[1].nullable);
    assert_eq!(posts.columns[1].sql_type, SqlType::Text { length: Some(200) });
    assert_eq!(
        posts.columns[3].sql_type,
        SqlType::Enum { name: "status", variants: &["draft", "in_review", "live"], native: false }
    );
    assert_eq!(posts.foreign_keys.len(), 2);
    assert_eq!(posts.foreign_keys[0].target_table, "users");
    assert_eq!((posts.uniques.len(), posts.indexes.len(), posts.checks.len()), (1, 2, 2));
    assert_eq!(schema.table("tag").expect("tag").columns[1].name, "tag_name");
    assert!(!schema.table("profile").expect("profile").columns[0].generated);
    assert!(schema.table("post_tag").expect("post_tag").columns.iter().all(|c| !c.generated));
}

/// Whom a membership is of, as long as it lasts.
#[derive(Model, Debug)]
#[model(
    index(name = "one_each", holder, unique = true, where = "ended IS NULL"),
    index(desc(kind), include(holder), "lower(email)", desc("id + 1"))
)]
pub struct Membership {
    /// Key.
    #[column(primary_key)]
    pub id: i64,
    /// Holder.
    #[column(name = "holder_id")]
    pub holder: i64,
    /// A word of the attribute is a field as well.
    #[column(name = "kind")]
    pub kind: i64,
    /// Where to write to.
    pub email: String,
    /// Last day.
    pub ended: Option<String>,
}

#[test]
fn indexes_of_every_kind() {
    let schema = metadata![Membership];
    let postgres = schema.create_statements(rebis::dialect::postgres(), &|_| false).expect("statements");
    assert_eq!(
        postgres[1..],
        [
            "CREATE UNIQUE INDEX one_each ON membership (holder_id) WHERE ended IS NULL",
            "CREATE INDEX ix_membership_kind_expr_expr ON membership \
             (kind DESC, (lower(email)), (id + 1) DESC) INCLUDE (holder_id)",
        ]
    );
    let error = schema.create_statements(rebis::dialect::mysql(), &|_| false).expect_err("no such index");
    assert_eq!(error.kind(), rebis::ErrorKind::Unsupported);
}

#[test]
fn what_the_list_forgets() {
    let error = metadata![Post, Post, Tag].check().expect_err("faults");
    let text = error.to_string();
    for expect in ["Post.author_id references `User`, which is not listed", "`Post` is listed twice"] {
        assert!(text.contains(expect), "{text}");
    }
}

#[test]
fn the_entity() {
    assert_eq!(format!("{:?}", User.username), "users.username");
    assert_eq!(format!("{:?}", User.posts), "User.posts");
    let boss = User.alias("boss");
    assert_eq!(format!("{:?}", boss.username), "boss.username");
    assert_eq!(format!("{boss:?}"), "User as boss");
    const TITLE: rebis::Column<Post, String> = <Post as Model>::COLUMNS.title;
    assert_eq!(TITLE.index(), 1);
    let stmt = select(Tag).filter(Tag.name.eq("x"));
    assert!(stmt.to_string().contains("tag.tag_name = 'x'"), "{stmt}");
    let status = select(Post.id).filter(Post.status.eq(Status::InReview));
    assert!(status.to_string().contains("'in_review'"), "{status}");
}

#[test]
fn new_rows() {
    let mut db = Graph::new();
    let password = String::from("pw");
    let alice = db.add(User.new().username("alice").email(String::from("a@x")).password(&password));
    assert_eq!(db[alice].password, password);
    let hello = db.add(Post.new().title("Hello").author(alice));
    let second =
        db.add(Post.new().author_id(7).title("Second").body("text").status(Status::Published).editor(None));
    assert_eq!(db[hello].title, "Hello");
    assert_eq!(db[hello].status, Status::Draft);
    assert_eq!(db[hello].body, None);
    assert_eq!(db[second].body.as_deref(), Some("text"));
    assert_eq!(db[second].author_id, 7);
    assert_eq!(db[hello].author.get(), alice);
    assert_eq!(db[alice].id, 0);
    assert!(format!("{:?}", db[hello]).contains("author: User#"));

    let nested = db.add(
        Post.new()
            .title("Nested")
            .body(None)
            .editor(alice)
            .author(User.new().username("bob").email("b@x").password("").profile(Profile.new().about("me")))
            .tags([Tag.new().name("x"), Tag.new().name("y")]),
    );
    assert_eq!(db[nested].tags.len(), 2);
}

#[test]
fn builders_in_branches_and_functions() {
    fn draft(title: &str) -> impl NewRow<Model = Post> + use<> {
        Post.new().title(title).author_id(1)
    }
    let mut builder = Post.new().title("t").author_id(1);
    for body in ["a", "b"] {
        if body > "a" {
            builder = builder.body(body);
        }
    }
    let mut db = Graph::new();
    let (a, b) = (db.add(draft("x")), db.add(builder));
    assert_eq!((db[a].title.as_str(), db[b].body.as_deref()), ("x", Some("b")));
}

#[test]
fn rows() {
    use rebis::{Cell, Row};
    assert_eq!(<Tag as Row>::names(), ["id", "tag_name"]);
    let tag = <Tag as Row>::plain(&[Cell::Int(3), Cell::Text(b"rust")]).expect("a tag");
    assert_eq!((tag.id, tag.name.as_str(), tag.posts.is_loaded()), (3, "rust", false));
    let error = <Tag as Row>::plain(&[Cell::Int(3), Cell::Null]).expect_err("no text");
    assert!(error.to_string().contains("NULL"), "{error}");
}

#[test]
fn enums() {
    use rebis::{Cell, Value};
    assert_eq!(Datum::of(&Status::Published), Datum::Text("live".into()));
    assert_eq!(Status::decode(Cell::Text(b"in_review")).expect("known"), Status::InReview);
    let error = Status::decode(Cell::Text(b"gone")).expect_err("unknown");
    assert!(error.to_string().contains("draft, in_review, live"), "{error}");
}

#[test]
fn keys() {
    fn key<M: Model>(_: Entity<M>, key: impl ToKey<M::Key>) -> M::Key {
        key.to_key()
    }
    assert_eq!(key(User, 5), 5);
    assert_eq!(key(PostTag, (1, 2)), (1, 2));
}
