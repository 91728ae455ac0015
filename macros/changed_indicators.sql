{#-
    Where only figures came, tables of what is released of indicators keep the rows of all of which
    nothing changed: no value, no former value, no decision on secrecy, no reason for a gap. The
    delivery's measures would not say that: what is secret of one can make another secret.
-#}
{% macro config_by_indicator() -%}
    {{ config(
        materialized="incremental",
        incremental_strategy="changed_indicators",
        on_schema_change="fail",
    ) }}
{%- endmacro %}

{#- Condition: the row is to be made anew. `column` is the code of an indicator. -#}
{% macro is_of_changed_indicator(column) -%}
    {%- if not execute %}
        {%- do ref("fct_indicator_content") %}
        true
    {%- elif changed_measures() and is_incremental() -%}
        {{ is_changed_indicator(column) }}
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{#- Codes are written out: what is known when a query is planned reaches the tables it reads. -#}
{% macro is_changed_indicator(column) -%}
    {%- set query -%}
        select indicator_code from {{ ref("fct_indicator_content") }}
        where is_changed
        order by indicator_code
    {%- endset %}
    {%- set codes = run_query(query).columns[0].values() %}
    {%- if codes %}
        {{- column }} in ('{{ codes | join("', '") }}')
    {%- else %}
        {{- "false" }}
    {%- endif %}
{%- endmacro %}

{#-
    Rows go for the sake of the list, not of the rows that come: of an indicator that is wholly
    secret now none comes, and the old ones must not stay.
-#}
{% macro get_incremental_changed_indicators_sql(arguments) -%}
    {%- set columns = get_quoted_csv(
        arguments["dest_columns"] | map(attribute="name") | list
    ) %}
    delete from {{ arguments["target_relation"] }}
    where {{ is_changed_indicator("indicator_code") }};

    insert into {{ arguments["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arguments["temp_relation"] }}
{%- endmacro %}
