//! SELECT: rows, order, groups, joins, subqueries and set operations. All cases read the shared scene.

use super::desk::Desk;
use super::scene::{aliased, count_of, notes, on, people, source, texts};
use rebis_sql::{Select, func, select};

/// The keys of the people that satisfy a condition, in order.
fn ids(condition: impl rebis_sql::IntoCondition) -> Select<i64> {
    select(people::ID).filter(condition).order_by(people::ID)
}

pub fn columns_of_all_rows(desk: &Desk<'_>) {
    let names = texts(["ada", "bob", "cid", "dora", "eve"]);
    desk.gives(select((people::ID, people::NAME)).order_by(people::ID), (1..).zip(names));
}

pub fn an_expression_without_a_table(desk: &Desk<'_>) {
    desk.gives(select((func::value(2i64) * 3, func::value("x".to_owned()))), [(6, "x".to_owned())]);
}

pub fn conditions_in_several_filters_must_all_hold(desk: &Desk<'_>) {
    desk.gives(ids(people::KARMA.gt(0)).filter(people::ID.gt(1)), [2, 3]);
}

pub fn no_condition_is_all_rows(desk: &Desk<'_>) {
    desk.gives(ids(None::<rebis_sql::Expr<bool>>), [1, 2, 3, 4, 5]);
}

pub fn order_goes_up_and_down(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by((people::KARMA.desc(), people::ID.desc())), [3, 2, 1, 5, 4]);
    desk.gives(select(people::ID).order_by((people::KARMA, people::ID)), [4, 5, 1, 2, 3]);
}

pub fn order_by_an_expression(desk: &Desk<'_>) {
    desk.gives(
        select(people::ID).order_by(((people::KARMA * people::KARMA).desc(), people::ID)),
        [2, 3, 1, 4, 5],
    );
}

pub fn order_by_a_function_of_a_column(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by((people::NAME.length().desc(), people::ID)), [4, 1, 2, 3, 5]);
}

pub fn order_by_a_label(desk: &Desk<'_>) {
    let twice = (people::KARMA * 2).label("twice");
    desk.gives(
        select((people::ID, &twice)).order_by((twice.desc(), people::ID)).limit(2),
        [(2, 40), (3, 40)],
    );
}

pub fn order_by_a_condition(desk: &Desk<'_>) {
    let small = func::case_of::<i64>().when(people::KARMA.lt(5), 0).otherwise(1);
    desk.gives(select(people::ID).order_by((small, people::ID)), [4, 5, 1, 2, 3]);
}

pub fn nulls_first(desk: &Desk<'_>) {
    let order = |by: rebis_sql::Order| select(people::ID).order_by((by.nulls_first(), people::ID));
    desk.gives(order(people::BOSS.asc()), [1, 5, 2, 3, 4]);
    desk.gives(order(people::BOSS.desc()), [1, 5, 4, 2, 3]);
}

pub fn nulls_last(desk: &Desk<'_>) {
    let order = |by: rebis_sql::Order| select(people::ID).order_by((by.nulls_last(), people::ID));
    desk.gives(order(people::BOSS.asc()), [2, 3, 4, 1, 5]);
    desk.gives(order(people::BOSS.desc()), [4, 2, 3, 1, 5]);
}

pub fn an_order_that_is_reversed(desk: &Desk<'_>) {
    let by = people::BOSS.asc().nulls_first().reversed();
    desk.gives(select(people::ID).order_by((by, people::ID)), [4, 2, 3, 1, 5]);
}

pub fn limit(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by(people::ID).limit(2), [1, 2]);
}

pub fn limit_of_nothing(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by(people::ID).limit(0), []);
}

pub fn limit_beyond_all_rows(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by(people::ID).limit(u64::MAX), [1, 2, 3, 4, 5]);
}

pub fn offset_without_limit(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by(people::ID).offset(3), [4, 5]);
}

pub fn limit_with_offset(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by(people::ID).limit(2).offset(1), [2, 3]);
}

pub fn offset_beyond_all_rows(desk: &Desk<'_>) {
    desk.gives(select(people::ID).order_by(people::ID).limit(2).offset(100), []);
}

pub fn distinct_rows(desk: &Desk<'_>) {
    desk.gives(select(people::KARMA).distinct().order_by(people::KARMA), [-7, 0, 10, 20]);
}

