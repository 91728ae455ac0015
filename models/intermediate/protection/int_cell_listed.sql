with company_cells as (
    select * from {{ ref("int_company_cell_counted") }}
    union all by name
    select * from {{ ref("int_company_cohort_counted") }}
),

figure_cells as (
    select * from {{ ref("int_figure_cell_listed") }}
),

addends as (
    select * from {{ ref("int_measure_addend_listed") }}
),

added_up as (
    select
        addends.measure_code,
        addends.rule_name,
        addends.addend_count,
        addends.is_over_years,
        parts.area_code,
        parts.calendar_year + addends.years_before as calendar_year,
        sum(addends.factor * parts.cell_value) as cell_value
    from figure_cells as parts
    inner join addends on parts.measure_code = addends.addend_code
    group by all
    having count(*) = addends.addend_count
),

-- What years before say of a year in which nobody knows the whole connects nothing,
-- unless the next years go on from it.
prevailing as (
    select * from added_up
    where
        not is_over_years
        or measure_code in (select addends.addend_code from addends)
        or (measure_code, calendar_year) in (
            select (figure_cells.measure_code, figure_cells.calendar_year)
            from figure_cells
        )
    qualify
        rank() over (
            partition by measure_code, area_code, calendar_year order by is_over_years
        ) = 1
),

-- A whole nobody has published connects its parts all the same: several sums of them,
-- or parts with what it is a part of. What the year itself says goes before what is
-- counted on from years before; a balance below zero is no cell.
unpublished_wholes as (
    select
        prevailing.measure_code,
        prevailing.area_code,
        prevailing.calendar_year,
        min(prevailing.cell_value) as cell_value
    from prevailing
    left join figure_cells
        on
            prevailing.measure_code = figure_cells.measure_code
            and prevailing.area_code = figure_cells.area_code
            and prevailing.calendar_year = figure_cells.calendar_year
    where figure_cells.cell_id is null
    group by prevailing.measure_code, prevailing.area_code, prevailing.calendar_year
    having
        min(prevailing.cell_value) = max(prevailing.cell_value)
        and min(prevailing.cell_value) >= 0
),

all_figure_cells as (
    select * from figure_cells
    union all by name
    select
        '?' || {{ cell_id(
            "measure_code", "area_code", "cast(calendar_year as varchar)"
        ) }} as cell_id,
        'unpublished' as table_code,
        measure_code,
        area_code,
        calendar_year,
        cell_value
    from unpublished_wholes
),

commuter_cells as (
    select * from {{ ref("int_commuter_cell_counted") }}
),

person_cells as (
    select
        cell_id,
        table_code,
        measure_code as counted,
        area_code,
        cast(calendar_year as varchar) as period,
        'all' as breakdown,
        'all' as class_code,
        cell_value
    from all_figure_cells
    union all
    select
        cell_id,
        table_code,
        counted,
        area_code,
        period,
        breakdown,
        class_code,
        cell_value
    from commuter_cells
),

listed as (
    select
        cell_id,
        case
            when counted in ('employees', 'turnover') then 'company_sum'
            else 'company_count'
        end as table_code,
        counted,
        area_code,
        period,
        breakdown,
        class_code,
        cell_value,
        unit_count,
        holder_count,
        largest_contribution,
        second_contribution,
        single_holder
    from company_cells
    union all
    -- Persons are counted by their number alone; who is the only one knows of himself.
    select
        cell_id,
        table_code,
        counted,
        area_code,
        period,
        breakdown,
        class_code,
        cell_value,
        cast(ceil(cell_value) as bigint) as unit_count,
        cast(ceil(cell_value) as bigint) as holder_count,
        least(cell_value, 1) as largest_contribution,
        least(greatest(cell_value - 1, 0), 1) as second_contribution,
        case when cell_value > 0 and cell_value <= 1 then cell_id end as single_holder
    from person_cells
),

final as (
    select
        *,
        md5(
            concat_ws(
                '|',
                table_code,
                cell_value,
                unit_count,
                holder_count,
                largest_contribution,
                second_contribution,
                single_holder
            )
        ) as fingerprint
    from listed
)

select * from final
