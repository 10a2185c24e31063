//! What is inside of JSON documents.

use super::{Column, Expr, Typed};
use crate::ast::{self, JsonStep, JsonTake};
use rebis_core::{Document, Name, Value};

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
        let steps = path.split('.').flat_map(steps).collect();
        JsonPath { of: Typed::into_ast(self), steps }
    }

    /// The whole document, for a path put together from [`key`](JsonPath::key) and [`at`](JsonPath::at).
    ///
    /// See [`JsonPath`] for an example.
    pub fn document(self) -> JsonPath {
        JsonPath { of: Typed::into_ast(self), steps: Vec::new() }
    }
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

    fn take<T>(self, take: JsonTake) -> Expr<T> {
        Expr::from_ast(ast::Expr::Json {
            of: Box::new(self.of),
            place: Box::new(ast::JsonPlace { steps: self.steps, take }),
        })
    }
}
