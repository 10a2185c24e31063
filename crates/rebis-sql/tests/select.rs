//! SELECT: the SQL of SQLite, PostgreSQL and MySQL side by side.

mod common;

use common::*;
use rebis_sql::ast::TableRef;
use rebis_sql::{func, select};

#[test]
fn clauses() {
    check(
        select((User.id, User.name))
            .filter(User.name.eq("a"))
            .order_by((User.name, User.id.desc()))
            .limit(2)
            .offset(4),
        [
            "SELECT users.id, users.name FROM users WHERE users.name = ? ORDER BY users.name, users.id DESC LIMIT ? OFFSET ?",
            "SELECT users.id, users.name FROM users WHERE users.name = $1 ORDER BY users.name, users.id DESC LIMIT $2 OFFSET $3",
            "SELECT users.id, users.name FROM users WHERE users.name = ? ORDER BY users.name, users.id DESC LIMIT ? OFFSET ?",
        ],
    );
    check(
        select(User.id).offset(4),
        [
            "SELECT users.id FROM users LIMIT -1 OFFSET ?",
            "SELECT users.id FROM users OFFSET $1",
            "SELECT users.id FROM users LIMIT 18446744073709551615 OFFSET ?",
        ],
    );
    check(
        select((Post.author_id, func::count()))
            .filter(Post.hits.gt(1))
            .group_by(Post.author_id)
            .having(func::count().gt(2))
            .distinct(),
        [
            "SELECT DISTINCT posts.author_id, count(*) FROM posts WHERE posts.hits > ? GROUP BY posts.author_id HAVING count(*) > ?",
            "SELECT DISTINCT posts.author_id, count(*) FROM posts WHERE posts.hits > $1 GROUP BY posts.author_id HAVING count(*) > $2",
            "SELECT DISTINCT posts.author_id, count(*) FROM posts WHERE posts.hits > ? GROUP BY posts.author_id HAVING count(*) > ?",
        ],
    );
    check(
        select(User.id).for_update(),
        [
            "SELECT users.id FROM users",
            "SELECT users.id FROM users FOR UPDATE",
            "SELECT users.id FROM users FOR UPDATE",
        ],
    );
    check(
        select(User.email).order_by((User.email.asc().nulls_first(), User.karma.desc().nulls_last())),
        [
            "SELECT users.email FROM users ORDER BY users.email NULLS FIRST, users.karma DESC NULLS LAST",
            "SELECT users.email FROM users ORDER BY users.email NULLS FIRST, users.karma DESC NULLS LAST",
            "SELECT users.email FROM users ORDER BY CASE WHEN users.email IS NULL THEN 0 ELSE 1 END, users.email, \
             CASE WHEN users.karma IS NULL THEN 1 ELSE 0 END, users.karma DESC",
        ],
    );
}

#[test]
fn joins() {
    let all = |sql: &'static str| [sql; 3];
    check(
        select((User.name, Post.title)).join(Posts),
        all("SELECT users.name, posts.title FROM users JOIN posts ON posts.author_id = users.id"),
    );
    check(
        select((User.name, Post.title.nullable())).outer_join(Posts),
        all("SELECT users.name, posts.title FROM users LEFT JOIN posts ON posts.author_id = users.id"),
    );
    check(
        select(Post.title).select_from(User).join(Posts),
        all("SELECT posts.title FROM users JOIN posts ON posts.author_id = users.id"),
    );
    check(
        select((User.id, Post.id)).cross_join(Post),
        all("SELECT users.id, posts.id FROM users CROSS JOIN posts"),
    );
    let boss = User.alias("boss");
    check(
        select((User.name, boss.name)).join(boss.on(boss.karma.gt(User.karma))),
        all("SELECT users.name, boss.name FROM users JOIN users AS boss ON boss.karma > users.karma"),
    );
    check(select(boss.id.count()), all("SELECT count(boss.id) FROM users AS boss"));
}

#[test]
fn the_table_of_a_schema_is_named_with_it() {
    let id = User.id.in_schema("auth");
    check(select((id.max(), id.min())), ["SELECT max(users.id), min(users.id) FROM auth.users"; 3]);
}

#[test]
fn compounds() {
    check(
        select(User.name)
            .union(select(Post.title))
            .union_all(select(Post.title).limit(1))
            .order_by(User.name.desc()),
        [
            "SELECT users.name FROM users UNION SELECT posts.title FROM posts UNION ALL \
             SELECT * FROM (SELECT posts.title FROM posts LIMIT ?) AS member ORDER BY name DESC",
            "SELECT users.name FROM users UNION SELECT posts.title FROM posts UNION ALL \
             SELECT * FROM (SELECT posts.title FROM posts LIMIT $1) AS member ORDER BY name DESC",
            "SELECT users.name FROM users UNION SELECT posts.title FROM posts UNION ALL \
             SELECT * FROM (SELECT posts.title FROM posts LIMIT ?) AS member ORDER BY name DESC",
        ],
    );
    check(
        select(User.id).except(select(Post.id)).intersect(select(Post.author_id)),
        ["SELECT * FROM (SELECT users.id FROM users EXCEPT SELECT posts.id FROM posts) AS combined \
          INTERSECT SELECT posts.author_id FROM posts"; 3],
    );
    // Order and limit are those of the whole, wherever they are written.
    let mixed = select(User.id).union(select(Post.id)).order_by(User.id.desc());
    check(
        mixed.intersect(select(Post.author_id)).order_by(User.id),
        ["SELECT * FROM (SELECT users.id FROM users UNION SELECT posts.id FROM posts) AS combined \
          INTERSECT SELECT posts.author_id FROM posts ORDER BY id DESC, id"; 3],
    );
}

