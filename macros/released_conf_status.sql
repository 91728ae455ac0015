{#-
    Confidentiality status of a figure by its protection rule and its provenance. Only 'F' (free) is
    published; a rule that is not known here is never free. What official statistics published is
    free, what was invented under the same name is not.
-#}
{% macro released_conf_status(protection_rule, provenance_code) -%}
    case
        when
            {{ protection_rule }} = 'official'
            and coalesce({{ provenance_code }}, 'published') != 'synthetic'
            then 'F'
        else 'N'
    end
{%- endmacro %}
