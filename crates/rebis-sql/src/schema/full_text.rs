//! Indexes that are searched in words.

use super::{Ddl, FullTextIndex, Index, Indexed, Table};
use crate::FullText;
use crate::render::PLAIN_WORDS;
use rebis_core::{Error, Name, Result};

impl Ddl<'_> {
    pub(super) fn full_text_index(
        &self,
        table: &Table,
        index: &Index,
        full_text: &FullTextIndex,
    ) -> Result<String> {
        let [name, on] = self.index_and_table(table, index);
        let FullTextIndex { language } = full_text;
        match self.caps.queries.full_text {
            FullText::Vectors => {
                let text = |key: &super::IndexKey| match &key.of {
                    Indexed::Column(name) => format!("coalesce({}, '')", self.ident(name)),
                    Indexed::Sql(text) => format!("coalesce(({text}), '')"),
                };
                let texts: Vec<String> = index.keys.iter().map(text).collect();
                let language = self.text(language.as_deref().unwrap_or(PLAIN_WORDS));
                let texts = texts.join(" || ' ' || ");
                let condition = index.condition.iter().filter(|_| self.caps.indexes.partial);
                let condition: String = condition.map(|condition| format!(" WHERE {condition}")).collect();
                Ok(format!(
                    "CREATE INDEX {name} ON {on} USING gin (to_tsvector({language}, {texts})){condition}"
                ))
            }
            FullText::Against => {
                let columns = self.columns_of(table, index)?;
                Ok(format!("CREATE FULLTEXT INDEX {name} ON {on} ({})", self.names(&columns)))
            }
            FullText::Match => {
                let columns = self.columns_of(table, index)?;
                let key = self.row_id(table).ok_or_else(|| self.no_row_id(table, index))?;
                Ok(format!(
                    "CREATE VIRTUAL TABLE {name} USING fts5({}, content={}, content_rowid={})",
                    self.names(&columns),
                    self.text(&table.name),
                    self.text(key)
                ))
            }
            FullText::None => Err(Error::unsupported(
                format!("{} has no indexes that are searched in words", self.caps.name),
                "leave the index out, and search with `.contains(..)` or `.like(..)`",
            )),
        }
    }

    /// What keeps an index up to date that is a table of its own.
    pub(super) fn keep_index(&self, table: &Table, index: &Index) -> Vec<String> {
        let (Some(columns), Some(key)) = (index.columns(), self.row_id(table)) else { return Vec::new() };
        if index.full_text.is_none() || self.caps.queries.full_text != FullText::Match {
            return Vec::new();
        }
        let own = self.naming.index(table, index);
        let [ident, on] = [&own, &table.name].map(|name| self.ident(name));
        let columns: Vec<String> = columns.into_iter().map(|name| self.ident(name)).collect();
        let (names, key) = (columns.join(", "), self.ident(key));
        let of =
            |row: &str| columns.iter().map(|name| format!("{row}.{name}")).collect::<Vec<_>>().join(", ");
        let add = format!("INSERT INTO {ident} (rowid, {names}) VALUES (new.{key}, {})", of("new"));
        let take = format!(
            "INSERT INTO {ident} ({ident}, rowid, {names}) VALUES ('delete', old.{key}, {})",
            of("old")
        );
        let changed = format!("UPDATE OF {key}, {names}");
        [
            ("insert", "INSERT", add.clone()),
            ("delete", "DELETE", take.clone()),
            ("update", &changed, take + "; " + &add),
        ]
        .map(|(suffix, event, body)| {
            let name = self.qualified(table.schema.as_deref(), &format!("{own}_{suffix}"));
            format!("CREATE TRIGGER {name} AFTER {event} ON {on} BEGIN {body}; END")
        })
        .into()
    }

    /// The indexes of a table that are tables of their own.
    pub(super) fn drop_tables_of_words(&self, table: &Table) -> Vec<String> {
        if self.caps.queries.full_text != FullText::Match {
            return Vec::new();
        }
        let indexes = table.indexes.iter().filter(|index| index.full_text.is_some());
        indexes
            .map(|index| {
                let name = self.naming.index(table, index);
                format!("DROP TABLE IF EXISTS {}", self.qualified(table.schema.as_deref(), &name))
            })
            .collect()
    }

    /// The column that is the id of a row.
    fn row_id<'t>(&self, table: &'t Table) -> Option<&'t Name> {
        let [key] = table.primary_key[..] else { return None };
        let column = table.columns.get(key)?;
        let whole = (self.caps.type_name)(&column.sql_type) == "INTEGER" && column.spelt.is_empty();
        (whole && !table.options.without_rowid).then_some(&column.name)
    }

    fn columns_of(&self, table: &Table, index: &Index) -> Result<Vec<Name>> {
        let columns = index.columns().map(|columns| columns.into_iter().cloned().collect());
        columns.ok_or_else(|| {
            Error::unsupported(
                format!(
                    "{} has no index in words of an expression, as `{}` of `{}` is one",
                    self.caps.name,
                    self.naming.index(table, index),
                    table.name
                ),
                "let it be of a computed column",
            )
        })
    }

    #[cold]
    fn no_row_id(&self, table: &Table, index: &Index) -> Error {
        Error::unsupported(
            format!(
                "{} keeps an index in words by the ids of rows, and `{}` has none that stay, so `{}` cannot be made",
                self.caps.name,
                table.name,
                self.naming.index(table, index)
            ),
            "give the table an integer as its primary key",
        )
        .with_table(table.name.clone())
    }
}