pub fn distinct_rows_of_several_columns(desk: &Desk<'_>) {
    let stmt = select((notes::AUTHOR, notes::HITS)).distinct().order_by((notes::AUTHOR, notes::HITS));
    desk.gives(stmt, [(1, 5), (1, 7), (2, 0), (3, 3), (3, 12)]);
}

pub fn distinct_takes_null_as_one_value(desk: &Desk<'_>) {
    let stmt = select(people::BOSS).distinct().order_by(people::BOSS.asc().nulls_first());
    desk.gives(stmt, [None, Some(1), Some(2)]);
}

pub fn distinct_with_limit(desk: &Desk<'_>) {
    desk.gives(select(people::KARMA).distinct().order_by(people::KARMA.desc()).limit(2), [20, 10]);
}

pub fn count_of_rows_and_of_values(desk: &Desk<'_>) {
    let stmt = select((func::count(), people::EMAIL.count(), people::KARMA.count_distinct()))
        .select_from(source("people"));
    desk.gives(stmt, [(5, 3, 4)]);
}

pub fn sums(desk: &Desk<'_>) {
    desk.gives(select((people::KARMA.sum(), people::SCORE.sum())), [(Some(43), Some(103.75))]);
}

pub fn the_least_and_the_greatest(desk: &Desk<'_>) {
    let stmt = select((people::KARMA.min(), people::KARMA.max(), people::NAME.min(), people::SCORE.max()));
    desk.gives(stmt, [(Some(-7), Some(20), Some("ada".to_owned()), Some(100.25))]);
}

pub fn averages_are_no_whole_numbers(desk: &Desk<'_>) {
    desk.gives(select((people::KARMA.avg(), people::SCORE.avg())), [(Some(8.6), Some(20.75))]);
}

pub fn aggregates_leave_null_out(desk: &Desk<'_>) {
    let stmt = select((people::BOSS.sum(), people::BOSS.count(), people::BOSS.max()));
    desk.gives(stmt.clone(), [(Some(4), 3, Some(2))]);
    desk.gives(select(people::BOSS.avg()).filter(people::ID.ne(4)), [Some(1.0)]);
}

pub fn aggregates_of_no_rows(desk: &Desk<'_>) {
    let stmt = select((
        people::ID.count(),
        people::KARMA.sum(),
        people::KARMA.avg(),
        people::NAME.min(),
        people::SCORE.max(),
    ));
    desk.gives(stmt.filter(people::ID.gt(100)), [(0, None, None, None, None)]);
}

pub fn aggregates_of_no_groups(desk: &Desk<'_>) {
    let stmt = select((people::KARMA, people::ID.count())).filter(people::ID.gt(100)).group_by(people::KARMA);
    desk.gives(stmt, []);
}

pub fn group_by_a_column(desk: &Desk<'_>) {
    let stmt = select((notes::AUTHOR, notes::ID.count(), notes::HITS.sum())).group_by(notes::AUTHOR);
    desk.gives(stmt.order_by(notes::AUTHOR), [(1, 2, Some(12)), (2, 1, Some(0)), (3, 3, Some(27))]);
}

pub fn group_by_several_columns(desk: &Desk<'_>) {
    let stmt = select((notes::AUTHOR, notes::HITS, func::count())).group_by((notes::AUTHOR, notes::HITS));
    desk.gives(stmt.having(func::count().gt(1)), [(3, 12, 2)]);
}

pub fn group_by_an_expression(desk: &Desk<'_>) {
    let length = people::NAME.length();
    let stmt = select((length.clone(), func::count())).group_by(length.clone()).order_by(length);
    desk.gives(stmt, [(3, 4), (4, 1)]);
}

pub fn null_is_a_group(desk: &Desk<'_>) {
    let stmt = select((people::BOSS, func::count())).group_by(people::BOSS);
    desk.gives(stmt.order_by(people::BOSS.asc().nulls_last()), [(Some(1), 2), (Some(2), 1), (None, 2)]);
}

pub fn groups_that_satisfy_a_condition(desk: &Desk<'_>) {
    let stmt = select(notes::AUTHOR).group_by(notes::AUTHOR).order_by(notes::AUTHOR);
    desk.gives(stmt.having(notes::ID.count().ge(2)).having(notes::HITS.max().lt(10)), [1]);
}

