//! What is inside of JSON documents.

use super::{Column, Expr, Subquery, Typed};
use crate::ast::{self, DocumentOp, JsonStep, JsonTake, Special};
use rebis_core::{Datum, Document, Name, SqlType, Value, array_text};

/// A place in a JSON document. What is there is read as a type; a place that is not there is NULL, and so is JSON's own
/// null, but for [`is_json_null`](JsonPath::is_json_null).
///
/// Keys are texts of the program or of its users: whatever is in them, they are keys.
///
/// ```
/// use rebis_core::Document;
/// use rebis_sql::{Column, dialect, select};
/// # struct Doc;
/// # #[derive(Clone)]
/// # struct Body;
/// # impl rebis_core::Value for Body {
/// #     type Base = Body;
/// #     fn sql_type() -> rebis_core::SqlType { rebis_core::SqlType::Json }
/// #     fn encode(&self, out: &mut rebis_core::Binds) { out.null() }
/// #     fn decode(_: rebis_core::Cell<'_>) -> rebis_core::Result<Self> { Ok(Body) }
/// #     fn same(&self, _: &Self) -> bool { true }
/// # }
/// # impl Document for Body {} // as `Json<T>` is
/// const ID: Column<Doc, i64> = Column::new("docs", "id", 0);
/// const BODY: Column<Doc, Body> = Column::new("docs", "body", 1);
///
/// let stmt = select(ID).filter(BODY.path("size.cm[0]").as_::<i64>().gt(5));
/// let sql = |caps| stmt.to_sql_inline(caps);
/// let start = "SELECT docs.id FROM docs WHERE";
/// assert_eq!(sql(dialect::sqlite())?, format!("{start} CAST(docs.body ->> '$.\"size\".\"cm\"[0]' AS INTEGER) > 5"));
/// assert_eq!(
///     sql(dialect::postgres())?,
///     format!("{start} CAST(docs.body #>> ARRAY['size', 'cm', '0'] AS BIGINT) > 5")
/// );
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonPath {
    of: ast::Expr,
    steps: Vec<JsonStep>,
}

impl<M, T: Document> Column<M, T> {
    /// A place in the document: keys with points between, positions in brackets: `"size.cm[0]"`. A key with a point in
    /// it goes by [`key`](JsonPath::key).
    ///
    /// See [`JsonPath`] for an example.
    pub fn path(self, path: &str) -> JsonPath {
        JsonPath { of: Typed::into_ast(self), steps: steps_of(path) }
    }

    /// The whole document, for a path put together from [`key`](JsonPath::key) and [`at`](JsonPath::at).
    ///
    /// See [`JsonPath`] for an example.
    pub fn document(self) -> JsonPath {
        JsonPath { of: Typed::into_ast(self), steps: Vec::new() }
    }
}

macro_rules! documents {
    ([$($generic:ident)?] $type:ty) => {
        impl<$($generic,)? T: Document> $type {
            /// The document with a value at a place, for an UPDATE. The place is made if what it is in is there.
            ///
            /// ```
            /// use rebis_core::Document;
            /// use rebis_sql::{Column, Update, ast, dialect};
            /// # struct Doc;
            /// # #[derive(Clone)]
            /// # struct Body;
            /// # impl rebis_core::Value for Body {
            /// #     type Base = Body;
            /// #     fn sql_type() -> rebis_core::SqlType { rebis_core::SqlType::Json }
            /// #     fn encode(&self, out: &mut rebis_core::Binds) { out.null() }
            /// #     fn decode(_: rebis_core::Cell<'_>) -> rebis_core::Result<Self> { Ok(Body) }
            /// #     fn same(&self, _: &Self) -> bool { true }
            /// # }
            /// # impl Document for Body {}
            /// const BODY: Column<Doc, Body> = Column::new("docs", "body", 1);
            /// let docs = || Update::<Doc>::new(ast::TableRef::new("docs")).all_rows();
            /// let stmt = docs().set(BODY, BODY.set_path("size.cm", 5).remove_path("old"));
            /// let sql = |caps| stmt.to_sql_inline(caps);
            /// let start = "UPDATE docs SET body =";
            /// assert_eq!(
            ///     sql(dialect::postgres())?,
            ///     format!("{start} jsonb_set(body, ARRAY['size', 'cm'], CAST('5' AS JSONB)) #- ARRAY['old']")
            /// );
            /// assert_eq!(
            ///     sql(dialect::sqlite())?,
            ///     format!(r#"{start} json_remove(json_set(body, '$."size"."cm"', json('5')), '$."old"')"#)
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn set_path<V: Value>(self, path: &str, value: V) -> Expr<T> {
                let (value, steps) = (ast::Expr::Value(json_of(&value)), steps_of(path));
                let what = Special::Document { what: DocumentOp::SetAt, steps };
                self.typed().map(|of| ast::Expr::Special { what, of: vec![of, value] })
            }

            /// The document without what is at a place, for an UPDATE. See [`set_path`](Self::set_path).
            pub fn remove_path(self, path: &str) -> Expr<T> {
                let what = Special::Document { what: DocumentOp::Remove, steps: steps_of(path) };
                self.typed().map(|of| ast::Expr::Special { what, of: vec![of] })
            }
        }
    };
}

documents!([M] Column<M, T>);
documents!([] Expr<T>);

/// The JSON text of a value: a document is one already.
fn json_of<V: Value>(value: &V) -> Datum {
    match Datum::of(value) {
        Datum::Text(text) if V::sql_type() == SqlType::Json => Datum::Text(text),
        Datum::Array(text) => Datum::Text(text),
        Datum::Unfit(what) => Datum::Unfit(what),
        other => {
            let mut text = String::new();
            array_text::push_element(&mut text, other.cell());
            Datum::Text(text)
        }
    }
}

