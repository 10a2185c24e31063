//! `IN`: short lists, long lists, subqueries.

use super::Bind;
use super::precedence::Level;
use super::writer::Writer;
use crate::LongIn;
use crate::ast::{Expr, InSet, Select, Special};
use rebis_core::{Datum, Result, array_text};
use std::fmt::Write;

impl<'a> Writer<'a> {
    pub(super) fn in_set(&mut self, of: &'a Expr, set: &'a InSet, negated: bool) -> Result<()> {
        match set {
            // No list is written: the operand is not looked at, NULL or not.
            InSet::List(items) if items.is_empty() => {
                self.push(if negated { "1 = 1" } else { "1 = 0" });
                Ok(())
            }
            InSet::List(items) => match self.values_of_long(items) {
                Some(values) => self.long_in(of, items, &values, negated),
                None => self.short_in(of, items, negated),
            },
            InSet::Select(select) => self.in_select(of, select, negated),
        }
    }

    pub(super) fn in_select(&mut self, of: &'a Expr, select: &'a Select, negated: bool) -> Result<()> {
        self.in_head(of, negated)?;
        self.subselect(select)
    }

    fn in_head(&mut self, of: &'a Expr, negated: bool) -> Result<()> {
        self.operand(of, Level::Concat)?;
        self.push(if negated { " NOT IN " } else { " IN " });
        Ok(())
    }

    fn short_in(&mut self, of: &'a Expr, items: &'a [Expr], negated: bool) -> Result<()> {
        self.in_head(of, negated)?;
        self.parenthesised(items)
    }

    /// The values of a list that is too long for one parameter each.
    fn values_of_long(&self, items: &'a [Expr]) -> Option<Vec<&'a Datum>> {
        let short = items.len() <= self.caps.in_limit && items.len() <= self.binds_left();
        if short || self.is_inline() {
            return None;
        }
        let kept = items.first().and_then(Expr::kept_by);
        items.iter().map(|item| value_of(item).filter(|_| item.kept_by() == kept)).collect()
    }

    fn long_in(
        &mut self,
        of: &'a Expr,
        items: &'a [Expr],
        values: &[&'a Datum],
        negated: bool,
    ) -> Result<()> {
        let kept = items.first().and_then(Expr::kept_by).and_then(|by| by.write.of(self.caps.words));
        let [before, behind] = kept.unwrap_or_default();
        match self.caps.long_in {
            LongIn::JsonEach => match json_array(values) {
                Some(json) => {
                    self.in_head(of, negated)?;
                    self.push("(SELECT ");
                    self.push(before);
                    self.push("value");
                    self.push(behind);
                    self.push(" FROM json_each(");
                    self.bind(Bind::Datum(Datum::Text(json)));
                    self.push("))");
                    Ok(())
                }
                None => self.literal_in(of, values, kept, negated),
            },
            LongIn::Array => match pg_array(values) {
                Some((array, of_what)) => {
                    // A cast beside the operand would read the text of the array again for each row.
                    self.in_head(of, negated)?;
                    self.push("(SELECT ");
                    self.push(before);
                    self.push("unnest(CAST(CAST(");
                    self.bind(Bind::Datum(Datum::Text(array)));
                    self.push(" AS TEXT) AS ");
                    self.push(of_what);
                    self.push("))");
                    self.push(behind);
                    self.push(")");
                    Ok(())
                }
                None if items.len() <= self.binds_left() => self.short_in(of, items, negated),
                None => self.literal_in(of, values, kept, negated),
            },
            LongIn::Literals if items.len() <= self.binds_left() => self.short_in(of, items, negated),
            LongIn::Literals => self.literal_in(of, values, kept, negated),
        }
    }

    /// Literals take no parameters, and no database limits the length of a list.
    fn literal_in(
        &mut self,
        of: &'a Expr,
        values: &[&Datum],
        kept: Option<[&'static str; 2]>,
        negated: bool,
    ) -> Result<()> {
        let [before, behind] = kept.unwrap_or_default();
        self.in_head(of, negated)?;
        self.push("(");
        self.list(values, ", ", |w, value| {
            w.push(before);
            w.literal(value);
            w.push(behind);
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }
}

fn value_of(expr: &Expr) -> Option<&Datum> {
    match expr {
        Expr::Value(datum) | Expr::Literal(datum) => Some(datum),
        Expr::Special { what: Special::Kept(_), of } => of.first().and_then(value_of),
        _ => None,
    }
}

/// The values as a JSON array, if all are integers or texts that JSON carries unchanged.
fn json_array(values: &[&Datum]) -> Option<String> {
    let mut json = String::with_capacity(values.len() * 8);
    json.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        match value {
            Datum::Int(v) => {
                // Writing to a string cannot fail.
                let _ = write!(json, "{v}");
            }
            Datum::Text(v) if !v.contains('\0') => array_text::push_string(&mut json, v),
            _ => return None,
        }
    }
    json.push(']');
    Some(json)
}

/// The values as the text of an array, with its type, if all are integers or all are texts.
fn pg_array(values: &[&Datum]) -> Option<(String, &'static str)> {
    let mut array = String::with_capacity(values.len() * 8);
    let texts = matches!(values.first(), Some(Datum::Text(_)));
    array.push('{');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            array.push(',');
        }
        match value {
            Datum::Int(v) if !texts => {
                // Writing to a string cannot fail.
                let _ = write!(array, "{v}");
            }
            Datum::Text(v) if texts => array_text::push_quoted(&mut array, v),
            _ => return None,
        }
    }
    array.push('}');
    Some((array, if texts { "TEXT[]" } else { "BIGINT[]" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_what_they_are_inside_json_and_arrays() {
        let odd = Datum::Text("a\"b\\c\n{é,}".into());
        assert_eq!(json_array(&[&odd, &Datum::Int(-3)]).unwrap(), "[\"a\\\"b\\\\c\\u000a{é,}\",-3]");
        assert_eq!(pg_array(&[&odd]).unwrap(), ("{\"a\\\"b\\\\c\n{é,}\"}".to_owned(), "TEXT[]"));
        assert_eq!(pg_array(&[&odd, &Datum::Int(1)]), None);
        assert_eq!(json_array(&[&Datum::Text("\0".into())]), None);
    }
}
