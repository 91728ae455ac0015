{%- set groups = ["presence", "interaction", "media", "people", "digital"] %}

with websites as (
    select * from {{ ref("int_company_website_scored") }}
),

companies as (
    select * from {{ ref("fct_company_year") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

bridge as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

city_areas as (
    select
        bridge.ancestor_area_key as area_key,
        bridge.descendant_area_key as seat_area_key
    from bridge
    inner join bridge as within_city
        on bridge.ancestor_area_key = within_city.descendant_area_key
    inner join areas on within_city.ancestor_area_key = areas.area_key
    where areas.area_code = '{{ var("city_code") }}'
),

crawled as (
    select
        city_areas.area_key,
        companies.time_key,
        companies.section_code,
        companies.age_class_code,
        companies.group_code,
        websites.provenance_code,
        websites.crawl_status,
        -- Sums that are exact, in whatever order.
        {%- for group in groups %}
            cast(websites.{{ group }}_score as decimal(18, 9)) as {{ group }}_score,
        {%- endfor %}
        case
            when companies.is_b2b then 'b2b'
            when not companies.is_b2b then 'b2c'
            else 'unknown'
        end as customer_code
    from websites
    inner join companies
        on
            websites.company_code = companies.company_code
            and cast(websites.calendar_year as varchar) = companies.time_key
    inner join city_areas on companies.area_key = city_areas.seat_area_key
),

counted as (
    select
        area_key,
        time_key,
        coalesce(section_code, 'total') as industry_code,
        coalesce(age_class_code, 'all') as age_class_code,
        coalesce(customer_code, 'all') as customer_code,
        {{ combined_provenance("provenance_code") }} as provenance_code,
        {%- for group in groups %}
            count({{ group }}_score) as {{ group }}_known_count,
            cast(coalesce(sum({{ group }}_score), 0) as double)
                as {{ group }}_score_sum,
        {%- endfor %}
        count(distinct group_code)
        + count(*) filter (where group_code is null) as group_count,
        count(*) filter (where crawl_status = 'no_site') as without_site_count,
        count(*) filter (where crawl_status in ('unreachable', 'refused'))
            as unknown_site_count,
        count(*) as crawled_count
    from crawled
    group by area_key, time_key, cube(section_code, age_class_code, customer_code)
),

final as (
    select
        *,
        digital_score_sum / nullif(digital_known_count, 0) as mean_digital_score
    from counted
)

select * from final
