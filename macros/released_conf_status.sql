{#-
    Confidentiality status of a figure by its protection rule. Only 'F' (free) is published;
    a rule that is not known here is never free.
-#}
{% macro released_conf_status(protection_rule) -%}
    case {{ protection_rule }} when 'official' then 'F' else 'N' end
{%- endmacro %}
