-- Warns of companies whose area nobody has listed (yet): they are in no figure.
{{ config(severity="warn") }}

with companies as (
    select * from {{ ref("stg_delivery__company_years") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
)

select
    companies.calendar_year,
    companies.area_code,
    count(*) as company_count
from companies
left join areas on companies.area_code = areas.area_code
where areas.area_code is null
group by companies.calendar_year, companies.area_code
