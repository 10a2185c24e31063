//! Operators and functions, each on the rows of the shared scene.

use super::desk::Desk;
use super::scene::{notes, people, texts};
use super::values::Day;
use rebis_core::ErrorKind;
use rebis_sql::{Expr, IntoCondition, Select, all_of, any_of, func, select};

/// The keys of the people that satisfy a condition, in order.
fn ids(condition: impl IntoCondition) -> Select<i64> {
    select(people::ID).filter(condition).order_by(people::ID)
}

fn note_ids(condition: impl IntoCondition) -> Select<i64> {
    select(notes::ID).filter(condition).order_by(notes::ID)
}

fn int(value: i64) -> Expr<i64> {
    func::value(value)
}

fn text(value: &str) -> Expr<String> {
    func::value(value.to_owned())
}

/// An expression over the columns of the first person.
fn of_ada<T: rebis_core::Value>(expr: Expr<T>) -> Select<T> {
    select(expr).select_from(super::scene::source("people")).filter(people::ID.eq(1))
}

pub fn comparisons(desk: &Desk<'_>) {
    desk.gives(ids(people::KARMA.eq(20)), [2, 3]);
    desk.gives(ids(people::KARMA.ne(20)), [1, 4, 5]);
    desk.gives(ids(people::KARMA.lt(0)), [4]);
    desk.gives(ids(people::KARMA.le(0)), [4, 5]);
    desk.gives(ids(people::KARMA.gt(10)), [2, 3]);
    desk.gives(ids(people::KARMA.ge(10)), [1, 2, 3]);
}

pub fn comparisons_of_columns(desk: &Desk<'_>) {
    desk.gives(ids(people::ID.gt(people::KARMA)), [4, 5]);
}

pub fn comparisons_of_texts(desk: &Desk<'_>) {
    desk.gives(ids(people::NAME.gt("bob")), [3, 4, 5]);
    desk.gives(ids(people::NAME.eq("bob")), [2]);
    desk.gives(ids(people::NAME.eq("BOB")), []);
}

pub fn comparisons_of_floats(desk: &Desk<'_>) {
    desk.gives(ids(people::SCORE.gt(0.0)), [1, 2, 5]);
    desk.gives(ids(people::SCORE.eq(-0.5)), [3]);
}

pub fn a_comparison_with_null_is_not_true(desk: &Desk<'_>) {
    desk.gives(ids(people::BOSS.ne(1)), [4]);
    desk.gives(ids(!(people::BOSS.gt(1))), [2, 3]);
}

pub fn equal_to_none_is_null(desk: &Desk<'_>) {
    desk.gives(ids(people::BOSS.eq(None)), [1, 5]);
    desk.gives(ids(people::BOSS.ne(None)), [2, 3, 4]);
    desk.gives(ids(people::EMAIL.is_null()), [2, 4]);
    desk.gives(ids(people::EMAIL.is_not_null()), [1, 3, 5]);
}

pub fn equality_to_which_null_is_a_value(desk: &Desk<'_>) {
    desk.gives(ids(people::BOSS.same(1)), [2, 3]);
    desk.gives(ids(people::BOSS.same(None)), [1, 5]);
    desk.gives(ids(people::BOSS.not_same(1)), [1, 4, 5]);
    desk.gives(ids(people::BOSS.not_same(None)), [2, 3, 4]);
    desk.gives(ids(!people::BOSS.same(people::BOSS)), []);
}

pub fn boolean_columns_are_conditions(desk: &Desk<'_>) {
    desk.gives(ids(people::ACTIVE), [1, 3, 5]);
    desk.gives(ids(!people::ACTIVE), [2, 4]);
    desk.gives(ids(people::ACTIVE & people::KARMA.gt(0)), [1, 3]);
    desk.gives(ids(people::ACTIVE.eq(false)), [2, 4]);
}

pub fn conditions_are_values(desk: &Desk<'_>) {
    desk.gives(select(people::KARMA.gt(5)).order_by(people::ID), [true, true, true, false, false]);
    desk.gives(
        select(people::ACTIVE & people::KARMA.gt(5)).order_by(people::ID),
        [true, false, true, false, false],
    );
}

