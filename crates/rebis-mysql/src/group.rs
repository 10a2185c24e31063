//! Which steps of a batch go out in one text, so that they cost one round trip.
//!
//! A text ends where the caller may have something to say before the next statement runs: behind queries, and before a
//! COMMIT (or outside of a transaction: before anything) behind rows that a write returns, or a count that may turn out
//! otherwise than expected. Within a transaction more may run than the caller would have wanted: then it can only be
//! rolled back. A query that nobody wanted does no harm there, so queries may stand behind each other.
//!
//! Where a COMMIT follows few writes whose counts may differ, the server looks at the counts itself: behind them stands
//! a query that fails if the count is another, and with it ends the text.

use crate::literal;
use crate::made::{self, Made};
use crate::scan::{Shape, Verb};
use rebis_core::{Binds, Cell, Result};
use rebis_driver::relay::Part;
use rebis_driver::{Expect, Link};
use rebis_sql::StatementKind;
use std::fmt::Write;

/// What stands between two statements of a text.
const BETWEEN: &str = ";\n";

/// One run of a step as a part of a text, or several runs of an INSERT as one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) step: usize,
    /// Whether this is the last run of its step.
    pub(crate) last: bool,
    /// An INSERT that inserts each of its rows: their keys follow each other.
    pub(crate) plain: bool,
    pub(crate) role: Role,
    /// The transaction as it is before this piece, if all goes well.
    pub(crate) link: Link,
}

/// What a piece is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It runs the step.
    Run,
    /// It keeps something for later: a sum of rows, or a key.
    Note,
    /// It fails if they are not as many as expected.
    Check,
}

/// Steps of more runs are not counted by the server: each would cost it a statement more.
const FEW: usize = 16;

/// A text that is being put together.
pub(crate) struct Group {
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
    /// The transaction as it will be, if all goes well.
    link: Link,
    /// A count must be looked at before anything is kept for good.
    unsure: bool,
    /// The last piece is a query: only another may follow.
    reads: bool,
    /// The last piece may return rows of any kind.
    ended: bool,
    most: usize,
    /// The batch goes on to a COMMIT.
    commits: bool,
    /// How far apart the keys are that one INSERT makes up.
    key_step: u64,
}

/// What becomes of the next run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is part of the text.
    Joined,
    /// It waits for the next text.
    Later,
}

