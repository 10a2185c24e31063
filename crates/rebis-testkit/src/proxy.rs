//! A network in between: counts round trips, takes its time, and is cut where a test says so.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Where the line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Before the server gets what holds these bytes.
    Before(&'static [u8]),
    /// After the server has answered it, before the client hears of it.
    After(&'static [u8]),
}

/// A proxy in front of a server, for as long as the process runs.
///
/// ```
/// use rebis_testkit::Proxy;
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let proxy = Proxy::start(&server.local_addr()?.to_string())?;
/// let mut client = TcpStream::connect(proxy.address())?;
/// let (mut upstream, _) = server.accept()?;
/// let mut buffer = [0; 4];
/// for _ in 0..3 {
///     client.write_all(b"ping")?;
///     upstream.read_exact(&mut buffer)?;
///     upstream.write_all(b"pong")?;
///     client.read_exact(&mut buffer)?;
/// }
/// assert_eq!(proxy.turns(), 3);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the client spoke after the server had.
    turns: AtomicU64,
    client_spoke: AtomicBool,
    delay: Mutex<Duration>,
    cut: Mutex<Option<Cut>>,
    cut_at_answer: AtomicBool,
    silent: AtomicBool,
    /// What clients send is written otherwise.
    rewrite: Mutex<Option<(&'static [u8], &'static [u8])>>,
    /// What clients have sent, where somebody listens.
    heard: Mutex<Option<Vec<u8>>>,
}

impl Proxy {
    /// In front of a server, `host:port`.
    ///
    /// # Errors
    /// What the system says of the port.
    pub fn start(server: &str) -> io::Result<Proxy> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (state, server) = (Arc::new(State::default()), server.to_owned());
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Who cannot be connected finds the line closed.
                let _ = TcpStream::connect(&server).and_then(|server| join(client, server, &shared));
            }
        });
        Ok(Proxy { address, state })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often a client spoke after the server had, since this was asked last: round trips.
    pub fn turns(&self) -> u64 {
        self.state.turns.swap(0, Ordering::SeqCst)
    }

    /// Everything takes so long in each direction, from now on.
    pub fn delay(&self, each_way: Duration) {
        *self.state.delay.lock().unwrap_or_else(PoisonError::into_inner) = each_way;
    }

    /// Cuts the line once.
    pub fn cut(&self, cut: Cut) {
        *self.state.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }

    /// Wherever clients send these bytes from now on, the server gets those, which are as many.
    pub fn rewrite(&self, from: &'static [u8], to: &'static [u8]) {
        let pair = (from.len() == to.len()).then_some((from, to));
        *self.state.rewrite.lock().unwrap_or_else(PoisonError::into_inner) = pair;
    }

    /// Keeps what clients send, from now on.
    ///
    /// ```
    /// use rebis_testkit::Proxy;
    /// use std::io::{Read, Write};
    /// use std::net::{TcpListener, TcpStream};
    ///
    /// let server = TcpListener::bind("127.0.0.1:0")?;
    /// let proxy = Proxy::start(&server.local_addr()?.to_string())?;
    /// proxy.listen();
    /// let mut client = TcpStream::connect(proxy.address())?;
    /// client.write_all(b"select 1")?;
    /// server.accept()?.0.read_exact(&mut [0; 8])?;
    /// assert_eq!(proxy.heard(), b"select 1");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn listen(&self) {
        self.state.heard.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }

    /// What clients have sent since it listens, or since this was asked last.
    pub fn heard(&self) -> Vec<u8> {
        let mut heard = self.state.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Nothing of the server's reaches the client any more, and nobody is told.
    pub fn fall_silent(&self) {
        self.state.silent.store(true, Ordering::SeqCst);
    }
}

fn join(client: TcpStream, server: TcpStream, state: &Arc<State>) -> io::Result<()> {
    for (from, to, who) in
        [(client.try_clone()?, server.try_clone()?, Side::Client), (server, client, Side::Server)]
    {
        to.set_nodelay(true)?;
        let (sender, receiver) = channel();
        let (end, state) = (to.try_clone()?, state.clone());
        thread::spawn(move || write(to, &receiver));
        thread::spawn(move || read(from, &end, who, &state, &sender));
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// Bytes, and when they are due.
type Due = (Instant, Vec<u8>);

fn read(mut from: TcpStream, to: &TcpStream, who: Side, state: &State, sender: &Sender<Due>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..count];
        if !state.passes(who, bytes) {
            break;
        }
        let delay = *state.delay.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = who == Side::Server && state.silent.load(Ordering::SeqCst);
        if !silent && sender.send((Instant::now() + delay, bytes.to_vec())).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

fn write(mut to: TcpStream, receiver: &Receiver<Due>) {
    while let Ok((due, bytes)) = receiver.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
}

impl State {
    /// Counts what goes by, and says whether it may.
    fn passes(&self, who: Side, bytes: &mut [u8]) -> bool {
        if who == Side::Server {
            self.client_spoke.store(false, Ordering::SeqCst);
            return !self.cut_at_answer.swap(false, Ordering::SeqCst);
        }
        if !self.client_spoke.swap(true, Ordering::SeqCst) {
            self.turns.fetch_add(1, Ordering::SeqCst);
        }
        if let Some((from, to)) = *self.rewrite.lock().unwrap_or_else(PoisonError::into_inner) {
            let found = bytes.windows(from.len()).enumerate().filter(|(_, window)| *window == from);
            let places: Vec<usize> = found.map(|(at, _)| at).collect();
            places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
        }
        if let Some(heard) = self.heard.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            heard.extend_from_slice(bytes);
        }
        let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        match *cut {
            Some(Cut::Before(part)) if holds(part) => {
                *cut = None;
                false
            }
            Some(Cut::After(part)) if holds(part) => {
                *cut = None;
                self.cut_at_answer.store(true, Ordering::SeqCst);
                true
            }
            Some(_) | None => true,
        }
    }
}
