//! What developers wait for: clean and incremental builds of a program of one file, and of one with 50 models of 12
//! columns. CPU seconds of all processes of a build, so that other work beside it counts little.

use crate::programs::root;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How a program is made with one of the peers.
struct Maker {
    peer: &'static str,
    /// Lines under `[dependencies]`; `ROOT` is where this repository is.
    dependencies: &'static str,
    /// The program of one file.
    one: &'static str,
    /// What stands before the models, a model with `N` for its number, and `main`.
    many: (&'static str, &'static str, &'static str),
}

const MAKERS: &[Maker] = &[
    Maker {
        peer: "diesel",
        dependencies: "diesel = { version = \"2.3\", features = [\"sqlite\", \"returning_clauses_for_sqlite_3_35\"] }\n\
                       libsqlite3-sys = { version = \"*\", features = [\"bundled\"] }",
        one: include_str!("../../costs/diesel.rs"),
        many: (
            "use diesel::prelude::*;\n",
            "diesel::table! { tableN { id -> BigInt, a -> Text, b -> Text, c -> Nullable<Text>, d -> BigInt, e -> BigInt, \
             f -> Nullable<BigInt>, g -> Bool, h -> Double, i -> Nullable<Double>, j -> Integer, k -> Integer, } }\n\
             #[derive(Queryable, Selectable, Identifiable)]\n#[diesel(table_name = tableN)]\npub struct ModelN { pub id: i64, \
             pub a: String, pub b: String, pub c: Option<String>, pub d: i64, pub e: i64, pub f: Option<i64>, pub g: bool, \
             pub h: f64, pub i: Option<f64>, pub j: i32, pub k: i32 }\n\
             #[derive(Insertable)]\n#[diesel(table_name = tableN)]\npub struct NewN { pub a: String, pub b: String, \
             pub c: Option<String>, pub d: i64, pub e: i64, pub f: Option<i64>, pub g: bool, pub h: f64, pub i: Option<f64>, \
             pub j: i32, pub k: i32 }\n\
             pub fn loadN(db: &mut SqliteConnection) -> QueryResult<Vec<ModelN>> { \
             tableN::table.filter(tableN::d.gt(1)).select(ModelN::as_select()).load(db) }\n",
            "fn main() { let mut db = SqliteConnection::establish(\":memory:\").unwrap(); println!(\"models: {}\", {SUM}); }\n",
        ),
    },
    Maker {
        peer: "rebis",
        dependencies: "rebis = { git = \"file://ROOT\" }",
        one: include_str!("../../../crates/rebis/examples/small.rs"),
        many: (
            "use rebis::blocking::{Engine, Session};\nuse rebis::prelude::*;\n",
            "#[derive(Model, Debug)]\n#[model(table = \"tableN\")]\npub struct ModelN { #[column(primary_key)] pub id: i64, \
             pub a: String, pub b: String, pub c: Option<String>, pub d: i64, pub e: i64, pub f: Option<i64>, pub g: bool, \
             pub h: f64, pub i: Option<f64>, pub j: i32, pub k: i32 }\n\
             pub fn loadN(db: &mut Session) -> rebis::Result<Vec<Handle<ModelN>>> { \
             db.all(select(ModelN).filter(ModelN.d.gt(1))) }\n",
            "fn main() { let mut db = Engine::new(\"sqlite::memory:\").unwrap().session(); println!(\"models: {}\", {SUM}); }\n",
        ),
    },
    Maker {
        peer: "sea-orm",
        dependencies: "sea-orm = { version = \"2.0\", features = [\"sqlx-sqlite\", \"runtime-tokio\", \"macros\"] }\n\
                       tokio = { version = \"1\", features = [\"macros\", \"rt\"] }",
        one: include_str!("../../costs/sea-orm.rs"),
        many: (
            "use sea_orm::prelude::*;\n",
            "pub mod modelN { use sea_orm::entity::prelude::*;\n#[sea_orm::model]\n\
             #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n#[sea_orm(table_name = \"tableN\")]\n\
             pub struct Model { #[sea_orm(primary_key)] pub id: i64, pub a: String, pub b: String, pub c: Option<String>, \
             pub d: i64, pub e: i64, pub f: Option<i64>, pub g: bool, pub h: f64, pub i: Option<f64>, pub j: i32, pub k: i32 }\n\
             impl ActiveModelBehavior for ActiveModel {} }\n\
             pub async fn loadN(db: &DatabaseConnection) -> Result<Vec<modelN::Model>, DbErr> { \
             modelN::Entity::find().filter(modelN::COLUMN.d.gt(1)).all(db).await }\n",
            "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() { \
             let db = &sea_orm::Database::connect(\"sqlite::memory:\").await.unwrap(); println!(\"models: {}\", {SUM}); }\n",
        ),
    },
    Maker {
        peer: "toasty",
        dependencies: "toasty = { version = \"0.11\", features = [\"sqlite\"] }\n\
                       tokio = { version = \"1\", features = [\"macros\", \"rt\"] }",
        one: include_str!("../../costs/toasty.rs"),
        many: (
            "use toasty::Db;\n",
            "#[derive(Debug, toasty::Model)]\npub struct ModelN { #[key] #[auto] pub id: u64, pub a: String, pub b: String, \
             pub c: Option<String>, pub d: i64, pub e: i64, pub f: Option<i64>, pub g: bool, pub h: f64, pub i: Option<f64>, \
             pub j: i32, pub k: i32 }\n\
             pub async fn loadN(db: &mut Db) -> toasty::Result<Vec<ModelN>> { \
             ModelN::filter(ModelN::fields().d().gt(1)).exec(db).await }\n",
            "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() { let mut db = Db::builder()\
             .models(toasty::models!(MODELS)).connect(\"sqlite::memory:\").await.unwrap(); println!(\"models: {}\", {SUM}); }\n",
        ),
    },
];

const MODELS: usize = 50;

/// What one program costs.
pub struct Cost {
    pub peer: &'static str,
    pub program: &'static str,
    pub clean: Duration,
    pub incremental: Duration,
    pub packages: usize,
    pub bytes: u64,
}

/// Builds each program with each peer that is wished for; one that does not build is said so, and left out.
pub fn all(wished: impl Fn(&str) -> bool) -> (Vec<Cost>, Vec<String>) {
    let (mut costs, mut failures) = (Vec::new(), Vec::new());
    for program in ["one file", "50 models of 12 columns"] {
        for maker in MAKERS.iter().filter(|maker| wished(maker.peer)) {
            match cost(maker, program) {
                Ok(cost) => {
                    println!("{}", line(&cost));
                    costs.push(cost);
                }
                Err(why) => failures.push(format!("costs of {}, {program}: {why}", maker.peer)),
            }
        }
    }
    (costs, failures)
}

/// A row of a table.
pub fn line(cost: &Cost) -> String {
    let Cost { peer, program, clean, incremental, packages, bytes } = cost;
    format!(
        "| {program} | {peer} | {:.1} | {:.2} | {packages} | {:.1} |",
        clean.as_secs_f64(),
        incremental.as_secs_f64(),
        *bytes as f64 / 1e6
    )
}

fn cost(maker: &Maker, program: &'static str) -> Result<Cost, String> {
    let folder = std::env::temp_dir().join(format!("bench-costs-{}-{}", std::process::id(), maker.peer));
    let source = if program == "one file" { maker.one.to_owned() } else { many(maker) };
    let made = make(&folder, maker, &source).and_then(|()| measure(&folder, maker.peer, program, &source));
    let _ = std::fs::remove_dir_all(&folder);
    made
}

fn many(maker: &Maker) -> String {
    let (head, model, main) = maker.many;
    let numbers = || (0..MODELS).map(|n| n.to_string());
    let models: String = numbers().map(|n| numbered(model, &n)).collect();
    let (asynchronous, loan) =
        (model.contains("async fn load"), if model.contains("db: &mut") { "&mut db" } else { "db" });
    let wait = if asynchronous { ".await" } else { "" };
    let sum: Vec<String> =
        numbers().map(|n| format!("load{n}({loan}){wait}.map_or(0, |rows| rows.len())")).collect();
    let names: Vec<String> = numbers().map(|n| format!("Model{n}")).collect();
    let main = main.replace("{SUM}", &sum.join(" + ")).replace("MODELS", &names.join(", "));
    format!("#![allow(dead_code)]\n{head}{models}{main}")
}

/// The names that end in `N`.
fn numbered(text: &str, number: &str) -> String {
    ["table", "Model", "model", "New", "load"]
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(&format!("{name}N"), &format!("{name}{number}")))
}

