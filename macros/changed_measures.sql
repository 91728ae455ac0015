{#-
    After a delivery of figures only the rows of what it speaks of are made anew, in models with
    materialization `incremental`: `datenlabor` names the measures (`datenlabor/narrow.py`). Any
    other build makes all rows.
-#}
{% macro should_full_refresh() -%}
    {%- if config.get("full_refresh") is not none -%}
        {{ return(config.get("full_refresh")) }}
    {%- endif -%}
    {{ return(flags.FULL_REFRESH or changed_measures() | length == 0) }}
{%- endmacro %}

{#- Codes of the measures whose rows are to be made anew; none means all. -#}
{% macro changed_measures() -%}
    {{ return(env_var("DATENLABOR_CHANGED_MEASURES", "").split(",") | select | list) }}
{%- endmacro %}

{#- Condition: the row is to be made anew. `column` is the code of a measure. -#}
{% macro is_of_changed_measure(column) -%}
    {% if execute and changed_measures() and is_incremental() -%}
        {{ column }} in ('{{ changed_measures() | join("', '") }}')
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{#- Condition: the row, an indicator with its measures, is to be made anew. -#}
{% macro is_indicator_of_changed_measure() -%}
    (
        {{ is_of_changed_measure("numerator_measure_code") }}
        or {{ is_of_changed_measure("denominator_measure_code") }}
    )
{%- endmacro %}

{#-
    Hook for the start of a run: `datenlabor` knows how many nodes follow from a delivery; dbt passes
    over names it does not find, and what it leaves out would be stale without a word.
-#}
{% macro refuse_other_selection() -%}
    {%- set expected = env_var("DATENLABOR_SELECTED_NODES", "") %}
    {%- if execute and expected and expected | int != selected_resources | length %}
        {{ exceptions.raise_compiler_error(
            "dbt has found " ~ selected_resources | length ~ " of " ~ expected ~ " nodes that follow "
            ~ "from the delivery, nothing was built. Delete target/partial_parse.msgpack and repeat."
        ) }}
    {%- endif %}
{%- endmacro %}
