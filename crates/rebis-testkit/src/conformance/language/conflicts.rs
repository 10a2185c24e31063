//! Writes that one database says otherwise than the next: rows whose key is there, other tables beside the one that is
//! written, the first rows alone, rows that come back.

use super::desk::{Db, Desk};
use super::scene::{
    ID, N, all_numbers, build, column, count_of, delete, notes, numbers, on, people, put, table, texts,
    update,
};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::ast::{Key, TableRef};
use rebis_sql::schema::{Default, Index};
use rebis_sql::{Assignments, Column, ConflictClause, Insert, JoinPart, func, select};

type Any = super::scene::Any;

const EMAIL: Column<Any, String> = Column::new("accounts", "email", 1);
const NAME: Column<Any, String> = Column::new("accounts", "name", 2);
const HITS: Column<Any, i64> = Column::new("accounts", "hits", 3);

fn key(name: &'static str, column: &'static str) -> Key {
    Key { name: Some(name.into()), columns: vec![column.into()], generated: column == "id", always: false }
}

fn keys() -> Vec<Key> {
    vec![key("pk_accounts", "id"), key("uq_accounts_email", "email")]
}

/// An INSERT into `accounts`, which has a generated key and a unique `email`.
fn insert() -> Insert<Any> {
    Insert::new(TableRef::new("accounts"), keys)
}

fn account(email: &str, name: &str, hits: i64) -> Assignments<Any> {
    EMAIL.to(email).and(NAME.to(name)).and(HITS.to(hits))
}

/// `accounts` with ada and bob.
fn accounts<'s>(desk: &Desk<'s>) -> Db<'s> {
    let text = || SqlType::Text { length: Some(40) };
    let made = table("accounts").generated("id").column("email", text()).column("name", text());
    let made = made.default("hits", SqlType::I64, Default::Value(Datum::Int(1))).unique(["email"]);
    let mut db = desk.with([made.made()]);
    db.run(insert().row(account("a@x", "ada", 3)).row(account("b@x", "bob", 5)));
    db
}

fn gives(db: &mut Db<'_>, expected: &[(&str, &str, i64)]) {
    let expected = expected.iter().map(|&(email, name, hits)| (email.to_owned(), name.to_owned(), hits));
    db.gives(select((EMAIL, NAME, HITS)).order_by(EMAIL), expected);
}

pub fn a_row_whose_key_is_there_is_left_out(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let rows = [account("a@x", "other", 9), account("c@x", "cid", 7)];
    db.run(insert().rows(rows).on_conflict(EMAIL).do_nothing());
    gives(&mut db, &[("a@x", "ada", 3), ("b@x", "bob", 5), ("c@x", "cid", 7)]);
}

pub fn a_row_that_meets_any_key_is_left_out(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    db.run(insert().row(account("a@x", "other", 9)).on_conflict(()).do_nothing());
    gives(&mut db, &[("a@x", "ada", 3), ("b@x", "bob", 5)]);
}

pub fn a_row_whose_key_is_there_is_changed(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let rows = [account("a@x", "ann", 9), account("c@x", "cid", 7)];
    let stmt = insert().rows(rows).on_conflict(EMAIL);
    db.run(stmt.set(NAME, NAME.proposed()).set(HITS, HITS + HITS.proposed()));
    gives(&mut db, &[("a@x", "ann", 12), ("b@x", "bob", 5), ("c@x", "cid", 7)]);
}

pub fn all_that_was_proposed_is_set(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    for target in ["", "uq_accounts_email"] {
        let stmt = insert().row(account("a@x", "ann", 9));
        db.run(match target {
            "" => stmt.on_conflict(EMAIL).set_all_proposed(),
            name => stmt.on_conflict(name).set_all_proposed(),
        });
        gives(&mut db, &[("a@x", "ann", 9), ("b@x", "bob", 5)]);
    }
}

