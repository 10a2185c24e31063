//! What stands at the struct: `#[model(..)]`.

use super::column::action;
use crate::attrs::{self, Errors, Name, Reference};
use crate::names;
use proc_macro2::Ident;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, LitBool, LitStr, Path, Result, Token, parenthesized};

/// A unique constraint: its name, where given, and its fields.
pub(crate) type Named = (Option<String>, Vec<Name>);

/// What stands at the struct.
pub(crate) struct Table {
    /// The table's name.
    pub(crate) name: String,
    pub(crate) schema: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) renamed_from: Option<String>,
    pub(crate) uniques: Vec<Named>,
    pub(crate) indexes: Vec<Index>,
    /// Checks: name and condition.
    pub(crate) checks: Vec<(Option<String>, String)>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// It is a view.
    pub(crate) view: bool,
    pub(crate) options: Options,
    /// Exclusion constraints: name, and what stands behind EXCLUDE.
    pub(crate) exclusions: Vec<(String, String)>,
    /// Where `rebis` is.
    pub(crate) root: Option<Path>,
}

/// How the database keeps the table.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) strict: bool,
    pub(crate) without_rowid: bool,
    pub(crate) unlogged: bool,
    pub(crate) engine: Option<String>,
    pub(crate) tablespace: Option<String>,
    pub(crate) storage: Option<String>,
}

impl Options {
    const WORDS: &[&str] = &["strict", "without_rowid", "unlogged", "engine", "tablespace", "storage"];

    fn word(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match attrs::word(meta).as_str() {
            "strict" => self.strict = attrs::flag(meta)?,
            "without_rowid" => self.without_rowid = attrs::flag(meta)?,
            "unlogged" => self.unlogged = attrs::flag(meta)?,
            "engine" => attrs::once(&mut self.engine, meta, attrs::text(meta)?)?,
            "tablespace" => attrs::once(&mut self.tablespace, meta, attrs::text(meta)?)?,
            "storage" => attrs::once(&mut self.storage, meta, attrs::text(meta)?)?,
            _ => return Err(attrs::unknown(meta, "model(options", Self::WORDS)),
        }
        Ok(())
    }
}

/// An index.
#[derive(Default)]
pub(crate) struct Index {
    pub(crate) name: Option<String>,
    /// What it is ordered by, and whether descending.
    pub(crate) keys: Vec<(Indexed, bool)>,
    pub(crate) unique: bool,
    pub(crate) include: Vec<Name>,
    pub(crate) condition: Option<String>,
    pub(crate) full_text: bool,
    pub(crate) language: Option<String>,
}

/// What an index is of.
pub(crate) enum Indexed {
    Field(Name),
    Sql(String),
}

/// A foreign key of several columns.
pub(crate) struct ForeignKey {
    pub(crate) columns: Vec<Name>,
    pub(crate) references: Reference,
    pub(crate) on_delete: Option<Ident>,
    pub(crate) on_update: Option<Ident>,
}

const WORDS: &[&str] = &[
    "table",
    "view",
    "schema",
    "comment",
    "renamed_from",
    "unique",
    "index",
    "check",
    "foreign_key",
    "options",
    "exclude",
    "crate",
];

impl Table {
    /// Reads the attributes of the struct.
    pub(crate) fn read(ident: &Ident, attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut name = None;
        let mut table = Table {
            name: String::new(),
            schema: None,
            comment: None,
            renamed_from: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            view: false,
            options: Options::default(),
            exclusions: Vec::new(),
            root: None,
        };
        for attr in attrs.iter().filter(|a| a.path().is_ident("model")) {
            errors.take(attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
                "table" => attrs::once(&mut name, &meta, attrs::text(&meta)?),
                "view" => {
                    table.view = true;
                    attrs::once(&mut name, &meta, attrs::text(&meta)?)
                }
                _ => table.word(&meta),
            }));
        }
        table.name = name.unwrap_or_else(|| names::snake_case(&names::plain(ident)));
        table
    }

    fn word(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match attrs::word(meta).as_str() {
            "schema" => attrs::once(&mut self.schema, meta, attrs::text(meta)?),
            "comment" => attrs::once(&mut self.comment, meta, attrs::text(meta)?),
            "renamed_from" => attrs::once(&mut self.renamed_from, meta, attrs::text(meta)?),
            "crate" => attrs::once(&mut self.root, meta, meta.value()?.call(Path::parse_mod_style)?),
            "unique" => {
                self.uniques.push(named_fields(meta)?);
                Ok(())
            }
            "index" => {
                self.indexes.push(Index::read(meta)?);
                Ok(())
            }
            "options" => meta.parse_nested_meta(|meta| self.options.word(&meta)),
            "exclude" => match check(meta)? {
                (Some(name), sql) => {
                    self.exclusions.push((name, sql));
                    Ok(())
                }
                (None, _) => Err(meta.error("write `exclude(name = \"ex\", \"USING gist (a WITH =)\")`")),
            },
            "check" => {
                self.checks.push(check(meta)?);
                Ok(())
            }
            "foreign_key" => {
                self.foreign_keys.push(ForeignKey::read(meta)?);
                Ok(())
            }
            _ => Err(attrs::unknown(meta, "model", WORDS)),
        }
    }
}

/// `name = "uq", ` where it is there.
fn leading_name(input: ParseStream<'_>) -> Result<Option<String>> {
    let fork = input.fork();
    let is_name = fork.parse::<Name>().is_ok_and(|n| n.text() == "name") && fork.peek(Token![=]);
    if !is_name {
        return Ok(None);
    }
    input.parse::<Name>()?;
    input.parse::<Token![=]>()?;
    let name: LitStr = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok(Some(name.value()))
}

