-- Everybody first interviewed in a quarter: hired or not, as observed by the as-of date, and what was known at
-- screening. An interview that led to no offer, because either side ended it, led to no hire; one that led to an offer
-- leads where the offer's label says; what is still open, or fell silent, is not observed. Whether somebody had opted out
-- counts as it was known at the midnight after the interview. One row per application.
select
    lifecycle.application_id,
    lifecycle.requisition_id,
    lifecycle.interviewed_at as stage_entered_at,
    case
        when lifecycle.offered_at is not null then labels.label
        when least(lifecycle.rejected_at, lifecycle.withdrawn_at) is not null then 0
    end::smallint as label,
    opted_out.candidate_id is not null as is_opted_out,
    {features}
from intermediate.application_lifecycle as lifecycle
inner join labels.onboard_labels as labels
    on
        lifecycle.as_of_date = labels.as_of_date
        and lifecycle.application_id = labels.application_id
inner join features.application_features as features
    on
        lifecycle.as_of_date = features.as_of_date
        and lifecycle.application_id = features.application_id
left join scores.opted_out_people as opted_out
    on
        labels.candidate_id = opted_out.candidate_id
        and opted_out.opted_out_at < date_trunc('day', lifecycle.interviewed_at, 'UTC') + interval '24 hours'
where
    lifecycle.as_of_date = {as_of_date}
    and lifecycle.interviewed_at >= {starts_at}
    and lifecycle.interviewed_at < {ends_at}
order by lifecycle.application_id collate "C"
