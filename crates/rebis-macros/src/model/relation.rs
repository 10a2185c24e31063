//! One relation.

use crate::attrs::{self, Errors, Name, Reference};
use crate::names;
use proc_macro2::{Ident, Span};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Error, LitStr, Path, Result, Token, Type, Visibility, parenthesized};

/// The three kinds of relation fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    BelongsTo,
    HasOne,
    HasMany,
}

impl Field {
    /// The kind of relation that a field of this type is, if it is one.
    pub(crate) fn of(ty: &Type) -> Option<Field> {
        let name = &attrs::last_segment(ty)?.ident;
        let kinds = [Field::BelongsTo, Field::HasOne, Field::HasMany];
        kinds.into_iter().find(|kind| name == kind.name())
    }

    /// The type's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Field::BelongsTo => "BelongsTo",
            Field::HasOne => "HasOne",
            Field::HasMany => "HasMany",
        }
    }
}

/// How the two models hang together.
pub(crate) enum Link {
    Key(Vec<Name>),
    Inverse,
    ForeignKey(Reference),
    Through { model: Path, from: Option<Name>, to: Option<Name> },
}

/// What is left to the database on delete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passive {
    No,
    Unloaded,
    All,
}

/// The cascades.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cascade {
    pub(crate) delete: bool,
    pub(crate) delete_orphan: bool,
    pub(crate) merge: bool,
    pub(crate) expunge: bool,
    pub(crate) refresh: bool,
}

/// A relation as its field and attributes say it.
pub(crate) struct Relation {
    /// The field.
    pub(crate) ident: Ident,
    /// The field's name without `r#`.
    pub(crate) field: String,
    /// The field's visibility.
    pub(crate) vis: Visibility,
    /// The field's type: `HasMany<Post>`.
    pub(crate) ty: Type,
    /// What stands in it: `Post`, or `Option<User>`.
    pub(crate) argument: Type,
    pub(crate) kind: Field,
    pub(crate) link: Link,
    pub(crate) inverse: Option<Name>,
    pub(crate) cascade: Cascade,
    pub(crate) passive: Passive,
    pub(crate) view_only: bool,
    /// Fields of the other model, and whether descending.
    pub(crate) order_by: Vec<(Name, bool)>,
}

/// The attribute as written, before it is known to make sense.
#[derive(Default)]
struct Written {
    place: Option<Span>,
    inverse: Option<Name>,
    key: Option<Vec<Name>>,
    through: Option<Path>,
    from: Option<Name>,
    to: Option<Name>,
    foreign_key: Option<Reference>,
    cascade: Option<(Cascade, Span)>,
    passive: Option<Passive>,
    view_only: Option<bool>,
    order_by: Option<Vec<(Name, bool)>>,
}

const WORDS: &[&str] = &[
    "inverse",
    "key",
    "through",
    "from",
    "to",
    "foreign_key",
    "cascade",
    "passive_deletes",
    "view_only",
    "order_by",
];

impl Relation {
    /// Reads the attributes of a field.
    pub(crate) fn read(ident: Ident, field: &syn::Field, kind: Field, errors: &mut Errors) -> Option<Self> {
        let ty = attrs::ungrouped(&field.ty).clone();
        let Some(argument) = attrs::last_segment(&ty).and_then(attrs::type_argument).cloned() else {
            errors.at(ty.span(), format!("name the other model: `{}<User>`", kind.name()));
            return None;
        };
        let mut written = Written::default();
        for attr in &field.attrs {
            if attr.path().is_ident("column") {
                errors.at(attr.path().span(), "a relation is not a column: write `#[relation(..)]`");
            }
            if attr.path().is_ident("relation") {
                written.place = Some(attr.path().span());
                errors.take(attr.parse_nested_meta(|meta| written.word(&meta)))?;
            }
        }
        let place = written.place.unwrap_or_else(|| ident.span());
        let link = errors.take(written.link(kind, &names::plain(&ident), place))?;
        let relation = Relation {
            field: names::plain(&ident),
            ident,
            vis: field.vis.clone(),
            ty,
            argument,
            kind,
            link,
            inverse: written.inverse,
            cascade: written.cascade.map_or(Cascade { merge: true, ..Cascade::default() }, |(c, _)| c),
            passive: written.passive.unwrap_or(Passive::No),
            view_only: written.view_only.unwrap_or(false),
            order_by: written.order_by.unwrap_or_default(),
        };
        errors.take(relation.check(written.cascade.map_or(place, |(_, span)| span)));
        Some(relation)
    }

