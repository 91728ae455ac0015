{#- Moment of this build as ISO text in German time; var `today` (ISO day) makes it another. -#}
{% macro build_moment() -%}
    {%- if var("today", none) -%}
        {{ return(var("today") ~ " 00:00:00") }}
    {%- endif -%}
    {%- set zone = modules.pytz.timezone("Europe/Berlin") -%}
    {{ return(run_started_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")) }}
{%- endmacro %}

{#- Day of this build: what freshness is measured from. -#}
{% macro build_day() -%}
    date '{{ build_moment()[:10] }}'
{%- endmacro %}

{#- Moment of this build as German text: 31.12.2015, 14:05 Uhr. -#}
{% macro build_moment_text() -%}
    {%- set moment = modules.datetime.datetime.fromisoformat(build_moment()) -%}
    {{ return(moment.strftime("%d.%m.%Y, %H:%M Uhr")) }}
{%- endmacro %}
