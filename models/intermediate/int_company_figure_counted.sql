with companies as (
    select * from {{ ref("stg_delivery__company_years") }}
),

events as (
    select * from {{ ref("stg_delivery__company_events") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

measures as (
    select * from {{ ref("catalogue_company_measure") }}
),

counts as (
    select
        area_code,
        calendar_year,
        'stock' as counted,
        count(*) as company_count
    from companies
    group by area_code, calendar_year
    union all
    select
        coalesce(to_area_code, from_area_code) as area_code,
        cast(extract(year from event_on) as integer) as calendar_year,
        event_kind as counted,
        count(*) as company_count
    from events
    group by all
),

areas as (
    select distinct area_code from companies
),

-- All companies of a year are taken to be as new as the newest of them.
years as (
    select
        companies.calendar_year,
        max_by(deliveries.delivery_id, deliveries.published_on) as delivery_id,
        max(companies.provenance_code) as provenance_code
    from companies
    inner join deliveries on companies.delivery_id = deliveries.delivery_id
    group by companies.calendar_year
),

-- Where nothing happened the count is zero, not missing.
final as (
    select
        areas.area_code,
        measures.measure_code,
        deliveries.spec_name as dataset_code,
        deliveries.source_code,
        deliveries.source_licence_code as licence_code,
        years.provenance_code,
        deliveries.delivery_id as release_id,
        deliveries.published_on,
        deliveries.received_at,
        cast(coalesce(counts.company_count, 0) as double) as published_value,
        'A' as status_code,
        cast(years.calendar_year as varchar)
        || case when measures.counted = 'stock' then '-12-31' else '' end
            as period_code
    from areas
    cross join years
    cross join measures
    inner join deliveries on years.delivery_id = deliveries.delivery_id
    left join counts
        on
            areas.area_code = counts.area_code
            and years.calendar_year = counts.calendar_year
            and measures.counted = counts.counted
)

select * from final
