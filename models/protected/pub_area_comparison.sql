with figures as (
    select * from {{ ref("fct_released_indicator") }}
    where is_comparison_year
),

areas as (
    select * from {{ ref("dim_area") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
    where not is_withheld
),

periods as (
    select * from {{ ref("dim_time") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

placed as (
    select
        figures.*,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        municipalities.area_name as municipality_name,
        municipalities.area_order as municipality_order,
        case
            when
                areas.area_level_rank = min(areas.area_level_rank) over (
                    partition by areas.municipality_code
                )
                then 'Kleinste Gebiete der Stadt'
            else 'Größere Gebiete der Stadt'
        end as level_kind_name
    from figures
    inner join areas on figures.area_key = areas.area_key
    inner join areas as municipalities
        on
            areas.municipality_code = municipalities.area_code
            and municipalities.is_current
    where municipalities.area_order is not null
),

-- How the areas of each municipality lie, as far as they are released.
final as (
    select
        placed.audience_code,
        placed.area_code,
        placed.area_name,
        placed.area_level,
        placed.area_level_name,
        placed.municipality_code,
        placed.municipality_name,
        placed.municipality_order,
        placed.level_kind_name,
        indicators.indicator_code,
        indicators.indicator_name,
        indicators.unit_name,
        periods.period_start_on,
        periods.calendar_year,
        placed.conf_status,
        provenances.name_de as provenance_name,
        sources.licence_name,
        coalesce(sources.attribution, '–') as attribution,
        placed.indicator_value * indicators.display_factor as shown_value,
        {% for name, share in [
            ("lowest", "0"),
            ("lower_quartile", "0.25"),
            ("median", "0.5"),
            ("upper_quartile", "0.75"),
            ("highest", "1"),
        ] -%}
            quantile_cont(
                placed.indicator_value * indicators.display_factor, {{ share }}
            ) over municipality_figures as {{ name }}_value,
        {% endfor -%}
        {{ released_text(
            "placed.indicator_value",
            german_value(
                "placed.indicator_value", "indicators.decimals", "indicators.unit_symbol"
            ),
            "placed.conf_status = 'C'",
        ) }} as value_text,
        case
            when placed.indicator_value is null then '–'
            else
                cast(
                    rank() over (
                        municipality_figures
                        order by placed.indicator_value desc nulls last
                    ) as varchar
                )
                || ' von '
                || cast(
                    count(placed.indicator_value) over municipality_figures as varchar
                )
        end as rank_text,
        concat_ws(
            '|',
            placed.audience_code,
            placed.municipality_code,
            placed.area_level,
            placed.indicator_code
        ) as distribution_key
    from placed
    inner join indicators on placed.indicator_code = indicators.indicator_code
    inner join periods on placed.time_key = periods.time_key
    left join sources on placed.source_code = sources.source_code
    left join provenances on placed.provenance_code = provenances.provenance_code
    window municipality_figures as (
        partition by
            placed.audience_code,
            placed.municipality_code,
            placed.area_level,
            placed.indicator_code
    )
)

select * from final
