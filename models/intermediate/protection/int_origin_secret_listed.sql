with cells as (
    select * from {{ ref("int_cell_protected") }}
),

listed as (
    select * from {{ ref("int_cell_listed") }}
),

equations as (
    select * from {{ ref("int_cell_equation_listed") }}
),

origins as (
    select * from {{ ref("int_measure_origin_listed") }}
),

-- Nobody is shown a whole that nobody published; but where all its parts are shown,
-- everybody can add them up.
added_up as (
    select
        wholes.cell_id,
        {% for audience in audiences() -%}
            bool_and(cells.status_{{ audience }} is not distinct from 'free')
                as is_known_{{ audience }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from listed as wholes
    inner join equations as wholes_equations
        on wholes.cell_id = wholes_equations.cell_id
    inner join equations as parts
        on
            wholes_equations.equation_id = parts.equation_id
            and wholes_equations.cell_id != parts.cell_id
    left join cells on parts.cell_id = cells.cell_id
    where wholes.table_code = 'unpublished'
    group by wholes.cell_id, parts.equation_id
),

known_wholes as (
    select
        cell_id,
        {% for audience in audiences() -%}
            bool_or(is_known_{{ audience }}) as is_known_{{ audience }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from added_up
    group by cell_id
),

final as (
    select
        origins.measure_code,
        listed.area_code,
        cast(
            cast(listed.period as integer) + origins.years_before as varchar
        ) as time_key,
        {% for audience in audiences() -%}
            bool_or(
                cells.status_{{ audience }} != 'free'
                and not coalesce(known_wholes.is_known_{{ audience }}, false)
            ) as is_secret_{{ audience }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from origins
    inner join listed
        on origins.origin_code = listed.counted and listed.breakdown = 'all'
    inner join cells on listed.cell_id = cells.cell_id
    left join known_wholes on listed.cell_id = known_wholes.cell_id
    group by origins.measure_code, listed.area_code, time_key
)

select * from final
