//! The traps that an API like this falls into, each as a user would step on it. (Names and derives: `derive_*.rs`;
//! messages of the compiler: `ui/`.)

use super::engine;
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{Handle, Query, State};

#[derive(Model, Debug)]
#[model(table = "writers")]
pub struct Writer {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(default = 0)]
    pub karma: i64,
    #[relation(inverse = writer, cascade = "all, delete-orphan")]
    pub texts: HasMany<Text>,
}

#[derive(Model, Debug)]
#[model(table = "texts")]
pub struct Text {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub body: Option<String>,
    #[column(default = 0)]
    pub hits: i64,
    #[column(references = Writer.id)]
    pub writer_id: i64,
    #[relation(key = writer_id)]
    pub writer: BelongsTo<Writer>,
    #[column(references = Writer.id)]
    pub editor_id: Option<i64>,
    #[relation(key = editor_id)]
    pub editor: BelongsTo<Option<Writer>>,
    #[relation(through = TextLabel)]
    pub labels: HasMany<Label>,
}

#[derive(Model, Debug)]
#[model(table = "labels")]
pub struct Label {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(through = TextLabel)]
    pub texts: HasMany<Text>,
}

#[derive(Model, Debug)]
#[model(table = "text_labels")]
pub struct TextLabel {
    #[column(primary_key, references = Text.id)]
    pub text_id: i64,
    #[column(primary_key, references = Label.id)]
    pub label_id: i64,
}

fn library() -> (Engine, Session, Handle<Writer>, Vec<Handle<Text>>) {
    let engine = engine();
    metadata![Writer, Text, Label, TextLabel].create_all(&engine).unwrap();
    let mut db = engine.session();
    let ann = db.add(Writer.new().name("ann"));
    let texts = db.add_all(["one", "two", "three"].map(|t| Text.new().title(t).writer(ann)));
    db.commit().unwrap();
    (engine, db, ann, texts)
}

#[test]
fn t02_arguments_may_read_the_session_that_is_changed() {
    let (_engine, mut db, ann, texts) = library();
    let label = db.add(Label.new().name(db[texts[0]].title.clone()));
    db.set(texts[1], Text.editor, db[texts[0]].writer.get());
    db.push(texts[0], Text.labels, Label.new().name(db[label].name.to_uppercase()));
    db.delete(db[texts[2]].writer.get());
    assert_eq!(db.state(ann), State::Deleting);
    db.rollback().unwrap();
    let mut sp = db.savepoint().unwrap();
    sp.add(Label.new().name(sp[ann].name.clone()));
    sp.commit().unwrap();
    let mut quiet = db.no_autoflush();
    quiet.add(Label.new().name(quiet[ann].name.clone()));
}

#[test]
fn t03_a_loop_over_a_relation_borrows_nothing() {
    let (_engine, mut db, ann, texts) = library();
    db.load(ann, Writer.texts).unwrap();
    for text in &db[ann].texts {
        db[text].hits += 1;
    }
    let titles: Vec<_> = db[ann].texts.iter().rev().filter(|t| db[*t].hits == 1).collect();
    assert_eq!(titles, texts.iter().rev().copied().collect::<Vec<_>>());
    for text in &db[ann].texts {
        db.remove(ann, Writer.texts, text);
        db.delete(text);
    }
    assert!(db[ann].texts.is_empty());
    db.commit().unwrap();
    assert_eq!(db.count(Text).unwrap(), 0);
}

#[test]
fn t04_words_of_handlers_are_free() {
    let (_engine, mut db, ..) = library();
    fn delete(id: i64) -> i64 {
        id
    }
    let count = db.count(Text).unwrap();
    let update = delete(1);
    let insert = Text.id.count();
    assert_eq!(db.one(select(insert)).unwrap(), count as i64);
    assert_eq!(db.execute(Text.delete().filter(Text.id.eq(update))).unwrap(), 1);
}

#[test]
fn t07_a_scope_infers_and_a_guard_takes_any_error() {
    #[derive(Debug)]
    struct Mine;
    impl From<rebis::Error> for Mine {
        fn from(_: rebis::Error) -> Self {
            Mine
        }
    }
    fn guarded(db: &mut Session) -> Result<(), Mine> {
        let mut sp = db.savepoint()?;
        sp.add(Label.new().name("x"));
        sp.flush()?;
        Err(Mine)
    }
    let (_engine, mut db, ..) = library();
    assert!(guarded(&mut db).is_err());
    assert_eq!(db.count(Label).unwrap(), 0);
    db.nested(|db| {
        db.add(Label.new().name("y"));
        db.nested(|db| {
            db.add(Label.new().name("z"));
            db.flush()
        })
    })
    .unwrap();
    assert_eq!(db.count(Label).unwrap(), 2);
}

#[test]
fn t08_required_and_nullable_differ_in_type() {
    let (_engine, mut db, ann, texts) = library();
    db.load(texts[0], Text.writer).unwrap();
    let writer: Handle<Writer> = db[texts[0]].writer.get();
    assert_eq!(writer, ann);
    db.load(texts[0], Text.editor).unwrap();
    let editor: Option<Handle<Writer>> = db[texts[0]].editor.get();
    assert_eq!(editor, None);
    db.set(texts[0], Text.editor, None);
    db.set(texts[0], Text.editor, Some(ann));
    db.set(texts[0], Text.editor, ann);
    assert_eq!(db[texts[0]].editor.get(), Some(ann));
}

