//! `#[derive(SqlEnum)]` for enums without fields.

use crate::attrs::{self, Errors};
use crate::names;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Error, Fields, LitStr, Result};

const KNOWN: &[&str] = &["name", "rename_all", "integer", "native", "crate"];
const BOTH: &str = "a type of its own holds texts, not integers: take `integer` or `native` away";

/// What stands at the enum.
struct Options {
    name: Option<String>,
    spelling: Option<String>,
    integer: Option<bool>,
    native: Option<bool>,
    root: TokenStream,
}

impl Options {
    fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut options =
            Options { name: None, spelling: None, integer: None, native: None, root: quote!(::rebis) };
        for attr in attributes(&input.attrs) {
            errors.take(attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
                "name" => attrs::once(&mut options.name, &meta, attrs::text(&meta)?),
                "integer" if options.native == Some(true) => Err(meta.error(BOTH)),
                "integer" => attrs::once(&mut options.integer, &meta, attrs::flag(&meta)?),
                "native" if options.integer == Some(true) => Err(meta.error(BOTH)),
                "native" => attrs::once(&mut options.native, &meta, attrs::flag(&meta)?),
                "rename_all" => {
                    let literal: LitStr = attrs::value(&meta, "\"snake_case\"")?;
                    if names::respell("a", &literal.value()).is_none() {
                        let known = names::quoted(names::SPELLINGS.iter().copied());
                        return Err(Error::new(
                            literal.span(),
                            format!("no such spelling; there are {known}"),
                        ));
                    }
                    attrs::once(&mut options.spelling, &meta, literal.value())
                }
                "crate" => {
                    options.root = meta.value()?.call(syn::Path::parse_mod_style)?.to_token_stream();
                    Ok(())
                }
                _ => Err(attrs::unknown(&meta, "sql_enum", KNOWN)),
            }));
        }
        options
    }
}

fn attributes(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|a| a.path().is_ident("sql_enum"))
}

/// The derive as a function.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut errors = Errors::default();
    let options = Options::read(&input, &mut errors);
    if let Some(first) = input.generics.params.first() {
        return Err(Error::new_spanned(first, "an enum in a column cannot be generic"));
    }
    let Data::Enum(data) = &input.data else {
        let text =
            format!("`{ident}` is not an enum; for a struct around one column type use `#[derive(Value)]`");
        return Err(Error::new(ident.span(), text));
    };
    if data.variants.is_empty() {
        return Err(Error::new(ident.span(), format!("`{ident}` needs at least one variant")));
    }
    let (integer, native) = (options.integer.unwrap_or(false), options.native.unwrap_or(false));
    let spelling = options.spelling.as_deref().unwrap_or("snake_case");
    let mut texts: Vec<String> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(
                variant.fields.span(),
                format!("a variant with fields does not fit one column: take the fields off `{}`, or store `{ident}` as `Json<{ident}>`", variant.ident),
            );
        }
        let mut rename = None;
        for attr in attributes(&variant.attrs) {
            errors.take(attr.parse_nested_meta(|meta| match attrs::word(&meta).as_str() {
                "rename" => attrs::once(&mut rename, &meta, attrs::text(&meta)?),
                _ => Err(attrs::unknown(&meta, "sql_enum", &["rename"])),
            }));
        }
        let plain = names::plain(&variant.ident);
        let text = rename.unwrap_or_else(|| names::respell(&plain, spelling).unwrap_or(plain));
        if texts.contains(&text) {
            errors.at(variant.ident.span(), format!("another variant is stored as `{text}` already"));
        }
        texts.push(text);
    }
    errors.finish()?;

    let variants: Vec<Ident> = data.variants.iter().map(|v| names::ours(&v.ident)).collect();
    let name = options.name.clone().unwrap_or_else(|| names::snake_case(&names::plain(ident)));
    let discriminants: Vec<_> =
        data.variants.iter().map(|v| v.discriminant.as_ref().map(|(_, e)| e)).collect();
    let value = if integer {
        integers(&variants, &discriminants, &texts)
    } else {
        words(&variants, &texts, &name, native)
    };
    let (ident, root) = (names::ours(ident), &options.root);
    let first = variants.first();
    Ok(quote! {
        const _: () = {
            use #root::__private as __r;

            #[diagnostic::do_not_recommend]
            impl __r::Value for #ident {
                type Base = #ident;
                #value
            }

            impl __r::Element for #ident {}

            impl __r::Pending for #ident {
                fn pending() -> Self {
                    #ident::#first
                }
            }

            // The lifetime makes the compiler ask the question where the answer is needed, not here.
            impl __r::Key for #ident where for<'__a> #ident: ::core::cmp::Eq + ::core::hash::Hash {}
        };
    })
}

/// Stored as text, or in a type of its own.
fn words(variants: &[Ident], texts: &[String], name: &str, native: bool) -> TokenStream {
    let positions = (0..variants.len()).map(proc_macro2::Literal::usize_unsuffixed).collect::<Vec<_>>();
    quote! {
        fn sql_type() -> __r::SqlType {
            __r::SqlType::Enum { name: #name, variants: &[#(#texts),*], native: #native }
        }
        fn encode(&self, out: &mut __r::Binds) {
            out.text(match self { #(Self::#variants => #texts),* })
        }
        fn decode(cell: __r::Cell<'_>) -> __r::Result<Self> {
            match __r::enum_text(cell, &[#(#texts),*])? {
                #(#positions => ::core::result::Result::Ok(Self::#variants),)*
                other => __r::no_such_position(other),
            }
        }
        fn same(&self, other: &Self) -> bool {
            ::core::mem::discriminant(self) == ::core::mem::discriminant(other)
        }
    }
}

/// Stored as the discriminant.
fn integers(variants: &[Ident], discriminants: &[Option<&syn::Expr>], texts: &[String]) -> TokenStream {
    let consts: Vec<Ident> = (0..variants.len()).map(|i| format_ident!("__D{i}")).collect();
    let values = discriminants.iter().enumerate().map(|(i, d)| match (d, i.checked_sub(1)) {
        (Some(expr), _) => quote!((#expr) as i64),
        (None, Some(before)) => {
            let before = &consts[before];
            quote!(#before + 1)
        }
        (None, None) => quote!(0),
    });
    let declared = quote!(#(const #consts: i64 = #values;)*);
    quote! {
        fn sql_type() -> __r::SqlType {
            __r::SqlType::I32
        }
        fn encode(&self, out: &mut __r::Binds) {
            #declared
            out.int(match self { #(Self::#variants => #consts),* })
        }
        fn decode(cell: __r::Cell<'_>) -> __r::Result<Self> {
            #declared
            match <i64 as __r::Value>::decode(cell)? {
                #(#consts => ::core::result::Result::Ok(Self::#variants),)*
                other => ::core::result::Result::Err(__r::enum_integer(other, &[#((#consts, #texts)),*])),
            }
        }
        fn same(&self, other: &Self) -> bool {
            ::core::mem::discriminant(self) == ::core::mem::discriminant(other)
        }
    }
}
