-- must rank 1 to n without holes within a requisition
select requisition_id || ' under ' || condition
from batch
where rank is not null
group by condition, requisition_id
having min(rank) <> 1 or max(rank) <> count(*) or count(distinct rank) <> count(*)
