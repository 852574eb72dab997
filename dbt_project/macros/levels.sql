{#-
    Ordered words of degrees and of seniority, as regular expressions over lower-case text without points, apostrophes
    and hyphens. A wording that none of them recognises has no level. Other languages and systems: add words here.
-#}
{% macro degree_levels() -%}
    {{ return([
        "none|no degree",
        "high school|secondary|a levels?|ged|gcse|abitur|baccalauréat|matura|hsc",
        "vocational|apprenticeship|certificate|associates?|(?<!school )diploma|hnd",
        "bachelors?|bsc|bs|ba|beng|be|btech|bba|bcom|llb|undergraduate|licence|licenciatura",
        "masters?|msc|ms|ma|meng|me|mtech|mba|mcom|llm|mphil|magister|post ?graduate",
        "doctorate|doctoral|doctor|phd|dphil|md|jd",
    ]) }}
{%- endmacro %}

{#- The level's place in that list in a word. -#}
{% macro degree_name(place) -%}
    (array['none', 'secondary', 'vocational', 'bachelor', 'master', 'doctorate'])[{{ place }} + 1]
{%- endmacro %}

{#-
    "Manager" names a function (account manager) as often as a level, and counts only where it stands alone or first;
    associate, assistant, executive and staff mean too many things to count.
-#}
{% macro seniority_levels() -%}
    {{ return([
        "intern|internship|trainee|apprentice|working student",
        "junior|jr|entry|entry level",
        "mid|mid level|middle|intermediate",
        "senior|sr",
        "lead(?! generation)|principal",
        "^manager|head of|(general|senior) manager",
        "director|vice president|vp|president|chief|ceo|cto|cfo|coo|cio",
    ]) }}
{%- endmacro %}

{#- The place in a list of levels of the highest one that a text names, or of the lowest; null if it names none. -#}
{% macro level(text, levels, lowest=false) -%}
    {%- set plain = "translate(lower(" ~ text ~ "), '-.''’', ' ')" -%}
    {%- set places = range(levels | length) -%}
    case
    {%- for place in (places if lowest else places | reverse) %}
        when {{ plain }} ~ '\m({{ levels[place] }})\M' then {{ place }}
    {%- endfor %}
    end
{%- endmacro %}
