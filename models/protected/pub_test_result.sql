{{
    config(
        materialized="incremental",
        on_schema_change="append_new_columns"
    )
}}

-- Tests run after the tables: the rows are written at the end of the build by the macro
-- record_test_results, in the words of {{ ref("code_test_kind") }}. A build adds none.
select
    cast(null as varchar) as test_id,
    cast(null as varchar) as kind_name,
    cast(null as varchar) as rule_text,
    cast(null as boolean) as is_domain_rule,
    cast(null as varchar) as layer_name,
    cast(null as varchar) as table_name,
    cast(null as varchar) as result_name,
    cast(null as boolean) as is_passed,
    cast(null as bigint) as violation_count,
    cast(null as date) as checked_on,
    cast(null as timestamp) as checked_at,
    cast(null as varchar) as checked_text
where false
