with applications as (
    select * from {{ ref("submitted_applications") }}
),

event_changes as (
    select * from {{ ref("event_changes") }}
),

timeline as (
    select
        null::text as application_id,
        source,
        changed_at as moment,
        change,
        event_type = 'screen_passed' as is_pass
    from event_changes
    where event_type in ('screen_passed', 'screen_failed')
    union all
    select
        application_id,
        source,
        applied_at as moment,
        0 as change,
        false as is_pass
    from applications
),

-- An application comes before the decisions of its own moment: only what was known earlier counts.
counted as (
    select
        application_id,
        coalesce(sum(change) filter (where is_pass) over of_source, 0) as source_passes,
        sum(change) over of_source as source_decisions,
        coalesce(sum(change) filter (where is_pass) over of_all, 0) as all_passes,
        sum(change) over of_all as all_decisions
    from timeline
    window
        of_source as (partition by source order by moment, application_id is null rows unbounded preceding),
        of_all as (order by moment, application_id is null rows unbounded preceding)
)

select
    {{ as_of_date() }} as as_of_date,
    application_id,
    -- Pulled towards the yield of all sources, and that towards one half, as long as there are few decisions.
    (
        (source_passes + {{ var("yield_smoothing_decisions") }} * (all_passes + 1.0) / (all_decisions + 2))
        / (source_decisions + {{ var("yield_smoothing_decisions") }})
    )::double precision as source_screen_yield
from counted
where application_id is not null
