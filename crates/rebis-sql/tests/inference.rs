//! What compiles without any annotation.
// References are what is tested.
#![allow(clippy::needless_borrows_for_generic_args)]

mod common;

use common::*;
use rebis_core::{Binds, Cell, Result, SqlType, Value};
use rebis_sql::{Column, Expr, IntoCondition, Query, RowExpr, Select, func, select, sql};

/// A key with a type of its own.
#[derive(Clone, Debug, PartialEq)]
struct UserId(i64);

impl Value for UserId {
    type Base = UserId;
    fn sql_type() -> SqlType {
        SqlType::I64
    }
    fn encode(&self, out: &mut Binds) {
        out.int(self.0);
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        i64::decode(cell).map(UserId)
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

const OWNER: Column<Post, Option<UserId>> = Column::new("posts", "owner_id", 9);
const OWNER_KEY: Column<User, UserId> = Column::new("users", "id", 0);

#[test]
fn values_columns_and_expressions_stand_where_their_type_is_wanted() {
    let id = 3i64;
    let name = String::from("x");
    let ids = vec![1i64, 2];
    check_expr(Post.editor_id.eq(User.id), "posts.editor_id = users.id");
    check_expr(User.id.eq(Post.editor_id), "users.id = posts.editor_id");
    check_expr(Post.editor_id.eq(None), "posts.editor_id IS NULL");
    check_expr(Post.editor_id.ne(None), "posts.editor_id IS NOT NULL");
    check_expr(Post.editor_id.eq(Some(3)), "posts.editor_id = 3");
    check_expr(OWNER.eq(Some(UserId(3))), "posts.owner_id = 3");
    check_expr(OWNER.eq(UserId(3)), "posts.owner_id = 3");
    check_expr(OWNER.eq(OWNER_KEY), "posts.owner_id = users.id");
    check_expr(Post.body.eq("x"), "posts.body = 'x'");
    check_expr(Post.body.eq(&name), "posts.body = 'x'");
    check_expr(Post.title.eq(&name), "posts.title = 'x'");
    check_expr(Post.title.eq(name.as_str()), "posts.title = 'x'");
    check_expr(Post.title.eq(name.clone()), "posts.title = 'x'");
    check_expr(Post.id.eq(&id), "posts.id = 3");
    check_expr(Post.editor_id.eq(&id), "posts.editor_id = 3");
    check_expr(Post.id.eq(5), "posts.id = 5");
    check_expr(Post.id.gt(-1), "posts.id > -1");
    check_expr(Post.hits.gt(Post.hits + 1), "posts.hits > posts.hits + 1");
    check_expr(User.active & !User.karma.lt(0), "users.active AND NOT (users.karma < 0)");
    check_expr(User.id.in_(&ids), "users.id IN (1, 2)");
    check_expr(User.id.in_(ids.as_slice()), "users.id IN (1, 2)");
    check_expr(User.id.in_(ids.clone()), "users.id IN (1, 2)");
    check_expr(User.id.in_(ids.iter().map(|id| id + 1)), "users.id IN (2, 3)");
    check_expr(Post.editor_id.in_(&ids), "posts.editor_id IN (1, 2)");
    check_expr(Post.title.in_(["a", "b"]), "posts.title IN ('a', 'b')");
    check_expr(Post.title.in_(&["a", "b"]), "posts.title IN ('a', 'b')");
    check_expr(Post.author_id.in_(select(User.id)), "posts.author_id IN (SELECT users.id FROM users)");
    check_expr(Post.editor_id.in_(select(User.id)), "posts.editor_id IN (SELECT users.id FROM users)");
    check_expr(User.id.in_(select(Post.editor_id)), "users.id IN (SELECT posts.editor_id FROM posts)");
    check_expr(
        User.id.not_in(&select(Post.author_id)),
        "users.id NOT IN (SELECT posts.author_id FROM posts)",
    );
    check_expr(User.key.eq(b"ab"), "users.\"key\" = x'6162'");
    check_expr(User.key.eq(&[1u8, 2][..]), "users.\"key\" = x'0102'");
    check_expr(User.score.gt(1.5), "users.score > 1.5");
    check_expr(Post.body.coalesce(""), "coalesce(posts.body, '')");
    check_expr(func::coalesce(Post.body, Post.title), "coalesce(posts.body, posts.title)");
    check_expr(User.karma + 1, "users.karma + 1");
    check_expr(Post.hits * Post.id - 1, "posts.hits * posts.id - 1");
    check_expr(Post.editor_id + 1, "posts.editor_id + 1");
    check_expr(-User.karma % 2, "-users.karma % 2");
    check_expr(User.id.between(1, 5), "users.id BETWEEN 1 AND 5");
    check_expr((Post.hits, Post.id).lt((3, 4)), "(posts.hits, posts.id) < (3, 4)");
    check_expr((Post.title, Post.id).eq(("a", id)), "(posts.title, posts.id) = ('a', 3)");
    check_expr(
        (Post.title, Post.id).in_([("a", 1), ("b", 2)]),
        "(posts.title, posts.id) = ('a', 1) OR (posts.title, posts.id) = ('b', 2)",
    );
    check_expr(
        Post.hits.eq(select(Post.hits.max()).scalar()),
        "posts.hits = (SELECT max(posts.hits) FROM posts)",
    );
}

#[test]
fn conditions_come_as_options_vectors_and_boolean_columns() {
    let some: Option<Expr<bool>> = Some(User.id.eq(1));
    let none: Option<Expr<bool>> = None;
    let many: Vec<Expr<bool>> = vec![User.id.gt(1), User.id.lt(9)];
    let stmt = select(User.id).filter(some).filter(none).filter(many).filter(User.active);
    check(
        &stmt,
        [
            "SELECT users.id FROM users WHERE users.id = ? AND users.id > ? AND users.id < ? AND users.active",
            "SELECT users.id FROM users WHERE users.id = $1 AND users.id > $2 AND users.id < $3 AND users.active",
            "SELECT users.id FROM users WHERE users.id = ? AND users.id > ? AND users.id < ? AND users.active",
        ],
    );
}

/// Generic code: over columns of any model, over statements.
#[test]
fn helpers_over_columns_and_statements_need_no_bounds_on_the_model() {
    fn search<M>(columns: &[Column<M, String>], text: &str) -> Vec<Expr<bool>> {
        columns.iter().map(|c| c.contains(text)).collect()
    }
    fn named(text: &str) -> impl IntoCondition + use<> {
        User.name.eq(text)
    }
    fn live() -> Select<(i64, String)> {
        select((User.id, User.name)).filter(User.active)
    }
    fn any_query() -> impl Query<Row = i64> {
        select(User.id)
    }
    for column in &[User.name, User.name] {
        check_expr(column.eq("q"), "users.name = 'q'");
    }
    let found = rebis_sql::any_of(search(&[User.name], "q"));
    check_expr(found, "users.name LIKE '%q%' ESCAPE '/'");
    let mut stmt = live();
    if stmt.ast().limit.is_none() {
        stmt = stmt.filter(named("x")).limit(1);
    }
    assert_eq!(
        stmt.to_string(),
        "SELECT users.id, users.name FROM users WHERE users.active AND users.name = 'x' LIMIT 1"
    );
    check(any_query(), ["SELECT users.id FROM users"; 3]);
}

#[test]
fn raw_sql_binds_whatever_a_column_takes() {
    let name = String::from("x");
    let stmt = sql("{} {} {} {} {}").bind(5).bind("a").bind(&name).bind(None::<i64>).bind(User.id);
    assert!(!stmt.rows::<i64>().into_request().options.by_name);
    let stmt = sql("{} {}").binds([1, 2]);
    assert_eq!(stmt.to_string(), "1 2");
}

#[test]
fn statements_cross_threads_and_are_cheap_to_hand_around() {
    fn crosses<T: Send + Sync + Clone + 'static>(_: &T) {}
    // `Rc` is neither: the types of a column are names, they hold nothing.
    const ODD: Column<std::rc::Rc<()>, std::rc::Rc<()>> = Column::new("a", "b", 0);
    crosses(&ODD);
    crosses(&select(User.id));
    crosses(&User.id.eq(1));
    crosses(&User.update());
    crosses(&User.delete());
    crosses(&sql("select 1").rows::<i64>());
    crosses(&select(User.id).as_subquery("a"));
    crosses(&User.id.label("a"));
}
