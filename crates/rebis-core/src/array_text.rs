//! Arrays as text: JSON, as [`Cell::Array`] has them and as databases without arrays keep them, and the literals of
//! those that have arrays: `{1,NULL,"a b"}`.

use crate::{Cell, Datum, SqlType, Value, iso};
use std::fmt::Write;

/// Appends a value as an element of a JSON array. What JSON has no literal for becomes a string: bytes `"\\x00ff"`, dates
/// in ISO 8601, decimals with all their digits.
///
/// ```
/// use rebis_core::{Cell, array_text};
/// let mut out = String::new();
/// array_text::push_element(&mut out, Cell::Text(b"a \"b\""));
/// assert_eq!(out, r#""a \"b\"""#);
/// ```
pub fn push_element(out: &mut String, cell: Cell<'_>) {
    // Writing to a string cannot fail, so the results of `write!` are dropped.
    match cell {
        Cell::Bool(v) => out.push_str(if v { "true" } else { "false" }),
        Cell::Int(v) => _ = write!(out, "{v}"),
        Cell::Unsigned(v) => _ = write!(out, "{v}"),
        Cell::Float(v) if v.is_finite() => _ = write!(out, "{v:?}"),
        Cell::Float(v) if v.is_nan() => out.push_str("\"NaN\""),
        Cell::Float(v) => out.push_str(if v > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" }),
        Cell::Text(v) => push_string(out, &String::from_utf8_lossy(v)),
        Cell::Decimal(v) | Cell::Array(v) | Cell::Written(v) => push_string(out, v),
        Cell::Blob(v) => {
            out.push_str("\"\\\\x");
            v.iter().for_each(|byte| _ = write!(out, "{byte:02x}"));
            out.push('"');
        }
        Cell::Uuid(v) => {
            let digits = format!("{:032x}", u128::from_be_bytes(v));
            let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
            _ = write!(out, "\"{}\"", parts.join("-"));
        }
        Cell::Date(v) => quoted(out, |out| iso::push_date(out, i64::from(v))),
        Cell::Time(v) => quoted(out, |out| iso::push_time(out, v)),
        Cell::Timestamp(v) => quoted(out, |out| iso::push_timestamp(out, v)),
        Cell::Instant(v) => quoted(out, |out| iso::push_instant(out, v)),
        Cell::Null | Cell::Interval { .. } | Cell::Unfit(_) | Cell::KeyOf { .. } => out.push_str("null"),
    }
}

fn quoted(out: &mut String, push: impl FnOnce(&mut String)) {
    out.push('"');
    push(out);
    out.push('"');
}

/// Appends a text as JSON has it, in quotes.
///
/// ```
/// let mut out = String::new();
/// rebis_core::array_text::push_string(&mut out, "a \"b\"");
/// assert_eq!(out, r#""a \"b\"""#);
/// ```
pub fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The literal of an array, from its JSON text.
///
/// ```
/// assert_eq!(rebis_core::array_text::literal(r#"[1,null,"a \"b\""]"#), r#"{1,NULL,"a \"b\""}"#);
/// ```
pub fn literal(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 8);
    out.push('{');
    let mut elements = Elements::new(json);
    let mut first = true;
    while let Some(element) = elements.next_of(json) {
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        match element {
            Part::Null => out.push_str("NULL"),
            Part::Bare(text) => out.push_str(text),
            Part::Text(text) => push_quoted(&mut out, &text),
        }
    }
    out.push('}');
    out
}

/// Appends a text as an element of the literal of an array, in quotes.
///
/// ```
/// let mut out = String::new();
/// rebis_core::array_text::push_quoted(&mut out, "a \"b\"");
/// assert_eq!(out, r#""a \"b\"""#);
/// ```
pub fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// Whether a text in the array has a NUL in it.
pub fn has_nul(json: &str) -> bool {
    json.contains("\\u0000") && {
        let mut elements = Elements::new(json);
        std::iter::from_fn(|| elements.next_of(json))
            .any(|part| matches!(part, Part::Text(t) if t.contains('\0')))
    }
}

/// The elements of a JSON array as plain values: booleans, numbers and texts.
///
/// ```
/// use rebis_core::{Datum, array_text};
/// assert_eq!(array_text::values("[1,null,\"a\"]"), [Datum::Int(1), Datum::Null, Datum::Text("a".into())]);
/// ```
pub fn values(json: &str) -> Vec<Datum> {
    let mut elements = Elements::new(json);
    let plain = |part| match part {
        Part::Null => Datum::Null,
        Part::Text(text) => Datum::Text(text),
        Part::Bare("true") => Datum::Bool(true),
        Part::Bare("false") => Datum::Bool(false),
        Part::Bare(text) => match (text.parse(), text.parse(), text.parse()) {
            (Ok(v), _, _) => Datum::Int(v),
            (_, Ok(v), _) => Datum::Unsigned(v),
            (_, _, Ok(v)) => Datum::Float(v),
            _ => Datum::Text(text.to_owned()),
        },
    };
    std::iter::from_fn(|| elements.next_of(json).map(plain)).collect()
}

