//! Rust text with what is not code blanked out: same bytes, same lines. Enough of a lexer to know comments, strings
//! and characters; not a parser.

/// Two views of a text, as long as the text itself.
#[derive(Clone, Debug)]
pub(super) struct Views {
    /// Without comments.
    pub(super) uncommented: String,
    /// Without comments, and strings and characters are empty.
    pub(super) code: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    Comment,
    Text,
}

/// Blanks out what is not code.
pub(super) fn views(text: &str) -> Views {
    let parts = parts(text);
    let view = |keep: &dyn Fn(Part) -> bool| -> String {
        let bytes =
            text.bytes().zip(&parts).map(|(b, part)| if b == b'\n' || keep(*part) { b } else { b' ' });
        String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
    };
    Views { uncommented: view(&|part| part != Part::Comment), code: view(&|part| part == Part::Code) }
}

/// What each byte is part of.
fn parts(text: &str) -> Vec<Part> {
    let bytes = text.as_bytes();
    let mut parts = vec![Part::Code; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let (part, length) = piece(bytes, at);
        parts[at..at + length].fill(part);
        at += length;
    }
    parts
}

/// The piece that begins here, and how long it is.
fn piece(bytes: &[u8], at: usize) -> (Part, usize) {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => (Part::Comment, rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())),
        [b'/', b'*', ..] => (Part::Comment, block_comment(rest)),
        [b'"', ..] => (Part::Text, string(rest)),
        [b'r', b'"' | b'#', ..] if begins_word(bytes, at) => raw_string(rest),
        [b'\'', ..] => character(rest),
        _ => (Part::Code, 1),
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"` and `r#"…"#`; `r#type` is code. After `b` and `c` too.
fn raw_string(rest: &[u8]) -> (Part, usize) {
    let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return (Part::Code, 1 + hashes);
    }
    let mut end = vec![b'"'];
    end.resize(1 + hashes, b'#');
    let body = &rest[2 + hashes..];
    let length = body.windows(end.len()).position(|window| window == end);
    (Part::Text, length.map_or(rest.len(), |length| 2 + hashes + length + end.len()))
}

/// `'a'` and `'\n'`; `'a` is a lifetime, and code.
fn character(rest: &[u8]) -> (Part, usize) {
    if rest.get(1) == Some(&b'\\') {
        let end = rest.iter().skip(3).position(|b| *b == b'\'');
        return (Part::Text, end.map_or(rest.len(), |end| end + 4));
    }
    let width = match rest.get(1) {
        Some(first) => first.leading_ones().max(1) as usize,
        None => return (Part::Code, 1),
    };
    if rest.get(1 + width) == Some(&b'\'') { (Part::Text, width + 2) } else { (Part::Code, 1) }
}

fn begins_word(bytes: &[u8], at: usize) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    match at.checked_sub(1).map(|before| bytes[before]) {
        Some(b'b' | b'c') => at < 2 || !is_word(bytes[at - 2]),
        Some(before) => !is_word(before),
        None => true,
    }
}

/// Where a word begins in a text, each time.
pub(super) fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let bytes = text.as_bytes();
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !is_word(before) && !is_word(bytes.get(at + word.len()))
    })
}

/// The end of the item that begins here: behind its block, or behind its semicolon. Whether it has a block.
pub(super) fn item_end(code: &str, from: usize) -> (usize, bool) {
    let (mut nested, mut depth) = (0i32, 0i32);
    for (at, b) in code.bytes().enumerate().skip(from) {
        match b {
            b'(' | b'[' => nested += 1,
            b')' | b']' => nested -= 1,
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth <= 0 && nested <= 0 {
                    return (at + 1, true);
                }
            }
            b';' if nested == 0 && depth == 0 => return (at + 1, false),
            _ => {}
        }
    }
    (code.len(), true)
}

/// The number of the line that a byte is on, counted from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, uncommented: &str, code: &str) {
        let views = views(text);
        assert_eq!(views.uncommented, uncommented);
        assert_eq!(views.code, code);
    }

    #[test]
    fn comments_and_strings_are_blank() {
        check("a // b \"c\"\nd", "a         \nd", "a         \nd");
        check("/* x /* y */ z */ a", "                  a", "                  a");
        check("f(\"a // b\") + 1", "f(\"a // b\") + 1", "f(        ) + 1");
        check("r#\"a\"b\"# + br\"c\"", "r#\"a\"b\"# + br\"c\"", "         + b    ");
        check("\"a\\\"b\" c", "\"a\\\"b\" c", "       c");
    }

    #[test]
    fn characters_are_not_lifetimes() {
        check("'{' 'a '\\'' 'é' &'static x", "'{' 'a '\\'' 'é' &'static x", "    'a           &'static x");
        check("r#type", "r#type", "r#type");
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("unsafe_code unsafe { my_unsafe }", "unsafe").collect::<Vec<_>>(), [12]);
    }

    #[test]
    fn items_end_where_they_end() {
        let code = "fn f(a: [u8; 3]) { if x { y } } mod m;";
        assert_eq!(item_end(code, 0), (31, true));
        assert_eq!(item_end(code, 31), (code.len(), false));
        assert_eq!(line_of("a\nb\nc", 4), 3);
    }
}
