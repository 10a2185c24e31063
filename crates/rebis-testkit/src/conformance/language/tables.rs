//! What stands in FROM and WITH: common table expressions, lateral subqueries, rows of the program, joins. All cases
//! read the shared scene.

use super::desk::Desk;
use super::golden::{Note, Person};
use super::scene::texts;
use rebis_core::ErrorKind;
use rebis_sql::{Cte, Select, func, nested, select, series, values};

/// Who has written, and how many hits they have.
fn busy() -> Cte<(i64, Option<i64>)> {
    select((Note.author_id, Note.hits.sum().label("hits"))).group_by(Note.author_id).cte("busy")
}

/// Everybody with those above them: the key, the name of the first, and how many there are between.
fn chain() -> Cte<(i64, String, i64)> {
    let first =
        select((Person.id, Person.name, func::literal(0).label("depth"))).filter(Person.boss_id.is_null());
    first.recursive("chain", |chain| {
        let (id, name, depth) = chain.columns();
        select((Person.id, name, depth + 1)).join(chain.on(Person.boss_id.eq(id)))
    })
}

pub fn a_cte_is_a_table(desk: &Desk<'_>) {
    let busy = busy();
    let (author, hits) = busy.columns();
    let stmt = select((Person.name, hits)).join(busy.on(author.eq(Person.id))).order_by(Person.id);
    let names = texts(["ada", "bob", "cid"]);
    desk.gives(stmt, names.into_iter().zip([Some(12), Some(0), Some(27)]));
}

pub fn all_columns_of_a_cte(desk: &Desk<'_>) {
    let busy = busy();
    let (author, _) = busy.columns();
    desk.gives(select(&busy).order_by(author), [(1, Some(12)), (2, Some(0)), (3, Some(27))]);
}

pub fn a_cte_that_is_read_twice(desk: &Desk<'_>) {
    let busy = busy();
    let more = busy.alias("more");
    let ((author, hits), (_, more_hits)) = (busy.columns(), more.columns());
    let stmt = select((author.clone(), func::count())).select_from(&busy).join(more.on(more_hits.ge(hits)));
    desk.gives(stmt.group_by(author.clone()).order_by(author), [(1, 2), (2, 3), (3, 1)]);
}

pub fn a_cte_that_is_read_in_a_subquery(desk: &Desk<'_>) {
    let busy = busy();
    let (author, hits) = busy.columns();
    let popular = select(author).select_from(&busy).filter(hits.gt(5));
    desk.gives(select(Person.id).filter(Person.id.in_(popular)).order_by(Person.id), [1, 3]);
}

pub fn a_cte_of_a_cte(desk: &Desk<'_>) {
    let busy = busy();
    let (_, hits) = busy.columns();
    let most = select(hits.max().label("most")).select_from(&busy).cte("most");
    let (author, hits) = busy.columns();
    let stmt = select(author).select_from(&busy).join(most.on(most.value().eq(hits)));
    desk.gives(stmt, [3]);
}

pub fn parameters_of_ctes_stand_first(desk: &Desk<'_>) {
    let some = select((Note.id, Note.hits)).filter(Note.hits.gt(4)).cte("some");
    let (id, hits) = some.columns();
    let stmt = select((id.clone(), func::value("x".to_owned()), hits.clone() + 100)).select_from(&some);
    let rows = [(1, 105), (2, 107)].map(|(id, n)| (id, "x".to_owned(), n));
    desk.gives(stmt.filter(hits.lt(12)).order_by(id), rows);
}

pub fn hints_change_nothing(desk: &Desk<'_>) {
    let (yes, no) = (busy().materialized(), busy().not_materialized());
    let rows = [(1, Some(12)), (2, Some(0)), (3, Some(27))];
    desk.gives(select(&yes).order_by(yes.columns().0), rows);
    desk.gives(select(&no).order_by(no.columns().0), rows);
}

pub fn a_cte_in_a_member_of_a_union(desk: &Desk<'_>) {
    let busy = busy();
    let (author, hits) = busy.columns();
    let stmt = select(Person.id)
        .filter(Person.id.gt(4))
        .union_all(select(author).select_from(&busy).filter(hits.gt(20)));
    desk.gives(stmt.order_by(Person.id), [3, 5]);
}

pub fn a_tree(desk: &Desk<'_>) {
    let chain = chain();
    let (id, ..) = chain.columns();
    let rows = [(1, "ada", 0), (2, "ada", 1), (3, "ada", 1), (4, "ada", 2), (5, "eve", 0)];
    let rows = rows.map(|(id, name, depth)| (id, name.to_owned(), depth));
    desk.gives(select(&chain).order_by(id), rows);
}

