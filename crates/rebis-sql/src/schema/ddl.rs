//! CREATE and DROP: the schema as text.

use super::options::When;
use super::sort::{Sorted, sort};
use super::{
    Action, Check, Column, Computed, Default, ForeignKey, Index, IndexKey, Indexed, MetaData,
    NamingConvention, Table,
};
use crate::render::{push_ident, push_literal};
use crate::{Capabilities, EnumTypes};
use rebis_core::{Datum, Error, ErrorKind, Name, Result, SqlType};

impl MetaData {
    /// The statements that make every table that `exists` denies, with its indexes: parents first. Enum types of their
    /// own and sequences come before them, unless a table that exists has them already. Foreign keys of a circle are added at the end
    /// where the database can do that, else they stand in CREATE TABLE.
    ///
    /// ```
    /// use rebis_core::SqlType;
    /// use rebis_sql::dialect;
    /// use rebis_sql::schema::{Column, MetaData, Table};
    ///
    /// let mut users = Table::new("users");
    /// users.columns.push(Column::new("name", SqlType::Text { length: Some(50) }));
    /// let schema = MetaData::new(vec![users]);
    /// let statements = schema.create_statements(dialect::sqlite(), &|_| false)?;
    /// assert_eq!(statements, ["CREATE TABLE users (\n    name VARCHAR(50) NOT NULL\n)"]);
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](MetaData::check), and of [an index](Index) or a sequence that the database cannot have.
    pub fn create_statements(
        &self,
        caps: &Capabilities,
        exists: &dyn Fn(&Table) -> bool,
    ) -> Result<Vec<String>> {
        self.check()?;
        let Sorted { tables, forward } = sort(self);
        let later = if caps.alter_add_constraint { forward } else { Vec::new() };
        let (there, missing): (Vec<&Table>, Vec<&Table>) =
            tables.into_iter().partition(|table| exists(table));
        let ddl = Ddl { caps, naming: self.naming() };
        let known = ddl.own_types(&there);
        let types = ddl.own_types(&missing).into_iter().filter(|own| !known.contains(own));
        let mut statements: Vec<String> = types.map(|own| ddl.create_type(own)).collect();
        let drawn = ddl.sequences(&there)?;
        let is_there = |name: &String| drawn.iter().any(|(known, _)| known == name);
        let sequences = ddl.sequences(&missing)?.into_iter().filter(|(name, _)| !is_there(name));
        statements.extend(sequences.map(|(name, options)| format!("CREATE SEQUENCE {name}{options}")));
        statements.splice(0..0, self.scripts(When::BeforeCreate, caps, &missing));
        for table in &missing {
            ddl.check_exclusions(table)?;
            ddl.check_identity(table)?;
            statements.push(ddl.create_table(table, &|key| later.iter().any(|(_, k)| std::ptr::eq(*k, key))));
            for index in &table.indexes {
                statements.extend(ddl.create_index(table, index)?);
                statements.extend(ddl.keep_index(table, index));
            }
            statements.extend(ddl.comments(table));
        }
        let added = later.iter().filter(|(table, _)| missing.iter().any(|t| std::ptr::eq(*t, *table)));
        statements.extend(added.map(|(table, key)| ddl.add_foreign_key(table, key)));
        statements.extend(self.scripts(When::AfterCreate, caps, &missing));
        Ok(statements)
    }

    /// The statements that drop every table that `exists` confirms: children first, then their enum types and
    /// sequences.
    ///
    /// ```
    /// use rebis_core::SqlType;
    /// use rebis_sql::dialect;
    /// use rebis_sql::schema::{Column, MetaData, Table};
    ///
    /// let tables = ["users", "tags"].map(|name| {
    ///     let mut table = Table::new(name);
    ///     table.columns.push(Column::new("id", SqlType::I64));
    ///     table
    /// });
    /// let schema = MetaData::new(tables.into());
    /// let statements = schema.drop_statements(dialect::sqlite(), &|table| table.name == "tags")?;
    /// assert_eq!(statements, ["DROP TABLE tags"]);
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](MetaData::check).
    pub fn drop_statements(
        &self,
        caps: &Capabilities,
        exists: &dyn Fn(&Table) -> bool,
    ) -> Result<Vec<String>> {
        self.check()?;
        let Sorted { tables, forward } = sort(self);
        let ddl = Ddl { caps, naming: self.naming() };
        let mut statements = Vec::new();
        if caps.alter_add_constraint {
            let there = forward.iter().filter(|(table, _)| exists(table));
            statements.extend(there.map(|(table, key)| ddl.drop_foreign_key(table, key)));
        }
        let there: Vec<&Table> = tables.into_iter().rev().filter(|table| exists(table)).collect();
        statements.splice(0..0, self.scripts(When::BeforeDrop, caps, &there));
        statements.extend(there.iter().flat_map(|table| ddl.drop_tables_of_words(table)));
        statements.extend(there.iter().map(|table| ddl.drop_table(table)));
        statements.extend(ddl.own_types(&there).into_iter().map(|own| ddl.drop_type(own)));
        let sequences = ddl.sequences(&there)?;
        statements.extend(sequences.into_iter().map(|(name, _)| format!("DROP SEQUENCE IF EXISTS {name}")));
        statements.extend(self.scripts(When::AfterDrop, caps, &there));
        Ok(statements)
    }

    /// The whole schema as text, for reading and for files: one statement a paragraph.
    ///
    /// See [`Table`] for an example.
    ///
    /// # Errors
    /// As [`create_statements`](MetaData::create_statements).
    pub fn ddl(&self, caps: &Capabilities) -> Result<String> {
        let mut text = String::new();
        let mut statements = self.create_statements(caps, &|_| false)?;
        statements.extend(self.create_views(caps, &|_| false)?);
        for statement in statements {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(&statement);
            text.push_str(";\n");
        }
        Ok(text)
    }
}

