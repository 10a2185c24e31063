//! Ranges.

use super::writer::Writer;
use crate::ast::{Expr, RangeOp};
use rebis_core::{Error, Result};

impl<'a> Writer<'a> {
    /// Something of a range; `other`: another.
    pub(super) fn range(&mut self, what: RangeOp, range: &'a Expr, other: Option<&'a Expr>) -> Result<()> {
        if !self.caps.types.ranges {
            return Err(self.no_ranges());
        }
        let call = match (what, other) {
            (RangeOp::Before, Some(other)) => return self.two(range, " << ", other),
            (RangeOp::After, Some(other)) => return self.two(range, " >> ", other),
            (RangeOp::Adjacent, Some(other)) => return self.two(range, " -|- ", other),
            (RangeOp::Intersection, _) => "range_intersect(",
            (RangeOp::Union, _) => "range_union(",
            (RangeOp::Difference, _) => "range_minus(",
            (RangeOp::Upper, _) => "upper(",
            (RangeOp::Empty, _) => "isempty(",
            (RangeOp::Lower | RangeOp::Before | RangeOp::After | RangeOp::Adjacent, _) => "lower(",
        };
        self.push(call);
        self.expr(range)?;
        if let Some(other) = other {
            self.push(", ");
            self.expr(other)?;
        }
        self.push(")");
        Ok(())
    }

    #[cold]
    pub(super) fn no_ranges(&self) -> Error {
        self.unsupported(
            "a look into a range",
            "keep its two ends in columns of their own, and compare these",
        )
    }
}
