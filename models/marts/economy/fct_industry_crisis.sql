with figures as (
    select
        *,
        cast(period as integer) as calendar_year
    from {{ ref("fct_released_company_figure") }}
    where
        breakdown in ('all', 'industry')
        and counted in ('stock', 'employees', 'turnover')
        and length(period) = 4
),

crises as (
    select * from {{ ref("code_crisis") }}
),

pairs as (
    select
        earlier.*,
        crises.crisis_year,
        later.cell_value as crisis_value
    from figures as earlier
    inner join crises on earlier.calendar_year = crises.crisis_year - 1
    inner join figures as later
        on
            crises.crisis_year = later.calendar_year
            and earlier.audience_code = later.audience_code
            and earlier.area_key = later.area_key
            and earlier.counted = later.counted
            and earlier.breakdown = later.breakdown
            and earlier.class_code = later.class_code
),

-- The first year with as much as before; where a year on the way is secret, or nobody
-- is left, it is not known.
followed as (
    select
        pairs.audience_code,
        pairs.area_key,
        pairs.counted,
        pairs.breakdown,
        pairs.class_code,
        pairs.crisis_year,
        min(later.calendar_year) filter (where later.cell_value >= pairs.cell_value)
            as found_year,
        min(later.calendar_year) filter (where later.cell_value is null)
            as secret_year,
        max(later.calendar_year) as last_year
    from pairs
    inner join figures as later
        on
            pairs.crisis_year <= later.calendar_year
            and pairs.audience_code = later.audience_code
            and pairs.area_key = later.area_key
            and pairs.counted = later.counted
            and pairs.breakdown = later.breakdown
            and pairs.class_code = later.class_code
    group by all
),

final as (
    select
        pairs.audience_code,
        pairs.area_key,
        pairs.counted,
        pairs.breakdown,
        pairs.class_code,
        pairs.crisis_year,
        pairs.provenance_code,
        pairs.source_code,
        pairs.cell_value as value_before,
        pairs.crisis_value,
        followed.last_year,
        pairs.crisis_value / nullif(pairs.cell_value, 0) - 1 as crisis_change,
        case
            when pairs.cell_value is null or pairs.crisis_value is null then null
            when followed.found_year < coalesce(followed.secret_year, 9999)
                then followed.found_year
        end as recovered_year,
        coalesce(
            pairs.cell_value is null
            or followed.secret_year < coalesce(followed.found_year, 9999),
            false
        ) as is_secret
    from pairs
    inner join followed
        on
            pairs.audience_code = followed.audience_code
            and pairs.area_key = followed.area_key
            and pairs.counted = followed.counted
            and pairs.breakdown = followed.breakdown
            and pairs.class_code = followed.class_code
            and pairs.crisis_year = followed.crisis_year
)

select * from final
