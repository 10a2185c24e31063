//! INSERT, UPDATE and DELETE.

use super::{Case, Note, Person, commands};
use rebis_sql::{RowExpr, func, select, values};

commands! {
    inserts "Inserted rows" {
        "one" => Note.insert().row(Note.id.to(101).and(Note.author_id.to(1)).and(Note.title.to("new")).and(Note.hits.to(0)));
        "several" => Note.insert().rows([102, 103].map(|id| Note.id.to(id).and(Note.author_id.to(2)).and(Note.title.to("more")).and(Note.hits.to(1))));
        "with an expression" => Note.insert().row(Note.id.to(104).and(Note.author_id.to(1)).and(Note.title.to(func::lower(func::value("LOUD".to_owned())))).and(Note.hits.to(func::value(2i64) * 3)));
        "with a subquery" => Note.insert().row(Note.id.to(105).and(Note.author_id.to(1)).and(Note.title.to("most")).and(Note.hits.to(select(Person.karma.max()).scalar().coalesce(0))));
        "from a SELECT" => Note.insert().from_select((Note.id, Note.author_id, Note.title, Note.hits), select((Person.id + 200, Person.id, Person.name, Person.karma)).filter(Person.active));
        "from a set operation" => Note.insert().from_select((Note.id, Note.author_id, Note.title, Note.hits), select((Person.id + 300, Person.id, Person.name, Person.karma)).filter(Person.id.eq(1)).union_all(select((Person.id + 400, Person.id, Person.name, Person.karma)).filter(Person.id.eq(2))));
        "from rows of the program" => { let given = values("given", ["id", "title"], [(501i64, "a".to_owned()), (502, "b".to_owned())]); let (id, title) = given.columns(); Note.insert().from_select((Note.id, Note.author_id, Note.title, Note.hits), select((id, func::literal(1), title, func::literal(0))).select_from(&given)) };
        "from a common table expression" => { let known = select((Person.id, Person.name)).filter(Person.karma.gt(5)).cte("known"); let (id, name) = known.columns(); Note.insert().from_select((Note.id, Note.author_id, Note.title, Note.hits), select((id.clone() + 600, id, name, func::literal(0))).select_from(&known)) };
    }

    conflicts "Rows whose key is there" {
        "left out" => Note.insert().row(Note.id.to(1).and(Note.author_id.to(1)).and(Note.title.to("again")).and(Note.hits.to(0))).on_conflict(Note.id).do_nothing();
        "left out, whatever the key" => Note.insert().row(Note.id.to(1).and(Note.author_id.to(1)).and(Note.title.to("again")).and(Note.hits.to(0))).on_conflict(()).do_nothing();
        "set to what was proposed" => Note.insert().row(Note.id.to(1).and(Note.author_id.to(1)).and(Note.title.to("again")).and(Note.hits.to(0))).on_conflict(Note.id).set_all_proposed();
        "counted up" => Note.insert().row(Note.id.to(1).and(Note.author_id.to(1)).and(Note.title.to("again")).and(Note.hits.to(2))).on_conflict(Note.id).set(Note.hits, Note.hits + Note.hits.proposed());
        "several columns, of the old row" => Note.insert().row(Note.id.to(1).and(Note.author_id.to(1)).and(Note.title.to("again")).and(Note.hits.to(2))).on_conflict(Note.id).set(Note.hits, Note.hits.proposed()).set(Note.title, Note.hits.cast::<String>());
        "on a condition" => Note.insert().row(Note.id.to(1).and(Note.author_id.to(1)).and(Note.title.to("again")).and(Note.hits.to(2))).on_conflict(Note.id).set_all_proposed().filter(Note.hits.lt(Note.hits.proposed()));
        "of a SELECT" => Note.insert().from_select((Note.id, Note.author_id, Note.title, Note.hits), select((Person.id, Person.id, Person.name, Person.karma)).filter(Person.id.le(2))).on_conflict(Note.id).set(Note.hits, Note.hits.proposed());
    }

    partial "Keys of some rows" {
        "left out" => Note.insert().row(Note.id.to(701).and(Note.author_id.to(1)).and(Note.title.to("once")).and(Note.hits.to(0))).on_conflict(Note.title).partial(Note.body.is_null()).do_nothing();
        "set" => Note.insert().row(Note.id.to(701).and(Note.author_id.to(1)).and(Note.title.to("once")).and(Note.hits.to(0))).on_conflict(Note.title).partial(Note.hits.lt(5) & Note.body.eq("it's")).set(Note.hits, Note.hits + 1);
        "on a condition" => Note.insert().row(Note.id.to(701).and(Note.author_id.to(1)).and(Note.title.to("once")).and(Note.hits.to(0))).on_conflict(Note.title).partial(Note.body.is_null()).set_all_proposed().filter(Note.hits.lt(5));
    }

    updates "Changed rows" {
        "columns" => Note.update().set(Note.title, "other").set(Note.body, None).filter(Note.id.eq(1));
        "all rows" => Note.update().set(Note.hits, Note.hits + 1).all_rows();
        "by an expression" => Note.update().set(Note.title, Note.title.upper().concat("!")).filter(Note.hits.gt(100));
        "by a case" => Person.update().set(Person.karma, func::case().when(Person.active, Person.karma + 1).otherwise(0)).filter(Person.id.gt(3));
        "to a subquery" => Person.update().set(Person.karma, select(Note.hits.sum()).filter(Note.author_id.eq(Person.id)).scalar().coalesce(0)).filter(Person.id.eq(1));
        "to a row" => Note.update().set_row((Note.title, Note.hits), select((Person.name, Person.karma)).filter(Person.id.eq(Note.author_id))).filter(Note.id.eq(1));
        "a column and a row" => Note.update().set(Note.body, "x").set_row((Note.title, Note.hits), select((Person.name, Person.karma)).filter(Person.id.eq(Note.author_id))).filter(Note.id.eq(2));
        "values of the old row" => Person.update().set(Person.karma, 0).set(Person.score, Person.karma.cast::<f64>()).filter(Person.id.eq(5));
        "exchanged" => Person.update().set(Person.karma, Person.id).set(Person.boss_id, Person.karma).filter(Person.id.gt(100));
        "columns exchanged" => Note.update().set(Note.hits, Note.author_id).set(Note.author_id, Note.hits).filter(Note.id.gt(1000));
        "by another table" => Note.update().set(Note.hits, Person.karma).join(Person.on(Person.id.eq(Note.author_id))).filter(Person.active);
        "by a subquery beside it" => { let sums = select((Note.author_id, Note.hits.sum().label("hits"))).group_by(Note.author_id).as_subquery("sums"); let (author, hits) = sums.columns(); Person.update().set(Person.karma, hits.coalesce(0)).join(sums.on(author.eq(Person.id))) };
        "where a subquery has them" => Note.update().set(Note.hits, 0).filter(Note.author_id.in_(select(Person.id).filter(Person.karma.lt(0))));
        "the first in an order" => Note.update().set(Note.hits, 0).filter(Note.hits.gt(100)).order_by(Note.hits.desc()).limit(2);
        "each with each" => Note.update().set(Note.hits, Person.karma).join(Person.on(Person.name.eq("ada"))).filter(Note.id.gt(1000)).cartesian();
    }

    deletes "Deleted rows" {
        "some" => Note.delete().filter(Note.hits.gt(100));
        "by tuples" => Note.delete().filter((Note.author_id, Note.hits).in_([(1, 1000), (2, 2000)]));
        "by another table" => Note.delete().join(Person.on(Person.id.eq(Note.author_id))).filter(Person.karma.gt(1000));
        "where a subquery has them" => Note.delete().filter(Note.author_id.in_(select(Person.id).filter(Person.karma.gt(1000))));
        "where nothing refers to them" => Person.delete().filter(Person.id.gt(1000) & !select(Note.id).filter(Note.author_id.eq(Person.id)).exists());
        "the first in an order" => Note.delete().filter(Note.hits.gt(1000)).order_by((Note.hits.desc(), Note.id)).limit(2);
    }
}
