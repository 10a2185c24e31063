//! What a statement's text is, as far as sending it needs to know: where its parameters stand, whether it is one
//! statement, and what it does.
//!
//! The scan knows quotes and comments as the server does in the mode this driver sets. It decides nothing by itself:
//! a text that it is not sure of is prepared by the server, which takes one statement alone.

/// What a text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// `INSERT .. VALUES` that inserts each of its rows or fails.
    PlainInsert,
    /// Another INSERT, and REPLACE.
    Insert,
    /// UPDATE and DELETE.
    Change,
    /// `SET`.
    Set,
    /// `SELECT`: one result, and nothing is written.
    Select,
    /// Anything else.
    Other,
}

/// The shape of a text.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Where the `?` stand.
    pub(crate) marks: Vec<usize>,
    /// Of a plain INSERT: where its rows begin, if all parameters are in them and nothing stands behind them. More
    /// rows can be put behind with a comma.
    pub(crate) rows: Option<usize>,
    /// One statement whose every character is understood.
    pub(crate) sound: bool,
    pub(crate) verb: Verb,
    /// Has a `RETURNING`.
    pub(crate) returns: bool,
    /// May leave something behind that the next borrower of the connection must not meet: a setting, a variable, a
    /// temporary table, a lock by name.
    pub(crate) alters: bool,
}

/// Looks at a text.
pub(crate) fn scan(sql: &str) -> Shape {
    let mut scan = Scan {
        text: sql.as_bytes(),
        at: 0,
        depth: 0,
        rows: None,
        marks: Vec::new(),
        words: Words::default(),
        sound: true,
    };
    while scan.at < scan.text.len() {
        scan.step();
    }
    let Scan { marks, words, sound, rows, .. } = scan;
    let verb = words.verb();
    let rows = rows.filter(|at| verb == Verb::PlainInsert && marks.iter().all(|mark| mark > at));
    Shape { marks, rows, sound, verb, returns: words.returning, alters: words.alters }
}

/// The table that a text writes into, where that is one plain name.
pub(crate) fn table(sql: &str) -> Option<&str> {
    let sql = sql.trim_start();
    let sql = sql.strip_prefix("/*").and_then(|rest| rest.split_once("*/")).map_or(sql, |(_, rest)| rest);
    let mut words = sql.split_ascii_whitespace();
    let name = match words.next()?.to_ascii_uppercase().as_str() {
        "UPDATE" => words.next()?,
        "INSERT" | "REPLACE" => {
            words.find(|word| word.eq_ignore_ascii_case("into"))?;
            words.next()?
        }
        _ => return None,
    };
    let name = name.split('(').next()?.rsplit('.').next()?;
    let plain = name.strip_prefix('`').and_then(|name| name.strip_suffix('`')).unwrap_or(name);
    (!plain.is_empty() && !plain.contains(['`', '"', ','])).then_some(plain)
}

/// First words of statements that change the session, or may do anything.
const ALTERING: &[&str] = &["set", "use", "lock", "flush", "prepare", "execute", "handler", "call", "xa"];

/// The words that matter.
#[derive(Default)]
struct Words {
    first: Option<Verb>,
    returning: bool,
    /// A word after which an INSERT may insert another number of rows than it lists.
    unsure: bool,
    alters: bool,
    count: usize,
}

impl Words {
    fn see(&mut self, word: &[u8]) {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(match () {
                () if is("insert") => Verb::PlainInsert,
                () if is("replace") => Verb::Insert,
                () if is("update") || is("delete") => Verb::Change,
                () if is("set") => Verb::Set,
                () if is("select") => Verb::Select,
                () => Verb::Other,
            });
            self.alters |= ALTERING.iter().any(|name| is(name));
            return;
        }
        // The level of the next transaction alone.
        if self.count == 2 && is("transaction") && self.first == Some(Verb::Set) {
            self.alters = false;
        }
        self.alters |= is("temporary") || is("get_lock");
        self.returning |= is("returning");
        self.unsure |= is("select") || is("ignore") || is("duplicate") || is("table") || is("with");
    }

    fn verb(&self) -> Verb {
        match self.first {
            Some(Verb::PlainInsert) if self.unsure => Verb::Insert,
            Some(verb) => verb,
            None => Verb::Other,
        }
    }
}

