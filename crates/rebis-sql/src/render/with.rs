//! WITH: common table expressions. Where one is referred to it is met; all that were met stand at the outermost place
//! that may have a WITH, each behind those that it needs itself.

use super::writer::Writer;
use crate::WithBefore;
use crate::ast::{Cte, Query};
use rebis_core::{Error, ErrorKind, Result};
use std::sync::Arc;

impl<'a> Writer<'a> {
    /// A whole statement, with its WITH.
    pub(super) fn statement(&mut self, query: &'a Query) -> Result<()> {
        let before = match query {
            Query::Select(_) => true,
            Query::Insert(_) => self.caps.queries.with_before_writes == WithBefore::All,
            Query::Update(_) | Query::Delete(_) => self.caps.queries.with_before_writes != WithBefore::None,
            // Who writes the text writes its WITH.
            Query::Raw(_) => false,
        };
        if before { self.with_ctes(|w| w.query(query)) } else { self.query(query) }
    }

    /// Writes something, and before it the common table expressions that it refers to. They are known when it is
    /// written; then it is written again behind them, so that parameters keep the order of the text.
    pub(super) fn with_ctes(&mut self, write: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        if self.collects {
            return write(self);
        }
        let start = self.mark();
        self.collects = true;
        write(self)?;
        if !self.ctes.is_empty() {
            self.back_to(start);
            self.with()?;
            write(self)?;
            self.ctes.clear();
        }
        self.collects = false;
        Ok(())
    }

    fn with(&mut self) -> Result<()> {
        let ctes = self.ctes.clone();
        if let Some(cte) = ctes.iter().find(|cte| self.touches(&cte.name)) {
            return Err(hides_a_table(&cte.name));
        }
        let recursive = ctes.iter().any(|cte| cte.recursive);
        self.push(if recursive { "WITH RECURSIVE " } else { "WITH " });
        self.list(ctes, ", ", |w, cte| {
            w.ident(&cte.name);
            w.push(match cte.materialized.filter(|_| w.caps.queries.materialized) {
                Some(true) => " AS MATERIALIZED (",
                Some(false) => " AS NOT MATERIALIZED (",
                None => " AS (",
            });
            w.outside(|w| w.query(&cte.query))?;
            w.push(")");
            Ok(())
        })?;
        self.push(" ");
        Ok(())
    }

    /// Takes note of a common table expression, after those that it refers to.
    pub(super) fn meet(&mut self, cte: &'a Arc<Cte>) -> Result<()> {
        if self.is_known(cte)? {
            return Ok(());
        }
        if !self.caps.queries.writes_in_with && !matches!(cte.query, Query::Select(_) | Query::Raw(_)) {
            return Err(self.unsupported(
                "a statement that writes as a common table expression",
                "run it first, with `.returning(..)`, in the same transaction",
            ));
        }
        let start = self.mark();
        self.outside(|w| w.query(&cte.query))?;
        self.back_to(start);
        if !self.is_known(cte)? {
            self.ctes.push(cte);
        }
        Ok(())
    }

    fn is_known(&self, cte: &Arc<Cte>) -> Result<bool> {
        match self.ctes.iter().find(|known| known.name == cte.name) {
            None => Ok(false),
            Some(known) if Arc::ptr_eq(known, cte) || *known == cte => Ok(true),
            Some(_) => Err(two_of_a_name(&cte.name)),
        }
    }

    /// Writes something that sees nothing around it.
    fn outside(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let scopes = std::mem::take(&mut self.scopes);
        let bare = std::mem::replace(&mut self.bare, false);
        self.within(write)?;
        self.scopes = scopes;
        self.bare = bare;
        Ok(())
    }
}

#[cold]
fn two_of_a_name(name: &str) -> Error {
    let text = format!("two different common table expressions are called `{name}`");
    Error::new(ErrorKind::InvalidStatement, text)
        .with_help("give one of them another name; the same one may be used as often as you like")
}

#[cold]
fn hides_a_table(name: &str) -> Error {
    let text = format!("the common table expression `{name}` hides the table of the same name");
    Error::new(ErrorKind::InvalidStatement, text)
        .with_table(name)
        .with_help("give the expression another name, as in `.cte(\"recent\")`")
}
