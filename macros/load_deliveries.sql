{#-
    Shows the files of all deliveries as `raw.<table>`, at the start of every run. Tables, columns and
    types are those of dbt source `deliveries`; a table without a file is an empty view.

    With var `as_of` only what was published until that day is shown, so that the past can be
    lived through again; `raw.lived_day` says which day it is, for rows that are no delivery's.
-#}
{% macro load_deliveries() %}
    {%- if execute %}
        {%- for table in graph.sources.values() if table.source_name == "deliveries" %}
            {%- if loop.first %}
                {%- do run_query("create schema if not exists " ~ table.schema) %}
            {%- endif %}
            {%- do run_query(
                adapter.dispatch("delivered_view", "datenlabor")(table)
            ) %}
        {%- endfor %}
        {%- for table in graph.sources.values() if table.source_name == "run" %}
            {%- do run_query(
                "create or replace view " ~ table.schema ~ "." ~ table.name
                ~ " as select date '" ~ (as_of() or "9999-12-31") ~ "' as day_on"
            ) %}
        {%- endfor %}
    {%- endif %}
{% endmacro %}

{#-
    Day a run lives, as ISO text, or empty: var `as_of`, or DATENLABOR_AS_OF, for which dbt need not
    parse the project anew.
-#}
{% macro as_of() -%}
    {{ return(var("as_of", "") or env_var("DATENLABOR_AS_OF", "")) }}
{%- endmacro %}

{#-
    Folders of deliveries: those of the home, and those that are part of the product for a city.
    The former hold Parquet, the latter CSV, so that a change can be read.
-#}
{% macro deliveries_folders() -%}
    {#- The same rule as that of the warehouse file in profiles.yml. -#}
    {%- set home = env_var("DATENLABOR_HOME", "") or "data/" ~ var("city_code") %}
    {%- set folders = [home ~ "/deliveries"] %}
    {%- for kind in ["municipal", "commercial"] if var("with_supplied_deliveries") %}
        {%- do folders.append("seeds/" ~ kind ~ "/" ~ var("city_code")) %}
    {%- endfor %}
    {{ return(folders) }}
{%- endmacro %}

{% macro default__delivered_view(table) %}
    {%- set readers = [] %}
    {%- for folder in deliveries_folders() %}
        {%- set literal = folder | replace("[", "[[]") | replace("*", "[*]") | replace("?", "[?]") %}
        {%- for file in [table.config.meta.file, table.name ~ ".csv"] %}
            {#- Folders that begin with a dot are unfinished. -#}
            {%- set glob = "'" ~ (literal ~ "/[!.]*/" ~ file) | replace("'", "''") ~ "'" %}
            {%- if run_query("select count(*) from glob(" ~ glob ~ ")").rows[0][0] %}
                {%- do readers.append(delivered_rows(table, glob, file)) %}
            {%- endif %}
        {%- endfor %}
    {%- endfor %}
    create or replace view {{ table.schema }}.{{ table.name }} as
    with delivered as (
        select
            {%- for column in table.columns.values() %}
                cast(null as {{ column.data_type }}) as {{ column.name }},
            {%- endfor %}
        where false
        {%- for reader in readers %}
        union all by name
        {{ reader }}
        {%- endfor %}
    )
    select
        {%- for column in table.columns.values() %}
            cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }},
        {%- endfor %}
    from delivered
    {%- if table.name == "delivery" and as_of() %}
    where published_on <= date '{{ as_of() }}'
    {%- endif %}
{% endmacro %}

{#- Query: the rows of all files that match a glob. -#}
{% macro delivered_rows(table, glob, file) %}
    {%- if file.endswith(".json") %}
        select * from read_json(
            {{ glob }},
            format = 'unstructured',
            columns = {
                {%- for column in table.columns.values() %}
                    {{ column.name }}: '{{ column.data_type }}',
                {%- endfor %}
            }
        )
    {%- elif file.endswith(".csv") %}
        {#- The columns of the contract in its order; the folder is the delivery. -#}
        {%- set own = ["delivery_id", "line_number", "column_label"] %}
        select
            * exclude (filename),
            parse_path(filename)[-2] as delivery_id
        from read_csv(
            {{ glob }},
            header = true,
            nullstr = '',
            filename = true,
            columns = {
                {%- for column in table.columns.values() if column.name not in own %}
                    {{ column.name }}: '{{ column.data_type }}',
                {%- endfor %}
            }
        )
    {%- else %}
        {#- A file of an older contract may lack a column, or have one more. -#}
        select * from read_parquet({{ glob }}, union_by_name = true)
    {%- endif %}
{% endmacro %}
