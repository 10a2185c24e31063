//! Values that a database keeps in a form of its own: wrapped on the way in, unwrapped where they leave the statement.

use super::precedence::Level;
use super::writer::Writer;
use crate::ast::{Expr, Item};
use rebis_core::{Around, Result};

impl<'a> Writer<'a> {
    /// An expression within what a type puts around it.
    pub(super) fn wrapped(&mut self, around: &Around, of: &'a Expr) -> Result<()> {
        let Some([before, behind]) = around.of(self.caps.words) else {
            return self.operand(of, Level::Primary);
        };
        let is_call = is_call(before, behind);
        self.push(if is_call { "" } else { "(" });
        self.around([before, behind], of)?;
        self.push(if is_call { "" } else { ")" });
        Ok(())
    }

    /// One thing in the list of what leaves the statement. It keeps its name.
    pub(super) fn unwrapped(&mut self, item: &'a Item, kept: &Around) -> Result<()> {
        self.wrapped(kept, &item.expr)?;
        if let (None, Expr::Column(column), Some(_)) = (&item.label, &item.expr, kept.of(self.caps.words)) {
            self.push(" AS ");
            self.ident(&column.name);
        }
        Ok(())
    }

    /// Whether something stands around a value, which then has a type.
    pub(super) fn is_wrapped(&self, value: &Expr) -> bool {
        value.kept_by().is_some_and(|by| by.write.of(self.caps.words).is_some())
    }

    /// Whether an item of a SELECT leaves the statement in another form than that by which its rows are ordered.
    pub(super) fn leaves_otherwise(&self, item: &Item) -> bool {
        self.leaves && item.kept.is_some_and(|kept| kept.read.of(self.caps.words).is_some())
    }

    /// Writes a SELECT whose rows stay within the statement.
    pub(super) fn within(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let leaves = std::mem::replace(&mut self.leaves, false);
        let written = write(self);
        self.leaves = leaves;
        written
    }
}

/// Whether two texts make whatever stands between them one call: `lower(` and `)`. Else it needs parentheses around.
fn is_call(before: &str, behind: &str) -> bool {
    let name = before.split('(').next().unwrap_or_default();
    let named =
        before.len() > name.len() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(&b));
    let (mut depth, mut quoted, mut ends) = (0usize, false, 0);
    let chars: Vec<char> = before.chars().chain(behind.chars()).collect();
    for c in &chars {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth = depth.saturating_sub(1);
                ends += usize::from(depth == 0);
            }
            _ => {}
        }
    }
    named && ends == 1 && depth == 0 && chars.last() == Some(&')')
}

#[cfg(test)]
mod tests {
    use super::is_call;

    #[test]
    fn what_is_one_call() {
        for (before, behind) in [
            ("lower(", ")"),
            ("CAST(", " AS LTREE)"),
            ("pgp_sym_encrypt(", ", 'a)b')"),
            ("a(b(", "))"),
            ("(", " + 1)"),
        ] {
            assert!(is_call(before, behind), "{before}..{behind}");
        }
        for (before, behind) in [("", "::point"), ("lower(", ") || 'x'"), ("a(1) + b(", ")"), ("a + b(", ")")]
        {
            assert!(!is_call(before, behind), "{before}..{behind}");
        }
    }
}
