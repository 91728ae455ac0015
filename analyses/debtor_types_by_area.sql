-- Where is the share of emergency and of lifestyle debtors high, against Germany and
-- other cities? Latest year; a high share can belong to few persons.
with debtors as (
    select * from {{ ref("fct_debtor_type") }}
),

types as (
    select * from {{ ref("dim_debtor_type") }}
    where debtor_type_code in ('emergency', 'lifestyle')
),

areas as (
    select * from {{ ref("dim_area") }}
),

latest as (
    select max(time_key) as time_key from debtors
),

final as (
    select
        types.debtor_type_name,
        areas.area_level_name,
        areas.area_name,
        debtors.person_count,
        debtors.all_person_count,
        round(debtors.person_share, 3) as person_share,
        round(debtors.country_share, 3) as country_share,
        round(debtors.distance_to_country * 100, 1) as percentage_points_to_country,
        rank() over (
            partition by types.debtor_type_name, areas.area_level
            order by debtors.person_share desc
        ) as rank_in_level
    from debtors
    inner join types on debtors.debtor_type_code = types.debtor_type_code
    inner join latest on debtors.time_key = latest.time_key
    inner join areas on debtors.area_key = areas.area_key
)

select * from final
order by debtor_type_name asc, person_share desc
