//! Window functions: what each row gets. All cases read the shared scene.

use super::desk::Desk;
use super::golden::{Note, Person};
use rebis_sql::{Exclude, Expr, Select, Window, func, select, window};

/// What each note gets, in the order of their keys.
fn of_notes<T: rebis_core::Value>(expr: Expr<T>) -> Select<T> {
    select(expr).select_from(Note).order_by(Note.id)
}

fn by_id() -> Window {
    window().order_by(Note.id)
}

fn by_hits() -> Window {
    window().order_by(Note.hits)
}

pub fn numbers_of_rows(desk: &Desk<'_>) {
    desk.gives(of_notes(func::row_number().over(by_id())), [1, 2, 3, 4, 5, 6]);
    desk.gives(of_notes(func::row_number().over(window().order_by(Note.id.desc()))), [6, 5, 4, 3, 2, 1]);
}

pub fn numbers_begin_again_in_each_partition(desk: &Desk<'_>) {
    let each = by_id().partition_by(Note.author_id);
    desk.gives(of_notes(func::row_number().over(each)), [1, 2, 1, 1, 2, 3]);
}

pub fn partitions_by_several_columns(desk: &Desk<'_>) {
    let each = by_id().partition_by((Note.author_id, Note.hits));
    desk.gives(of_notes(func::row_number().over(each)), [1, 1, 1, 1, 1, 2]);
}

pub fn ranks_of_equal_rows(desk: &Desk<'_>) {
    let best = window().order_by(Note.hits.desc());
    desk.gives(of_notes(func::rank().over(&best)), [4, 3, 6, 1, 5, 1]);
    desk.gives(of_notes(func::dense_rank().over(&best)), [3, 2, 5, 1, 4, 1]);
}

pub fn parts_of_all_rows(desk: &Desk<'_>) {
    desk.gives(of_notes(func::percent_rank().over(by_hits())), [0.4, 0.6, 0.0, 0.8, 0.2, 0.8]);
    let up_to = func::cume_dist().over(window().order_by(Person.karma));
    desk.gives(select(up_to).order_by(Person.id), [0.6, 1.0, 1.0, 0.2, 0.4]);
}

pub fn parts_of_a_size(desk: &Desk<'_>) {
    desk.gives(of_notes(func::ntile(4).over(by_id())), [1, 1, 2, 2, 3, 4]);
}

pub fn the_row_before_and_after(desk: &Desk<'_>) {
    let hits = [Some(5), Some(7), Some(0), Some(12), Some(3), Some(12)];
    let before = [None, hits[0], hits[1], hits[2], hits[3], hits[4]];
    desk.gives(of_notes(func::lag(Note.hits, 1).over(by_id())), before);
    desk.gives(
        of_notes(func::lead(Note.hits, 2).over(by_id())),
        [hits[2], hits[3], hits[4], hits[5], None, None],
    );
    desk.gives(of_notes(func::lag(Note.hits, 1).over(by_id()).coalesce(-1)), [-1, 5, 7, 0, 12, 3]);
}

pub fn the_row_before_of_a_nullable_column(desk: &Desk<'_>) {
    let before = func::lag(Note.body, 1).over(by_id());
    let rows = [None, Some("first"), None, Some("a_b"), Some("a/b"), None];
    desk.gives(of_notes(before), rows.map(|row| row.map(str::to_owned)));
}

pub fn values_of_the_frame(desk: &Desk<'_>) {
    let whole = by_id().rows(..);
    let text = |text: &str| Some(text.to_owned());
    desk.gives(of_notes(func::first_value(Note.title).over(&whole)), [(); 6].map(|()| text("alpha")));
    desk.gives(of_notes(func::last_value(Note.hits).over(&whole)), [Some(12); 6]);
    desk.gives(of_notes(func::nth_value(Note.hits, 2).over(&whole)), [Some(7); 6]);
    // Without a frame the last row is this one.
    desk.gives(
        of_notes(func::last_value(Note.hits).over(by_id())),
        [Some(5), Some(7), Some(0), Some(12), Some(3), Some(12)],
    );
}

pub fn an_aggregate_of_the_partition(desk: &Desk<'_>) {
    let each = window().partition_by(Note.author_id);
    desk.gives(of_notes(Note.hits.sum().over(&each)), [12, 12, 0, 27, 27, 27].map(Some));
    desk.gives(of_notes(func::count().over(&each)), [2, 2, 1, 3, 3, 3]);
    desk.gives(of_notes(Note.hits.max().over(window())), [Some(12); 6]);
}

