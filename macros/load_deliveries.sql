{#-
    Shows the files of all deliveries as `raw.<table>`, at the start of every run. Tables, columns and
    types are those of dbt source `deliveries`; a table without a file is an empty view.

    With var `as_of` only what was published until that day is shown, so that the past can be
    lived through again.
-#}
{% macro load_deliveries() %}
    {%- if execute %}
        {%- set folder = deliveries_folder() %}
        {%- for table in graph.sources.values() if table.source_name == "deliveries" %}
            {%- if loop.first %}
                {%- do run_query("create schema if not exists " ~ table.schema) %}
            {%- endif %}
            {%- do run_query(
                adapter.dispatch("delivered_view", "datenlabor")(table, folder)
            ) %}
        {%- endfor %}
    {%- endif %}
{% endmacro %}

{#- Folder of all deliveries; the same rule as that of the warehouse file in profiles.yml. -#}
{% macro deliveries_folder() -%}
    {{ return((env_var("DATENLABOR_HOME", "") or "data/" ~ var("city_code")) ~ "/deliveries") }}
{%- endmacro %}

{% macro default__delivered_view(table, folder) %}
    {#- Folders that begin with a dot are unfinished. -#}
    {%- set pattern = folder ~ "/[!.]*/" ~ table.config.meta.file %}
    {%- set pattern = pattern | replace("'", "''") %}
    {%- set is_json = table.config.meta.file.endswith(".json") %}
    {%- set found = run_query("select count(*) from glob('" ~ pattern ~ "')").rows[0][0] %}
    create or replace view {{ table.schema }}.{{ table.name }} as
    with typed as (
        select
            {%- for column in table.columns.values() %}
                cast(null as {{ column.data_type }}) as {{ column.name }},
            {%- endfor %}
        where false
    )
    {%- if found %},
    delivered as (
        select * from typed
        union all by name
        {% if is_json %}
            select * from read_json(
                '{{ pattern }}',
                format = 'unstructured',
                columns = {
                    {%- for column in table.columns.values() %}
                        {{ column.name }}: '{{ column.data_type }}',
                    {%- endfor %}
                }
            )
        {% else %}
            {# A file of an older contract may lack a column, or have one more. -#}
            select * from read_parquet('{{ pattern }}', union_by_name = true)
        {%- endif %}
    )
    {%- endif %}
    select
        {%- for column in table.columns.values() %}
            cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }},
        {%- endfor %}
    from {{ "delivered" if found else "typed" }}
    {%- if table.name == "delivery" and var("as_of", none) %}
    where published_on <= date '{{ var("as_of") }}'
    {%- endif %}
{% endmacro %}