pub fn and_binds_before_or(desk: &Desk<'_>) {
    let (a, b, c) = (people::ID.eq(1), people::ID.eq(2), people::KARMA.gt(100));
    desk.gives(ids(&a | &b & &c), [1]);
    desk.gives(ids((&a | &b) & &c), []);
    desk.gives(ids(!(&a | &b)), [3, 4, 5]);
}

pub fn chains_of_conditions(desk: &Desk<'_>) {
    desk.gives(ids(all_of([people::ID.gt(1), people::ID.lt(4)])), [2, 3]);
    desk.gives(ids(any_of([people::ID.eq(1), people::ID.eq(4)])), [1, 4]);
    desk.gives(ids(all_of(Vec::<Expr<bool>>::new())), [1, 2, 3, 4, 5]);
    desk.gives(ids(any_of(Vec::<Expr<bool>>::new())), []);
}

pub fn between_includes_both_ends(desk: &Desk<'_>) {
    desk.gives(ids(people::KARMA.between(0, 10)), [1, 5]);
    desk.gives(ids(!people::KARMA.between(0, 10)), [2, 3, 4]);
    desk.gives(ids(people::KARMA.between(10, 0)), []);
    desk.gives(ids(people::KARMA.between(people::ID, people::ID * 10)), [1, 2, 3]);
    desk.gives(ids(people::NAME.between("b", "d")), [2, 3]);
}

pub fn in_nothing_is_false(desk: &Desk<'_>) {
    desk.gives(ids(people::ID.in_(Vec::<i64>::new())), []);
    desk.gives(ids(people::ID.not_in(Vec::<i64>::new())), [1, 2, 3, 4, 5]);
    desk.gives(ids(people::BOSS.not_in(Vec::<i64>::new())), [1, 2, 3, 4, 5]);
}

pub fn in_one_and_in_some(desk: &Desk<'_>) {
    desk.gives(ids(people::ID.in_([3])), [3]);
    desk.gives(ids(people::ID.in_([1, 3, 3, 77])), [1, 3]);
    desk.gives(ids(people::ID.not_in([1, 3])), [2, 4, 5]);
    desk.gives(ids(people::NAME.in_(["bob", "eve"])), [2, 5]);
    desk.gives(ids(people::SCORE.in_([1.5, 100.25])), [1, 5]);
}

pub fn in_with_none_finds_null(desk: &Desk<'_>) {
    desk.gives(ids(people::BOSS.in_([Some(2), None])), [1, 4, 5]);
    desk.gives(ids(people::BOSS.in_([None])), [1, 5]);
    desk.gives(ids(people::BOSS.not_in([Some(2), None])), [2, 3]);
}

pub fn in_600_values(desk: &Desk<'_>) {
    desk.gives(ids(people::ID.in_(4..604)), [4, 5]);
    desk.gives(ids(people::ID.not_in(4..604)), [1, 2, 3]);
    let names = (0..600).map(|n| format!("no{n}")).chain(["cid".to_owned()]);
    desk.gives(ids(people::NAME.in_(names)), [3]);
}

pub fn in_40000_values(desk: &Desk<'_>) {
    desk.gives(ids(people::ID.in_(3..40_003)), [3, 4, 5]);
    desk.gives(ids(people::ID.not_in((3..40_003).chain([1]))), [2]);
}

pub fn in_40000_texts(desk: &Desk<'_>) {
    let names = || (0..40_000).map(|n| format!("it's \\{n}\"")).chain(["bob".to_owned()]);
    desk.gives(ids(people::NAME.in_(names())), [2]);
    desk.gives(ids(people::NAME.not_in(names())), [1, 3, 4, 5]);
}

pub fn in_many_floats(desk: &Desk<'_>) {
    let scores = (0..700).map(|n| f64::from(n) + 0.5);
    desk.gives(ids(people::SCORE.in_(scores)), [1, 2]);
}

pub fn in_many_values_with_none(desk: &Desk<'_>) {
    let bosses = (2..700).map(Some).chain([None]);
    desk.gives(ids(people::BOSS.in_(bosses.clone())), [1, 4, 5]);
    desk.gives(ids(people::BOSS.not_in(bosses)), [2, 3]);
}

