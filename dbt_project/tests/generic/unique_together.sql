{#- Fails with every combination of the columns that occurs twice or holds a null. -#}
{% test unique_together(model, columns) %}
    select {{ columns | join(", ") }}
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1 or num_nulls({{ columns | join(", ") }}) > 0
{% endtest %}
