-- Everybody who entered a ranker's stage in a quarter: outcome as observed by the as-of date, and what was known at
-- screening. Whether somebody had opted out counts as it was known at the midnight after they came, when they would first
-- have been ranked. One row per application, in an order that does not depend on the server's locale.
select
    labels.application_id,
    labels.requisition_id,
    labels.stage_entered_at,
    labels.label,
    opted_out.candidate_id is not null as is_opted_out,
    {features}
from labels.{label_table} as labels
inner join features.application_features as features
    on
        labels.as_of_date = features.as_of_date
        and labels.application_id = features.application_id
left join scores.opted_out_people as opted_out
    on
        labels.candidate_id = opted_out.candidate_id
        and opted_out.opted_out_at < date_trunc('day', labels.stage_entered_at, 'UTC') + interval '24 hours'
where
    labels.as_of_date = {as_of_date}
    and labels.stage_entered_at >= {starts_at}
    and labels.stage_entered_at < {ends_at}
order by labels.application_id collate "C"
