{#-
    Guards in one query that the rows of active deliveries are what their contract says: `required`
    columns are filled, codes are among `codes`, texts fit their regular expression in `patterns`,
    numbers lie in `ranges` ([minimum, maximum], null for none), and no two rows of one delivery share
    `key`. What no longer counts need not keep what a contract says today.
-#}
{% test keeps_contract(model, key, required, codes={}, patterns={}, ranges={}) %}
    {%- set key_columns = ["delivery_id"] + key %}
    {%- set broken = [] %}
    {%- for column in required %}
        {%- do broken.append(column ~ " is null") %}
    {%- endfor %}
    {%- for column, values in codes.items() %}
        {%- do broken.append(column ~ " not in ('" ~ values | join("', '") ~ "')") %}
    {%- endfor %}
    {%- for column, pattern in patterns.items() %}
        {%- do broken.append(
            "not regexp_full_match(" ~ column ~ ", '" ~ pattern | replace("'", "''") ~ "')"
        ) %}
    {%- endfor %}
    {%- for column, range in ranges.items() %}
        {%- if range[0] is not none %}{% do broken.append(column ~ " < " ~ range[0]) %}{% endif %}
        {%- if range[1] is not none %}{% do broken.append(column ~ " > " ~ range[1]) %}{% endif %}
    {%- endfor %}
    select
        {{ key_columns | join(", ") }},
        count(*) as row_count
    from {{ model }}
    where
        delivery_id in (
            select delivery_id from {{ ref("stg_delivery__deliveries") }}
            where delivery_state = 'active'
        )
    group by {{ key_columns | join(", ") }}
    having
        count(*) > 1
        {%- if broken %}
        or bool_or(coalesce({{ broken | join(" or ") }}, false))
        {%- endif %}
{% endtest %}
