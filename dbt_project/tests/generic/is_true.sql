{#- Fails with every row for which the expression is false or null. -#}
{% test is_true(model, expression, column_name=none) %}
    select *
    from {{ model }}
    where ({{ expression }}) is not true
{% endtest %}
