//! Places in JSON documents. Keys are written as literals, so that the text of a statement tells its path.

use super::precedence::Level;
use super::writer::Writer;
use crate::JsonPaths;
use crate::ast::{DocumentOp, Expr, JsonPlace, JsonStep, JsonTake};
use rebis_core::{Datum, Error, Result, SqlType};

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

    /// Something of a document; `other`: the text of another.
    pub(super) fn document(
        &mut self,
        what: &DocumentOp,
        steps: &[JsonStep],
        document: &'a Expr,
        other: Option<&'a Expr>,
    ) -> Result<()> {
        match (what, other, self.caps.json) {
            (DocumentOp::Contains, Some(other), JsonPaths::Keys) => {
                self.part(document, steps)?;
                self.push(" @> ");
                self.cast(other, &SqlType::Json)
            }
            (DocumentOp::Contains, Some(other), JsonPaths::Extract) => {
                self.push("json_contains(");
                self.expr(document)?;
                self.push(", ");
                self.expr(other)?;
                self.push(", ");
                self.json_path(steps)?;
                self.push(")");
                Ok(())
            }
            (DocumentOp::SetAt, Some(other), JsonPaths::Keys) => {
                self.push("jsonb_set(");
                self.expr(document)?;
                self.push(", ");
                self.keys(steps)?;
                self.push(", ");
                self.cast(other, &SqlType::Json)?;
                self.push(")");
                Ok(())
            }
            (DocumentOp::SetAt, Some(other), paths) => {
                self.push("json_set(");
                self.by_path(document, steps)?;
                self.push(if paths == JsonPaths::Arrow { ", json(" } else { ", json_extract(" });
                self.expr(other)?;
                self.push(if paths == JsonPaths::Arrow { "))" } else { ", '$'))" });
                Ok(())
            }
            (DocumentOp::Remove, _, JsonPaths::Keys) => self.by_keys(document, " #- ", steps),
            (DocumentOp::Remove, ..) => self.call_on("json_remove(", |w| w.by_path(document, steps)),
            (DocumentOp::Elements(_), ..) => {
                Err(self.unsupported("elements of an array as a value", "join them: `.elements::<..>(..)`"))
            }
            (DocumentOp::Contains | DocumentOp::SetAt, ..) => Err(self.unsupported(
                "whether a document contains another",
                "ask for its parts: `.path(..).as_::<..>()`, or for some of its elements by `.elements::<..>(..)`",
            )),
        }
    }

    /// The elements of an array in a document as rows, in FROM.
    pub(super) fn document_rows(
        &mut self,
        to: &SqlType,
        steps: &[JsonStep],
        document: &'a Expr,
    ) -> Result<()> {
        match self.caps.json {
            JsonPaths::Keys => {
                self.push("LATERAL (SELECT ");
                match to {
                    SqlType::Json | SqlType::Text { .. } => self.push("element.value"),
                    _ => {
                        let name = self.caps.type_in(None, to, self.caps.cast_name);
                        self.push(&format!("CAST(element.value AS {name}) AS value"));
                    }
                }
                let text = if *to == SqlType::Json { "" } else { "_text" };
                self.push(&format!(" FROM jsonb_array_elements{text}("));
                self.part(document, steps)?;
                self.push(") AS element (value))");
                Ok(())
            }
            JsonPaths::Arrow => self.call_on("json_each(", |w| w.by_path(document, steps)),
            JsonPaths::Extract => {
                self.push("json_table(");
                self.expr(document)?;
                let mut path = path_of(steps, self.caps.json).ok_or_else(|| self.odd_key())?;
                path.push_str("[*]");
                self.push(", ");
                self.literal(&Datum::Text(path));
                let name = (self.caps.type_name)(to);
                self.push(&format!(" COLUMNS (value {name} PATH '$'))"));
                Ok(())
            }
        }
    }

    /// The part of a document at a place.
    fn part(&mut self, document: &'a Expr, steps: &[JsonStep]) -> Result<()> {
        match steps {
            [] => self.operand(document, Level::Primary),
            _ => self.call_on("(", |w| w.by_keys(document, " #> ", steps)),
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
        let name = self.caps.type_in(None, to, self.caps.cast_name);
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
        let path = path_of(steps, self.caps.json).ok_or_else(|| self.odd_key())?;
        self.literal(&Datum::Text(path));
        Ok(())
    }

    #[cold]
    fn odd_key(&self) -> Error {
        self.unsupported(
            "a key of JSON with a quote, a backslash or a control character in it, or a `-` at its start",
            "read the whole document, and look into it in the program",
        )
    }

    /// `ARRAY['size', '0']`
    fn by_keys(&mut self, of: &'a Expr, sign: &str, steps: &[JsonStep]) -> Result<()> {
        self.operand(of, Level::Primary)?;
        self.push(sign);
        self.keys(steps)
    }

    fn keys(&mut self, steps: &[JsonStep]) -> Result<()> {
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

/// `$."size"[0]`; `None` if a key cannot be written in it.
fn path_of(steps: &[JsonStep], paths: JsonPaths) -> Option<String> {
    let mut path = String::from("$");
    for step in steps {
        match step {
            JsonStep::At(position) => path.push_str(&format!("[{position}]")),
            // Some compare a key as the document writes it, with escapes of its own choice.
            JsonStep::Key(key) if key.contains(|c: char| matches!(c, '"' | '\\') || c.is_control()) => {
                return None;
            }
            // MariaDB finds nothing there, in quotes or not.
            JsonStep::Key(key) if key.starts_with('-') && paths == JsonPaths::Extract => return None,
            JsonStep::Key(key) => path.push_str(&format!(".\"{key}\"")),
        }
    }
    Some(path)
}
