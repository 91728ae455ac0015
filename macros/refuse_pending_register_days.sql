{#-
    Stops a run that would take snapshots while registers of several days may be waiting for theirs:
    it would see only the last of them, and history would lack the others for good. `datenlabor`
    takes the days one by one (`as_of`) and notes them in `raw.replayed_day`. Where no day was ever
    noted there is no history to spoil: `datenlabor` will make it from nothing.
-#}
{% macro refuse_pending_register_days() %}
    {%- set snapshots = [] %}
    {%- for resource in selected_resources if resource.startswith("snapshot.") %}
        {%- do snapshots.append(resource) %}
    {%- endfor %}
    {%- set replayed = adapter.get_relation(target.database, "raw", "replayed_day") %}
    {%- if execute and snapshots and replayed and not as_of() %}
        {%- set registers = [] %}
        {%- for table in graph.sources.values() if table.config.meta.kind == "register" %}
            {%- do registers.append(table.name) %}
        {%- endfor %}
        {%- set pending = pending_register_days(replayed, registers) %}
        {%- set days = run_query(pending).columns[0].values() %}
        {%- if days %}
            {%- do exceptions.raise_compiler_error(
                "Registers published on " ~ days | join(", ") ~ " are not yet in the history: run "
                ~ "`datenlabor publish`, or leave out snapshots (--exclude resource_type:snapshot)."
            ) %}
        {%- endif %}
    {%- endif %}
{% endmacro %}

{#- Query: days on which registers that count were published, without those in the history. -#}
{% macro pending_register_days(replayed, registers) -%}
    select distinct cast(deliveries.published_on as varchar) as published_on
    from raw.delivery as deliveries
    left join raw.withdrawal as withdrawals on deliveries.delivery_id = withdrawals.delivery_id
    where
        deliveries.dataset in ('{{ registers | join("', '") }}')
        and withdrawals.delivery_id is null
        -- A day without a digest was begun, but not finished.
        and deliveries.published_on not in (
            select replayed.day from {{ replayed }} as replayed where replayed.digest <> ''
        )
    order by published_on
{%- endmacro %}