pub fn a_key_alone_is_proposed_and_stays(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let row = EMAIL.to("a@x").and(NAME.to("ann"));
    db.run(insert().row(row).on_conflict(EMAIL).set(HITS, 0).set(HITS, HITS + 1));
    gives(&mut db, &[("a@x", "ada", 4), ("b@x", "bob", 5)]);
}

pub fn only_rows_that_satisfy_a_condition_are_changed(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let rows = || [account("a@x", "ann", 4), account("b@x", "ben", 4)];
    let stmt = insert().rows(rows()).on_conflict(EMAIL).set_all_proposed();
    db.run(stmt.filter(HITS.lt(HITS.proposed())));
    gives(&mut db, &[("a@x", "ann", 4), ("b@x", "bob", 5)]);
}

pub fn a_condition_over_several_columns_that_are_set(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let stmt = insert().row(account("a@x", "ann", 4)).on_conflict(EMAIL).set_all_proposed();
    let stmt = stmt.filter(HITS.lt(HITS.proposed())).filter(NAME.eq("ada"));
    if desk.caps().writes.conflict_clause == ConflictClause::OnDuplicateKey {
        let error = db.fails(stmt, ErrorKind::Unsupported);
        assert!(error.help().is_some(), "{error}");
        return;
    }
    db.run(stmt);
    gives(&mut db, &[("a@x", "ann", 4), ("b@x", "bob", 5)]);
}

/// A row may meet the primary key and `email`; only one of them is named.
pub fn a_conflict_of_one_key_of_several_is_had_or_refused(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let id = column::<i64>("accounts", "id");
    let row = || id.to(1000).and(account("a@x", "ann", 4));
    let stmt = insert().row(row()).on_conflict(EMAIL).set_all_proposed();
    if desk.caps().writes.conflict_clause == ConflictClause::OnDuplicateKey {
        let error = db.fails(stmt, ErrorKind::Unsupported);
        assert!(error.help().is_some_and(|help| help.contains("on_conflict(())")), "{error}");
        gives(&mut db, &[("a@x", "ada", 3), ("b@x", "bob", 5)]);
        db.run(insert().row(row()).on_conflict(()).set(NAME, NAME.proposed()).set(HITS, HITS.proposed()));
    } else {
        db.run(stmt);
        let other = insert().row(id.to(1).and(account("d@x", "dan", 1)));
        db.fails(other.clone().on_conflict(EMAIL).set_all_proposed(), ErrorKind::UniqueViolation);
    }
    gives(&mut db, &[("a@x", "ann", 4), ("b@x", "bob", 5)]);
}

pub fn a_conflict_of_columns_that_are_no_key_is_refused(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let result = db.try_run(insert().row(account("d@x", "ada", 9)).on_conflict(NAME).do_nothing());
    assert!(result.is_err(), "{result:?}");
    gives(&mut db, &[("a@x", "ada", 3), ("b@x", "bob", 5)]);
}

pub fn rows_that_were_changed_come_back(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let rows = [account("a@x", "ann", 9), account("c@x", "cid", 7)];
    let stmt = insert().rows(rows).on_conflict(EMAIL).set_all_proposed().returning((EMAIL, HITS));
    let mut rows = db.all(stmt);
    rows.sort();
    assert_eq!(rows, [("a@x".to_owned(), 9), ("c@x".to_owned(), 7)]);
}

/// With RETURNING, or by reading the rows again.
pub fn an_insert_gives_back_its_rows_everywhere(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    // The database makes up their keys.
    let stmt = insert().row(account("c@x", "cid", 7)).row(account("d@x", "dan", 8)).returning((EMAIL, HITS));
    let mut rows = db.all(stmt);
    rows.sort();
    assert_eq!(rows, [("c@x".to_owned(), 7), ("d@x".to_owned(), 8)]);
    // They give their keys.
    let id = column::<i64>("accounts", "id");
    let row = |key, email| id.to(key).and(account(email, "x", 1));
    let mut keys = db.all(insert().row(row(50, "e@x")).row(row(40, "f@x")).returning(id));
    keys.sort_unstable();
    assert_eq!(keys, [40, 50]);
    // Defaults come back as well.
    let short = EMAIL.to("g@x").and(NAME.to("gus"));
    assert_eq!(db.all(insert().row(short).returning((NAME, HITS))), [("gus".to_owned(), 1)]);
    assert_eq!(db.scalar(count_of("accounts")), 7);
}

