//! The names of the views that have models. What a view reads is not known here: a query that reads one may read
//! anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

static THERE_ARE: AtomicBool = AtomicBool::new(false);
static NAMES: RwLock<Vec<&'static str>> = RwLock::new(Vec::new());

/// Remembers a view.
pub(super) fn remember(name: &'static str) {
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    if !names.contains(&name) {
        names.push(name);
    }
    THERE_ARE.store(true, Ordering::Release);
}

/// Whether this is the name of a view.
pub(crate) fn is_view(name: &str) -> bool {
    THERE_ARE.load(Ordering::Acquire) && NAMES.read().unwrap_or_else(PoisonError::into_inner).contains(&name)
}
