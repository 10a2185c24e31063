//! A network in between: counts round trips, takes its time, and is cut where a test says so.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Where the line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Before the server gets what holds these bytes.
    Before(&'static [u8]),
    /// Right before these bytes: the server gets what stands before them in the same piece.
    At(&'static [u8]),
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
    /// Both ends of each line, by its number.
    lines: Mutex<BTreeMap<usize, [TcpStream; 2]>>,
    joined: AtomicUsize,
    /// How many of these lines, from the first, say nothing any more.
    silent: AtomicUsize,
    is_down: AtomicBool,
    /// What clients send is written otherwise.
    rewrite: Mutex<Option<(&'static [u8], &'static [u8])>>,
    /// How many bytes of servers' answers clients have been given.
    answered: AtomicU64,
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
                if !shared.is_down.load(Ordering::SeqCst) {
                    let _ = TcpStream::connect(&server).and_then(|server| join(client, server, &shared));
                }
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

    /// How many bytes of the server's answers have gone to clients: into the buffers of their sockets, at least.
    pub fn answered(&self) -> u64 {
        self.state.answered.load(Ordering::SeqCst)
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

    /// Nothing of the server's reaches those who are connected now any more, and nobody is told. Who connects later is
    /// served.
    pub fn fall_silent(&self) {
        self.state.silent.store(self.state.joined.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Cuts all lines, and lets nobody in until it [comes up](Proxy::come_up): a server that is started again.
    pub fn go_down(&self) {
        self.state.is_down.store(true, Ordering::SeqCst);
        for [client, server] in self.state.lines().values() {
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    }

    /// Lets clients in again.
    pub fn come_up(&self) {
        self.state.is_down.store(false, Ordering::SeqCst);
    }
}

fn join(client: TcpStream, server: TcpStream, state: &Arc<State>) -> io::Result<()> {
    let line = state.joined.fetch_add(1, Ordering::SeqCst) + 1;
    state.lines().insert(line, [client.try_clone()?, server.try_clone()?]);
    for (from, to, who) in
        [(client.try_clone()?, server.try_clone()?, Side::Client), (server, client, Side::Server)]
    {
        to.set_nodelay(true)?;
        let ((sender, receiver), state) = (channel(), state.clone());
        let given = state.clone();
        thread::spawn(move || write(to, who, &given, &receiver));
        thread::spawn(move || read(from, (line, who), &state, &sender));
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

fn read(mut from: TcpStream, (line, who): (usize, Side), state: &State, sender: &Sender<Due>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..count];
        let passed = state.passes(who, bytes);
        let delay = *state.delay.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = who == Side::Server && line <= state.silent.load(Ordering::SeqCst);
        let lost = !silent && sender.send((Instant::now() + delay, bytes[..passed].to_vec())).is_err();
        if lost || passed < count {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    state.lines().remove(&line);
}

fn write(mut to: TcpStream, who: Side, state: &State, receiver: &Receiver<Due>) {
    while let Ok((due, bytes)) = receiver.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
        if who == Side::Server {
            state.answered.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        }
    }
    // Only now: what has passed still gets there.
    let _ = to.shutdown(Shutdown::Both);
}

impl State {
    fn lines(&self) -> MutexGuard<'_, BTreeMap<usize, [TcpStream; 2]>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what goes by, and says how much of it may.
    fn passes(&self, who: Side, bytes: &mut [u8]) -> usize {
        if who == Side::Server {
            self.client_spoke.store(false, Ordering::SeqCst);
            return if self.cut_at_answer.swap(false, Ordering::SeqCst) { 0 } else { bytes.len() };
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
        let Some(Cut::Before(part) | Cut::At(part) | Cut::After(part)) = *cut else { return bytes.len() };
        let Some(at) = bytes.windows(part.len()).position(|window| window == part) else {
            return bytes.len();
        };
        match cut.take() {
            Some(Cut::At(_)) => at,
            Some(Cut::After(_)) => {
                self.cut_at_answer.store(true, Ordering::SeqCst);
                bytes.len()
            }
            Some(Cut::Before(_)) | None => 0,
        }
    }
}
