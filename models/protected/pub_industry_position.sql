with positions as (
    select * from {{ ref("fct_industry_position") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

company_groups as (
    select * from {{ ref("code_company_group") }}
    where breakdown = 'industry'
),

codes as (
    select * from {{ ref("code_industry_position") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        positions.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        positions.industry_code,
        company_groups.name_de as industry_name,
        company_groups.group_order as industry_order,
        positions.company_count,
        positions.area_company_count,
        positions.company_share,
        positions.city_share,
        positions.location_quotient,
        positions.location_quotient_low,
        positions.location_quotient_high,
        positions.company_growth_5y,
        positions.whole_growth_5y,
        positions.whole_effect,
        positions.mix_effect,
        positions.regional_effect,
        codes.name_de as position_name,
        codes.meaning_de as position_meaning,
        codes.position_order,
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        cast(positions.time_key as integer) as calendar_year,
        make_date(cast(positions.time_key as integer), 1, 1) as period_start_on,
        cast(count(*) over area_years as integer) as group_count,
        case when positions.company_count is null then 'C' else 'F' end as conf_status,
        abs(positions.company_share - positions.city_share) as share_difference,
        positions.company_share * positions.company_share as share_square,
        {{ released_text(
            "positions.company_count",
            german_number("positions.company_count", "0"),
            "true"
        ) }} as company_text,
        {{ released_text(
            "positions.company_share",
            german_percent("positions.company_share", "1"),
            "true"
        ) }} as share_text,
        {{ released_text(
            "positions.location_quotient",
            german_interval("positions.location_quotient", "2"),
            "positions.company_count is null"
        ) }} as quotient_text,
        {{ released_text(
            "positions.company_growth_5y",
            german_percent("positions.company_growth_5y", "1", is_signed=true),
            "positions.company_count is null"
        ) }} as growth_text,
        -- Rows with one key may be added up; what has a secret stands alone.
        concat_ws(
            '|',
            positions.audience_code,
            areas.area_level,
            positions.time_key,
            case
                when
                    positions.company_count is null
                    or positions.former_count is null
                    then areas.area_code || '|' || positions.industry_code
            end
        ) as aggregation_key
    from positions
    inner join areas on positions.area_key = areas.area_key
    inner join company_groups on positions.industry_code = company_groups.group_code
    inner join codes on positions.position_code = codes.position_code
    left join provenances on positions.provenance_code = provenances.provenance_code
    left join sources on positions.source_code = sources.source_code
    where areas.area_order is not null
    window
        area_years as (
            partition by
                positions.audience_code, positions.area_key, positions.time_key
        )
)

select * from final
