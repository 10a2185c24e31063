//! Texts by the shape of their statements: a statement that differs from an earlier one in its values alone is not
//! rendered again.

use hashbrown::HashMap;
use rebis_core::Binds;
use rebis_sql::ast::Query;
use rebis_sql::build::PreparedText;
use rebis_sql::render::Shape;
use rebis_sql::{Capabilities, Compiled, Statement};
use std::sync::{Arc, PoisonError, RwLock};

/// `None`: the text depends on the values too.
type Kept = Option<Arc<PreparedText>>;

/// The shapes of an engine's statements, a bounded number: emptied when they are too many.
pub(crate) struct Shapes {
    known: RwLock<HashMap<Box<[u64]>, Kept>>,
    capacity: usize,
}

impl Shapes {
    pub(crate) fn new(capacity: usize) -> Self {
        Shapes { known: RwLock::default(), capacity }
    }

    /// The text of a statement and its values, if one of its shape was rendered before; else the statement.
    pub(crate) fn find(
        &self,
        query: Query,
        caps: &'static Capabilities,
    ) -> Result<(Arc<PreparedText>, Binds), Query> {
        let mut shape = Shape::new();
        if !shape.read(&query, caps) {
            return Err(query);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match known.get(shape.words()) {
            Some(Some(text)) => Ok((text.clone(), text.ordered(shape.take_values(query)))),
            Some(None) | None => Err(query),
        }
    }

    /// Keeps the text of a statement for others of its shape.
    #[cold]
    pub(crate) fn learn(
        &self,
        query: &Query,
        caps: &'static Capabilities,
        compiled: &Compiled,
        statement: &Statement,
    ) {
        let mut shape = Shape::new();
        let known = || self.known.read().unwrap_or_else(PoisonError::into_inner);
        if !shape.read(query, caps) || known().contains_key(shape.words()) {
            return;
        }
        let text = shape.text(query, caps, compiled, statement.clone()).map(Arc::new);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.capacity {
            known.clear();
        }
        known.insert(shape.words().into(), text);
    }
}