fn steps_of(path: &str) -> Vec<JsonStep> {
    path.split('.').flat_map(steps).collect()
}

/// `cm[0][1]`: a key, if there is one, and positions. What is no position is part of the key.
fn steps(part: &str) -> Vec<JsonStep> {
    let (mut rest, mut positions) = (part, Vec::new());
    while let Some((before, inside)) = rest.strip_suffix(']').and_then(|rest| rest.rsplit_once('['))
        && let Ok(position) = inside.parse()
    {
        positions.push(JsonStep::At(position));
        rest = before;
    }
    let key = (!rest.is_empty()).then(|| JsonStep::Key(rest.to_owned().into()));
    key.into_iter().chain(positions.into_iter().rev()).collect()
}

impl JsonPath {
    /// One step into an object.
    #[must_use]
    pub fn key(mut self, key: impl Into<Name>) -> Self {
        self.steps.push(JsonStep::Key(key.into()));
        self
    }

    /// One step into an array, from 0.
    #[must_use]
    pub fn at(mut self, position: u32) -> Self {
        self.steps.push(JsonStep::At(position));
        self
    }

    /// What is there, as a type; NULL if there is nothing.
    ///
    /// See [`JsonPath`] for an example.
    pub fn as_<T: Value<Base = T>>(self) -> Expr<Option<T>> {
        self.take(JsonTake::Value(T::sql_type()))
    }

    /// Whether there is something: also JSON's null.
    pub fn exists(self) -> Expr<bool> {
        Expr::from_ast(ast::Expr::IsNull {
            of: Box::new(self.take::<bool>(JsonTake::Kind).into_ast()),
            negated: true,
        })
    }

    /// Whether JSON's own null is there.
    pub fn is_json_null(self) -> Expr<bool> {
        let kind: Expr<String> = self.take(JsonTake::Kind);
        Expr::<String>::lower(kind).eq("null")
    }

    /// How many parts an array has; NULL if there is none.
    pub fn length(self) -> Expr<Option<i64>> {
        self.take(JsonTake::Length)
    }

    /// Whether what is there contains a document: an object all of its keys with what contains their values, an array
    /// all of its elements. Not in SQLite.
    ///
    /// ```
    /// use rebis_sql::{Column, Expr, dialect, select};
    /// # use rebis_core::Document;
    /// # struct Doc;
    /// # #[derive(Clone)]
    /// # struct Body;
    /// # impl rebis_core::Value for Body {
    /// #     type Base = Body;
    /// #     fn sql_type() -> rebis_core::SqlType { rebis_core::SqlType::Json }
    /// #     fn encode(&self, out: &mut rebis_core::Binds) { out.null() }
    /// #     fn decode(_: rebis_core::Cell<'_>) -> rebis_core::Result<Self> { Ok(Body) }
    /// #     fn same(&self, _: &Self) -> bool { true }
    /// # }
    /// # impl Document for Body {}
    /// const ID: Column<Doc, i64> = Column::new("docs", "id", 0);
    /// const BODY: Column<Doc, Body> = Column::new("docs", "body", 1);
    /// let stmt = select(ID).filter(BODY.path("tags").contains(vec![1, 2]));
    /// let start = "SELECT docs.id FROM docs WHERE";
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     format!("{start} (docs.body #> ARRAY['tags']) @> CAST($1 AS JSONB)")
    /// );
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, format!("{start} json_contains(docs.body, ?, '$.\"tags\"')"));
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    pub fn contains<V: Value>(self, value: V) -> Expr<bool> {
        let what = Special::Document { what: DocumentOp::Contains, steps: self.steps };
        Expr::from_ast(ast::Expr::Special { what, of: vec![self.of, ast::Expr::Value(json_of(&value))] })
    }

    /// The elements of the array that is there, as rows, to be joined.
    ///
    /// ```
    /// use rebis_sql::{Column, dialect, select};
    /// # use rebis_core::Document;
    /// # struct Doc;
    /// # #[derive(Clone)]
    /// # struct Body;
    /// # impl rebis_core::Value for Body {
    /// #     type Base = Body;
    /// #     fn sql_type() -> rebis_core::SqlType { rebis_core::SqlType::Json }
    /// #     fn encode(&self, out: &mut rebis_core::Binds) { out.null() }
    /// #     fn decode(_: rebis_core::Cell<'_>) -> rebis_core::Result<Self> { Ok(Body) }
    /// #     fn same(&self, _: &Self) -> bool { true }
    /// # }
    /// # impl Document for Body {}
    /// const ID: Column<Doc, i64> = Column::new("docs", "id", 0);
    /// const BODY: Column<Doc, Body> = Column::new("docs", "body", 1);
    /// let size = BODY.path("sizes").elements::<i64>("size");
    /// let stmt = select((ID, size.value())).join(size.always());
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     r#"SELECT docs.id, size.value FROM docs JOIN json_each(docs.body, '$."sizes"') AS size ON 1 = 1"#
    /// );
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    pub fn elements<V: Value>(self, name: impl Into<Name>) -> Subquery<V> {
        let name = name.into();
        let what =
            Special::Document { what: DocumentOp::Elements(Box::new(V::sql_type())), steps: self.steps };
        let call = ast::Expr::Special { what, of: vec![self.of] };
        let columns: Vec<Name> = vec!["value".into()];
        let source = ast::Source::Function { call, alias: name.clone(), columns: columns.clone() };
        Subquery::of(source, name, columns)
    }

    fn take<T>(self, take: JsonTake) -> Expr<T> {
        Expr::from_ast(ast::Expr::Json {
            of: Box::new(self.of),
            place: Box::new(ast::JsonPlace { steps: self.steps, take }),
        })
    }
}
