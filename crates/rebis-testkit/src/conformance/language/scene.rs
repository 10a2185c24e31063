//! Two tables with fixed rows, which the cases that only read share; and short ways to write tables and rows.

use super::desk::{Db, Desk};
use rebis_core::{Datum, Name, Result, SqlType};
use rebis_sql::ast::{self, InsertRows, Source, TableRef};
use rebis_sql::schema::{self, Action, ForeignKey, Table};
use rebis_sql::{
    Column, Command, Delete, IntoCondition, JoinPart, Request, Returning, Select, Selectable, Update, select,
};

/// Whose columns they are does not matter here.
pub(super) enum Any {}

pub(super) mod people {
    use super::*;
    pub(crate) const ID: Column<Any, i64> = Column::new("people", "id", 0);
    pub(crate) const NAME: Column<Any, String> = Column::new("people", "name", 1);
    pub(crate) const EMAIL: Column<Any, Option<String>> = Column::new("people", "email", 2);
    pub(crate) const KARMA: Column<Any, i64> = Column::new("people", "karma", 3);
    pub(crate) const SCORE: Column<Any, f64> = Column::new("people", "score", 4);
    pub(crate) const ACTIVE: Column<Any, bool> = Column::new("people", "active", 5);
    pub(crate) const BOSS: Column<Any, Option<i64>> = Column::new("people", "boss_id", 6);
}

pub(super) mod notes {
    use super::*;
    pub(crate) const ID: Column<Any, i64> = Column::new("notes", "id", 0);
    pub(crate) const AUTHOR: Column<Any, i64> = Column::new("notes", "author_id", 1);
    pub(crate) const TITLE: Column<Any, String> = Column::new("notes", "title", 2);
    pub(crate) const BODY: Column<Any, Option<String>> = Column::new("notes", "body", 3);
    pub(crate) const HITS: Column<Any, i64> = Column::new("notes", "hits", 4);
}

pub(super) type Person = (i64, &'static str, Option<&'static str>, i64, f64, bool, Option<i64>);
pub(super) const PEOPLE: [Person; 5] = [
    (1, "ada", Some("ada@x.org"), 10, 1.5, true, None),
    (2, "bob", None, 20, 2.5, false, Some(1)),
    (3, "cid", Some("cid@x.org"), 20, -0.5, true, Some(1)),
    (4, "dora", None, -7, 0.0, false, Some(2)),
    (5, "eve", Some("Eve_50%@x.org"), 0, 100.25, true, None),
];

pub(super) type Note = (i64, i64, &'static str, Option<&'static str>, i64);
pub(super) const NOTES: [Note; 6] = [
    (1, 1, "alpha", Some("first"), 5),
    (2, 1, "beta", None, 7),
    (3, 2, "50% off", Some("a_b"), 0),
    (4, 3, "back\\slash", Some("a/b"), 12),
    (5, 3, "alpha", None, 3),
    (6, 3, "it's", Some(""), 12),
];

pub(super) fn tables() -> Vec<Table> {
    let text = SqlType::Text { length: Some(60) };
    let people = table("people")
        .key("id")
        .column("name", text.clone())
        .nullable("email", text.clone())
        .column("karma", SqlType::I64)
        .column("score", SqlType::F64)
        .column("active", SqlType::Bool)
        .nullable("boss_id", SqlType::I64)
        .references("boss_id", "people", Action::NoAction);
    let notes = table("notes")
        .key("id")
        .column("author_id", SqlType::I64)
        .column("title", text.clone())
        .nullable("body", text)
        .column("hits", SqlType::I64)
        .references("author_id", "people", Action::NoAction);
    vec![people.made(), notes.made()]
}

/// Makes the tables and their rows.
pub(super) fn build<'s>(desk: &Desk<'s>) -> Db<'s> {
    let mut db = desk.with(tables());
    let mut rows = put("people", ["id", "name", "email", "karma", "score", "active", "boss_id"]);
    for (id, name, email, karma, score, active, boss) in PEOPLE {
        rows = rows.row((id, name, email, karma, score, active, boss));
    }
    assert_eq!(db.run(rows), 5);
    let mut rows = put("notes", ["id", "author_id", "title", "body", "hits"]);
    for note in NOTES {
        rows = rows.row(note);
    }
    assert_eq!(db.run(rows), 6);
    db
}