/// Which rows were left out nobody can tell who reads them again.
pub fn rows_that_cannot_be_read_again_are_refused(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let copied = select((EMAIL.concat("!"), NAME, HITS));
    let stmts = [
        insert().row(account("a@x", "ann", 9)).on_conflict(EMAIL).do_nothing().returning(HITS),
        insert().from_select((EMAIL, NAME, HITS), copied).returning(HITS),
    ];
    if desk.caps().returning {
        let [left_out, copied] = stmts;
        // Where all keys are looked at, a row that is left out is one that was set to what it is.
        let touched = desk.caps().writes.conflict_clause == ConflictClause::OnDuplicateKey;
        assert_eq!(db.all(left_out), if touched { vec![3] } else { Vec::new() });
        assert_eq!(db.all(copied).len(), 2);
        return;
    }
    for stmt in stmts {
        let error = db.refuses(stmt, ErrorKind::Unsupported);
        assert!(error.help().is_some(), "{error}");
    }
    gives(&mut db, &[("a@x", "ada", 3), ("b@x", "bob", 5)]);
}

pub fn rows_of_a_query_that_meet_others(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let copied = select((EMAIL, NAME.concat("!"), HITS));
    let stmt = insert().from_select((EMAIL, NAME, HITS), copied).on_conflict(EMAIL);
    db.run(stmt.set(NAME, NAME.proposed()));
    gives(&mut db, &[("a@x", "ada!", 3), ("b@x", "bob!", 5)]);
}

pub fn rows_of_a_query_with_joins_that_meet_others(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let other = EMAIL.aliased("other");
    let source = TableRef { alias: Some("other".into()), ..TableRef::new("accounts") };
    let joined =
        JoinPart { source: rebis_sql::ast::Source::Table(source), on: Some(other.eq(EMAIL).into_ast()) };
    let copied = select((EMAIL, NAME, HITS)).join(joined);
    let stmt = insert().from_select((EMAIL, NAME, HITS), copied).on_conflict(EMAIL);
    db.run(stmt.set(HITS, HITS + HITS.proposed()));
    gives(&mut db, &[("a@x", "ada", 6), ("b@x", "bob", 10)]);
}

pub fn rows_leave_different_columns_to_their_defaults(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let short = EMAIL.to("d@x").and(NAME.to("dan"));
    assert_eq!(db.run(insert().row(account("c@x", "cid", 7)).row(short)), 2);
    let expected = [("a@x", "ada", 3), ("b@x", "bob", 5), ("c@x", "cid", 7), ("d@x", "dan", 1)];
    gives(&mut db, &expected);
}

pub fn several_rows_of_nothing_but_defaults(desk: &Desk<'_>) {
    let made = table("t").generated("id").default("n", SqlType::I64, Default::Value(Datum::Int(7))).made();
    let mut db = desk.with([made]);
    let insert = Insert::<Any>::new(TableRef::new("t"), Vec::new);
    assert_eq!(db.run(insert.defaults().defaults().defaults()), 3);
    db.gives(select((N, ID.count())).group_by(N), [(Some(7), 3)]);
}

pub fn more_rows_than_parameters_are_several_statements(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    let rows = desk.caps().max_binds as i64 / 2 + 1;
    assert_eq!(db.run(put("t", ["id", "n"]).rows((0..rows).map(|id| (id, id)))), rows as u64);
    db.gives(select((func::count(), N.max())), [(rows, Some(rows - 1))]);
}

pub fn several_statements_are_written_whole_or_not_at_all(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    let rows = desk.caps().max_binds as i64 / 2 + 1;
    let twice = (0..rows).chain([5]).map(|id| (id, id));
    db.fails(put("t", ["id", "n"]).rows(twice), ErrorKind::UniqueViolation);
    db.gives(count_of("t"), [0]);
    db.begin();
    assert_eq!(db.run(put("t", ["id", "n"]).rows((0..rows).map(|id| (id, id)))), rows as u64);
    db.rollback();
    db.gives(count_of("t"), [0]);
}

