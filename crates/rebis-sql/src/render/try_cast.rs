//! A text as another type, NULL where it does not read as one: checked before it is cast, as no database at hand has
//! TRY_CAST.
//!
//! What reads as a type is the same everywhere, so nothing is left to what a database takes for a number or a date.

use super::precedence::Level;
use super::writer::Writer;
use crate::TryCast;
use crate::ast::Expr;
use rebis_core::{Datum, Result, SqlType};

/// The days that there are, leap years too; no year 0.
const DAY: &str = "^(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
                   |02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])\
                   |([02468][048]|[13579][26])00)-02-29)";
/// Of 64 bits; what has more digits is too large.
const INTEGER: &str = "^[+-]?[0-9]{1,19}";

impl<'a> Writer<'a> {
    pub(super) fn try_cast(&mut self, of: &'a Expr, to: &SqlType) -> Result<()> {
        if self.caps.queries.try_cast == TryCast::Own {
            self.push("TRY_");
            return self.cast(of, to);
        }
        match to {
            SqlType::Text { length: None } => self.cast(of, to),
            SqlType::Bool => self.try_bool(of),
            SqlType::I16 => self.try_integer(of, to, [i16::MIN.into(), i16::MAX.into()]),
            SqlType::I32 => self.try_integer(of, to, [i32::MIN.into(), i32::MAX.into()]),
            SqlType::I64 => self.try_integer(of, to, [i64::MIN, i64::MAX]),
            SqlType::Decimal { precision: None } => self.try_number(of, to, 28),
            SqlType::F32 => self.try_number(of, to, 37),
            SqlType::F64 => self.try_number(of, to, 250),
            SqlType::Date => self.try_date(of, to),
            _ => Err(self.unsupported(
                &format!("`try_cast` to {}", (self.caps.type_name)(to)),
                "select the text and read it in the program, or check it with a CASE before `.cast(..)`",
            )),
        }
    }

    fn try_bool(&mut self, of: &'a Expr) -> Result<()> {
        self.push("CASE WHEN ");
        self.around(["lower(", ") IN ('true', 't', '1') THEN "], of)?;
        self.literal(&Datum::Bool(true));
        self.push(" WHEN ");
        self.around(["lower(", ") IN ('false', 'f', '0') THEN "], of)?;
        self.literal(&Datum::Bool(false));
        self.push(" END");
        Ok(())
    }

    fn try_integer(&mut self, of: &'a Expr, to: &SqlType, [least, most]: [i64; 2]) -> Result<()> {
        self.push("CASE WHEN ");
        // Of a number that is too large only a wider type tells that it is. What comes behind AND may be calculated
        // first, what stands in a CASE within may not.
        if let TryCast::Pattern(end) = self.caps.queries.try_cast {
            self.matches(of, INTEGER, end)?;
            self.push(" THEN CASE WHEN ");
            self.cast_text(of, &SqlType::Decimal { precision: Some((20, 0)) })?;
        } else {
            self.unsigned(of, " <> '' AND trim(")?;
            self.unsigned(of, ", '0123456789') = '' AND length(")?;
            self.unsigned(of, ") < 20 THEN CASE WHEN ")?;
            // A number of more than 64 bits becomes a float, which may be rounded to the least of them.
            self.around(["typeof(CAST(", " AS NUMERIC)) = 'integer' AND "], of)?;
            self.around(["CAST(", " AS INTEGER)"], of)?;
        }
        self.push(" BETWEEN ");
        self.literal(&Datum::Int(least));
        self.push(" AND ");
        self.literal(&Datum::Int(most));
        self.push(" THEN ");
        self.cast_text(of, to)?;
        self.push(" END END");
        Ok(())
    }

    /// Not more digits before the point and behind it than the type, and each database for it, can hold.
    fn try_number(&mut self, of: &'a Expr, to: &SqlType, most: usize) -> Result<()> {
        self.push("CASE WHEN ");
        if let TryCast::Pattern(end) = self.caps.queries.try_cast {
            self.matches(of, &format!("^[+-]?[0-9]{{1,{most}}}([.][0-9]{{1,{most}}})?"), end)?;
        } else {
            // Digits, or digits on both sides of a point.
            self.push("trim(");
            self.unsigned(of, ", '0123456789') IN ('', '.') AND ")?;
            self.unsigned(of, " GLOB '[0-9]*' AND ")?;
            self.operand(of, Level::Concat)?;
            self.push(" GLOB '*[0-9]' AND instr(");
            self.unsigned(of, &format!(" || '.', '.') < {} AND length(", most + 2))?;
            self.expr(of)?;
            self.push(") - length(rtrim(");
            self.around(["", &format!(", '0123456789')) <= {most}")], of)?;
        }
        self.push(" THEN ");
        self.cast_text(of, to)?;
        self.push(" END");
        Ok(())
    }

    fn try_date(&mut self, of: &'a Expr, to: &SqlType) -> Result<()> {
        self.push("CASE WHEN ");
        if let TryCast::Pattern(end) = self.caps.queries.try_cast {
            self.matches(of, DAY, end)?;
        } else {
            // It makes the first of March of the 30th of February.
            self.around(["date(", ") = "], of)?;
            self.operand(of, Level::Concat)?;
            self.push(" AND ");
            self.operand(of, Level::Concat)?;
            self.push(" > '0001'");
        }
        self.push(" THEN ");
        self.cast_text(of, to)?;
        self.push(" END");
        Ok(())
    }

    /// A database that learns the type of a parameter from where it stands would not take any text for it.
    fn cast_text(&mut self, of: &'a Expr, to: &SqlType) -> Result<()> {
        if !matches!(of, Expr::Value(_) | Expr::Late(_) | Expr::Param(_)) {
            return self.cast(of, to);
        }
        self.push("CAST(");
        self.cast(of, &SqlType::Text { length: None })?;
        self.push(" AS ");
        let name = (self.caps.cast_name)(to);
        self.push(&name);
        self.push(")");
        Ok(())
    }

    /// Whether all of a text matches a pattern.
    fn matches(&mut self, of: &'a Expr, pattern: &str, end: &str) -> Result<()> {
        self.operand(of, Level::Concat)?;
        self.push(self.caps.queries.regex);
        self.literal(&Datum::Text(format!("{pattern}{end}")));
        Ok(())
    }

    /// A text without the sign before it, and what stands behind.
    fn unsigned(&mut self, of: &'a Expr, behind: &str) -> Result<()> {
        self.around(["substr(", ", 1 + ("], of)?;
        self.operand(of, Level::Concat)?;
        self.push(" GLOB '[+-]*'))");
        self.push(behind);
        Ok(())
    }
}