pub fn like_with_any_text_and_any_character(desk: &Desk<'_>) {
    desk.gives(ids(people::NAME.like("%o%")), [2, 4]);
    desk.gives(ids(people::NAME.like("_o_")), [2]);
    desk.gives(ids(people::NAME.like("ada")), [1]);
    desk.gives(ids(people::NAME.not_like("%o%")), [1, 3, 5]);
    desk.gives(ids(people::NAME.like("")), []);
}

pub fn like_is_not_true_of_null(desk: &Desk<'_>) {
    desk.gives(ids(people::EMAIL.like("%")), [1, 3, 5]);
    desk.gives(ids(people::EMAIL.not_like("ada%")), [3, 5]);
}

pub fn like_and_case(desk: &Desk<'_>) {
    let found: &[i64] = if desk.facts.like_minds_case { &[] } else { &[1] };
    desk.gives(ids(people::NAME.like("ADA")), found.to_vec());
}

pub fn ilike_does_not_mind_case(desk: &Desk<'_>) {
    desk.gives(ids(people::NAME.ilike("A%")), [1]);
    desk.gives(ids(people::EMAIL.ilike("eVE%")), [5]);
    desk.gives(ids(!people::EMAIL.ilike("eVE%")), [1, 3]);
}

pub fn a_text_that_is_contained(desk: &Desk<'_>) {
    desk.gives(note_ids(notes::TITLE.contains("a")), [1, 2, 4, 5]);
    desk.gives(note_ids(notes::TITLE.starts_with("al")), [1, 5]);
    desk.gives(note_ids(notes::TITLE.ends_with("a")), [1, 2, 5]);
    desk.gives(note_ids(notes::TITLE.contains("")), [1, 2, 3, 4, 5, 6]);
}

pub fn a_percent_sign_that_is_contained(desk: &Desk<'_>) {
    desk.gives(note_ids(notes::TITLE.contains("0% o")), [3]);
    desk.gives(note_ids(notes::TITLE.contains("5% o")), []);
    desk.gives(note_ids(notes::TITLE.starts_with("%")), []);
}

pub fn an_underscore_that_is_contained(desk: &Desk<'_>) {
    desk.gives(note_ids(notes::BODY.contains("_")), [3]);
    desk.gives(note_ids(notes::BODY.contains("a_")), [3]);
}

pub fn a_slash_that_is_contained(desk: &Desk<'_>) {
    desk.gives(note_ids(notes::BODY.contains("/")), [4]);
    desk.gives(note_ids(notes::BODY.ends_with("/b")), [4]);
}

pub fn a_backslash_that_is_contained(desk: &Desk<'_>) {
    desk.gives(note_ids(notes::TITLE.contains("\\")), [4]);
    desk.gives(note_ids(notes::TITLE.contains("k\\s")), [4]);
    desk.gives(note_ids(notes::TITLE.ends_with("\\")), []);
}

pub fn a_quote_that_is_contained(desk: &Desk<'_>) {
    desk.gives(note_ids(notes::TITLE.contains("'")), [6]);
    desk.gives(note_ids(notes::TITLE.eq("it's")), [6]);
}

pub fn texts_one_after_the_other(desk: &Desk<'_>) {
    desk.gives(of_ada(people::NAME.concat("-").concat(people::NAME)), texts(["ada-ada"]));
    desk.gives(ids(people::NAME.concat("!").eq("bob!")), [2]);
    desk.value(text("a").concat("b").concat(""), "ab".to_owned());
}

pub fn concat_with_null_is_null(desk: &Desk<'_>) {
    desk.gives(
        select(people::EMAIL.concat("!")).filter(people::ID.in_([1, 2])).order_by(people::ID),
        [Some("ada@x.org!".to_owned()), None],
    );
}

pub fn sums_differences_and_products(desk: &Desk<'_>) {
    desk.gives(of_ada(people::KARMA + 1), [11]);
    desk.gives(of_ada(people::KARMA - people::ID), [9]);
    desk.gives(of_ada(people::KARMA * 3 - 1), [29]);
    desk.gives(of_ada((people::KARMA + 2) * (people::KARMA - 2)), [96]);
    desk.gives(of_ada(people::KARMA - (people::KARMA - 3)), [3]);
}

