//! Tables, constraints and indexes as `create_all` makes them and `drop_all` takes them away, seen at work.

use super::desk::{Db, Desk};
use super::scene::{Draft, ID, N, all_numbers, column, count_of, delete, numbers, put, table, texts, update};
use rebis_core::{Datum, Error, ErrorKind, Result, SqlType};
use rebis_sql::schema::{self, Action, Check, Computed, Default, MetaData, NamingConvention, Table};
use rebis_sql::{Column, func, select};

type Any = super::scene::Any;

fn create(desk: &Desk<'_>, schema: &MetaData) -> Result<()> {
    desk.wait(schema.create_all(desk.engine()))
}

fn drop(desk: &Desk<'_>, schema: &MetaData) -> Result<()> {
    desk.wait(schema.drop_all(desk.engine()))
}

/// The names of the tables there are.
fn tables(desk: &Desk<'_>) -> Vec<String> {
    let list = rebis_sql::sql_unchecked(desk.caps().list_tables);
    let mut names = desk.connect().all(list.rows::<String>());
    names.sort();
    names
}

/// `parents` with the keys 1, 2 and 9, and `t` whose rows (1, 1), (2, 1), (3, 2) refer to them by `n`.
fn family<'s>(desk: &Desk<'s>, on_delete: Action, on_update: Action, draft: Draft) -> Db<'s> {
    let children = draft.foreign(["n"], "parents", ["id"], on_delete, on_update).made();
    let mut db = desk.with([children, table("parents").key("id").made()]);
    db.run(put("parents", ["id"]).rows([(1i64,), (2,), (9,)]));
    db.run(put("t", ["id", "n"]).rows([(1i64, 1i64), (2, 1), (3, 2)]));
    db
}

fn child() -> Draft {
    table("t").key("id").nullable("n", SqlType::I64)
}

const PARENT: Column<Any, i64> = Column::new("parents", "id", 0);

/// An error about a constraint names it, or its table and columns.
fn names(error: &Error, constraint: &str, column: &str) {
    let by_column = error.table() == Some("t") && error.column().is_some_and(|c| c.contains(column));
    assert!(error.constraint() == Some(constraint) || by_column, "{error}");
}

pub fn a_primary_key_is_unique_and_takes_no_null(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").column("id", SqlType::Text { length: Some(9) }).in_key().made()]);
    db.run(put("t", ["id"]).row(("a",)));
    db.fails(put("t", ["id"]).row(("a",)), ErrorKind::UniqueViolation);
    db.fails(put("t", ["id"]).row((None::<&str>,)), ErrorKind::NotNullViolation);
}

pub fn a_primary_key_of_several_columns(desk: &Desk<'_>) {
    let text = SqlType::Text { length: Some(20) };
    let mut db = desk.with([table("t").column("a", SqlType::I64).in_key().column("b", text).in_key().made()]);
    db.run(put("t", ["a", "b"]).rows([(1i64, "x"), (1, "y"), (2, "x")]));
    db.fails(put("t", ["a", "b"]).row((1i64, "y")), ErrorKind::UniqueViolation);
}

pub fn a_primary_key_of_a_text_without_a_length(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").column("id", SqlType::Text { length: None }).in_key().made()]);
    db.run(put("t", ["id"]).rows([("a",), ("A",), ("á",)]));
    if desk.facts.minds_blanks {
        db.run(put("t", ["id"]).row(("a ",)));
    }
    db.fails(put("t", ["id"]).row(("a",)), ErrorKind::UniqueViolation);
}

pub fn a_unique_constraint(desk: &Desk<'_>) {
    let mut db = desk.with([child().unique(["n"]).made()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, Some(1i64)), (2, None), (3, None)]));
    let error = db.fails(put("t", ["id", "n"]).row((4i64, 1i64)), ErrorKind::UniqueViolation);
    names(&error, "uq_t_n", "n");
    assert_eq!(error.constraint().is_some(), desk.facts.names_uniques, "{error}");
}