/// Calls `each` with a cell for each element of an array in either text, by the type of the elements. `None` if the text
/// is no array of one dimension.
pub(crate) fn read<E>(
    text: &str,
    of: &SqlType,
    mut each: impl FnMut(Cell<'_>) -> Result<(), E>,
) -> Option<Result<(), E>> {
    let text = text.trim();
    let mut elements = Elements::new(text);
    let mut bytes = Vec::new();
    while let Some(part) = elements.next_of(text) {
        let cell = match &part {
            Part::Null => Cell::Null,
            Part::Bare(text) => typed(text, of, &mut bytes)?,
            Part::Text(text) => typed(text, of, &mut bytes)?,
        };
        if let Err(error) = each(cell) {
            return Some(Err(error));
        }
    }
    elements.sound().then_some(Ok(()))
}

/// One element that is not NULL, read as a type.
pub(crate) fn element<T: Value>(text: &str, of: &SqlType) -> Option<T> {
    T::decode(typed(text, of, &mut Vec::new())?).ok()
}

/// The cell of an element that is not NULL.
fn typed<'t>(text: &'t str, of: &SqlType, bytes: &'t mut Vec<u8>) -> Option<Cell<'t>> {
    Some(match of {
        SqlType::Bool => match text {
            "t" | "true" | "1" => Cell::Bool(true),
            "f" | "false" | "0" => Cell::Bool(false),
            _ => return None,
        },
        // What does not fit is the element's error.
        SqlType::I16 | SqlType::I32 | SqlType::I64 => match text.parse() {
            Ok(v) => Cell::Int(v),
            Err(_) => Cell::Decimal(text),
        },
        SqlType::F32 | SqlType::F64 => Cell::Float(text.parse().ok()?),
        SqlType::Decimal { .. } => Cell::Decimal(text),
        SqlType::Bytes => {
            bytes.clear();
            for pair in text.strip_prefix("\\x")?.as_bytes().chunks(2) {
                bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
            }
            Cell::Blob(bytes)
        }
        _ => Cell::Text(text.as_bytes()),
    })
}

/// One element as it stands in the text.
enum Part<'t> {
    Null,
    Bare(&'t str),
    Text(String),
}

/// The elements of an array in either text.
struct Elements {
    at: usize,
    json: bool,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Start,
    Within,
    End,
    Broken,
}

impl Elements {
    fn new(text: &str) -> Elements {
        let json = text.starts_with('[');
        let state = if json || text.starts_with('{') { State::Start } else { State::Broken };
        Elements { at: 1, json, state }
    }

    /// Whether the end was reached, and is the end of the text.
    fn sound(&self) -> bool {
        self.state == State::End
    }

    /// The next element of the text that this was made for.
    fn next_of<'t>(&mut self, text: &'t str) -> Option<Part<'t>> {
        let close = if self.json { b']' } else { b'}' };
        let bytes = text.as_bytes();
        self.blanks(bytes);
        match (&self.state, bytes.get(self.at)) {
            (State::Start | State::Within, Some(byte)) if *byte == close => {
                self.at += 1;
                self.state = if self.at == bytes.len() { State::End } else { State::Broken };
                return None;
            }
            (State::Start, Some(_)) => {}
            (State::Within, Some(b',')) => {
                self.at += 1;
                self.blanks(bytes);
            }
            (State::End, _) => return None,
            _ => {
                self.state = State::Broken;
                return None;
            }
        }
        let part = self.part(text, close);
        self.state = if part.is_some() { State::Within } else { State::Broken };
        part
    }

    fn blanks(&mut self, bytes: &[u8]) {
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn part<'t>(&mut self, text: &'t str, close: u8) -> Option<Part<'t>> {
        let bytes = text.as_bytes();
        match bytes.get(self.at)? {
            b'"' => self.string(text).map(Part::Text),
            // A document or an array within: as it stands there, where JSON is wanted.
            b'{' | b'[' if self.json => self.nested(text).map(Part::Bare),
            // Another dimension.
            b'{' => None,
            _ => {
                let from = self.at;
                let more = |byte: &u8| *byte != b',' && *byte != close;
                self.at += bytes[from..].iter().take_while(|byte| more(byte)).count();
                let bare = text[from..self.at].trim();
                match bare.is_empty() {
                    true => None,
                    false if bare.eq_ignore_ascii_case("null") => Some(Part::Null),
                    false => Some(Part::Bare(bare)),
                }
            }
        }
    }

    /// A text in quotes.
    fn string(&mut self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text[self.at + 1..].char_indices();
        while let Some((_, c)) = rest.next() {
            match c {
                '"' => {
                    self.at = text.len() - rest.as_str().len();
                    return Some(out);
                }
                '\\' => {
                    let (_, c) = rest.next()?;
                    match c {
                        c if !self.json => out.push(c),
                        'n' => out.push('\n'),
                        't' => out.push('\t'),
                        'r' => out.push('\r'),
                        'b' => out.push('\u{8}'),
                        'f' => out.push('\u{c}'),
                        'u' => {
                            let mut unit = || -> Option<u32> {
                                let digits: String = rest.by_ref().take(4).map(|(_, c)| c).collect();
                                u32::from_str_radix(&digits, 16).ok()
                            };
                            let mut code = unit()?;
                            // A character beyond 16 bits comes in two halves.
                            if (0xd800..0xdc00).contains(&code) {
                                let (_, _) = (rest.next()?, rest.next()?);
                                let digits: String = rest.by_ref().take(4).map(|(_, c)| c).collect();
                                let low = u32::from_str_radix(&digits, 16).ok()?.checked_sub(0xdc00)?;
                                code = 0x10000 + ((code - 0xd800) << 10) + low;
                            }
                            out.push(char::from_u32(code)?);
                        }
                        c => out.push(c),
                    }
                }
                c => out.push(c),
            }
        }
        None
    }

    /// To the bracket that closes the one here.
    fn nested<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let from = self.at;
        let (mut depth, mut within, mut escaped) = (0usize, false, false);
        for (at, c) in text[from..].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if within => escaped = true,
                '"' => within = !within,
                '{' | '[' if !within => depth += 1,
                '}' | ']' if !within => {
                    depth -= 1;
                    if depth == 0 {
                        self.at = from + at + 1;
                        return Some(&text[from..self.at]);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Value + PartialEq + std::fmt::Debug>(values: Vec<T>, json: &str, array: &str)
    where
        Vec<T>: Value,
    {
        assert_eq!(Datum::of(&values), Datum::Array(json.to_owned()));
        assert_eq!(literal(json), array);
        for text in [json, array] {
            let read = Vec::<T>::decode(Cell::Text(text.as_bytes())).unwrap();
            assert!(read.same(&values), "{text}: {read:?}");
        }
        assert!(Vec::<T>::decode(Cell::Array(json)).unwrap().same(&values));
    }

    #[test]
    fn both_texts_are_read_as_what_was_written() {
        check::<i64>(vec![], "[]", "{}");
        check(
            vec![i64::MIN, 0, i64::MAX],
            "[-9223372036854775808,0,9223372036854775807]",
            "{-9223372036854775808,0,9223372036854775807}",
        );
        check(vec![u64::MAX], "[18446744073709551615]", "{18446744073709551615}");
        check(vec![Some(1i16), None], "[1,null]", "{1,NULL}");
        check(vec![true, false], "[true,false]", "{true,false}");
        check(
            vec![0.1, f64::NAN, f64::NEG_INFINITY, 1e300],
            r#"[0.1,"NaN","-Infinity",1e300]"#,
            r#"{0.1,"NaN","-Infinity",1e300}"#,
        );
        let odd = ["", "null", "NULL", "a b", "q\"\\", "{,}", "é𝄞", "\n"].map(str::to_owned).to_vec();
        check(
            odd,
            "[\"\",\"null\",\"NULL\",\"a b\",\"q\\\"\\\\\",\"{,}\",\"é𝄞\",\"\\u000a\"]",
            "{\"\",\"null\",\"NULL\",\"a b\",\"q\\\"\\\\\",\"{,}\",\"é𝄞\",\"\n\"}",
        );
        check(vec![vec![0u8, 255], vec![]], r#"["\\x00ff","\\x"]"#, r#"{"\\x00ff","\\x"}"#);
    }

    #[test]
    fn other_spellings() {
        let read = |text: &str| Vec::<String>::decode(Cell::Text(text.as_bytes())).ok();
        let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(read(r#" [ "a" , "\u00e9\ud834\udd1e\n" ] "#), words(&["a", "é𝄞\n"]));
        assert_eq!(read("{a,b c,\"d\"}"), words(&["a", "b c", "d"]));
        assert_eq!(read(r#"[{"a":"]"},[1]]"#), words(&[r#"{"a":"]"}"#, "[1]"]));
        assert_eq!(Vec::<bool>::decode(Cell::Text(b"{t,f}")).ok(), Some(vec![true, false]));
        for wrong in
            ["", "a", "[", "{", "[1", "{a,}", "[1]x", "{{a},{b}}", "[,]", "[\"a]", "[2:3]={a,b}", "[null]"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert!(Vec::<i16>::decode(Cell::Text(b"{40000}")).is_err());
        assert!(Vec::<u64>::decode(Cell::Text(b"{-1}")).is_err());
    }

    #[test]
    fn a_nul_is_seen() {
        let json = |text: &str| match Datum::of(&vec![text.to_owned()]) {
            Datum::Array(json) => json,
            other => panic!("{other:?}"),
        };
        assert!(has_nul(&json("a\0b")));
        assert!(!has_nul(&json("\\u0000")) && !has_nul(&json("")));
    }
}