fn make(folder: &Path, maker: &Maker, source: &str) -> Result<(), String> {
    let repository = root().join("..").canonicalize().map_err(|e| e.to_string())?;
    let dependencies = maker.dependencies.replace("ROOT", &repository.to_string_lossy());
    let manifest = format!(
        "[package]\nname = \"costs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n"
    );
    let write = |path: PathBuf, text: &str| std::fs::write(path, text).map_err(|e| e.to_string());
    std::fs::create_dir_all(folder.join("src")).map_err(|e| e.to_string())?;
    write(folder.join("Cargo.toml"), &manifest)?;
    write(folder.join("src/main.rs"), source)?;
    cargo(folder, &["fetch", "--quiet"])
}

fn measure(folder: &Path, peer: &'static str, program: &'static str, source: &str) -> Result<Cost, String> {
    let before = children();
    cargo(folder, &["build", "--quiet"])?;
    let clean = children().saturating_sub(before);
    let mut incremental = Vec::new();
    for text in ["posts left (1)", "posts left (2)", "posts left (3)"] {
        let changed = source.replace("posts left", text).replace("models: ", text);
        std::fs::write(folder.join("src/main.rs"), changed).map_err(|e| e.to_string())?;
        let start = Instant::now();
        cargo(folder, &["build", "--quiet"])?;
        incremental.push(start.elapsed());
    }
    incremental.sort();
    let lock = std::fs::read_to_string(folder.join("Cargo.lock")).map_err(|e| e.to_string())?;
    let binary = std::fs::metadata(folder.join("target/debug/costs")).map_err(|e| e.to_string())?;
    Ok(Cost {
        peer,
        program,
        clean,
        incremental: incremental[1],
        packages: lock.matches("[[package]]").count() - 1,
        bytes: binary.len(),
    })
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    let output = cargo.stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let first: Vec<&str> = errors.lines().filter(|line| line.starts_with("error")).take(3).collect();
    if output.status.success() { Ok(()) } else { Err(first.join("; ")) }
}

/// CPU time of all children that are gone. The system counts it in hundredths of a second.
fn children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(13).take(2).filter_map(|word| word.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}