    /// Contradictions between the words.
    fn check(&self, place: Span) -> Result<()> {
        let through = matches!(self.link, Link::Through { .. });
        let text = if self.view_only && (self.cascade.delete || self.cascade.delete_orphan) {
            "a `view_only` relation is never written, so it cannot cascade deletes: drop one of the two"
        } else if self.cascade.delete_orphan && through {
            "`delete-orphan` needs a single parent, which a relation with `through` has not: put the cascade on the relation to the association model"
        } else if self.cascade.delete_orphan && self.kind == Field::BelongsTo {
            "`delete-orphan` stands on the side that owns: put it on the `HasMany` or `HasOne` of the other model"
        } else if self.passive != Passive::No && self.kind == Field::BelongsTo {
            "`passive_deletes` stands on the side that is deleted first: put it on the `HasMany` or `HasOne` of the other model"
        } else if !self.order_by.is_empty() && self.kind != Field::HasMany {
            "`order_by` orders a collection: only `HasMany` has one"
        } else {
            return Ok(());
        };
        Err(Error::new(place, text))
    }
}

impl Written {
    fn word(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match attrs::word(meta).as_str() {
            "inverse" => attrs::once(&mut self.inverse, meta, attrs::value(meta, "author")?),
            "key" => attrs::once(&mut self.key, meta, attrs::one_or_list(meta, "author_id")?),
            "through" => {
                let input = meta.value().map_err(|_| meta.error("write `through = PostTag`"))?;
                attrs::once(&mut self.through, meta, input.call(Path::parse_mod_style)?)
            }
            "from" => attrs::once(&mut self.from, meta, attrs::value(meta, "post_id")?),
            "to" => attrs::once(&mut self.to, meta, attrs::value(meta, "tag_id")?),
            "foreign_key" => attrs::once(&mut self.foreign_key, meta, attrs::value(meta, "Post.author_id")?),
            "cascade" => attrs::once(&mut self.cascade, meta, cascade(meta)?),
            "passive_deletes" => attrs::once(&mut self.passive, meta, passive(meta)?),
            "view_only" => attrs::once(&mut self.view_only, meta, attrs::flag(meta)?),
            "order_by" => attrs::once(&mut self.order_by, meta, order_by(meta)?),
            _ => Err(attrs::unknown(meta, "relation", WORDS)),
        }
    }

    /// The one way in which the two models hang together.
    fn link(&mut self, kind: Field, name: &str, place: Span) -> Result<Link> {
        let error = |text: String| Err(Error::new(place, text));
        let side = self.from.as_ref().or(self.to.as_ref()).filter(|_| self.through.is_none());
        if let Some(side) = side {
            let text =
                "`from` and `to` choose among the keys of an association model: they need `through = ..`";
            return Err(Error::new(side.span(), text));
        }
        match (kind, self.key.take(), self.foreign_key.take(), self.through.take()) {
            (Field::BelongsTo, Some(key), None, None) => Ok(Link::Key(key)),
            (Field::BelongsTo, None, None, None) => error(format!(
                "`{name}` needs the field that holds its key: write `#[relation(key = {name}_id)]`"
            )),
            (Field::BelongsTo, ..) => error(format!(
                "the key of a `BelongsTo` is here: write `#[relation(key = {name}_id)]` without `through` and `foreign_key`"
            )),
            (_, Some(_), ..) => error(format!(
                "the key of a `{kind}` is on the other side: write `inverse = ..` (the `BelongsTo` over there) or `foreign_key = Other.column`",
                kind = kind.name()
            )),
            (_, None, Some(foreign_key), None) if self.inverse.is_none() => Ok(Link::ForeignKey(foreign_key)),
            (_, None, None, Some(model)) => {
                Ok(Link::Through { model, from: self.from.take(), to: self.to.take() })
            }
            (_, None, None, None) if self.inverse.is_some() => Ok(Link::Inverse),
            (_, None, None, None) => error(format!(
                "`{name}` does not say where its key is: write `inverse = ..` (the `BelongsTo` on the other side), `foreign_key = Other.column` or `through = Association`"
            )),
            (_, None, Some(_), Some(_)) => error("keep one of `foreign_key` and `through`".to_owned()),
            (_, None, Some(_), None) => {
                error("keep one of `inverse` and `foreign_key`: the inverse knows its key".to_owned())
            }
        }
    }
}

