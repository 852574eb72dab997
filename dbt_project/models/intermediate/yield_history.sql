with applications as (
    select * from {{ ref("submitted_applications") }}
),

event_changes as (
    select * from {{ ref("event_changes") }}
),

-- One line of time, on which applications ask what decisions were on record before them.
timeline as (
    select
        null::text as application_id,
        source,
        source_detail,
        last_employer,
        changed_at as moment,
        change,
        event_type = 'screen_passed' as is_pass
    from event_changes
    where event_type in ('screen_passed', 'screen_failed')
    union all
    select
        application_id,
        source,
        lower(source_detail) as source_detail,
        lower(last_employer) as last_employer,
        applied_at as moment,
        0 as change,
        false as is_pass
    from applications
),

-- An application comes before the decisions of its own moment: only what was known earlier counts.
counted as (
    select
        *,
        coalesce(sum(change) filter (where is_pass) over of_source, 0) as source_passes,
        sum(change) over of_source as source_decisions,
        coalesce(sum(change) filter (where is_pass) over of_detail, 0) as detail_passes,
        sum(change) over of_detail as detail_decisions,
        coalesce(sum(change) filter (where is_pass) over of_employer, 0) as employer_passes,
        sum(change) over of_employer as employer_decisions,
        -- The yield of everybody, itself pulled towards one half by two decisions.
        (coalesce(sum(change) filter (where is_pass) over of_all, 0) + 1.0) / (sum(change) over of_all + 2)
            as overall_yield
    from timeline
    window
        of_source as (partition by source order by moment, application_id is null rows unbounded preceding),
        of_detail as (
            partition by source, source_detail order by moment, application_id is null rows unbounded preceding
        ),
        of_employer as (partition by last_employer order by moment, application_id is null rows unbounded preceding),
        of_all as (order by moment, application_id is null rows unbounded preceding)
)

select
    {{ as_of_date() }} as as_of_date,
    application_id,
    {{ smoothed_yield("source_passes", "source_decisions") }} as source_screen_yield,
    case
        when source_detail is not null then {{ smoothed_yield("detail_passes", "detail_decisions") }}
    end as source_detail_screen_yield,
    case
        when last_employer is not null then {{ smoothed_yield("employer_passes", "employer_decisions") }}
    end as last_employer_screen_yield
from counted
where application_id is not null
