//! A proxy between driver and server: counts turns, and cuts the wire where a test says so.

use super::url;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// When the wire is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// When these bytes are to go to the server: it does not see them.
    BeforeSending,
    /// When the answer to these bytes comes: the server has done what they say.
    BeforeAnswer,
}

#[derive(Default)]
struct State {
    turns: AtomicU64,
    client_spoke: AtomicBool,
    answered: AtomicBool,
    cut: Mutex<Option<(Cut, &'static [u8])>>,
}

pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub fn start() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let state = Arc::new(State::default());
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let url = url();
                let server =
                    TcpStream::connect((url.host().unwrap_or("127.0.0.1"), url.port().unwrap_or(5432)))
                        .expect("the server answers");
                for (from, to, is_client) in
                    [(client.try_clone(), server.try_clone(), true), (Ok(server), Ok(client), false)]
                {
                    let (from, to) = (from.expect("a socket"), to.expect("a socket"));
                    let state = shared.clone();
                    thread::spawn(move || copy(from, to, is_client, &state));
                }
            }
        });
        Proxy { port, state }
    }

    /// How often the client spoke after the server did, since this was asked last.
    pub fn turns(&self) -> u64 {
        self.state.turns.swap(0, Ordering::SeqCst)
    }

    /// Cuts the wire when these bytes go to the server.
    pub fn cut(&self, cut: Cut, at: &'static [u8]) {
        *self.state.cut.lock().expect("it is well") = Some((cut, at));
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, is_client: bool, state: &State) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..count];
        if is_client && !state.client_spoke.swap(true, Ordering::SeqCst) {
            state.turns.fetch_add(1, Ordering::SeqCst);
        }
        if !is_client {
            state.client_spoke.store(false, Ordering::SeqCst);
            if state.answered.swap(false, Ordering::SeqCst) {
                break;
            }
        }
        let cut = *state.cut.lock().expect("it is well");
        if let Some((cut, at)) = cut
            && is_client
            && bytes.windows(at.len()).any(|part| part == at)
        {
            if cut == Cut::BeforeSending {
                break;
            }
            state.answered.store(true, Ordering::SeqCst);
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
