//! What is made and dropped, and plans: statements that are texts from the start.

use super::super::scene::table;
use super::{Case, Make, Note, Person};
use rebis_core::{Datum, Result, SqlType};
use rebis_sql::schema::{
    Action, Check, Column, Computed, Default, Exclusion, Index, IndexKey, MetaData, Schema, Table, TableAs,
    TableOptions, Unique, View,
};
use rebis_sql::{Capabilities, Command, Query, Statement, StatementKind, func, render, select};

/// What a case makes, and how that is taken away again.
struct Made {
    make: Make,
    undo: Make,
}

trait IntoMade {
    fn into_made(self) -> Made;
}

impl IntoMade for MetaData {
    fn into_made(self) -> Made {
        let other = self.clone();
        Made {
            make: Box::new(move |caps| {
                let mut statements = self.create_statements(caps, &|_| false)?;
                statements.extend(self.create_views(caps, &|_| false)?);
                Ok(statements)
            }),
            undo: Box::new(move |caps| {
                let mut statements = other.drop_views(caps, &|_| true)?;
                statements.extend(other.drop_statements(caps, &|_| true)?);
                Ok(statements)
            }),
        }
    }
}

impl IntoMade for Table {
    fn into_made(self) -> Made {
        MetaData::new(vec![self]).into_made()
    }
}

impl IntoMade for View {
    fn into_made(self) -> Made {
        MetaData::new(Vec::new()).with_view(self).into_made()
    }
}

impl IntoMade for TableAs {
    fn into_made(self) -> Made {
        let undo = |_: &Capabilities| Ok(vec!["DROP TABLE kept".to_owned()]);
        Made { make: Box::new(move |caps| Ok(vec![self.create_statement(caps)?])), undo: Box::new(undo) }
    }
}

impl IntoMade for Schema {
    fn into_made(self) -> Made {
        let other = self.clone().cascade();
        Made {
            make: Box::new(move |caps| Ok(vec![self.create_statement(caps)?])),
            undo: Box::new(move |caps| Ok(vec![other.drop_statement(caps)?])),
        }
    }
}

/// The other way round: what takes it away is the case.
struct Dropped<T>(T);

impl<T: IntoMade> IntoMade for Dropped<T> {
    fn into_made(self) -> Made {
        let Made { make, undo } = self.0.into_made();
        Made { make: undo, undo: make }
    }
}

/// The plan of a statement, `run` or not.
fn plan(request: Result<rebis_sql::Request>, run: bool) -> Made {
    let rebis_sql::Body::Ast(query) = request.expect("a statement").body.unfolded() else {
        panic!("a tree was expected")
    };
    let make = move |caps: &Capabilities| {
        let text = render::render_inline(&query, caps)?;
        let of = Statement::once(text.as_str(), StatementKind::Read);
        Ok(vec![caps.explain.statement(&of, run, caps.name)?.sql().to_owned()])
    };
    Made { make: Box::new(make), undo: Box::new(|_| Ok(Vec::new())) }
}

struct Explain<Q>(Q);
struct ExplainAnalyze<Q>(Q);
struct ExplainChange<C>(C);

impl<Q: Query> IntoMade for Explain<Q> {
    fn into_made(self) -> Made {
        plan(Ok(self.0.into_request()), false)
    }
}

impl<Q: Query> IntoMade for ExplainAnalyze<Q> {
    fn into_made(self) -> Made {
        plan(Ok(self.0.into_request()), true)
    }
}

impl<C: Command> IntoMade for ExplainChange<C> {
    fn into_made(self) -> Made {
        plan(self.0.into_request(), false)
    }
}

fn explain<Q: Query>(query: Q) -> Explain<Q> {
    Explain(query)
}

fn explain_analyze<Q: Query>(query: Q) -> ExplainAnalyze<Q> {
    ExplainAnalyze(query)
}

fn explain_change<C: Command>(change: C) -> ExplainChange<C> {
    ExplainChange(change)
}

/// `words`, with a key and two columns.
fn words() -> Table {
    let text = SqlType::Text { length: Some(40) };
    table("words").key("id").column("word", text.clone()).nullable("meaning", text).made()
}

fn with(column: Column) -> Table {
    let mut made = words();
    made.columns.push(column);
    made
}

fn number(name: &'static str) -> Column {
    Column::new(name, SqlType::I64)
}

/// `stays` in rooms: keys `from` one number to another.
fn stays() -> Table {
    let nights = SqlType::Range(Box::new(SqlType::I64));
    table("stays").key("id").column("nights", nights).made()
}

fn mood(native: bool) -> SqlType {
    SqlType::Enum { name: "mood", variants: &["fine", "it's ok"], native }
}

/// Two tables that refer to each other.
fn circle() -> MetaData {
    let of = |name: &'static str, other: &'static str| {
        let draft = table(name).key("id").nullable("other", SqlType::I64);
        draft.references("other", other, Action::SetNull).made()
    };
    MetaData::new(vec![of("hens", "eggs"), of("eggs", "hens")])
}

macro_rules! made {
    ($($function:ident $topic:literal { $($name:literal => $made:expr;)* })*) => {
        $(fn $function(cases: &mut Vec<Case>) {
            $({
                let Made { make, undo } = $made.into_made();
                cases.push(Case::made($topic, $name, stringify!($made), make, undo));
            })*
        })*

        pub(super) fn add(cases: &mut Vec<Case>) {
            $($function(cases);)*
        }
    };
}

