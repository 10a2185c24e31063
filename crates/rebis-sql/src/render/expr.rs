//! Expressions.

use super::Bind;
use super::precedence::{self, Level};
use super::writer::Writer;
use crate::Arrays;
use crate::ast::{BinaryOp, Expr, Select, UnaryOp};
use rebis_core::{Datum, Error, ErrorKind, Result, SqlType};

impl<'a> Writer<'a> {
    /// An expression where anything may stand.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Result<()> {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Value(datum) => {
                self.value(datum);
                Ok(())
            }
            Expr::Literal(datum) => {
                self.literal(datum);
                Ok(())
            }
            Expr::Late(late) => {
                self.later(Bind::Late(*late));
                Ok(())
            }
            Expr::Param(number) => {
                self.later(Bind::Param(*number));
                Ok(())
            }
            Expr::Unary { op, of } => self.unary(*op, of),
            Expr::Binary { op, left, right } => self.binary(*op, left, right),
            Expr::And(parts) => self.all_of(parts),
            Expr::Or(parts) => self.chain(parts, " OR ", "1 = 0", Level::Or),
            Expr::IsNull { of, negated } => {
                self.operand(of, Level::Concat)?;
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
                Ok(())
            }
            Expr::In { of, set, negated } => self.in_set(of, set, *negated),
            Expr::Between { of, low, high, negated } => self.between(of, low, high, *negated),
            Expr::Like { of, pattern, escape, insensitive, negated } => {
                self.like(of, pattern, *escape, *insensitive, *negated)
            }
            Expr::Case { of, arms, otherwise } => self.case(of.as_deref(), arms, otherwise.as_deref()),
            Expr::Cast { of, to } => self.cast(of, to),
            Expr::Call(call) => self.call(call),
            Expr::Over { call, window } => self.over(call, window),
            Expr::Star => {
                self.push("*");
                Ok(())
            }
            Expr::Exists { select, negated } => self.exists(select, *negated),
            Expr::Scalar(select) => self.subselect(select),
            Expr::Quantified { all: _, select: _ } => Err(misplaced_quantifier()),
            Expr::Special { what, of } => self.special(what, of),
            Expr::Tuple(parts) => self.parenthesised(parts),
            Expr::Raw(pieces) => self.pieces(pieces),
            Expr::Label(name) => {
                self.ident(name);
                Ok(())
            }
            Expr::Json { of, place } => self.json(of, place),
            Expr::Default => self.default_word(),
            Expr::Proposed(name) => self.proposed(name),
        }
    }

    /// An expression where only operators of a certain level can stand without parentheses.
    pub(super) fn operand(&mut self, expr: &'a Expr, least: Level) -> Result<()> {
        if precedence::level(expr, self.is_inline()) >= least {
            return self.expr(expr);
        }
        self.push("(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    pub(super) fn parenthesised(&mut self, parts: &'a [Expr]) -> Result<()> {
        self.push("(");
        self.list(parts, ", ", Writer::expr)?;
        self.push(")");
        Ok(())
    }

    /// Conditions joined by AND.
    pub(super) fn all_of(&mut self, parts: &'a [Expr]) -> Result<()> {
        self.chain(parts, " AND ", "1 = 1", Level::And)
    }

    fn chain(&mut self, parts: &'a [Expr], word: &str, empty: &str, own: Level) -> Result<()> {
        match parts {
            [] => {
                self.push(empty);
                Ok(())
            }
            [only] => self.expr(only),
            // A chain within a chain of its kind needs no parentheses.
            _ => self.list(parts, word, |w, part| w.operand(part, own)),
        }
    }

    fn unary(&mut self, op: UnaryOp, of: &'a Expr) -> Result<()> {
        self.push(match op {
            UnaryOp::Not => "NOT ",
            UnaryOp::Negate => "-",
        });
        self.operand(of, precedence::unary(op).1)
    }

    fn binary(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Result<()> {
        if let Expr::Quantified { all, select } = right {
            return self.quantified(op, left, *all, select);
        }
        if matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge) {
            self.comparable([left, right])?;
        }
        let (_, left_least, right_least) = precedence::binary(op);
        let sign = match op {
            BinaryOp::Eq => " = ",
            BinaryOp::Ne => " <> ",
            BinaryOp::Lt => " < ",
            BinaryOp::Le => " <= ",
            BinaryOp::Gt => " > ",
            BinaryOp::Ge => " >= ",
            BinaryOp::Add => " + ",
            BinaryOp::Sub => " - ",
            BinaryOp::Mul => " * ",
            BinaryOp::Div => " / ",
            BinaryOp::DivWhole => self.caps.whole_division,
            BinaryOp::Rem => " % ",
            BinaryOp::Matches if self.caps.queries.regex.is_empty() => return Err(self.no_regex()),
            BinaryOp::Matches => self.caps.queries.regex,
            BinaryOp::Same => return self.same(left, right, self.caps.same),
            BinaryOp::NotSame if self.caps.not_same.is_empty() => {
                self.push("NOT (");
                self.same(left, right, self.caps.same)?;
                self.push(")");
                return Ok(());
            }
            BinaryOp::NotSame => return self.same(left, right, self.caps.not_same),
            BinaryOp::Concat => return self.concat(left, right),
        };
        self.operand(left, left_least)?;
        self.push(sign);
        match right {
            // A document equals no text, however it reads.
            Expr::Value(Datum::Array(_)) if self.caps.types.arrays == Arrays::Table => self.as_array(right),
            _ => self.operand(right, right_least),
        }
    }

    /// Its text as a document.
    #[cold]
    fn as_array(&mut self, array: &'a Expr) -> Result<()> {
        self.around(["json_extract(", ", '$')"], array)
    }

    /// Equality to which NULL is a value.
    fn same(&mut self, left: &'a Expr, right: &'a Expr, sign: &str) -> Result<()> {
        self.operand(left, Level::Concat)?;
        self.push(" ");
        self.push(sign);
        self.push(" ");
        self.operand(right, Level::Concat)
    }

    fn concat(&mut self, left: &'a Expr, right: &'a Expr) -> Result<()> {
        let mut parts = vec![right];
        let mut rest = left;
        while let Expr::Binary { op: BinaryOp::Concat, left, right } = rest {
            parts.push(right);
            rest = left;
        }
        parts.push(rest);
        let parts = parts.into_iter().rev();
        if self.caps.concat_operator {
            return self.list(parts, " || ", |w, part| w.operand(part, Level::Sign));
        }
        self.push("concat(");
        self.list(parts, ", ", Writer::expr)?;
        self.push(")");
        Ok(())
    }

    /// Whether the database has an order for these.
    fn comparable(&self, values: [&Expr; 2]) -> Result<()> {
        let is_decimal = |value: &Expr| matches!(value, Expr::Value(Datum::Decimal(_)));
        if self.caps.types.decimals || !values.into_iter().any(is_decimal) {
            return Ok(());
        }
        Err(Error::unsupported(
            format!("{} keeps decimals as texts: it would find 9.5 above 31.5", self.caps.name),
            "compare numbers, as in `Product.price.cast::<f64>().gt(31.5)`, or keep an integer of the smallest unit",
        ))
    }

    fn between(&mut self, of: &'a Expr, low: &'a Expr, high: &'a Expr, negated: bool) -> Result<()> {
        self.comparable([low, high])?;
        self.operand(of, Level::Concat)?;
        self.push(if negated { " NOT BETWEEN " } else { " BETWEEN " });
        self.operand(low, Level::Concat)?;
        self.push(" AND ");
        self.operand(high, Level::Concat)
    }

    fn like(
        &mut self,
        of: &'a Expr,
        pattern: &'a Expr,
        escape: Option<char>,
        insensitive: bool,
        negated: bool,
    ) -> Result<()> {
        if self.caps.like_ends_at_nul
            && matches!(pattern, Expr::Value(Datum::Text(text)) if text.contains('\0'))
        {
            return Err(Error::unsupported(
                format!(
                    "LIKE in {} reads a pattern up to the NUL in it, and would match too much",
                    self.caps.name
                ),
                "search with a function that reads all of it, as `func::call(\"instr\", ..)` does",
            ));
        }
        let lowered = insensitive && !self.caps.ilike;
        self.lowered(of, lowered)?;
        self.push(if negated { " NOT" } else { "" });
        self.push(if insensitive && self.caps.ilike { " ILIKE " } else { " LIKE " });
        self.lowered(pattern, lowered)?;
        if let Some(escape) = escape {
            self.push(" ESCAPE ");
            self.literal(&Datum::Text(escape.to_string()));
        }
        Ok(())
    }

    fn lowered(&mut self, expr: &'a Expr, lowered: bool) -> Result<()> {
        if !lowered {
            return self.operand(expr, Level::Concat);
        }
        self.push("lower(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    fn case(
        &mut self,
        of: Option<&'a Expr>,
        arms: &'a [(Expr, Expr)],
        otherwise: Option<&'a Expr>,
    ) -> Result<()> {
        // A CASE without arms is its ELSE, or nothing at all.
        if arms.is_empty() {
            return match otherwise {
                Some(expr) => self.parenthesised(std::slice::from_ref(expr)),
                None => {
                    self.push("NULL");
                    Ok(())
                }
            };
        }
        self.push("CASE");
        if let Some(of) = of {
            self.push(" ");
            self.expr(of)?;
        }
        for (condition, result) in arms {
            self.push(" WHEN ");
            self.expr(condition)?;
            self.push(" THEN ");
            self.expr(result)?;
        }
        if let Some(expr) = otherwise {
            self.push(" ELSE ");
            self.expr(expr)?;
        }
        self.push(" END");
        Ok(())
    }

    pub(super) fn cast(&mut self, of: &'a Expr, to: &SqlType) -> Result<()> {
        self.push("CAST(");
        self.expr(of)?;
        self.push(" AS ");
        let name = self.caps.type_in(None, to, self.caps.cast_name);
        self.push(&name);
        self.push(")");
        Ok(())
    }

    #[cold]
    pub(super) fn no_regex(&self) -> Error {
        self.unsupported(
            "a regular expression",
            "use `.like(..)`, `.contains(..)` and their kind, or `func::replace(..)`",
        )
    }

    fn exists(&mut self, select: &'a Select, negated: bool) -> Result<()> {
        self.push(if negated { "NOT EXISTS " } else { "EXISTS " });
        self.subselect(select)
    }
}

#[cold]
fn misplaced_quantifier() -> Error {
    Error::new(ErrorKind::InvalidStatement, "ANY and ALL stand only on the right of a comparison")
        .with_help("write `User.karma.gt(func::all(..))`")
}