/// `unique(a, b)` or `unique(name = "uq", a, b)`
fn named_fields(meta: &ParseNestedMeta<'_>) -> Result<Named> {
    let word = attrs::word(meta);
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error(format!(
            "write `{word}(a, b)` with the fields; for a single field put `#[column({word})]` on it"
        )));
    }
    let inner;
    parenthesized!(inner in meta.input);
    let name = leading_name(&inner)?;
    let fields: Vec<Name> =
        inner.parse_terminated(syn::parse::Parse::parse, Token![,])?.into_iter().collect();
    if fields.is_empty() {
        return Err(meta.error(format!("name the fields: `{word}(a, b)`")));
    }
    Ok((name, fields))
}

impl Parse for Indexed {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            Ok(Indexed::Sql(input.parse::<LitStr>()?.value()))
        } else {
            input.parse().map(Indexed::Field)
        }
    }
}

impl Index {
    /// `index(a, desc(b), "lower(c)", include(d), where = "e > 0", unique = true, name = "ix")`
    fn read(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        if !meta.input.peek(syn::token::Paren) {
            return Err(meta.error(
                "write `index(a, b)` with the fields; for a single field put `#[column(index)]` on it",
            ));
        }
        let inner;
        parenthesized!(inner in meta.input);
        let mut index = Index::default();
        while !inner.is_empty() {
            index.part(&inner)?;
            if !inner.is_empty() {
                inner.parse::<Token![,]>()?;
            }
        }
        if index.keys.is_empty() { Err(meta.error("name the fields: `index(a, b)`")) } else { Ok(index) }
    }

    /// A word alone is a field; what more is said has an `=` or parentheses, so that fields may have any name.
    fn part(&mut self, input: ParseStream<'_>) -> Result<()> {
        let key = input.parse()?;
        let Indexed::Field(word) = &key else {
            self.keys.push((key, false));
            return Ok(());
        };
        if input.peek(syn::token::Paren) {
            let place = input.fork();
            match word.text().as_str() {
                "include" => self.include.extend(attrs::list(input)?),
                "desc" => {
                    let inner;
                    parenthesized!(inner in input);
                    self.keys.push((inner.parse()?, true));
                }
                _ => return Err(place.error("an index knows `desc(a)` and `include(a, b)`")),
            }
            return Ok(());
        }
        if !input.peek(Token![=]) {
            self.keys.push((key, false));
            return Ok(());
        }
        input.parse::<Token![=]>()?;
        match word.text().as_str() {
            "name" => self.name = Some(input.parse::<LitStr>()?.value()),
            "where" => self.condition = Some(input.parse::<LitStr>()?.value()),
            "unique" => self.unique = input.parse::<LitBool>()?.value,
            "full_text" => self.full_text = input.parse::<LitBool>()?.value,
            "language" => {
                self.language = Some(input.parse::<LitStr>()?.value());
                self.full_text = true;
            }
            _ => {
                let text = "an index knows `name = \"..\"`, `unique = true`, `where = \"sql\"`, `full_text = true` and \
                            `language = \"..\"`";
                return Err(Error::new(word.span(), text));
            }
        }
        Ok(())
    }

    /// The fields that it names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Name> {
        let keys = self.keys.iter().filter_map(|(key, _)| match key {
            Indexed::Field(name) => Some(name),
            Indexed::Sql(_) => None,
        });
        keys.chain(&self.include)
    }
}

/// `check = "sql"` or `check(name = "ck", "sql")`
fn check(meta: &ParseNestedMeta<'_>) -> Result<(Option<String>, String)> {
    if !meta.input.peek(syn::token::Paren) {
        return Ok((None, attrs::text(meta)?));
    }
    let inner;
    parenthesized!(inner in meta.input);
    let name = leading_name(&inner)?;
    let condition: LitStr =
        inner.parse().map_err(|e| Error::new(e.span(), "write `check(name = \"ck\", \"sql\")`"))?;
    inner.parse::<Option<Token![,]>>()?;
    Ok((name, condition.value()))
}

const FORM: &str = "write `foreign_key(columns(a, b), references = Line(a, b))`";

impl ForeignKey {
    fn read(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let (mut columns, mut references, mut on_delete, mut on_update) = (None, None, None, None);
        if !meta.input.peek(syn::token::Paren) {
            return Err(meta.error(FORM));
        }
        meta.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
            "columns" => {
                let list = attrs::one_or_list(&meta, "a")?;
                attrs::once(&mut columns, &meta, list)
            }
            "references" => {
                let reference: Reference = attrs::value(&meta, "Line(a, b)")?;
                attrs::once(&mut references, &meta, reference)
            }
            "on_delete" => {
                let action = action(&meta)?;
                attrs::once(&mut on_delete, &meta, action)
            }
            "on_update" => {
                let action = action(&meta)?;
                attrs::once(&mut on_update, &meta, action)
            }
            _ => Err(attrs::unknown(
                &meta,
                "model(foreign_key(..))",
                &["columns", "references", "on_delete", "on_update"],
            )),
        })?;
        let (Some(columns), Some(references)) = (columns, references) else { return Err(meta.error(FORM)) };
        if columns.len() != references.fields.len() {
            let text = format!(
                "{} columns reference {}: name as many on both sides",
                columns.len(),
                references.fields.len()
            );
            return Err(Error::new(references.span(), text));
        }
        Ok(ForeignKey { columns, references, on_delete, on_update })
    }
}
