-- One row per application with an observed label, in an order that does not depend on the server's locale.
select
    {columns},
    labels.label
from labels.{label_table} as labels
inner join features.application_features as features
    on
        labels.as_of_date = features.as_of_date
        and labels.application_id = features.application_id
where
    labels.as_of_date = {as_of_date}
    and labels.label_status = 'observed'
order by labels.application_id collate "C"
