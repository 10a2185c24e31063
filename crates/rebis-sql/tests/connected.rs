//! Parts of FROM that no condition connects, columns beside aggregates, and conditions that are never true.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use rebis_core::{ErrorKind, Result};
use rebis_sql::{Expr, IntoSource, RowExpr, all_of, dialect, func, nested, select, sql, values};

#[track_caller]
fn refused(text: Result<String>, [one, other]: [&str; 2]) {
    let e = text.unwrap_err();
    assert_eq!(e.kind(), ErrorKind::InvalidStatement);
    let message = format!(
        "`{one}` and `{other}` are connected by no condition: each row of one would meet each row of the other"
    );
    assert_eq!(e.message(), message);
    assert_eq!(e.table(), Some(other));
}

#[test]
fn a_join_whose_condition_says_nothing_of_one_side_is_an_error() {
    let boss = User.alias("boss");
    let sqlite = dialect::sqlite();
    for stmt in [
        select(User.id).join(Post.on(Post.hits.gt(5))),
        select(User.id).outer_join(Post.on(Post.hits.gt(5))),
        // The alias was forgotten in the condition.
        select(User.id).join(Post.on(Post.author_id.eq(Post.id))),
        // A list of conditions that turned out empty.
        select(User.id).join(Post.on(all_of(Vec::<Expr<bool>>::new()))),
        // Each is compared with a value of its own.
        select(User.id).join(Post.on(Post.author_id.eq(4))).filter(User.id.eq(3)),
        // What is said of each table alone: a tenant, a flag.
        select(User.id).join(Post.on(Post.id.eq(3))).filter(User.id.eq(3)),
        select(Post.id)
            .select_from(User)
            .join(Post.on(func::exists(&select(boss.id).filter(boss.id.eq(Post.id))))),
    ] {
        refused(stmt.to_sql(sqlite), ["users", "posts"]);
    }
    refused(select(User.id).join(boss.on(boss.karma.eq(boss.id))).to_sql(sqlite), ["users", "boss"]);
    let ranks = values("ranks", ["title", "least"], [("gold".to_owned(), 5i64)]);
    let (_, least) = ranks.columns();
    refused(select(User.id).join(ranks.on(least.gt(3))).to_sql(sqlite), ["users", "ranks"]);
    let both = select(User.id)
        .outer_join(nested(Post).join(boss.on(boss.id.eq(Post.author_id))).on(Post.hits.gt(1)));
    refused(both.to_sql(sqlite), ["users", "posts"]);
    // Members of a compound, subqueries and common table expressions are looked at as well.
    let pairs = || select(User.id).join(Post.on(Post.hits.gt(5)));
    for stmt in [
        select(User.id).union(pairs()),
        select(User.id).filter(User.id.in_(pairs())),
        select(&pairs().as_subquery("pairs")),
        select(&pairs().cte("pairs")),
    ] {
        refused(stmt.to_sql(sqlite), ["users", "posts"]);
    }
}

#[test]
fn what_is_connected_in_any_way_is_none() {
    let boss = User.alias("boss");
    let newest = select((Post.id, Post.title)).filter(Post.author_id.eq(User.id)).limit(1).lateral("newest");
    let by = nested(Post).join(boss.on(boss.id.eq(Post.author_id)));
    let own = select(Post.id).filter(Post.author_id.eq(User.id));
    for stmt in [
        select(User.id).join(Posts),
        // By WHERE.
        select(User.id).join(Post.on(Post.hits.gt(5))).filter(Post.author_id.eq(User.id)),
        // By an alternative, a subquery, a text, a tuple.
        select(User.id).join(Post.on(Post.author_id.eq(User.id) | Post.hits.gt(5))),
        select(User.id).join(boss.on(own.filter(Post.editor_id.eq(boss.id)).exists())),
        select(User.id).join(Post.on(sql("posts.author_id = users.id").expr::<bool>())),
        select(User.id).join(Post.on((Post.author_id, Post.hits).eq((User.id, User.karma)))),
        select(User.id).join(newest.always()),
        select(User.id).outer_join(by.on(boss.id.eq(User.id))),
        // Over a value that both equal.
        select(User.id).join(Post.on(Post.author_id.eq(3))).filter(User.id.eq(3)),
        select(User.id).outer_join(Post.on(Post.author_id.eq(3) & Post.hits.gt(1))).filter(User.id.same(3)),
        // Over a third.
        select(User.id).join(Posts).join(boss.on(boss.id.eq(Post.editor_id))),
        // Within a subquery, over what is around it.
        select(User.id).filter(
            select(Post.id).join(boss.on(boss.id.eq(User.id))).filter(Post.author_id.eq(User.id)).exists(),
        ),
        // Aloud.
        select(User.id).cross_join(Post),
        select(User.id).join(Post.on(Post.hits.gt(5))).cartesian(),
    ] {
        stmt.to_sql(dialect::postgres()).unwrap();
    }
    let not_all = select(User.id).cross_join(Post).join(boss.on(boss.karma.gt(1)));
    refused(not_all.to_sql(dialect::sqlite()), ["users", "boss"]);
    let many = (0..40).map(|at| values(format!("v{at}"), ["a", "b"], [(1i64, 2i64)]).into_source());
    let many = many.fold(select(User.id), |stmt, source| stmt.cross_join(source));
    many.to_sql(dialect::sqlite()).unwrap();
}