impl Table {
    /// The checks of the table as the database gets them: those that its enum columns need, then its own.
    pub fn all_checks(&self, caps: &Capabilities) -> Vec<Check> {
        let of_enums = self.columns.iter().filter_map(|column| match &column.sql_type {
            SqlType::Enum { native: true, .. } if caps.enum_types != EnumTypes::None => None,
            SqlType::Enum { name: _, variants, native: _ } => Some(one_of(&column.name, variants, caps)),
            _ => None,
        });
        of_enums.chain(self.checks.iter().cloned()).collect()
    }
}

/// Spells a type.
type TypeName = fn(&SqlType) -> String;

/// What a column is told by its table.
#[derive(Clone, Copy)]
struct Place<'t> {
    /// It stands in a key or an index.
    bounded: bool,
    schema: Option<&'t str>,
}

/// An enum type: its name as it is written, and its variants.
type OwnType = (String, &'static [&'static str]);

/// A check that a column holds one of the texts.
fn one_of(column: &Name, variants: &[&str], caps: &Capabilities) -> Check {
    let mut condition = String::new();
    push_ident(&mut condition, column, caps);
    for (at, variant) in variants.iter().enumerate() {
        condition.push_str(if at == 0 { " IN (" } else { ", " });
        push_literal(&mut condition, &Datum::Text((*variant).to_owned()), caps);
    }
    condition.push_str(if variants.is_empty() { " IS NULL" } else { ")" });
    Check { name: None, column: Some(column.clone()), condition: condition.into() }
}

/// Whether a column stands in a key or an index.
fn is_in_key(table: &Table, at: usize, column: &Column) -> bool {
    let listed = |names: &[Name]| names.contains(&column.name);
    table.primary_key.contains(&at)
        || table.uniques.iter().any(|unique| listed(&unique.columns))
        || table
            .indexes
            .iter()
            .filter(|index| index.full_text.is_none())
            .flat_map(|index| &index.keys)
            .any(|key| key.column() == Some(&column.name))
        || table.foreign_keys.iter().any(|key| listed(&key.columns))
}

