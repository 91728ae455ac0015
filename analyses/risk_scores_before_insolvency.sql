-- In which sections do risk scores rise before an insolvency, and how early?
with trail as (
    select
        company_code,
        risk_score,
        cast(substr(time_key, 1, 4) as integer) * 4
        + cast(substr(time_key, 7, 1) as integer) as quarter_number
    from {{ ref("fct_company_quarter") }}
),

insolvencies as (
    select
        company_code,
        section_code,
        extract(year from event_on) * 4 + extract(quarter from event_on)
            as quarter_number
    from {{ ref("fct_company_event") }}
    where event_kind = 'insolvency' and section_code is not null
),

industries as (
    select * from {{ ref("dim_industry") }}
),

-- The same companies at all times, so that the mean is not one of others each time.
followed as (
    select
        insolvencies.section_code,
        insolvencies.company_code,
        max(trail.risk_score) filter (
            where insolvencies.quarter_number - trail.quarter_number = 8
        ) as score_8_before,
        max(trail.risk_score) filter (
            where insolvencies.quarter_number - trail.quarter_number = 4
        ) as score_4_before,
        max(trail.risk_score) filter (
            where insolvencies.quarter_number - trail.quarter_number = 2
        ) as score_2_before,
        max(trail.risk_score) filter (
            where insolvencies.quarter_number - trail.quarter_number = 1
        ) as score_1_before
    from insolvencies
    inner join trail on insolvencies.company_code = trail.company_code
    group by
        insolvencies.section_code,
        insolvencies.company_code,
        insolvencies.quarter_number
    having count(*) filter (
        where insolvencies.quarter_number - trail.quarter_number in (8, 4, 2, 1)
    ) = 4
),

final as (
    select
        followed.section_code,
        industries.industry_short_name,
        count(*) as insolvency_count,
        avg(followed.score_8_before) as score_8_quarters_before,
        avg(followed.score_4_before) as score_4_quarters_before,
        avg(followed.score_2_before) as score_2_quarters_before,
        avg(followed.score_1_before) as score_1_quarter_before,
        avg(followed.score_1_before - followed.score_8_before) as mean_rise,
        avg(cast(followed.score_1_before > followed.score_8_before as integer))
            as share_with_rise
    from followed
    inner join industries on followed.section_code = industries.industry_code
    group by followed.section_code, industries.industry_short_name
    having count(*) >= 5
)

select * from final
order by mean_rise desc
