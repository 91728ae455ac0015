{#-
    What it means that a value lies above or below another (`position`: above, below, within or null) where
    more is better (`direction` 1), worse (-1) or neither (0).
-#}
{% macro german_finding(position, direction) -%}
    case
        when {{ position }} is null then 'nicht beurteilt'
        when {{ position }} = 'within' then 'nicht zu unterscheiden'
        when {{ direction }} = 0
            then case {{ position }} when 'above' then 'höher' else 'niedriger' end
        when ({{ position }} = 'above') = ({{ direction }} > 0) then 'günstiger'
        else 'ungünstiger'
    end
{%- endmacro %}