struct Scan<'s> {
    text: &'s [u8],
    at: usize,
    /// Open parentheses.
    depth: usize,
    /// Behind VALUES, if no other word has come outside of parentheses since.
    rows: Option<usize>,
    marks: Vec<usize>,
    words: Words,
    sound: bool,
}

impl Scan<'_> {
    fn step(&mut self) {
        let (byte, next) = (self.text[self.at], self.text.get(self.at + 1).copied());
        match byte {
            b'\'' | b'"' | b'`' => self.quoted(byte),
            b'#' => self.line_comment(),
            // Two minus signs are a comment where a blank follows, else they are two signs.
            b'-' if next == Some(b'-') && self.text.get(self.at + 2).is_none_or(|c| *c <= b' ') => {
                self.line_comment()
            }
            b'/' if next == Some(b'*') => self.comment(),
            b'?' => {
                self.marks.push(self.at);
                self.at += 1;
            }
            // The library below takes `:name` for a parameter of its own.
            b':' if next.is_some_and(|c| c.is_ascii_lowercase() || c == b'_') => self.unsound(),
            b'(' | b')' => {
                self.depth = if byte == b'(' { self.depth + 1 } else { self.depth.saturating_sub(1) };
                self.at += 1;
            }
            b';' | 0 => self.unsound(),
            // `@@name` is read here and set only by SET; `@name` is a variable of the session.
            b'@' if next == Some(b'@') => self.at += 2,
            b'@' => {
                self.words.alters = true;
                self.at += 1;
            }
            _ if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => self.word(),
            _ if byte.is_ascii_digit() => self.skip_word(),
            _ => self.at += 1,
        }
    }

    fn unsound(&mut self) {
        self.sound = false;
        self.at += 1;
    }

    fn skip_word(&mut self) {
        let is_word = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'$') || *c >= 0x80;
        self.at += self.text[self.at..].iter().take_while(|c| is_word(c)).count();
    }

    fn word(&mut self) {
        let from = self.at;
        self.skip_word();
        let word = &self.text[from..self.at];
        self.words.see(word);
        if self.depth == 0 {
            self.rows = word.eq_ignore_ascii_case(b"values").then_some(self.at);
        }
    }

    /// A quote twice is one; a backslash takes the meaning from what follows, but not in names.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            if byte == quote {
                return;
            }
            if byte == b'\\' && quote != b'`' {
                self.at += 1;
            }
        }
        self.sound = false;
    }

    /// A comment to the end of the line. One at the end of the text would swallow what is put behind it.
    fn line_comment(&mut self) {
        match self.text[self.at..].iter().position(|c| *c == b'\n') {
            Some(length) => self.at += length + 1,
            None => {
                self.at = self.text.len();
                self.sound = false;
            }
        }
    }

    fn comment(&mut self) {
        let inside = &self.text[self.at + 2..];
        // Comments that some servers run.
        if inside.starts_with(b"!") || inside.starts_with(b"M!") {
            self.sound = false;
            self.words.alters = true;
        }
        match inside.windows(2).position(|pair| pair == b"*/") {
            Some(length) => self.at += length + 4,
            None => {
                self.at = self.text.len();
                self.sound = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, marks: usize, sound: bool, verb: Verb) {
        let shape = scan(sql);
        assert_eq!((shape.marks.len(), shape.sound, shape.verb), (marks, sound, verb), "{sql}");
        assert!(shape.marks.iter().all(|at| sql.as_bytes()[*at] == b'?'), "{sql}");
    }

    #[test]
    fn marks_in_quotes_and_comments_are_no_parameters() {
        use Verb::*;
        check("SELECT ?, '?', \"?\", `?`, ? -- ?\n, ?", 3, true, Select);
        check("SELECT 'it''s ?', 'a\\'?', \"b\\\"?\" , `c``?`, ?", 1, true, Select);
        check("SELECT `a\\`, ?", 1, true, Select);
        check("SELECT 1 /* ? */ + ? # ?\n+ ?", 2, true, Select);
        check("SELECT 1 --?", 1, true, Select);
        check("SELECT a--?", 1, true, Select);
        check("/* at: src/a.rs:7 */ UPDATE t SET a = ?", 1, true, Change);
        check("SELECT häßlich = ?, 日本 = ?", 2, true, Select);
    }

    #[test]
    fn what_is_not_surely_one_statement_is_not_sound() {
        use Verb::*;
        for sql in ["SELECT 1; SELECT 2", "SELECT 1;", "SELECT 'open", "SELECT `open", "SELECT 1 /* open"] {
            check(sql, 0, false, Select);
        }
        check("SELECT 1 /*! , 2 */", 0, false, Select);
        check("SELECT 1 /*M! , 2 */", 0, false, Select);
        check("SELECT 1 -- the end", 0, false, Select);
        check("SELECT 1 # the end", 0, false, Select);
        check("SELECT :name", 0, false, Select);
        check("SELECT @a := 1, ':name', ';'", 0, true, Select);
        check("SELECT 'a\\'; DELETE FROM t; -- '", 0, true, Select);
        check("SELECT 'a\\\\'; DELETE FROM t", 0, false, Select);
    }

    #[test]
    fn tables() {
        for (sql, name) in [
            ("INSERT INTO users (name) VALUES (?)", Some("users")),
            ("INSERT INTO `order`(n) VALUES (?)", Some("order")),
            ("replace into shop.orders VALUES (?)", Some("orders")),
            ("/* at: src/a.rs:7 */ UPDATE users SET name = ?", Some("users")),
            ("UPDATE a, b SET a.n = b.n", None),
            ("INSERT INTO `two words` VALUES (1)", None),
            ("DELETE FROM users", None),
        ] {
            assert_eq!(table(sql), name, "{sql}");
        }
    }

    #[test]
    fn verbs() {
        use Verb::*;
        check(" insert into t values (?)", 1, true, PlainInsert);
        check("INSERT IGNORE INTO t VALUES (?)", 1, true, Insert);
        check("INSERT INTO t SELECT * FROM u", 0, true, Insert);
        check("INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = ?", 2, true, Insert);
        check("REPLACE INTO t VALUES (?)", 1, true, Insert);
        check("(DELETE FROM t)", 0, true, Change);
        check("SET a = 1", 0, true, Set);
        check("", 0, true, Other);
        assert!(scan("DELETE FROM t Returning id").returns);
        assert!(!scan("SELECT returning FROM `t`").alters);
        assert!(!scan("INSERT INTO `returning` VALUES ('returning')").returns);
    }

    #[test]
    fn rows_that_can_be_followed_by_more() {
        for (sql, rows) in [
            ("INSERT INTO t VALUES (?, ?)", Some(" (?, ?)")),
            (
                "INSERT INTO `t` (a, `values`) VALUES (?, DEFAULT), (1, lower(?))",
                Some(" (?, DEFAULT), (1, lower(?))"),
            ),
            ("INSERT INTO t () VALUES ()", Some(" ()")),
            ("INSERT INTO t VALUES (?) RETURNING a", None),
            ("INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = 1", None),
            ("INSERT INTO t VALUES (?) AS new", None),
            ("INSERT INTO t SET a = ?", None),
            ("INSERT INTO t SELECT ?", None),
            ("INSERT INTO t PARTITION (p?) VALUES (?)", None),
            ("SELECT * FROM (VALUES (?)) t", None),
        ] {
            assert_eq!(scan(sql).rows.map(|at| &sql[at..]), rows, "{sql}");
        }
    }

    #[test]
    fn what_the_next_borrower_would_meet() {
        for sql in [
            "SET sql_mode = ''",
            "SET @a = 1",
            "SELECT @a := 1",
            "SELECT 1 INTO @a",
            "CREATE TEMPORARY TABLE t (n INT)",
            "SELECT GET_LOCK('a', 1)",
            "USE other",
            "LOCK TABLES t READ",
            "CALL p()",
            "SELECT /*! 1 */",
            "SET GLOBAL transaction_isolation = 'SERIALIZABLE'",
        ] {
            assert!(scan(sql).alters, "{sql}");
        }
        for sql in [
            "SELECT '@a', @@version",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "INSERT INTO t VALUES (?)",
            "CREATE TABLE t (n INT)",
            "BEGIN",
            "SELECT `use`, 'GET_LOCK' -- SET\n",
        ] {
            assert!(!scan(sql).alters, "{sql}");
        }
    }
}
