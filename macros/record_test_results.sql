{#-
    Hook for the end of a run: the SQL that writes the results of the tests that were run into
    `pub_test_result` and removes tests that are no more. Tests that were not run keep their result.
    Empty where no test was run or the table is not yet there.
-#}
{% macro record_test_results(results) %}
    {%- if execute %}
        {%- set tested = [] %}
        {%- for result in results if result.node.resource_type in ("test", "unit_test") %}
            {%- do tested.append(result) %}
        {%- endfor %}
        {%- set relation = load_relation(relation_of("model.datenlabor.pub_test_result")) if tested else none %}
        {%- if relation %}
            {{ return(test_result_statements(relation, tested)) }}
        {%- endif %}
    {%- endif %}
{% endmacro %}

{#- Hooks belong to no model and cannot `ref`. -#}
{% macro relation_of(unique_id) -%}
    {%- set node = graph.nodes[unique_id] -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) }}
{%- endmacro %}

{% macro test_result_statements(relation, tested) -%}
    {%- set kinds = relation_of("seed.datenlabor.code_test_kind") %}
    {%- set existing = graph.unit_tests.keys() | list %}
    {%- for node in graph.nodes.values() if node.resource_type == "test" %}
        {%- do existing.append(node.unique_id) %}
    {%- endfor %}
    {%- set ran = tested | map(attribute="node") | map(attribute="unique_id") | list %}
    delete from {{ relation }}
    where test_id not in ('{{ existing | join("', '") }}') or test_id in ('{{ ran | join("', '") }}');
    insert into {{ relation }} (
        test_id, kind_name, rule_text, is_domain_rule, layer_name, table_name, result_name,
        is_passed, violation_count, checked_on, checked_at, checked_text
    )
    with ran as (
        {%- for result in tested %}
        {%- set guarded = guarded_table(result.node) %}
        select
            '{{ result.node.unique_id }}' as test_id,
            '{{ test_kind(result.node) }}' as kind_code,
            {{ sql_text(result.node.config.meta.get("label")) }} as label,
            '{{ guarded.layer }}' as layer_name,
            {{ sql_text(guarded.label) }} as table_name,
            '{{ result.status }}' as status,
            {{ result.failures or 0 }} as violation_count
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    )
    select
        ran.test_id,
        coalesce(kinds.name_de, others.name_de) as kind_name,
        coalesce(ran.label, kinds.description_de, others.description_de) as rule_text,
        ran.kind_code = 'singular' as is_domain_rule,
        ran.layer_name,
        ran.table_name,
        case ran.status
            when 'pass' then 'bestanden'
            when 'warn' then 'Hinweis'
            when 'fail' then 'nicht bestanden'
            when 'skipped' then 'nicht ausgeführt'
            else 'nicht ausführbar'
        end as result_name,
        ran.status = 'pass' as is_passed,
        ran.violation_count,
        date '{{ build_moment()[:10] }}' as checked_on,
        timestamp '{{ build_moment() }}' as checked_at,
        '{{ build_moment_text() }}' as checked_text
    from ran
    left join {{ kinds }} as kinds on ran.kind_code = kinds.kind_code
    left join {{ kinds }} as others on others.kind_code = 'other'
{%- endmacro %}

{#- Row of `code_test_kind` that describes a test. -#}
{% macro test_kind(node) -%}
    {%- if node.resource_type == "unit_test" -%}
        {{ return("unit") }}
    {%- elif node.test_metadata -%}
        {{ return(node.test_metadata.name) }}
    {%- endif -%}
    {{ return("singular") }}
{%- endmacro %}

{#- The table a test guards: its German label and what its layer is for. -#}
{% macro guarded_table(node) -%}
    {%- set layers = {
        "protected": "Veröffentlichung",
        "marts": "Auswertung",
        "intermediate": "Berechnung",
        "staging": "Eingang",
        "semantic": "Kennzahlen",
    } -%}
    {%- set kinds = {"seed": "Stammdaten", "source": "Lieferungen", "snapshot": "Geschichte"} -%}
    {%- if node.resource_type == "unit_test" -%}
        {%- set key = "model." ~ node.package_name ~ "." ~ node.model -%}
    {%- else -%}
        {%- set key = node.attached_node or (node.depends_on.nodes | first) -%}
    {%- endif -%}
    {%- set table = graph.nodes.get(key) or graph.sources.get(key) -%}
    {%- if not table -%}
        {{ return({"layer": "Übergreifend", "label": "–"}) }}
    {%- endif -%}
    {{ return({
        "layer": kinds.get(table.resource_type) or layers.get(table.schema, "Übergreifend"),
        "label": table.config.meta.get("label", table.name),
    }) }}
{%- endmacro %}

{% macro sql_text(text) -%}
    {%- if text -%}
        '{{ text | replace("'", "''") }}'
    {%- else -%}
        cast(null as varchar)
    {%- endif -%}
{%- endmacro %}
