{%- set class_columns = company_class_columns() %}
{%- set flows = ["birth", "death", "move_in", "move_out", "insolvency"] %}

with entries as (
    select * from {{ ref("int_company_entry_located") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

counted as (
    select
        area_code,
        calendar_year,
        case
            when grouping(division_code) = 0 then division_code
            when grouping(section_code) = 0 then section_code
            else 'total'
        end as industry_code,
        case
            {%- for kind, column in class_columns.items() %}
                when grouping({{ column }}) = 0 then '{{ kind }}'
            {%- endfor %}
            else 'all'
        end as class_kind,
        case
            {%- for column in class_columns.values() %}
                when grouping({{ column }}) = 0 then {{ column }}
            {%- endfor %}
            else 'all'
        end as class_code,
        {{ combined_provenance("provenance_code") }} as provenance_code,
        count(*) filter (where entry_kind = 'stock') as company_count,
        count(distinct group_code)
        + count(*) filter (where entry_kind = 'stock' and group_code is null)
            as group_count,
        {%- for flow in flows %}
            count(*) filter (where entry_kind = '{{ flow }}') as {{ flow }}_count,
        {%- endfor %}
        count(*) filter (where entry_kind = 'class_in') as class_in_count,
        count(*) filter (where entry_kind = 'class_out') as class_out_count,
        cast(coalesce(sum(employees), 0) as bigint) as employee_count,
        cast(coalesce(sum(turnover_eur), 0) as double) as turnover_eur
    from entries
    -- The linter does not know grouping sets.
    group by grouping sets ( -- noqa: PRS
        (area_code, calendar_year),
        (area_code, calendar_year, section_code),
        (area_code, calendar_year, division_code),
        {%- for column in class_columns.values() %}
            (area_code, calendar_year, {{ column }}),
            (area_code, calendar_year, section_code, {{ column }})
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    )
    -- Some companies are known by their section only.
    having grouping(division_code) = 1 or division_code is not null
),

-- Of who left in the first year nobody knows what they were.
dated as (
    select
        *,
        calendar_year > min(calendar_year) over () as has_flows
    from counted
),

final as (
    select
        areas.area_key,
        cast(dated.calendar_year as varchar) as time_key,
        dated.industry_code,
        dated.class_kind,
        dated.class_code,
        dated.provenance_code,
        dated.company_count,
        dated.group_count,
        {%- for flow in flows %}
            case when dated.has_flows then dated.{{ flow }}_count end
                as {{ flow }}_count,
        {%- endfor %}
        case
            when dated.has_flows then dated.class_in_count - dated.class_out_count
        end as reclassified_count,
        dated.employee_count,
        dated.turnover_eur
    from dated
    inner join areas on dated.area_code = areas.area_code
)

select * from final
