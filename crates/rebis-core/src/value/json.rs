//! Any serde type as a JSON document.

use super::{Document, Value, mismatch};
use crate::{Binds, Cell, Error, Result, SqlType};
use serde::{Serialize, de::DeserializeOwned};
use std::ops::{Deref, DerefMut};

/// A column that holds a JSON document of any serde type. Derefs to it.
///
/// Two documents are the same if their JSON texts are.
///
/// ```
/// use rebis_core::{Datum, Json};
/// let mut tags = Json(vec!["sql".to_owned()]); // `tags: Json<Vec<String>>` in a model
/// tags.push("orm".to_owned());
/// assert_eq!(Datum::of(&tags), Datum::Text(r#"["sql","orm"]"#.to_owned()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Document for Json<T> {}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Value for Json<T> {
    type Base = Self;
    fn sql_type() -> SqlType {
        SqlType::Json
    }
    /// A value that serde refuses to write (a map with keys that are no texts) is an error when the statement runs.
    fn encode(&self, out: &mut Binds) {
        match serde_json::to_string(&self.0) {
            Ok(text) => out.text(&text),
            Err(_) => out.push(Cell::Unfit("a document that serde refuses to write as JSON")),
        }
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Text(bytes) | Cell::Blob(bytes) => serde_json::from_slice(bytes).map(Json).map_err(|e| {
                Error::conversion("the JSON document does not fit the field's type").with_source(e)
            }),
            other => Err(mismatch("a JSON document", other)),
        }
    }
    fn same(&self, other: &Self) -> bool {
        serde_json::to_string(&self.0).ok() == serde_json::to_string(&other.0).ok()
    }
}
