-- One row per key of applications.attributes, at any depth: what kind of values it has, and the commonest of them.
with entries as (
    select
        pair.entry ->> 'key' as name,
        pair.entry -> 'value' as value,
        count(*) as occurrences
    from landing.applications as applications
    cross join jsonb_path_query(
        applications.attributes, 'strict $.** ? (@.type() == "object").keyvalue()'
    ) as pair (entry)
    where applications.recorded_at < cast({as_of_date} as timestamp) at time zone 'UTC'
    group by pair.entry ->> 'key', pair.entry -> 'value'
),

ordered as (
    select
        name,
        value #>> cast(array[] as text[]) as value,
        jsonb_typeof(value) as kind,
        row_number() over (partition by name order by occurrences desc, value asc) as position
    from entries
),

final as (
    select
        name,
        case
            when bool_or(kind = 'string') then 'text'
            when bool_or(kind = 'number') then 'number'
            else 'boolean'
        end as kind,
        array_agg(value order by position) filter (where kind in ('string', 'number')) as seen
    from ordered
    where position <= {most_values}
    group by name
)

select
    name,
    kind,
    coalesce(seen, cast(array[] as text[])) as seen
from final
order by name
