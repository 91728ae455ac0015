-- Guards that coverage, missing figures and revisions count the same rows as they list.
with coverage as (
    select
        sum(expected_count) as expected_count,
        sum(figure_count) as figure_count,
        sum(missing_count) as missing_count,
        sum(revised_count) as revised_count
    from {{ ref("pub_indicator_coverage") }}
),

counted as (
    select
        (select count(*) from {{ ref("pub_indicator_value") }}) as figures,
        (select count(*) from {{ ref("pub_missing_figure") }}) as missing,
        (select count(*) from {{ ref("pub_revision") }}) as revised
)

select
    coverage.expected_count,
    counted.figures
from coverage
cross join counted
where
    coverage.expected_count != counted.figures
    or coverage.figure_count + coverage.missing_count != coverage.expected_count
    or coverage.missing_count != counted.missing
    or coverage.revised_count != counted.revised