/// A table to be filled with columns.
pub(super) struct Draft(Table);

pub(super) fn table(name: impl Into<Name>) -> Draft {
    Draft(Table::new(name))
}

impl Draft {
    pub(super) fn with(mut self, column: schema::Column) -> Draft {
        self.0.columns.push(column);
        self
    }

    pub(super) fn column(self, name: impl Into<Name>, of: SqlType) -> Draft {
        self.with(schema::Column::new(name, of))
    }

    pub(super) fn nullable(self, name: impl Into<Name>, of: SqlType) -> Draft {
        self.with(schema::Column { nullable: true, ..schema::Column::new(name, of) })
    }

    /// A column with a default.
    pub(super) fn default(self, name: impl Into<Name>, of: SqlType, default: schema::Default) -> Draft {
        self.with(schema::Column { default: Some(default), nullable: true, ..schema::Column::new(name, of) })
    }

    /// An integer key that the program gives.
    pub(super) fn key(self, name: impl Into<Name>) -> Draft {
        let draft = self.column(name, SqlType::I64);
        draft.in_key()
    }

    /// An integer key that the database makes.
    pub(super) fn generated(self, name: impl Into<Name>) -> Draft {
        let draft = self.with(schema::Column { generated: true, ..schema::Column::new(name, SqlType::I64) });
        draft.in_key()
    }

    /// The last column belongs to the primary key.
    pub(super) fn in_key(mut self) -> Draft {
        self.0.primary_key.push(self.0.columns.len() - 1);
        self
    }

