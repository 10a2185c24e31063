//! Keys of every kind, newtypes, enums, rows, and other derives beside ours.

use rebis::prelude::*;
use rebis::{Cell, Datum, Key, Pending, Row, SqlType, ToKey, Value as _};

#[derive(Value, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct FirmId(i64);

/// A newtype that can be neither left to the database nor a key.
#[derive(Value, Clone, Debug)]
struct Money {
    cents: Price,
}

/// A column type written by hand, without `Pending` and without `Key`.
#[derive(Clone, Debug)]
struct Price(f64);

impl rebis::Value for Price {
    type Base = Price;
    fn sql_type() -> SqlType {
        SqlType::F64
    }
    fn encode(&self, out: &mut rebis::Binds) {
        self.0.encode(out);
    }
    fn decode(cell: Cell<'_>) -> rebis::Result<Self> {
        f64::decode(cell).map(Price)
    }
    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0)
    }
}

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sql_enum(name = "country", rename_all = "UPPERCASE")]
enum Country {
    De,
    Fr,
}

#[derive(SqlEnum, Clone, Debug, PartialEq)]
#[sql_enum(integer)]
enum Level {
    Low = 10,
    Middle,
    High = -1,
}

#[derive(Model, Debug)]
struct Firm {
    #[column(primary_key, generated)]
    id: FirmId,
    country: Country,
    level: Option<Level>,
    #[column(default = Money { cents: Price(1.5) })]
    fee: Money,
    price: Option<Money>,
    required: Money,
    #[relation(inverse = firm)]
    sites: HasMany<Site>,
}

/// A composite key with an enum, and a foreign key in it.
#[derive(Model, Debug)]
struct Site {
    #[column(primary_key)]
    firm_id: FirmId,
    #[column(primary_key)]
    country: Country,
    #[column(primary_key)]
    city: String,
    #[relation(key = firm_id)]
    firm: BelongsTo<Firm>,
    #[relation(inverse = site)]
    desks: HasMany<Desk>,
}

/// A foreign key of three columns, by a relation alone.
#[derive(Model, Debug)]
struct Desk {
    #[column(primary_key)]
    number: String,
    site_firm: FirmId,
    site_country: Country,
    site_city: String,
    #[relation(key(site_firm, site_country, site_city))]
    site: BelongsTo<Site>,
}

/// The same, said at the struct, and optional.
#[derive(Model, Debug)]
#[model(foreign_key(
    columns(firm, country, city),
    references = Site(firm_id, country, city),
    on_delete = SetNull
))]
struct Visit {
    #[column(primary_key)]
    id: i64,
    firm: Option<FirmId>,
    country: Option<Country>,
    city: Option<String>,
    #[relation(key(firm, country, city))]
    site: BelongsTo<Option<Site>>,
}

/// Two ways between the same models, and a collection without a relation on the other side.
#[derive(Model, Debug)]
#[model(schema = "social")]
struct Person {
    #[column(primary_key)]
    id: i64,
    #[relation(through = Friendship, from = left_id, to = right)]
    friends: HasMany<Person>,
    #[relation(foreign_key = Friendship.left_id, view_only, order_by(since desc, right_id))]
    friendships: HasMany<Friendship>,
}

#[derive(Model, Debug)]
#[model(schema = "social")]
struct Friendship {
    #[column(primary_key, references = Person.id)]
    left_id: i64,
    #[column(primary_key)]
    right_id: i64,
    #[column(server_default = "CURRENT_DATE")]
    since: String,
    #[relation(key = right_id)]
    right: BelongsTo<Person>,
}

#[test]
fn the_models_agree() {
    let schema = metadata![Firm, Site, Desk, Visit, Person, Friendship];
    schema.check().expect("the models agree");
    let firm = schema.table("firm").expect("firm");
    assert!(firm.columns[0].generated);
    assert_eq!(firm.columns[0].sql_type, SqlType::I64);
    assert_eq!(
        firm.columns[1].sql_type,
        SqlType::Enum { name: "country", variants: &["DE", "FR"], native: false }
    );
    assert_eq!(firm.columns[2].sql_type, SqlType::I32);
    let desk = schema.table("desk").expect("desk");
    assert_eq!(desk.foreign_keys[0].columns.len(), 3);
    assert_eq!(desk.foreign_keys[0].target_columns, ["firm_id", "country", "city"]);
    assert_eq!(schema.table("person").expect("person").schema.as_deref(), Some("social"));
    assert_eq!(format!("{:?}", Person.id.schema()), "Some(\"social\")");
}

