//! The one list of all cases of the language: the tests and the table of names are made from it.

/// The names of all cases, `topic::case`.
pub const CASES: &[&str] = crate::language!(@list names);

/// Makes a `#[test]` of each case of the [language](mod@crate::conformance::language), in a module for each topic, for
/// a [`Setup`](crate::conformance::Setup). Stands in a module of its own; its argument is an expression that each test
/// evaluates.
///
/// See [the language](mod@crate::conformance::language) for an example.
#[macro_export]
macro_rules! language {
    (@list $what:ident $($setup:expr)?) => {
        $crate::language! { @$what $($setup)?;
            shared selects {
                columns_of_all_rows
                an_expression_without_a_table
                conditions_in_several_filters_must_all_hold
                no_condition_is_all_rows
                order_goes_up_and_down
                order_by_an_expression
                order_by_a_function_of_a_column
                order_by_a_label
                order_by_a_condition
                nulls_first
                nulls_last
                an_order_that_is_reversed
                limit
                limit_of_nothing
                limit_beyond_all_rows
                offset_without_limit
                limit_with_offset
                offset_beyond_all_rows
                distinct_rows
                distinct_rows_of_several_columns
                distinct_takes_null_as_one_value
                distinct_with_limit
                count_of_rows_and_of_values
                sums
                the_least_and_the_greatest
                averages_are_no_whole_numbers
                aggregates_leave_null_out
                aggregates_of_no_rows
                aggregates_of_no_groups
                group_by_a_column
                group_by_several_columns
                group_by_an_expression
                null_is_a_group
                groups_that_satisfy_a_condition
                order_by_an_aggregate
                an_aggregate_of_rows_with_a_condition
                count_of_different_values_in_groups
                how_many_rows_a_select_has
                an_inner_join
                an_outer_join_keeps_rows_without_a_partner
                rows_that_an_outer_join_found_nothing_for
                a_cross_join_is_each_with_each
                a_join_on_any_condition
                a_self_join
                a_self_join_of_three
                joins_of_both_kinds
                groups_of_an_outer_join
                a_subquery_as_a_value
                a_subquery_as_a_value_without_rows_is_null
                a_correlated_subquery_as_a_value
                in_a_subquery
                in_a_subquery_with_order_and_groups
                not_in_a_subquery_with_null_is_never_true
                exists_and_its_opposite
                exists_of_a_limited_select
                a_subquery_of_another_alias_of_the_same_table
                a_subquery_in_from
                a_subquery_that_is_joined
                a_subquery_with_a_limit_of_its_own
                a_subquery_in_a_subquery
                union_has_equal_rows_once
                union_all_has_all_rows
                intersect
                except
                set_operations_go_from_left_to_right
                limit_of_a_set_operation
                members_of_a_set_operation_with_clauses_of_their_own
                a_set_operation_of_several_columns
                a_set_operation_in_from_and_in_in
                a_tuple_is_compared_as_a_whole a_tuple_among_the_rows_of_a_select a_tuple_with_null
                tables_that_no_condition_connects_are_told_before_anything_is_sent
                rows_that_are_locked
                raw_text_with_parameters
                raw_text_as_an_expression
                a_prepared_query_with_values
                a_table_that_is_not_joined_is_told_before_anything_is_sent
            }
            shared expressions {
                comparisons
                comparisons_of_columns
                comparisons_of_texts
                comparisons_of_floats
                a_comparison_with_null_is_not_true
                equal_to_none_is_null
                equality_to_which_null_is_a_value
                boolean_columns_are_conditions
                conditions_are_values
                and_binds_before_or
                chains_of_conditions
                between_includes_both_ends
                in_nothing_is_false
                in_one_and_in_some
                in_with_none_finds_null
                in_600_values
                in_40000_values
                in_40000_texts
                in_many_floats
                in_many_values_with_none
                like_with_any_text_and_any_character
                like_is_not_true_of_null
                like_and_case
                ilike_does_not_mind_case
                a_text_that_is_contained
                a_percent_sign_that_is_contained
                an_underscore_that_is_contained
                a_slash_that_is_contained
                a_backslash_that_is_contained
                a_quote_that_is_contained
                texts_one_after_the_other
                concat_with_null_is_null
                sums_differences_and_products
                a_sign_before_an_expression
                whole_numbers_are_divided_without_the_rest
                quotients_and_products_go_from_left_to_right
                the_rest_of_a_division_has_the_sign_of_the_first
                floats_are_divided_exactly
                null_in_arithmetic_is_null
                whole_numbers_to_64_bits
                case_takes_the_first_that_holds
                case_of_one_expression
                case_without_else_is_null
                case_in_a_condition_and_in_a_sum
                case_without_arms_is_its_else
                cast_of_a_number_to_a_text
                cast_of_a_text_to_a_number
                cast_of_a_whole_number_to_a_float
                cast_of_a_number_to_a_boolean_and_back
                cast_of_a_text_to_bytes
                a_text_as_a_whole_number_or_null
                a_text_as_a_number_or_null
                a_text_as_a_date_or_a_flag_or_null
                cast_of_null_is_null
                coalesce_and_nullif
                lower_upper_and_trim
                lower_and_upper_beyond_ascii
                length_is_in_characters
                parts_of_a_text
                parts_of_a_text_that_are_replaced
                abs_and_round
                a_function_by_its_name
                the_clock_of_the_database
                a_random_order_is_an_order
                the_precedence_of_many_operators
            }
            shared results {
                a_row_of_one_column_is_its_value
                a_row_of_twelve_columns
                tuples_within_tuples
                the_same_column_twice
                columns_of_the_same_name_of_two_tables
                null_is_none
                null_where_none_is_expected_is_an_error_that_names_the_column
                a_text_where_a_number_is_expected_is_an_error_that_names_the_column
                a_conversion_error_names_the_label
                a_conversion_error_leaves_the_connection_well
                one_is_exactly_one
                one_or_none_is_at_most_one
                first_takes_the_first_of_many
                all_of_no_rows_is_empty
                rows_are_visited_one_by_one
                a_visit_that_has_enough_ends_early
                a_visit_of_no_rows
                many_rows_are_visited_and_summed
                rows_come_so_many_at_a_time
                rows_by_the_names_of_their_columns
                rows_by_the_names_of_labels
                a_name_that_the_result_lacks_is_told
                names_are_matched_also_when_there_is_no_row
                a_row_of_more_columns_than_were_asked_for
                a_row_of_fewer_columns_than_were_asked_for
                numbers_of_any_width_are_read_into_those_that_fit
            }
            own writes {
                an_insert_of_one_row
                an_insert_of_several_rows
                an_insert_of_columns_in_another_order
                an_insert_of_some_columns
                an_insert_of_nothing_but_defaults
                an_insert_leaves_a_column_to_its_default
                an_insert_of_null_is_not_the_default
                an_insert_of_expressions
                an_insert_of_a_subquery_as_a_value
                an_insert_from_a_select
                an_insert_from_a_select_without_rows
                an_insert_from_the_table_itself
                an_insert_from_an_aggregate_with_a_parameter
                an_insert_that_fails_writes_no_row
                an_insert_of_uneven_rows_is_told_before_anything_is_sent
                generated_keys_go_up
                a_generated_key_can_be_given
                an_update_of_a_value
                an_update_to_null
                an_update_of_all_rows
                an_update_that_does_not_say_which_rows_is_refused
                an_update_with_an_expression
                an_update_with_a_case
                an_update_of_several_columns
                the_last_of_two_values_for_a_column_counts
                an_update_of_columns_to_a_row an_update_takes_values_of_the_old_row
                an_update_that_exchanges_columns
                an_update_counts_rows_that_were_so_already
                an_update_of_no_rows_counts_none
                an_update_of_a_key
                an_update_with_a_subquery_of_another_table
                an_update_of_rows_in_a_subquery
                an_update_of_rows_that_have_others
                an_update_that_reads_the_table_it_writes
                an_update_with_a_long_list
                a_delete_of_a_row
                a_delete_of_no_row
                a_delete_of_all_rows
                a_delete_that_does_not_say_which_rows_is_refused
                a_delete_of_rows_in_a_subquery
                a_delete_of_rows_without_others
                a_delete_with_null_in_its_condition
                a_delete_counts_its_own_rows_not_those_of_cascades
                what_was_deleted_can_be_written_again
                columns_with_reserved_names_are_written
                a_value_of_a_parameter_is_no_expression
                an_insert_gives_back_its_row
                an_insert_gives_back_generated_keys
                an_insert_gives_back_expressions
                an_insert_from_a_select_gives_back_its_rows
                a_delete_gives_back_what_was_there
                an_update_gives_back_the_new_values
                a_nullable_column_takes_what_may_be_null
                a_query_that_runs_again_gives_the_rows_of_now
            }
            own conflicts {
                a_row_whose_key_is_there_is_left_out
                a_row_that_meets_any_key_is_left_out
                a_row_whose_key_is_there_is_changed
                all_that_was_proposed_is_set
                a_key_alone_is_proposed_and_stays
                only_rows_that_satisfy_a_condition_are_changed
                a_condition_over_several_columns_that_are_set
                a_conflict_of_one_key_of_several_is_had_or_refused
                a_conflict_of_columns_that_are_no_key_is_refused
                rows_that_were_changed_come_back
                rows_of_a_query_that_meet_others
                rows_of_a_query_with_joins_that_meet_others
                rows_leave_different_columns_to_their_defaults
                several_rows_of_nothing_but_defaults
                more_rows_than_parameters_are_several_statements
                several_statements_are_written_whole_or_not_at_all
                an_update_reads_another_table
                an_update_reads_two_other_tables
                a_delete_reads_another_table
                a_delete_that_reads_another_table_gives_back_its_rows
                a_conflict_takes_values_of_the_old_row a_key_of_some_rows an_insert_gives_back_its_rows_everywhere
                rows_that_cannot_be_read_again_are_refused an_update_of_the_first_rows
                a_delete_of_the_first_rows
                an_update_gives_back_its_rows_everywhere
                an_update_with_a_composite_key_gives_back_its_rows
                an_update_that_reads_another_table_gives_back_its_rows
                what_was_proposed_is_known_only_on_a_conflict
            }
            own schemas {
                a_primary_key_is_unique_and_takes_no_null
                a_primary_key_of_several_columns
                a_primary_key_of_a_text_without_a_length
                a_unique_constraint
                a_unique_constraint_over_several_columns
                a_unique_constraint_with_a_name_of_its_own
                a_unique_index
                an_index_lets_equal_values_in
                a_check_of_a_column
                several_checks_are_numbered
                a_check_over_several_columns
                an_enum_takes_its_words_alone
                a_foreign_key_needs_its_target
                a_foreign_key_without_an_action_keeps_the_parent
                on_delete_restrict
                on_delete_cascade
                on_delete_set_null
                on_delete_set_default
                on_update_cascade
                on_update_set_null
                a_foreign_key_over_several_columns
                a_foreign_key_to_a_unique_column
                a_table_that_refers_to_itself
                tables_are_made_parents_first_and_dropped_children_first
                tables_that_refer_to_each_other
                what_exists_is_left_alone
                what_does_not_exist_is_not_dropped
                a_schema_that_contradicts_itself_sends_nothing
                a_schema_is_made_whole_or_not_at_all
                names_that_are_reserved_or_have_odd_characters
                names_of_any_language
                the_longest_name_of_a_table
                long_names_of_constraints_stay_apart
                names_by_another_convention
                comments_are_taken
                defaults_that_are_expressions
                a_computed_column
                a_computed_column_is_unique
                a_default_of_null
                a_column_without_null_says_which
                tables_within_a_transaction
                a_table_is_made_and_dropped_again_and_again
            }
            own indexes {
                a_descending_index
                an_index_with_more_columns_in_it
                an_index_of_some_rows
                an_index_of_an_expression
                an_index_that_is_hinted_at
                an_index_that_is_searched_in_words
                words_of_a_language
                a_unique_index_of_some_rows
                a_unique_index_of_an_expression
            }
            shared plans {
                a_plan_names_the_table a_plan_of_a_join_and_a_subquery a_plan_of_what_writes_writes_nothing
                a_plan_of_a_text a_plan_of_what_ran_tells_what_happened rows_are_counted whether_there_is_a_row
            }
            own execution {
                a_statement_that_takes_too_long a_connection_whose_statements_have_little_time
                a_transaction_in_which_a_statement_took_too_long a_statement_that_is_not_kept
                a_schema_for_each_tenant a_schema_by_its_name_in_the_models
                what_tables_of_a_tenant_need schemas_are_made_and_dropped
            }
            own scopes {
                what_is_committed_stays
                what_is_rolled_back_is_gone
                a_transaction_reads_its_own_writes
                a_connection_that_is_dropped_rolls_back
                a_scope_that_is_dropped_rolls_back
                a_scope_is_committed
                several_transactions_one_after_the_other
                without_a_transaction_each_statement_is_one
                a_transaction_in_a_transaction_is_refused
                a_commit_without_a_transaction_is_refused
                a_savepoint_takes_back_what_came_after
                a_savepoint_that_is_released_keeps_its_work
                the_work_of_a_released_savepoint_goes_with_the_transaction
                savepoints_within_savepoints
                going_back_to_a_savepoint_twice
                names_of_savepoints_are_quoted
                a_savepoint_that_is_not_there_is_told
                a_savepoint_mends_an_error
                after_an_error_the_transaction_is_aborted
                what_is_not_committed_is_not_seen_by_others
                read_committed_sees_what_others_commit
                repeatable_read_sees_one_state
                read_uncommitted_works_or_is_unsupported
                serializable_reads_its_own_writes_and_commits
                a_level_is_one_of_its_transaction_alone
                a_lost_update_is_noticed_or_does_not_happen
                rows_that_are_locked_are_read_by_others
                a_read_transaction_sees_one_state
                a_write_in_a_read_only_transaction_is_told
                the_next_borrower_of_a_read_only_session_may_write
            }
            own failures {
                a_key_that_is_there
                a_unique_value_that_is_there
                an_update_to_a_unique_value_that_is_there
                a_parent_that_is_missing
                a_parent_that_has_children
                null_in_a_required_column
                a_required_column_that_was_left_out
                an_update_to_null
                a_row_that_a_check_refuses
                a_table_that_is_missing
                a_write_into_a_table_that_is_missing
                a_column_that_is_missing
                a_write_of_a_column_that_is_missing
                a_function_that_is_missing
                a_syntax_that_is_none
                several_statements_in_a_text
                a_column_that_is_ambiguous
                a_column_beside_an_aggregate_that_is_not_grouped
                a_division_by_zero
                the_rest_of_a_division_by_zero
                a_text_that_is_too_long
                a_number_that_is_too_large
                a_sum_beyond_64_bits
                a_text_where_a_number_is_wanted
                a_wrong_number_of_parameters
                errors_one_after_the_other
            }
            own strings {
                injections_are_values
                characters_of_all_languages_are_values
                controls_are_values
                texts_are_values_of_literals
                texts_without_a_table
                texts_are_defaults
                texts_are_contained
                texts_of_wildcards_are_no_wildcards
                texts_in_lists
                texts_are_updated_and_deleted
                texts_are_joined_by_concat
                texts_in_raw_sql_are_parameters
                labels_are_names
                aliases_are_names
                names_in_raw_sql_are_quoted
                names_of_tables_that_were_meant_to_break_out
                words_of_enums_are_values
                comments_that_were_meant_to_break_out
                a_text_of_a_mebibyte
                a_text_of_each_length_around_powers_of_two
                bytes_that_are_no_text
                composed_and_decomposed_are_two_texts
                a_character_of_four_bytes_is_one
                a_keyword_in_a_comment_of_the_text_is_none
            }
            own corpus {
                as_parameters
                as_literals
                as_patterns
                with_a_nul
                as_values_that_are_set
                as_parameters_of_sql
                as_labels
                as_aliases
                as_names_of_columns
                as_names_in_sql
                as_names_of_tables
                as_defaults_and_comments
                as_rows_of_the_program
                as_values_of_prepared_statements
                as_elements_of_arrays
                as_parts_of_documents
                as_keys_of_objects_and_separators
                as_regular_expressions
                as_words_that_are_searched
                in_plans
                as_names_of_what_stands_in_from
                as_names_of_windows
                as_names_that_the_program_learns
                as_names_of_savepoints
                as_names_of_collations
                as_names_of_schemas
                as_names_of_constraints
                as_enums
                as_names_of_sequences
                as_views
                as_tables_of_a_query
            }
            own limits {
                as_many_parameters_as_the_capabilities_allow
                one_parameter_more_is_told_before_anything_is_sent
                a_long_statement_of_literals
                as_many_columns_of_a_result_as_there_may_be
                a_table_of_many_columns
                a_chain_of_many_conditions
                a_deep_expression
                a_case_of_many_arms
                many_joins
                subqueries_within_subqueries
                a_union_of_many
                many_rows_in_a_table
                a_function_of_many_arguments
            }
            shared windows {
                numbers_of_rows numbers_begin_again_in_each_partition partitions_by_several_columns
                ranks_of_equal_rows parts_of_all_rows parts_of_a_size the_row_before_and_after
                the_row_before_of_a_nullable_column values_of_the_frame an_aggregate_of_the_partition
                a_running_total frames_of_rows a_moving_average frames_of_values frames_of_groups
                rows_that_a_frame_leaves_out a_window_with_a_name an_aggregate_of_some_rows_over_a_window
                windows_over_groups the_best_of_each_group arithmetic_with_windows order_by_a_window
            }
            shared tables {
                a_cte_is_a_table all_columns_of_a_cte a_cte_that_is_read_twice a_cte_that_is_read_in_a_subquery
                a_cte_of_a_cte parameters_of_ctes_stand_first hints_change_nothing a_cte_in_a_member_of_a_union
                a_tree a_tree_that_is_joined the_way_up whole_numbers gaps_are_found_beside_a_series
                two_ctes_of_a_name_are_an_error a_cte_that_hides_a_table_is_an_error a_cte_sees_nothing_around_it
                a_lateral_subquery_sees_the_row an_outer_lateral_join_keeps_all_rows
                a_lateral_join_that_cannot_be_names_another_way rows_of_the_program rows_of_the_program_with_null
                one_row_of_the_program a_thousand_rows_of_the_program no_row_of_the_program_is_an_error
                columns_that_are_not_as_many_as_values_are_an_error a_full_join_keeps_the_rows_of_both
                joins_in_parentheses_stay_together of_the_row_around
            }
            shared questions {
                subtotals_and_a_total subtotals_of_two_columns every_choice_of_columns sets_of_groupings
                a_total_of_no_rows a_limit_of_groupings the_first_of_each the_last_with_those_beside_it a_part_of_the_rows
                copies_that_both_have set_operations_with_copies_in_a_row members_with_their_own_members
                any_and_all_rows any_and_all_of_no_rows any_and_all_with_null any_of_rows_that_belong_to_the_row
                pages_by_one_column pages_in_one_direction pages_in_mixed_directions pages_with_null_at_either_end
                pages_by_three_columns pages_of_joined_tables_backwards matches_of_a_regular_expression_are_replaced
                a_place_that_does_not_fit_the_order texts_of_a_group_in_one
                texts_with_an_odd_separator texts_of_some_rows_and_of_none sums_of_different_values
                the_median_and_its_kind rows_are_compared_from_the_left regular_expressions
                the_greatest_and_the_least_of_two rounded_to_digits parts_of_a_date parts_of_a_time parts_of_no_date
                dates_are_moved the_last_of_a_month_stays_within_it times_are_moved days_between_dates
                names_and_texts_in_json
            }
            own golden {
                each_statement_runs
            }
            own of_bool {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_i16 {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_i32 {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_i64 {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_f32 {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_f64 {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_text {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_short_text {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_bytes {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_uuid {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_date {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_time {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_timestamp {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_instant {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_decimal {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_interval {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_array {
                comes_back comes_back_from_a_literal null is_updated is_a_default
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_texts {
                comes_back comes_back_from_a_literal null is_updated is_a_default
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_inet {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_network {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own of_range {
                comes_back comes_back_from_a_literal null is_compared is_ordered is_grouped is_updated
                is_a_default is_a_parameter_of_a_prepared_query is_found_in_a_long_list
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own arrays {
                elements_of_each_type of_null_and_with_null what_they_hold a_value_of_the_row_in_them
                what_lies_in_what their_length_and_places they_grow_and_shrink conditions_on_their_elements
                conditions_within_conditions elements_are_rows elements_of_uuids_and_bytes a_nul_in_an_element
                arrays_of_arrays_are_refused
            }
            own spans {
                dates_are_moved_by_columns the_time_between_two sums_and_averages_of_time months_and_days what_no_database_holds
            }
            own ranges {
                what_is_in_them how_they_lie their_ends of_dates_and_times without_ends_and_empty
                addresses_in_networks
            }
            own of_json {
                comes_back comes_back_from_a_literal null is_updated is_a_default
                comes_out_of_case_and_coalesce stands_without_a_table
            }
            own bounds {
                a_number_above_16_bits
                a_number_below_16_bits
                a_number_above_32_bits
                a_number_above_64_bits
                each_integer_keeps_its_ends
                a_number_of_the_database_beyond_the_type
                a_sum_beyond_64_bits
                a_float_beyond_32_bits
                a_text_longer_than_its_column
                the_length_of_a_text_is_in_characters
                a_text_in_a_column_of_numbers
                a_text_in_a_column_of_dates
                a_text_that_is_no_document
                a_decimal_with_too_many_digits
                digits_beyond_the_scale_are_rounded
                a_decimal_is_compared_as_a_number
                decimals_are_calculated_exactly_or_not_at_all
                infinite_floats
                a_nul_in_a_text
                a_value_that_does_not_fit_the_type_of_the_row
            }
        }
    };
    (@names; $($kind:ident $topic:ident { $($case:ident)* })*) => {
        &[$($(concat!(stringify!($topic), "::", stringify!($case)),)*)*]
    };
    (@shared $scene:ident) => {
        Some(&$scene)
    };
    (@own $scene:ident) => {
        None
    };
    (@tests $setup:expr; $($kind:ident $topic:ident { $($case:ident)* })*) => {
        $(
            mod $topic {
                #[allow(unused_imports)]
                use super::*;
                $(
                    #[test]
                    fn $case() {
                        let name = concat!(stringify!($topic), "::", stringify!($case));
                        let shared = $crate::language!(@$kind SCENE);
                        $crate::conformance::language::run(&$setup, name, shared, $crate::conformance::language::$topic::$case);
                    }
                )*
            }
        )*
    };
    ($setup:expr) => {
        static SCENE: $crate::conformance::language::Shared = $crate::conformance::language::Shared::new();

        $crate::language! { @list tests $setup }
    };
}
