//! From a [`Definition`] to code: data and calls, all of it inside one `const _: () = { … }` beside the entity.
//!
//! Names are written so that nothing the user has in scope can change their meaning: paths are absolute, helpers
//! carry the model's name or two underscores, and no module and no type is named after a column.

mod builder;
mod checks;
mod columns;
mod parts;
mod record;

use super::{Column, Definition, Field, Relation};
use crate::{attrs, names};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Type, Visibility};

/// The whole expansion.
pub(super) fn emit(model: &Definition) -> TokenStream {
    let context = Context::new(model);
    let Context { name, root, .. } = &context;
    let vis = &model.vis;
    let doc = format!(
        "The entity of [`struct@{name}`]: table `{table}`. Its columns and relations are fields, its verbs methods.",
        table = model.table.name
    );
    let columns = columns::emit(&context);
    let record = record::emit(&context);
    let parts = parts::emit(&context);
    let builder = builder::emit(&context);
    let checks = checks::emit(&context);
    quote! {
        #[doc = #doc]
        #vis const #name: #root::Entity<#name> = #root::Entity::BASE;

        const _: () = {
            use #root::__private as __r;
            #columns
            #record
            #parts
            #builder
            #checks
        };
    }
}

/// What every part of the expansion needs.
struct Context<'a> {
    model: &'a Definition,
    /// The struct, as the derive writes it.
    name: Ident,
    /// The struct of columns and relations.
    columns: Ident,
    /// The builder.
    builder: Ident,
    /// `::rebis`
    root: TokenStream,
}

impl<'a> Context<'a> {
    fn new(model: &'a Definition) -> Self {
        let plain = names::plain(&model.ident);
        let at = model.ident.span();
        Context {
            model,
            name: names::ours(&model.ident),
            columns: names::made(&format!("{plain}Columns"), at),
            builder: names::made(&format!("New{plain}"), at),
            root: model.table.root.as_ref().map_or_else(|| quote!(::rebis), ToTokens::to_token_stream),
        }
    }
}

impl Column {
    /// The field's name, as the derive writes it.
    fn ours(&self) -> Ident {
        names::ours(&self.ident)
    }

    /// `<T as Stored>`, standing at the field's type: a type that cannot be stored is told once, there.
    fn stored(&self) -> TokenStream {
        let ty = &self.ty;
        quote_spanned! {ty.span()=> <#ty as __r::Stored> }
    }

    /// `<T as Pending>::pending`
    fn pending(&self) -> TokenStream {
        let ty = &self.ty;
        quote_spanned! {ty.span()=> <#ty as __r::Pending>::pending }
    }
}

impl Relation {
    /// The field's name, as the derive writes it.
    fn ours(&self) -> Ident {
        names::ours(&self.ident)
    }

    /// The other model.
    fn target(&self) -> &Type {
        match self.nullable() {
            true => {
                attrs::last_segment(&self.argument).and_then(attrs::type_argument).unwrap_or(&self.argument)
            }
            false => &self.argument,
        }
    }

    /// `BelongsTo<Option<..>>`
    fn nullable(&self) -> bool {
        self.kind == Field::BelongsTo && attrs::is_option(&self.argument)
    }

    /// The kind, as a type.
    fn kind(&self) -> TokenStream {
        match self.kind {
            Field::BelongsTo if !self.nullable() => quote!(__r::One),
            Field::BelongsTo | Field::HasOne => quote!(__r::OneOrNone),
            Field::HasMany => quote!(__r::Many),
        }
    }

    /// What the relation can be set to, as the parameter of `IntoTarget`.
    fn slot(&self) -> TokenStream {
        let argument = &self.argument;
        match self.kind {
            Field::BelongsTo | Field::HasMany => argument.to_token_stream(),
            Field::HasOne => quote!(::core::option::Option<#argument>),
        }
    }
}

/// The mapping of a model that the user names, as a function.
fn mapping_of(model: &impl ToTokens) -> TokenStream {
    quote_spanned! {model.span()=> <#model as __r::Related>::mapping }
}

/// A number without a suffix, so that it fits wherever it stands.
fn number(n: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(n)
}

/// `Some("text")` or `None`
fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// The visibility as the derive writes it: a lint on it is not the user's.
fn visibility(vis: &Visibility) -> TokenStream {
    attrs::placed(vis.to_token_stream(), Span::call_site())
}
