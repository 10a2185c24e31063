//! A server in between, that counts round trips and cuts the line when it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// When the line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before the server gets what holds these bytes.
    Before(&'static [u8]),
    /// After the server has answered it, before the client hears of it.
    After(&'static [u8]),
}

#[derive(Default)]
struct Shared {
    /// How often the client spoke after the server had.
    turns: AtomicUsize,
    cut: Mutex<Option<Cut>>,
    client_spoke: AtomicBool,
    cut_now: AtomicBool,
    /// Nothing of the server's reaches the client any more.
    silent: AtomicBool,
    /// Bytes of the client's that are others on their way.
    rewrite: Mutex<Option<(&'static [u8], &'static [u8])>>,
}

/// A proxy to the server of the tests, for as long as the test runs.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    /// In front of a server.
    pub(crate) fn new(server: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let (shared, server) = (Arc::new(Shared::default()), server.to_owned());
        let proxy = Proxy { port, shared: shared.clone() };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let upstream = TcpStream::connect(&server).expect("the server answers");
                for stream in [&client, &upstream] {
                    stream.set_nodelay(true).expect("it can be set");
                }
                let copy = |stream: &TcpStream| stream.try_clone().expect("it can be cloned");
                let (a, b, to) = (copy(&client), copy(&upstream), shared.clone());
                std::thread::spawn(move || from_client(a, b, &to));
                let back = shared.clone();
                std::thread::spawn(move || from_server(upstream, client, &back));
            }
        });
        proxy
    }

    /// Round trips since the last question.
    pub(crate) fn turns(&self) -> usize {
        self.shared.turns.swap(0, Ordering::SeqCst)
    }

    /// The server gets other bytes, as many, than the client sends.
    pub(crate) fn rewrite(&self, from: &'static [u8], to: &'static [u8]) {
        assert_eq!(from.len(), to.len());
        *self.shared.rewrite.lock().expect("no test has failed here") = Some((from, to));
    }

    /// The line stays open, and nothing comes.
    pub(crate) fn silence(&self) {
        self.shared.silent.store(true, Ordering::SeqCst);
    }

    /// Cuts the line at the next message that holds some bytes.
    pub(crate) fn cut(&self, cut: Cut) {
        *self.shared.cut.lock().expect("no test has failed here") = Some(cut);
    }
}

fn close(one: &TcpStream, two: &TcpStream) {
    let _ = (one.shutdown(Shutdown::Both), two.shutdown(Shutdown::Both));
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn from_client(mut client: TcpStream, mut server: TcpStream, shared: &Shared) {
    let mut buffer = vec![0; 1 << 20];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let bytes = &mut buffer[..length];
        if let Some((from, to)) = *shared.rewrite.lock().expect("no test has failed here") {
            let found = bytes.windows(from.len()).position(|window| window == from);
            found.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
        }
        let bytes = &*bytes;
        if !shared.client_spoke.swap(true, Ordering::SeqCst) {
            shared.turns.fetch_add(1, Ordering::SeqCst);
        }
        let mut cut = shared.cut.lock().expect("no test has failed here");
        match *cut {
            Some(Cut::Before(part)) if holds(bytes, part) => {
                *cut = None;
                return close(&client, &server);
            }
            Some(Cut::After(part)) if holds(bytes, part) => {
                *cut = None;
                shared.cut_now.store(true, Ordering::SeqCst);
            }
            _ => {}
        }
        drop(cut);
        if server.write_all(bytes).is_err() {
            break;
        }
    }
    close(&client, &server);
}

fn from_server(mut server: TcpStream, mut client: TcpStream, shared: &Shared) {
    let mut buffer = vec![0; 1 << 20];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        if shared.cut_now.swap(false, Ordering::SeqCst) {
            break;
        }
        if shared.silent.load(Ordering::SeqCst) {
            continue;
        }
        shared.client_spoke.store(false, Ordering::SeqCst);
        if client.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    close(&client, &server);
}
