//! Comparisons with any or all rows of a subquery.

use super::precedence::Level;
use super::writer::Writer;
use crate::ast::{BinaryOp, Expr, Select};
use rebis_core::{Datum, Result};

impl<'a> Writer<'a> {
    /// `= ANY (..)`, `> ALL (..)`.
    pub(super) fn quantified(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        all: bool,
        select: &'a Select,
    ) -> Result<()> {
        match (op, all, self.caps.queries.quantified) {
            (BinaryOp::Eq, false, _) => self.in_select(left, select, false),
            (BinaryOp::Ne, true, _) => self.in_select(left, select, true),
            (_, _, true) => {
                self.operand(left, Level::Concat)?;
                self.push(sign(op));
                self.push(if all { "ALL " } else { "ANY " });
                self.subselect(select)
            }
            (_, _, false) => self.quantified_by_exists(op, left, all, select),
        }
    }

    /// The same where there is no word for it: whether there is a row that decides, else whether there is one that
    /// leaves it open.
    fn quantified_by_exists(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        all: bool,
        select: &'a Select,
    ) -> Result<()> {
        let column = select.items.first().and_then(|item| match (&item.label, &item.expr) {
            (Some(label), _) => Some(label),
            (None, Expr::Column(column)) => Some(&column.name),
            (None, _) => None,
        });
        let comparison = |w: &mut Self| -> Result<()> {
            w.operand(left, Level::Concat)?;
            w.push(sign(op));
            w.push("quantified.");
            column.iter().for_each(|name| w.ident(name));
            Ok(())
        };
        let found = |w: &mut Self| -> Result<()> {
            w.push("EXISTS (SELECT 1 FROM ");
            w.subselect(select)?;
            w.push(" AS quantified WHERE ");
            Ok(())
        };
        self.push("CASE WHEN ");
        found(self)?;
        self.push(if all { "NOT (" } else { "" });
        comparison(self)?;
        self.push(if all { "))" } else { ")" });
        self.push(" THEN ");
        self.literal(&Datum::Bool(!all));
        self.push(" WHEN ");
        found(self)?;
        self.push("(");
        comparison(self)?;
        self.push(") IS NULL) THEN NULL ELSE ");
        self.literal(&Datum::Bool(all));
        self.push(" END");
        Ok(())
    }
}

/// The sign of a comparison, with its blanks.
fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Ne => " <> ",
        BinaryOp::Lt => " < ",
        BinaryOp::Le => " <= ",
        BinaryOp::Gt => " > ",
        BinaryOp::Ge => " >= ",
        _ => " = ",
    }
}
