{#-
    Columns x_m, y_m and z_m: metres from the centre of the earth on the ellipsoid of ETRS89, for
    the expressions `longitude` and `latitude` in degrees. Nothing is projected, so that it holds for
    every city.
-#}
{% macro earth_centred(longitude, latitude) -%}
    {%- set radius = "6378137 / sqrt(1 - 0.0066943800229 * sin(radians(" ~ latitude ~ ")) ** 2)" %}
    {{ radius }} * cos(radians({{ latitude }})) * cos(radians({{ longitude }})) as x_m,
    {{ radius }} * cos(radians({{ latitude }})) * sin(radians({{ longitude }})) as y_m,
    {{ radius }} * (1 - 0.0066943800229) * sin(radians({{ latitude }})) as z_m
{%- endmacro %}

{#-
    Metres between the earth-centred positions of two relations. It is the straight line: on 20 km it
    is a centimetre shorter than the way over the ground.
-#}
{% macro straight_distance(one, other) -%}
    sqrt(
        ({{ one }}.x_m - {{ other }}.x_m) ** 2
        + ({{ one }}.y_m - {{ other }}.y_m) ** 2
        + ({{ one }}.z_m - {{ other }}.z_m) ** 2
    )
{%- endmacro %}