#[test]
fn subqueries() {
    check(
        select(User.id).filter(select(Post.id).filter(Post.author_id.eq(User.id)).exists()),
        ["SELECT users.id FROM users WHERE EXISTS (SELECT 1 FROM posts WHERE posts.author_id = users.id)"; 3],
    );
    check(
        select(User.id).filter(!select(Post.id).filter(Post.author_id.eq(User.id)).exists()),
        ["SELECT users.id FROM users WHERE NOT EXISTS (SELECT 1 FROM posts WHERE posts.author_id = users.id)";
            3],
    );
    let newest = select(Post.title).filter(Post.author_id.eq(User.id)).order_by(Post.id.desc());
    check(
        select((User.id, newest.scalar().label("newest"))),
        ["SELECT users.id, (SELECT posts.title FROM posts WHERE posts.author_id = users.id ORDER BY posts.id DESC) \
          AS newest FROM users"; 3],
    );
    // A name that is taken and an expression without one get names that can be said from outside.
    let both = select((User.id, Post.id, Post.hits + 1)).join(Posts).as_subquery("both");
    let (user, post, hits) = both.columns();
    check(
        select((user, post, hits)).select_from(both),
        [
            "SELECT both.id, both.c2, both.c3 FROM (SELECT users.id, posts.id AS c2, posts.hits + ? AS c3 FROM users \
             JOIN posts ON posts.author_id = users.id) AS both",
            "SELECT \"both\".id, \"both\".c2, \"both\".c3 FROM (SELECT users.id, posts.id AS c2, posts.hits + $1 AS c3 \
             FROM users JOIN posts ON posts.author_id = users.id) AS \"both\"",
            "SELECT `both`.id, `both`.c2, `both`.c3 FROM (SELECT users.id, posts.id AS c2, posts.hits + ? AS c3 \
             FROM users JOIN posts ON posts.author_id = users.id) AS `both`",
        ],
    );
    let ids = select(User.id).as_subquery("ids");
    check(
        select(ids.value()).select_from(&ids),
        ["SELECT ids.id FROM (SELECT users.id FROM users) AS ids"; 3],
    );
    check(
        select(ids.column::<i64>("id")).select_from(&ids),
        ["SELECT ids.id FROM (SELECT users.id FROM users) AS ids"; 3],
    );
}

#[test]
fn counting() {
    let check = |stmt: rebis_sql::Select<i64>, sql: &str| assert_eq!(stmt.counted().to_string(), sql);
    check(
        select(User.id).filter(User.active).order_by(User.name),
        "SELECT count(*) FROM users WHERE users.active",
    );
    check(
        select(User.id).order_by(User.name).limit(3),
        "SELECT count(*) FROM (SELECT users.id FROM users ORDER BY users.name LIMIT 3) AS counted",
    );
    check(
        select(func::count()).select_from(User),
        "SELECT count(*) FROM (SELECT count(*) AS c1 FROM users) AS counted",
    );
    check(
        select(Post.author_id).group_by(Post.author_id),
        "SELECT count(*) FROM (SELECT posts.author_id FROM posts GROUP BY posts.author_id) AS counted",
    );
    check(
        select(User.id).union(select(Post.id)),
        "SELECT count(*) FROM (SELECT users.id FROM users UNION SELECT posts.id FROM posts) AS counted",
    );
    check(
        select(User.id).join(Posts).for_update(),
        "SELECT count(*) FROM users JOIN posts ON posts.author_id = users.id",
    );
}

#[test]
fn tables_are_listed_once_each_with_those_of_subqueries() {
    let stmt = select(User.id)
        .join(Posts)
        .filter(User.id.in_(select(Post.author_id)))
        .filter(rebis_sql::sql("1 = 1").expr::<bool>());
    let compiled = compile(&tree(&stmt), rebis_sql::dialect::sqlite()).unwrap();
    assert_eq!(compiled.tables.unwrap(), ["users", "posts"]);
    let raw = stmt.filter(rebis_sql::sql("exists (select 1 from tags)").expr::<bool>());
    assert_eq!(compile(&tree(raw), rebis_sql::dialect::sqlite()).unwrap().tables, None);
}

#[test]
fn sqlite_takes_all_of_it() {
    let db = database();
    prepares(&db, select((User.id, Post.title)).join(Posts).filter(User.name.ilike("A%")));
    prepares(&db, select(User.name).union(select(Post.title)).order_by(User.name).limit(3).offset(1));
    prepares(&db, select(User.name).union_all(select(Post.title).order_by(Post.hits).limit(1)));
    prepares(&db, select(User.id).except(select(Post.id)).intersect(select(Post.author_id)));
    prepares(&db, select(User.id).order_by(User.email.desc().nulls_last()).offset(3));
    prepares(&db, select(User.id).filter(User.email.same(None) | User.email.not_same("a")));
    prepares(&db, select(User.id).distinct().counted());
    prepares(&db, select(User.name.concat("x").lower().length() + 1).group_by(User.name));
    prepares(&db, select(func::filtered(func::count(), User.active)).select_from(User));
    prepares(&db, select(func::count()).select_from(TableRef::new("users")));
    prepares(&db, select(Post.order).filter(Post.order.in_(0..2000)));
}
