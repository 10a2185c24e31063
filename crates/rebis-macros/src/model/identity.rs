//! `identity(always, start = 1000, increment = 10)`, and the same of a sequence.

use crate::attrs;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::{LitInt, Result, Token};

/// How the database counts.
#[derive(Default)]
pub(crate) struct Identity {
    pub(crate) always: bool,
    optional: bool,
    cycle: bool,
    start: Option<i64>,
    increment: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
    cache: Option<i64>,
}

const WORDS: &[&str] = &["always", "cache", "cycle", "increment", "max", "min", "optional", "start"];
const OF_SEQUENCE: &[&str] = &["cache", "cycle", "increment", "max", "min", "name", "start"];

impl Identity {
    /// What stands in the parentheses of a column's word; of a sequence also its name.
    pub(crate) fn read(meta: &ParseNestedMeta<'_>, sequence: &mut Option<String>) -> Result<Self> {
        let mut identity = Identity::default();
        let attribute = attrs::word(meta);
        let named = attribute == "sequence";
        if !meta.input.peek(syn::token::Paren) {
            return Err(meta.error("write `identity(always)` or `identity(start = 1000, increment = 10)`"));
        }
        meta.parse_nested_meta(|meta| {
            match attrs::word(&meta).as_str() {
                "name" if named => return attrs::once(sequence, &meta, attrs::text(&meta)?),
                "always" if !named => identity.always = attrs::flag(&meta)?,
                "optional" if !named => identity.optional = attrs::flag(&meta)?,
                "cycle" => identity.cycle = attrs::flag(&meta)?,
                "start" => return attrs::once(&mut identity.start, &meta, number(&meta)?),
                "increment" => return attrs::once(&mut identity.increment, &meta, number(&meta)?),
                "min" => return attrs::once(&mut identity.min, &meta, number(&meta)?),
                "max" => return attrs::once(&mut identity.max, &meta, number(&meta)?),
                "cache" => return attrs::once(&mut identity.cache, &meta, number(&meta)?),
                _ => {
                    let words = if named { OF_SEQUENCE } else { WORDS };
                    return Err(attrs::unknown(&meta, &attribute, words));
                }
            }
            Ok(())
        })?;
        Ok(identity)
    }
}

/// A whole number with its sign.
struct Number(i64);

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let negative = input.parse::<Option<Token![-]>>()?.is_some();
        let digits: i64 = input.parse::<LitInt>()?.base10_parse()?;
        Ok(Number(if negative { -digits } else { digits }))
    }
}

fn number(meta: &ParseNestedMeta<'_>) -> Result<i64> {
    Ok(attrs::value::<Number>(meta, "1000")?.0)
}

impl ToTokens for Identity {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Identity { always, optional, cycle, start, increment, min, max, cache } = self;
        let numbers =
            [("start", start), ("increment", increment), ("min", min), ("max", max), ("cache", cache)];
        let numbers = numbers.into_iter().map(|(word, number)| {
            let word = quote::format_ident!("{word}");
            match number {
                Some(number) => quote!(#word: ::core::option::Option::Some(#number)),
                None => quote!(#word: ::core::option::Option::None),
            }
        });
        tokens.extend(quote! {
            __r::Identity { always: #always, optional: #optional, cycle: #cycle, #(#numbers),* }
        });
    }
}
