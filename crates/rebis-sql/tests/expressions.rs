//! Expressions: parentheses, operators and functions in the three families.

mod common;

use common::*;
use rebis_sql::{Expr, func, select};

#[test]
fn parentheses_stand_where_the_meaning_needs_them_and_nowhere_else() {
    let (a, b, c) = (|| User.id.eq(1), || User.id.eq(2), || User.id.eq(3));
    check_expr(a() & b() & c(), "users.id = 1 AND users.id = 2 AND users.id = 3");
    check_expr(a() & (b() & c()), "users.id = 1 AND users.id = 2 AND users.id = 3");
    check_expr((a() | b()) & c(), "(users.id = 1 OR users.id = 2) AND users.id = 3");
    check_expr(a() | b() & c(), "users.id = 1 OR users.id = 2 AND users.id = 3");
    check_expr(!(a() | b()), "NOT (users.id = 1 OR users.id = 2)");
    check_expr(!!a(), "users.id = 1");
    check_expr(!User.active, "NOT users.active");
    let k = User.karma;
    check_expr((k + 1) * 2, "(users.karma + 1) * 2");
    check_expr(k + k * 2, "users.karma + users.karma * 2");
    check_expr(k - (k - 1), "users.karma - (users.karma - 1)");
    check_expr(k - k - 1, "users.karma - users.karma - 1");
    check_expr(k / (k * 2), "users.karma / (users.karma * 2)");
    check_expr(-(k + 1), "-(users.karma + 1)");
    check_expr(-(-k), "-(-users.karma)");
    check_expr(k - -1, "users.karma - -1");
    check_expr(-func::value(-1i64), "-(-1)");
    check_expr((k + 1).eq(k * 2), "users.karma + 1 = users.karma * 2");
    check_expr(User.active.eq(User.id.eq(1)), "users.active = (users.id = 1)");
    check_expr(k.eq(1).is_null(), "(users.karma = 1) IS NULL");
    check_expr(User.name.concat("a").concat("b"), "users.name || 'a' || 'b'");
    check_expr(User.name.concat(User.name.concat("a")), "users.name || (users.name || 'a')");
    check_expr(User.name.concat("a").eq("ba"), "users.name || 'a' = 'ba'");
    check_expr((k + 1).in_([1]), "users.karma + 1 IN (1)");
    check_expr((k + 1).between(k, k + 2), "users.karma + 1 BETWEEN users.karma AND users.karma + 2");
    check_expr(a() & func::call::<bool>("f", ()), "users.id = 1 AND f()");
}

#[test]
fn the_opposite_is_said_by_the_operator_where_it_has_a_word() {
    check_expr(!User.id.eq(1), "users.id <> 1");
    check_expr(!User.id.ne(1), "users.id = 1");
    check_expr(!User.email.is_null(), "users.email IS NOT NULL");
    check_expr(!User.id.in_([1]), "users.id NOT IN (1)");
    check_expr(!User.name.like("a"), "users.name NOT LIKE 'a'");
    check_expr(!User.id.between(1, 2), "users.id NOT BETWEEN 1 AND 2");
    check_expr(!User.email.same("a"), "users.email IS NOT 'a'");
}

#[test]
fn empty_sets_and_chains_are_constants() {
    check_expr(User.id.in_(Vec::<i64>::new()), "1 = 0");
    check_expr(User.id.not_in(Vec::<i64>::new()), "1 = 1");
    check_expr(rebis_sql::all_of(Vec::<Expr<bool>>::new()), "1 = 1");
    check_expr(rebis_sql::any_of(Vec::<Expr<bool>>::new()), "1 = 0");
    check_expr(!rebis_sql::any_of(Vec::<Expr<bool>>::new()), "NOT (1 = 0)");
    let editors = [Some(1), None];
    check_expr(Post.editor_id.in_(editors), "posts.editor_id IN (1) OR posts.editor_id IS NULL");
    check_expr(Post.editor_id.not_in(editors), "NOT (posts.editor_id IN (1) OR posts.editor_id IS NULL)");
    check_expr(Post.editor_id.in_([None]), "posts.editor_id IS NULL");
    // A condition that is absent neither narrows nor widens.
    let none: Option<Expr<bool>> = None;
    check_expr(User.active | none.clone(), "users.active");
    check_expr(User.active & none.clone(), "users.active");
    check_expr(rebis_sql::any_of([none.clone(), Some(User.id.eq(1)), none]), "users.id = 1");
}

