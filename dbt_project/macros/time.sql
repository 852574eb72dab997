{#- The as-of date of this run, as a date. -#}
{% macro as_of_date() -%}
    date '{{ var("as_of_date") }}'
{%- endmacro %}

{#- Midnight (UTC) of the as-of date: facts are known strictly before it. -#}
{% macro as_of() -%}
    timestamptz '{{ var("as_of_date") }} 00:00:00+00'
{%- endmacro %}

{#- Midnight (UTC) of a date column. -#}
{% macro midnight(day) -%}
    (({{ day }})::timestamp at time zone 'UTC')
{%- endmacro %}

{#- A span written as an interval: days(30), months(8). -#}
{% macro days(number) -%}
    interval '{{ number }} days'
{%- endmacro %}

{% macro months(number) -%}
    interval '{{ number }} months'
{%- endmacro %}
