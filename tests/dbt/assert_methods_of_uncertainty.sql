-- Guards that intervals, probabilities and the control of false discoveries give
-- printed results: shares by Wilson (Newcombe 1998), Poisson limits of 100 and 1,000
-- cases, tails of the normal distribution; and that adjusted probabilities say the same
-- as the step-up rule by its definition.
with share_examples as (
    select printed_results.* from (
        values
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718)
    ) as printed_results (cases, base, low, high)
),

count_examples as (
    select printed_results.* from (
        values (100, 81.364, 121.627), (1000, 938.971, 1063.956)
    ) as printed_results (cases, low, high)
),

tail_examples as (
    select printed_results.* from (
        values
        (-1.959963985, 0.05),
        (2.575829304, 0.01),
        (3.290526731, 0.001),
        (0.0, 1.0)
    ) as printed_results (score, printed)
),

shares as (
    select
        cases || ' of ' || base as what,
        unnest([
            {{ wilson_bound("cases", "base", -1) }},
            {{ wilson_bound("cases", "base", 1) }}
        ]) as computed,
        unnest([low, high]) as printed,
        0.00005 as tolerance
    from share_examples
),

counts as (
    select
        cases || ' cases' as what,
        unnest([
            {{ poisson_bound("cases", -1) }}, {{ poisson_bound("cases", 1) }}
        ]) as computed,
        unnest([low, high]) as printed,
        0.005 as tolerance
    from count_examples
),

tails as (
    select
        'tail beyond ' || score as what,
        {{ two_sided_probability("score") }} as computed,
        printed,
        printed * 0.000001 as tolerance
    from tail_examples
),

errors as (
    select
        'error of 12 of 100 against 20 of 100' as what,
        {{ pooled_error("12", "100", "20", "100", "true") }} as computed,
        0.0518459 as printed,
        0.0000001 as tolerance
),

-- What is secret has no interval: DuckDB's least and greatest pass over nulls.
secrets as (
    select
        'a secret' as what,
        cast(count(bound) as double) as computed,
        0.0 as printed,
        0 as tolerance
    from (
        select
            unnest([
                {{ wilson_bound("cases", "10", -1) }},
                {{ wilson_bound("cases", "10", 1) }},
                {{ poisson_bound("cases", -1) }},
                {{ poisson_bound("cases", 1) }}
            ]) as bound
        from (select cast(null as double) as cases) as secret_cases
    ) as secret_bounds
),

pages as (
    select
        changes.*,
        assessments.town_code
    from {{ ref("fct_indicator_change") }} as changes
    inner join {{ ref("fct_indicator_assessment") }} as assessments
        on
            changes.audience_code = assessments.audience_code
            and changes.area_key = assessments.area_key
            and changes.indicator_code = assessments.indicator_code
            and changes.time_key = assessments.time_key
),

page_sizes as (
    select
        *,
        row_number() over page as test_number,
        count(*) over whole as test_count
    from pages
    window
        page as (
            partition by audience_code, town_code, time_key order by chance_probability
        ),
        whole as (partition by audience_code, town_code, time_key)
),

-- All tests up to the last one below its line are significant, and no others.
last_positions as (
    select
        audience_code,
        town_code,
        time_key,
        max(case
            when
                chance_probability
                <= {{ var("false_discovery_rate") }} * test_number / test_count
                then test_number
            else 0
        end) as last_number,
        count(case when is_significant then 1 end) as significant_count
    from page_sizes
    group by audience_code, town_code, time_key
),

checks as (
    select * from shares
    union all
    select * from counts
    union all
    select * from tails
    union all
    select * from errors
    union all
    select * from secrets
    union all
    select
        'changes of ' || town_code || ' in ' || time_key as what,
        significant_count as computed,
        last_number as printed,
        0 as tolerance
    from last_positions
)

select * from checks
where coalesce(abs(computed - printed) > tolerance, true)
