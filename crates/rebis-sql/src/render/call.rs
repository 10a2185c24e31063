//! Functions and aggregates.

use super::writer::Writer;
use crate::ast::{AggregateClauses, Call, Expr};
use rebis_core::{Datum, Name, Result};

impl<'a> Writer<'a> {
    pub(super) fn call(&mut self, call: &'a Call) -> Result<()> {
        let Call { name, args, clauses } = call;
        match clauses {
            Some(clauses) => self.aggregate(name, args, clauses),
            None => {
                self.function_name(name)?;
                self.parenthesised(args)
            }
        }
    }

    fn aggregate(&mut self, name: &Name, args: &'a [Expr], clauses: &'a AggregateClauses) -> Result<()> {
        let AggregateClauses { distinct, filter, separator, order_by, within_group } = clauses;
        if !within_group.is_empty() && !self.caps.queries.within_group {
            return Err(self.unsupported(
                "WITHIN GROUP",
                "number the rows with `func::row_number()` and `func::count().over(..)`, and take those in the middle",
            ));
        }
        if !order_by.is_empty() && !self.caps.queries.aggregate_order && separator.is_none() {
            return Err(self.unsupported(
                &format!("an order within `{name}`"),
                "aggregate a subquery, and put its rows into order in the program",
            ));
        }
        self.function_name(name)?;
        self.push(if *distinct { "(DISTINCT " } else { "(" });
        let case = filter.as_ref().filter(|_| !self.caps.aggregate_filter);
        match case {
            Some(filter) => self.conditional(filter, args)?,
            None => self.list(args, ", ", Writer::expr)?,
        }
        self.separator_argument(separator.as_ref(), true);
        if !order_by.is_empty() {
            self.push(" ORDER BY ");
            self.list(order_by, ", ", Writer::order)?;
        }
        self.separator_argument(separator.as_ref(), false);
        self.push(")");
        if !within_group.is_empty() {
            self.push(" WITHIN GROUP (ORDER BY ");
            self.list(within_group, ", ", Writer::order)?;
            self.push(")");
        }
        if let (Some(filter), None) = (filter, case) {
            self.push(" FILTER (WHERE ");
            self.expr(filter)?;
            self.push(")");
        }
        Ok(())
    }

    /// What stands between texts: an argument before the order, or a clause behind it. Written out, since the clause
    /// takes no parameter.
    fn separator_argument(&mut self, separator: Option<&Name>, before_order: bool) {
        if let Some(separator) = separator
            && before_order != self.caps.queries.separator_clause
        {
            self.push(if before_order { ", " } else { " SEPARATOR " });
            self.literal(&Datum::Text(separator.to_string()));
        }
    }

    /// The argument of an aggregate where a condition holds, NULL elsewhere: aggregates skip it.
    fn conditional(&mut self, filter: &'a Expr, args: &'a [Expr]) -> Result<()> {
        self.push("CASE WHEN ");
        self.expr(filter)?;
        self.push(" THEN ");
        match args {
            [] | [Expr::Star] => self.push("1"),
            [only] => self.expr(only)?,
            _ => {
                return Err(self.unsupported(
                    "FILTER on an aggregate of several arguments",
                    "put the condition into the arguments, with a CASE",
                ));
            }
        }
        self.push(" END");
        Ok(())
    }

    fn function_name(&mut self, name: &Name) -> Result<()> {
        let here = self.caps.functions.iter().find(|(standard, _)| standard == name);
        let here = here.map_or(name.as_ref(), |(_, here)| here);
        if here.is_empty() {
            let what = format!("the function `{name}`");
            return Err(
                self.unsupported(&what, "calculate in the program, or call what the server was given")
            );
        }
        self.push(here);
        Ok(())
    }
}
