//! T19: sessions, statements and handles cross threads; every future of the async face can be spawned.
#![allow(missing_docs, clippy::unwrap_used)]

use rebis::prelude::*;
use rebis::{Engine, Handle, Session};

#[derive(Model, Debug)]
#[model(table = "things")]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(default = 0)]
    pub hits: i64,
    #[column(references = Thing.id)]
    pub parent_id: Option<i64>,
    #[relation(key = parent_id)]
    pub parent: BelongsTo<Option<Thing>>,
    #[relation(inverse = parent)]
    pub parts: HasMany<Thing>,
}

fn crosses<T: Send + Sync>() {}
fn spawned<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    std::thread::spawn(|| rebis_engine::block_on(future)).join().unwrap()
}

#[test]
fn sessions_statements_and_handles_cross_threads() {
    crosses::<Session>();
    crosses::<rebis::blocking::Session>();
    crosses::<Graph>();
    crosses::<Handle<Thing>>();
    crosses::<Select<Thing>>();
    crosses::<Expr<bool>>();
    crosses::<Entity<Thing>>();
    crosses::<Engine>();
    crosses::<rebis::Error>();
}

async fn rename(db: &mut Session, thing: Handle<Thing>, name: &str) -> rebis::Result<()> {
    db[thing].name = name.to_string();
    db.flush().await
}

async fn read_only(db: &Session, thing: Handle<Thing>) -> String {
    db[thing].name.clone()
}

struct Repository<'s> {
    db: &'s mut Session,
}

impl Repository<'_> {
    async fn children(&mut self, of: Handle<Thing>) -> rebis::Result<Vec<String>> {
        self.db.load(of, Thing.parts).await?;
        Ok(self.db[of].parts.iter().map(|p| self.db[p].name.clone()).collect())
    }
}

#[test]
fn a_whole_conversation_is_one_future_that_can_be_spawned() {
    for url in ["sqlite::memory:?placement=inline", "sqlite::memory:?placement=worker"] {
        let names = spawned(async move {
            let engine = Engine::new(url)?;
            metadata![Thing].create_all(&engine).await?;
            let mut db = engine.session();
            let root = db.add(Thing.new().name("root"));
            let captured = String::from("leaf");
            db.commit().await?;
            db.nested(async |db| {
                db.push(root, Thing.parts, Thing.new().name(captured.as_str()));
                db.nested(async |db| rename(db, root, "stem").await).await?;
                Ok(())
            })
            .await?;
            let mut sp = db.savepoint().await?;
            sp[root].hits += 1;
            sp.commit().await?;
            let mut pages = db.batches(Thing, 1);
            while let Some(page) = pages.next(&mut db).await? {
                for thing in page {
                    db[thing].hits += 1;
                    db.refresh(thing).await?;
                }
            }
            db.commit().await?;
            let name = read_only(&db, root).await;
            let children = Repository { db: &mut db }.children(root).await?;
            Ok::<_, rebis::Error>((name, children))
        });
        assert_eq!(names.unwrap(), ("stem".to_string(), vec!["leaf".to_string()]), "{url}");
    }
}
