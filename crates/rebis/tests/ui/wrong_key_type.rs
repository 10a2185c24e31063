// says: is a `FirmId`, not a `{integer}`
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

async fn load(db: &mut rebis::Session) -> rebis::Result<()> {
    db.get(Firm, 5).await?;
    Ok(())
}

fn main() {}
