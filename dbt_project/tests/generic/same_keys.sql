{#- Fails with every key that only one of the two relations has for the as-of date of this run. -#}
{% test same_keys(model, column_name, to) %}
    with here as (
        select {{ column_name }} as key from {{ model }}
    ),

    there as (
        select {{ column_name }} as key from {{ to }} where as_of_date = {{ as_of_date() }}
    )

    select *
    from here
    full join there using (key)
    where here.key is null or there.key is null
{% endtest %}
