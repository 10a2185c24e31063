//! Groupings, distinct rows, set operations with copies, ties, quantifiers, pages by key, aggregates, dates. All cases
//! read the shared scene.

use super::desk::Desk;
use super::golden::{Note, Person};
use super::values::{Day, Stamp};
use rebis_core::ErrorKind;
use rebis_sql::{DatePart, Expr, Interval, RowExpr, Select, func, select};

fn ids(condition: impl rebis_sql::IntoCondition) -> Select<i64> {
    select(Person.id).filter(condition).order_by(Person.id)
}

pub fn subtotals_and_a_total(desk: &Desk<'_>) {
    let stmt = select((Note.author_id.nullable(), Note.hits.sum())).group_by(func::rollup(Note.author_id));
    let stmt = stmt.order_by(Note.author_id.asc().nulls_last());
    desk.gives(stmt, [(Some(1), Some(12)), (Some(2), Some(0)), (Some(3), Some(27)), (None, Some(39))]);
}

pub fn subtotals_of_two_columns(desk: &Desk<'_>) {
    let stmt = select((Note.author_id.nullable(), Note.hits.nullable(), func::count()))
        .filter(Note.author_id.ge(2))
        .group_by(func::rollup((Note.author_id, Note.hits)))
        .order_by((Note.author_id.asc().nulls_last(), Note.hits.asc().nulls_last()));
    let rows = [
        (Some(2), Some(0), 1),
        (Some(2), None, 1),
        (Some(3), Some(3), 1),
        (Some(3), Some(12), 2),
        (Some(3), None, 3),
        (None, None, 4),
    ];
    desk.gives(stmt, rows);
}

pub fn every_choice_of_columns(desk: &Desk<'_>) {
    let by = func::cube((Person.active, Person.karma.gt(0)));
    let stmt = select((Person.active.nullable(), func::count())).group_by(by).having(func::count().gt(2));
    desk.gives(
        stmt.order_by((func::count(), Person.active.asc().nulls_first())),
        [(None, 3), (Some(true), 3), (None, 5)],
    );
}

pub fn sets_of_groupings(desk: &Desk<'_>) {
    let sets = func::grouping_sets().set(Person.active).set(Person.karma).set(());
    let stmt = select((func::grouping(Person.active), func::grouping(Person.karma), func::count()));
    let stmt = stmt.select_from(Person).group_by(sets);
    let stmt = stmt.order_by((func::grouping(Person.active), func::grouping(Person.karma), func::count()));
    desk.gives(stmt, [(0, 1, 2), (0, 1, 3), (1, 0, 1), (1, 0, 1), (1, 0, 1), (1, 0, 2), (1, 1, 5)]);
}

pub fn a_total_of_no_rows(desk: &Desk<'_>) {
    let stmt = select((Note.author_id.nullable(), func::count())).filter(Note.id.gt(100));
    desk.gives(stmt.group_by(func::rollup(Note.author_id)), [(None, 0)]);
}

pub fn a_limit_of_groupings(desk: &Desk<'_>) {
    let stmt = select((Note.author_id.nullable(), Note.hits.sum().label("hits")))
        .group_by(func::rollup(Note.author_id));
    desk.gives(stmt.order_by(Note.hits.sum().desc()).limit(2), [(None, Some(39)), (Some(3), Some(27))]);
}

pub fn the_first_of_each(desk: &Desk<'_>) {
    let best = select((Note.author_id, Note.id)).distinct_on(Note.author_id);
    let best = best.order_by((Note.author_id, Note.hits.desc(), Note.id));
    desk.gives(best.clone(), [(1, 2), (2, 3), (3, 4)]);
    desk.gives(best.clone().limit(1).offset(1), [(2, 3)]);
    desk.gives(best.counted(), [3]);
}

pub fn the_last_with_those_beside_it(desk: &Desk<'_>) {
    let best = select(Note.id).order_by(Note.hits.desc()).with_ties();
    let mut db = desk.connect();
    let mut found = db.all(best.clone().limit(1));
    found.sort_unstable();
    assert_eq!(found, [4, 6]);
    assert_eq!(db.all(best.clone().limit(3)).len(), 3);
    assert_eq!(db.all(best.limit(1).offset(1)).len(), 1);
    let unordered = select(Note.id).limit(1).with_ties();
    db.refuses(unordered, ErrorKind::InvalidStatement);
}

