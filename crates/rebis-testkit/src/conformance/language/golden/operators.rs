//! Operators among each other, NULL, row values, set operations within other places.

use super::{Case, Note, Person, cases};
use rebis_sql::{Expr, RowExpr, func, select};

cases! {
    precedence "Operators among each other" {
        "and within or" => select(Person.id).filter(Person.karma.gt(5) & Person.active | Person.id.eq(1));
        "or within and" => select(Person.id).filter((Person.karma.gt(5) | Person.active) & Person.id.ne(1));
        "not of or" => select(Person.id).filter(!(Person.karma.gt(5) | Person.active));
        "not of a boolean" => select(Person.id).filter(!Person.active);
        "a sum within a product" => select((Person.karma + 1) * (Person.id - 2));
        "a product within a sum" => select(Person.karma + Person.id * 2 - 1);
        "a difference on the right" => select(Person.karma - (Person.id - 3));
        "a quotient on the right" => select(Person.score / (Person.score / 2.0 + 1.0));
        "minus of a sum" => select(-(Person.karma + 1));
        "minus of a negative number" => select(Person.id).filter((-Person.karma).gt(-20));
        "a comparison of sums" => select(Person.id).filter((Person.karma + 1).le(Person.id * 5));
        "a condition compared" => select(Person.id).filter(Person.karma.gt(5).eq(Person.active));
        "a condition that is unknown" => select(Person.id).filter(Person.boss_id.gt(1).is_null());
        "between sums" => select(Person.id).filter((Person.karma + 1).between(Person.id, Person.id * 10));
        "not between" => select(Person.id).filter(!Person.karma.between(0, 10));
        "a list of expressions" => select(Person.id).filter((Person.karma % 7).in_([Person.id - 1, Person.id + 2]));
        "outside of a list" => select(Person.id).filter(Person.id.not_in([1, 2]));
        "outside of no list" => select(Person.id).filter(Person.id.not_in(Vec::<i64>::new()));
        "texts joined and compared" => select(Person.id).filter(Person.name.concat("!").eq("ada!"));
    }

    nulls "NULL" {
        "is NULL, of an expression" => select(Person.id).filter((Person.boss_id + 1).is_null());
        "is not NULL" => select(Person.id).filter(Person.email.is_not_null());
        "outside of a list with NULL" => select(Person.id).filter(Person.boss_id.not_in([Some(1), None]));
        "only NULL in a list" => select(Person.id).filter(Person.boss_id.in_([None]));
        "the same as NULL" => select(Person.id).filter(Person.email.same(None));
        "the first that is none" => select(func::coalesce(Person.email, Person.name));
        "in an aggregate" => select((Person.boss_id.count(), func::count(), Person.boss_id.max().coalesce(0)));
        "a group of its own" => select((Person.boss_id, func::count())).group_by(Person.boss_id).order_by(Person.boss_id.asc().nulls_first());
        "first in a falling order" => select(Person.id).order_by((Person.email.desc().nulls_first(), Person.id));
        "outside of a subquery" => select(Person.id).filter(Person.id.not_in(select(Person.alias("other").boss_id.coalesce(0))));
    }

    tuples "Row values" {
        "equal" => select(Note.id).filter((Note.author_id, Note.title).eq((1, "alpha")));
        "not equal" => select(Note.id).filter((Note.author_id, Note.title).ne((1, "alpha")));
        "at most" => select(Note.id).filter((Note.author_id, Note.hits, Note.id).le((3, 5, 5)));
        "equal, with NULL" => select(Note.id).filter((Note.title, Note.body).eq(("beta", None::<String>)));
        "of columns on both sides" => select(Note.id).join(Person.on((Person.id, Person.name).eq((Note.author_id, Note.title))));
        "equal to the row of a SELECT" => select(Note.id).filter((Note.author_id, Note.hits).eq(select((Person.id, Person.karma)).order_by(Person.id).limit(1)));
        "in the rows of a SELECT" => select(Note.id).filter((Note.author_id, Note.hits).in_(select((Person.id, Person.karma))));
        "not in the rows of a SELECT" => select(Note.id).filter((Note.author_id, Note.hits).not_in(select((Person.id, Person.karma))));
        "not in a list" => select(Note.id).filter((Note.author_id, Note.hits).not_in([(1, 5), (3, 12)]));
        "in no list" => select(Note.id).filter((Note.author_id, Note.hits).in_(Vec::<(i64, i64)>::new()));
    }

    patterns "Patterns" {
        "signs that mean themselves" => select(Note.id).filter(Note.title.contains("100%_/\\"));
        "not containing" => select(Note.id).filter(!Note.title.contains("a_"));
        "a pattern of a column" => select(Note.id).join(Person.on(Note.title.like(Person.name.concat("%"))));
        "not like, whatever the case" => select(Person.id).filter(!Person.name.ilike("A%"));
        "of an expression" => select(Person.id).filter(Person.name.concat(Person.name).like("%aa%"));
        "all but digits replaced" => select(Note.title.replace_regex("[^0-9]+", ""));
    }

    nested_sets "Set operations in other places" {
        "in a list" => select(Person.id).filter(Person.id.in_(select(Note.author_id).union(select(Note.id))));
        "in EXISTS" => select(Person.id).filter(select(Note.id).filter(Note.author_id.eq(Person.id)).union_all(select(Note.id).filter(Note.hits.eq(Person.karma))).exists());
        "as a value" => select((Person.id, select(Note.hits).filter(Note.id.eq(1)).union_all(select(Note.hits).filter(Note.id.eq(2))).order_by(Note.hits).limit(1).scalar()));
        "in FROM" => { let both = select((Person.id, Person.name)).union(select((Note.id, Note.title))).as_subquery("both_kinds"); let (id, name) = both.columns(); select((id, name.clone())).select_from(&both).filter(name.like("a%")) };
        "as a common table expression" => { let both = select(Person.id).intersect(select(Note.id)).cte("both_kinds"); select(func::count()).select_from(&both) };
        "counted" => select(Person.name).union_all(select(Note.title)).counted();
        "three of a kind" => select(Person.id).union(select(Note.id)).union(select(Note.author_id));
        "two kinds" => select(Person.id).union_all(select(Note.id)).except(select(Note.author_id));
        "a whole on the right" => select(Person.id).except(select(Note.id).union(select(Note.author_id)).order_by(Note.id).limit(1));
        "of groups" => select((Note.author_id, func::count())).group_by(Note.author_id).union_all(select((Person.id, func::count())).group_by(Person.id));
        "offset of the whole" => select(Person.id).union(select(Note.id)).order_by(Person.id).limit(2).offset(1);
    }

    backwards "Pages by key, backwards" {
        "one term" => select(Person.name).order_by(Person.id).limit(2).before((4,));
        "mixed directions" => select((Note.title, Note.hits)).order_by((Note.hits.desc(), Note.id)).limit(2).before((3, 5));
        "NULL last" => select(Person.id).order_by((Person.boss_id.asc().nulls_last(), Person.id)).limit(2).before((None::<i64>, 5));
        "all that come before" => select(Person.name).order_by(Person.id).before((4,));
        "of joined tables" => select((Person.name, Note.title)).join(Note.on(Note.author_id.eq(Person.id))).order_by(Note.id).limit(2).before((5,));
    }

    cases_of "Choices among each other" {
        "without ELSE" => select(func::case().when(Person.karma.gt(10), Person.name).end());
        "NULL first" => select(func::case_of::<Option<i64>>().when(Person.active, None).otherwise(Person.karma));
        "one within another" => select(func::case().when(Person.active, func::case().when(Person.karma.gt(5), 2i64).otherwise(1)).otherwise(0));
        "as an order" => select(Person.id).order_by((func::case().when(Person.active, 0i64).otherwise(1), Person.id));
        "counted" => select(func::case().when(Person.active, 1i64).otherwise(0).sum());
        "as a group" => { let size = func::case().when(Person.karma.gt(10), "much").otherwise("some").label("size"); select((&size, func::count())).group_by(&size) };
    }

    groups "Groups among each other" {
        "by two columns" => select((Note.author_id, Note.title, Note.hits.max())).group_by((Note.author_id, Note.title));
        "in the order of an aggregate" => select(Note.author_id).group_by(Note.author_id).order_by((Note.hits.sum().desc(), Note.author_id));
        "several conditions" => select(Note.author_id).group_by(Note.author_id).having(func::count().gt(1)).having(Note.hits.min().lt(5));
        "a quotient of aggregates" => select((Note.author_id, Note.hits.sum().cast::<f64>() / func::count().cast::<f64>())).group_by(Note.author_id);
        "an aggregate of an expression" => select((Note.hits * 2 + 1).max()).filter(Note.hits.gt(0));
        "joined rows" => select((Person.name, Note.id.count())).outer_join(Note.on(Note.author_id.eq(Person.id))).group_by(Person.name);
        "the largest group" => { let sizes = select((Note.author_id, func::count().label("notes"))).group_by(Note.author_id).as_subquery("sizes"); let (_, notes) = sizes.columns(); select(notes.max()).select_from(&sizes) };
        "different values of some rows" => select(Note.author_id.count_distinct().filter(Note.hits.gt(3)));
    }

    deep "Subqueries among each other" {
        "one within another" => select(Person.id).filter(Person.id.in_(select(Note.author_id).filter(Note.hits.gt(func::all(select(Person.alias("other").karma).filter(Person.alias("other").active.eq(false)))))));
        "a value as an order" => select(Person.id).order_by((select(func::count()).select_from(Note).filter(Note.author_id.eq(Person.id)).scalar().desc(), Person.id));
        "a value in a condition" => select(Note.id).filter(Note.hits.eq(select(Person.karma.min()).scalar()));
        "a value calculated with" => select(Person.karma - select(Note.hits.min()).scalar().coalesce(0));
        "none that has not" => select(Person.id).filter(!select(Note.id).filter(Note.author_id.eq(Person.id) & !Note.hits.gt(1)).exists());
        "joined twice" => { let hits = select((Note.author_id, Note.hits)).as_subquery("hits"); let other = hits.alias("other"); let ((author, n), (same, m)) = (hits.columns(), other.columns()); select((author.clone(), n.clone(), m.clone())).select_from(&hits).join(other.on(same.eq(author) & m.gt(n))) };
        "common table expressions joined" => { let good = select((Person.id, Person.name)).filter(Person.karma.gt(5)).cte("good"); let busy = select(Note.author_id).distinct().cte("busy"); let (id, name) = good.columns(); select(name).select_from(&good).join(busy.on(busy.value().eq(id))) };
        "a common table expression of a set" => { let known = select(Person.name).union(select(Note.title)).cte("known"); let name: Expr<String> = known.value(); select(&name).select_from(&known).order_by(&name) };
    }
}
