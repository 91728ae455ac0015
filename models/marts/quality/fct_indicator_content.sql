{{
    config(
        materialized="incremental", unique_key="indicator_code", on_schema_change="fail"
    )
}}

with indicators as (
    select * from {{ ref("dim_indicator") }}
),

figures as (
    select * from {{ ref("fct_indicator_value") }}
),

vintages as (
    select * from {{ ref("fct_indicator_vintage") }}
),

decisions as (
    select * from {{ ref("fct_indicator_confidentiality") }}
),

gaps as (
    select * from {{ ref("fct_missing_figure") }}
),

-- Of what table a row is counts as well, its place in the table does not.
hashed as (
    select
        figures.indicator_code,
        hash('figures', figures) as row_hash
    from figures
    union all
    select
        vintages.indicator_code,
        hash('vintages', vintages) as row_hash
    from vintages
    union all
    select
        decisions.indicator_code,
        hash('decisions', decisions) as row_hash
    from decisions
    union all
    select
        gaps.indicator_code,
        hash('gaps', gaps) as row_hash
    from gaps
),

summed as (
    select
        indicators.indicator_code,
        coalesce(sum(hashed.row_hash), 0) as content_hash
    from indicators
    left join hashed on indicators.indicator_code = hashed.indicator_code
    group by indicators.indicator_code
),

nothing_known as (
    select
        cast(null as varchar) as indicator_code,
        cast(null as hugeint) as content_hash
),

final as (
    select
        summed.indicator_code,
        summed.content_hash,
        coalesce(summed.content_hash != previous.content_hash, true) as is_changed
    from summed
    left join {{ this if is_incremental() else "nothing_known" }} as previous
        on summed.indicator_code = previous.indicator_code
)

select * from final