pub fn a_part_of_the_rows(desk: &Desk<'_>) {
    let best = |percent| select(Note.id).order_by((Note.hits.desc(), Note.id)).limit_percent(percent);
    desk.gives(best(0.0), []);
    // Of six rows one is 16.7 percent: a part of a row is a row.
    desk.gives(best(0.1), [4]);
    desk.gives(best(17.0), [4, 6]);
    desk.gives(best(50.0), [4, 6, 2]);
    desk.gives(best(100.0), [4, 6, 2, 1, 5, 3]);
    desk.gives(best(50.0).filter(Note.author_id.eq(3)), [4, 6]);
    let mut db = desk.connect();
    let mut found = db.all(select(Note.id).order_by(Note.hits.desc()).limit_percent(1.0).with_ties());
    found.sort_unstable();
    assert_eq!(found, [4, 6]);
    for wrong in [select(Note.id).limit_percent(10.0), best(101.0), best(-1.0), best(f64::NAN)] {
        db.refuses(wrong, ErrorKind::InvalidStatement);
    }
    db.refuses(best(10.0).limit(3), ErrorKind::Unsupported);
}

pub fn copies_that_both_have(desk: &Desk<'_>) {
    let left = select(Note.author_id);
    let right = select(Note.author_id).filter(Note.hits.ge(5));
    desk.gives(left.clone().intersect_all(right.clone()).order_by(Note.author_id), [1, 1, 3, 3]);
    desk.gives(left.clone().except_all(right.clone()).order_by(Note.author_id), [2, 3]);
    desk.gives(left.except_all(right).order_by(Note.author_id.desc()).limit(1), [3]);
}

pub fn set_operations_with_copies_in_a_row(desk: &Desk<'_>) {
    let stmt = select(Note.author_id)
        .except_all(select(Person.id))
        .except_all(select(Person.id).filter(Person.id.eq(3)));
    desk.gives(stmt.union_all(select(Person.id).filter(Person.id.eq(5))).order_by(Note.author_id), [1, 3, 5]);
}

pub fn members_with_their_own_members(desk: &Desk<'_>) {
    let inner = select(Note.id).except(select(Note.author_id));
    desk.gives(select(Person.id).filter(Person.id.lt(3)).union(inner).order_by(Person.id), [1, 2, 4, 5, 6]);
}

pub fn any_and_all_rows(desk: &Desk<'_>) {
    let hits = || select(Note.hits);
    desk.gives(ids(Person.karma.gt(func::any(hits()))), [1, 2, 3]);
    desk.gives(ids(Person.karma.gt(func::all(hits()))), [2, 3]);
    desk.gives(ids(Person.karma.le(func::all(hits()))), [4, 5]);
    desk.gives(ids(Person.id.eq(func::any(select(Note.author_id)))), [1, 2, 3]);
    desk.gives(ids(Person.id.ne(func::all(select(Note.author_id)))), [4, 5]);
    desk.gives(ids(!Person.id.eq(func::any(select(Note.author_id)))), [4, 5]);
    desk.gives(ids(!Person.karma.gt(func::any(hits()))), [4, 5]);
}

pub fn any_and_all_of_no_rows(desk: &Desk<'_>) {
    let none = || select(Note.hits).filter(Note.id.gt(100));
    desk.gives(ids(Person.karma.gt(func::all(none()))), [1, 2, 3, 4, 5]);
    desk.gives(ids(Person.karma.gt(func::any(none()))), []);
    desk.gives(ids(!Person.karma.gt(func::any(none()))), [1, 2, 3, 4, 5]);
}