#[test]
fn t09_one_step_along_a_required_relation_reads_and_writes() {
    let (_engine, mut db, ann, texts) = library();
    db.load_all(&texts, Text.writer).unwrap();
    db[(texts[0], Text.writer)].karma += 1;
    assert_eq!(db[(texts[1], Text.writer)].karma, 1);
    for text in &texts {
        db[text].hits += 1;
    }
    assert_eq!(db[&ann].karma, 1);
}

#[test]
fn t10_pages_borrow_nothing_between_steps() {
    let (_engine, mut db, ..) = library();
    let mut pages = db.batches(select(Text).filter(Text.hits.eq(0)), 2);
    let mut sizes = Vec::new();
    while let Some(page) = pages.next(&mut db).unwrap() {
        sizes.push(page.len());
        for text in page {
            db[text].hits += 1;
        }
        db.flush().unwrap();
    }
    assert_eq!(sizes, [2, 1]);
}

#[test]
fn t11_whatever_takes_a_handle_takes_a_new_row() {
    let (_engine, mut db, ann, texts) = library();
    let pushed = db.push(ann, Writer.texts, Text.new().title("four"));
    db.set(texts[0], Text.writer, Writer.new().name("bob"));
    let carl = db.add(Writer.new().name("carl").texts([Text.new().title("a"), Text.new().title("b")]));
    db.add(Text.new().title("c").writer(Writer.new().name("dora")));
    db.replace(texts[1], Text.labels, [Label.new().name("x"), Label.new().name("y")]);
    db.commit().unwrap();
    assert_eq!(db[pushed].writer_id, db[ann].id);
    assert_eq!(db[carl].texts.len(), 2);
    assert_eq!(db.count(Writer).unwrap(), 4);
    assert_eq!(db.count(TextLabel).unwrap(), 2);
}

#[test]
fn t12_several_objects_at_once() {
    let (_engine, mut db, _, texts) = library();
    let [a, b] = db.many_mut([texts[0], texts[2]]);
    std::mem::swap(&mut a.title, &mut b.title);
    assert_eq!((db[texts[0]].title.as_str(), db[texts[2]].title.as_str()), ("three", "one"));
    let (from, to) = (texts[1], texts[0]);
    db[to].hits += db[from].hits + 1;
    assert_eq!(db[to].hits, 1);
}

#[test]
fn t15_statements_are_generic_over_their_row() {
    fn live() -> Select<Text> {
        select(Text).filter(Text.hits.ge(0))
    }
    fn pairs() -> Select<(String, i64)> {
        select((Writer.name, Text.id.count())).join(Writer.texts).group_by(Writer.name)
    }
    fn any() -> impl Query<Row = Text> {
        live().order_by(Text.id.desc()).limit(1)
    }
    static KEPT: std::sync::LazyLock<Select<Text>> = std::sync::LazyLock::new(live);
    let (_engine, mut db, _, texts) = library();
    assert_eq!(db.count(&*KEPT).unwrap(), 3);
    assert_eq!(db.all(pairs()).unwrap(), [("ann".to_string(), 3)]);
    assert_eq!(db.one(any()).unwrap(), texts[2]);
    let rows: Vec<(Handle<Writer>, Option<Handle<Text>>)> =
        db.all(select((Writer, Text.optional())).outer_join(Writer.texts)).unwrap();
    assert_eq!(rows.len(), 3);
}

#[test]
fn t17_keys_and_operands_infer() {
    let (_engine, mut db, ann, texts) = library();
    assert_eq!(db.get(Writer, 1).unwrap(), Some(ann));
    let key = db.key(texts[0]).unwrap();
    assert_eq!(db.get(Text, key).unwrap(), Some(texts[0]));
    assert!(db.get(TextLabel, (1, 2)).unwrap().is_none());
    let ids = [1, 2];
    let both = select(Text)
        .filter(Text.id.in_(ids))
        .filter(
            Text.editor_id.is_null() | Text.editor_id.eq(Text.writer_id) | Text.writer_id.eq(Text.editor_id),
        )
        .filter(Text.hits.gt(-1) & !Text.title.eq("x"));
    assert_eq!(db.count(both).unwrap(), 2);
    assert_eq!(db.count(select(Text).filter(Text.body.coalesce("").eq(""))).unwrap(), 3);
    db.add(Text.new().title("t").body(None).writer(ann));
    db.add(Text.new().title("t").body("x").writer(ann));
}

#[test]
fn t20_what_is_not_written_yet_has_no_key() {
    let (_engine, mut db, ..) = library();
    let new = db.add(Writer.new().name("new"));
    assert_eq!(db.key(new), None);
    assert_eq!(db[new].id, 0);
    db.flush().unwrap();
    assert_eq!(db.key(new), Some(2));
    assert_eq!(db[new].id, 2);
}
