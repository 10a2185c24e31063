//! FROM: tables and whatever else rows come from.

use super::scope::Scope;
use super::writer::Writer;
use crate::ast::{ArrayOp, DocumentOp, Expr, IndexHint, Join, JoinKind, Sample, Select, Source, Special};
use crate::{Arrays, IndexHints, TableFunctions, ValuesForm};
use rebis_core::{Error, ErrorKind, Name, Result, SqlType};
use std::fmt::Write;

impl<'a> Writer<'a> {
    /// Something in FROM. A subquery there does not see its neighbours, unless it is lateral.
    pub(super) fn source(&mut self, source: &'a Source) -> Result<()> {
        match source {
            Source::Table(table) => {
                self.table(table);
                self.hints(table.source());
                Ok(())
            }
            Source::Subquery { select, alias, lateral: false } => {
                let own = self.scopes.pop();
                self.subselect(select)?;
                self.scopes.extend(own);
                self.named(alias);
                Ok(())
            }
            Source::Subquery { select, alias, lateral: true } => {
                if !self.caps.queries.lateral {
                    return Err(self.unsupported(
                        "LATERAL",
                        "select one value with `.scalar()`, or rank the rows with `func::row_number()` and join the subquery",
                    ));
                }
                self.push("LATERAL ");
                self.subselect(select)?;
                self.named(alias);
                Ok(())
            }
            Source::Cte { cte, alias } => {
                self.meet(cte)?;
                self.ident(&cte.name);
                alias.iter().for_each(|alias| self.named(alias));
                Ok(())
            }
            Source::Itself { cte, alias } => {
                self.ident(cte);
                alias.iter().for_each(|alias| self.named(alias));
                Ok(())
            }
            Source::Values { rows, alias, columns } => self.value_rows(rows, alias, columns),
            Source::Function { call, alias, columns } => self.function_rows(call, alias, columns),
            Source::Sampled { table, sample } => {
                self.table(table);
                self.sample(*sample)
            }
            Source::Nested { first, joins } => {
                self.push("(");
                self.source(first)?;
                self.joins(joins)?;
                self.push(")");
                Ok(())
            }
        }
    }

    /// What the SELECT says of the indexes of a table.
    pub(super) fn hints(&mut self, source: &str) {
        let Some(Scope::Select(Select { hints, .. })) = self.scopes.last().copied() else { return };
        for (_, hint) in hints.iter().filter(|(of, _)| of == source) {
            self.hint(hint);
        }
    }

    #[cold]
    fn hint(&mut self, hint: &IndexHint) {
        let (word, names) = match (self.caps.queries.index_hints, hint) {
            (IndexHints::Lists, IndexHint::Use(names)) => (" USE INDEX (", names.as_slice()),
            (IndexHints::Lists, IndexHint::Force(names)) => (" FORCE INDEX (", names.as_slice()),
            (IndexHints::Lists, IndexHint::Ignore(names)) => (" IGNORE INDEX (", names.as_slice()),
            (IndexHints::Lists, IndexHint::Without) => (" USE INDEX (", [].as_slice()),
            (IndexHints::One, IndexHint::Force(names)) => {
                if let [name] = names.as_slice() {
                    self.push(" INDEXED BY ");
                    self.ident(name);
                }
                return;
            }
            (IndexHints::One, IndexHint::Without) => return self.push(" NOT INDEXED"),
            (IndexHints::One, IndexHint::Use(_) | IndexHint::Ignore(_)) | (IndexHints::None, _) => return,
        };
        self.push(word);
        self.names(names);
        self.push(")");
    }