made! {
    tables "Tables" {
        "a table" => words();
        "dropped" => Dropped(words());
        "a generated key" => table("words").generated("id").column("word", SqlType::Text { length: None }).made();
        "a key of several columns" => table("words").column("a", SqlType::I64).in_key().column("b", SqlType::I64).in_key().made();
        "a constant default" => with(Column { default: Some(Default::Value(Datum::Text("it's".into()))), ..Column::new("kind", SqlType::Text { length: Some(9) }) });
        "a default of an expression" => with(Column { default: Some(Default::Sql("1 + 1".into())), ..number("rank") });
        "a computed column" => with(Column { computed: Some(Computed { sql: "id * 2".into(), stored: false }), ..number("twice") });
        "a computed column that is stored" => with(Column { computed: Some(Computed { sql: "id * 2".into(), stored: true }), ..number("twice") });
        "a sequence" => with(Column { default: Some(Default::Sequence("numbers".into())), ..number("n") });
        "a native enum" => with(Column::new("mood", mood(true)));
        "an enum of texts" => with(Column::new("mood", mood(false)));
        "comments" => Table { comment: Some("it's all".into()), columns: vec![Column { comment: Some("what it's called".into()), ..number("id") }], ..Table::new("words") };
    }

    constraints "Constraints" {
        "unique" => Table { uniques: vec![Unique { name: None, columns: vec!["word".into(), "meaning".into()] }], ..words() };
        "a check" => Table { checks: vec![Check { name: Some("few".into()), column: None, condition: "id < 1000".into() }], ..words() };
        "a foreign key" => table("words").key("id").nullable("root", SqlType::I64).references("root", "words", Action::Cascade).made();
        "tables that refer to each other" => circle();
        "such tables dropped" => Dropped(circle());
        "an exclusion" => Table { exclusions: vec![Exclusion { name: "no_two_stays".into(), sql: "USING gist (nights WITH &&)".into() }], ..stays() };
    }

    indexes "Indexes" {
        "of columns" => Table { indexes: vec![Index::new(["word".into(), IndexKey::from("meaning").desc()])], ..words() };
        "unique" => Table { indexes: vec![Index { unique: true, ..Index::new(["word"]) }], ..words() };
        "of some rows" => Table { indexes: vec![Index { condition: Some("meaning IS NULL".into()), ..Index::new(["word"]) }], ..words() };
        "unique of some rows" => Table { indexes: vec![Index { unique: true, condition: Some("meaning IS NULL".into()), ..Index::new(["word"]) }], ..words() };
        "with more columns" => Table { indexes: vec![Index { include: vec!["meaning".into()], ..Index::new(["word"]) }], ..words() };
        "of an expression" => Table { indexes: vec![Index::new([IndexKey::sql("lower(word)")]).named("by_lower")], ..words() };
    }

    options "Table options" {
        "strict" => Table { options: TableOptions { strict: true, ..TableOptions::default() }, ..words() };
        "without rowid" => Table { options: TableOptions { without_rowid: true, strict: true, ..TableOptions::default() }, ..words() };
        "unlogged" => Table { options: TableOptions { unlogged: true, ..TableOptions::default() }, ..words() };
        "storage" => Table { options: TableOptions { storage: Some("fillfactor = 70".into()), tablespace: Some("pg_default".into()), ..TableOptions::default() }, ..words() };
        "an engine" => Table { options: TableOptions { engine: Some("InnoDB".into()), ..TableOptions::default() }, ..words() };
    }

    views "Views" {
        "a view" => View::new("known", select((Person.id, Person.name)).filter(Person.karma.gt(5)));
        "names of columns" => View::new("known", select((Person.id, Person.name.upper()))).columns(["key", "name"]);
        "a text in it" => View::new("known", select(Person.id).filter(Person.name.eq("it's \\ all")));
        "of groups" => View::new("busy", select((Note.author_id, Note.hits.sum().label("hits"))).group_by(Note.author_id));
        "a view of a view" => MetaData::new(Vec::new()).with_view(View::new("few", select(rebis_sql::table("known").column::<i64>("id")).limit(3))).with_view(View::new("known", select(Person.id)));
        "dropped" => Dropped(View::new("known", select(Person.id)));
        "materialized" => View::new("busy", select((Note.author_id, func::count().label("n"))).group_by(Note.author_id)).materialized();
        "materialized, with an index" => View::new("busy", select((Note.author_id, func::count().label("n"))).group_by(Note.author_id)).materialized().index(Index { unique: true, ..Index::new(["author_id"]) });
    }

    of_queries "Tables of a query" {
        "a table" => TableAs::new("kept", select((Person.id, Person.name)).filter(Person.name.ne("bob")));
        "of this connection" => TableAs::new("kept", select((Note.author_id, Note.hits.sum().label("hits"))).group_by(Note.author_id)).temporary();
    }

    schemas "Schemas" {
        "a schema" => Schema::new("acme");
        "unless it is there" => Schema::new("acme").if_missing();
        "dropped with all that is in it" => Dropped(Schema::new("acme"));
    }

    plans "Plans" {
        "of a query" => explain(select(Person.name).filter(Person.karma.gt(5)));
        "of a change" => explain_change(Person.update().set(Person.karma, 1).filter(Person.id.eq(1)));
        "of a deletion" => explain_change(Note.delete().filter(Note.hits.lt(0)));
        "of what ran" => explain_analyze(select(Person.name).filter(Person.karma.gt(5)));
    }
}
