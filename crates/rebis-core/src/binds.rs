//! Parameters on their way to a database.

use crate::{Cell, Datum};

/// The parameters of one statement (or of many rows of one statement): an owned buffer that is filled,
/// sent, cleared and filled again. It owns its bytes, so it can cross a thread.
///
/// ```
/// use rebis_core::{Binds, Cell};
/// let mut binds = Binds::new();
/// binds.push(Cell::Int(1));
/// binds.text("alice");
/// assert_eq!(binds.len(), 2);
/// assert_eq!(binds.get(1), Some(Cell::Text(b"alice")));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Binds {
    slots: Vec<Slot>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Cell(Cell<'static>),
    Text(usize, usize),
    Blob(usize, usize),
    Decimal(usize, usize),
    Array(usize, usize),
    Written(usize, usize),
}

impl Slot {
    /// The same value, whose bytes lie so much further on.
    #[inline]
    fn moved(self, by: usize) -> Slot {
        match self {
            Slot::Cell(cell) => Slot::Cell(cell),
            Slot::Text(at, len) => Slot::Text(at + by, len),
            Slot::Blob(at, len) => Slot::Blob(at + by, len),
            Slot::Decimal(at, len) => Slot::Decimal(at + by, len),
            Slot::Array(at, len) => Slot::Array(at + by, len),
            Slot::Written(at, len) => Slot::Written(at + by, len),
        }
    }
}

/// As values: floats compare by their bits, as those of a [`Datum`] do.
impl PartialEq for Binds {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().map(Datum::from).eq(other.iter().map(Datum::from))
    }
}

impl Binds {
    /// An empty buffer; allocates nothing.
    pub const fn new() -> Self {
        Binds { slots: Vec::new(), bytes: Vec::new() }
    }

    /// An empty buffer with room for so many parameters.
    pub fn with_capacity(parameters: usize) -> Self {
        Binds { slots: Vec::with_capacity(parameters), bytes: Vec::new() }
    }

    /// Number of parameters.
    #[inline]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Forgets the parameters, keeps the memory.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.bytes.clear();
    }

    /// Bytes of text and blobs held, plus eight a slot: a measure of what goes over a wire.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.slots.len() * 8
    }

    /// Appends `NULL`.
    #[inline]
    pub fn null(&mut self) {
        self.slots.push(Slot::Cell(Cell::Null));
    }

    /// Appends an integer.
    #[inline]
    pub fn int(&mut self, value: i64) {
        self.slots.push(Slot::Cell(Cell::Int(value)));
    }

    /// Appends text.
    #[inline]
    pub fn text(&mut self, value: &str) {
        let at = self.keep(value.as_bytes());
        self.slots.push(Slot::Text(at.0, at.1));
    }

    /// Appends bytes.
    #[inline]
    pub fn blob(&mut self, value: &[u8]) {
        let at = self.keep(value);
        self.slots.push(Slot::Blob(at.0, at.1));
    }

    /// Appends any cell, copying what it borrows.
    pub fn push(&mut self, cell: Cell<'_>) {
        let slot = match cell {
            Cell::Text(v) => {
                let at = self.keep(v);
                Slot::Text(at.0, at.1)
            }
            Cell::Blob(v) => {
                let at = self.keep(v);
                Slot::Blob(at.0, at.1)
            }
            Cell::Decimal(v) => {
                let at = self.keep(v.as_bytes());
                Slot::Decimal(at.0, at.1)
            }
            Cell::Array(v) => {
                let at = self.keep(v.as_bytes());
                Slot::Array(at.0, at.1)
            }
            Cell::Written(v) => {
                let at = self.keep(v.as_bytes());
                Slot::Written(at.0, at.1)
            }
            Cell::Null => Slot::Cell(Cell::Null),
            Cell::Bool(v) => Slot::Cell(Cell::Bool(v)),
            Cell::Int(v) => Slot::Cell(Cell::Int(v)),
            Cell::Unsigned(v) => Slot::Cell(Cell::Unsigned(v)),
            Cell::Float(v) => Slot::Cell(Cell::Float(v)),
            Cell::Uuid(v) => Slot::Cell(Cell::Uuid(v)),
            Cell::Date(v) => Slot::Cell(Cell::Date(v)),
            Cell::Time(v) => Slot::Cell(Cell::Time(v)),
            Cell::Timestamp(v) => Slot::Cell(Cell::Timestamp(v)),
            Cell::Instant(v) => Slot::Cell(Cell::Instant(v)),
            Cell::Interval { months, days, micros } => Slot::Cell(Cell::Interval { months, days, micros }),
            Cell::Unfit(what) => Slot::Cell(Cell::Unfit(what)),
            Cell::KeyOf { back, row } => Slot::Cell(Cell::KeyOf { back, row }),
        };
        self.slots.push(slot);
    }

    /// Appends a datum.
    pub fn datum(&mut self, datum: &Datum) {
        self.push(datum.cell());
    }

    /// Appends all parameters of another buffer.
    pub fn extend(&mut self, other: &Binds) {
        let base = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.slots.extend(other.slots.iter().map(|slot| slot.moved(base)));
    }

    /// A copy of `count` parameters from `from` on; fewer, if there are fewer.
    ///
    /// ```
    /// use rebis_core::{Binds, Cell};
    /// let mut binds = Binds::new();
    /// ["alice", "bob", "carol"].into_iter().for_each(|name| binds.text(name));
    /// assert_eq!(binds.part(1, 2).get(1), Some(Cell::Text(b"carol")));
    /// ```
    pub fn part(&self, from: usize, count: usize) -> Binds {
        let mut part = Binds::with_capacity(count);
        self.slots.iter().skip(from).take(count).for_each(|slot| part.push(self.show(slot)));
        part
    }

    /// Makes room for so many more parameters.
    pub fn reserve(&mut self, parameters: usize) {
        self.slots.reserve(parameters);
    }

    /// The parameter at `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Cell<'_>> {
        self.slots.get(index).map(|slot| self.show(slot))
    }

    /// All parameters, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Cell<'_>> {
        self.slots.iter().map(|slot| self.show(slot))
    }

    #[inline]
    fn show(&self, slot: &Slot) -> Cell<'_> {
        match *slot {
            Slot::Cell(cell) => cell,
            Slot::Text(at, len) => Cell::Text(&self.bytes[at..at + len]),
            Slot::Blob(at, len) => Cell::Blob(&self.bytes[at..at + len]),
            Slot::Decimal(at, len) => Cell::Decimal(self.kept(at, len)),
            Slot::Array(at, len) => Cell::Array(self.kept(at, len)),
            Slot::Written(at, len) => Cell::Written(self.kept(at, len)),
        }
    }

    /// What came in as a `str`, so that this never falls back.
    fn kept(&self, at: usize, len: usize) -> &str {
        std::str::from_utf8(&self.bytes[at..at + len]).unwrap_or_default()
    }

    #[inline]
    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (at, bytes.len())
    }
}