pub fn a_running_total(desk: &Desk<'_>) {
    desk.gives(of_notes(Note.hits.sum().over(by_id().rows(..=0))), [5, 12, 12, 24, 27, 39].map(Some));
    let each = by_id().partition_by(Note.author_id);
    desk.gives(of_notes(Note.hits.sum().over(each)), [5, 12, 0, 12, 15, 27].map(Some));
}

pub fn frames_of_rows(desk: &Desk<'_>) {
    desk.gives(of_notes(Note.hits.sum().over(by_id().rows(-1..=1))), [12, 12, 19, 15, 27, 15].map(Some));
    desk.gives(of_notes(Note.hits.sum().over(by_id().rows(-1..1))), [5, 12, 7, 12, 15, 15].map(Some));
    desk.gives(
        of_notes(Note.hits.sum().over(by_id().rows(1..=2))),
        [Some(7), Some(12), Some(15), Some(15), Some(12), None],
    );
    desk.gives(of_notes(func::count().over(by_id().rows(..0))), [0, 1, 2, 3, 4, 5]);
}

pub fn a_moving_average(desk: &Desk<'_>) {
    desk.gives(
        of_notes(Note.hits.avg().over(by_id().rows(-1..=0))),
        [5.0, 6.0, 3.5, 6.0, 7.5, 7.5].map(Some),
    );
}

pub fn frames_of_values(desk: &Desk<'_>) {
    desk.gives(of_notes(func::count().over(by_hits().range(-2..=2))), [3, 2, 1, 2, 2, 2]);
    desk.gives(of_notes(func::count().over(by_hits().range(..=0))), [3, 4, 1, 6, 2, 6]);
}

pub fn frames_of_groups(desk: &Desk<'_>) {
    if !desk.caps().queries.frame_groups {
        return desk.skip("the database has no GROUPS");
    }
    desk.gives(of_notes(func::count().over(by_hits().groups(-1..=0))), [2, 2, 1, 3, 2, 3]);
}

pub fn rows_that_a_frame_leaves_out(desk: &Desk<'_>) {
    if !desk.caps().queries.frame_groups {
        return desk.skip("the database has no EXCLUDE");
    }
    let whole = by_hits().rows(..);
    let sum = |exclude| of_notes(Note.hits.sum().over(whole.clone().exclude(exclude)));
    desk.gives(sum(Exclude::CurrentRow), [34, 32, 39, 27, 36, 27].map(Some));
    desk.gives(sum(Exclude::Group), [34, 32, 39, 15, 36, 15].map(Some));
    desk.gives(sum(Exclude::Ties), [39, 39, 39, 27, 39, 27].map(Some));
}

pub fn a_window_with_a_name(desk: &Desk<'_>) {
    let stmt = select((func::rank().over("best"), func::count().over("best"))).select_from(Note);
    let stmt = stmt.window("best", window().order_by(Note.hits.desc())).order_by(Note.id);
    desk.gives(stmt, [(4, 4), (3, 3), (6, 6), (1, 2), (5, 5), (1, 2)]);
}

pub fn an_aggregate_of_some_rows_over_a_window(desk: &Desk<'_>) {
    let many = func::count().filter(Note.hits.gt(4)).over(by_id());
    desk.gives(of_notes(many), [1, 2, 2, 3, 3, 4]);
}

pub fn windows_over_groups(desk: &Desk<'_>) {
    let place = func::rank().over(window().order_by(Note.hits.sum().desc()));
    let placed = select((Note.author_id, place)).group_by(Note.author_id).as_subquery("placed");
    desk.gives(select(&placed).order_by(placed.columns().0), [(1, 2), (2, 3), (3, 1)]);
}

pub fn the_best_of_each_group(desk: &Desk<'_>) {
    let best = window().partition_by(Note.author_id).order_by((Note.hits.desc(), Note.id));
    let ranked = select((Note.id, func::row_number().over(best).label("place"))).as_subquery("ranked");
    let (id, place) = ranked.columns();
    desk.gives(select(id.clone()).select_from(&ranked).filter(place.eq(1)).order_by(id), [2, 3, 4]);
}

pub fn arithmetic_with_windows(desk: &Desk<'_>) {
    let so_far = Note.hits.sum().over(by_id().rows(..=0)).coalesce(0);
    desk.gives(of_notes(so_far - Note.hits), [0, 5, 12, 12, 24, 27]);
}

pub fn order_by_a_window(desk: &Desk<'_>) {
    let place = func::row_number().over(window().order_by((Note.hits.desc(), Note.id)));
    desk.gives(select(Note.id).order_by(place), [4, 6, 2, 1, 5, 3]);
}
