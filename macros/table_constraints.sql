{#-
    What the warehouse enforces of a model's contract: what its columns promise, and its primary key unless a
    `unique_combination` test guards that. Filling the index of a key takes longer than computing many a
    large table and four times as long as the test.
-#}
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- set enforced = adapter.render_raw_columns_constraints(raw_columns=model["columns"]) %}
    {%- if not is_key_tested(model) %}
        {%- do enforced.extend(
            adapter.render_raw_model_constraints(raw_constraints=model["constraints"])
        ) %}
    {%- endif %}
    ({{ enforced | join(", ") }})
{%- endmacro %}

{#-
    Whether a test finds rows of `model` that share a primary key. Only tests that begin like one of this model
    are looked at: dbt makes a dictionary of every node it is asked for, and there are hundreds. Of a test with a
    name of its own nothing is found: the key is then enforced, which is slower and as safe.
-#}
{% macro is_key_tested(model) -%}
    {%- set beginning = "test." ~ model["package_name"] ~ ".unique_combination_" ~ model["name"] ~ "_" %}
    {%- set keys = model["constraints"] | selectattr("type", "equalto", "primary_key") | map(attribute="columns") | list %}
    {%- for unique_id in graph.nodes.keys() if unique_id.startswith(beginning) %}
        {%- set test = graph.nodes[unique_id] %}
        {%- if test["attached_node"] == model["unique_id"] and test["test_metadata"]["kwargs"]["columns"] in keys %}
            {{ return(true) }}
        {%- endif %}
    {%- endfor %}
    {{ return(false) }}
{%- endmacro %}
