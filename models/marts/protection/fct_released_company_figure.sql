with cells as (
    select * from {{ ref("int_company_cell_counted") }}
),

statuses as (
    select * from {{ ref("int_cell_protected") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

companies as (
    select * from {{ ref("stg_delivery__company_years") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

-- Years of one publisher: what it is said to be holds for all cells.
origins as (
    select
        {{ combined_provenance("companies.provenance_code") }} as provenance_code,
        max_by(deliveries.source_code, deliveries.published_on) as source_code
    from companies
    inner join deliveries on companies.delivery_id = deliveries.delivery_id
),

decided as (
    select
        audiences.audience_code,
        areas.area_key,
        cells.counted,
        cells.period,
        cells.breakdown,
        cells.class_code,
        origins.provenance_code,
        origins.source_code,
        cells.cell_value,
        case audiences.audience_code
            {% for audience in audiences() -%}
                when '{{ audience }}' then statuses.status_{{ audience }}
            {% endfor -%}
        end = 'free' as is_free
    from cells
    inner join statuses on cells.cell_id = statuses.cell_id
    inner join areas on cells.area_code = areas.area_code
    cross join audiences
    cross join origins
),

final as (
    select
        audience_code,
        area_key,
        counted,
        period,
        breakdown,
        class_code,
        provenance_code,
        source_code,
        case when is_free then 'F' else 'C' end as conf_status,
        case when is_free then 'A' else 'Q' end as obs_status,
        case when is_free then cell_value end as cell_value
    from decided
)

select * from final