/// Writes statements about tables for one database.
///
/// ```
/// use rebis_core::SqlType;
/// use rebis_sql::dialect;
/// use rebis_sql::schema::{Column, Ddl, NamingConvention, Table};
///
/// let ddl = Ddl { caps: dialect::mysql(), naming: &NamingConvention::default() };
/// assert_eq!(ddl.drop_table(&Table::new("order")), "DROP TABLE `order`");
/// let name = Column { nullable: true, ..Column::new("name", SqlType::Text { length: Some(40) }) };
/// assert_eq!(ddl.column(&name, false), "name VARCHAR(40)");
/// ```
#[derive(Debug)]
pub struct Ddl<'a> {
    /// What the database can do.
    pub caps: &'a Capabilities,
    /// How constraints are named.
    pub naming: &'a NamingConvention,
}

impl Ddl<'_> {
    /// CREATE TABLE, without the foreign keys that are added later.
    pub fn create_table(&self, table: &Table, later: &dyn Fn(&ForeignKey) -> bool) -> String {
        let mut lines: Vec<String> = table
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let strict = table.options.strict && self.caps.table_options.strict;
                let type_name = if strict { self.caps.strict_type } else { self.caps.type_name };
                let place = Place { bounded: is_in_key(table, at, column), schema: table.schema.as_deref() };
                self.column_as(column, type_name, self.key_stands_in(table, at), place)
            })
            .collect();
        lines.extend(self.primary_key(table));
        lines.extend(
            table
                .uniques
                .iter()
                .map(|unique| self.constraint(&self.naming.unique(table, unique), "UNIQUE", &unique.columns)),
        );
        lines.extend(self.checks(table));
        let keys = table.foreign_keys.iter().filter(|key| !later(key));
        lines.extend(keys.map(|key| self.foreign_key(table, key)));
        lines.extend(self.exclusions(table));
        let (kind, behind) = self.options(table);
        format!("CREATE {kind}TABLE {} (\n    {}\n){behind}", self.table(table), lines.join(",\n    "))
    }

    /// The enum types of these tables that must be made apart, each once: names and variants.
    fn own_types(&self, tables: &[&Table]) -> Vec<OwnType> {
        let mut types = Vec::new();
        if self.caps.enum_types != EnumTypes::Named {
            return types;
        }
        for (table, column) in tables.iter().flat_map(|t| t.columns.iter().map(move |column| (t, column))) {
            if let SqlType::Enum { name, variants, native: true } = *column.sql_type.element() {
                let own = (self.caps.name_in(table.schema.as_deref(), name), variants);
                if !types.contains(&own) {
                    types.push(own);
                }
            }
        }
        types
    }

    /// The sequences that columns of these tables draw from, each once, as they are written, and how they count.
    fn sequences(&self, tables: &[&Table]) -> Result<Vec<(String, String)>> {
        let mut sequences: Vec<(String, String)> = Vec::new();
        for table in tables {
            for column in &table.columns {
                let Some(Default::Sequence(name)) = &column.default else { continue };
                if self.caps.next_number.is_none() {
                    return Err(self.no_sequences(table, column));
                }
                let written = self.caps.name_in(table.schema.as_deref(), name);
                let options = column.identity.map(|identity| identity.sequence()).unwrap_or_default();
                match sequences.iter_mut().find(|(known, _)| *known == written) {
                    None => sequences.push((written, options)),
                    // Said at one of the columns is enough.
                    Some((_, said)) if said.is_empty() => *said = options,
                    Some((_, said)) if options.is_empty() || *said == options => {}
                    Some(_) => return Err(two_countings(name)),
                }
            }
        }
        Ok(sequences)
    }

    #[cold]
    fn no_sequences(&self, table: &Table, column: &Column) -> Error {
        Error::unsupported(
            format!("{} has no sequences, which `{}` draws from", self.caps.name, column.name),
            "let a primary key count by itself, or keep the last number in a row that is updated",
        )
        .with_table(table.name.clone())
        .with_column(column.name.clone())
    }

    fn create_type(&self, (name, variants): OwnType) -> String {
        let variants: Vec<String> = variants.iter().map(|variant| self.text(variant)).collect();
        format!("CREATE TYPE {name} AS ENUM ({})", variants.join(", "))
    }

    fn drop_type(&self, (name, _): OwnType) -> String {
        format!("DROP TYPE IF EXISTS {name}")
    }

    /// CREATE INDEX; nothing where the database has no such index and goes without it, only slower.
    ///
    /// See [`Index`] for an example.
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) for a unique index that the database cannot have.
    pub fn create_index(&self, table: &Table, index: &Index) -> Result<Option<String>> {
        let Index { name: _, keys, unique, include, condition, full_text } = index;
        if let Some(full_text) = full_text {
            return self.full_text_index(table, index, full_text).map(Some);
        }
        let can = self.caps.indexes;
        let by_expression = keys.iter().any(|key| key.column().is_none()) && !can.expressions;
        let partial = condition.is_some() && !can.partial;
        if *unique && (by_expression || partial) {
            return Err(self.no_such_index(table, index, partial));
        }
        if by_expression {
            return Ok(None);
        }
        let unique = if *unique { "UNIQUE " } else { "" };
        let [name, on] = self.index_and_table(table, index);
        let keys: Vec<String> = keys.iter().map(|key| self.index_key(key)).collect();
        let mut text = format!("CREATE {unique}INDEX {name} ON {on} ({})", keys.join(", "));
        if can.include && !include.is_empty() {
            text.push_str(&format!(" INCLUDE ({})", self.names(include)));
        }
        if let Some(condition) = condition.as_ref().filter(|_| can.partial) {
            text.push_str(" WHERE ");
            text.push_str(condition);
        }
        Ok(Some(text))
    }

    /// The name of an index, and that of its table behind `ON`.
    pub(super) fn index_and_table(&self, table: &Table, index: &Index) -> [String; 2] {
        let name = self.naming.index(table, index);
        match self.caps.schemas_are_files {
            true => [self.qualified(table.schema.as_deref(), &name), self.ident(&table.name)],
            false => [self.ident(&name), self.table(table)],
        }
    }

    fn index_key(&self, key: &IndexKey) -> String {
        let text = match &key.of {
            Indexed::Column(name) => self.ident(name),
            Indexed::Sql(text) => format!("({text})"),
        };
        if key.descending { text + " DESC" } else { text }
    }

    fn no_such_index(&self, table: &Table, index: &Index, partial: bool) -> Error {
        let (what, way) = if partial {
            ("of some rows only", "a column computed as `CASE WHEN <condition> THEN <column> END`")
        } else {
            ("of an expression", "a column computed by it")
        };
        Error::unsupported(
            format!(
                "{} has no unique index {what}, as `{}` of `{}` is one",
                self.caps.name,
                self.naming.index(table, index),
                table.name
            ),
            format!("make {way} unique"),
        )
    }

    /// DROP TABLE.
    pub fn drop_table(&self, table: &Table) -> String {
        format!("DROP TABLE {}", self.table(table))
    }

    /// ALTER TABLE that adds a foreign key.
    pub fn add_foreign_key(&self, table: &Table, key: &ForeignKey) -> String {
        format!("ALTER TABLE {} ADD {}", self.table(table), self.foreign_key(table, key))
    }

    /// ALTER TABLE that takes a foreign key away.
    pub fn drop_foreign_key(&self, table: &Table, key: &ForeignKey) -> String {
        let name = self.ident(&self.naming.foreign_key(table, key));
        format!("ALTER TABLE {} DROP CONSTRAINT {name}", self.table(table))
    }

    /// COMMENT ON for the table and its columns, where the database keeps comments so.
    pub fn comments(&self, table: &Table) -> Vec<String> {
        if !self.caps.comments {
            return Vec::new();
        }
        let name = self.table(table);
        let of_table =
            table.comment.iter().map(|text| format!("COMMENT ON TABLE {name} IS {}", self.text(text)));
        let of_columns = table.columns.iter().filter_map(|column| {
            let text = self.text(column.comment.as_ref()?);
            Some(format!("COMMENT ON COLUMN {name}.{} IS {text}", self.ident(&column.name)))
        });
        of_table.chain(of_columns).collect()
    }

    /// A column as CREATE TABLE and ADD COLUMN have it. `key`: it is the generated key, and the database wants the
    /// primary key here.
    pub fn column(&self, column: &Column, key: bool) -> String {
        self.column_as(column, self.caps.type_name, key, Place { bounded: false, schema: None })
    }

    /// The same, of a table that is known.
    fn column_as(&self, column: &Column, type_name: TypeName, key: bool, place: Place<'_>) -> String {
        let Place { bounded, schema } = place;
        let Column {
            name,
            sql_type,
            spelt,
            kept: _,
            nullable,
            default,
            generated,
            identity,
            computed,
            comment,
            renamed_from: _,
        } = column;
        let mut text = self.ident(name);
        text.push(' ');
        let as_key = (self.caps.key_type_name)(sql_type);
        match (self.caps.generated_key_type, self.spelt(spelt), as_key) {
            (Some(spelt), ..) if *generated => text.push_str(spelt),
            (_, Some(spelt), _) => text.push_str(spelt),
            (.., Some(spelt)) if bounded => text.push_str(spelt),
            _ => text.push_str(&self.caps.type_in(schema, sql_type, type_name)),
        }
        if *generated && !self.caps.generated_key.is_empty() {
            text.push(' ');
            match identity {
                Some(identity) if self.caps.identity => {
                    text.push_str(if identity.always { "GENERATED ALWAYS" } else { "GENERATED BY DEFAULT" });
                    text.push_str(" AS IDENTITY");
                    text.push_str(&identity.options());
                }
                _ => text.push_str(self.caps.generated_key),
            }
        }
        if let Some(Computed { sql, stored }) = computed {
            let kept = if *stored || !self.caps.computed.on_read { "STORED" } else { "VIRTUAL" };
            text.push_str(&format!(" GENERATED ALWAYS AS ({sql}) {kept}"));
        }
        if key {
            text.push_str(" PRIMARY KEY");
        } else if !nullable && (computed.is_none() || self.caps.computed.not_null) {
            text.push_str(" NOT NULL");
        }
        if let Some(default) = default {
            let long = as_key.is_some() && !bounded;
            text.push_str(if long { " DEFAULT (" } else { " DEFAULT " });
            self.default_in(schema, default, &mut text);
            text.push_str(if long { ")" } else { "" });
        }
        if let Some(comment) = comment.as_ref().filter(|_| self.caps.table_options.engine) {
            text.push_str(" COMMENT ");
            text.push_str(&self.text(comment));
        }
        text
    }

    /// The type that this database is told in place of the column's own: by its own word before one of its family.
    fn spelt<'s>(&self, spelt: &'s [(Name, Name)]) -> Option<&'s str> {
        let mut words = self.caps.words.iter().chain(&[""]);
        words.find_map(|word| spelt.iter().find(|(of, _)| of == word)).map(|(_, spelt)| spelt.as_ref())
    }

    /// A default after the word DEFAULT: a literal, or an expression in parentheses where it is more than a word.
    pub fn default(&self, default: &Default, out: &mut String) {
        self.default_in(None, default, out);
    }

    fn default_in(&self, schema: Option<&str>, default: &Default, out: &mut String) {
        match default {
            Default::Value(datum) => push_literal(out, datum, self.caps),
            Default::Sequence(name) => {
                out.extend(self.caps.next_number.map(|next| next(&self.caps.name_in(schema, name))));
            }
            Default::Sql(text) if stands_alone(text) => out.push_str(text),
            Default::Sql(text) => {
                out.push('(');
                out.push_str(text);
                out.push(')');
            }
        }
    }

    /// Whether the primary key is said at the column: the only one, and generated.
    fn key_stands_in(&self, table: &Table, at: usize) -> bool {
        self.caps.generated_key_inline && table.primary_key == [at] && table.columns[at].generated
    }

    fn primary_key(&self, table: &Table) -> Option<String> {
        let inline = (0..table.columns.len()).any(|at| self.key_stands_in(table, at));
        if table.primary_key.is_empty() || inline {
            return None;
        }
        let columns: Vec<Name> = table
            .primary_key
            .iter()
            .filter_map(|&at| table.columns.get(at))
            .map(|c| c.name.clone())
            .collect();
        Some(self.constraint(&self.naming.primary_key(table), "PRIMARY KEY", &columns))
    }

    fn constraint(&self, name: &str, what: &str, columns: &[Name]) -> String {
        format!("CONSTRAINT {} {what} ({})", self.ident(name), self.names(columns))
    }

    /// Checks are named as if those of enum columns had been written by the user.
    fn checks(&self, table: &Table) -> Vec<String> {
        let with_all = Table { checks: table.all_checks(self.caps), ..table.clone() };
        let named = with_all.checks.iter().map(|check| (self.naming.check(&with_all, check), check));
        named
            .map(|(name, check)| format!("CONSTRAINT {} CHECK ({})", self.ident(&name), check.condition))
            .collect()
    }

    fn foreign_key(&self, table: &Table, key: &ForeignKey) -> String {
        let ForeignKey {
            name: _,
            columns,
            target_schema,
            target_table,
            target_columns,
            on_delete,
            on_update,
        } = key;
        let name = self.ident(&self.naming.foreign_key(table, key));
        let target = match self.caps.schemas_are_files {
            true => self.ident(target_table),
            false => self.qualified(target_schema.as_deref(), target_table),
        };
        let (from, to) = (self.names(columns), self.names(target_columns));
        let mut text = format!("CONSTRAINT {name} FOREIGN KEY ({from}) REFERENCES {target} ({to})");
        for (event, action) in [(" ON DELETE ", on_delete), (" ON UPDATE ", on_update)] {
            if let Some(action) = action_name(*action) {
                text.push_str(event);
                text.push_str(action);
            }
        }
        text
    }

    fn table(&self, table: &Table) -> String {
        self.qualified(table.schema.as_deref(), &table.name)
    }

    pub(super) fn qualified(&self, schema: Option<&str>, name: &str) -> String {
        match self.caps.schema(schema) {
            Some(schema) => format!("{}.{}", self.ident(schema), self.ident(name)),
            None => self.ident(name),
        }
    }

    pub(super) fn ident(&self, name: &str) -> String {
        self.caps.ident(name)
    }

    pub(super) fn names(&self, names: &[Name]) -> String {
        names.iter().map(|name| self.ident(name)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn text(&self, text: &str) -> String {
        let mut out = String::new();
        push_literal(&mut out, &Datum::Text(text.to_owned()), self.caps);
        out
    }
}

/// The action, unless it is the default.
fn action_name(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

/// Words and numbers that every database takes after DEFAULT without parentheses.
fn stands_alone(text: &str) -> bool {
    const WORDS: [&str; 6] = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "NULL", "TRUE", "FALSE"];
    let number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    number || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) || in_parentheses(text)
}

/// Whether one pair of parentheses is around it all.
fn in_parentheses(text: &str) -> bool {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '\'' | '"' => return false,
            _ => {}
        }
        if depth == 0 {
            return at > 0 && at + 1 == text.len();
        }
    }
    false
}

#[cold]
fn two_countings(sequence: &Name) -> Error {
    Error::new(
        ErrorKind::InvalidMapping,
        format!(
            "the sequence `{sequence}` counts in two ways: columns that draw from it say different things"
        ),
    )
    .with_help("say how it counts at one of the columns")
}