fn key<M: Model>(_: Entity<M>, key: impl ToKey<M::Key>) -> M::Key {
    key.to_key()
}

#[test]
fn keys() {
    assert_eq!(key(Firm, FirmId(3)), FirmId(3));
    assert_eq!(key(Site, (FirmId(3), Country::Fr, "Lyon")), (FirmId(3), Country::Fr, "Lyon".to_owned()));
    assert_eq!(key(Desk, "a"), "a");
    assert_eq!((FirmId(3).dense(), Country::De.dense()), (Some(3), None));
    assert_eq!(FirmId::dense_cell(Cell::Int(4)), Some(4));
    assert_eq!((FirmId::pending(), Country::pending()), (FirmId(0), Country::De));
}

#[test]
fn new_rows() {
    let mut db = Graph::new();
    let money = Money { cents: Price(2.0) };
    let firm =
        db.add(Firm.new().country(Country::De).level(Level::Low).required(money.clone()).price(&money));
    assert_eq!((db[firm].id, db[firm].fee.cents.0), (FirmId(0), 1.5));
    let site = db.push(firm, Firm.sites, Site.new().country(Country::Fr).city("Lyon"));
    let desk = db.add(Desk.new().number("1").site(site));
    let other =
        db.add(Desk.new().number("2").site_firm(FirmId(1)).site_country(Country::De).site_city("Ulm"));
    assert_eq!(db[desk].site.get(), site);
    assert_eq!(db[other].site_city, "Ulm");
    let visit = db.add(Visit.new().site(site));
    assert_eq!(db[visit].site.get(), Some(site));
    let visit = db.add(Visit.new().site(None).city("x"));
    assert_eq!((db[visit].site.get(), db[visit].city.as_deref()), (None, Some("x")));
    let ann = db.add(Person.new().friends([Person.new(), Person.new()]));
    assert_eq!(db[ann].friends.len(), 2);
}

#[test]
fn enums_as_integers() {
    assert_eq!(Datum::of(&Level::Middle), Datum::Int(11));
    assert_eq!(Level::decode(Cell::Int(-1)).expect("known"), Level::High);
    let error = Level::decode(Cell::Int(5)).expect_err("unknown").to_string();
    assert!(error.contains("10 (low), 11 (middle), -1 (high)"), "{error}");
    assert!(Level::Low.same(&Level::Low) && !Level::Low.same(&Level::High));
    let stmt = select(Firm.id).filter(Firm.country.eq(Country::Fr) & Firm.level.eq(Level::Low));
    assert!(stmt.to_string().contains("firm.country = 'FR' AND firm.level = 10"), "{stmt}");
    assert!(select(Firm).filter(Firm.id.eq(FirmId(3))).to_string().contains("firm.id = 3"));
}

#[derive(FromRow, Debug, PartialEq)]
struct Summary {
    #[from_row(rename = "n")]
    count: i64,
    r#type: Option<Country>,
}

#[test]
fn rows_by_name() {
    assert_eq!(<Summary as Row>::names(), ["n", "type"]);
    let row = <Summary as Row>::plain(&[Cell::Int(2), Cell::Text(b"FR")]).expect("a row");
    assert_eq!(row, Summary { count: 2, r#type: Some(Country::Fr) });
    let error = <Summary as Row>::plain(&[Cell::Int(2), Cell::Int(2)]).expect_err("no text");
    assert!(error.to_string().contains("DE, FR"), "{error}");
}

/// Other derives beside ours: relation fields ask nothing of the target.
#[derive(Model, Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    parent_id: Option<i64>,
    #[relation(key = parent_id)]
    parent: BelongsTo<Option<Note>>,
    #[relation(inverse = parent, cascade = "save-update, delete", passive_deletes)]
    notes: HasMany<Note>,
    #[relation(inverse = note)]
    opaque: HasOne<Opaque>,
}

/// Has none of these derives.
#[derive(Model)]
struct Opaque {
    #[column(primary_key)]
    note_id: i64,
    #[relation(key = note_id)]
    note: BelongsTo<Note>,
}

#[test]
fn other_derives() {
    let note = Note { text: "x".into(), ..Note::default() };
    assert_eq!(note.clone(), note);
    assert!(!note.notes.is_loaded());
    let mut db = Graph::new();
    let h = db.add(Note.new().text("x").opaque(Opaque.new()));
    assert_eq!(db[h], note);
    let opaque = db[h].opaque.get().expect("one");
    assert_eq!((db[opaque].note_id, db[opaque].note.get()), (0, h));
}
