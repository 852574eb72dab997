-- One row per label status of a ranker as of a date.
select
    label_status,
    count(*) as applications,
    count(*) filter (where label = 1) as positives
from labels.{label_table}
where as_of_date = {as_of_date}
group by label_status
order by label_status collate "C"
