{%- set columns = ["counted", "area_code", "period", "breakdown", "class_code"] %}
{%- set traits = {"industry": "section_code"} %}
{%- do traits.update(company_class_columns()) %}

with entries as (
    select
        area_code,
        calendar_year,
        entry_kind,
        employees,
        turnover_eur,
        {{ traits.values() | join(", ") }},
        entry_kind = 'stock' as is_stock,
        coalesce(group_code, company_code) as holder
    from {{ ref("int_company_entry_located") }}
    where entry_kind not in ('class_in', 'class_out')
),

measures as (
    select * from {{ ref("catalogue_company_measure") }}
),

-- Some years each, back from the last one; the first year has no events.
spans as (
    select distinct
        {{ pool_end("calendar_year", "max(calendar_year) over ()") }} as to_year,
        to_year - {{ var("pooled_years") - 1 }} as from_year
    from entries
    qualify from_year > min(calendar_year) over ()
),

groups as (
    select * from {{ ref("code_company_group_member") }}
),

-- The city and what it is divided into directly: there companies are shown by class.
wide_areas as (
    select
        '{{ var("city_code") }}' as area_code,
        true as is_city
    union all
    select
        child_area_code as area_code,
        false as is_city
    from {{ ref("stg_register__area_edges") }}
    where parent_area_code = '{{ var("city_code") }}'
),

classified as (
    {% for breakdown, column in traits.items() -%}
        select
            * exclude ({{ traits.values() | join(", ") }}),
            '{{ breakdown }}' as breakdown,
            {{ column }} as detail_code
        from entries
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- Events are rare: within the city they are not shown by class.
grouped as (
    select
        classified.*,
        groups.group_code as class_group_code,
        wide_areas.is_city
    from classified
    inner join wide_areas on classified.area_code = wide_areas.area_code
    inner join groups
        on
            classified.breakdown = groups.breakdown
            and classified.detail_code = groups.class_code
    where
        classified.is_stock
        or (wide_areas.is_city and classified.breakdown = 'industry')
),

shown as (
    select
        * exclude ({{ traits.values() | join(", ") }}),
        'all' as breakdown,
        'all' as class_code
    from entries
    union all by name
    select
        * exclude (detail_code, class_group_code, is_city),
        unnest(
            [class_group_code, detail_code][
                1:if(is_city and is_stock and detail_code != class_group_code, 2, 1)
            ]
        ) as class_code
    from grouped
),

-- Rare events within the city are shown for several years together only.
dated as (
    select
        shown.*,
        cast(shown.calendar_year as varchar) as period
    from shown
    left join measures on shown.entry_kind = measures.counted
    where
        shown.is_stock
        or (
            shown.breakdown = 'all'
            and shown.calendar_year > (select min(entries.calendar_year) from entries)
            and (
                not coalesce(measures.is_rare, true)
                or shown.area_code = '{{ var("city_code") }}'
            )
        )
    union all
    select
        shown.*,
        spans.from_year || '-' || spans.to_year as period
    from shown
    inner join wide_areas on shown.area_code = wide_areas.area_code
    inner join spans on shown.calendar_year between spans.from_year and spans.to_year
    where not shown.is_stock
),

held as (
    select
        {{ columns[1:] | join(", ") }},
        holder,
        entry_kind,
        is_stock,
        count(*) as unit_count,
        sum(employees) as employees,
        sum(turnover_eur) as turnover_eur
    from dated
    group by {{ columns[1:] | join(", ") }}, holder, entry_kind, is_stock
),

-- Few companies have most employees of an industry: within the city they are not shown.
contributed as (
    select
        * exclude (employees, turnover_eur),
        if(
            is_stock
            and (
                breakdown not in ('industry', 'legal_form')
                or area_code = '{{ var("city_code") }}'
            ),
            3,
            1
        ) as figure_count,
        unnest([entry_kind, 'employees', 'turnover'][1:figure_count]) as counted,
        coalesce(
            unnest([unit_count, employees, turnover_eur][1:figure_count]), 0
        ) as contribution
    from held
),

final as (
    select
        {{ cell_id(*columns) }} as cell_id,
        {{ columns | join(", ") }},
        cast(sum(contribution) as double) as cell_value,
        cast(sum(unit_count) as bigint) as unit_count,
        count(*) as holder_count,
        cast(max(contribution) as double) as largest_contribution,
        coalesce(cast(max(contribution, 2)[2] as double), 0) as second_contribution,
        case when count(*) = 1 then min(holder) end as single_holder
    from contributed
    group by {{ columns | join(", ") }}
)

select * from final
