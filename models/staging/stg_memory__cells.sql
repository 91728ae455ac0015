with remembered_cells as (
    select * from {{ source("memory", "remembered_cell") }}
),

final as (
    select
        release_id,
        component_id,
        cell_id,
        fingerprint,
        value,
        minimum,
        single_holder,
        status_internal,
        up_internal,
        down_internal,
        alone_internal,
        status_public,
        up_public,
        down_public,
        alone_public
    from remembered_cells
)

select * from final