pub fn a_tree_that_is_joined(desk: &Desk<'_>) {
    let chain = chain();
    let (id, first, depth) = chain.columns();
    let stmt = select((Person.name, first)).join(chain.on(id.eq(Person.id))).filter(depth.gt(1));
    desk.gives(stmt, [("dora".to_owned(), "ada".to_owned())]);
}

pub fn the_way_up(desk: &Desk<'_>) {
    let up = select((Person.id, Person.boss_id)).filter(Person.id.eq(4)).recursive_distinct("up", |up| {
        let (_, boss) = up.columns();
        select((Person.id, Person.boss_id)).join(up.on(boss.eq(Person.id)))
    });
    let (id, _) = up.columns();
    desk.gives(select(id.clone()).select_from(&up).order_by(id), [1, 2, 4]);
}

pub fn whole_numbers(desk: &Desk<'_>) {
    let list = |from, to| {
        let numbers = series("numbers", from, to);
        select(numbers.value()).select_from(&numbers).order_by(numbers.value())
    };
    desk.gives(list(1, 5), [1, 2, 3, 4, 5]);
    desk.gives(list(-1, 1), [-1, 0, 1]);
    desk.gives(list(2, 2), [2]);
    desk.gives(list(2, 1), []);
}

pub fn gaps_are_found_beside_a_series(desk: &Desk<'_>) {
    let hits = series("hits", 0, 7);
    let stmt = select(hits.value()).select_from(&hits).outer_join(Note.on(Note.hits.eq(hits.value())));
    desk.gives(stmt.filter(Note.id.is_null()).order_by(hits.value()), [1, 2, 4, 6]);
}

pub fn two_ctes_of_a_name_are_an_error(desk: &Desk<'_>) {
    let one = select(Note.id).cte("some");
    let other = select(Person.id).cte("some");
    let stmt = select(one.value())
        .select_from(&one)
        .filter(one.value().in_(select(other.value()).select_from(&other)));
    let error = desk.connect().refuses(stmt, ErrorKind::InvalidStatement);
    assert!(error.message().contains("`some`"), "{error}");
}

pub fn a_cte_that_hides_a_table_is_an_error(desk: &Desk<'_>) {
    let people = select(Person.id).cte("people");
    let stmt = select(people.value()).select_from(&people);
    let error = desk.connect().refuses(stmt, ErrorKind::InvalidStatement);
    assert_eq!(error.table(), Some("people"));
}

pub fn a_cte_sees_nothing_around_it(desk: &Desk<'_>) {
    let own = select(Note.id).filter(Note.author_id.eq(Person.id)).cte("own");
    let stmt = select(Person.id).filter(select(own.value()).select_from(&own).exists());
    desk.connect().refuses(stmt, ErrorKind::InvalidStatement);
}

fn newest(count: u64) -> rebis_sql::Subquery<(i64, String)> {
    let notes = select((Note.id, Note.title)).filter(Note.author_id.eq(Person.id));
    notes.order_by(Note.id.desc()).limit(count).lateral("newest")
}

pub fn a_lateral_subquery_sees_the_row(desk: &Desk<'_>) {
    let newest = newest(2);
    let (id, title) = newest.columns();
    let stmt = select((Person.id, title)).join(newest.always()).order_by((Person.id, id.desc()));
    if !desk.caps().queries.lateral || desk.facts.lacks.contains(&"Subqueries: lateral") {
        return desk.skip("the database has no LATERAL");
    }
    let rows = [(1, "beta"), (1, "alpha"), (2, "50% off"), (3, "it's"), (3, "alpha")];
    desk.gives(stmt, rows.map(|(id, title)| (id, title.to_owned())));
}

pub fn an_outer_lateral_join_keeps_all_rows(desk: &Desk<'_>) {
    let newest = newest(1);
    let (id, _) = newest.columns();
    let stmt = select((Person.id, id.nullable())).outer_join(newest.always()).order_by(Person.id);
    if !desk.caps().queries.lateral || desk.facts.lacks.contains(&"Subqueries: lateral") {
        return desk.skip("the database has no LATERAL");
    }
    desk.gives(stmt, [(1, Some(2)), (2, Some(3)), (3, Some(6)), (4, None), (5, None)]);
}

