//! Documents that databases answer with. Read here, since the default build has nothing that reads JSON.

use rebis_core::{Error, ErrorKind, Result};

/// A JSON value. The members of an object stay in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn read(text: &str) -> Result<Json> {
        let mut reader = Reader { text, at: 0, depth: 0 };
        reader.value().ok_or_else(|| unreadable(reader.at))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The number; some databases put them in quotes.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Json::Number(number) => Some(*number),
            Json::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A value, or a list of values, in words; an object has none.
    pub(crate) fn words(&self) -> Option<String> {
        match self {
            Json::Null => Some("null".to_owned()),
            Json::Bool(is) => Some(is.to_string()),
            Json::Number(number) => Some(number.to_string()),
            Json::Text(text) => Some(text.clone()),
            Json::List(items) => {
                let words: Option<Vec<String>> = items.iter().map(Json::words).collect();
                words.map(|words| words.join(", "))
            }
            Json::Object(_) => None,
        }
    }
}

#[cold]
fn unreadable(at: usize) -> Error {
    Error::new(
        ErrorKind::Conversion,
        format!("the plan that the database answered cannot be read at byte {at}"),
    )
    .with_help("run the statement behind `EXPLAIN` with `sql(..)` for its text")
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    const DEEPEST: usize = 400;

    fn blank(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// Takes this character, if it comes next.
    fn takes(&mut self, byte: u8) -> bool {
        self.blank();
        let is = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is);
        is
    }

    fn value(&mut self) -> Option<Json> {
        self.blank();
        let words = [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
        for (word, value) in words {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Some(value);
            }
        }
        match self.text.as_bytes().get(self.at)? {
            b'"' => self.string().map(Json::Text),
            b'[' | b'{' => {
                self.depth += 1;
                let value = if self.depth > Self::DEEPEST { None } else { self.inner() };
                self.depth -= 1;
                value
            }
            _ => self.number(),
        }
    }

    fn inner(&mut self) -> Option<Json> {
        if self.takes(b'{') {
            return self.items(b'}', Self::member).map(Json::Object);
        }
        self.at += 1;
        self.items(b']', Self::value).map(Json::List)
    }

    fn items<T>(&mut self, end: u8, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        if self.takes(end) {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if self.takes(end) {
                return Some(items);
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    fn member(&mut self) -> Option<(String, Json)> {
        self.blank();
        let key = self.string()?;
        if self.takes(b':') { Some((key, self.value()?)) } else { None }
    }

    fn number(&mut self) -> Option<Json> {
        let rest = &self.text[self.at..];
        let end =
            rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let number = rest[..end].parse().ok()?;
        self.at += end;
        Some(Json::Number(number))
    }

    /// A quote is the end where what follows says so: MariaDB writes quotes in conditions as they are.
    fn string(&mut self) -> Option<String> {
        let mut chars = self.text.get(self.at..)?.strip_prefix('"')?.char_indices();
        let mut out = String::new();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if ends(chars.as_str()) => {
                    self.at += at + 2;
                    return Some(out);
                }
                '\\' => out.push(match chars.next()?.1 {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    // Half of a pair says nothing by itself; plans have none but in texts of the program.
                    'u' => {
                        let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('\u{fffd}')
                    }
                    other => other,
                }),
                c => out.push(c),
            }
        }
        None
    }
}

/// Whether a value or a key may end before this.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_ascii_start();
    match rest.strip_prefix(',') {
        Some(next) => next.trim_ascii_start().starts_with(|c: char| "\"{[-0123456789tfn".contains(c)),
        None => rest.is_empty() || rest.starts_with([':', ']', '}']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read() {
        let json =
            Json::read(r#" {"a": [1, -2.5e-1, "x\n\"\u0041"], "b": {}, "c": null, "d": true, "e": []} "#);
        let json = json.expect("it is one");
        assert_eq!(json.get("a").and_then(Json::words).as_deref(), Some("1, -0.25, x\n\"A"));
        assert_eq!(json.get("b"), Some(&Json::Object(Vec::new())));
        assert_eq!(json.get("e"), Some(&Json::List(Vec::new())));
        assert_eq!((json.get("c"), json.get("d")), (Some(&Json::Null), Some(&Json::Bool(true))));
    }

    #[test]
    fn a_quote_within_a_condition_does_not_end_it() {
        let plan =
            Json::read("{\"condition\": \"t.a = 'x\", (y\"\n; z' and b\",\n\"rows\": 1}").expect("it is one");
        assert_eq!(plan.get("condition").and_then(Json::text), Some("t.a = 'x\", (y\"\n; z' and b"));
        assert_eq!(plan.get("rows").and_then(Json::number), Some(1.0));
    }

    #[test]
    fn what_is_none_is_an_error() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "[1", "[1 2]", "{\"a\"}", "\"x", "nul", "\"\\", deep.as_str()] {
            assert!(Json::read(text).is_err(), "{}", text.len());
        }
    }
}
