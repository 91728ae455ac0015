with remembered_equations as (
    select * from {{ source("memory", "remembered_equation") }}
),

final as (
    select
        release_id,
        equation_id,
        cell_id,
        coefficient
    from remembered_equations
)

select * from final
