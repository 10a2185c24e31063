//! The program of `crates/rebis/examples/small.rs`, in SeaORM.
use sea_orm::{Database, Schema, Set, prelude::*};

mod user {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[sea_orm(has_many)]
        pub posts: HasMany<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod post {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub title: String,
        pub author_id: i64,
        #[sea_orm(belongs_to, from = "author_id", to = "id")]
        pub author: BelongsTo<super::user::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DbErr> {
    let db = &Database::connect("sqlite::memory:").await?;
    let schema = Schema::new(db.get_database_backend());
    db.execute(&schema.create_table_from_entity(user::Entity)).await?;
    db.execute(&schema.create_table_from_entity(post::Entity)).await?;
    user::ActiveModel::builder()
        .set_name("alice")
        .add_post(post::ActiveModel::builder().set_title("Hello"))
        .add_post(post::ActiveModel::builder().set_title("Second"))
        .save(db)
        .await?;
    for user in user::Entity::load().with(post::Entity).all(db).await? {
        let titles: Vec<_> = user.posts.iter().map(|post| &post.title).collect();
        println!("{} wrote {titles:?}", user.name);
        let mut changed: user::ActiveModel = user::Entity::find_by_id(user.id).one(db).await?.unwrap().into();
        changed.name = Set("alicia".to_owned());
        changed.update(db).await?.cascade_delete(db).await?;
    }
    println!("posts left: {}", post::Entity::find().count(db).await?);
    Ok(())
}
