//! `#[derive(Value)]` for newtypes.

use crate::{attrs, names};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Fields, Member, Result};

/// The derive as a function.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut root = quote!(::rebis);
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("value")) {
        attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
            "crate" => {
                root = meta.value()?.call(syn::Path::parse_mod_style)?.to_token_stream();
                Ok(())
            }
            _ => Err(attrs::unknown(&meta, "value", &["crate"])),
        })?;
    }
    let form = format!("`#[derive(Value)]` is for a struct around one column type: `struct {ident}(i64);`");
    if let Some(first) = input.generics.params.first() {
        return Err(Error::new_spanned(first, format!("{form}; it cannot be generic")));
    }
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(_) => {
            return Err(Error::new(ident.span(), format!("{form}; for an enum use `#[derive(SqlEnum)]`")));
        }
        Data::Union(_) => return Err(Error::new(ident.span(), form)),
    };
    let mut all = fields.iter();
    let (Some(field), None) = (all.next(), all.next()) else {
        return Err(Error::new(ident.span(), form));
    };
    let ty = &field.ty;
    if attrs::is_option(ty) {
        let text = format!("put the `Option` around the newtype (`Option<{ident}>`), not into it");
        return Err(Error::new(ty.span(), text));
    }
    let member = match (&field.ident, fields) {
        (Some(name), _) => Member::Named(names::ours(name)),
        (None, Fields::Unnamed(_) | Fields::Named(_) | Fields::Unit) => Member::Unnamed(0.into()),
    };
    let ident = names::ours(ident);
    let inner = quote_spanned! {ty.span()=> <#ty as __r::Value> };
    Ok(quote! {
        const _: () = {
            use #root::__private as __r;

            #[diagnostic::do_not_recommend]
            impl __r::Value for #ident {
                type Base = #ident;
                fn sql_type() -> __r::SqlType {
                    #inner::sql_type()
                }
                fn encode(&self, out: &mut __r::Binds) {
                    #inner::encode(&self.#member, out)
                }
                fn decode(cell: __r::Cell<'_>) -> __r::Result<Self> {
                    ::core::result::Result::Ok(#ident { #member: #inner::decode(cell)? })
                }
                fn same(&self, other: &Self) -> bool {
                    #inner::same(&self.#member, &other.#member)
                }
            }

            impl __r::Element for #ident where for<'__a> #ty: __r::Element {}

            // The lifetime makes the compiler ask the questions where the answer is needed, not here.
            impl __r::Pending for #ident
            where
                for<'__a> #ty: __r::Pending,
            {
                fn pending() -> Self {
                    #ident { #member: <#ty as __r::Pending>::pending() }
                }
            }

            impl __r::Key for #ident
            where
                for<'__a> #ty: __r::Key,
                for<'__a> #ident: ::core::cmp::Eq + ::core::hash::Hash,
            {
                fn dense(&self) -> ::core::option::Option<i64> {
                    <#ty as __r::Key>::dense(&self.#member)
                }
                fn dense_cell(cell: __r::Cell<'_>) -> ::core::option::Option<i64> {
                    <#ty as __r::Key>::dense_cell(cell)
                }
                fn canonical(cell: __r::Cell<'_>) -> ::core::option::Option<__r::Cell<'_>> {
                    <#ty as __r::Key>::canonical(cell)
                }
            }
        };
    })
}
