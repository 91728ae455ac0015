with figures as (
    select * from {{ ref("int_topic_figure_counted") }}
    where topic_code = 'debtor_types' and step_count > 0
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

shares as (
    select
        figures.*,
        areas.area_key,
        areas.area_level,
        figures.measure_value / nullif(figures.whole_value, 0) as person_share
    from figures
    inner join areas on figures.area_code = areas.area_code
),

country_shares as (
    select * from shares
    where area_level = 'country'
),

final as (
    select
        shares.area_key,
        cast(shares.calendar_year as varchar) as time_key,
        shares.breakdown_code as debtor_type_code,
        shares.period_code as reference_time_key,
        shares.release_id,
        shares.source_code,
        shares.licence_code,
        shares.provenance_code,
        shares.status_code as obs_status,
        shares.measure_value as person_count,
        shares.whole_value as all_person_count,
        shares.person_share,
        country_shares.person_share as country_share,
        shares.person_share - country_shares.person_share as distance_to_country
    from shares
    left join country_shares
        on
            shares.measure_code = country_shares.measure_code
            and shares.calendar_year = country_shares.calendar_year
)

select * from final
