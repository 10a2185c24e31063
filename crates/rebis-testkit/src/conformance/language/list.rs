//! The one list of all cases of the language: the tests and the table of names are made from it.

/// The names of all cases, `topic::case`.
pub const CASES: &[&str] = crate::language!(@list names);

/// Makes a `#[test]` of each case of the [language](mod@crate::conformance::language), in a module for each topic, for
/// a [`Setup`](crate::conformance::Setup). Stands in a module of its own, like
/// [`conformance!`](crate::conformance!).
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
                a_tuple_is_compared_as_a_whole
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
                case_without_else_is_null
                case_in_a_condition_and_in_a_sum
                case_without_arms_is_its_else
                cast_of_a_number_to_a_text
                cast_of_a_text_to_a_number
                cast_of_a_whole_number_to_a_float
                cast_of_a_number_to_a_boolean_and_back
                cast_of_a_text_to_bytes
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
            own writes {
                an_insert_of_one_row
                an_insert_of_several_rows
                an_insert_of_columns_in_another_order
                an_insert_of_some_columns
                an_insert_of_nothing_but_defaults
                several_rows_of_nothing_but_defaults_are_unsupported
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
            }
            own of_bool {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_i16 {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_i32 {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_i64 {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_f32 {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_f64 {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_text {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_short_text {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_bytes {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_uuid {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_date {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_time {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_timestamp {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_instant {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_decimal {
                comes_back
                comes_back_from_a_literal
                null
                is_compared
                is_ordered
                is_grouped
                is_updated
                is_a_default
                is_a_parameter_of_a_prepared_query
            }
            own of_json {
                comes_back
                comes_back_from_a_literal
                null
                is_updated
                is_a_default
            }
            own bounds {
                a_number_above_16_bits
                a_number_below_16_bits
                a_number_above_32_bits
                a_number_above_64_bits
                a_text_longer_than_its_column
                the_length_of_a_text_is_in_characters
                a_text_in_a_column_of_numbers
                a_text_in_a_column_of_dates
                a_text_that_is_no_document
                a_decimal_with_too_many_digits
                digits_beyond_the_scale_are_rounded
                a_decimal_is_compared_as_a_number
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