pub fn any_and_all_with_null(desk: &Desk<'_>) {
    let bosses = || select(Person.alias("b").boss_id);
    desk.gives(ids(Person.id.gt(func::any(bosses()))), [2, 3, 4, 5]);
    // Who knows what NULL is greater than.
    desk.gives(ids(Person.id.gt(func::all(bosses()))), []);
    desk.gives(ids(!Person.id.gt(func::all(bosses()))), [1, 2]);
    desk.gives(ids(!Person.id.lt(func::any(bosses()))), []);
}

pub fn any_of_rows_that_belong_to_the_row(desk: &Desk<'_>) {
    let own = select(Note.hits).filter(Note.author_id.eq(Person.id));
    desk.gives(ids(Person.karma.lt(func::any(own))), []);
    let own = select(Note.hits + 4).filter(Note.author_id.eq(Person.id));
    desk.gives(ids(Person.karma.lt(func::any(own))), [1]);
}

/// All pages of two, one after the other, and back again.
#[track_caller]
fn pages<K: rebis_sql::IntoPage>(
    desk: &Desk<'_>,
    query: Select<(i64, Option<i64>, i64)>,
    place: fn((i64, Option<i64>, i64)) -> K,
) {
    let mut db = desk.connect();
    let all = db.all(&query);
    let mut seen = Vec::new();
    loop {
        let page = match seen.last() {
            None => query.clone(),
            Some(last) => query.clone().after(place(*last)),
        };
        let page = db.all(page.limit(2));
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, all);
    assert_eq!(seen.len(), 5);
    let mut at = 4;
    while at > 0 {
        let page = db.all(query.clone().before(place(all[at])).limit(2));
        assert_eq!(page, all[at.saturating_sub(2)..at]);
        at = at.saturating_sub(2);
    }
    assert_eq!(db.all(query.clone().before(place(all[0])).limit(2)), []);
    assert_eq!(db.all(query.before(place(all[3]))), all[..3]);
}

fn everybody() -> Select<(i64, Option<i64>, i64)> {
    select((Person.id, Person.boss_id, Person.karma))
}

pub fn pages_by_one_column(desk: &Desk<'_>) {
    pages(desk, everybody().order_by(Person.id.desc()), |(id, ..)| (id,));
}

pub fn pages_in_one_direction(desk: &Desk<'_>) {
    pages(desk, everybody().order_by((Person.karma, Person.id)), |(id, _, karma)| (karma, id));
    pages(desk, everybody().order_by((Person.karma.desc(), Person.id.desc())), |(id, _, karma)| (karma, id));
}

pub fn pages_in_mixed_directions(desk: &Desk<'_>) {
    pages(desk, everybody().order_by((Person.karma.desc(), Person.id)), |(id, _, karma)| (karma, id));
}

pub fn pages_with_null_at_either_end(desk: &Desk<'_>) {
    for by in [
        Person.boss_id.asc().nulls_first(),
        Person.boss_id.asc().nulls_last(),
        Person.boss_id.desc().nulls_first(),
        Person.boss_id.desc().nulls_last(),
    ] {
        pages(desk, everybody().order_by((by.clone(), Person.id)), |(id, boss, _)| (boss, id));
        pages(desk, everybody().order_by((by, Person.id.desc())), |(id, boss, _)| (boss, id));
    }
}

pub fn pages_by_three_columns(desk: &Desk<'_>) {
    let by = (Person.boss_id.desc().nulls_last(), Person.karma, Person.id.desc());
    pages(desk, everybody().order_by(by), |(id, boss, karma)| (boss, karma, id));
}

pub fn pages_of_joined_tables_backwards(desk: &Desk<'_>) {
    let by = Note.on(Note.author_id.eq(Person.id));
    let notes = select((Person.name, Note.id.label("note"))).join(by).order_by(Note.id).limit(2);
    let rows = [("ada", 2), ("bob", 3)].map(|(name, id)| (name.to_owned(), id));
    desk.gives(notes.clone().before((4,)), rows);
    desk.gives(
        notes.clone().before((4,)).offset(1),
        [("ada", 1), ("ada", 2)].map(|(n, id)| (n.to_owned(), id)),
    );
    desk.gives(notes.before((4,)).counted(), [2]);
    let twice = select((Person.id, Person.boss_id)).distinct().order_by(Person.id).limit(2).before((4,));
    desk.connect().refuses(twice, ErrorKind::Unsupported);
}

