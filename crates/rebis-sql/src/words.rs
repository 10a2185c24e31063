//! Reserved words, arranged to be looked up once a name.

/// Words that must be quoted when they are names. Every name of a statement is looked up here, so most are told
/// apart by first letter and length, without comparing any text.
///
/// ```
/// use rebis_sql::Words;
///
/// static WORDS: Words = Words::new(&["from", "select", "where"]);
/// assert!(WORDS.contains("select"));
/// assert!(!WORDS.contains("selected"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Words {
    list: &'static [&'static str],
    /// For each first letter where its words begin, and at the end where the last ends.
    starts: [u16; 27],
    /// For each first letter the lengths of its words, a bit each.
    lengths: [u32; 26],
}

impl Words {
    /// The words, in lower case and in the order of their bytes; each begins with a letter and is shorter than 32
    /// bytes. What is otherwise does not compile where this stands in a constant.
    pub const fn new(list: &'static [&'static str]) -> Self {
        let mut words = Words { list, starts: [0; 27], lengths: [0; 26] };
        let mut at = 0;
        let mut letter = 0;
        while at < list.len() {
            let word = list[at].as_bytes();
            let first = (word[0] - b'a') as usize;
            assert!(first >= letter, "the words are not in order");
            while letter < first {
                letter += 1;
                words.starts[letter] = at as u16;
            }
            words.lengths[first] |= 1 << word.len();
            at += 1;
        }
        while letter < 26 {
            letter += 1;
            words.starts[letter] = at as u16;
        }
        words
    }

    /// Whether a name is one of the words. It is in lower case, or it is none.
    #[inline]
    pub fn contains(&self, name: &str) -> bool {
        let Some(letter) = name.bytes().next().map(|b| usize::from(b.wrapping_sub(b'a'))) else {
            return false;
        };
        let fits = letter < 26 && name.len() < 32 && self.lengths[letter] >> name.len() & 1 == 1;
        fits && self.of_letter(letter).contains(&name)
    }

    fn of_letter(&self, letter: usize) -> &'static [&'static str] {
        let (start, end) = (self.starts[letter], self.starts[letter + 1]);
        self.list.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.list.iter().copied()
    }
}
