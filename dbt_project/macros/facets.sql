{#- A number of years in the bands that people filter by, completed years counting. -#}
{% macro years_band(years) -%}
    case
        when {{ years }} < 2 then '0-1'
        when {{ years }} < 5 then '2-4'
        when {{ years }} < 10 then '5-9'
        when {{ years }} < 15 then '10-14'
        when {{ years }} >= 15 then '15+'
    end
{%- endmacro %}

{#-
    Post-hook of the facets: row-level security for people, as of the ranked list. Set when the table is made, in the
    transaction that makes it, so that it is never readable without.
-#}
{% macro readable_by_grant() -%}
    {%- if not is_incremental() -%}
        alter table {{ this }} enable row level security;
        create policy everything on {{ this }}
        to facetrank_trainer, facetrank_auditor, facetrank_eraser using (true);
        create policy granted_requisitions on {{ this }} for select to hr_ops
        using ((as_of_date, requisition_id) in (select g.as_of_date, g.requisition_id from ranking.readable_requisitions as g));
        create policy assigned_applications on {{ this }} for select to interviewer
        using ((as_of_date, application_id) in (select g.as_of_date, g.application_id from ranking.readable_applications as g))
    {%- endif -%}
{%- endmacro %}
