with company_cells as (
    select * from {{ ref("int_company_cell_counted") }}
),

figure_cells as (
    select * from {{ ref("int_figure_cell_listed") }}
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
    from figure_cells
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