#[test]
fn operators_in_the_words_of_each_database() {
    check_where(
        User.email.same(None),
        ["users.email IS ?", "users.email IS NOT DISTINCT FROM $1", "users.email <=> ?"],
    );
    check_where(
        User.email.not_same("a"),
        ["users.email IS NOT ?", "users.email IS DISTINCT FROM $1", "NOT (users.email <=> ?)"],
    );
    check_where(
        User.name.ilike("A%"),
        ["lower(users.name) LIKE lower(?)", "users.name ILIKE $1", "lower(users.name) LIKE lower(?)"],
    );
    check_where(
        !User.name.ilike("A%"),
        [
            "lower(users.name) NOT LIKE lower(?)",
            "users.name NOT ILIKE $1",
            "lower(users.name) NOT LIKE lower(?)",
        ],
    );
    check_where(
        User.name.contains("50%"),
        ["users.name LIKE ? ESCAPE '/'", "users.name LIKE $1 ESCAPE '/'", "users.name LIKE ? ESCAPE '/'"],
    );
    check_where(
        User.name.concat("a").concat(Post.title).eq("b"),
        [
            "users.name || ? || posts.title = ?",
            "users.name || $1 || posts.title = $2",
            "concat(users.name, ?, posts.title) = ?",
        ],
    );
    check_where(
        User.name.length().gt(3),
        ["length(users.name) > ?", "length(users.name) > $1", "char_length(users.name) > ?"],
    );
    check_where(Post.order.eq(1), ["posts.\"order\" = ?", "posts.\"order\" = $1", "posts.`order` = ?"]);
    check_where(
        User.karma.cast::<String>().eq("1"),
        ["CAST(users.karma AS TEXT) = ?", "CAST(users.karma AS TEXT) = $1", "CAST(users.karma AS CHAR) = ?"],
    );
}

#[test]
fn aggregates_with_a_condition_and_whole_quotients() {
    check_where(
        User.id.in_(select(Post.id).having(func::filtered(Post.hits.sum(), Post.id.gt(1)).gt(2))),
        [
            "users.id IN (SELECT posts.id FROM posts HAVING sum(posts.hits) FILTER (WHERE posts.id > ?) > ?)",
            "users.id IN (SELECT posts.id FROM posts HAVING sum(posts.hits) FILTER (WHERE posts.id > $1) > $2)",
            "users.id IN (SELECT posts.id FROM posts HAVING sum(CASE WHEN posts.id > ? THEN posts.hits END) > ?)",
        ],
    );
    check_where(
        (User.karma / 2).gt(User.karma / 3 * 2),
        [
            "users.karma / ? > users.karma / ? * ?",
            "users.karma / $1 > users.karma / $2 * $3",
            "users.karma DIV ? > users.karma DIV ? * ?",
        ],
    );
    check_where(
        (User.score / 2.0).gt(1.0),
        ["users.score / ? > ?", "users.score / $1 > $2", "users.score / ? > ?"],
    );
}

#[test]
fn literals_in_the_words_of_each_database() {
    let stmt = select(User.id).filter(User.active.eq(true)).filter(User.name.eq("a\\'b"));
    let texts = dialects().map(|caps| stmt.to_sql_inline(caps).unwrap());
    assert_eq!(
        texts,
        [
            "SELECT users.id FROM users WHERE users.active = 1 AND users.name = 'a\\''b'",
            "SELECT users.id FROM users WHERE users.active = TRUE AND users.name = 'a\\''b'",
            "SELECT users.id FROM users WHERE users.active = TRUE AND users.name = 'a\\\\''b'",
        ]
    );
}

#[test]
fn functions() {
    check_expr(User.id.count(), "count(users.id)");
    check_expr(User.id.count_distinct(), "count(DISTINCT users.id)");
    let _: Expr<Option<i64>> = User.karma.sum();
    let _: Expr<Option<f64>> = User.score.sum();
    let _: Expr<Option<i64>> = Post.editor_id.max();
    let _: Expr<Option<i64>> = Post.body.length();
    check_expr(User.karma.sum(), "sum(users.karma)");
    check_expr(User.karma.avg(), "avg(users.karma)");
    check_expr(func::replace(User.name, "a", "b"), "replace(users.name, 'a', 'b')");
    check_expr(func::substr(User.name, 1, 3), "substr(users.name, 1, 3)");
    check_expr(User.name.eq(func::now::<String>()), "users.name = CURRENT_TIMESTAMP");
    check_expr(func::nullif(User.name, ""), "nullif(users.name, '')");
    check_expr(func::filtered(func::count(), User.active), "count(*) FILTER (WHERE users.active)");
    check_expr(func::case_of::<i64>().when(User.active, 1).end(), "CASE WHEN users.active THEN 1 END");
    check_expr(func::case_of::<i64>().otherwise(2), "(2)");
    check_expr(
        func::case_of::<i64>().when(User.active, User.karma).otherwise(0) + 1,
        "CASE WHEN users.active THEN users.karma ELSE 0 END + 1",
    );
}

#[test]
fn thousands_of_conditions_are_no_burden() {
    let mut any = rebis_sql::any_of(Vec::<Expr<bool>>::new());
    let mut all = User.id.gt(0);
    for n in 0..5000 {
        any = any | User.id.eq(n);
        all = User.id.ne(n) & all;
    }
    // A chain that cannot be flat is deep, but within what a thread has.
    let mut sum = User.karma + 1;
    for _ in 0..2000 {
        sum = sum + 1;
    }
    let stmt = select(User.id).filter(any & all & sum.gt(0));
    assert!(stmt.to_sql(rebis_sql::dialect::sqlite()).unwrap().len() > 100_000);
}
