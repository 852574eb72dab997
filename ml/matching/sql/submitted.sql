-- A table of the applications on record before a date: which versions of resume and requisition each was made of.
create temporary table submitted on commit drop as
with submitted as (
    select distinct on (application_id)
        application_id,
        requisition_id,
        resume_id,
        applied_at,
        recorded_at
    from landing.applications
    where recorded_at < {as_of}
    order by application_id asc, recorded_at asc
)

select
    submitted.application_id,
    date_trunc('quarter', submitted.applied_at at time zone 'UTC') at time zone 'UTC' as quarter_start,
    greatest(submitted.recorded_at, requisitions.recorded_at, resumes.recorded_at) as known_at,
    submitted.requisition_id,
    requisitions.recorded_at as requisition_recorded_at,
    resumes.resume_id,
    resumes.recorded_at as resume_recorded_at
from submitted
-- The version before the application, as in dbt's requisition_versions; where there is none, the first one after it.
left join lateral (
    select versions.recorded_at
    from landing.requisitions as versions
    where versions.requisition_id = submitted.requisition_id
    order by
        versions.recorded_at >= submitted.applied_at asc,
        abs(extract(epoch from versions.recorded_at - submitted.applied_at)) asc
    limit 1
) as requisitions on true
-- The version that came with the application or before it. One that is on record late may still have come with it;
-- one that was received on a later day than the application was on record did not.
left join lateral (
    select
        versions.resume_id,
        versions.recorded_at
    from landing.resumes as versions
    where
        versions.resume_id = submitted.resume_id
        and (versions.received_at at time zone 'UTC')::date
        <= (greatest(submitted.applied_at, submitted.recorded_at) at time zone 'UTC')::date
    order by
        versions.recorded_at > submitted.applied_at asc,
        abs(extract(epoch from versions.recorded_at - submitted.applied_at)) asc
    limit 1
) as resumes on true