pub fn a_unique_constraint_over_several_columns(desk: &Desk<'_>) {
    let mut db = desk.with([child().nullable("m", SqlType::I64).unique(["n", "m"]).made()]);
    db.run(put("t", ["id", "n", "m"]).rows([(1i64, 1i64, 1i64), (2, 1, 2), (3, 2, 1)]));
    let error = db.fails(put("t", ["id", "n", "m"]).row((4i64, 2i64, 1i64)), ErrorKind::UniqueViolation);
    names(&error, "uq_t_n_m", "m");
}

pub fn a_unique_constraint_with_a_name_of_its_own(desk: &Desk<'_>) {
    let mut made = child().made();
    made.uniques.push(schema::Unique { name: Some("only one".into()), columns: vec!["n".into()] });
    let mut db = desk.with([made]);
    db.run(put("t", ["id", "n"]).row((1i64, 1i64)));
    let error = db.fails(put("t", ["id", "n"]).row((2i64, 1i64)), ErrorKind::UniqueViolation);
    names(&error, "only one", "n");
}

pub fn a_unique_index(desk: &Desk<'_>) {
    let mut db = desk.with([child().index(["n"], true).made()]);
    db.run(put("t", ["id", "n"]).row((1i64, 1i64)));
    let error = db.fails(put("t", ["id", "n"]).row((2i64, 1i64)), ErrorKind::UniqueViolation);
    names(&error, "ix_t_n", "n");
}

pub fn an_index_lets_equal_values_in(desk: &Desk<'_>) {
    let text = SqlType::Text { length: None };
    let mut db =
        desk.with([child().nullable("word", text).index(["n", "word"], false).index(["n"], false).made()]);
    db.run(put("t", ["id", "n", "word"]).rows([(1i64, 1i64, "a"), (2, 1, "a")]));
    db.gives(select(ID).filter(N.eq(1)).order_by(ID), [1, 2]);
}

pub fn a_check_of_a_column(desk: &Desk<'_>) {
    let mut db = desk.with([child().check("n", "n >= 0").made()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, Some(0i64)), (2, None)]));
    let error = db.fails(put("t", ["id", "n"]).row((3i64, -1i64)), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("ck_t_n"), "{error}");
    let error = db.fails(update("t").set(N, -5).filter(ID.eq(1)), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("ck_t_n"), "{error}");
}

pub fn several_checks_are_numbered(desk: &Desk<'_>) {
    let mut db = desk.with([child().check("n", "n >= 0").check("n", "n < 10").made()]);
    let error = db.fails(put("t", ["id", "n"]).row((1i64, 10i64)), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("ck_t_n_2"), "{error}");
}

pub fn a_check_over_several_columns(desk: &Desk<'_>) {
    let mut made = child().made();
    made.checks.push(Check { name: Some("in_order".into()), column: None, condition: "n > id".into() });
    let mut db = desk.with([made]);
    db.run(put("t", ["id", "n"]).row((1i64, 2i64)));
    let error = db.fails(put("t", ["id", "n"]).row((2i64, 2i64)), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("in_order"), "{error}");
}

pub fn an_enum_takes_its_words_alone(desk: &Desk<'_>) {
    let of = SqlType::Enum { name: "mood", variants: &["fine", "it's ok", "so-so \\"], native: false };
    let mut db = desk.with([table("t").key("id").nullable("mood", of).made()]);
    let all = [(1i64, Some("fine")), (2, Some("it's ok")), (3, Some("so-so \\")), (4, None)];
    db.run(put("t", ["id", "mood"]).rows(all));
    let error = db.fails(put("t", ["id", "mood"]).row((5i64, "bad")), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("ck_t_mood"), "{error}");
    db.gives(
        select(column::<Option<String>>("t", "mood")).order_by(ID),
        all.map(|(_, m)| m.map(str::to_owned)),
    );
}

pub fn a_foreign_key_needs_its_target(desk: &Desk<'_>) {
    let mut db = family(desk, Action::NoAction, Action::NoAction, child());
    let error = db.fails(put("t", ["id", "n"]).row((4i64, 77i64)), ErrorKind::ForeignKeyViolation);
    assert_eq!(error.constraint().is_some(), desk.facts.names_foreign_keys, "{error}");
    assert!(error.constraint().is_none_or(|name| name == "fk_t_n_parents"), "{error}");
    db.run(put("t", ["id", "n"]).row((4i64, None::<i64>)));
}

