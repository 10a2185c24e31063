//! Reading attributes: the small pieces that all derives share.

use crate::names;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Error, LitBool, LitStr, Path, Result, Token, parenthesized};

/// Errors of one derive, so that several mistakes are told at once.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Remembers an error.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Remembers an error at a place.
    pub(crate) fn at(&mut self, span: Span, text: impl std::fmt::Display) {
        self.add(Error::new(span, text));
    }

    /// The value, or the error remembered.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|e| self.add(e)).ok()
    }

    /// Ok, if nothing was remembered.
    pub(crate) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// The last word of the path, as written.
pub(crate) fn word(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.segments.last().map(|s| names::plain(&s.ident)).unwrap_or_default()
}

/// An error for a word that the attribute does not know.
pub(crate) fn unknown(meta: &ParseNestedMeta<'_>, attribute: &str, known: &[&str]) -> Error {
    let word = word(meta);
    let hint = names::similar(&word, known.iter().copied())
        .map(|k| format!("did you mean `{k}`? "))
        .unwrap_or_default();
    let list = names::quoted(known.iter().copied());
    meta.error(format!("`#[{attribute}(..)]` does not know `{word}`; {hint}It knows {list}"))
}

/// Puts a value where none may be yet.
pub(crate) fn once<T>(slot: &mut Option<T>, meta: &ParseNestedMeta<'_>, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error(format!("`{}` is written twice", word(meta)))),
    }
}

/// `word = "text"`
pub(crate) fn text(meta: &ParseNestedMeta<'_>) -> Result<String> {
    Ok(value::<LitStr>(meta, "\"..\"")?.value())
}

/// `word = "text"`, or `word(a = "text", b = "text")` with the names of the texts.
pub(crate) fn text_or_texts(meta: &ParseNestedMeta<'_>) -> Result<Vec<(String, String)>> {
    if !meta.input.peek(syn::token::Paren) {
        return Ok(vec![(String::new(), text(meta)?)]);
    }
    let mut texts: Vec<(String, String)> = Vec::new();
    meta.parse_nested_meta(|meta| {
        let name = word(&meta);
        if texts.iter().any(|(known, _)| *known == name) {
            return Err(meta.error(format!("`{name}` is written twice")));
        }
        texts.push((name, text(&meta)?));
        Ok(())
    })?;
    Ok(texts)
}

/// `word = <something>`, with a message that shows the form where there is none.
pub(crate) fn value<T: Parse>(meta: &ParseNestedMeta<'_>, form: &str) -> Result<T> {
    let word = word(meta);
    let input = meta.value().map_err(|_| meta.error(format!("write `{word} = {form}`")))?;
    let place = input.span();
    input.parse().map_err(|_| Error::new(place, format!("write `{word} = {form}`")))
}

/// `word` or `word = true` or `word = false`
pub(crate) fn flag(meta: &ParseNestedMeta<'_>) -> Result<bool> {
    if meta.input.peek(Token![=]) { Ok(value::<LitBool>(meta, "true")?.value) } else { Ok(true) }
}

/// A field's name: keywords and raw names are names as well.
#[derive(Clone)]
pub(crate) struct Name(pub(crate) Ident);

impl Name {
    /// Without `r#`.
    pub(crate) fn text(&self) -> String {
        names::plain(&self.0)
    }
    /// Where it stands.
    pub(crate) fn span(&self) -> Span {
        self.0.span()
    }
}

impl Parse for Name {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ident::parse_any(input).map(Name)
    }
}

/// `(a, b)`
pub(crate) fn list(input: ParseStream<'_>) -> Result<Vec<Name>> {
    let inner;
    parenthesized!(inner in input);
    Ok(Punctuated::<Name, Token![,]>::parse_terminated(&inner)?.into_iter().collect())
}

/// `word = a` or `word(a, b)`
pub(crate) fn one_or_list(meta: &ParseNestedMeta<'_>, form: &str) -> Result<Vec<Name>> {
    refuse_assigned_list(meta)?;
    let names = if meta.input.peek(syn::token::Paren) { list(meta.input)? } else { vec![value(meta, form)?] };
    if names.is_empty() { Err(meta.error(format!("write `{} = {form}`", word(meta)))) } else { Ok(names) }
}

