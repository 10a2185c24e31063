//! `#[derive(FromRow)]` for rows of raw SQL and of selected columns.

use crate::attrs::{self, Errors};
use crate::names;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Fields, Result};

/// The derive as a function.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut errors = Errors::default();
    let mut root = quote!(::rebis);
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("from_row")) {
        errors.take(attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
            "crate" => {
                root = meta.value()?.call(syn::Path::parse_mod_style)?.to_token_stream();
                Ok(())
            }
            _ => Err(attrs::unknown(&meta, "from_row", &["crate"])),
        }));
    }
    if let Some(first) = input.generics.params.first() {
        return Err(Error::new_spanned(first, "a row struct cannot be generic"));
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => &fields.named,
            Fields::Named(_) | Fields::Unnamed(_) | Fields::Unit => {
                let text = format!(
                    "`{ident}` needs named fields, one for each column of the result; without names use a tuple: `Select<(String, i64)>`"
                );
                return Err(Error::new(ident.span(), text));
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            return Err(Error::new(ident.span(), "`#[derive(FromRow)]` is for structs with named fields"));
        }
    };
    let (mut columns, mut decoded) = (Vec::new(), Vec::new());
    for (i, field) in fields.iter().enumerate() {
        let Some(name) = &field.ident else { continue };
        let mut rename = None;
        for attr in field.attrs.iter().filter(|a| a.path().is_ident("from_row")) {
            errors.take(attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
                "rename" => attrs::once(&mut rename, &meta, attrs::text(&meta)?),
                _ => Err(attrs::unknown(&meta, "from_row", &["rename"])),
            }));
        }
        columns.push(rename.unwrap_or_else(|| names::plain(name)));
        let (field_name, ty) = (names::ours(name), &field.ty);
        let i = proc_macro2::Literal::usize_unsuffixed(i);
        let stored = quote_spanned! {ty.span()=> <#ty as __r::Stored> };
        decoded.push(quote!(#field_name: #stored::read(cells, #i)?));
    }
    errors.finish()?;
    let (ident, width) = (names::ours(ident), proc_macro2::Literal::usize_unsuffixed(columns.len()));
    Ok(quote! {
        const _: () = {
            use #root::__private as __r;

            impl __r::Row for #ident {
                type Plain = #ident;
                type Tracked = #ident;
                const WIDTH: usize = #width;
                fn names() -> &'static [&'static str] {
                    &[#(#columns),*]
                }
                fn plain(cells: &[__r::Cell<'_>]) -> __r::Result<#ident> {
                    ::core::result::Result::Ok(#ident { #(#decoded),* })
                }
                fn track(cells: &[__r::Cell<'_>], _: &mut dyn ::core::any::Any) -> __r::Result<#ident> {
                    <#ident as __r::Row>::plain(cells)
                }
            }
        };
    })
}
