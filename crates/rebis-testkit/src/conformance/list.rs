//! The one list of all cases: the tests and the table of names are made from it.

/// The names of all cases, `topic::case`.
pub const CASES: &[&str] = crate::conformance!(@list names);

/// Makes a `#[test]` of each case of the [suite](mod@crate::conformance), in a module for each topic, for a
/// [`Setup`](crate::conformance::Setup). Stands in a module of its own; its argument is an expression that each test
/// evaluates.
///
/// See [the suite](mod@crate::conformance) for an example.
#[macro_export]
macro_rules! conformance {
    (@list $what:ident $($setup:expr)?) => {
        $crate::conformance! { @$what $($setup)?;
            rows {
                come_in_order_and_are_counted
                columns_are_named_before_the_first_row
                columns_are_named_also_when_there_is_no_row
                a_statement_without_columns_starts_no_sink
                a_read_affects_nothing_also_after_a_write
                null_comes_as_null
                many_rows_come_whole_and_in_order
                long_rows_come_whole
                rows_of_any_width_come_whole
                a_table_of_300_columns_is_written_and_read
                an_empty_batch_is_nothing
                each_step_of_a_batch_has_its_own_sink
            }
            parameters {
                null_of_every_type
                booleans
                integers_to_the_bounds
                floats_to_the_bounds
                floats_that_are_no_numbers
                text_of_any_characters
                text_with_a_nul
                text_and_bytes_of_a_mebibyte
                bytes_of_any_value
                uuids
                dates
                times
                timestamps
                instants
                decimals_keep_every_digit
                are_compared_with_what_is_stored
                as_many_as_the_capabilities_allow
                a_wrong_number_of_them_is_an_error
            }
            batches {
                repetitions_take_their_share_of_the_parameters
                no_repetition_does_nothing
                repetitions_that_do_not_share_evenly_are_an_error
                a_repetition_that_fails_stops_the_step
                affected_counts_inserted_matched_and_deleted_rows
                the_generated_key_of_the_last_row_is_told
                an_expectation_that_is_met_is_silent
                another_number_of_rows_is_a_stale_row_and_stops_the_batch
                an_expectation_is_for_all_repetitions_together
                steps_run_in_order_and_stop_at_the_first_error
                a_transaction_is_steps_like_others
                a_failed_batch_never_reaches_its_commit
                what_a_statement_returns_is_shown_and_counted
                repetitions_return_to_one_sink
                a_step_that_runs_again_counts_anew
                parameters_of_steps_that_did_not_run_come_back
            }
            sinks {
                one_that_has_enough_gets_no_more
                one_that_has_enough_stops_its_own_step_alone
                a_write_is_done_whole_when_its_sink_has_enough
                an_error_ends_the_batch_and_names_statement_and_column
                an_error_about_the_columns_ends_the_batch
                an_error_in_a_transaction_leaves_it_open
                are_called_on_the_thread_that_waits
            }
            errors {
                a_value_that_is_there_is_a_unique_violation
                a_missing_parent_is_a_foreign_key_violation
                a_parent_with_children_is_a_foreign_key_violation
                null_in_a_required_column_is_a_not_null_violation
                a_refused_row_is_a_check_violation
                an_update_violates_as_an_insert_does
                a_missing_table_is_no_such_object
                a_missing_column_is_no_such_object
                what_is_no_sql_is_an_invalid_statement
                a_text_is_one_statement
                a_table_that_is_there_is_an_error
                no_value_stands_in_a_message
                the_next_statement_is_innocent_after_each
                a_database_that_cannot_be_reached_is_told_when_connecting
            }
            transactions {
                the_link_follows_begin_commit_and_rollback
                a_savepoint_changes_nothing_about_the_link
                what_is_committed_stays_and_what_is_rolled_back_is_gone
                a_savepoint_takes_back_what_came_after_it
                an_error_inside_of_a_savepoint_is_mended_by_going_back
                a_savepoint_that_is_not_there_is_an_error
                a_rollback_without_a_transaction_is_nothing
                an_error_in_a_transaction_is_rolled_back_with_it
                a_commit_of_an_aborted_transaction_is_an_error_and_never_sent
                a_deferred_constraint_fails_at_commit
                a_level_of_isolation_works_or_is_unsupported_by_name
            }
            ddl {
                a_table_is_made_used_and_dropped
                affects_no_rows
                is_rolled_back_where_the_capabilities_say_so
                tables_are_listed
                every_type_can_be_a_column
                a_generated_key_is_generated_or_given
                an_empty_schema_needs_no_statement
            }
            statements {
                the_same_one_runs_many_times
                parameters_may_change_their_kind
                many_different_ones_are_only_slower
                one_that_runs_once_is_not_kept_and_works_again
                one_sees_a_column_that_was_added
                one_sees_a_table_that_was_made_anew
                one_that_failed_works_when_its_reason_is_gone
                forgotten_ones_are_prepared_again
                one_serves_several_connections
            }
            cancellation {
                at_every_poll_heals_and_leaves_all_or_nothing
                the_statement_after_a_cut_one_is_not_interrupted
                a_future_that_was_never_polled_did_nothing
                healing_rolls_an_abandoned_transaction_back
                healing_an_idle_connection_changes_nothing
                healing_an_aborted_transaction_ends_it
                a_connection_dropped_in_a_transaction_rolls_back
                a_connection_dropped_with_work_under_way_rolls_back
            }
            several {
                what_one_commits_the_others_see
                what_is_not_committed_is_not_seen
                each_has_its_own_link
                an_error_of_one_is_none_of_the_other
                the_database_outlives_each_connection
                a_connection_may_change_its_thread
                several_threads_write_at_the_same_time
            }
            agreement {
                run_and_run_now_have_the_same_outcome
                whether_it_answers_at_once_does_not_change
            }
        }
    };
    (@names; $($topic:ident { $($case:ident)* })*) => {
        &[$($(concat!(stringify!($topic), "::", stringify!($case)),)*)*]
    };
    (@tests $setup:expr; $($topic:ident { $($case:ident)* })*) => {
        $(
            mod $topic {
                #[allow(unused_imports)]
                use super::*;
                $(
                    #[test]
                    fn $case() {
                        let name = concat!(stringify!($topic), "::", stringify!($case));
                        $crate::conformance::run(&$setup, name, $crate::conformance::$topic::$case);
                    }
                )*
            }
        )*
    };
    ($setup:expr) => {
        $crate::conformance! { @list tests $setup }

        #[test]
        fn each_skip_names_a_case_and_a_reason() {
            $crate::conformance::check_skips(&$setup);
        }
    };
}
