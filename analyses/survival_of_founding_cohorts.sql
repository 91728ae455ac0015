-- How many of the companies founded in a year are there five years later, by section?
with births as (
    select
        company_code,
        section_code,
        cast(time_key as integer) as birth_year
    from {{ ref("fct_company_event") }}
    where event_kind = 'birth' and section_code is not null
),

companies as (
    select
        company_code,
        cast(time_key as integer) as calendar_year
    from {{ ref("fct_company_year") }}
),

-- Who has left the city by then is neither alive nor dead to us, and is set aside.
leavers as (
    select
        company_code,
        min(cast(time_key as integer)) as left_year
    from {{ ref("fct_company_event") }}
    where event_kind = 'move_out'
    group by company_code
),

industries as (
    select * from {{ ref("dim_industry") }}
),

last_years as (
    select max(calendar_year) as last_year from companies
),

cohorts as (
    select
        births.section_code,
        births.birth_year,
        count(*) as founded_count,
        count(later.company_code) as surviving_count
    from births
    cross join last_years
    left join leavers on births.company_code = leavers.company_code
    left join companies as later
        on
            births.company_code = later.company_code
            and births.birth_year + 5 = later.calendar_year
    where
        (leavers.left_year is null or leavers.left_year > births.birth_year + 5)
        and births.birth_year + 5 <= last_years.last_year
    group by births.section_code, births.birth_year
),

-- Single years of a section are too few; all cohorts together say more.
final as (
    select
        cohorts.section_code,
        industries.industry_short_name,
        min(cohorts.birth_year) as first_cohort,
        max(cohorts.birth_year) as last_cohort,
        sum(cohorts.founded_count) as founded_count,
        sum(cohorts.surviving_count) as surviving_count,
        sum(cohorts.surviving_count) / sum(cohorts.founded_count) as survival_share
    from cohorts
    inner join industries on cohorts.section_code = industries.industry_code
    group by cohorts.section_code, industries.industry_short_name
)

select * from final
order by survival_share desc