pub fn a_foreign_key_without_an_action_keeps_the_parent(desk: &Desk<'_>) {
    let mut db = family(desk, Action::NoAction, Action::NoAction, child());
    db.fails(delete("parents").filter(PARENT.eq(1)), ErrorKind::ForeignKeyViolation);
    db.fails(update("parents").set(PARENT, 5).filter(PARENT.eq(2)), ErrorKind::ForeignKeyViolation);
    assert_eq!(db.run(delete("parents").filter(PARENT.eq(9))), 1);
}

pub fn on_delete_restrict(desk: &Desk<'_>) {
    let mut db = family(desk, Action::Restrict, Action::Restrict, child());
    db.fails(delete("parents").filter(PARENT.eq(1)), ErrorKind::ForeignKeyViolation);
    db.gives(count_of("parents"), [3]);
}

pub fn on_delete_cascade(desk: &Desk<'_>) {
    let mut db = family(desk, Action::Cascade, Action::NoAction, child());
    db.run(delete("parents").filter(PARENT.eq(1)));
    db.gives(all_numbers(), [(3, Some(2))]);
}

pub fn on_delete_set_null(desk: &Desk<'_>) {
    let mut db = family(desk, Action::SetNull, Action::NoAction, child());
    db.run(delete("parents").filter(PARENT.eq(1)));
    db.gives(all_numbers(), [(1, None), (2, None), (3, Some(2))]);
}

pub fn on_delete_set_default(desk: &Desk<'_>) {
    if !desk.facts.set_default {
        return desk.skip("the database cannot set foreign keys to their default");
    }
    let child = table("t").key("id").default("n", SqlType::I64, Default::Value(Datum::Int(9)));
    let mut db = family(desk, Action::SetDefault, Action::NoAction, child);
    db.run(delete("parents").filter(PARENT.eq(1)));
    db.gives(all_numbers(), [(1, Some(9)), (2, Some(9)), (3, Some(2))]);
}

pub fn on_update_cascade(desk: &Desk<'_>) {
    let mut db = family(desk, Action::NoAction, Action::Cascade, child());
    assert_eq!(db.run(update("parents").set(PARENT, 100).filter(PARENT.eq(1))), 1);
    db.gives(all_numbers(), [(1, Some(100)), (2, Some(100)), (3, Some(2))]);
}

pub fn on_update_set_null(desk: &Desk<'_>) {
    let mut db = family(desk, Action::NoAction, Action::SetNull, child());
    db.run(update("parents").set(PARENT, 100).filter(PARENT.eq(1)));
    db.gives(all_numbers(), [(1, None), (2, None), (3, Some(2))]);
}

pub fn a_foreign_key_over_several_columns(desk: &Desk<'_>) {
    let parents = table("parents").column("a", SqlType::I64).in_key().column("b", SqlType::I64).in_key();
    let children = table("t").key("id").nullable("a", SqlType::I64).nullable("b", SqlType::I64);
    let children = children.foreign(["a", "b"], "parents", ["a", "b"], Action::Cascade, Action::NoAction);
    let mut db = desk.with([parents.made(), children.made()]);
    db.run(put("parents", ["a", "b"]).rows([(1i64, 1i64), (1, 2)]));
    db.run(put("t", ["id", "a", "b"]).rows([(1i64, 1i64, 1i64), (2, 1, 2)]));
    db.fails(put("t", ["id", "a", "b"]).row((3i64, 2i64, 1i64)), ErrorKind::ForeignKeyViolation);
    db.run(delete("parents").filter(column::<i64>("parents", "b").eq(2)));
    db.gives(select(ID), [1]);
}

pub fn a_foreign_key_to_a_unique_column(desk: &Desk<'_>) {
    let text = || SqlType::Text { length: Some(20) };
    let parents = table("parents").key("id").column("slug", text()).unique(["slug"]).made();
    let children = table("t").key("id").column("slug", text());
    let children = children.foreign(["slug"], "parents", ["slug"], Action::NoAction, Action::Cascade).made();
    let mut db = desk.with([parents, children]);
    db.run(put("parents", ["id", "slug"]).row((1i64, "a")));
    db.run(put("t", ["id", "slug"]).row((1i64, "a")));
    db.fails(put("t", ["id", "slug"]).row((2i64, "b")), ErrorKind::ForeignKeyViolation);
    db.run(update("parents").set(column::<String>("parents", "slug"), "c").all_rows());
    db.gives(select(column::<String>("t", "slug")), texts(["c"]));
}

