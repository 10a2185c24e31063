//! What stands in FROM, and WITH.

use super::super::values::Document;
use super::{Case, Note, Person, cases};
use rebis_sql::{Sample, func, nested, select, series, values};

cases! {
    joins "Joins" {
        "inner join" => select((Person.name, Note.title)).join(Note.on(Note.author_id.eq(Person.id)));
        "outer join" => select((Person.name, Note.title.nullable())).outer_join(Note.on(Note.author_id.eq(Person.id)));
        "full join" => select((Person.name.nullable(), Note.title.nullable())).full_join(Note.on(Note.author_id.eq(Person.id)));
        "cross join" => select((Person.id, Note.id)).cross_join(Note);
        "self join" => { let boss = Person.alias("boss"); select((Person.name, boss.name)).join(boss.on(Person.boss_id.eq(boss.id))) };
        "joins in parentheses" => { let boss = Person.alias("boss"); let by = nested(Note).join(boss.on(boss.id.eq(Note.author_id))); select(Person.name).outer_join(by.on(boss.id.eq(Person.boss_id))) };
        "a sample of rows" => select(Person.name).sample(50.0);
        "the same sample again" => select(Person.name).sampled(Sample { percent: 10.0, blocks: true, seed: Some(7) });
    }

    subqueries "Subqueries" {
        "in FROM" => { let busy = select((Note.author_id, func::count().label("notes"))).group_by(Note.author_id).as_subquery("busy"); let (author, notes) = busy.columns(); select((Person.name, notes)).join(busy.on(author.eq(Person.id))) };
        "all of its columns" => { let busy = select((Note.author_id, Note.hits)).filter(Note.hits.gt(5)).as_subquery("busy"); select(&busy) };
        "lateral" => { let newest = select((Note.id, Note.title)).filter(Note.author_id.eq(Person.id)).order_by(Note.id.desc()).limit(1).lateral("newest"); let (_, title) = newest.columns(); select((Person.name, title)).join(newest.always()) };
        "lateral, outer" => { let newest = select((Note.id, Note.title)).filter(Note.author_id.eq(Person.id)).order_by(Note.id.desc()).limit(1).lateral("newest"); let (_, title) = newest.columns(); select((Person.name, title.nullable())).outer_join(newest.always()) };
        "a value" => select((Person.name, select(Note.hits.max()).filter(Note.author_id.eq(Person.id)).scalar()));
        "of the row around" => select((Person.id, select(Person.karma + Person.id).correlated().scalar()));
        "exists" => select(Person.id).filter(select(Note.id).filter(Note.author_id.eq(Person.id)).exists());
        "does not exist" => select(Person.id).filter(!select(Note.id).filter(Note.author_id.eq(Person.id)).exists());
        "in" => select(Person.id).filter(Person.id.in_(select(Note.author_id)));
        "equal to any" => select(Person.id).filter(Person.id.eq(func::any(select(Note.author_id))));
        "greater than any" => select(Person.id).filter(Person.karma.gt(func::any(select(Note.hits))));
        "greater than all" => select(Person.id).filter(Person.karma.gt(func::all(select(Note.hits))));
        "not equal to all" => select(Person.id).filter(Person.id.ne(func::all(select(Note.author_id))));
        "not less than any" => select(Person.id).filter(!Person.karma.lt(func::any(select(Note.hits))));
    }

    ctes "Common table expressions" {
        "read once" => { let busy = select((Note.author_id, Note.hits.sum().label("hits"))).group_by(Note.author_id).cte("busy"); let (author, hits) = busy.columns(); select((Person.name, hits)).join(busy.on(author.eq(Person.id))) };
        "all of its columns" => { let popular = select((Note.id, Note.title)).filter(Note.hits.gt(5)).cte("popular"); select(&popular) };
        "read twice" => { let hits = select((Note.id, Note.hits)).cte("hits"); let other = hits.alias("other"); let ((id, n), (_, m)) = (hits.columns(), other.columns()); select(id).select_from(&hits).join(other.on(m.gt(n))) };
        "read deep within" => { let popular = select(Note.author_id).filter(Note.hits.gt(5)).cte("popular"); select(Person.name).filter(Person.id.in_(select(popular.value()).select_from(&popular))) };
        "one reads another" => { let popular = select((Note.author_id, Note.hits)).filter(Note.hits.gt(5)).cte("popular"); let (author, hits) = popular.columns(); let sums = select((author.clone(), hits.sum().label("hits"))).select_from(&popular).group_by(author).cte("sums"); select(&sums) };
        "materialized" => { let popular = select((Note.id, Note.title)).cte("popular").materialized(); select(&popular) };
        "not materialized" => { let popular = select((Note.id, Note.title)).cte("popular").not_materialized(); select(&popular) };
        "a chain of rows" => { let chain = select((Person.id, Person.name, func::literal(0).label("depth"))).filter(Person.boss_id.is_null()).recursive("chain", |chain| { let (id, _, depth) = chain.columns(); select((Person.id, Person.name, depth + 1)).join(chain.on(Person.boss_id.eq(id))) }); select(&chain) };
        "a chain without copies" => { let reached = select((Person.id, Person.boss_id)).filter(Person.id.eq(4)).recursive_distinct("reached", |reached| { let (_, boss) = reached.columns(); select((Person.id, Person.boss_id)).join(reached.on(boss.eq(Person.id))) }); select(&reached) };
        "numbers" => { let days = series("days", 1, 5); select(days.value()).select_from(&days) };
        "before an UPDATE" => { let popular = select(Note.id).filter(Note.hits.gt(100)).cte("popular"); Note.update().set(Note.hits, 0).filter(Note.id.in_(select(popular.value()).select_from(&popular))).returning(Note.id) };
        "before a DELETE" => { let popular = select(Note.id).filter(Note.hits.gt(100)).cte("popular"); Note.delete().filter(Note.id.in_(select(popular.value()).select_from(&popular))).returning(Note.id) };
        "that writes" => { let gone = Note.delete().filter(Note.hits.gt(100)).returning((Note.id, Note.author_id)).cte("gone"); let (id, author) = gone.columns(); select((Person.name, id)).join(gone.on(author.eq(Person.id))) };
        "that writes and is counted" => { let changed = Note.update().set(Note.hits, Note.hits + 1).filter(Note.hits.gt(100)).returning((Note.id, Note.hits)).cte("changed"); select(func::count()).select_from(&changed) };
    }

    given "Rows of the program" {
        "values" => { let ranks = values("ranks", ["title", "least"], [("gold".to_owned(), 20i64), ("silver".to_owned(), 10)]); let (title, least) = ranks.columns(); select((Person.name, title)).join(ranks.on(Person.karma.ge(least))) };
        "values with NULL" => { let given = values("given", ["id", "note"], [(1i64, None), (2, Some("x".to_owned()))]); select(&given) };
        "values as a common table expression" => { let given = values("given", ["id", "karma"], [(1i64, 5i64), (2, 6)]); let given = select(&given).cte("wanted"); select(&given) };
        "a function of rows" => { let given = func::rows::<(String, String)>("json_each", func::value("{\"a\": 1}".to_owned()).cast::<Document>(), "given", ["key", "value"]); let (key, _) = given.columns(); select(key).select_from(&given) };
    }
}
