//! What only the compiler can tell, since it concerns other models: emitted as calls and assertions that stand at
//! the user's tokens.

use super::Context;
use crate::attrs::{Name, Reference};
use crate::model::{Field, Link, Relation};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned as _;

pub(super) fn emit(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let mut calls = TokenStream::new();
    let mut asserts = TokenStream::new();
    for column in &model.columns {
        if let Some(reference) = &column.references {
            let stored = column.stored();
            calls.extend(referenced(reference, &[quote!(#stored::Base)]));
        }
    }
    for key in &model.table.foreign_keys {
        let bases: Vec<_> = model.positions(&key.columns).into_iter().map(|c| base(context, c)).collect();
        calls.extend(referenced(&key.references, &bases));
    }
    for relation in &model.relations {
        calls.extend(relation_calls(context, relation));
        asserts.extend(nullability(context, relation));
    }
    // Nothing calls it: it is there for the compiler to check, and costs no machine code.
    let calls = if calls.is_empty() { calls } else { quote!(fn __checks() { #calls }) };
    quote! {
        #calls
        #asserts
    }
}

/// The type of a column without `Option`.
fn base(context: &Context<'_>, column: usize) -> TokenStream {
    let stored = context.model.columns[column].stored();
    quote!(#stored::Base)
}

/// The field of another model that the user names.
fn field_of(model: &impl quote::ToTokens, field: &Name) -> TokenStream {
    let field = &field.0;
    quote_spanned! {field.span()=> <#model as __r::Related>::FIELDS.#field }
}

/// The referenced columns exist and have the types of the referencing ones.
fn referenced(reference: &Reference, bases: &[TokenStream]) -> TokenStream {
    let path: &Path = &reference.model;
    let checks = reference.fields.iter().zip(bases).map(|(field, base)| {
        let column = field_of(path, field);
        quote_spanned! {field.span()=> __r::references::<#base, _, _>(#column); }
    });
    quote!(#(#checks)*)
}

fn relation_calls(context: &Context<'_>, relation: &Relation) -> TokenStream {
    let (name, target) = (&context.name, relation.target());
    let mut calls = TokenStream::new();
    if let Some(inverse) = &relation.inverse {
        let there = field_of(target, inverse);
        let check = match (relation.kind, &relation.link) {
            (Field::BelongsTo, _) => quote!(inverse_of_one),
            (_, Link::Through { .. }) => quote!(inverse_of_through),
            _ => quote!(inverse_of_many),
        };
        calls.extend(quote_spanned! {inverse.span()=> __r::#check::<#name, _>(#there); });
    }
    for (field, _) in &relation.order_by {
        let there = field_of(target, field);
        calls.extend(quote_spanned! {field.span()=> __r::orders::<_, _>(#there); });
    }
    match &relation.link {
        Link::Key(fields) => {
            let columns = context.model.positions(fields);
            // Where the column says itself what it references, that is checked there.
            let said = columns.iter().any(|&c| context.model.columns[c].references.is_some())
                || context
                    .model
                    .table
                    .foreign_keys
                    .iter()
                    .any(|key| context.model.positions(&key.columns) == columns);
            if !said {
                let bases = columns.iter().map(|&c| base(context, c));
                let bases = match *columns {
                    [column] => base(context, column),
                    _ => quote!((#(#bases,)*)),
                };
                let place = fields.first().map_or(relation.ident.span(), Name::span);
                let key = quote_spanned! {target.span()=> <#target as __r::Related>::Key };
                calls.extend(quote_spanned! {place=> __r::key_of::<#key, #bases>(); });
            }
        }
        Link::ForeignKey(reference) => {
            for field in &reference.fields {
                let there = field_of(&reference.model, field);
                calls.extend(quote_spanned! {field.span()=> __r::column_of::<#target, _>(#there); });
            }
        }
        Link::Through { model, from, to } => {
            for side in [from, to].into_iter().flatten() {
                let there = field_of(model, side);
                calls.extend(quote_spanned! {side.span()=> let _ = #there; });
            }
        }
        Link::Inverse => {}
    }
    calls
}

/// `BelongsTo<User>` over a key that may be NULL, or the other way round.
fn nullability(context: &Context<'_>, relation: &Relation) -> TokenStream {
    let Link::Key(fields) = &relation.link else { return TokenStream::new() };
    let nullable = context.model.positions(fields).into_iter().map(|c| {
        let stored = context.model.columns[c].stored();
        quote!(#stored::NULLABLE)
    });
    let model = relation.target().to_token_stream();
    let (field, key) = (&relation.field, fields.iter().map(Name::text).collect::<Vec<_>>().join(", "));
    let (wanted, message) = if relation.nullable() {
        (
            quote!(key),
            format!(
                "`{field}` may be empty, but its key `{key}` takes no NULL: write `BelongsTo<{model}>`, or make the key an `Option`"
            ),
        )
    } else {
        (
            quote!(!key),
            format!(
                "`{field}` is required, but its key `{key}` may be NULL: write `BelongsTo<Option<{model}>>`"
            ),
        )
    };
    quote_spanned! {relation.ty.span()=>
        const _: () = {
            let key = false #(|| #nullable)*;
            ::core::assert!(#wanted, #message);
        };
    }
}
