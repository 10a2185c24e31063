//! Clauses of SELECT.

use super::{Case, Note, Person, cases};
use rebis_sql::{IndexHint, func, select, window};

cases! {
    rows "Rows and order" {
        "columns" => select((Person.id, Person.name));
        "no table" => select(func::value(5i64));
        "a condition" => select(Person.id).filter(Person.karma.gt(5));
        "several conditions" => select(Person.id).filter(Person.karma.gt(5)).filter(Person.active);
        "order" => select(Person.id).order_by((Person.name, Person.id.desc()));
        "order by a label" => { let twice = (Person.karma * 2).label("twice"); select((Person.id, &twice)).order_by(twice.desc()) };
        "NULL first" => select(Person.id).order_by(Person.email.asc().nulls_first());
        "NULL last" => select(Person.id).order_by(Person.email.desc().nulls_last());
        "limit" => select(Person.id).order_by(Person.id).limit(3);
        "limit and offset" => select(Person.id).order_by(Person.id).limit(3).offset(6);
        "offset alone" => select(Person.id).order_by(Person.id).offset(6);
        "with ties" => select(Person.name).order_by(Person.karma.desc()).limit(2).with_ties();
        "with ties and offset" => select(Person.name).order_by(Person.karma.desc()).limit(2).offset(1).with_ties();
        "a part of the rows" => select(Person.name).order_by(Person.karma.desc()).limit_percent(10.0);
        "a part of the rows, with ties" => select(Person.name).order_by(Person.karma.desc()).limit_percent(10.0).with_ties();
        "distinct" => select(Person.karma).distinct();
        "distinct on" => select((Note.author_id, Note.title)).distinct_on(Note.author_id).order_by((Note.author_id, Note.hits.desc()));
        "distinct on with limit" => select((Note.author_id, Note.title)).distinct_on(Note.author_id).order_by((Note.author_id, Note.id)).limit(2);
        "how many rows" => select(Person.id).filter(Person.active).counted();
        "how many different" => select(Person.karma).distinct().counted();
    }

    hints "Hints of indexes" {
        "one that is forced" => select(Note.id).index_hint(Note, IndexHint::force("ix_notes_title"));
        "some that may be used" => select(Note.id).index_hint(Note, IndexHint::usable(["ix_notes_title", "ix_notes_hits"]));
        "one that is not to be used" => select(Note.id).index_hint(Note, IndexHint::ignore(["ix_notes_title"]));
        "none at all" => select(Note.id).index_hint(Note, IndexHint::Without);
        "of a table that is joined" => select((Person.id, Note.id)).join(Note.on(Note.author_id.eq(Person.id))).index_hint(Note, IndexHint::force("ix_notes_title"));
        "of an alias" => { let boss = Person.alias("boss"); select(Person.id).join(boss.on(boss.id.eq(Person.boss_id))).index_hint(boss, IndexHint::Without) };
    }

    pages "Pages by key" {
        "one term" => select(Person.name).order_by(Person.id).limit(2).after((2,));
        "one way" => select(Note.title).order_by((Note.hits.desc(), Note.id.desc())).limit(2).after((12, 6));
        "mixed directions" => select(Note.title).order_by((Note.hits.desc(), Note.id)).limit(2).after((12, 4));
        "three terms" => select(Note.id).order_by((Note.author_id, Note.hits.desc(), Note.id)).limit(2).after((1, 7, 2));
        "NULL last, after a value" => select(Person.id).order_by((Person.boss_id.asc().nulls_last(), Person.id)).limit(2).after((Some(1i64), 2));
        "NULL last, after NULL" => select(Person.id).order_by((Person.boss_id.asc().nulls_last(), Person.id)).limit(2).after((None::<i64>, 1));
        "NULL first, after NULL" => select(Person.id).order_by((Person.boss_id.desc().nulls_first(), Person.id)).limit(2).after((None::<i64>, 1));
        "by a label" => { let twice = (Note.hits * 2).label("twice"); select((Note.id, &twice)).order_by((twice.asc(), Note.id)).limit(2).after((6, 5)) };
    }

    groups "Groups" {
        "group by" => select((Note.author_id, func::count())).group_by(Note.author_id);
        "having" => select(Note.author_id).group_by(Note.author_id).having(Note.hits.sum().gt(5));
        "group by an expression" => select((Person.name.length(), func::count())).group_by(Person.name.length());
        "rollup" => select((Note.author_id.nullable(), Note.hits.sum())).group_by(func::rollup(Note.author_id));
        "rollup of two, in order" => select((Note.author_id.nullable(), Note.title.nullable(), func::count())).group_by(func::rollup((Note.author_id, Note.title))).order_by((Note.author_id.asc().nulls_last(), Note.title.asc().nulls_last()));
        "cube" => select((Note.author_id.nullable(), Note.title.nullable(), func::count())).group_by(func::cube((Note.author_id, Note.title)));
        "grouping sets" => select((Note.author_id.nullable(), Note.title.nullable(), Note.hits.sum())).group_by(func::grouping_sets().set(Note.author_id).set(Note.title).set(()));
        "which grouping" => select((Note.author_id.nullable(), func::grouping(Note.author_id), func::count())).group_by(func::rollup(Note.author_id));
        "a column beside a rollup" => select((Note.author_id, Note.title.nullable(), func::count())).group_by((Note.author_id, func::rollup(Note.title)));
        "having of a rollup" => select((Note.author_id.nullable(), func::count())).group_by(func::rollup(Note.author_id)).having(func::count().gt(1));
    }

    aggregates "Aggregates" {
        "count, sum, avg, min, max" => select((Note.id.count(), Note.hits.sum(), Note.hits.avg(), Note.hits.min(), Note.title.max()));
        "count of different values" => select(Note.author_id.count_distinct());
        "sum of different values" => select(Note.hits.sum().distinct());
        "of some rows" => select((func::count().filter(Note.hits.gt(5)), Note.hits.sum().filter(Note.body.is_null()))).select_from(Note);
        "texts in one" => select((Note.author_id, func::string_agg(Note.title, ", "))).group_by(Note.author_id);
        "texts in one, in order" => select((Note.author_id, func::string_agg(Note.title, "; ").ordered_by(Note.hits.desc()))).group_by(Note.author_id);
        "texts in one, of some rows" => select(func::string_agg(Note.title, ", ").ordered_by(Note.id).filter(Note.hits.gt(5)));
        "a JSON array" => select((Note.author_id, func::json_agg::<String>(Note.title))).group_by(Note.author_id);
        "a JSON array in order" => select((Note.author_id, func::json_agg::<String>(Note.title).ordered_by(Note.id))).group_by(Note.author_id);
        "JSON objects" => select(func::json_object([("id", &Note.id.into()), ("title", &Note.title.into())]));
        "a JSON array of objects" => select(func::json_agg::<String>(func::json_object([("id", &Note.id.into()), ("hits", &Note.hits.into())])));
        "the median" => select(func::percentile_cont(0.5, Note.hits));
        "a value of the list" => select(func::percentile_disc(0.25, Note.hits));
        "the most common value" => select(func::mode(Note.hits));
    }

    windows "Windows" {
        "row number" => select((Note.id, func::row_number().over(window().order_by(Note.id))));
        "in partitions" => select((Note.id, func::row_number().over(window().partition_by(Note.author_id).order_by(Note.hits.desc()))));
        "all rows" => select((Note.id, Note.hits.sum().over(window())));
        "rank and dense rank" => { let by = window().order_by(Note.hits.desc()); select((Note.id, func::rank().over(&by), func::dense_rank().over(&by))) };
        "percent rank and cumulative distribution" => { let by = window().order_by(Note.hits); select((Note.id, func::percent_rank().over(&by), func::cume_dist().over(&by))) };
        "parts of a size" => select((Note.id, func::ntile(3).over(window().order_by(Note.id))));
        "the row before" => select((Note.id, func::lag(Note.hits, 1).over(window().order_by(Note.id))));
        "the row after, or something else" => select((Note.id, func::lead(Note.hits, 2).over(window().order_by(Note.id)).coalesce(0)));
        "first, last and nth value" => { let whole = window().order_by(Note.id).rows(..); select((func::first_value(Note.title).over(&whole), func::last_value(Note.title).over(&whole), func::nth_value(Note.title, 2).over(&whole))) };
        "a running total" => select((Note.id, Note.hits.sum().over(window().order_by(Note.id).rows(..=0))));
        "a moving average" => select((Note.id, Note.hits.avg().over(window().order_by(Note.id).rows(-1..=1))));
        "what follows" => select((Note.id, Note.hits.max().over(window().order_by(Note.id).rows(1..))));
        "a range of values" => select((Note.id, func::count().over(window().order_by(Note.hits).range(-2..=2))));
        "groups of equal rows" => select((Note.id, func::count().over(window().order_by(Note.hits).groups(-1..=0))));
        "without this row" => select((Note.id, Note.hits.sum().over(window().rows(..).exclude(rebis_sql::Exclude::CurrentRow))));
        "an aggregate of some rows" => select((Note.id, func::count().filter(Note.hits.gt(5)).over(window().order_by(Note.id))));
        "a window with a name" => select((Note.id, func::rank().over("by_hits"), func::ntile(2).over("by_hits"))).window("by_hits", window().order_by(Note.hits));
        "over groups" => select((Note.author_id, func::rank().over(window().order_by(Note.hits.sum().desc())))).group_by(Note.author_id);
        "the best of each" => { let place = func::row_number().over(window().partition_by(Note.author_id).order_by((Note.hits.desc(), Note.id))); let ranked = select((Note.title, place.label("place"))).as_subquery("ranked"); let (title, place) = ranked.columns(); select(title).select_from(&ranked).filter(place.le(2)) };
    }

    sets "Set operations" {
        "union" => select(Person.name).union(select(Note.title)).order_by(Person.name);
        "union all" => select(Person.name).union_all(select(Note.title));
        "intersect" => select(Person.id).intersect(select(Note.author_id));
        "intersect all" => select(Note.author_id).intersect_all(select(Note.author_id).filter(Note.hits.gt(4)));
        "except" => select(Person.id).except(select(Note.author_id));
        "except all" => select(Note.author_id).except_all(select(Person.id)).order_by(Note.author_id).limit(3);
        "from left to right" => select(Person.id).except(select(Note.id)).intersect(select(Note.author_id));
        "nested" => select(Person.id).union(select(Note.id).except(select(Note.author_id)));
        "a member with order and limit" => select(Person.id).union_all(select(Note.id).order_by(Note.id.desc()).limit(1)).order_by(Person.id).limit(4);
    }

    locks "Row locks" {
        "for update" => select(Person.id).for_update();
        "for no key update" => select(Person.id).for_no_key_update();
        "for share" => select(Person.id).for_share();
        "for key share" => select(Person.id).for_key_share();
        "skip locked" => select(Person.id).order_by(Person.id).limit(1).skip_locked();
        "no wait" => select(Person.id).for_share().nowait();
        "of one table" => select(Person.id).join(Note.on(Note.author_id.eq(Person.id))).for_update().of(Person);
    }
}
