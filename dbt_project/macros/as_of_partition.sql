{#-
    Incremental strategy: replaces the rows of the as-of date, in the transaction of the model.
    dbt's delete+insert would leave an old partition standing when its new version is empty.
-#}
{% macro get_incremental_as_of_partition_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}
    delete from {{ arg_dict["target_relation"] }} where as_of_date = {{ as_of_date() }};
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{%- endmacro %}

{#- Indexes of a label table: its key. -#}
{% macro label_indexes() -%}
    {{ return([{"columns": ["as_of_date", "application_id"], "unique": true}]) }}
{%- endmacro %}