pub fn an_update_reads_another_table(desk: &Desk<'_>) {
    let mut db = build(desk);
    let stmt = update("people").set(people::KARMA, notes::HITS * 10);
    let stmt = stmt.join(on("notes", notes::AUTHOR.eq(people::ID))).filter(notes::ID.eq(1));
    assert_eq!(db.run(stmt), 1);
    let author = select(notes::AUTHOR).filter(notes::ID.eq(1)).scalar();
    let hits = select(notes::HITS).filter(notes::ID.eq(1)).scalar();
    db.gives(
        select(func::count())
            .select_from(TableRef::new("people"))
            .filter(people::ID.eq(author) & people::KARMA.eq(hits * 10)),
        [1],
    );
}

pub fn an_update_reads_two_other_tables(desk: &Desk<'_>) {
    let mut db = build(desk);
    let boss = people::ID.aliased("boss");
    let source = TableRef { alias: Some("boss".into()), ..TableRef::new("people") };
    let is_boss = boss.eq(column::<i64>("people", "boss_id"));
    let part = JoinPart { source: rebis_sql::ast::Source::Table(source), on: Some(is_boss.into_ast()) };
    let stmt =
        update("notes").set(notes::HITS, 100).join(on("people", notes::AUTHOR.eq(people::ID))).join(part);
    let expected = select(notes::ID.count_distinct());
    let expected = expected.join(on("people", notes::AUTHOR.eq(people::ID)));
    let expected = db.scalar(expected.filter(column::<Option<i64>>("people", "boss_id").is_not_null()));
    assert_eq!(db.run(stmt), expected as u64);
    db.gives(select(notes::ID.count()).filter(notes::HITS.eq(100)), [expected]);
}

pub fn a_delete_reads_another_table(desk: &Desk<'_>) {
    let mut db = build(desk);
    let stmt = delete("notes").join(on("people", notes::AUTHOR.eq(people::ID))).filter(!people::ACTIVE);
    assert_eq!(db.run(stmt), 1);
    db.gives(select(notes::ID).order_by(notes::ID), [1, 2, 4, 5, 6]);
}

pub fn a_delete_that_reads_another_table_gives_back_its_rows(desk: &Desk<'_>) {
    let mut db = build(desk);
    let stmt = delete("notes").join(on("people", notes::AUTHOR.eq(people::ID))).filter(!people::ACTIVE);
    assert_eq!(db.all(stmt.keyed(["id".into()]).returning(notes::ID)), [3]);
    db.gives(select(notes::ID).order_by(notes::ID), [1, 2, 4, 5, 6]);
}

pub fn a_conflict_takes_values_of_the_old_row(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let again = insert().row(account("a@x", "other", 9)).on_conflict(EMAIL).set(NAME, NAME.proposed());
    db.run(again.set(HITS, func::case().when(NAME.eq("ada"), 1i64).otherwise(0)));
    gives(&mut db, &[("a@x", "other", 1), ("b@x", "bob", 5)]);
}

pub fn a_key_of_some_rows(desk: &Desk<'_>) {
    let index =
        Index { unique: true, condition: Some("n IS NULL".into()), ..Index::new(["name"]).named("one") };
    let text = SqlType::Text { length: Some(40) };
    let mut made = table("t").key("id").column("name", text).nullable("n", SqlType::I64).made();
    let (name, hits) = (column::<String>("t", "name"), N);
    let insert = |id: i64, of: &str| {
        let row = ID.to(id).and(name.to(of)).and(hits.to(None));
        Insert::<Any>::new(TableRef::new("t"), Vec::new).row(row).on_conflict(name).partial(N.is_null())
    };
    if !desk.caps().indexes.partial {
        let mut db = desk.with([made]);
        db.fails(insert(1, "ann").do_nothing(), ErrorKind::Unsupported);
        return;
    }
    made.indexes.push(index);
    let mut db = desk.with([made]);
    db.run(put("t", ["id", "name", "n"]).rows([(1i64, "ann", None), (2, "bob", Some(5i64))]));
    db.run(insert(3, "ann").do_nothing());
    // Bob's row is none of the index.
    db.run(insert(4, "bob").do_nothing());
    db.run(insert(5, "ann").set(N, ID + 100));
    db.gives(select((ID, N)).order_by(ID), [(1, Some(101)), (2, Some(5)), (4, None)]);
}