impl Group {
    /// An empty text of at most so many bytes. `commits`: the batch goes on to a COMMIT.
    pub(crate) fn new(link: Link, most: usize, commits: bool, key_step: u64) -> Group {
        let (text, pieces) = (String::new(), Vec::new());
        Group { text, pieces, link, unsure: false, reads: false, ended: false, most, commits, key_step }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(crate) fn link(&self) -> Link {
        self.link
    }

    /// Puts one run of a step into the text, if it may be there.
    ///
    /// # Errors
    /// A value that has no literal, if the text is empty: else that run waits, and is refused when its turn comes.
    pub(crate) fn join(
        &mut self,
        (step, run, part): (usize, usize, &Part),
        shape: &Shape,
        made: &Made,
    ) -> Result<Place> {
        let kind = part.statement.kind();
        let barrier = self.unsure && (kind == StatementKind::Commit || self.link == Link::Idle);
        let query = kind == StatementKind::Read
            && shape.verb == Verb::Select
            && part.times == 1
            && self.link == Link::InTransaction;
        if self.ended || barrier || (self.reads && !query) {
            return Ok(Place::Later);
        }
        let before = self.text.len();
        // A row behind the rows of the run before, or a statement behind another.
        let follows = run > 0 && self.pieces.last().is_some_and(|piece| piece.step == step);
        let rows = shape.rows.filter(|_| follows);
        if !self.is_empty() {
            self.text.push_str(if rows.is_some() { "," } else { BETWEEN });
        }
        let written = self.write((step, run, part), shape, rows.unwrap_or(0), made);
        let full = self.text.len() > self.most;
        if !self.is_empty() && (full || written.is_err()) {
            self.text.truncate(before);
            return Ok(Place::Later);
        }
        written?;
        let last = run + 1 == part.times;
        match self.pieces.last_mut().filter(|_| rows.is_some()) {
            Some(piece) => piece.last = last,
            None => {
                let plain = shape.verb == Verb::PlainInsert;
                self.pieces.push(Piece { step, last, plain, role: Role::Run, link: self.link });
            }
        }
        let differs = part.expect != Expect::Any && shape.verb != Verb::PlainInsert;
        let counted = differs && self.commits && self.link == Link::InTransaction && part.times <= FEW;
        if counted && !shape.returns {
            self.count(step, run, part);
        } else {
            self.unsure |= differs || shape.returns;
        }
        if last && made.is_wanted(step) {
            self.text.push_str(BETWEEN);
            made::keep(&mut self.text, step);
            self.pieces.push(Piece { step, last: false, plain: false, role: Role::Note, link: self.link });
        }
        (self.reads, self.ended) = (query, !query && !is_write(kind, shape));
        match kind {
            StatementKind::Begin => self.link = Link::InTransaction,
            StatementKind::Commit | StatementKind::Rollback => self.link = Link::Idle,
            StatementKind::RollbackTo => self.link = Link::InTransaction,
            _ => {}
        }
        Ok(Place::Joined)
    }
}

impl Group {
    /// The text of a statement, from some place on, with the literals of one run.
    fn write(
        &mut self,
        (step, run, part): (usize, usize, &Part),
        shape: &Shape,
        mut from: usize,
        made: &Made,
    ) -> Result<()> {
        let (sql, each, out) = (part.statement.sql(), shape.marks.len(), &mut self.text);
        for (mark, cell) in shape.marks.iter().zip(part.binds.iter().skip(run * each)) {
            out.push_str(&sql[from..*mark]);
            from = mark + 1;
            let Cell::KeyOf { back, row } = cell else {
                literal::push(out, cell)?;
                continue;
            };
            let (of, ahead) = (step.checked_sub(back as usize), u64::from(row) * self.key_step);
            match made.known(of, ahead)? {
                Some(key) => literal::push(out, Cell::Unsigned(key))?,
                None => made::refer(out, of.unwrap_or(step), ahead),
            }
        }
        out.push_str(&sql[from..]);
        Ok(())
    }