/// `word = (a, b)` or `word = [a, b]`, which is how other languages write it: the message writes it as it is here, with
/// the names that stand there.
pub(crate) fn refuse_assigned_list(meta: &ParseNestedMeta<'_>) -> Result<()> {
    let ahead = meta.input.fork();
    if ahead.parse::<Token![=]>().is_err() {
        return Ok(());
    }
    let place = ahead.span();
    match ahead.parse::<TokenTree>() {
        Ok(TokenTree::Group(group))
            if matches!(group.delimiter(), Delimiter::Parenthesis | Delimiter::Bracket) =>
        {
            let names: Vec<String> =
                group.stream().to_string().split(',').map(|name| name.trim().to_owned()).collect();
            let names = names.iter().filter(|name| !name.is_empty());
            let names = names.map(String::as_str).collect::<Vec<_>>().join(", ");
            let word = word(meta);
            Err(Error::new(place, format!("several fields go without `=`: write `{word}({names})`")))
        }
        _ => Ok(()),
    }
}

/// `User.id`, or `Line(a, b)` for several columns.
#[derive(Clone)]
pub(crate) struct Reference {
    /// The model.
    pub(crate) model: Path,
    /// Its fields.
    pub(crate) fields: Vec<Name>,
}

impl Reference {
    pub(crate) fn span(&self) -> Span {
        self.model.span()
    }
}

impl Parse for Reference {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let model = Path::parse_mod_style(input)?;
        let fields = if input.peek(syn::token::Paren) {
            list(input)?
        } else {
            input.parse::<Token![.]>()?;
            vec![input.parse()?]
        };
        if fields.is_empty() {
            return Err(input.error("name the columns"));
        }
        Ok(Reference { model, fields })
    }
}

/// Any expression: all tokens up to the next comma outside of brackets and of `::<..>`.
#[derive(Clone)]
pub(crate) struct Expression(pub(crate) TokenStream);

impl Parse for Expression {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut tokens = TokenStream::new();
        let mut angles = 0_usize;
        let mut turbofish = false;
        while !input.is_empty() && (angles > 0 || !input.peek(Token![,])) {
            let token: TokenTree = input.parse()?;
            if let TokenTree::Punct(p) = &token {
                match p.as_char() {
                    '<' if turbofish || angles > 0 => angles += 1,
                    '>' => angles = angles.saturating_sub(1),
                    _ => {}
                }
                turbofish = p.as_char() == ':';
            } else {
                turbofish = false;
            }
            tokens.extend([token]);
        }
        if tokens.is_empty() { Err(input.error("expected an expression")) } else { Ok(Expression(tokens)) }
    }
}

/// The type without the invisible brackets that a macro puts around it.
pub(crate) fn ungrouped(ty: &syn::Type) -> &syn::Type {
    match ty {
        syn::Type::Group(group) => ungrouped(&group.elem),
        syn::Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}

/// The last segment of a type's path.
pub(crate) fn last_segment(ty: &syn::Type) -> Option<&syn::PathSegment> {
    match ungrouped(ty) {
        syn::Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The first type argument of a segment: `Post` of `HasMany<Post>`.
pub(crate) fn type_argument(segment: &syn::PathSegment) -> Option<&syn::Type> {
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(args) => args.args.iter().find_map(|a| match a {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

/// Whether a type is written as `Option<..>`. An alias of one is not seen here, and need not be: this only decides
/// whether a builder asks for the column.
pub(crate) fn is_option(ty: &syn::Type) -> bool {
    last_segment(ty).is_some_and(|s| s.ident == "Option" && type_argument(s).is_some())
}

/// Tokens with every token standing at a place, so that an error in them points there.
pub(crate) fn placed(tokens: TokenStream, span: Span) -> TokenStream {
    let place = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            let delimiter: Delimiter = group.delimiter();
            token = proc_macro2::Group::new(delimiter, placed(group.stream(), span)).into();
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(place).collect()
}
