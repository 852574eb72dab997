{#- Text without surrounding blanks; nothing but blanks is null. -#}
{% macro clean(column) -%}
    nullif(btrim({{ column }}), '')
{%- endmacro %}

{#- An amount of money per year; a period that is not given is a year, one that is not known makes it null. -#}
{% macro per_year(amount, period) -%}
    {{ amount }}::double precision * case coalesce(lower(btrim({{ period }})), 'year')
        when 'year' then 1
        when 'yearly' then 1
        when 'annual' then 1
        when 'annually' then 1
        when 'month' then 12
        when 'monthly' then 12
        when 'week' then 52
        when 'weekly' then 52
        when 'day' then 260
        when 'daily' then 260
        when 'hour' then 2080
        when 'hourly' then 2080
    end
{%- endmacro %}

{#-
    A share of decisions that passed, pulled towards the overall yield as if there were so many more decisions of that
    kind: few decisions say little about who they were taken on.
-#}
{% macro smoothed_yield(passes, decisions) -%}
    {%- set prior = var("yield_smoothing_decisions") -%}
    (({{ passes }} + {{ prior }} * overall_yield) / ({{ decisions }} + {{ prior }}))::double precision
{%- endmacro %}

{#- Days from one moment to another, null if one of them is; beyond `longest_days`, all are equally long. -#}
{% macro days_between(start, moment) -%}
    case
        when {{ start }} < {{ moment }} - {{ days(var("longest_days")) }} then {{ var("longest_days") }}
        else extract(epoch from {{ moment }} - {{ start }}) / 86400
    end::double precision
{%- endmacro %}

{#- A declared attribute of the application as a feature column; a value of another type is null, never an error. -#}
{% macro attribute_feature(attribute) -%}
    {%- set value = "btrim(attributes ->> '" ~ attribute.name ~ "')" -%}
    {%- if attribute.kind == "numeric" -%}
        case
            when {{ value }} ~ '^[-+]?[0-9]{1,30}([.][0-9]{0,30})?([eE][-+]?[0-9]{1,2})?$'
                then {{ value }}::double precision
        end
    {%- elif attribute.kind == "boolean" -%}
        case
            when lower({{ value }}) in ('true', 't', 'yes', 'y', '1', '1.0') then true
            when lower({{ value }}) in ('false', 'f', 'no', 'n', '0', '0.0') then false
        end
    {%- else -%}
        nullif({{ value }}, '')
    {%- endif %} as attribute_{{ attribute.name }}
{%- endmacro %}

{#- Whether an event of this type ends an application, as long as no later event takes it up again. -#}
{% macro ends_application(event_type) -%}
    {{ event_type }} in (
        'screen_failed', 'interview_failed', 'offer_declined', 'offer_rescinded', 'offer_expired',
        'background_check_failed', 'no_show', 'onboarded', 'withdrawn', 'closed_unreviewed'
    )
{%- endmacro %}

{#- Whether a version of a requisition is open at the as-of date. -#}
{% macro is_open(requisition) -%}
    coalesce(
        {{ requisition }}.opened_at < {{ as_of() }}
        and ({{ requisition }}.closed_at is null or {{ requisition }}.closed_at >= {{ as_of() }}),
        false
    )
{%- endmacro %}