    /// Makes the server look at the count of a step.
    fn count(&mut self, step: usize, run: usize, part: &Part) {
        let Expect::Rows(expected) = part.expect else { return };
        let (first, last) = (run == 0, run + 1 == part.times);
        let sum = if first { "ROW_COUNT()" } else { "@rebis_rows + ROW_COUNT()" };
        self.text.push_str(BETWEEN);
        // Writing into a string cannot fail. A query of one value that finds two is an error, if it is looked at.
        let _ = match last {
            true => write!(self.text, "SELECT IF({sum} = {expected}, 1, (SELECT 1 UNION ALL SELECT 2))"),
            false => write!(self.text, "SET @rebis_rows = {sum}"),
        };
        let role = if last { Role::Check } else { Role::Note };
        self.pieces.push(Piece { step, last: false, plain: false, role, link: self.link });
    }
}

/// Whether a statement is known to write or to control, so that others may stand behind it.
fn is_write(kind: StatementKind, shape: &Shape) -> bool {
    match kind {
        StatementKind::Begin
        | StatementKind::Commit
        | StatementKind::Rollback
        | StatementKind::Savepoint
        | StatementKind::Release
        | StatementKind::RollbackTo => true,
        StatementKind::Setting => shape.verb == Verb::Set,
        _ => matches!(shape.verb, Verb::PlainInsert | Verb::Insert | Verb::Change),
    }
}

/// About how long the literals of one run are.
pub(crate) fn length(binds: &Binds, from: usize, count: usize) -> usize {
    binds.iter().skip(from).take(count).map(|cell| literal::length(&cell)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::scan;
    use rebis_core::Cell;
    use rebis_sql::Statement;

    fn part(sql: &str, kind: StatementKind, values: &[i64], times: usize, expect: Expect) -> Part {
        let mut binds = Binds::new();
        values.iter().for_each(|value| binds.int(*value));
        Part { statement: Statement::new(sql, kind), binds, times, expect }
    }

    /// The texts that a batch becomes.
    fn texts(link: Link, parts: &[Part]) -> Vec<String> {
        let commits = parts.iter().any(|part| part.statement.kind() == Commit);
        let (mut all, mut group) = (Vec::new(), Group::new(link, 500, commits, 2));
        let made = Made::new(parts);
        for (step, part) in parts.iter().enumerate() {
            let shape = scan(part.statement.sql());
            for run in 0..part.times {
                let run = (step, run, part);
                if group.join(run, &shape, &made).expect("it has a literal") == Place::Later {
                    let next = Group::new(group.link(), 500, commits, 2);
                    all.push(std::mem::replace(&mut group, next).text);
                    let place = group.join(run, &shape, &made).expect("it has a literal");
                    assert_eq!(place, Place::Joined);
                }
            }
        }
        all.push(group.text);
        all
    }

    const INSERT: &str = "INSERT INTO t VALUES (?)";
    use StatementKind::*;

    #[test]
    fn a_transaction_of_inserts_is_one_text() {
        let parts = [
            part("BEGIN", Begin, &[], 1, Expect::Any),
            part(INSERT, Write, &[1, -2], 2, Expect::Rows(2)),
            part("COMMIT", Commit, &[], 1, Expect::Any),
        ];
        let one = "BEGIN;\nINSERT INTO t VALUES (1), (-2);\nCOMMIT";
        assert_eq!(texts(Link::Idle, &parts), [one]);
    }

    #[test]
    fn the_server_counts_what_few_writes_do_and_a_commit_waits_for_many() {
        let (begin, commit) =
            (part("BEGIN", Begin, &[], 1, Expect::Any), part("COMMIT", Commit, &[], 1, Expect::Any));
        let update = |runs: usize| part("UPDATE t SET n = ?", Write, &vec![1; runs], runs, Expect::Rows(7));
        let delete = || part("DELETE FROM t", Write, &[], 1, Expect::Any);
        let check = |sum: &str| format!("SELECT IF({sum} = 7, 1, (SELECT 1 UNION ALL SELECT 2))");
        let run = "UPDATE t SET n = 1";
        let parts = [begin, update(1), delete(), commit];
        let one = format!("BEGIN;\n{run};\n{};\nDELETE FROM t;\nCOMMIT", check("ROW_COUNT()"));
        assert_eq!(texts(Link::Idle, &parts), [one]);
        let [begin, _, _, commit] = parts;
        let parts = [begin, update(2), commit];
        let sum = check("@rebis_rows + ROW_COUNT()");
        let two = format!("BEGIN;\n{run};\nSET @rebis_rows = ROW_COUNT();\n{run};\n{sum};\nCOMMIT");
        assert_eq!(texts(Link::Idle, &parts), [two]);
        let [begin, _, commit] = parts;
        let parts = [begin, update(17), delete(), commit];
        let many = format!("BEGIN;\n{};\nDELETE FROM t", vec![run; 17].join(";\n"));
        assert_eq!(texts(Link::Idle, &parts), [many, "COMMIT".to_owned()]);
        // What is not in a transaction is kept at once.
        let parts = [update(1), delete()];
        assert_eq!(texts(Link::Idle, &parts), [run, "DELETE FROM t"]);
        assert_eq!(texts(Link::InTransaction, &parts), [format!("{run};\nDELETE FROM t")]);
    }

    #[test]
    fn rows_end_a_text() {
        let parts = [
            part("BEGIN", Begin, &[], 1, Expect::Any),
            part("SELECT 1", Read, &[], 1, Expect::Any),
            part("INSERT INTO t VALUES (?) RETURNING n", Write, &[1, 2], 2, Expect::Any),
            part("COMMIT", Commit, &[], 1, Expect::Any),
        ];
        let returning = |n: i64| format!("INSERT INTO t VALUES ({n}) RETURNING n");
        let both = format!("{};\n{}", returning(1), returning(2));
        assert_eq!(texts(Link::Idle, &parts), ["BEGIN;\nSELECT 1".to_owned(), both, "COMMIT".to_owned()]);
        assert_eq!(texts(Link::Idle, &parts[2..3]), [returning(1), returning(2)]);
    }

    #[test]
    fn queries_go_together_and_end_a_text() {
        let select = || part("SELECT 1", Read, &[], 1, Expect::Any);
        let parts = [
            part("BEGIN", Begin, &[], 1, Expect::Any),
            select(),
            select(),
            part("SHOW TABLES", Read, &[], 1, Expect::Any),
            select(),
            part("COMMIT", Commit, &[], 1, Expect::Any),
        ];
        let all = ["BEGIN;\nSELECT 1;\nSELECT 1", "SHOW TABLES", "SELECT 1", "COMMIT"];
        assert_eq!(texts(Link::Idle, &parts), all);
    }

    #[test]
    fn a_text_has_an_end() {
        let parts = [part(INSERT, Write, &(0..9).collect::<Vec<_>>(), 9, Expect::Any)];
        let rows = "INSERT INTO t VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8)";
        assert_eq!(texts(Link::Idle, &parts), [rows]);
        let parts = [part("UPDATE t SET n = ?", Write, &[1; 49], 49, Expect::Any)];
        let texts = texts(Link::InTransaction, &parts);
        assert_eq!(texts.len(), 2);
        assert!(texts.iter().all(|text| text.len() <= 500));
    }

    #[test]
    fn a_value_without_literal_is_refused_when_its_turn_comes() {
        let mut binds = Binds::new();
        [Cell::Int(1), Cell::Float(f64::NAN)].into_iter().for_each(|cell| binds.push(cell));
        let part = Part { statement: Statement::new(INSERT, Write), binds, times: 2, expect: Expect::Any };
        let (mut group, shape, made) = (Group::new(Link::Idle, 100, false, 1), scan(INSERT), Made::default());
        assert_eq!(group.join((0, 0, &part), &shape, &made).expect("a number"), Place::Joined);
        assert_eq!(group.join((0, 1, &part), &shape, &made).expect("not yet"), Place::Later);
        assert_eq!(group.text, "INSERT INTO t VALUES (1)");
        assert!(Group::new(Link::Idle, 100, false, 1).join((0, 1, &part), &shape, &made).is_err());
    }

    #[test]
    fn a_parameter_is_the_key_of_a_row_before() {
        let mut parts = [
            part("BEGIN", Begin, &[], 1, Expect::Any),
            part("INSERT INTO t VALUES (?), (?)", Write, &[7, 8], 1, Expect::Rows(2)),
            part(INSERT, Write, &[], 2, Expect::Rows(2)),
            part("COMMIT", Commit, &[], 1, Expect::Any),
        ];
        [1, 0].into_iter().for_each(|row| parts[2].binds.push(Cell::KeyOf { back: 1, row }));
        let first = "BEGIN;\nINSERT INTO t VALUES (7), (8);\nSET @rebis_key_1 = LAST_INSERT_ID()";
        let one = format!("{first};\nINSERT INTO t VALUES (@rebis_key_1 + 2), (@rebis_key_1 + 0);\nCOMMIT");
        assert_eq!(texts(Link::Idle, &parts), [one]);
        // Behind a text that is over, a key is a number; and what made up none has none.
        let (mut made, shape) = (Made::new(&parts), scan(INSERT));
        made.tell(1, Some(40));
        let mut group = Group::new(Link::InTransaction, 100, false, 2);
        group.join((2, 0, &parts[2]), &shape, &made).expect("a number");
        assert_eq!(group.text, "INSERT INTO t VALUES (42)");
        made.tell(1, None);
        let mut group = Group::new(Link::InTransaction, 100, false, 2);
        assert!(group.join((2, 0, &parts[2]), &shape, &made).is_err());
    }
}