pub fn a_lateral_join_that_cannot_be_names_another_way(desk: &Desk<'_>) {
    if desk.caps().queries.lateral {
        return desk.skip("the database has LATERAL");
    }
    let newest = newest(1);
    let stmt = select((Person.id, newest.columns().0)).join(newest.always());
    let error = desk.connect().refuses(stmt, ErrorKind::Unsupported);
    assert!(error.help().is_some_and(|help| help.contains("row_number")), "{error}");
}

pub fn rows_of_the_program(desk: &Desk<'_>) {
    let ranks = values("ranks", ["title", "least"], [("gold".to_owned(), 20i64), ("silver".to_owned(), 5)]);
    let (title, least) = ranks.columns();
    let stmt = select((Person.id, title))
        .join(ranks.on(Person.karma.ge(least.clone())))
        .order_by((Person.id, least));
    let rows = [(1, "silver"), (2, "silver"), (2, "gold"), (3, "silver"), (3, "gold")];
    desk.gives(stmt, rows.map(|(id, title)| (id, title.to_owned())));
}

pub fn rows_of_the_program_with_null(desk: &Desk<'_>) {
    let given = values("given", ["id", "word", "n"], [(1i64, None, 0.5), (2, Some("x".to_owned()), 1.5)]);
    let (id, ..) = given.columns();
    desk.gives(select(&given).order_by(id), [(1, None, 0.5), (2, Some("x".to_owned()), 1.5)]);
}

pub fn one_row_of_the_program(desk: &Desk<'_>) {
    let given = values("given", ["a", "b"], [(true, 3i64)]);
    desk.gives(select(&given), [(true, 3)]);
}

pub fn a_thousand_rows_of_the_program(desk: &Desk<'_>) {
    let given = values("given", ["a", "b"], (0..1000i64).map(|n| (n, -n)));
    let (a, b) = given.columns();
    let stmt = select((func::count(), a.sum(), b.min())).select_from(&given);
    desk.gives(stmt, [(1000, Some(499_500), Some(-999))]);
}

pub fn no_row_of_the_program_is_an_error(desk: &Desk<'_>) {
    let given = values("given", ["a", "b"], Vec::<(i64, i64)>::new());
    desk.connect().refuses(select(&given), ErrorKind::InvalidStatement);
}

pub fn columns_that_are_not_as_many_as_values_are_an_error(desk: &Desk<'_>) {
    let given = values("given", ["a"], [(1i64, 2i64)]);
    let stmt = select(given.column::<i64>("a")).select_from(&given);
    desk.connect().refuses(stmt, ErrorKind::InvalidStatement);
}

pub fn a_full_join_keeps_the_rows_of_both(desk: &Desk<'_>) {
    let popular = select((Note.id, Note.hits)).filter(Note.hits.ge(5)).as_subquery("popular");
    let (id, hits) = popular.columns();
    let stmt: Select<(Option<i64>, Option<i64>)> =
        select((Person.id.nullable(), id.clone().nullable())).full_join(popular.on(hits.eq(Person.karma)));
    let stmt = stmt.order_by((Person.id.asc().nulls_last(), id));
    if !desk.caps().queries.full_join {
        desk.connect().refuses(stmt, ErrorKind::Unsupported);
        return;
    }
    let alone = |id: i64| (Some(id), None);
    let rows = [alone(1), alone(2), alone(3), alone(4), alone(5)];
    let notes = [1, 2, 4, 6].map(|id: i64| (None, Some(id)));
    desk.gives(stmt, rows.into_iter().chain(notes));
}

pub fn joins_in_parentheses_stay_together(desk: &Desk<'_>) {
    let boss = Person.alias("boss");
    // Notes whose author has a boss; bosses stay, with or without.
    let below = nested(Note).join(boss.on(boss.id.eq(Note.author_id) & boss.boss_id.is_not_null()));
    let stmt = select((Person.id, Note.id.nullable())).outer_join(below.on(boss.boss_id.eq(Person.id)));
    let stmt = stmt.filter(Person.id.le(2)).order_by((Person.id, Note.id));
    desk.gives(stmt, [(1, Some(3)), (1, Some(4)), (1, Some(5)), (1, Some(6)), (2, None)]);
}

pub fn of_the_row_around(desk: &Desk<'_>) {
    let sum = select(Person.karma + Person.id).correlated().scalar();
    desk.gives(select((Person.id, sum)).order_by(Person.id).limit(2), [(1, Some(11)), (2, Some(22))]);
}