pub fn an_update_of_the_first_rows(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows((1..=9i64).map(|id| (id, -id))));
    let stmt = update("t").set(N, 0).all_rows().order_by(N).limit(2).keyed(["id".into()]);
    assert_eq!(db.run(stmt), 2);
    db.gives(select(ID).filter(N.eq(0)).order_by(ID), [8, 9]);
}

pub fn a_delete_of_the_first_rows(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows((1..=9i64).map(|id| (id, -id))));
    let stmt = delete("t").filter(ID.gt(3)).order_by(ID).limit(4).keyed(["id".into()]);
    assert_eq!(db.run(stmt), 4);
    db.gives(select(ID).order_by(ID), [1, 2, 3, 8, 9]);
}

/// With RETURNING, or by reading the rows again.
pub fn an_update_gives_back_its_rows_everywhere(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows((1..=9i64).map(|id| (id, id))));
    let stmt = || update("t").set(N, N + 100).keyed(["id".into()]);
    let mut rows = db.all(stmt().filter(N.gt(7)).returning((ID, N)));
    rows.sort_unstable();
    assert_eq!(rows, [(8, Some(108)), (9, Some(109))]);
    assert_eq!(db.all(stmt().filter(N.gt(1000)).returning(ID)), Vec::<i64>::new());
    let first = stmt().all_rows().order_by(N.desc()).limit(1);
    assert_eq!(db.all(first.returning((ID, N))), [(9, Some(209))]);
    db.gives(all_numbers().filter(ID.ge(8)), [(8, Some(108)), (9, Some(209))]);
}

pub fn an_update_with_a_composite_key_gives_back_its_rows(desk: &Desk<'_>) {
    let made = table("t").key("id").column("part", SqlType::I64).in_key().nullable("n", SqlType::I64).made();
    let mut db = desk.with([made]);
    let part = column::<i64>("t", "part");
    db.run(put("t", ["id", "part", "n"]).rows([(1i64, 1i64, 5i64), (1, 2, 6), (2, 1, 7)]));
    let stmt = update("t").set(N, 0).filter(part.eq(1)).keyed(["id".into(), "part".into()]);
    let mut rows = db.all(stmt.returning((ID, part, N)));
    rows.sort_unstable();
    assert_eq!(rows, [(1, 1, Some(0)), (2, 1, Some(0))]);
    db.gives(select(N).order_by((ID, part)), [Some(0), Some(6), Some(0)]);
}

pub fn an_update_that_reads_another_table_gives_back_its_rows(desk: &Desk<'_>) {
    let mut db = build(desk);
    let stmt = update("people").set(people::KARMA, notes::HITS + 1000).keyed(["id".into()]);
    let stmt = stmt.join(on("notes", notes::AUTHOR.eq(people::ID))).filter(notes::ID.eq(1));
    let hits = db.scalar(select(notes::HITS).filter(notes::ID.eq(1)));
    assert_eq!(db.all(stmt.returning(people::KARMA)), [hits + 1000]);
}

pub fn what_was_proposed_is_known_only_on_a_conflict(desk: &Desk<'_>) {
    let mut db = accounts(desk);
    let error =
        db.fails(update("accounts").set(NAME, NAME.proposed()).all_rows(), ErrorKind::InvalidStatement);
    assert!(error.message().contains("proposed"), "{error}");
    db.gives(select(NAME).order_by(NAME), texts(["ada", "bob"]));
}
