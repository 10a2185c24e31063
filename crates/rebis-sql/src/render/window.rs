//! Window functions.

use super::writer::Writer;
use crate::ast::{Bound, Exclude, Expr, Frame, FrameUnit, Window};
use rebis_core::{Error, ErrorKind, Name, Result};
use std::fmt::Write;

impl<'a> Writer<'a> {
    pub(super) fn over(&mut self, call: &'a Expr, window: &'a Window) -> Result<()> {
        if !matches!(call, Expr::Call(_) | Expr::Raw(_)) {
            return Err(no_function());
        }
        self.expr(call)?;
        self.push(" OVER ");
        match window {
            Window { base: Some(base), partition_by, order_by, frame: None }
                if partition_by.is_empty() && order_by.is_empty() =>
            {
                self.ident(base);
                Ok(())
            }
            _ => self.window(window),
        }
    }

    /// WINDOW.
    pub(super) fn windows(&mut self, windows: &'a [(Name, Window)]) -> Result<()> {
        if windows.is_empty() {
            return Ok(());
        }
        self.push(" WINDOW ");
        self.list(windows, ", ", |w, (name, window)| {
            w.ident(name);
            w.push(" AS ");
            w.window(window)
        })
    }

    fn window(&mut self, window: &'a Window) -> Result<()> {
        let Window { base, partition_by, order_by, frame } = window;
        self.push("(");
        let start = self.sql.len();
        if let Some(base) = base {
            self.ident(base);
        }
        if !partition_by.is_empty() {
            self.blank_after(start);
            self.push("PARTITION BY ");
            self.list(partition_by, ", ", Writer::expr)?;
        }
        if !order_by.is_empty() {
            self.blank_after(start);
            self.push("ORDER BY ");
            self.list(order_by, ", ", Writer::order)?;
        }
        if let Some(frame) = frame {
            self.blank_after(start);
            self.frame(*frame)?;
        }
        self.push(")");
        Ok(())
    }

    fn blank_after(&mut self, start: usize) {
        if self.sql.len() > start {
            self.push(" ");
        }
    }

    fn frame(&mut self, frame: Frame) -> Result<()> {
        let Frame { unit, start, end, exclude } = frame;
        if (unit == FrameUnit::Groups || exclude.is_some()) && !self.caps.queries.frame_groups {
            return Err(self.unsupported(
                "GROUPS and EXCLUDE in a window",
                "use `.rows(..)` or `.range(..)`, and subtract what is to be left out",
            ));
        }
        self.push(match unit {
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        self.bound(start);
        self.push(" AND ");
        self.bound(end);
        self.push(match exclude {
            None => "",
            Some(Exclude::CurrentRow) => " EXCLUDE CURRENT ROW",
            Some(Exclude::Group) => " EXCLUDE GROUP",
            Some(Exclude::Ties) => " EXCLUDE TIES",
        });
        Ok(())
    }

    fn bound(&mut self, bound: Bound) {
        // Writing to a string cannot fail.
        let _ = match bound {
            Bound::First => write!(self.sql, "UNBOUNDED PRECEDING"),
            Bound::Last => write!(self.sql, "UNBOUNDED FOLLOWING"),
            Bound::At(0) => write!(self.sql, "CURRENT ROW"),
            Bound::At(rows @ ..0) => write!(self.sql, "{} PRECEDING", rows.unsigned_abs()),
            Bound::At(rows) => write!(self.sql, "{rows} FOLLOWING"),
        };
    }
}

#[cold]
fn no_function() -> Error {
    Error::new(ErrorKind::InvalidStatement, "`.over(..)` stands behind something that is no function")
        .with_help("only functions have a window: `func::row_number().over(..)`, `Post.hits.sum().over(..)`")
}
