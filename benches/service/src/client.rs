//! The clients: as many connections as there are clients, each with one request at a time, nine of ten for a user and one of
//! ten for a visit. HTTP/1.1 as far as the service speaks it.

use crate::{CLIENTS, ROWS};
use std::fmt;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came of it, as one line: requests per second, nanoseconds within which half and 99 of 100 were answered, errors.
pub struct Found {
    per_second: f64,
    half: u64,
    most: u64,
    errors: u64,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}\t{}\t{}\t{}", self.per_second, self.half, self.most, self.errors)
    }
}

/// What one client saw.
#[derive(Default)]
struct Seen {
    nanoseconds: Vec<u64>,
    visits: i64,
    errors: u64,
}

/// Asks for so long. Every visit that was confirmed must be there afterwards, and no other.
///
/// # Errors
/// An answer that is wrong, or lost visits.
pub async fn load(address: &str, time: Duration) -> Result<Found, String> {
    let mut connections = Vec::new();
    for _ in 0..=CLIENTS {
        connections.push(Http::connect(address).await?);
    }
    let mut watch = connections.pop().ok_or("no connection")?;
    let before = watch.visits().await?;
    let start = Instant::now();
    let clients: Vec<_> =
        (1..).zip(connections).map(|(seed, http)| client(http, seed, start + time)).collect();
    let clients: Vec<_> = clients.into_iter().map(tokio::spawn).collect();
    let mut seen = Seen::default();
    for client in clients {
        let Seen { nanoseconds, visits, errors } = client.await.map_err(|e| e.to_string())??;
        seen.nanoseconds.extend(nanoseconds);
        seen.visits += visits;
        seen.errors += errors;
    }
    let taken = start.elapsed();
    let visits = watch.visits().await? - before;
    if visits != seen.visits {
        return Err(format!("{} visits were confirmed, and {visits} are there", seen.visits));
    }
    seen.nanoseconds.sort_unstable();
    let within = |part: usize| seen.nanoseconds.get(seen.nanoseconds.len() * part / 100).copied();
    Ok(Found {
        per_second: seen.nanoseconds.len() as f64 / taken.as_secs_f64(),
        half: within(50).ok_or("nothing was answered")?,
        most: within(99).ok_or("nothing was answered")?,
        errors: seen.errors,
    })
}

/// One client, until the deadline. What it has begun by then it waits for.
async fn client(mut http: Http, seed: u64, deadline: Instant) -> Result<Seen, String> {
    let (mut seen, mut random) = (Seen::default(), Random(seed));
    while Instant::now() < deadline {
        let id = random.below(ROWS as u64) + 1;
        let visit = random.below(10) == 0;
        let start = Instant::now();
        let (status, body) = http.ask(if visit { "POST" } else { "GET" }, &format!("/users/{id}")).await?;
        match status {
            200 if body.starts_with(format!("{{\"id\":{id},\"name\":\"user {id}\",").as_bytes()) => {
                seen.nanoseconds.push(start.elapsed().as_nanos() as u64);
                seen.visits += i64::from(visit);
            }
            500 => seen.errors += 1,
            _ => return Err(format!("user {id}: {status} {}", String::from_utf8_lossy(body))),
        }
    }
    Ok(seen)
}

/// The same numbers in each run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// A connection that is kept.
struct Http {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Http {
    async fn connect(address: &str) -> Result<Http, String> {
        let stream = TcpStream::connect(address).await.map_err(|e| format!("{address}: {e}"))?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        Ok(Http { stream, buffer: Vec::new() })
    }

    async fn visits(&mut self) -> Result<i64, String> {
        let (status, body) = self.ask("GET", "/visits").await?;
        let text = String::from_utf8_lossy(body);
        text.parse().map_err(|_| format!("the visits: {status} {text}"))
    }

    /// Status and body.
    async fn ask(&mut self, method: &str, path: &str) -> Result<(u16, &[u8]), String> {
        let length = if method == "POST" { "content-length: 0\r\n" } else { "" };
        let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{length}\r\n");
        self.stream.write_all(request.as_bytes()).await.map_err(|e| e.to_string())?;
        self.buffer.clear();
        loop {
            if let Some((status, body)) = whole(&self.buffer)? {
                return Ok((status, &self.buffer[body..]));
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) => return Err("the service has hung up".into()),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

/// The status, and where the body begins, once all of it is there.
fn whole(answer: &[u8]) -> Result<Option<(u16, usize)>, String> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end]).map_err(|e| e.to_string())?;
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    match (status, length) {
        (Some(status), Some(length)) => Ok((answer.len() >= end + 4 + length).then_some((status, end + 4))),
        _ => Err(format!("no answer that is understood: {head}")),
    }
}