    pub(super) fn unique<const N: usize>(mut self, columns: [&'static str; N]) -> Draft {
        self.0.uniques.push(schema::Unique { name: None, columns: columns.map(Into::into).to_vec() });
        self
    }

    pub(super) fn check(mut self, column: &'static str, condition: &'static str) -> Draft {
        let check = schema::Check { name: None, column: Some(column.into()), condition: condition.into() };
        self.0.checks.push(check);
        self
    }

    pub(super) fn index<const N: usize>(mut self, columns: [&'static str; N], unique: bool) -> Draft {
        self.0.indexes.push(schema::Index { unique, ..schema::Index::new(columns) });
        self
    }

    /// A foreign key to the `id` of a table.
    pub(super) fn references(self, column: &'static str, target: &'static str, on_delete: Action) -> Draft {
        self.foreign([column], target, ["id"], on_delete, Action::NoAction)
    }

    pub(super) fn foreign<const N: usize>(
        mut self,
        columns: [&'static str; N],
        target: &'static str,
        target_columns: [&'static str; N],
        on_delete: Action,
        on_update: Action,
    ) -> Draft {
        self.0.foreign_keys.push(ForeignKey {
            name: None,
            columns: columns.map(Into::into).to_vec(),
            target_schema: None,
            target_table: target.into(),
            target_columns: target_columns.map(Into::into).to_vec(),
            on_delete,
            on_update,
        });
        self
    }

    pub(super) fn made(self) -> Table {
        self.0
    }
}

/// A table `t` with an integer key `id` and an integer `n`.
pub(super) fn numbers() -> Table {
    table("t").key("id").nullable("n", SqlType::I64).made()
}

pub(super) const ID: Column<Any, i64> = Column::new("t", "id", 0);
pub(super) const N: Column<Any, Option<i64>> = Column::new("t", "n", 1);

/// The rows of `t`.
pub(super) fn all_numbers() -> Select<(i64, Option<i64>)> {
    select((ID, N)).order_by(ID)
}

/// An INSERT.
#[derive(Clone)]
pub(super) struct Put(pub(super) ast::Insert);

pub(super) fn put<const N: usize>(table: impl Into<Name>, columns: [&'static str; N]) -> Put {
    Put(ast::Insert { columns: columns.map(Into::into).to_vec(), ..ast::Insert::new(TableRef::new(table)) })
}

impl Put {
    /// One more row, of values.
    pub(super) fn row(self, row: impl Values) -> Put {
        self.exprs(row.values().into_iter().map(ast::Expr::Value).collect())
    }

    /// One more row, of expressions.
    pub(super) fn exprs(mut self, row: Vec<ast::Expr>) -> Put {
        if let InsertRows::Values(rows) = &mut self.0.rows {
            rows.push(row);
        }
        self
    }

    pub(super) fn rows<V: Values>(self, rows: impl IntoIterator<Item = V>) -> Put {
        rows.into_iter().fold(self, Put::row)
    }

    pub(super) fn from<R>(mut self, select: Select<R>) -> Put {
        self.0.rows = InsertRows::Select(Box::new(select.into()));
        self
    }

    pub(super) fn query(self) -> ast::Query {
        ast::Query::Insert(Box::new(self.0))
    }

    pub(super) fn returning<S: Selectable>(mut self, what: S) -> Returning<S::Row> {
        self.0.returning = ast::Select::from(select(what)).items;
        Returning::from_ast(self.query())
    }
}

impl Command for Put {
    fn into_request(self) -> Result<Request> {
        Ok(Request::from(self.query()))
    }
}

/// A value that can be bound, also a text that is not owned.
pub(super) trait Bound {
    fn datum(self) -> Datum;
}

macro_rules! bound {
    ($($type:ty),*) => {$(
        impl Bound for $type {
            fn datum(self) -> Datum {
                Datum::of(&self)
            }
        }
    )*};
}

bound!(bool, i16, i32, i64, f64, String, Vec<u8>, Option<i64>, Option<String>);

impl Bound for Datum {
    fn datum(self) -> Datum {
        self
    }
}

impl Bound for &str {
    fn datum(self) -> Datum {
        Datum::Text(self.to_owned())
    }
}

impl Bound for Option<&str> {
    fn datum(self) -> Datum {
        self.map_or(Datum::Null, |text| Datum::Text(text.to_owned()))
    }
}

/// The values of a row.
pub(super) trait Values {
    fn values(self) -> Vec<Datum>;
}

macro_rules! values {
    ($(($($name:ident $index:tt),+);)*) => {$(
        impl<$($name: Bound),+> Values for ($($name,)+) {
            fn values(self) -> Vec<Datum> {
                vec![$(self.$index.datum()),+]
            }
        }
    )*};
}

values! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
}

impl Values for Vec<Datum> {
    fn values(self) -> Vec<Datum> {
        self
    }
}

pub(super) fn update(table: impl Into<Name>) -> Update<Any> {
    Update::new(TableRef::new(table))
}

pub(super) fn delete(table: impl Into<Name>) -> Delete<Any> {
    Delete::new(TableRef::new(table))
}

pub(super) fn source(table: &'static str) -> Source {
    Source::Table(TableRef::new(table))
}

/// A table to be joined on a condition.
pub(super) fn on(table: &'static str, condition: impl IntoCondition) -> JoinPart {
    JoinPart { source: source(table), on: Some(condition.into_condition().into_ast()) }
}

/// A table under an alias, to be joined on a condition.
pub(super) fn aliased(table: &'static str, alias: &'static str, condition: impl IntoCondition) -> JoinPart {
    let source = TableRef { alias: Some(alias.into()), ..TableRef::new(table) };
    JoinPart { source: Source::Table(source), on: Some(condition.into_condition().into_ast()) }
}

/// How many rows a table has.
pub(super) fn count_of(table: impl Into<Name>) -> Select<i64> {
    select(rebis_sql::func::count()).select_from(TableRef::new(table))
}

/// Texts as they are compared with rows.
pub(super) fn texts<const N: usize>(texts: [&str; N]) -> [String; N] {
    texts.map(str::to_owned)
}

/// The columns of a result, by position.
pub(super) fn column<T>(table: &'static str, name: &'static str) -> Column<Any, T> {
    Column::new(table, name, 0)
}