pub fn order_by_an_aggregate(desk: &Desk<'_>) {
    let stmt = select(notes::AUTHOR).group_by(notes::AUTHOR).order_by(notes::HITS.sum().desc());
    desk.gives(stmt, [3, 1, 2]);
}

pub fn an_aggregate_of_rows_with_a_condition(desk: &Desk<'_>) {
    let many = func::filtered(func::count(), notes::HITS.gt(5));
    let sum = func::filtered(notes::HITS.sum(), notes::BODY.is_null());
    let stmt = select((notes::AUTHOR, many, sum)).group_by(notes::AUTHOR).order_by(notes::AUTHOR);
    desk.gives(stmt, [(1, 1, Some(7)), (2, 0, None), (3, 2, Some(3))]);
}

pub fn count_of_different_values_in_groups(desk: &Desk<'_>) {
    let stmt = select((notes::AUTHOR, notes::HITS.count_distinct())).group_by(notes::AUTHOR);
    desk.gives(stmt.order_by(notes::AUTHOR), [(1, 2), (2, 1), (3, 2)]);
}

pub fn how_many_rows_a_select_has(desk: &Desk<'_>) {
    desk.gives(ids(people::KARMA.gt(0)).counted(), [3]);
    desk.gives(select(people::KARMA).distinct().counted(), [4]);
    desk.gives(select(people::ID).order_by(people::ID).limit(2).counted(), [2]);
    desk.gives(select(notes::AUTHOR).group_by(notes::AUTHOR).counted(), [3]);
}

pub fn an_inner_join(desk: &Desk<'_>) {
    let stmt = select((people::NAME, notes::TITLE)).join(on("notes", notes::AUTHOR.eq(people::ID)));
    let rows = [("ada", "alpha"), ("ada", "beta"), ("bob", "50% off"), ("cid", "alpha")];
    let rows = rows.map(|(name, title)| (name.to_owned(), title.to_owned()));
    desk.gives(stmt.filter(notes::ID.in_([1, 2, 3, 5])).order_by(notes::ID), rows);
}

pub fn an_outer_join_keeps_rows_without_a_partner(desk: &Desk<'_>) {
    let stmt = select((people::ID, notes::TITLE.nullable()))
        .outer_join(on("notes", notes::AUTHOR.eq(people::ID) & notes::HITS.gt(6)));
    let rows =
        [(1, Some("beta")), (2, None), (3, Some("back\\slash")), (3, Some("it's")), (4, None), (5, None)];
    let rows = rows.map(|(id, title)| (id, title.map(str::to_owned)));
    desk.gives(stmt.order_by((people::ID, notes::ID)), rows);
}

pub fn rows_that_an_outer_join_found_nothing_for(desk: &Desk<'_>) {
    let stmt = select(people::ID).outer_join(on("notes", notes::AUTHOR.eq(people::ID)));
    desk.gives(stmt.filter(notes::ID.is_null()).order_by(people::ID), [4, 5]);
}

pub fn a_cross_join_is_each_with_each(desk: &Desk<'_>) {
    let stmt = select((people::ID, notes::ID)).cross_join(source("notes"));
    desk.gives(stmt.clone().counted(), [30]);
    desk.gives(stmt.order_by((people::ID, notes::ID)).limit(1).offset(29), [(5, 6)]);
}

pub fn a_join_on_any_condition(desk: &Desk<'_>) {
    let stmt = select((people::ID, notes::ID)).join(on("notes", notes::HITS.gt(people::KARMA)));
    desk.gives(stmt.filter(people::ID.eq(1)).order_by(notes::ID), [(1, 4), (1, 6)]);
}

