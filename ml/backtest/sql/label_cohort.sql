-- Everybody who entered a ranker's stage in a quarter: outcome as observed by the as-of date, and what was known at
-- screening. One row per application, in an order that does not depend on the server's locale.
select
    labels.application_id,
    labels.requisition_id,
    labels.stage_entered_at,
    labels.label,
    {features}
from labels.{label_table} as labels
inner join features.application_features as features
    on
        labels.as_of_date = features.as_of_date
        and labels.application_id = features.application_id
where
    labels.as_of_date = {as_of_date}
    and labels.stage_entered_at >= {starts_at}
    and labels.stage_entered_at < {ends_at}
order by labels.application_id collate "C"
