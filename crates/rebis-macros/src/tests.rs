//! The derives as functions: which mistakes they name, and where.

use crate::{enums, from_row, model, newtype};
use proc_macro2::TokenStream;
use syn::{DeriveInput, Result};

type Derive = fn(DeriveInput) -> Result<TokenStream>;

/// What the derive says of the source, each error on a line; empty if it is content.
fn said(derive: Derive, source: &str) -> String {
    let input = syn::parse_str(source).expect("the source parses");
    match derive(input) {
        Ok(tokens) => {
            assert!(!tokens.is_empty());
            String::new()
        }
        Err(e) => e.into_iter().map(|e| e.to_string()).collect::<Vec<_>>().join("\n"),
    }
}

fn check(derive: Derive, source: &str, expect: &str) {
    let text = said(derive, source);
    assert!(
        if expect.is_empty() { text.is_empty() } else { text.contains(expect) },
        "expected `{expect}`\n   found `{text}`\n     for {source}"
    );
}

fn fields(inside: &str) -> String {
    format!("struct Post {{ #[column(primary_key)] id: i64, author_id: i64, {inside} }}")
}

#[test]
fn shapes_that_are_no_models() {
    let check = |source, expect| check(model::expand, source, expect);
    check("struct P(i64);", "a model needs named fields");
    check("struct P;", "a model needs columns");
    check("enum P { A }", "an enum cannot be a model");
    check("union P { a: i64 }", "a union cannot be a model");
    check("struct P<T> { #[column(primary_key)] id: T }", "a model cannot be generic");
    check("struct P<'a> { #[column(primary_key)] id: &'a str }", "a model cannot be generic");
    check("struct P { id: i64 }", "needs a primary key");
    check("struct P {}", "needs a primary key");
}

#[test]
fn words_of_columns() {
    let check = |inside: &str, expect| check(model::expand, &fields(inside), expect);
    check("#[column(legnth = 5)] a: String", "did you mean `length`?");
    check("#[column(length = \"x\")] a: String", "write `length = 50`");
    check("#[column(length)] a: String", "write `length = 50`");
    check("#[column(unique, unique)] a: String", "written twice");
    check("#[column(on_delete = Cascade)] a: i64", "add `references = User.id`");
    check("#[column(references = User.id, on_delete = Casade)] a: i64", "did you mean `Cascade`?");
    check("#[column(references = User.id, on_delete = cascade)] a: i64", "did you mean `Cascade`?");
    check("#[column(references = User)] a: i64", "write `references = User.id`");
    check("#[column(references = User(a, b))] a: i64", "a column references one column");
    check("#[column(generated)] a: i64", "only a primary key is `generated`");
    check("#[column(identity(always))] a: i64", "`identity` is how a generated primary key counts");
    check("#[column(primary_key, identity)] a: i64", "write `identity(always)`");
    check("#[column(primary_key, identity(strat = 1))] a: i64", "did you mean `start`?");
    check("#[column(primary_key, identity(start = \"x\"))] a: i64", "write `start = 1000`");
    check("#[column(primary_key, identity(start = -1, start = 2))] a: i64", "written twice");
    check("#[column(sequence(start = 5))] a: i64", "say which sequence");
    check("#[column(sequence(name = \"s\", increment = -5))] a: i64", "");
    check("#[column(primary_key)] a: Option<i64>", "never NULL");
    check("#[column(primary_key)] a: Deferred<i64>", "take the `Deferred` off `a`");
    check("#[column(unique)] a: Deferred<String>", "take the `Deferred` off `a`");
    check("#[column(references = User.id)] a: Deferred<i64>", "take the `Deferred` off `a`");
    check("a: Deferred<i64>, #[relation(key = a)] b: BelongsTo<User>", "take the `Deferred` off `a`");
    check("#[column(length = 9, default = \"x\".to_owned())] a: Deferred<String>", "");
    check("#[column(default = 1, server_default = \"1\")] a: i64", "two defaults");
    check("#[column(computed = \"b + 1\", default = 1)] a: i64", "either `computed` or has a default");
    check("#[column(stored)] a: i64", "write `computed = \"..\", stored`");
    check("#[column(computed = \"b + 1\", references = User.id)] a: i64", "a key cannot be `computed`");
    check("#[column(computed = \"b + 1\")] a: Deferred<i64>", "take the `Deferred` off `a`");
    check("#[column(computed = \"b + 1\", stored, unique)] a: i64", "");
    check("#[column(name = \"id\")] a: i64", "has the column name `id` already");
    check("#[relation(key = author_id)] a: i64", "is a column");
    check("#[column(default = f::<u8, u16>(1, 2), unique)] a: i64", "");
    check("#[column(unique = false, check = \"a > 0\", comment = \"c\", renamed_from = \"b\")] a: i64", "");
    check("#[column(references = blog::User.id, on_delete = Cascade, on_update = NoAction)] r#type: i64", "");
}

