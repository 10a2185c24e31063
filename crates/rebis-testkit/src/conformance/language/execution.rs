//! How long statements may take, and in which schemas they run.

use super::desk::{Db, Desk, Plain};
use super::scene::{Any, ID, put, table};
use rebis_core::{ErrorKind, SqlType};
use rebis_engine::ExecutionOptions;
use rebis_sql::schema::{Action, Default, Index, MetaData, Schema, Schemas, Table};
use rebis_sql::{Arrays, Column, RawQuery, select, sql};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const NAME: Column<Any, String> = Column::new("t", "name", 1);
const SOON: Duration = Duration::from_millis(30);

/// Some hundred million million rows: no database gets to their end.
fn endless() -> RawQuery<i64> {
    sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) \
         SELECT count(*) FROM n AS a, n AS b, n AS c, n AS d, n AS e WHERE a.i + b.i + c.i + d.i + e.i > 0")
    .rows()
}

fn people() -> Table {
    let mut made = table("t").generated("id").column("name", SqlType::Text { length: Some(40) }).made();
    made.indexes.push(Index::new(["name"]));
    made
}

fn is_well(db: &mut Db<'_>) {
    db.gives(select(ID).order_by(ID), [1]);
    db.run(put("t", ["name"]).row(("bob",)));
    db.gives(select(ID).filter(NAME.eq("bob")), [2]);
}

fn filled<'s>(desk: &Desk<'s>) -> Db<'s> {
    let mut db = desk.with([people()]);
    db.run(put("t", ["name"]).row(("ann",)));
    db
}

pub fn a_statement_that_takes_too_long(desk: &Desk<'_>) {
    let mut db = filled(desk);
    let error = db.refuses(endless().timeout(SOON), ErrorKind::Timeout);
    assert!(error.message().contains("30ms"), "{error}");
    // The connection is whole, and the next statement has all the time it wants.
    is_well(&mut db);
}

pub fn a_connection_whose_statements_have_little_time(desk: &Desk<'_>) {
    let mut db = filled(desk);
    db.conn.set_execution(ExecutionOptions::new().timeout(SOON));
    db.refuses(endless(), ErrorKind::Timeout);
    db.conn.set_execution(ExecutionOptions::new().timeout(Duration::from_secs(600)));
    is_well(&mut db);
    db.refuses(endless().timeout(SOON), ErrorKind::Timeout);
}

pub fn a_transaction_in_which_a_statement_took_too_long(desk: &Desk<'_>) {
    let mut db = filled(desk);
    db.begin().run(put("t", ["name"]).row(("given up",)));
    db.refuses(endless().timeout(SOON), ErrorKind::Timeout);
    db.refuses(select(ID), ErrorKind::TransactionAborted);
    db.rollback();
    db.gives(select(NAME), ["ann".to_owned()]);
}

pub fn a_statement_that_is_not_kept(desk: &Desk<'_>) {
    let mut db = filled(desk);
    for _ in 0..3 {
        assert_eq!(db.all(select(NAME).filter(ID.eq(1)).once()), ["ann"]);
    }
    assert_eq!(db.run(sql("UPDATE t SET name = {} WHERE id = {}").bind("eva").bind(1).once()), 1);
    assert_eq!(db.all(select(NAME).once().timeout(Duration::from_secs(600))), ["eva"]);
}

