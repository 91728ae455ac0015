with cells as (
    select * from {{ ref("int_commuter_cell_counted") }}
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

flows as (
    select * from {{ ref("fct_commuter_flow") }}
),

-- How a place was called last, and where all relations of an area and a year are from.
places as (
    select
        place_code,
        max_by(place_name, time_key) as place_name
    from flows
    group by place_code
    union all
    select
        'all' as place_code,
        'Alle Orte' as place_name
),

origins as (
    select
        area_key,
        time_key,
        max(release_id) as release_id,
        case
            when count(distinct provenance_code) = 1
                then any_value(provenance_code)
            else {{ combined_provenance("provenance_code") }}
        end as provenance_code
    from flows
    group by area_key, time_key
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

decided as (
    select
        cells.*,
        audiences.audience_code,
        case audiences.audience_code
            {% for audience in audiences() -%}
                when '{{ audience }}' then statuses.status_{{ audience }}
            {% endfor -%}
        end = 'free' as is_free
    from cells
    inner join statuses on cells.cell_id = statuses.cell_id
    cross join audiences
),

released as (
    select
        audience_code,
        area_code,
        period as time_key,
        class_code as place_code,
        {% for direction in ["in", "out"] -%}
            max(cell_value) filter (direction = '{{ direction }}' and is_free)
                as commuters_{{ direction }},
            coalesce(
                bool_or(not is_free) filter (direction = '{{ direction }}'), false
            ) as is_{{ direction }}_secret
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from decided
    group by audience_code, area_code, period, class_code
),

final as (
    select
        released.audience_code,
        areas.area_key,
        released.time_key,
        released.place_code,
        places.place_name,
        deliveries.source_code,
        origins.provenance_code,
        released.commuters_in,
        released.commuters_out,
        released.is_in_secret,
        released.is_out_secret,
        released.place_code = 'all' as is_total
    from released
    inner join areas on released.area_code = areas.area_code
    inner join places on released.place_code = places.place_code
    inner join origins
        on
            areas.area_key = origins.area_key
            and released.time_key = origins.time_key
    inner join deliveries on origins.release_id = deliveries.delivery_id
)

select * from final