    pub(super) fn joins(&mut self, joins: &'a [Join]) -> Result<()> {
        for Join { kind, source, on } in joins {
            if *kind == JoinKind::Full && !self.caps.queries.full_join {
                return Err(self.unsupported(
                    "FULL JOIN",
                    "unite a LEFT JOIN with those rows of the other side that have no partner, by `.union_all(..)`",
                ));
            }
            self.push(match kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT JOIN ",
                JoinKind::Full => " FULL JOIN ",
                JoinKind::Cross => " CROSS JOIN ",
            });
            self.source(source)?;
            if let Some(on) = on {
                self.push(" ON ");
                self.expr(on)?;
            }
        }
        Ok(())
    }

    fn named(&mut self, alias: &Name) {
        self.push(" AS ");
        self.ident(alias);
    }

    /// `AS v (a, b)`
    fn named_columns<'n>(&mut self, alias: &Name, columns: impl Iterator<Item = &'n Name>) -> Result<()> {
        self.named(alias);
        self.push(" (");
        self.list(columns, ", ", |w, name| {
            w.ident(name);
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }

    /// VALUES in FROM.
    fn value_rows(
        &mut self,
        rows: &'a [Vec<Expr>],
        alias: &Name,
        columns: &'a [(Name, SqlType)],
    ) -> Result<()> {
        if rows.is_empty() || rows.iter().any(|row| row.len() != columns.len()) {
            return Err(uneven(alias, rows.first().map_or(0, Vec::len), columns.len()));
        }
        match self.caps.queries.values {
            ValuesForm::Typed => {
                self.push("(VALUES ");
                // The first row tells the types: a parameter has none.
                let typed = |row: usize| (row == 0).then_some(columns);
                self.list(rows.iter().enumerate(), ", ", |w, (at, row)| w.row(row, typed(at)))?;
                self.push(")");
                self.named_columns(alias, columns.iter().map(|(name, _)| name))
            }
            ValuesForm::Numbered => {
                self.push("(SELECT ");
                self.list(columns.iter().enumerate(), ", ", |w, (at, (name, _))| {
                    // Writing to a string cannot fail.
                    let _ = write!(w.sql, "column{}", at + 1);
                    w.named(name);
                    Ok(())
                })?;
                self.push(" FROM (VALUES ");
                self.list(rows, ", ", |w, row| w.row(row, None))?;
                self.push("))");
                self.named(alias);
                Ok(())
            }
            ValuesForm::Union => {
                self.push("(");
                self.list(rows.iter().enumerate(), " UNION ALL ", |w, (at, row)| {
                    w.push("SELECT ");
                    w.list(row.iter().zip(columns), ", ", |w, (value, (name, _))| {
                        w.expr(value)?;
                        if at == 0 {
                            w.named(name);
                        }
                        Ok(())
                    })
                })?;
                self.push(")");
                self.named(alias);
                Ok(())
            }
        }
    }

    fn row(&mut self, row: &'a [Expr], types: Option<&[(Name, SqlType)]>) -> Result<()> {
        self.push("(");
        self.list(row.iter().enumerate(), ", ", |w, (at, value)| {
            match types.and_then(|types| types.get(at)) {
                Some((_, to)) if !w.is_wrapped(value) => w.cast(value, to),
                _ => w.expr(value),
            }
        })?;
        self.push(")");
        Ok(())
    }

    fn function_rows(&mut self, call: &'a Expr, alias: &Name, columns: &[Name]) -> Result<()> {
        if let Expr::Special { what: Special::Array { what: ArrayOp::Elements, of, nullable: _ }, of: array } =
            call
            && let [array] = array.as_slice()
        {
            self.elements(of, array)?;
            return match self.caps.types.arrays {
                Arrays::Native => self.named_columns(alias, columns.iter()),
                Arrays::Each | Arrays::Table => {
                    self.named(alias);
                    Ok(())
                }
            };
        }
        if let Expr::Special { what: Special::Document { what: DocumentOp::Elements(to), steps }, of } = call
            && let [document] = of.as_slice()
        {
            self.document_rows(to, steps, document)?;
            self.named(alias);
            return Ok(());
        }
        match self.caps.queries.table_functions {
            TableFunctions::None => Err(self.unsupported(
                "a function in FROM",
                "give the rows with `values(..)`, count with `series(..)`, or run it as raw SQL",
            )),
            TableFunctions::Named => {
                self.expr(call)?;
                self.named_columns(alias, columns.iter())
            }
            TableFunctions::Plain => {
                self.expr(call)?;
                self.named(alias);
                Ok(())
            }
        }
    }

    fn sample(&mut self, sample: Sample) -> Result<()> {
        let Sample { percent, blocks, seed } = sample;
        if !self.caps.queries.table_sample {
            return Err(self.unsupported("TABLESAMPLE", "order by `func::random()` and take a `.limit(..)`"));
        }
        // Writing to a string cannot fail.
        let _ =
            write!(self.sql, " TABLESAMPLE {} ({percent:?})", if blocks { "SYSTEM" } else { "BERNOULLI" });
        if let Some(seed) = seed {
            let _ = write!(self.sql, " REPEATABLE ({seed})");
        }
        Ok(())
    }
}

#[cold]
fn uneven(alias: &str, values: usize, columns: usize) -> Error {
    let text = match values {
        0 => format!("the values of `{alias}` have no row"),
        _ => format!("a row of the values of `{alias}` has not one value for each of {columns} columns"),
    };
    Error::new(ErrorKind::InvalidStatement, text)
        .with_help("give at least one row, and name as many columns as a row has values")
}
