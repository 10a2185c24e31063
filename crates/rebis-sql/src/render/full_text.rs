//! Searches in words: whether texts match, and how well.

use super::precedence::Level;
use super::writer::Writer;
use crate::FullText;
use crate::ast::{ColumnRef, Expr, FullTextSearch};
use rebis_core::{Datum, Name, Result};

impl<'a> Writer<'a> {
    pub(super) fn full_text(
        &mut self,
        search: &FullTextSearch,
        of: &'a [Expr],
        words: &'a Expr,
    ) -> Result<()> {
        match self.caps.queries.full_text {
            FullText::Vectors => self.vectors(search, of, words),
            FullText::Against => {
                self.push("MATCH (");
                self.list(of, ", ", Writer::expr)?;
                self.around([") AGAINST (", ")"], words)
            }
            FullText::Match => self.table_of_words(search, of, words),
            FullText::None => {
                Err(self.unsupported("a search in words", "use `.contains(..)` or `.like(..)`"))
            }
        }
    }

    /// The vector is written as the index has it, or the index is of no use.
    fn vectors(&mut self, search: &FullTextSearch, of: &'a [Expr], words: &'a Expr) -> Result<()> {
        let language = search.language.as_deref().unwrap_or(PLAIN_WORDS);
        self.push(if search.rank { "CAST(ts_rank(" } else { "" });
        self.push("to_tsvector(");
        self.literal(&Datum::Text(language.to_owned()));
        self.push(", ");
        self.list(of, " || ' ' || ", |w, text| w.around(["coalesce(", ", '')"], text))?;
        self.push(if search.rank { "), plainto_tsquery(" } else { ") @@ plainto_tsquery(" });
        self.literal(&Datum::Text(language.to_owned()));
        self.around([", ", ")"], words)?;
        self.push(if search.rank { ") AS DOUBLE PRECISION)" } else { "" });
        Ok(())
    }

    /// An index in words is a table of its own, of the same row ids. Without one the texts are those of such a table.
    fn table_of_words(&mut self, search: &FullTextSearch, of: &'a [Expr], words: &'a Expr) -> Result<()> {
        let source = of.iter().find_map(|text| match text {
            Expr::Column(ColumnRef { source, name: _ }) => Some(source),
            _ => None,
        });
        match (&search.index, source, of) {
            (Some(index), Some(source), _) => self.by_index(index, source, words, search.rank),
            (None, Some(source), _) if search.rank => {
                self.push("-");
                self.ident(source);
                self.push(".rank");
                Ok(())
            }
            (None, _, [text]) if !search.rank => {
                self.operand(text, Level::Concat)?;
                self.push(" MATCH ");
                self.operand(words, Level::Concat)
            }
            _ => Err(self.unsupported(
                "a search in several columns without an index in words, or in no column",
                "name the index: `func::words(..).index(\"..\")`; or ask each column of an FTS5 table, and join the \
                 conditions with `|`",
            )),
        }
    }

    fn by_index(&mut self, index: &Name, source: &Name, words: &'a Expr, rank: bool) -> Result<()> {
        if rank {
            self.push("coalesce((SELECT -rank FROM ");
        } else {
            self.ident(source);
            self.push(".rowid IN (SELECT rowid FROM ");
        }
        self.ident(index);
        self.push(" WHERE ");
        self.ident(index);
        // Each word in quotes: it would be read as an operator or a column otherwise.
        self.around([" MATCH '\"' || replace(replace(", ", '\"', ' '), ' ', '\" \"') || '\"'"], words)?;
        if rank {
            self.push(" AND rowid = ");
            self.ident(source);
            self.push(".rowid), 0.0)");
        } else {
            self.push(")");
        }
        Ok(())
    }
}

/// The configuration of PostgreSQL that takes words as they stand.
pub(crate) const PLAIN_WORDS: &str = "simple";
