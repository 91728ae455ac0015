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
        {%- for table in graph.sources.values() if table.source_name == "memory" %}
            {%- do run_query(remembered_view(table)) %}
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

{#- What releases have shown and kept secret, in files beside the deliveries; see protection. -#}
{% macro remembered_view(table) %}
    {%- set glob = "'" ~ literal_home() | replace("'", "''") ~ "/protection/[!.]*/" ~ table.config.meta.file ~ "'" %}
    {%- set is_there = run_query("select count(*) from glob(" ~ glob ~ ")").rows[0][0] %}
    create or replace view {{ table.schema }}.{{ table.name }} as
    select
        {%- for column in table.columns.values() %}
            cast({{ column.name if is_there else "null" }} as {{ column.data_type }}) as {{ column.name }},
        {%- endfor %}
    {% if is_there %}from read_parquet({{ glob }}){% else %}where false{% endif %}
{% endmacro %}

{#- Folder of the city's state, for use in a glob. The same rule as in profiles.yml. -#}
{% macro literal_home() -%}
    {%- set home = env_var("DATENLABOR_HOME", "") or "data/" ~ var("city_code") %}
    {{- return(home | replace("[", "[[]") | replace("*", "[*]") | replace("?", "[?]")) }}
{%- endmacro %}

{#-
    The files of a source's table as globs, in quotes: those of the home, and those that are part of
    the product for the city. The former hold Parquet, the latter CSV, so that a change can be read.
    Those without a file are left out.
-#}
{% macro delivered_files(table) -%}
    {%- set file = table.config.meta.file %}
    {#- Folders that begin with a dot are unfinished. -#}
    {%- set globs = [literal_home() ~ "/deliveries/[!.]*/" ~ file] %}
    {%- if var("with_supplied_deliveries") %}
        {%- do globs.append(
            "seeds/*/" ~ var("city_code") ~ "/*/" ~ file | replace(".parquet", ".csv")
        ) %}
    {%- endif %}
    {%- set found = [] %}
    {%- for glob in globs %}
        {%- set quoted = "'" ~ glob | replace("'", "''") ~ "'" %}
        {%- if run_query("select count(*) from glob(" ~ quoted ~ ")").rows[0][0] %}
            {%- do found.append(quoted) %}
        {%- endif %}
    {%- endfor %}
    {{ return(found) }}
{%- endmacro %}

{% macro default__delivered_view(table) %}
    {%- set readers = [] %}
    {%- for glob in delivered_files(table) %}
        {%- do readers.append(delivered_rows(table, glob)) %}
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

{#- Query: the rows of all files that match a glob in quotes. -#}
{% macro delivered_rows(table, glob) %}
    {%- if glob.endswith(".json'") %}
        select * from read_json(
            {{ glob }},
            format = 'unstructured',
            columns = {
                {%- for column in table.columns.values() %}
                    {{ column.name }}: '{{ column.data_type }}',
                {%- endfor %}
            }
        )
    {%- elif glob.endswith(".csv'") %}
        {#-
            Text is parsed once, and not by everyone who looks at the view; nor again by a build that
            follows on one with the same text.
        -#}
        {%- set copy = table.schema ~ ".supplied_" ~ table.name %}
        {%- set is_read = env_var("DATENLABOR_SUPPLIES_ARE_READ", "") and adapter.get_relation(
            target.database, table.schema, "supplied_" ~ table.name
        ) %}
        {%- if not is_read %}
            {%- do run_query(
                "create or replace table " ~ copy ~ " as " ~ supplied_rows(table, glob)
            ) %}
        {%- endif %}
        select * from {{ copy }}
    {%- else %}
        {#- A file of an older contract may lack a column, or have one more. -#}
        select * from read_parquet({{ glob }}, union_by_name = true)
    {%- endif %}
{% endmacro %}

{#- Query: the rows of supplied files, in the columns of the contract; the folder is the delivery. -#}
{% macro supplied_rows(table, glob) %}
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
{% endmacro %}
