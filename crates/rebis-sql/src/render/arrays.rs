//! Arrays, and what else holds values. Where the database has no arrays they are JSON, and what is asked of them is asked
//! of its elements.

use super::precedence::Level;
use super::writer::Writer;
use crate::Arrays;
use crate::ast::{ArrayOp, Expr, Holding, JsonPlace, JsonStep, JsonTake};
use rebis_core::{Datum, Result, SqlType, array_text};

impl<'a> Writer<'a> {
    /// Whether an array, a range or a network holds something.
    pub(super) fn holds(
        &mut self,
        what: Holding,
        of: &SqlType,
        nullable: bool,
        [first, second]: [&'a Expr; 2],
    ) -> Result<()> {
        match (of, self.caps.types.arrays) {
            (SqlType::Array(of), Arrays::Native) => self.holds_natively(what, of, first, second),
            (SqlType::Array(of), Arrays::Each) => self.unless_null(nullable, first, |w| {
                w.holds_each(what, of, first, second)
            }),
            (SqlType::Array(of), Arrays::Table) => self.holds_in_json(what, of, first, second),
            (SqlType::Range(_), _) if self.caps.types.ranges => {
                let sign = match what {
                    Holding::One | Holding::All => " @> ",
                    Holding::Some => " && ",
                    Holding::Within => " <@ ",
                };
                let item = if what == Holding::One { of.held() } else { of };
                self.signed(first, sign, second, item)
            }
            (_, _) if self.caps.types.ranges => {
                let sign = match what {
                    Holding::One | Holding::All => " >>= ",
                    Holding::Some => " && ",
                    Holding::Within => " <<= ",
                };
                self.signed(first, sign, second, &SqlType::Inet)
            }
            (SqlType::Range(_), _) => Err(self.no_ranges()),
            _ => Err(self.unsupported(
                "a look into a network",
                "keep the first and the last address in columns of their own, as numbers, and compare with `.between(..)`",
            )),
        }
    }

    /// A parameter tells no type, so it is cast.
    fn signed(&mut self, first: &'a Expr, sign: &str, second: &'a Expr, of: &SqlType) -> Result<()> {
        self.operand(first, Level::Sum)?;
        self.push(sign);
        match second {
            Expr::Value(_) | Expr::Param(_) | Expr::Late(_) => self.cast(second, of),
            _ => self.operand(second, Level::Sum),
        }
    }

    /// `tags @> $1`. The array of one element, and not `$1 = ANY (tags)`, because an index finds it.
    fn holds_natively(
        &mut self,
        what: Holding,
        of: &SqlType,
        first: &'a Expr,
        second: &'a Expr,
    ) -> Result<()> {
        match (what, second) {
            (Holding::One, Expr::Value(datum)) => {
                self.operand(first, Level::Sum)?;
                self.push(" @> ");
                self.value(&array_of(datum));
                Ok(())
            }
            (Holding::One, _) => {
                self.element(second, of)?;
                self.push(" = ANY (");
                self.expr(first)?;
                self.push(")");
                Ok(())
            }
            (Holding::All, _) => self.two(first, " @> ", second),
            (Holding::Some, _) => self.two(first, " && ", second),
            (Holding::Within, _) => self.two(first, " <@ ", second),
        }
    }

    pub(super) fn two(&mut self, first: &'a Expr, sign: &str, second: &'a Expr) -> Result<()> {
        self.operand(first, Level::Sum)?;
        self.push(sign);
        self.operand(second, Level::Sum)
    }

    fn holds_each(&mut self, what: Holding, of: &SqlType, first: &'a Expr, second: &'a Expr) -> Result<()> {
        match what {
            Holding::One => {
                self.enclosed("EXISTS (SELECT 1 FROM json_each", first)?;
                self.push(" AS element WHERE element.value = ");
                self.element(second, of)?;
                self.push(")");
                Ok(())
            }
            Holding::Some => {
                self.enclosed("EXISTS (SELECT 1 FROM json_each", first)?;
                self.enclosed(" AS element JOIN json_each", second)?;
                self.push(" AS wanted ON wanted.value = element.value)");
                Ok(())
            }
            Holding::All => self.each_is_in(second, first),
            Holding::Within => self.each_is_in(first, second),
        }
    }

    /// NULL equals nothing, so that an array with one is in no other.
    fn each_is_in(&mut self, wanted: &'a Expr, array: &'a Expr) -> Result<()> {
        self.enclosed("NOT EXISTS (SELECT 1 FROM json_each", wanted)?;
        self.enclosed(" AS wanted WHERE NOT EXISTS (SELECT 1 FROM json_each", array)?;
        self.push(" AS element WHERE element.value = wanted.value))");
        Ok(())
    }

    fn holds_in_json(
        &mut self,
        what: Holding,
        of: &SqlType,
        first: &'a Expr,
        second: &'a Expr,
    ) -> Result<()> {
        let (array, other) = if what == Holding::Within { (second, first) } else { (first, second) };
        self.push(if what == Holding::Some { "json_overlaps(" } else { "json_contains(" });
        self.expr(array)?;
        self.push(", ");
        match (what, other) {
            (Holding::One, Expr::Value(datum)) => self.value(&array_of(datum)),
            (Holding::One, other) => {
                self.plain(of)?;
                self.enclosed("json_array", other)?;
            }
            (_, other) => self.expr(other)?,
        }
        self.push(")");
        Ok(())
    }

    /// Something of an array; `other`: a value or another array.
    pub(super) fn array(
        &mut self,
        what: ArrayOp,
        of: &SqlType,
        nullable: bool,
        array: &'a Expr,
        other: Option<&'a Expr>,
    ) -> Result<()> {
        if what == ArrayOp::Elements {
            return Err(self.unsupported("elements of an array as a value", "join them: `.elements(..)`"));
        }
        match self.caps.types.arrays {
            Arrays::Native => self.array_natively(what, of, array, other),
            Arrays::Each => self.array_of_each(what, of, nullable, array, other),
            Arrays::Table => self.array_in_json(what, of, array, other),
        }
    }

    fn array_natively(
        &mut self,
        what: ArrayOp,
        of: &SqlType,
        array: &'a Expr,
        other: Option<&'a Expr>,
    ) -> Result<()> {
        let call = match what {
            ArrayOp::At(at) => return self.subscript(array, &(u64::from(at) + 1).to_string()),
            ArrayOp::Slice(from, to) => {
                return self.subscript(array, &format!("{}:{to}", u64::from(from) + 1));
            }
            ArrayOp::Append => "array_append(",
            ArrayOp::Remove => "array_remove(",
            ArrayOp::Concat => "array_cat(",
            ArrayOp::Length | ArrayOp::Elements => "cardinality(",
        };
        self.push(call);
        self.expr(array)?;
        if let Some(other) = other {
            self.push(", ");
            match what {
                ArrayOp::Concat => self.cast(other, &SqlType::Array(Box::new(of.clone())))?,
                _ => self.cast(other, of)?,
            }
        }
        self.push(")");
        Ok(())
    }

    fn subscript(&mut self, array: &'a Expr, inside: &str) -> Result<()> {
        match array {
            Expr::Column(_) => self.expr(array)?,
            _ => self.enclosed("", array)?,
        }
        self.push(&format!("[{inside}]"));
        Ok(())
    }

    fn array_of_each(
        &mut self,
        what: ArrayOp,
        of: &SqlType,
        nullable: bool,
        array: &'a Expr,
        other: Option<&'a Expr>,
    ) -> Result<()> {
        let all = "(SELECT json_group_array(element.value) FROM json_each";
        match (what, other) {
            (ArrayOp::At(at), _) => self.element_at(at, of, array),
            (ArrayOp::Slice(from, to), _) => self.unless_null(nullable, array, |w| {
                w.enclosed(all, array)?;
                w.push(&format!(" AS element WHERE element.key >= {from} AND element.key < {to})"));
                Ok(())
            }),
            (ArrayOp::Append, Some(other)) => self.appended(["json_insert(", ", '$[#]', "], of, array, other),
            (ArrayOp::Remove, Some(other)) => self.unless_null(nullable, array, |w| {
                w.enclosed(all, array)?;
                w.push(" AS element WHERE element.value IS NOT ");
                w.element(other, of)?;
                w.push(")");
                Ok(())
            }),
            (ArrayOp::Concat, Some(other)) => self.unless_null(nullable, array, |w| {
                w.push("(SELECT json_group_array(element.value) FROM (SELECT value FROM json_each");
                w.enclosed("", array)?;
                w.enclosed(" UNION ALL SELECT value FROM json_each", other)?;
                w.push(") AS element)");
                Ok(())
            }),
            _ => self.enclosed("json_array_length", array),
        }
    }

    fn array_in_json(
        &mut self,
        what: ArrayOp,
        of: &SqlType,
        array: &'a Expr,
        other: Option<&'a Expr>,
    ) -> Result<()> {
        match (what, other) {
            (ArrayOp::At(at), _) => self.element_at(at, of, array),
            // A path that leads nowhere gives NULL.
            (ArrayOp::Slice(from, to), _) => {
                self.push("CASE WHEN ");
                self.operand(array, Level::Concat)?;
                self.push(" IS NOT NULL THEN ");
                if from >= to {
                    self.push("json_array()");
                } else {
                    self.push("coalesce(json_extract(");
                    self.expr(array)?;
                    self.push(&format!(", '$[{from} to {}]'), json_array())", to - 1));
                }
                self.push(" END");
                Ok(())
            }
            (ArrayOp::Append, Some(other)) => {
                self.appended(["json_array_append(", ", '$', "], of, array, other)
            }
            (ArrayOp::Concat, Some(other)) => {
                self.push("json_merge_preserve(");
                self.expr(array)?;
                self.push(", ");
                self.expr(other)?;
                self.push(")");
                Ok(())
            }
            (ArrayOp::Remove, _) => Err(self.unsupported(
                "an array without some of its elements",
                "read the array, take them out in the program, and set it",
            )),
            _ => self.enclosed("json_length", array),
        }
    }

    /// A call with the array and one more element; the words before each.
    fn appended(
        &mut self,
        [call, place]: [&str; 2],
        of: &SqlType,
        array: &'a Expr,
        element: &'a Expr,
    ) -> Result<()> {
        self.push(call);
        self.expr(array)?;
        self.push(place);
        self.element(element, of)?;
        self.push(")");
        Ok(())
    }

    fn element_at(&mut self, at: u32, of: &SqlType, array: &'a Expr) -> Result<()> {
        self.plain(of)?;
        self.json(array, &JsonPlace { steps: vec![JsonStep::At(at)], take: JsonTake::Value(of.clone()) })
    }

    /// The elements as rows of one column, `value`, in FROM.
    pub(super) fn elements(&mut self, of: &SqlType, array: &'a Expr) -> Result<()> {
        match self.caps.types.arrays {
            Arrays::Native => self.enclosed("unnest", array),
            Arrays::Each => {
                self.plain(of)?;
                self.enclosed("json_each", array)
            }
            Arrays::Table => {
                self.plain(of)?;
                self.push("json_table(");
                self.expr(array)?;
                let name = (self.caps.type_name)(of);
                self.push(&format!(", '$[*]' COLUMNS (value {name} PATH '$'))"));
                Ok(())
            }
        }
    }

    /// A value that is compared with elements, or becomes one: as it stands in an array.
    fn element(&mut self, value: &'a Expr, of: &SqlType) -> Result<()> {
        match value {
            Expr::Value(datum) if self.caps.types.arrays != Arrays::Native => {
                let mut plain = array_text::values(&array_json(datum));
                self.value(&plain.pop().unwrap_or(Datum::Null));
                Ok(())
            }
            _ if self.caps.types.arrays != Arrays::Native => {
                self.plain(of)?;
                self.operand(value, Level::Concat)
            }
            _ => self.operand(value, Level::Concat),
        }
    }

    /// In JSON some values are texts that are something else in a column.
    fn plain(&self, of: &SqlType) -> Result<()> {
        match of {
            SqlType::Uuid | SqlType::Bytes => Err(self.unsupported(
                "an element of an array of UUIDs or bytes as a value of its own",
                "ask with `.has(..)`, `.has_all(..)` or `.overlaps(..)` and values, or keep texts",
            )),
            _ => Ok(()),
        }
    }

    /// NULL where the array is, which has no elements then.
    fn unless_null(
        &mut self,
        nullable: bool,
        array: &'a Expr,
        write: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        if !nullable {
            return write(self);
        }
        self.push("CASE WHEN ");
        self.operand(array, Level::Concat)?;
        self.push(" IS NOT NULL THEN ");
        write(self)?;
        self.push(" END");
        Ok(())
    }

    /// A text, and an expression in parentheses.
    fn enclosed(&mut self, before: &str, of: &'a Expr) -> Result<()> {
        self.around([&format!("{before}("), ")"], of)
    }
}

/// The array of one value.
fn array_of(datum: &Datum) -> Datum {
    Datum::Array(array_json(datum))
}

fn array_json(datum: &Datum) -> String {
    let mut json = String::from("[");
    array_text::push_element(&mut json, datum.cell());
    json.push(']');
    json
}
