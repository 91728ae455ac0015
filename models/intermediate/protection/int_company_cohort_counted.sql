{%- set columns = ["counted", "area_code", "period", "breakdown", "class_code"] %}
{%- set years = survival_years() %}

with entries as (
    select
        *,
        min(calendar_year) over () as first_year,
        max(calendar_year) over () as last_year
    from {{ ref("int_company_entry_located") }}
    where area_code = '{{ var("city_code") }}'
),

groups as (
    select * from {{ ref("code_company_group_member") }}
    where breakdown = 'industry'
),

-- Companies founded in the city of which all years are known; the first year has no
-- events. Who moves away has not closed.
founded as (
    select
        births.area_code,
        births.company_code,
        births.calendar_year,
        births.first_year,
        births.last_year,
        births.section_code,
        min(deaths.calendar_year) as closing_year
    from entries as births
    left join entries as deaths
        on
            births.company_code = deaths.company_code
            and births.calendar_year <= deaths.calendar_year
            and deaths.entry_kind = 'death'
    where
        births.entry_kind = 'birth'
        and births.calendar_year > births.first_year
        and births.calendar_year + {{ years }} <= births.last_year
    group by all
),

-- Years that are added up end as all such years do.
followed as (
    select
        *,
        {{ pool_end("calendar_year", "last_year") }} as pool_end,
        case
            when closing_year = calendar_year then 1
            else closing_year - calendar_year
        end as years_after
    from founded
),

fates as (
    select
        *,
        unnest(
            case
                when years_after <= {{ years }}
                    then ['closed', 'closed_after_' || years_after]
                else ['surviving']
            end
        ) as counted
    from followed
),

dated as (
    select
        *,
        cast(calendar_year as varchar) as period
    from fates
    union all
    select
        *,
        pool_end - {{ var("pooled_years") - 1 }} || '-' || pool_end as period
    from fates
    where
        counted in ('closed', 'surviving')
        and pool_end + {{ years }} <= last_year
        and pool_end - {{ var("pooled_years") - 1 }} > first_year
),

classified as (
    select
        *,
        'all' as breakdown,
        'all' as class_code
    from dated
    union all
    select
        dated.*,
        groups.breakdown,
        groups.group_code as class_code
    from dated
    inner join groups on dated.section_code = groups.class_code
    where length(dated.period) > 4
),

final as (
    select
        {{ cell_id(*columns) }} as cell_id,
        {{ columns | join(", ") }},
        cast(count(*) as double) as cell_value,
        count(*) as unit_count,
        count(distinct company_code) as holder_count,
        cast(1 as double) as largest_contribution,
        if(count(distinct company_code) > 1, 1.0, 0.0) as second_contribution,
        case when count(distinct company_code) = 1 then min(company_code) end
            as single_holder
    from classified
    group by {{ columns | join(", ") }}
)

select * from final
