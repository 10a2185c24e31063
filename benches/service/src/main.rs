//! A small web service over each peer, and its clients: who stands where under load.
//!
//! * `bench-service serve PEER PLACE` makes the table anew, listens, prints its address, and ends when its input ends. The
//!   place is the path of an SQLite file, or the URL of a PostgreSQL database.
//! * `bench-service load ADDRESS MILLISECONDS` has 64 clients ask for so long, checks what they are told, and prints what came
//!   of it.

mod client;
mod peers;
mod service;
mod table;

use std::process::ExitCode;
use std::time::Duration;

/// Connections of each peer's pool.
const POOL: usize = 8;

/// Connections that ask at the same time.
const CLIENTS: usize = 64;

/// Rows in the table, with keys from 1.
const ROWS: i32 = 10_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["serve", peer, place] => serve(peer, place),
        ["load", address, milliseconds] => load(address, milliseconds),
        _ => Err("there are `serve PEER PLACE` and `load ADDRESS MILLISECONDS`".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn serve(peer: &str, place: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|e| e.to_string())?.block_on(async {
        table::make(place).await.map_err(|e| format!("the table: {e}"))?;
        peers::serve(peer, place).await.map_err(|e| format!("{peer}: {e}"))
    })
}

fn load(address: &str, milliseconds: &str) -> Result<(), String> {
    let time = Duration::from_millis(milliseconds.parse().map_err(|_| "no number of milliseconds")?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let found = runtime.map_err(|e| e.to_string())?.block_on(client::load(address, time))?;
    println!("{found}");
    Ok(())
}
