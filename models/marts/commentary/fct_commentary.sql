with comments as (
    select * from {{ ref("stg_delivery__comments") }}
),

kinds as (
    select * from {{ ref("code_comment_kind") }}
),

-- A comment stays with an area that has ended.
areas as (
    select * from {{ ref("dim_area") }}
    qualify row_number() over (
        partition by area_code order by valid_from_on desc
    ) = 1
),

final as (
    select
        comments.comment_code,
        comments.version_number,
        comments.comment_kind,
        kinds.name_de as comment_kind_name,
        areas.area_key,
        comments.area_code,
        comments.industry_code,
        comments.indicator_code,
        comments.period_code as time_key,
        comments.author_role,
        comments.title_de as comment_title,
        comments.text_de as comment_text,
        comments.delivery_id as release_id,
        comments.provenance_code,
        comments.audience_code,
        comments.is_withdrawn,
        comments.valid_from_on,
        lead(comments.valid_from_on) over version_window as valid_to_on,
        lead(comments.valid_from_on) over version_window is null
        and not comments.is_withdrawn as is_current
    from comments
    left join kinds on comments.comment_kind = kinds.comment_kind
    left join areas on comments.area_code = areas.area_code
    window version_window as (
        partition by comments.comment_code order by comments.version_number
    )
)

select * from final