const CASCADES: &[&str] =
    &["all", "save-update", "merge", "delete", "delete-orphan", "refresh-expire", "expunge", "none"];

/// `cascade = "all, delete-orphan"`
fn cascade(meta: &ParseNestedMeta<'_>) -> Result<(Cascade, Span)> {
    let literal: LitStr = attrs::value(meta, "\"all, delete-orphan\"")?;
    let text = literal.value();
    let error = |text: String| Err(Error::new(literal.span(), text));
    let mut cascade = Cascade::default();
    for word in text.split(',').map(str::trim).filter(|w| !w.is_empty()) {
        match word {
            "all" => {
                let delete_orphan = cascade.delete_orphan;
                cascade = Cascade { delete: true, delete_orphan, merge: true, expunge: true, refresh: true };
            }
            "merge" => cascade.merge = true,
            "delete" => cascade.delete = true,
            "delete-orphan" => cascade.delete_orphan = true,
            "refresh-expire" => cascade.refresh = true,
            "expunge" => cascade.expunge = true,
            // A new row that hangs on an object is always added with it.
            "save-update" | "none" => {}
            other => {
                let hint = names::similar(other, CASCADES.iter().copied())
                    .map(|c| format!("did you mean `{c}`? "))
                    .unwrap_or_default();
                let list = names::quoted(CASCADES.iter().copied());
                return error(format!("there is no cascade `{other}`; {hint}The cascades are {list}"));
            }
        }
    }
    if text.split(',').any(|w| w.trim() == "none") && text.contains(',') {
        return error("`none` stands alone".to_owned());
    }
    if cascade.delete_orphan && !cascade.delete {
        return error(
            "`delete-orphan` without `delete` leaves orphans behind: write \"all, delete-orphan\"".to_owned(),
        );
    }
    Ok((cascade, literal.span()))
}

/// `passive_deletes` or `passive_deletes = all`
fn passive(meta: &ParseNestedMeta<'_>) -> Result<Passive> {
    if !meta.input.peek(Token![=]) {
        return Ok(Passive::Unloaded);
    }
    if meta.input.peek2(syn::LitBool) {
        return Ok(if attrs::flag(meta)? { Passive::Unloaded } else { Passive::No });
    }
    let word: Ident = attrs::value(meta, "all")?;
    if word == "all" {
        Ok(Passive::All)
    } else {
        Err(Error::new(word.span(), "write `passive_deletes` or `passive_deletes = all`"))
    }
}

/// `order_by = position` or `order_by(position, created_at desc)`
fn order_by(meta: &ParseNestedMeta<'_>) -> Result<Vec<(Name, bool)>> {
    let term = |input: syn::parse::ParseStream<'_>| -> Result<(Name, bool)> {
        let name: Name = input.parse()?;
        if !input.peek(syn::Ident) {
            return Ok((name, false));
        }
        let direction: Ident = input.parse()?;
        match direction.to_string().as_str() {
            "desc" => Ok((name, true)),
            "asc" => Ok((name, false)),
            _ => Err(Error::new(direction.span(), "write `asc` or `desc`")),
        }
    };
    attrs::refuse_assigned_list(meta)?;
    if !meta.input.peek(syn::token::Paren) {
        let input = meta
            .value()
            .map_err(|_| meta.error("write `order_by = position` or `order_by(position, title desc)`"))?;
        return Ok(vec![term(input)?]);
    }
    let inner;
    parenthesized!(inner in meta.input);
    Ok(inner.parse_terminated(term, Token![,])?.into_iter().collect())
}
