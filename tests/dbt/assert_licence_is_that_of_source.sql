-- Guards that a figure carries the licence of the publication it comes from.
select
    figures.area_code,
    figures.period_code,
    figures.measure_code,
    figures.licence_code,
    sources.licence_code as source_licence_code
from {{ ref("stg_official__figures") }} as figures
inner join {{ ref("dim_source") }} as sources
    on figures.source_code = sources.source_code
where figures.licence_code != sources.licence_code
