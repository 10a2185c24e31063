//! Conditions, functions, dates.

use super::super::values::{Day, Stamp};
use super::{Case, Note, Person, cases};
use rebis_sql::{DatePart, Expr, Interval, RowExpr, all_of, any_of, func, select};

fn day() -> Expr<Day> {
    func::cast(func::value(Day(20_000)))
}

fn stamp() -> Expr<Stamp> {
    func::cast(func::value(Stamp(1_700_000_000_000_000)))
}

cases! {
    conditions "Conditions" {
        "comparisons" => select(Person.id).filter(Person.karma.gt(5) & Person.karma.le(20) & Person.name.ne("bob"));
        "equal to NULL" => select(Person.id).filter(Person.email.eq(None));
        "not equal to NULL" => select(Person.id).filter(Person.email.ne(None));
        "the same, NULL or not" => select(Person.id).filter(Person.email.same(Person.name));
        "not the same" => select(Person.id).filter(Person.email.not_same("ada@x.org"));
        "all and any" => select(Person.id).filter(all_of([Person.id.gt(1), any_of([Person.karma.eq(20), Person.karma.eq(0)])]));
        "not" => select(Person.id).filter(!(Person.id.gt(1) & Person.active));
        "a list" => select(Person.id).filter(Person.id.in_([1, 2, 3]));
        "an empty list" => select(Person.id).filter(Person.id.in_(Vec::<i64>::new()));
        "a list with NULL" => select(Person.id).filter(Person.boss_id.in_([Some(1), None]));
        "between" => select(Person.id).filter(Person.karma.between(0, 10));
        "rows" => select(Note.id).filter((Note.author_id, Note.hits).gt((1, 5)));
        "rows in a list" => select(Note.id).filter((Note.author_id, Note.hits).in_([(1, 5), (3, 12)]));
    }

    texts "Texts" {
        "like" => select(Person.id).filter(Person.name.like("a%"));
        "like, whatever the case" => select(Person.id).filter(Person.name.ilike("A%"));
        "contains, starts and ends with" => select(Note.id).filter(Note.title.contains("50%") | Note.title.starts_with("al") | Note.title.ends_with("s"));
        "contains, starts and ends with, whatever the case" => select(Note.id).filter(Note.title.icontains("50%") | Note.title.istarts_with("AL") | Note.title.iends_with("S"));
        "a regular expression" => select(Person.id).filter(Person.name.matches_regex("^[ab]"));
        "no match of a regular expression" => select(Person.id).filter(!Person.name.matches_regex("^[ab]"));
        "concatenation" => select(Person.name.concat("!").concat(Person.name));
        "case and blanks" => select((Person.name.lower(), Person.name.upper(), Person.name.trim(), Person.name.length()));
        "parts" => select((func::substr(Person.name, 1, 2), func::replace(Person.name, "a", "b")));
    }

    searches "Searches in words" {
        "of one column" => select(Note.id).filter(func::matches_words(Note.title, "alpha"));
        "of two columns" => select(Note.id).filter(func::matches_words((Note.title, Note.body), "alpha"));
        "of an index in a language" => select(Note.id).filter(func::words((Note.title, Note.body)).language("english").index("ix_notes_title_body").matching("alpha"));
        "the best first" => { let words = func::words(Note.title).index("ix_notes_title"); select((Note.id, words.rank("alpha"))).filter(words.matching("alpha")).order_by(words.rank("alpha").desc()) };
    }

    numbers "Numbers" {
        "arithmetic" => select((Person.karma + 1, Person.karma * 2 - Person.id, -Person.karma, Person.karma % 7));
        "quotients" => select((Person.karma / 2, Person.score / 2.0));
        "greatest and least" => select((func::greatest(Person.karma, 5), func::least(Person.karma, Person.id)));
        "absolute and rounded" => select((Person.karma.abs(), Person.score.round(), func::round_to(Person.score, 1)));
        "powers and roots" => select((func::power(Person.karma, 2), func::sqrt(Person.id), func::exp(Person.id), func::ln(Person.id)));
        "a random order" => select(Person.id).order_by(func::random()).limit(1);
    }

    choices "Choices and types" {
        "case" => select(func::case().when(Person.karma.gt(10), "much").when(Person.karma.gt(0), "some").otherwise("none"));
        "case of one expression" => select(func::case_on(Person.karma).when(0, "none").when(Person.id, "as the id").otherwise("some"));
        "coalesce and nullif" => select((Person.email.coalesce("none"), func::nullif(Person.karma, 0)));
        "casts" => select((Person.karma.cast::<String>(), Person.karma.cast::<f64>()));
        "a text as a whole number, or NULL" => select(Note.title.try_cast::<i64>());
        "a text as a number, or NULL" => select(Note.title.try_cast::<f64>());
        "a text as a date, or NULL" => select(Note.body.try_cast::<Day>());
        "a text as a flag, or NULL" => select(Note.body.try_cast::<bool>());
    }

    dates "Dates and times" {
        "year, month and day" => select((day().year(), day().month(), day().day()));
        "quarter, day of week and of year" => select((day().extract(DatePart::Quarter), day().extract(DatePart::DayOfWeek), day().extract(DatePart::DayOfYear)));
        "hour, minute and second" => select((stamp().extract(DatePart::Hour), stamp().extract(DatePart::Minute), stamp().extract(DatePart::Second)));
        "seconds since 1970" => select(stamp().extract(DatePart::Epoch));
        "days later" => select(day().plus(Interval::days(30)));
        "months earlier" => select(day().minus(Interval::months(1)));
        "a mixed interval" => select(stamp().plus(Interval::months(1) + Interval::days(-1) + Interval::hours(2)));
        "days between" => select(day().days_since(Day(19_990)));
    }
}