pub fn a_sign_before_an_expression(desk: &Desk<'_>) {
    desk.gives(of_ada(-people::KARMA), [-10]);
    desk.gives(of_ada(-(people::KARMA - 20)), [10]);
    desk.gives(of_ada(-(-people::KARMA)), [10]);
    desk.gives(of_ada(people::KARMA - -5), [15]);
}

pub fn whole_numbers_are_divided_without_the_rest(desk: &Desk<'_>) {
    desk.gives(select(people::KARMA / 3).order_by(people::ID), [3, 6, 6, -2, 0]);
    desk.gives(of_ada(people::KARMA / -3), [-3]);
    desk.value(int(-7) / 2, -3);
}

pub fn quotients_and_products_go_from_left_to_right(desk: &Desk<'_>) {
    desk.gives(of_ada(people::KARMA / 3 * 3), [9]);
    desk.gives(of_ada(people::KARMA / (people::KARMA / 5)), [5]);
    desk.gives(of_ada(people::KARMA * 7 / 4), [17]);
}

pub fn the_rest_of_a_division_has_the_sign_of_the_first(desk: &Desk<'_>) {
    desk.gives(select(people::KARMA % 3).order_by(people::ID), [1, 2, 2, -1, 0]);
    desk.gives(of_ada(people::KARMA % -3), [1]);
}

pub fn floats_are_divided_exactly(desk: &Desk<'_>) {
    desk.gives(select(people::SCORE / 2.0).order_by(people::ID), [0.75, 1.25, -0.25, 0.0, 50.125]);
    desk.gives(of_ada(people::SCORE * 2.0 - 0.5), [2.5]);
}

pub fn null_in_arithmetic_is_null(desk: &Desk<'_>) {
    desk.gives(select(people::BOSS + 1).order_by(people::ID), [None, Some(2), Some(2), Some(3), None]);
    desk.gives(select(-people::BOSS).filter(people::ID.eq(1)), [None]);
}

pub fn whole_numbers_to_64_bits(desk: &Desk<'_>) {
    desk.gives(of_ada(people::ID + (i64::MAX - 1)), [i64::MAX]);
    desk.gives(of_ada(people::ID * i64::MAX), [i64::MAX]);
    desk.gives(of_ada(people::ID - i64::MAX), [-i64::MAX + 1]);
}

pub fn case_takes_the_first_that_holds(desk: &Desk<'_>) {
    let rank = func::case_of::<String>()
        .when(people::KARMA.gt(15), "gold")
        .when(people::KARMA.gt(5), "silver")
        .otherwise("none");
    desk.gives(select(rank).order_by(people::ID), texts(["silver", "gold", "gold", "none", "none"]));
}

pub fn case_of_one_expression(desk: &Desk<'_>) {
    let by_boss = func::case_on(people::BOSS).when(1, "of ada").when(Some(2), "of bob").otherwise("of none");
    desk.gives(
        select(by_boss).order_by(people::ID),
        ["of none", "of ada", "of ada", "of bob", "of none"].map(str::to_owned),
    );
    let sign = func::case_on(people::KARMA).when(0, 0i64).when(people::ID * 10, people::ID).end();
    desk.gives(select(sign).order_by(people::ID), [Some(1), Some(2), None, None, Some(0)]);
}

pub fn case_without_else_is_null(desk: &Desk<'_>) {
    let rank = func::case_of::<i64>().when(people::ACTIVE, people::KARMA).end();
    desk.gives(select(rank).order_by(people::ID), [Some(10), None, Some(20), None, Some(0)]);
}

pub fn case_in_a_condition_and_in_a_sum(desk: &Desk<'_>) {
    let one = func::case_of::<i64>().when(people::KARMA.gt(5), 1).otherwise(0);
    desk.gives(ids(one.clone().eq(1)), [1, 2, 3]);
    desk.gives(select(one.sum()), [Some(3)]);
}

pub fn case_without_arms_is_its_else(desk: &Desk<'_>) {
    desk.gives(of_ada(func::case_of::<i64>().otherwise(people::KARMA)), [10]);
}

pub fn cast_of_a_number_to_a_text(desk: &Desk<'_>) {
    desk.gives(
        select(people::KARMA.cast::<String>()).order_by(people::ID),
        texts(["10", "20", "20", "-7", "0"]),
    );
}

