with releases as (
    select
        *,
        cast(loaded_value_count as double) as loaded_values,
        cast(loaded_record_count as double) as loaded_records,
        cast(quarantined_record_count as double) as quarantined_records,
        cast(declared_record_count as double) as declared_records
    from {{ ref("dim_release") }}
),

final as (
    select
        release_id,
        is_delivery,
        case when is_delivery then 'Lieferung' else 'Grundbestand' end as kind_name,
        release_title,
        publisher_name,
        coalesce(file_name, '–') as file_name,
        dataset_name,
        coalesce(spec_name, '–') as spec_name,
        published_on,
        case
            when is_published_on_stated then {{ german_date("published_on") }}
            else 'nicht vermerkt'
        end as published_text,
        cast(received_at as date) as received_on,
        coalesce({{ german_date("received_at") }}, '–') as received_text,
        loaded_value_count,
        {{ german_number("loaded_values", "0") }} as loaded_value_text,
        loaded_record_count,
        quarantined_record_count,
        declared_record_count,
        case
            when is_delivery
                then
                    {{ german_number("loaded_records", "0") }}
                    || ' / ' || {{ german_number("quarantined_records", "0") }}
                    || ' / ' || {{ german_number("declared_records", "0") }}
            else '–'
        end as record_text,
        release_state = 'active' as is_active,
        case release_state
            when 'active' then 'aktiv'
            when 'replaced' then 'ersetzt'
            else 'zurückgezogen'
        end || coalesce(': ' || withdrawal_reason, '') as state_text
    from releases
)

select * from final
