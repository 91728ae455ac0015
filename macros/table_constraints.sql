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

{#- Whether a test finds rows of `model` that share a primary key. -#}
{% macro is_key_tested(model) -%}
    {%- for constraint in model["constraints"] if constraint["type"] == "primary_key" %}
        {%- for test in graph.nodes.values()
            if test.get("attached_node") == model["unique_id"]
            and test["test_metadata"]["name"] == "unique_combination"
            and test["test_metadata"]["kwargs"]["columns"] == constraint["columns"] %}
            {{ return(true) }}
        {%- endfor %}
    {%- endfor %}
    {{ return(false) }}
{%- endmacro %}
