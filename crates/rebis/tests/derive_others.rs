//! Types and derives of other crates on a model.
#![allow(missing_docs, unreachable_pub)]

use rebis::prelude::*;
use serde::{Deserialize, Serialize};

/// As a program would return it from a handler: relations are skipped, which asks for their `Default`.
#[derive(Model, Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Article {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[serde(skip)]
    #[relation(inverse = article)]
    pub comments: HasMany<Comment>,
}

/// Has none of these derives.
#[derive(Model)]
pub struct Comment {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Article.id)]
    pub article_id: i64,
    #[relation(key = article_id)]
    pub article: BelongsTo<Article>,
}

#[test]
fn serde_beside_relations() {
    let article = Article { id: 1, title: "x".into(), comments: HasMany::default() };
    let text = serde_json::to_string(&article).expect("JSON");
    assert_eq!(text, r#"{"id":1,"title":"x"}"#);
    assert_eq!(serde_json::from_str::<Article>(&text).expect("an article"), article);
}

#[cfg(feature = "uuid")]
mod uuids {
    use rebis::prelude::*;
    use uuid::Uuid;

    #[derive(Model, Debug)]
    pub struct Device {
        #[column(primary_key, default = Uuid::from_u128(7))]
        pub id: Uuid,
        pub owner: Option<Uuid>,
        #[relation(inverse = device)]
        pub readings: HasMany<Reading>,
    }

    #[derive(Model, Debug)]
    pub struct Reading {
        #[column(primary_key)]
        pub id: Uuid,
        pub device_id: Uuid,
        #[relation(key = device_id)]
        pub device: BelongsTo<Device>,
    }

    #[test]
    fn as_keys() {
        metadata![Device, Reading].check().expect("the models agree");
        let mut db = Graph::new();
        let device = db.add(Device.new().owner(Uuid::from_u128(1)));
        let reading = db.push(device, Device.readings, Reading.new().id(Uuid::from_u128(2)));
        assert_eq!((db[device].id, db[reading].device_id), (Uuid::from_u128(7), Uuid::nil()));
        assert_eq!(db[reading].device.get(), device);
    }
}
