-- must have both outcomes among its observed labels
select 'all ' || count(*) || ' are ' || min(label) as finding
from batch
where label_status = 'observed'
having count(*) >= $minimum_labels and min(label) = max(label)