#[test]
fn words_of_relations() {
    let check = |inside: &str, expect| check(model::expand, &fields(inside), expect);
    check("author: BelongsTo<User>", "write `#[relation(key = author_id)]`");
    check("posts: HasMany<Post>", "does not say where its key is");
    check("posts: HasMany", "name the other model");
    check("#[relation(key = autor_id)] author: BelongsTo<User>", "did you mean `author_id`?");
    check("#[relation(key = a)] a: BelongsTo<User>", "`a` is a relation");
    check("#[relation(key = author_id)] posts: HasMany<Post>", "is on the other side");
    check("#[relation(through = PostTag, key = author_id)] a: BelongsTo<User>", "is here");
    check("#[relation(through = PostTag, key = author_id)] a: HasMany<User>", "is on the other side");
    check("#[relation(inverse = a, foreign_key = Post.a)] a: HasMany<User>", "keep one of");
    check("#[relation(foreign_key = Post.a, through = B)] a: HasMany<User>", "keep one of");
    check("#[relation(inverse = a, from = x)] a: HasMany<User>", "need `through = ..`");
    check("#[relation(inverse = a, cascade = \"al\")] a: HasMany<User>", "did you mean `all`?");
    check(
        "#[relation(inverse = a, cascade = \"delete-orphan\")] a: HasMany<User>",
        "write \"all, delete-orphan\"",
    );
    check("#[relation(inverse = a, cascade = \"none, merge\")] a: HasMany<User>", "`none` stands alone");
    check("#[relation(inverse = a, view_only, cascade = \"all\")] a: HasMany<User>", "view_only");
    check("#[relation(through = B, cascade = \"all, delete-orphan\")] a: HasMany<User>", "single parent");
    check(
        "#[relation(key = author_id, cascade = \"all, delete-orphan\")] a: BelongsTo<User>",
        "side that owns",
    );
    check("#[relation(key = author_id, passive_deletes)] a: BelongsTo<User>", "deleted first");
    check("#[relation(key = author_id, order_by = x)] a: BelongsTo<User>", "only `HasMany`");
    check("#[relation(inverse = a, order_by(x down))] a: HasMany<User>", "`asc` or `desc`");
    check("#[relation(invers = a)] a: HasMany<User>", "did you mean `inverse`?");
    check("#[column(unique)] #[relation(inverse = a)] a: HasMany<User>", "not a column");
    check("#[relation(inverse = a, passive_deletes = all, order_by(x, y desc))] a: HasMany<User>", "");
    check("#[relation(inverse = r#type, order_by = x desc, view_only)] a: HasMany<User>", "");
    check("#[relation(through = PostTag, from = post_id, to = tag)] a: HasMany<Tag>", "");
    check("#[relation(foreign_key = Line(a, b))] a: HasOne<Line>", "");
    check("#[relation(key = (author_id, id))] a: BelongsTo<Line>", "write `key(author_id, id)`");
    check("#[relation(key = [author_id, id])] a: BelongsTo<Line>", "write `key(author_id, id)`");
    check("#[relation(key = (author_id))] a: BelongsTo<Line>", "write `key(author_id)`");
    check("#[relation(inverse = a, order_by = (x, y desc))] a: HasMany<Line>", "write `order_by(x, y desc)`");
    check("#[relation(key(author_id, id))] a: BelongsTo<Option<Line>>", "");
}

#[test]
fn words_of_tables() {
    let check = |attribute: &str, expect| {
        let source = format!("#[model({attribute})] {}", fields("title: String"));
        check(model::expand, &source, expect);
    };
    check("tabel = \"posts\"", "did you mean `table`?");
    check("table = posts", "write `table = \"..\"`");
    check("unique(titel)", "did you mean `title`?");
    check("unique", "write `unique(a, b)`");
    check("index()", "name the fields");
    check("foreign_key(columns(title))", "write `foreign_key(");
    check("foreign_key(columns(title, id), references = Line(a))", "2 columns reference 1");
    check("check(name = \"ck\", id > 0)", "write `check(");
    check("table = \"a\", table = \"b\"", "written twice");
    check("unique(name = \"uq\", title, id), index(title), unique(id, title), schema = \"s\"", "");
    check("check = \"id > 0\", check(name = \"ck\", \"id < 9\"), comment = \"c\", renamed_from = \"p\"", "");
    check("foreign_key(columns(title, id), references = Line(a, b), on_delete = Cascade)", "");
    check("crate = ::blog::rebis", "");
    check("view = \"seen\"", "");
    check("view = \"seen\", table = \"posts\"", "written twice");
    check("options(strict, engine = \"Aria\", unlogged = false)", "");
    check("options(strikt)", "did you mean `strict`?");
    check("exclude(name = \"ex\", \"USING gist (id WITH =)\")", "");
    check("exclude(\"USING gist (id WITH =)\")", "write `exclude(name");
}

