-- One row per application by which somebody started work, labelled or not, in an order that does not depend on the
-- server's locale.
select
    {columns}
from labels.{label_table} as labels
inner join features.application_features as features
    on
        labels.as_of_date = features.as_of_date
        and labels.application_id = features.application_id
where
    labels.as_of_date = {as_of_date}
    and labels.started_on is not null
order by labels.application_id collate "C"