pub fn cast_of_a_text_to_a_number(desk: &Desk<'_>) {
    desk.value(text("42").cast::<i64>() + 1, 43);
    desk.value(text("-2.5").cast::<f64>(), -2.5);
}

pub fn cast_of_a_whole_number_to_a_float(desk: &Desk<'_>) {
    desk.gives(of_ada(people::KARMA.cast::<f64>() / 4.0), [2.5]);
    desk.gives(of_ada(people::KARMA.cast::<f64>()), [10.0]);
}

pub fn cast_of_a_number_to_a_boolean_and_back(desk: &Desk<'_>) {
    desk.gives(select(people::ACTIVE.cast::<i32>()).order_by(people::ID), [1, 0, 1, 0, 1]);
}

pub fn cast_of_a_text_to_bytes(desk: &Desk<'_>) {
    desk.value(text("ab").cast::<Vec<u8>>(), b"ab".to_vec());
}

#[track_caller]
fn reads_as<T>(desk: &Desk<'_>, cases: &[(&str, Option<T>)])
where
    T: rebis_core::Value<Base = T> + PartialEq + std::fmt::Debug,
{
    let mut db = desk.connect();
    for (what, expected) in cases {
        let found = db.all(select(text(what).try_cast::<T>()));
        assert!(matches!(&found[..], [found] if found == expected), "{what:?}: {found:?}");
    }
}

pub fn a_text_as_a_whole_number_or_null(desk: &Desk<'_>) {
    reads_as::<i64>(
        desk,
        &[
            ("42", Some(42)),
            ("-7", Some(-7)),
            ("+7", Some(7)),
            ("007", Some(7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("-9223372036854775809", None),
            ("99999999999999999999999999", None),
            ("", None),
            ("-", None),
            ("+-1", None),
            ("1 ", None),
            ("1\n", None),
            ("12abc", None),
            ("1.0", None),
            ("1e3", None),
            ("0x10", None),
            ("\u{664}", None),
            ("NaN", None),
        ],
    );
    reads_as::<i16>(
        desk,
        &[("32767", Some(i16::MAX)), ("32768", None), ("-32768", Some(i16::MIN)), ("-32769", None)],
    );
    reads_as::<i32>(desk, &[("2147483647", Some(i32::MAX)), ("2147483648", None), ("4294967297", None)]);
    desk.gives(select(notes::TITLE.try_cast::<i64>()).order_by(notes::ID).limit(2), [None, None]);
    desk.gives(of_ada(people::EMAIL.try_cast::<i64>()), [None]);
    desk.gives(of_ada(people::KARMA.cast::<String>().try_cast::<i64>()), [Some(10)]);
}

pub fn a_text_as_a_number_or_null(desk: &Desk<'_>) {
    let wide = "9".repeat(251);
    reads_as::<f64>(
        desk,
        &[
            ("42", Some(42.0)),
            ("-2.5", Some(-2.5)),
            ("+0.25", Some(0.25)),
            (".5", None),
            ("5.", None),
            (".", None),
            ("1.2.3", None),
            ("1,5", None),
            ("1e3", None),
            ("inf", None),
            ("nan", None),
            (" 1", None),
            ("", None),
            (&wide, None),
        ],
    );
    reads_as::<f32>(desk, &[("0.5", Some(0.5)), ("x", None), (&"9".repeat(38), None)]);
}

pub fn a_text_as_a_date_or_a_flag_or_null(desk: &Desk<'_>) {
    reads_as::<Day>(
        desk,
        &[
            ("1970-01-01", Some(Day(0))),
            ("2024-02-29", Some(Day(19_782))),
            ("2000-02-29", Some(Day(11_016))),
            ("1900-02-29", None),
            ("2023-02-29", None),
            ("2023-04-31", None),
            ("2023-13-01", None),
            ("2023-00-10", None),
            ("2023-01-00", None),
            ("0000-01-01", None),
            ("2023-1-1", None),
            ("2023-01-01 10:00", None),
            ("20230101", None),
            ("now", None),
            ("", None),
        ],
    );
    reads_as::<bool>(
        desk,
        &[
            ("true", Some(true)),
            ("T", Some(true)),
            ("1", Some(true)),
            ("False", Some(false)),
            ("f", Some(false)),
            ("0", Some(false)),
            ("yes", None),
            ("2", None),
            ("", None),
        ],
    );
    desk.connect().refuses(select(text("x").try_cast::<Vec<u8>>()), ErrorKind::Unsupported);
}

pub fn cast_of_null_is_null(desk: &Desk<'_>) {
    desk.gives(of_ada(people::BOSS.cast::<Option<String>>()), [None]);
}

pub fn coalesce_and_nullif(desk: &Desk<'_>) {
    desk.gives(select(people::BOSS.coalesce(0)).order_by(people::ID), [0, 1, 1, 2, 0]);
    desk.gives(select(func::coalesce(people::BOSS, people::ID)).order_by(people::ID), [1, 1, 1, 2, 5]);
    let none = func::nullif(people::KARMA, 20);
    desk.gives(select(none).order_by(people::ID), [Some(10), None, None, Some(-7), Some(0)]);
}

pub fn lower_upper_and_trim(desk: &Desk<'_>) {
    desk.gives(of_ada(people::NAME.upper()), texts(["ADA"]));
    desk.gives(ids(people::EMAIL.lower().eq("eve_50%@x.org")), [5]);
    desk.value(text("  a b  ").trim(), "a b".to_owned());
}

pub fn lower_and_upper_beyond_ascii(desk: &Desk<'_>) {
    if !desk.facts.folds_unicode {
        return desk.skip("the database folds the case of ASCII alone");
    }
    desk.value(text("ÄÖ").lower(), "äö".to_owned());
    desk.value(text("éß").upper().length(), 2);
}

pub fn length_is_in_characters(desk: &Desk<'_>) {
    desk.gives(select(people::NAME.length()).order_by(people::ID), [3, 3, 3, 4, 3]);
    desk.value(text("häß€𝄞").length(), 5);
    desk.value(text("").length(), 0);
}

pub fn parts_of_a_text(desk: &Desk<'_>) {
    desk.value(func::substr(text("häßlich"), 2, 3), "äßl".to_owned());
    desk.gives(of_ada(func::substr(people::NAME, 2, 10)), texts(["da"]));
}

pub fn parts_of_a_text_that_are_replaced(desk: &Desk<'_>) {
    desk.gives(of_ada(func::replace(people::NAME, "a", "oo")), texts(["oodoo"]));
    desk.value(func::replace(text("a\\b'c"), "\\b'", "_"), "a_c".to_owned());
}

pub fn abs_and_round(desk: &Desk<'_>) {
    desk.gives(select(people::KARMA.abs()).order_by(people::ID), [10, 20, 20, 7, 0]);
    desk.gives(select((people::SCORE + 0.3).round()).order_by(people::ID), [2.0, 3.0, 0.0, 0.0, 101.0]);
}

pub fn a_function_by_its_name(desk: &Desk<'_>) {
    desk.gives(of_ada(func::call::<String>("upper", people::NAME)), texts(["ADA"]));
    desk.gives(of_ada(func::call::<i64>("coalesce", (people::BOSS, people::KARMA))), [10]);
}

pub fn the_clock_of_the_database(desk: &Desk<'_>) {
    let stmt = select(func::count()).select_from(super::scene::source("people"));
    desk.gives(stmt.filter(func::now::<String>().is_not_null()), [5]);
}

pub fn a_random_order_is_an_order(desk: &Desk<'_>) {
    let mut rows = desk.connect().all(select(people::ID).order_by(func::random()));
    rows.sort_unstable();
    assert_eq!(rows, [1, 2, 3, 4, 5]);
}

pub fn the_precedence_of_many_operators(desk: &Desk<'_>) {
    let k = people::KARMA;
    desk.gives(
        ids((k + 1).in_([11, 21]) & !(k % 4).eq(2) | k.between(k, k + 1) & people::ID.eq(5)),
        [2, 3, 5],
    );
    desk.gives(ids((k - 5 - 5).eq(0)), [1]);
    desk.gives(ids(people::ACTIVE.eq(k.gt(5))), [1, 3, 4]);
    desk.gives(ids(k.eq(20).is_not_null() & people::BOSS.eq(1).is_null()), [1, 5]);
}