#[test]
fn several_mistakes_at_once() {
    let text = said(model::expand, "struct P { #[column(legnth = 5)] a: String, b: HasMany<P> }");
    assert_eq!(text.lines().count(), 3, "{text}");
}

/// Which columns a new row must set, and which key the database makes up, from the expansion.
#[test]
fn required_columns_and_generated_keys() {
    let expansion = |source: &str| {
        let input = syn::parse_str(source).expect("the source parses");
        model::expand(input).expect("a model").to_string()
    };
    let markers = |source: &str| {
        let text = expansion(source);
        let found = text
            .match_indices("trait __")
            .map(|(at, _)| text[at + 8..].split_whitespace().next().unwrap_or_default().to_owned());
        found.collect::<Vec<_>>()
    };
    let generated = |source: &str| expansion(source).contains("generated : true");
    let key = |ty: &str, words: &str| format!("struct P {{ #[column(primary_key {words})] id: {ty} }}");
    assert!(generated(&key("i64", "")));
    assert!(generated(&key("::core::primitive::u32", "")));
    assert!(!generated(&key("String", "")));
    assert!(!generated(&key("i64", ", generated = false")));
    assert!(generated(&key("PostId", ", generated")));
    assert!(!generated(&key("i64", ", default = 1")));
    assert!(!generated(&key("i64", ", references = User.id")));
    assert!(!generated(
        "struct P { #[column(primary_key)] id: i64, #[relation(key = id)] user: BelongsTo<User> }"
    ));
    assert!(!generated("struct P { #[column(primary_key)] a: i64, #[column(primary_key)] b: i64 }"));

    assert_eq!(markers(&key("i64", "")), Vec::<String>::new());
    assert_eq!(markers(&key("String", "")), ["id"]);
    assert_eq!(
        markers(
            "struct P { #[column(primary_key)] id: i64, r#type: String, b: ::core::option::Option<String>,
             #[column(default = 1)] c: i64, #[column(server_default = \"1\")] d: i64, e: i64,
             #[relation(key = e)] f: BelongsTo<User> }"
        ),
        ["type", "e"]
    );
}

#[test]
fn enums() {
    let check = |source, expect| check(enums::expand, source, expect);
    check("struct S;", "`#[derive(Value)]`");
    check("enum S {}", "at least one variant");
    check("enum S { A(i64) }", "does not fit one column");
    check("enum S<T> { A }", "cannot be generic");
    check("enum S { A, #[sql_enum(rename = \"a\")] B }", "stored as `a` already");
    check("#[sql_enum(rename_all = \"Title Case\")] enum S { A }", "no such spelling");
    check("#[sql_enum(nam = \"s\")] enum S { A }", "did you mean `name`?");
    check(
        "#[sql_enum(name = \"s\", rename_all = \"camelCase\")] enum S { A, #[sql_enum(rename = \"x\")] B }",
        "",
    );
    check("#[sql_enum(integer)] enum S { A = 3, B }", "");
    check("#[sql_enum(native)] enum S { A, B }", "");
    check("#[sql_enum(integer, native)] enum S { A, B }", "texts, not integers");
    check("#[sql_enum(native, integer)] enum S { A, B }", "texts, not integers");
}

#[test]
fn newtypes() {
    let check = |source, expect| check(newtype::expand, source, expect);
    check("struct Id(i64);", "");
    check("struct Id { inner: i64 }", "");
    check("struct Id(i64, i64);", "around one column type");
    check("struct Id;", "around one column type");
    check("enum Id { A }", "`#[derive(SqlEnum)]`");
    check("struct Id<T>(T);", "cannot be generic");
    check("struct Id(Option<i64>);", "`Option<Id>`");
    check("#[value(write = \"lower({})\", read(sqlite = \"a('{{}}', {})\"))] struct Id(String);", "");
    check("#[value(write = \"lower\")] struct Id(String);", "needs one `{}`, where the parameter stands");
    check("#[value(read = \"{} + {}\")] struct Id(String);", "needs one `{}`, where the column stands");
    check("#[value(read = \"f('{', {})\")] struct Id(String);", "a brace itself is written twice");
    check("#[value(raed = \"f({})\")] struct Id(String);", "did you mean `read`?");
    check("#[value(read = \"f({})\", read = \"g({})\")] struct Id(String);", "written twice");
}

#[test]
fn rows() {
    let check = |source, expect| check(from_row::expand, source, expect);
    check("struct R { a: i64, #[from_row(rename = \"x\")] b: Option<String> }", "");
    check("struct R(i64);", "use a tuple");
    check("struct R { #[from_row(renam = \"x\")] a: i64 }", "did you mean `rename`?");
    check("enum R { A }", "structs with named fields");
}