#[test]
fn writes_that_read_other_tables_are_connected_to_them() {
    let update = User.update().set(User.karma, Post.hits).join(Post.on(Post.id.eq(1)));
    for caps in [dialect::postgres(), dialect::mysql()] {
        refused(update.to_sql(caps), ["users", "posts"]);
    }
    update.cartesian().to_sql(dialect::postgres()).unwrap();
    let delete = User.delete().join(Post.on(Post.hits.lt(1)));
    for caps in dialects() {
        refused(delete.to_sql(caps), ["users", "posts"]);
        delete.clone().filter(Post.author_id.eq(User.id)).to_sql(caps).unwrap();
        delete.clone().cartesian().to_sql(caps).unwrap();
    }
}

#[test]
fn a_comparison_with_null_is_what_was_meant_or_an_error() {
    let unknown: Option<i64> = None;
    for condition in [
        Post.editor_id.lt(unknown),
        Post.editor_id.le(unknown),
        Post.editor_id.gt(unknown),
        Post.editor_id.ge(unknown),
        Post.editor_id.between(unknown, 5),
        Post.editor_id.between(Some(5), unknown),
        (Post.editor_id, Post.hits).lt((unknown, 5)),
    ] {
        let e = select(Post.id).filter(condition).to_sql(dialect::sqlite()).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::InvalidStatement);
        assert!(e.message().ends_with("is never true"), "{e}");
        assert!(e.help().unwrap().contains(".is_null()"));
    }
    check_expr((Post.editor_id, Post.hits).eq((unknown, 5)), "posts.editor_id IS NULL AND posts.hits = 5");
    check_expr(
        (Post.editor_id, Post.hits).ne((unknown, 5)),
        "NOT (posts.editor_id IS NULL AND posts.hits = 5)",
    );
    check_expr(
        (Post.editor_id, Post.hits).in_([(None, 5), (Some(1), 6)]),
        "posts.editor_id IS NULL AND posts.hits = 5 OR (posts.editor_id, posts.hits) = (1, 6)",
    );
    check_expr(
        Post.editor_id.not_in([None, Some(1)]),
        "NOT (posts.editor_id IN (1) OR posts.editor_id IS NULL)",
    );
}

#[test]
fn a_column_beside_an_aggregate_needs_a_group() {
    let sqlite = dialect::sqlite();
    for e in [
        select((User.name, func::count())).to_sql(sqlite).unwrap_err(),
        select((User.karma.max(), User.name)).to_sql(sqlite).unwrap_err(),
        select((User.karma.sum().coalesce(0) + 1, User.name.upper())).to_sql(sqlite).unwrap_err(),
        select((func::string_agg(User.name, ","), User.name)).to_sql(sqlite).unwrap_err(),
    ] {
        assert_eq!(e.kind(), ErrorKind::InvalidStatement);
        assert_eq!(e.column(), Some("name"), "{e}");
        assert!(e.help().unwrap().contains(".group_by(..)"));
    }
    for text in [
        select((User.name, func::count())).group_by(User.name).to_sql(sqlite),
        select((User.karma.max(), func::count())).to_sql(sqlite),
        select((User.name, User.karma.sum().over(rebis_sql::window()))).to_sql(sqlite),
        // A column of the SELECT around is one value.
        select((User.name, select(Post.hits.max()).filter(Post.author_id.eq(User.id)).scalar()))
            .to_sql(sqlite),
        select((User.id, select(Post.hits.sum().coalesce(0) + User.karma).select_from(Post).scalar()))
            .to_sql(sqlite),
    ] {
        text.unwrap();
    }
}
