{#-
    The days on which anything changes in what a figure is made of, each with the next such day:
    between the two it has one value, or none any more. `relation` holds the vintages of the parts,
    `key` the figure.
-#}
{% macro change_spans(relation, key) -%}
    select
        {{ key | join(", ") }},
        change_on as known_from_on,
        lead(change_on) over (
            partition by {{ key | join(", ") }} order by change_on
        ) as known_to_on
    from (
        select {{ key | join(", ") }}, known_from_on as change_on
        from {{ relation }}
        union distinct
        select {{ key | join(", ") }}, known_to_on as change_on
        from {{ relation }}
        where known_to_on is not null
    )
{%- endmacro %}

{#-
    Vintages of the figure `key`, made of competing ones: on every day the candidate that goes first
    in `preference` (an SQL order) among those known on it, and one with a value before one without.
    What was known on a day does not depend on what was published later. Candidates of one kind
    share the column `candidate` and do not overlap, so that most figures, with candidates of one
    kind alone, stay as they are.
-#}
{% macro prevailing_vintages(relation, key, preference) -%}
    with contested as (
        select {{ key | join(", ") }}
        from {{ relation }}
        group by {{ key | join(", ") }}
        having min(candidate) != max(candidate)
    ),

    contenders as (
        select candidates.*
        from {{ relation }} as candidates
        semi join contested using ({{ key | join(", ") }})
    )

    select candidates.* exclude (candidate)
    from {{ relation }} as candidates
    anti join contested using ({{ key | join(", ") }})
    union all by name
    {{ prevailing_of_contested("contenders", key, preference) }}
{%- endmacro %}

{% macro prevailing_of_contested(relation, key, preference) -%}
    {%- set cell = key | join(", ") -%}
    select
        * exclude (candidate, candidate_from_on, is_start, stretch, known_to_on),
        last_value(known_to_on) over (
            partition by {{ cell }}, stretch
            order by known_from_on
            rows between unbounded preceding and unbounded following
        ) as known_to_on
    from (
        select
            *,
            sum(cast(is_start as integer)) over (
                partition by {{ cell }} order by known_from_on
            ) as stretch
        from (
            select
                *,
                coalesce(
                    lag(candidate) over cell_order != candidate
                    or lag(candidate_from_on) over cell_order != candidate_from_on
                    or lag(known_to_on) over cell_order != known_from_on,
                    true
                ) as is_start
            from (
                select
                    candidates.* exclude (known_from_on, known_to_on),
                    candidates.known_from_on as candidate_from_on,
                    spans.known_from_on,
                    spans.known_to_on
                from ({{ change_spans(relation, key) }}) as spans
                inner join {{ relation }} as candidates
                    on
                        {% for column in key -%}
                            spans.{{ column }} = candidates.{{ column }} and
                        {% endfor -%}
                        {{ is_known_on("candidates", "spans.known_from_on") }}
                qualify row_number() over (
                    partition by {{ qualified("spans", key) }}, spans.known_from_on
                    order by candidates.measure_value is null, {{ preference }}
                ) = 1
            )
            window cell_order as (partition by {{ cell }} order by known_from_on)
        )
    )
    qualify is_start
{%- endmacro %}
