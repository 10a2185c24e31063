//! `sql!`: text with Rust expressions in braces, as calls on `rebis::sql`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Error, Expr, LitStr};

/// What stands in braces.
struct Given {
    expr: Expr,
    /// It stands behind `IN`.
    list: bool,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    written(input).unwrap_or_else(Error::into_compile_error)
}

fn written(input: TokenStream) -> syn::Result<TokenStream> {
    let place = input.clone();
    let literal: LitStr = syn::parse2(input).map_err(|_| {
        let text = "`sql!` takes one string literal with the values in braces: `sql!(\"… where id = {id}\")`; \
                    a text that the program makes is `rebis::sql_unchecked(text)`";
        Error::new_spanned(place, text)
    })?;
    let (text, given) = taken_apart(&literal)?;
    let text = LitStr::new(&text, literal.span());
    let calls = given.iter().map(|Given { expr, list }| match list {
        true => quote_spanned!(expr.span()=> .list(&(#expr))),
        false => quote_spanned!(expr.span()=> .bind(&(#expr))),
    });
    Ok(quote!(::rebis::sql(#text)#(#calls)*))
}

/// The text with `{}` in place of what was in braces.
fn taken_apart(literal: &LitStr) -> syn::Result<(String, Vec<Given>)> {
    let source = literal.value();
    let (mut text, mut given) = (String::new(), Vec::new());
    let mut rest = source.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        text.push_str(before);
        if brace.starts_with("{{") || brace.starts_with("}}") {
            text.push_str(&brace[..2]);
            rest = &brace[2..];
            continue;
        }
        let end = closing(brace).filter(|end| *end > 0).ok_or_else(|| {
            let message = "a lone brace in the SQL text; a brace itself is written twice: `{{`, `}}`";
            Error::new(literal.span(), message)
        })?;
        let inside = brace[1..end].trim();
        if inside.is_empty() {
            return Err(Error::new(literal.span(), "say what stands here: `{id}`"));
        }
        let parsed = LitStr::new(inside, literal.span()).parse::<Expr>();
        let expr = parsed.map_err(|error| {
            Error::new(literal.span(), format!("`{inside}` is no expression of Rust: {error}"))
        })?;
        rest = &brace[end + 1..];
        let list = behind_in(&text);
        if list && text.trim_end().ends_with('(') && rest.trim_start().starts_with(')') {
            // The list brings its parentheses along.
            text.truncate(text.trim_end().len() - 1);
            rest = &rest.trim_start()[1..];
        }
        given.push(Given { expr, list });
        text.push_str("{}");
    }
    text.push_str(rest);
    Ok((text, given))
}

/// Where the brace at the beginning is closed again.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return (c == '}').then_some(at);
        }
    }
    None
}

/// Whether a text ends with the word `in`, or with `in (`.
fn behind_in(text: &str) -> bool {
    let text = text.trim_end();
    let text = text.strip_suffix('(').map_or(text, str::trim_end);
    let word = text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
    word.is_some_and(|word| word.eq_ignore_ascii_case("in"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: TokenStream, expected: TokenStream) {
        assert_eq!(expand(input).to_string(), expected.to_string());
    }

    #[track_caller]
    fn refused(input: TokenStream, message: &str) {
        let error = written(input).err().map(|error| error.to_string());
        assert!(error.as_deref().is_some_and(|text| text.contains(message)), "{error:?}");
    }

    #[test]
    fn what_is_in_braces_is_bound() {
        check(quote!("select 1"), quote!(::rebis::sql("select 1")));
        check(
            quote!("select * from a where b = {user.id} and c <> '{{}}' and d = { f(\"}\") }"),
            quote!(
                ::rebis::sql("select * from a where b = {} and c <> '{{}}' and d = {}")
                    .bind(&(user.id))
                    .bind(&(f("}")))
            ),
        );
    }

    #[test]
    fn behind_in_stands_a_list() {
        check(quote!("a in {ids}"), quote!(::rebis::sql("a in {}").list(&(ids))));
        check(quote!("a NOT IN ( {ids} ) or b"), quote!(::rebis::sql("a NOT IN {} or b").list(&(ids))));
        check(quote!("begin {x}"), quote!(::rebis::sql("begin {}").bind(&(x))));
    }

    #[test]
    fn mistakes_are_told() {
        refused(quote!(text), "takes one string literal");
        refused(quote!("a", b), "takes one string literal");
        refused(quote!("a = {}"), "say what stands here");
        refused(quote!("a = {b"), "lone brace");
        refused(quote!("a = b}"), "lone brace");
        refused(quote!("a = {let}"), "is no expression of Rust");
    }
}