pub fn a_table_that_refers_to_itself(desk: &Desk<'_>) {
    let mut db = desk.with([child().references("n", "t", Action::Cascade).made()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, None), (2, Some(1i64)), (3, Some(2))]));
    db.run(delete("t").filter(ID.eq(1)));
    db.gives(count_of("t"), [0]);
}

fn chain() -> Vec<Table> {
    let of = |name: &'static str, target: &'static str| {
        let draft = table(name).key("id").nullable("up", SqlType::I64);
        draft.references("up", target, Action::NoAction).made()
    };
    vec![of("c", "b"), of("b", "a"), table("a").key("id").made()]
}

pub fn tables_are_made_parents_first_and_dropped_children_first(desk: &Desk<'_>) {
    let schema = MetaData::new(chain());
    create(desk, &schema).expect("they are made");
    let mut db = desk.connect();
    db.run(put("a", ["id"]).row((1i64,)));
    db.run(put("b", ["id", "up"]).row((1i64, 1i64)));
    db.run(put("c", ["id", "up"]).row((1i64, 1i64)));
    std::mem::drop(db);
    assert_eq!(tables(desk), ["a", "b", "c"]);
    drop(desk, &schema).expect("they are dropped");
    assert!(tables(desk).is_empty());
}

pub fn tables_that_refer_to_each_other(desk: &Desk<'_>) {
    let of = |name: &'static str, target: &'static str| {
        let draft = table(name).key("id").nullable("other", SqlType::I64);
        draft.references("other", target, Action::NoAction).made()
    };
    let schema = MetaData::new(vec![of("t", "b"), of("b", "t")]);
    create(desk, &schema).expect("they are made");
    let mut db = desk.connect();
    db.run(put("t", ["id"]).row((1i64,)));
    db.run(put("b", ["id", "other"]).row((1i64, 1i64)));
    db.run(update("t").set(column::<Option<i64>>("t", "other"), 1).all_rows());
    db.fails(delete("b").all_rows(), ErrorKind::ForeignKeyViolation);
    db.fails(put("t", ["id", "other"]).row((2i64, 77i64)), ErrorKind::ForeignKeyViolation);
    db.run(update("t").set(column::<Option<i64>>("t", "other"), None).all_rows());
    db.run(delete("b").all_rows());
    std::mem::drop(db);
    drop(desk, &schema).expect("they are dropped");
    assert!(tables(desk).is_empty());
}

pub fn what_exists_is_left_alone(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).row((1i64, 1i64)));
    let schema = MetaData::new(vec![numbers(), table("other").key("id").made()]);
    create(desk, &schema).expect("one is made");
    create(desk, &schema).expect("none is made");
    db.gives(all_numbers(), [(1, Some(1))]);
    assert_eq!(tables(desk), ["other", "t"]);
}

pub fn what_does_not_exist_is_not_dropped(desk: &Desk<'_>) {
    let schema = MetaData::new(vec![numbers(), table("other").key("id").made()]);
    drop(desk, &schema).expect("nothing to do");
    create(desk, &MetaData::new(vec![numbers()])).expect("one is made");
    drop(desk, &schema).expect("one is dropped");
    assert!(tables(desk).is_empty());
}

pub fn a_schema_that_contradicts_itself_sends_nothing(desk: &Desk<'_>) {
    let schema = MetaData::new(vec![numbers(), child().references("n", "nowhere", Action::Cascade).made()]);
    let error = create(desk, &schema).expect_err("it cannot be made");
    assert_eq!(error.kind(), ErrorKind::InvalidMapping, "{error}");
    assert!(tables(desk).is_empty());
}

pub fn a_schema_is_made_whole_or_not_at_all(desk: &Desk<'_>) {
    if !desk.caps().transactional_ddl {
        return desk.skip("the database cannot roll DDL back");
    }
    let mut wrong = table("wrong").key("id").made();
    wrong.checks.push(Check { name: None, column: None, condition: "no_such_column > 0".into() });
    create(desk, &MetaData::new(vec![numbers(), wrong])).expect_err("the second cannot be made");
    assert!(tables(desk).is_empty());
}

