//! One column.

use super::identity::Identity;
use crate::attrs::{self, Errors, Expression, Reference};
use crate::names;
use proc_macro2::{Ident, Span};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Error, LitInt, Result, Type, Visibility};

/// A column as its field and attributes say it.
pub(crate) struct Column {
    /// The field.
    pub(crate) ident: Ident,
    /// The field's name without `r#`.
    pub(crate) field: String,
    /// The field's visibility.
    pub(crate) vis: Visibility,
    /// The type of what is stored: the field's, or what stands in `Deferred<..>`.
    pub(crate) ty: Type,
    /// `Deferred<..>`
    pub(crate) deferred: bool,
    /// The column's name.
    pub(crate) name: String,
    pub(crate) primary_key: bool,
    /// Whether the database makes it up; `None` until [`settle`](super::Definition) has decided.
    pub(crate) generated: Option<bool>,
    /// How it counts, or the sequence that it draws from.
    pub(crate) identity: Option<Identity>,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) length: Option<u32>,
    pub(crate) default: Option<Expression>,
    pub(crate) server_default: Option<String>,
    /// What the database computes it of.
    pub(crate) computed: Option<String>,
    /// Computed when it is written.
    pub(crate) is_stored: bool,
    pub(crate) sequence: Option<String>,
    /// Types in the words of databases; for all: without a word.
    pub(crate) sql_types: Vec<(String, String)>,
    pub(crate) check: Option<String>,
    pub(crate) references: Option<Reference>,
    pub(crate) on_delete: Option<Ident>,
    pub(crate) on_update: Option<Ident>,
    pub(crate) comment: Option<String>,
    pub(crate) renamed_from: Option<String>,
    /// Whether it is part of a foreign key.
    pub(crate) foreign: bool,
}

/// What a new row holds in a column that was not set.
pub(crate) enum Unset<'a> {
    /// The builder does not let it happen.
    Required,
    /// `NULL`.
    Null,
    /// A default in Rust.
    Default(&'a Expression),
    /// The stand-in, until the database gives the value.
    Pending,
}

const WORDS: &[&str] = &[
    "name",
    "primary_key",
    "generated",
    "identity",
    "unique",
    "index",
    "length",
    "default",
    "server_default",
    "computed",
    "stored",
    "sequence",
    "sql_type",
    "check",
    "references",
    "on_delete",
    "on_update",
    "comment",
    "renamed_from",
];

impl Column {
    /// Reads the attributes of a field.
    pub(crate) fn read(ident: Ident, field: &syn::Field, errors: &mut Errors) -> Option<Self> {
        let mut column = Column::new(ident, field);
        let mut place = column.ident.span();
        for attr in &field.attrs {
            if attr.path().is_ident("relation") {
                errors.at(
                    attr.path().span(),
                    format!(
                        "`{}` is a column; a relation is a field of type `HasMany<..>`, `HasOne<..>` or `BelongsTo<..>`",
                        column.field
                    ),
                );
            }
            if attr.path().is_ident("column") {
                place = attr.path().span();
                let mut words = Vec::new();
                errors.take(attr.parse_nested_meta(|meta| column.word(&meta, &mut words)));
            }
        }
        errors.take(column.check(place));
        Some(column)
    }

    fn new(ident: Ident, field: &syn::Field) -> Self {
        let name = names::plain(&ident);
        let ty = attrs::ungrouped(&field.ty);
        let deferred = attrs::last_segment(ty).filter(|segment| segment.ident == "Deferred");
        let deferred = deferred.and_then(attrs::type_argument);
        Column {
            ident,
            field: name.clone(),
            vis: field.vis.clone(),
            ty: attrs::ungrouped(deferred.unwrap_or(ty)).clone(),
            deferred: deferred.is_some(),
            name,
            primary_key: false,
            generated: None,
            identity: None,
            unique: false,
            index: false,
            length: None,
            default: None,
            server_default: None,
            computed: None,
            is_stored: false,
            sequence: None,
            sql_types: Vec::new(),
            check: None,
            references: None,
            on_delete: None,
            on_update: None,
            comment: None,
            renamed_from: None,
            foreign: false,
        }
    }

    fn word(&mut self, meta: &ParseNestedMeta<'_>, seen: &mut Vec<String>) -> Result<()> {
        let word = attrs::word(meta);
        if seen.contains(&word) {
            return Err(meta.error(format!("`{word}` is written twice")));
        }
        match word.as_str() {
            "name" => self.name = attrs::text(meta)?,
            "primary_key" => self.primary_key = attrs::flag(meta)?,
            "generated" => self.generated = Some(attrs::flag(meta)?),
            "identity" => self.identity = Some(Identity::read(meta, &mut None)?),
            "unique" => self.unique = attrs::flag(meta)?,
            "index" => self.index = attrs::flag(meta)?,
            "length" => {
                let literal: LitInt = attrs::value(meta, "50")?;
                self.length = Some(literal.base10_parse()?);
            }
            "default" => self.default = Some(attrs::value(meta, "<expression>")?),
            "server_default" => self.server_default = Some(attrs::text(meta)?),
            "computed" => self.computed = Some(attrs::text(meta)?),
            "stored" => self.is_stored = attrs::flag(meta)?,
            "sequence" if meta.input.peek(syn::token::Paren) => {
                self.identity = Some(Identity::read(meta, &mut self.sequence)?);
                if self.sequence.is_none() {
                    return Err(
                        meta.error("say which sequence: `sequence(name = \"numbers\", start = 1000)`")
                    );
                }
            }
            "sequence" => self.sequence = Some(attrs::text(meta)?),
            "sql_type" => self.sql_types = attrs::text_or_texts(meta)?,
            "check" => self.check = Some(attrs::text(meta)?),
            "references" => {
                let reference: Reference = attrs::value(meta, "User.id")?;
                if reference.fields.len() > 1 {
                    let text = "a column references one column; put `#[model(foreign_key(columns(..), references = ..))]` on the struct for several";
                    return Err(Error::new(reference.span(), text));
                }
                self.references = Some(reference);
            }
            "on_delete" => self.on_delete = Some(action(meta)?),
            "on_update" => self.on_update = Some(action(meta)?),
            "comment" => self.comment = Some(attrs::text(meta)?),
            "renamed_from" => self.renamed_from = Some(attrs::text(meta)?),
            _ => return Err(attrs::unknown(meta, "column", WORDS)),
        }
        seen.push(word);
        Ok(())
    }