pub fn matches_of_a_regular_expression_are_replaced(desk: &Desk<'_>) {
    let stmt = select(Person.name.replace_regex("[a-c]", "#")).order_by(Person.id);
    if desk.caps().queries.replace_regex.is_none() {
        desk.connect().refuses(stmt, ErrorKind::Unsupported);
        return;
    }
    desk.gives(stmt, ["#d#", "#o#", "#id", "dor#", "eve"].map(str::to_owned));
}

pub fn a_place_that_does_not_fit_the_order(desk: &Desk<'_>) {
    let mut db = desk.connect();
    db.refuses(ids(Person.id.gt(0)).after((1, 2)), ErrorKind::InvalidStatement);
    let unsaid = select(Person.id).order_by((Person.boss_id, Person.id)).after((Some(1i64), 2));
    let error = db.refuses(unsaid, ErrorKind::InvalidStatement);
    assert!(error.help().is_some_and(|help| help.contains("nulls_last")), "{error}");
}

pub fn texts_of_a_group_in_one(desk: &Desk<'_>) {
    let titles = func::string_agg(Note.title, ", ").ordered_by(Note.id.desc());
    let stmt = select((Note.author_id, titles)).group_by(Note.author_id).order_by(Note.author_id);
    let rows = [(1, "beta, alpha"), (2, "50% off"), (3, "it's, alpha, back\\slash")];
    desk.gives(stmt, rows.map(|(id, titles)| (id, Some(titles.to_owned()))));
}

pub fn texts_with_an_odd_separator(desk: &Desk<'_>) {
    let stmt = select(func::string_agg(Person.name, "'\\%\"").ordered_by(Person.id)).filter(Person.id.le(2));
    desk.gives(stmt, [Some("ada'\\%\"bob".to_owned())]);
}

pub fn texts_of_some_rows_and_of_none(desk: &Desk<'_>) {
    let some = func::string_agg(Person.name, "").ordered_by(Person.name.desc()).filter(Person.active);
    let none = func::string_agg(Person.name, "").filter(Person.id.gt(100));
    desk.gives(select((some, none)), [(Some("evecidada".to_owned()), None)]);
}

pub fn sums_of_different_values(desk: &Desk<'_>) {
    desk.gives(select((Note.hits.sum().distinct(), Note.hits.sum())), [(Some(27), Some(39))]);
}

pub fn the_median_and_its_kind(desk: &Desk<'_>) {
    let stmt = select((
        func::percentile_cont(0.5, Note.hits),
        func::percentile_disc(0.5, Note.hits),
        func::mode(Note.hits),
    ));
    if !desk.caps().queries.within_group {
        desk.connect().refuses(stmt, ErrorKind::Unsupported);
        return;
    }
    desk.gives(stmt, [(Some(6.0), Some(5), Some(12))]);
}

pub fn rows_are_compared_from_the_left(desk: &Desk<'_>) {
    let notes = |condition: Expr<bool>| select(Note.id).filter(condition).order_by(Note.id);
    desk.gives(notes((Note.author_id, Note.hits).gt((1, 5))), [2, 3, 4, 5, 6]);
    desk.gives(notes((Note.author_id, Note.hits).le((2, 0))), [1, 2, 3]);
    desk.gives(notes((Note.author_id, Note.hits).in_([(3, 12), (1, 5)])), [1, 4, 6]);
}

pub fn regular_expressions(desk: &Desk<'_>) {
    let stmt = ids(Person.name.matches_regex("^[ab].*[ab]$"));
    if desk.caps().queries.regex.is_empty() {
        desk.connect().refuses(stmt, ErrorKind::Unsupported);
        return;
    }
    desk.gives(stmt, [1, 2]);
    desk.gives(ids(!Person.name.matches_regex("a")), [2, 3, 5]);
    desk.gives(ids(Person.email.matches_regex("x[.]org$")), [1, 3, 5]);
}