pub fn a_self_join(desk: &Desk<'_>) {
    let (boss_id, boss) = (people::ID.aliased("boss"), people::NAME.aliased("boss"));
    let stmt = select((people::NAME, boss)).join(aliased("people", "boss", boss_id.eq(people::BOSS)));
    let rows = [("bob", "ada"), ("cid", "ada"), ("dora", "bob")];
    desk.gives(stmt.order_by(people::ID), rows.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

pub fn a_self_join_of_three(desk: &Desk<'_>) {
    let (boss, chief) = ("boss", "chief");
    let stmt = select((people::ID, people::ID.aliased(chief)))
        .join(aliased("people", boss, people::ID.aliased(boss).eq(people::BOSS)))
        .join(aliased("people", chief, people::ID.aliased(chief).eq(people::BOSS.aliased(boss))));
    desk.gives(stmt, [(4, 1)]);
}

pub fn joins_of_both_kinds(desk: &Desk<'_>) {
    let boss = people::NAME.aliased("boss");
    let stmt = select((people::ID, notes::ID, boss.nullable()))
        .join(on("notes", notes::AUTHOR.eq(people::ID)))
        .outer_join(aliased("people", "boss", people::ID.aliased("boss").eq(people::BOSS)));
    let ada = || Some("ada".to_owned());
    let rows = [(1, 1, None), (1, 2, None), (2, 3, ada()), (3, 4, ada()), (3, 5, ada()), (3, 6, ada())];
    desk.gives(stmt.order_by(notes::ID), rows);
}

pub fn groups_of_an_outer_join(desk: &Desk<'_>) {
    let stmt = select((people::ID, notes::ID.count())).outer_join(on("notes", notes::AUTHOR.eq(people::ID)));
    desk.gives(stmt.group_by(people::ID).order_by(people::ID), [(1, 2), (2, 1), (3, 3), (4, 0), (5, 0)]);
}

pub fn a_subquery_as_a_value(desk: &Desk<'_>) {
    let most = select(notes::HITS.max()).scalar();
    desk.gives(select(notes::ID).filter(notes::HITS.eq(most)).order_by(notes::ID), [4, 6]);
}

pub fn a_subquery_as_a_value_without_rows_is_null(desk: &Desk<'_>) {
    let none = select(notes::HITS).filter(notes::ID.eq(100)).scalar();
    desk.gives(select((people::ID, none)).filter(people::ID.eq(1)), [(1, None)]);
}

pub fn a_correlated_subquery_as_a_value(desk: &Desk<'_>) {
    let posts = select(func::count()).select_from(source("notes")).filter(notes::AUTHOR.eq(people::ID));
    let stmt = select((people::ID, posts.scalar().coalesce(0))).order_by(people::ID);
    desk.gives(stmt, [(1, 2), (2, 1), (3, 3), (4, 0), (5, 0)]);
}

pub fn in_a_subquery(desk: &Desk<'_>) {
    let authors = select(notes::AUTHOR).filter(notes::HITS.gt(4));
    desk.gives(ids(people::ID.in_(&authors)), [1, 3]);
    desk.gives(ids(people::ID.not_in(&authors)), [2, 4, 5]);
}

pub fn in_a_subquery_with_order_and_groups(desk: &Desk<'_>) {
    let busy = select(notes::AUTHOR).group_by(notes::AUTHOR).having(notes::ID.count().gt(1));
    desk.gives(ids(people::ID.in_(busy)), [1, 3]);
}

pub fn not_in_a_subquery_with_null_is_never_true(desk: &Desk<'_>) {
    desk.gives(ids(people::ID.not_in(select(people::BOSS.aliased("other")))), []);
}

pub fn exists_and_its_opposite(desk: &Desk<'_>) {
    let posts = select(notes::ID).filter(notes::AUTHOR.eq(people::ID));
    desk.gives(ids(posts.exists()), [1, 2, 3]);
    desk.gives(ids(!posts.exists()), [4, 5]);
    desk.gives(ids(func::not_exists(&posts) | people::ID.eq(1)), [1, 4, 5]);
}

pub fn exists_of_a_limited_select(desk: &Desk<'_>) {
    desk.gives(ids(select(notes::ID).filter(notes::AUTHOR.eq(people::ID)).limit(0).exists()), []);
}

pub fn a_subquery_of_another_alias_of_the_same_table(desk: &Desk<'_>) {
    let (id, karma) = (people::ID.aliased("p2"), people::KARMA.aliased("p2"));
    let better = select(id).filter(karma.gt(people::KARMA));
    desk.gives(ids(!better.exists()), [2, 3]);
}

pub fn a_subquery_in_from(desk: &Desk<'_>) {
    let hits = select((notes::AUTHOR, notes::HITS.sum())).group_by(notes::AUTHOR).as_subquery("totals");
    let (author, sum) = hits.columns();
    let stmt = select((author.clone(), sum.clone())).select_from(&hits).filter(sum.gt(10)).order_by(author);
    desk.gives(stmt, [(1, Some(12)), (3, Some(27))]);
}

pub fn a_subquery_that_is_joined(desk: &Desk<'_>) {
    let hits = select((notes::AUTHOR, notes::HITS.max())).group_by(notes::AUTHOR).as_subquery("best");
    let (author, best) = hits.columns();
    let stmt = select((people::NAME, best)).join(hits.on(author.eq(people::ID))).order_by(people::ID);
    let rows = [("ada", Some(7)), ("bob", Some(0)), ("cid", Some(12))];
    desk.gives(stmt, rows.map(|(name, best)| (name.to_owned(), best)));
}

pub fn a_subquery_with_a_limit_of_its_own(desk: &Desk<'_>) {
    let top = select(notes::HITS).order_by((notes::HITS.desc(), notes::ID)).limit(3).as_subquery("top");
    desk.gives(select(top.value().sum()).select_from(&top), [Some(31)]);
}

pub fn a_subquery_in_a_subquery(desk: &Desk<'_>) {
    let bosses = select(people::BOSS.aliased("p2")).filter(people::BOSS.aliased("p2").is_not_null());
    let of_bosses = select(notes::ID).filter(notes::AUTHOR.eq(people::ID) & notes::AUTHOR.in_(bosses));
    desk.gives(ids(of_bosses.exists()), [1, 2]);
}

pub fn union_has_equal_rows_once(desk: &Desk<'_>) {
    let stmt = select(people::KARMA).union(select(notes::HITS)).order_by(people::KARMA);
    desk.gives(stmt, [-7, 0, 3, 5, 7, 10, 12, 20]);
}

pub fn union_all_has_all_rows(desk: &Desk<'_>) {
    let stmt = select(people::KARMA).union_all(select(notes::HITS)).order_by(people::KARMA);
    desk.gives(stmt, [-7, 0, 0, 3, 5, 7, 10, 12, 12, 20, 20]);
}

pub fn intersect(desk: &Desk<'_>) {
    desk.gives(select(people::ID).intersect(select(notes::AUTHOR)).order_by(people::ID), [1, 2, 3]);
}

pub fn except(desk: &Desk<'_>) {
    desk.gives(select(people::ID).except(select(notes::AUTHOR)).order_by(people::ID.desc()), [5, 4]);
}

pub fn set_operations_go_from_left_to_right(desk: &Desk<'_>) {
    let one = |id: i64| select(people::ID).filter(people::ID.eq(id));
    desk.gives(one(1).union(one(2)).except(one(1)).order_by(people::ID), [2]);
    desk.gives(one(1).union(one(2)).intersect(one(2)).order_by(people::ID), [2]);
    desk.gives(one(1).union_all(one(1)).union(one(3)).order_by(people::ID), [1, 3]);
}

pub fn limit_of_a_set_operation(desk: &Desk<'_>) {
    let both = select(people::ID).union_all(select(notes::AUTHOR)).order_by(people::ID.desc());
    desk.gives(both.clone().limit(3), [5, 4, 3]);
    desk.gives(both.limit(2).offset(2), [3, 3]);
}

pub fn members_of_a_set_operation_with_clauses_of_their_own(desk: &Desk<'_>) {
    let last = select(notes::ID).order_by(notes::ID.desc()).limit(1);
    let first = select(people::ID).filter(people::ID.eq(1));
    desk.gives(first.union(last).order_by(people::ID), [1, 6]);
}

pub fn a_set_operation_of_several_columns(desk: &Desk<'_>) {
    let left = select((people::ID, people::NAME)).filter(people::ID.eq(2));
    let right = select((notes::ID, notes::TITLE)).filter(notes::ID.eq(1));
    let rows = [(1, "alpha".to_owned()), (2, "bob".to_owned())];
    desk.gives(left.union(right).order_by(people::ID), rows);
}

pub fn a_set_operation_in_from_and_in_in(desk: &Desk<'_>) {
    let both =
        || select(people::ID).filter(people::ID.lt(2)).union(select(notes::ID).filter(notes::ID.gt(4)));
    desk.gives(both().counted(), [3]);
    desk.gives(ids(people::ID.in_(both())), [1, 5]);
}

pub fn a_tuple_is_compared_as_a_whole(desk: &Desk<'_>) {
    use rebis_sql::RowExpr as _;
    let at = (people::KARMA, people::ID);
    desk.gives(ids(at.eq((20, 2))), [2]);
    desk.gives(ids(at.gt((10, 1))), [2, 3]);
    desk.gives(ids(at.in_([(20, 3), (0, 5), (0, 4)])), [3, 5]);
    desk.gives(ids(at.in_(Vec::<(i64, i64)>::new())), []);
}

pub fn a_tuple_among_the_rows_of_a_select(desk: &Desk<'_>) {
    use rebis_sql::RowExpr as _;
    let at = (notes::AUTHOR, notes::HITS);
    let wanted = |at| select(notes::ID).filter(at).order_by(notes::ID);
    let pairs = || select((notes::AUTHOR, notes::HITS.max().coalesce(0))).group_by(notes::AUTHOR);
    desk.gives(wanted(at.in_(pairs())), [2, 3, 4, 6]);
    desk.gives(wanted(at.not_in(pairs())), [1, 5]);
    desk.gives(wanted(at.eq(select((people::ID, people::KARMA - 5)).filter(people::ID.eq(1)))), [1]);
    desk.gives(wanted(at.not_in([(3, 12), (1, 7)])), [1, 3, 5]);
}

pub fn a_tuple_with_null(desk: &Desk<'_>) {
    use rebis_sql::RowExpr as _;
    let at = (people::BOSS, people::KARMA);
    desk.gives(ids(at.eq((None, 10))), [1]);
    desk.gives(ids(at.ne((None, 10))), [2, 3, 4, 5]);
    desk.gives(ids(at.in_([(None, 0), (Some(1), 20)])), [2, 3, 5]);
    desk.connect().refuses(ids(at.lt((None, 10))), rebis_core::ErrorKind::InvalidStatement);
}

pub fn tables_that_no_condition_connects_are_told_before_anything_is_sent(desk: &Desk<'_>) {
    let pairs = || select((people::ID, notes::ID)).join(on("notes", notes::HITS.gt(10)));
    desk.connect().refuses(pairs(), rebis_core::ErrorKind::InvalidStatement);
    desk.gives(pairs().cartesian().counted(), [10]);
}

pub fn rows_that_are_locked(desk: &Desk<'_>) {
    let mut db = desk.connect();
    db.begin();
    db.gives(ids(people::ID.eq(1)).for_update(), [1]);
    db.gives(ids(people::ID.eq(1)).for_share(), [1]);
    db.rollback();
}

pub fn raw_text_with_parameters(desk: &Desk<'_>) {
    let stmt = rebis_sql::sql("select name, karma from people where id = {} or name = {} order by id");
    let rows = desk.connect().all(stmt.bind(1).bind("bob").rows::<(String, i64)>());
    assert_eq!(rows, [("ada".to_owned(), 10), ("bob".to_owned(), 20)]);
}

pub fn raw_text_as_an_expression(desk: &Desk<'_>) {
    let text = rebis_sql::sql("{} + {}").bind(people::KARMA).bind(people::ID).expr::<i64>();
    desk.gives(select(text.clone()).filter(text.gt(21)).order_by(people::ID), [22, 23]);
}

pub fn a_prepared_query_with_values(desk: &Desk<'_>) {
    use rebis_sql::{Expr, prepare};
    let above = prepare(|least: Expr<i64>| ids(people::KARMA.gt(least)));
    let mut db = desk.connect();
    for (least, expected) in [(10, vec![2, 3]), (-1, vec![1, 2, 3, 5]), (20, vec![])] {
        assert_eq!(db.all(above.with(least)), expected);
    }
}

pub fn a_table_that_is_not_joined_is_told_before_anything_is_sent(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let stmt = select(people::ID).filter(notes::ID.eq(1));
    let error = db.refuses(stmt, rebis_core::ErrorKind::InvalidStatement);
    assert!(error.to_string().contains("notes"), "{error}");
    desk.gives(count_of("people"), [5]);
}
