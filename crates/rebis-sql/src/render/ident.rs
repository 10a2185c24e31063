//! Names of tables and columns, quoted where they must be and only there.

use crate::Capabilities;

/// Appends a name. A plain lower-case word that is not reserved stays as it is; anything else is quoted, with the
/// quote character doubled.
pub(crate) fn push_ident(out: &mut String, name: &str, caps: &Capabilities) {
    if is_plain(name) && !caps.reserved.contains(name) {
        out.push_str(name);
        return;
    }
    out.push(caps.quote);
    for c in name.chars() {
        if c == caps.quote {
            out.push(c);
        }
        out.push(c);
    }
    out.push(caps.quote);
}

/// Upper case would be folded by some databases, so it is not plain.
fn is_plain(name: &str) -> bool {
    let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
    starts_well && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let check = |name: &str, sqlite: &str, mysql: &str| {
            for (caps, expected) in [(dialect::sqlite(), sqlite), (dialect::mysql(), mysql)] {
                let mut out = String::new();
                push_ident(&mut out, name, caps);
                assert_eq!(out, expected);
            }
        };
        check("users", "users", "users");
        check("user_2", "user_2", "user_2");
        check("order", "\"order\"", "`order`");
        check("rank", "rank", "`rank`");
        check("Users", "\"Users\"", "`Users`");
        check("two words", "\"two words\"", "`two words`");
        check("2nd", "\"2nd\"", "`2nd`");
        check("", "\"\"", "``");
        check("größe", "\"größe\"", "`größe`");
        check("a\"b`c", "\"a\"\"b`c\"", "`a\"b``c`");
    }
}
