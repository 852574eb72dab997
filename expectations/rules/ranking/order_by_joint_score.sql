-- must not rank anybody below a lower joint score
select application_id || ' under ' || condition
from (
    select
        application_id,
        condition,
        joint_score,
        lag(joint_score) over (partition by condition, requisition_id order by rank) as better
    from batch
    where rank is not null
) as ordered
where joint_score > better + 1e-12