    fn check(&self, place: Span) -> Result<()> {
        let field = &self.field;
        // The compiler would say so for every trait of the model.
        let name = attrs::last_segment(&self.ty).map(|s| names::plain(&s.ident)).unwrap_or_default();
        if ["Cell", "RefCell", "OnceCell", "UnsafeCell", "Rc"].contains(&name.as_str()) {
            let text =
                format!("a model is shared between threads, which `{name}` cannot be: store what is in it");
            return Err(Error::new(self.ty.span(), text));
        }
        let text = if self.deferred && (self.primary_key || self.unique || self.references.is_some()) {
            format!(
                "a key or unique column is always loaded, since the session tells rows by it: take the `Deferred` off `{field}`"
            )
        } else if self.primary_key && self.nullable() {
            format!("a primary key is never NULL: take the `Option` off `{field}`")
        } else if self.identity.is_some()
            && self.sequence.is_none()
            && (self.generated == Some(false) || !self.primary_key)
        {
            format!("`identity` is how a generated primary key counts: `{field}` is none")
        } else if self.generated == Some(true) && !self.primary_key {
            format!("only a primary key is `generated`; write `server_default = \"..\"` for `{field}`")
        } else if self.generated == Some(true) && (self.default.is_some() || self.is_left_to_database()) {
            format!("`{field}` is either `generated` or has a default")
        } else if self.default.is_some() && self.is_left_to_database()
            || self.server_default.is_some() && self.sequence.is_some()
        {
            format!(
                "`{field}` has two defaults: keep `default` (in Rust), or `server_default` or `sequence` (in the database)"
            )
        } else if self.is_stored && self.computed.is_none() {
            format!(
                "only what is computed is `stored` or not: write `computed = \"..\", stored` at `{field}`"
            )
        } else if self.computed.is_some() && (self.default.is_some() || self.is_left_to_database()) {
            format!("`{field}` is either `computed` or has a default")
        } else if self.computed.is_some() && (self.primary_key || self.references.is_some()) {
            format!("a key cannot be `computed`: give `{field}` a value, and compute another column of it")
        } else if self.computed.is_some() && self.deferred {
            format!("a computed column is read back with each write: take the `Deferred` off `{field}`")
        } else if self.references.is_none() && (self.on_delete.is_some() || self.on_update.is_some()) {
            format!(
                "`on_delete` and `on_update` belong to a foreign key: add `references = User.id` to `{field}`"
            )
        } else {
            return Ok(());
        };
        Err(Error::new(place, text))
    }

    /// Whether the field is written as `Option<..>`.
    pub(crate) fn nullable(&self) -> bool {
        attrs::is_option(&self.ty)
    }

    /// Whether nobody but the database gives it a value.
    pub(crate) fn is_never_given(&self) -> bool {
        self.computed.is_some() || self.identity.as_ref().is_some_and(|identity| identity.always)
    }

    /// Whether the database makes it up.
    pub(crate) fn is_generated(&self) -> bool {
        self.generated == Some(true)
    }

    /// Whether the database has a value for it where none is set.
    pub(crate) fn is_left_to_database(&self) -> bool {
        self.server_default.is_some() || self.sequence.is_some()
    }

    /// What a new row holds where nothing was set.
    pub(crate) fn unset(&self) -> Unset<'_> {
        if let Some(default) = &self.default {
            Unset::Default(default)
        } else if self.nullable() {
            Unset::Null
        } else if self.is_generated() || self.is_left_to_database() || self.computed.is_some() {
            Unset::Pending
        } else {
            Unset::Required
        }
    }

    /// Whether the object may hold the stand-in: the database makes the value up, or a parent's key is copied here.
    pub(crate) fn can_be_pending(&self) -> bool {
        match self.unset() {
            Unset::Pending => true,
            Unset::Required => self.foreign,
            Unset::Null | Unset::Default(_) => false,
        }
    }
}

const ACTIONS: &[&str] = &["Cascade", "Restrict", "SetNull", "SetDefault", "NoAction"];

/// `on_delete = Cascade`
pub(crate) fn action(meta: &ParseNestedMeta<'_>) -> Result<Ident> {
    let action: Ident = attrs::value(meta, "Cascade")?;
    let name = names::plain(&action);
    if ACTIONS.contains(&name.as_str()) {
        return Ok(action);
    }
    let hint =
        names::similar(&names::respell(&name, "PascalCase").unwrap_or_default(), ACTIONS.iter().copied())
            .map(|a| format!("did you mean `{a}`? "))
            .unwrap_or_default();
    let list = names::quoted(ACTIONS.iter().copied());
    Err(Error::new(action.span(), format!("no such action: {hint}The actions are {list}")))
}
