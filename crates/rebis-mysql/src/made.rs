//! Keys that steps of a batch make up, for the parameters of later ones.
//!
//! The keys of one INSERT follow each other. Behind an INSERT whose keys are wanted in the same text, its first one goes
//! into a variable (`SET @rebis_key_0 = LAST_INSERT_ID()`), and a parameter is that and how far the row is behind it.
//! What an earlier text has made up is known: there it is a number.

use rebis_core::{Cell, Error, ErrorKind, Result};
use rebis_driver::relay::Part;
use std::collections::HashMap;
use std::fmt::Write;

/// The steps whose keys are wanted, with the first key that each made up: none yet, or 0 where it made up none.
#[derive(Debug, Default)]
pub(crate) struct Made(HashMap<usize, Option<u64>>);

impl Made {
    pub(crate) fn new(parts: &[Part]) -> Made {
        let wanted = |(step, part): (usize, &Part)| {
            let of = |cell: Cell<'_>| match cell {
                Cell::KeyOf { back, .. } => step.checked_sub(back as usize),
                _ => None,
            };
            part.binds.iter().filter_map(of).collect::<Vec<_>>()
        };
        Made(parts.iter().enumerate().flat_map(wanted).map(|step| (step, None)).collect())
    }

    /// Whether a later step wants the keys of this one.
    pub(crate) fn is_wanted(&self, step: usize) -> bool {
        self.0.contains_key(&step)
    }

    /// What a step made up.
    pub(crate) fn tell(&mut self, step: usize, first: Option<u64>) {
        if let Some(known) = self.0.get_mut(&step) {
            *known = Some(first.unwrap_or(0));
        }
    }

    /// The key of a row of an earlier step, if its text is over.
    ///
    /// # Errors
    /// That step made up no key.
    pub(crate) fn known(&self, of: Option<usize>, ahead: u64) -> Result<Option<u64>> {
        match of.and_then(|step| self.0.get(&step)) {
            Some(Some(first @ 1..)) => Ok(Some(first + ahead)),
            Some(None) => Ok(None),
            Some(Some(0)) | None => Err(none()),
        }
    }
}

/// Writes a key that is made up in the same text.
pub(crate) fn refer(out: &mut String, step: usize, ahead: u64) {
    // Writing into a string cannot fail.
    let _ = write!(out, "@rebis_key_{step} + {ahead}");
}

/// Keeps the first key of the INSERT before.
pub(crate) fn keep(out: &mut String, step: usize) {
    let _ = write!(out, "SET @rebis_key_{step} = LAST_INSERT_ID()");
}

#[cold]
fn none() -> Error {
    Error::new(
        ErrorKind::InvalidStatement,
        "a parameter is the key of a row, and that statement made up none",
    )
    .with_help("name an INSERT of the same batch that leaves its keys to the database and returns nothing")
}
