with comments as (
    select * from {{ ref("fct_commentary") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

industries as (
    select * from {{ ref("dim_industry") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

releases as (
    select * from {{ ref("dim_release") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

counted as (
    select
        *,
        count(*) over (
            partition by comment_code
            order by version_number
            rows between unbounded preceding and 1 preceding
        ) as earlier_version_count
    from comments
),

final as (
    select
        audiences.audience_code,
        counted.comment_code,
        counted.version_number,
        counted.earlier_version_count,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.peer_group,
        areas.area_order,
        counted.indicator_code,
        indicators.indicator_name,
        indicators.chapter_name,
        counted.industry_code,
        industries.industry_short_name as industry_name,
        coalesce(periods.period_name, '–') as comment_period_name,
        counted.comment_kind,
        counted.comment_kind_name,
        counted.comment_title,
        counted.comment_text,
        counted.author_role,
        counted.valid_from_on,
        releases.publisher_name,
        provenances.name_de as provenance_name,
        concat_ws(
            ' · ', indicators.indicator_name, industries.industry_short_name
        ) as subject_name,
        counted.author_role || ', ' || {{ german_date("counted.valid_from_on") }}
        || case
            when counted.earlier_version_count > 0
                then ', Fassung ' || counted.version_number
            else ''
        end as signature
    from counted
    inner join audiences
        on
            counted.audience_code = audiences.audience_code
            or audiences.audience_code = 'internal'
    inner join areas on counted.area_key = areas.area_key
    left join indicators on counted.indicator_code = indicators.indicator_code
    left join industries on counted.industry_code = industries.industry_code
    left join periods on counted.time_key = periods.time_key
    inner join releases on counted.release_id = releases.release_id
    inner join provenances
        on counted.provenance_code = provenances.provenance_code
    where
        counted.is_current
        and areas.area_order is not null
        and not coalesce(indicators.is_withheld, false)
)

select * from final
