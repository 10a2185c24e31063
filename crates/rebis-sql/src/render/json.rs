//! Places in JSON documents. Keys are written as literals, so that the text of a statement tells its path.

use super::precedence::Level;
use super::writer::Writer;
use crate::JsonPaths;
use crate::ast::{Expr, JsonPlace, JsonStep, JsonTake};
use rebis_core::{Datum, Result, SqlType};

impl<'a> Writer<'a> {
    pub(super) fn json(&mut self, of: &'a Expr, place: &JsonPlace) -> Result<()> {
        let JsonPlace { steps, take } = place;
        match (self.caps.json, take) {
            (JsonPaths::Keys, JsonTake::Value(as_type)) => {
                self.json_as(as_type, |w| w.by_keys(of, " #>> ", steps))
            }
            (JsonPaths::Keys, JsonTake::Kind) => {
                self.call_on("jsonb_typeof(", |w| w.by_keys(of, " #> ", steps))
            }
            (JsonPaths::Keys, JsonTake::Length) => {
                self.call_on("jsonb_array_length(", |w| w.by_keys(of, " #> ", steps))
            }
            (JsonPaths::Arrow, JsonTake::Value(as_type)) => self.json_as(as_type, |w| {
                w.operand(of, Level::Primary)?;
                w.push(" ->> ");
                w.json_path(steps)
            }),
            (JsonPaths::Arrow, JsonTake::Kind) => self.call_on("json_type(", |w| w.by_path(of, steps)),
            (JsonPaths::Arrow, JsonTake::Length) => {
                self.call_on("json_array_length(", |w| w.by_path(of, steps))
            }
            (JsonPaths::Extract, JsonTake::Kind) => self.extracted(of, steps, "json_type("),
            (JsonPaths::Extract, JsonTake::Length) => self.call_on("json_length(", |w| w.by_path(of, steps)),
            (JsonPaths::Extract, JsonTake::Value(as_type)) => {
                // JSON's null would come out as a text.
                self.push("CASE WHEN ");
                self.extracted(of, steps, "json_type(")?;
                self.push(" <> 'NULL' THEN ");
                if *as_type == SqlType::Bool {
                    self.extracted(of, steps, "json_unquote(")?;
                    self.push(" = 'true'");
                } else {
                    self.json_as(as_type, |w| w.extracted(of, steps, "json_unquote("))?;
                }
                self.push(" END");
                Ok(())
            }
        }
    }

    fn call_on(&mut self, call: &str, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.push(call);
        write(self)?;
        self.push(")");
        Ok(())
    }

    /// Texts need no CAST where what comes is text anyway.
    fn json_as(&mut self, to: &SqlType, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let text = matches!(to, SqlType::Text { .. } | SqlType::Enum { .. } | SqlType::Json);
        if text && self.caps.json != JsonPaths::Arrow {
            return self.call_on("(", write);
        }
        self.push("CAST(");
        write(self)?;
        self.push(" AS ");
        let name = (self.caps.cast_name)(to);
        self.push(&name);
        self.push(")");
        Ok(())
    }

    fn extracted(&mut self, of: &'a Expr, steps: &[JsonStep], call: &str) -> Result<()> {
        self.call_on(call, |w| w.call_on("json_extract(", |w| w.by_path(of, steps)))
    }

    fn by_path(&mut self, of: &'a Expr, steps: &[JsonStep]) -> Result<()> {
        self.expr(of)?;
        self.push(", ");
        self.json_path(steps)
    }

    /// `$."size"[0]`
    fn json_path(&mut self, steps: &[JsonStep]) -> Result<()> {
        let mut path = String::from("$");
        for step in steps {
            match step {
                JsonStep::At(position) => path.push_str(&format!("[{position}]")),
                JsonStep::Key(key) if key.contains(['"', '\\']) => {
                    return Err(self.unsupported(
                        "a key of JSON with a quote or a backslash in it",
                        "read the whole document, and look into it in the program",
                    ));
                }
                JsonStep::Key(key) => path.push_str(&format!(".\"{key}\"")),
            }
        }
        self.literal(&Datum::Text(path));
        Ok(())
    }

    /// `ARRAY['size', '0']`
    fn by_keys(&mut self, of: &'a Expr, sign: &str, steps: &[JsonStep]) -> Result<()> {
        self.operand(of, Level::Primary)?;
        self.push(sign);
        self.push("ARRAY[");
        self.list(steps, ", ", |w, step| {
            w.literal(&Datum::Text(match step {
                JsonStep::Key(key) => key.to_string(),
                JsonStep::At(position) => position.to_string(),
            }));
            Ok(())
        })?;
        self.push(if steps.is_empty() { "]::text[]" } else { "]" });
        Ok(())
    }
}
