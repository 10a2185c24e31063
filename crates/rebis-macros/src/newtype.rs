//! `#[derive(Value)]` for newtypes.

use crate::{attrs, names};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use std::ops::Not as _;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Fields, Member, Result};

/// The derive as a function.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut root = quote!(::rebis);
    let mut kept = Kept::default();
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("value")) {
        attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
            "crate" => {
                root = meta.value()?.call(syn::Path::parse_mod_style)?.to_token_stream();
                Ok(())
            }
            "write" => attrs::once(&mut kept.write, &meta, around(&meta)?),
            "read" => attrs::once(&mut kept.read, &meta, around(&meta)?),
            "sql_type" => attrs::once(&mut kept.types, &meta, attrs::text_or_texts(&meta)?),
            _ => Err(attrs::unknown(&meta, "value", &["crate", "read", "sql_type", "write"])),
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
    let conversion = kept.conversion(&inner);
    // What is wrapped in SQL is no element of an array; what the type within has decides for itself.
    let element = kept
        .is_said()
        .not()
        .then(|| quote!(impl __r::Element for #ident where for<'__a> #ty: __r::Element {}));
    Ok(quote! {
        const _: () = {
            use #root::__private as __r;

            #[diagnostic::do_not_recommend]
            impl __r::Value for #ident {
                const CONVERSION: ::core::option::Option<&'static __r::Conversion> = #conversion;
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

            #element

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

/// The texts before and behind a `{}`, for each database that is named (empty: for all).
type Around = Vec<(String, [String; 2])>;

/// What the attribute says of how the database keeps it.
#[derive(Default)]
struct Kept {
    write: Option<Around>,
    read: Option<Around>,
    types: Option<Vec<(String, String)>>,
}

impl Kept {
    fn is_said(&self) -> bool {
        self.write.is_some() || self.read.is_some() || self.types.is_some()
    }

    /// The value of `CONVERSION`.
    fn conversion(&self, inner: &TokenStream) -> TokenStream {
        if !self.is_said() {
            return quote!(#inner::CONVERSION);
        }
        let Kept { write, read, types } = self;
        let write = write.as_ref().map(|around| said("write", "write_in", around));
        let read = read.as_ref().map(|around| said("read", "read_in", around));
        let types = types.as_ref().map(|types| {
            let types = types.iter().map(|(of, spelt)| quote!((#of, #spelt)));
            quote!(.kept_as(&[#(#types),*]))
        });
        quote! {
            __r::own_conversion(&__r::Conversion::NONE #write #read #types, #inner::CONVERSION)
        }
    }
}

/// A call for what stands around, for all databases or for some.
fn said(all: &str, some: &str, around: &Around) -> TokenStream {
    let (all, some) = (format_ident!("{all}"), format_ident!("{some}"));
    match around.as_slice() {
        [(of, [before, behind])] if of.is_empty() => quote!(.#all([#before, #behind])),
        several => {
            let several = several.iter().map(|(of, [before, behind])| quote!((#of, [#before, #behind])));
            quote!(.#some(&[#(#several),*]))
        }
    }
}

/// `write = "lower({})"`, or `write(postgres = "lower({})")`
fn around(meta: &ParseNestedMeta<'_>) -> Result<Around> {
    let texts = attrs::text_or_texts(meta)?.into_iter();
    texts.map(|(of, text)| Ok((of, split(&text).ok_or_else(|| no_place(meta, &text))?))).collect()
}

/// What stands before the one `{}` of a text, and what behind; a brace itself is written twice.
fn split(text: &str) -> Option<[String; 2]> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('{', Some('}')) => {
                chars.next();
                parts.push(String::new());
                continue;
            }
            ('{', Some('{')) | ('}', Some('}')) => {
                chars.next();
            }
            ('{' | '}', _) => return None,
            _ => {}
        }
        parts.last_mut()?.push(c);
    }
    parts.try_into().ok()
}

fn no_place(meta: &ParseNestedMeta<'_>, text: &str) -> Error {
    let what = if attrs::word(meta) == "write" { "the parameter" } else { "the column" };
    meta.error(format!(
        "`{text}` needs one `{{}}`, where {what} stands: `lower({{}})`; a brace itself is written twice: `{{{{`"
    ))
}