/// A name that no other program and no other case has: the schemas of a server are of all its users.
pub(super) fn fresh(name: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{name}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Two schemas that are there on this connection, and nowhere else.
fn schemas(desk: &Desk<'_>, db: &mut Db<'_>) -> [String; 2] {
    let names = [(); 2].map(|()| fresh("rebis_tenant"));
    names.iter().for_each(|name| {
        db.run(Plain(&desk.facts.make_schema.replace("{}", name)));
    });
    names
}

fn drop_schemas(desk: &Desk<'_>, db: &mut Db<'_>, names: &[String]) {
    for name in names {
        db.run(Plain(&desk.facts.drop_schema.replace("{}", name)));
    }
}

pub fn a_schema_for_each_tenant(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let tenants = schemas(desk, &mut db);
    let notes = table("notes").generated("id").column("t_id", SqlType::I64);
    let schema = MetaData::new(vec![people(), notes.references("t_id", "t", Action::Cascade).made()]);
    let of = |tenant: &String| ExecutionOptions::new().default_schema(tenant.clone());
    for (tenant, name) in tenants.iter().zip(["ann", "eva"]) {
        db.conn.set_execution(of(tenant));
        db.wait_for_tables(&schema);
        db.wait_for_tables(&schema); // they are there
        db.run(put("t", ["name"]).row((name,)));
        db.run(put("notes", ["t_id"]).row((1i64,)));
        db.fails(put("notes", ["t_id"]).row((9i64,)), ErrorKind::ForeignKeyViolation);
    }
    for (tenant, name) in tenants.iter().zip(["ann", "eva"]) {
        db.conn.set_execution(of(tenant));
        db.gives(select(NAME).filter(ID.eq(1)), [name.to_owned()]);
        let sql = select(NAME).to_sql(db.conn.capabilities()).expect("it can be written");
        assert!(sql.contains(&format!("{tenant}.t")), "{sql}");
        db.wait_for(|conn| schema.drop_all(conn)).expect("they are dropped");
        db.refuses(select(NAME), ErrorKind::NoSuchObject);
    }
    drop_schemas(desk, &mut db, &tenants);
}

/// Types and sequences of a tenant are where its tables are.
pub fn what_tables_of_a_tenant_need(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let tenants = schemas(desk, &mut db);
    let mood = || SqlType::Enum { name: "mood", variants: &["fine", "so-so"], native: true };
    let tables = |of: Option<&'static str>| {
        let mut draft = table("t").key("id").column("name", mood());
        if desk.caps().types.arrays == Arrays::Native {
            draft = draft.nullable("moods", SqlType::Array(Box::new(mood())));
        }
        if desk.caps().next_number.is_some() {
            draft = draft.default("n", SqlType::I64, Default::Sequence("numbers".into()));
        }
        MetaData::new(vec![Table { schema: of.map(Into::into), ..draft.made() }])
    };
    let default: fn(&String) -> ExecutionOptions =
        |name| ExecutionOptions::new().default_schema(name.clone());
    let named: fn(&String) -> ExecutionOptions =
        |name| ExecutionOptions::new().schema("tenant", name.clone());
    for (schema, of) in [(tables(None), default), (tables(Some("tenant")), named)] {
        for tenant in &tenants {
            db.conn.set_execution(of(tenant));
            db.wait_for_tables(&schema);
            db.wait_for_tables(&schema); // they are there
            let t = rebis_sql::table("t").in_schema(tenant);
            let row = t.column::<i64>("id").to(1).and(t.column::<String>("name").to("fine"));
            db.run(t.insert().row(row));
            if desk.caps().next_number.is_some() {
                db.gives(select(t.column::<i64>("n")), [1]);
            }
        }
        for tenant in &tenants {
            db.conn.set_execution(of(tenant));
            db.wait_for(|conn| schema.drop_all(conn)).expect("they are dropped, with types and sequences");
        }
    }
    // Nothing is left in them: where that matters, a plain DROP says so.
    drop_schemas(desk, &mut db, &tenants);
}

pub fn schemas_are_made_and_dropped(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let name = fresh("rebis_made");
    let acme = Schema::new(name.clone());
    if desk.caps().schemas_made == Schemas::Attached {
        let error = db.wait_for(|conn| acme.create(conn)).expect_err("there are none");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        return assert!(error.help().is_some_and(|help| help.contains("attach")), "{error}");
    }
    desk.wait(acme.clone().cascade().if_there().drop(desk.engine())).expect("it may be there");
    desk.wait(acme.create(desk.engine())).expect("it is made");
    db.wait_for(|conn| acme.create(conn)).expect_err("it is there");
    db.wait_for(|conn| acme.clone().if_missing().create(conn)).expect("it is there, and that is said");
    db.conn.set_execution(ExecutionOptions::new().default_schema(name));
    db.wait_for_tables(&MetaData::new(vec![people()]));
    db.wait_for(|conn| acme.drop(conn)).expect_err("it is not empty");
    db.gives(select(ID), []);
    db.wait_for(|conn| acme.clone().cascade().drop(conn)).expect("all is dropped");
    db.wait_for(|conn| acme.clone().cascade().drop(conn)).expect_err("it is not there");
    db.wait_for(|conn| acme.clone().cascade().if_there().drop(conn))
        .expect("it is not there, and that is said");
}

pub fn a_schema_by_its_name_in_the_models(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let tenants = schemas(desk, &mut db);
    let made = Table { schema: Some("tenant".into()), ..people() };
    let schema = MetaData::new(vec![made]);
    let t = || rebis_sql::table("t").in_schema("tenant");
    for tenant in &tenants {
        db.conn.set_execution(ExecutionOptions::new().schema("tenant", tenant.clone()));
        db.wait_for_tables(&schema);
        db.run(t().insert().row(t().column::<String>("name").to(tenant.as_str())));
        db.gives(select(t().column::<String>("name")), [tenant.clone()]);
    }
    for tenant in &tenants {
        db.conn.set_execution(ExecutionOptions::new().schema("tenant", tenant.clone()));
        assert_eq!(db.run(t().update().set(t().column::<String>("name"), "x").all_rows()), 1);
        db.wait_for(|conn| schema.drop_all(conn)).expect("it is dropped");
    }
    drop_schemas(desk, &mut db, &tenants);
}