pub fn names_that_are_reserved_or_have_odd_characters(desk: &Desk<'_>) {
    for name in [
        "order",
        "Group",
        "two words",
        "a.b",
        "semi;colon",
        "quo\"te",
        "back`tick",
        "it's",
        "1st",
        "?",
        "$1",
        "-- x",
    ] {
        let schema = MetaData::new(vec![
            table(name).key(name).nullable("n", SqlType::I64).unique(["n"]).index(["n"], false).made(),
        ]);
        create(desk, &schema).unwrap_or_else(|e| panic!("{name}: {e}"));
        let key: Column<Any, i64> = Column::new(name, name, 0);
        let mut db = desk.connect();
        db.run(put(name, [name, "n"]).row((1i64, 5i64)));
        assert_eq!(db.run(update(name).set(key, key + 1).filter(key.eq(1))), 1, "{name}");
        db.gives(select((key, column::<i64>(name, "n"))).order_by(key), [(2, 5)]);
        std::mem::drop(db);
        drop(desk, &schema).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

pub fn names_of_any_language(desk: &Desk<'_>) {
    for name in ["größe", "名前", "имя", "اسم", "x_é"] {
        let schema = MetaData::new(vec![table(name).key(name).check(name, "1 = 1").made()]);
        create(desk, &schema).unwrap_or_else(|e| panic!("{name}: {e}"));
        let key: Column<Any, i64> = Column::new(name, name, 0);
        let mut db = desk.connect();
        db.run(put(name, [name]).row((1i64,)));
        db.gives(select(key), [1]);
        assert!(tables(desk).contains(&name.to_owned()), "{name}");
    }
}

pub fn the_longest_name_of_a_table(desk: &Desk<'_>) {
    let name = "t".repeat(desk.facts.longest_name.min(200));
    let name: &'static str = name.leak();
    let made = table(name).key("id").nullable("n", SqlType::I64).unique(["n"]).index(["n"], false).made();
    let schema = MetaData::new(vec![made]);
    create(desk, &schema).expect("it is made");
    desk.connect().run(put(name, ["id"]).row((1i64,)));
    desk.gives(count_of(name), [1]);
    assert_eq!(tables(desk), [name]);
}

pub fn long_names_of_constraints_stay_apart(desk: &Desk<'_>) {
    const A: &str = "a_column_with_a_name_that_is_as_long_as_names_may_be_one";
    const B: &str = "a_column_with_a_name_that_is_as_long_as_names_may_be_two";
    let draft = table("t").key("id").nullable(A, SqlType::I64).nullable(B, SqlType::I64);
    let mut db = desk.with([draft.unique([A]).unique([B]).index([A], false).index([B], false).made()]);
    db.run(put("t", ["id", A, B]).row((1i64, 1i64, 1i64)));
    let error = db.fails(put("t", ["id", A, B]).row((2i64, 2i64, 1i64)), ErrorKind::UniqueViolation);
    assert!(error.constraint().is_none_or(|name| name.len() <= 63), "{error}");
    db.run(put("t", ["id", A, B]).row((2i64, 2i64, 2i64)));
}

pub fn names_by_another_convention(desk: &Desk<'_>) {
    let mut naming = NamingConvention::default();
    (naming.check, naming.unique) = ("chk".into(), "only".into());
    let schema = MetaData::new(vec![child().check("n", "n > 0").unique(["n"]).made()]).with_naming(naming);
    create(desk, &schema).expect("it is made");
    let mut db = desk.connect();
    let error = db.fails(put("t", ["id", "n"]).row((1i64, 0i64)), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("chk_t_n"), "{error}");
    db.run(put("t", ["id", "n"]).row((1i64, 1i64)));
    names(&db.fails(put("t", ["id", "n"]).row((2i64, 1i64)), ErrorKind::UniqueViolation), "only_t_n", "n");
}

pub fn comments_are_taken(desk: &Desk<'_>) {
    let mut made = numbers();
    made.comment = Some("it's \\ a \"table\"; -- with {} and é𝄞".into());
    made.columns[1].comment = Some("'; DROP TABLE t; --".into());
    let mut db = desk.with([made]);
    db.run(put("t", ["id"]).row((1i64,)));
    db.gives(count_of("t"), [1]);
}

pub fn defaults_that_are_expressions(desk: &Desk<'_>) {
    let clock = Default::Sql("CURRENT_TIMESTAMP".into());
    let draft = table("t").key("id").default("n", SqlType::I64, Default::Sql("20 + 1".into()));
    let mut db = desk.with([draft.default("at", SqlType::Timestamp, clock).made()]);
    db.run(put("t", ["id"]).row((1i64,)));
    db.gives(select(N), [Some(21)]);
    db.gives(count_of("t").filter(column::<Option<String>>("t", "at").is_not_null()), [1]);
}

/// A table whose `n` is computed of `a`.
fn doubled(stored: bool) -> Table {
    let mut made = table("t").key("id").column("a", SqlType::I64).nullable("n", SqlType::I64).made();
    made.columns[2].computed = Some(Computed { sql: "a * 2".into(), stored });
    made
}

pub fn a_computed_column(desk: &Desk<'_>) {
    for stored in [false, true] {
        let schema = MetaData::new(vec![doubled(stored)]);
        create(desk, &schema).expect("it is made");
        let mut db = desk.connect();
        db.run(put("t", ["id", "a"]).rows([(1i64, 4i64), (2, 5)]));
        db.gives(select(N).order_by(ID), [Some(8), Some(10)]);
        db.run(update("t").set(column::<i64>("t", "a"), 7).filter(N.eq(8)));
        db.gives(select(N).order_by(ID), [Some(14), Some(10)]);
        std::mem::drop(db);
        drop(desk, &schema).expect("it is dropped");
    }
}

pub fn a_computed_column_is_unique(desk: &Desk<'_>) {
    let mut made = doubled(false);
    made.columns[2].computed = Some(Computed { sql: "CASE WHEN a > 0 THEN a END".into(), stored: false });
    made.uniques.push(schema::Unique { name: None, columns: vec!["n".into()] });
    let mut db = desk.with([made]);
    db.run(put("t", ["id", "a"]).rows([(1i64, -1i64), (2, -1), (3, 1)]));
    names(&db.fails(put("t", ["id", "a"]).row((4i64, 1i64)), ErrorKind::UniqueViolation), "uq_t_n", "n");
}

pub fn a_default_of_null(desk: &Desk<'_>) {
    let mut db =
        desk.with([table("t").key("id").default("n", SqlType::I64, Default::Sql("NULL".into())).made()]);
    db.run(put("t", ["id"]).row((1i64,)));
    db.gives(select(N), [None]);
}

pub fn a_column_without_null_says_which(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("n", SqlType::I64).made()]);
    let error = db.fails(put("t", ["id", "n"]).row((1i64, None::<i64>)), ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("n"), "{error}");
    let error = db.fails(put("t", ["id"]).row((1i64,)), ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("n"), "{error}");
}

pub fn tables_within_a_transaction(desk: &Desk<'_>) {
    let schema = MetaData::new(vec![numbers()]);
    let mut db = desk.connect();
    db.begin();
    db.wait_for_tables(&schema);
    db.run(put("t", ["id"]).row((1i64,)));
    db.rollback();
    let rolled_back = !tables(desk).contains(&"t".to_owned());
    assert_eq!(rolled_back, desk.caps().transactional_ddl);
}

pub fn a_table_is_made_and_dropped_again_and_again(desk: &Desk<'_>) {
    let draft = || child().unique(["n"]).check("n", "n > 0").index(["n", "id"], false);
    let schema = MetaData::new(vec![draft().references("n", "t", Action::NoAction).made()]);
    for _ in 0..3 {
        create(desk, &schema).expect("it is made");
        let mut db = desk.connect();
        db.run(put("t", ["id", "n"]).row((1i64, 1i64)));
        db.gives(select(func::count()).select_from(super::scene::source("t")), [1]);
        std::mem::drop(db);
        drop(desk, &schema).expect("it is dropped");
    }
}
