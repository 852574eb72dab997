-- Batches whose rows are no longer kept, oldest first: unpublished ones of the opening batch's date or given up for a
-- day, superseded ones, and published ones that are neither among the latest two nor the last of their quarter.
with opening as (
    select
        batch_id,
        as_of_date,
        started_at
    from scores.batches
    where batch_id = %(batch_id)s
),

published as (
    select
        batch_id,
        row_number() over (order by as_of_date desc) as recency,
        row_number() over (partition by date_trunc('quarter', as_of_date) order by as_of_date desc) as place_in_quarter
    from scores.batches
    where status = 'published'
)

select batches.batch_id
from scores.batches
cross join opening
left join published on batches.batch_id = published.batch_id
where
    batches.is_stored
    and batches.batch_id <> opening.batch_id
    and case batches.status
        when 'building'
            then
                batches.as_of_date = opening.as_of_date
                or batches.started_at < opening.started_at - interval '1 day'
        when 'superseded' then true
        else published.recency > 2 and published.place_in_quarter > 1
    end
order by batches.batch_id