pub fn the_greatest_and_the_least_of_two(desk: &Desk<'_>) {
    let stmt = select((func::greatest(Person.karma, 5), func::least(Person.karma, 5))).order_by(Person.id);
    desk.gives(stmt, [(10, 5), (20, 5), (20, 5), (5, -7), (5, 0)]);
}

pub fn rounded_to_digits(desk: &Desk<'_>) {
    desk.gives(select(func::round_to(Person.score, 1)).order_by(Person.id), [1.5, 2.5, -0.5, 0.0, 100.3]);
}

fn day(days: i32) -> Expr<Day> {
    func::cast(func::value(Day(days)))
}

fn stamp(micros: i64) -> Expr<Stamp> {
    func::cast(func::value(Stamp(micros)))
}

/// 2024-02-29, a Thursday.
const LEAP: i32 = 19_782;

pub fn parts_of_a_date(desk: &Desk<'_>) {
    let leap = || day(LEAP);
    desk.value((leap().year(), leap().month(), leap().day()), (2024, 2, 29));
    desk.value((leap().extract(DatePart::Quarter), leap().extract(DatePart::DayOfWeek)), (1, 4));
    desk.value((leap().extract(DatePart::DayOfYear), day(LEAP + 3).extract(DatePart::DayOfWeek)), (60, 0));
}

pub fn parts_of_a_time(desk: &Desk<'_>) {
    // 2024-02-29 13:14:15.
    let at = || stamp((i64::from(LEAP) * 86_400 + 13 * 3600 + 14 * 60 + 15) * 1_000_000);
    let hour = (at().extract(DatePart::Hour), at().extract(DatePart::Minute), at().extract(DatePart::Second));
    desk.value(hour, (13, 14, 15));
    desk.value((at().year(), at().extract(DatePart::Epoch)), (2024, i64::from(LEAP) * 86_400 + 47_655));
}

pub fn parts_of_no_date(desk: &Desk<'_>) {
    let none: Expr<Option<Day>> = func::cast(func::value(None::<Day>));
    desk.value(none.year(), None);
}

pub fn dates_are_moved(desk: &Desk<'_>) {
    desk.value(day(LEAP).plus(Interval::days(1)), Day(LEAP + 1));
    desk.value(day(LEAP).minus(Interval::weeks(2)), Day(LEAP - 14));
    desk.value(day(LEAP).plus(Interval::months(1)), Day(LEAP + 29));
    desk.value(day(LEAP).plus(Interval::default()), Day(LEAP));
}

pub fn the_last_of_a_month_stays_within_it(desk: &Desk<'_>) {
    // 2024-01-31 and a month; 2024-02-29 and a year.
    desk.value(day(LEAP - 29).plus(Interval::months(1)), Day(LEAP));
    desk.value(day(LEAP).plus(Interval::years(1)), Day(LEAP + 365));
}

pub fn times_are_moved(desk: &Desk<'_>) {
    let second = 1_000_000;
    desk.value(stamp(0).plus(Interval::hours(25)), Stamp(25 * 3600 * second));
    desk.value(stamp(0).minus(Interval::seconds(1)), Stamp(-second));
    let mixed = Interval::months(1) + Interval::days(-1) + Interval::minutes(90);
    desk.value(stamp(0).plus(mixed), Stamp((30 * 86_400 + 5400) * second));
}

pub fn days_between_dates(desk: &Desk<'_>) {
    desk.value(day(LEAP).days_since(Day(LEAP - 60)), 60);
    desk.value(day(LEAP).days_since(Day(LEAP + 1)), -1);
    // Midnights count, not hours.
    desk.value(stamp(86_400_000_000).days_since(Stamp(86_399_000_000)), 1);
}

pub fn names_and_texts_in_json(desk: &Desk<'_>) {
    let object = func::json_object([("id", &Person.id.into()), ("name", &Person.name.into())]);
    let stmt = select(func::json_agg::<String>(object)).filter(Person.id.eq(1));
    let found = desk.connect().all(stmt);
    let compact = found[0].as_ref().map(|text| text.replace(' ', ""));
    assert_eq!(compact.as_deref(), Some("[{\"id\":1,\"name\":\"ada\"}]"));
}
