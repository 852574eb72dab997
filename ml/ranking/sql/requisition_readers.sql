-- Which logins may read which requisitions: valid at the as-of date, as known before it.
insert into ranking.requisition_readers (batch_id, login, requisition_id)
with known as (
    select distinct on (requisition_id, login, valid_from)
        requisition_id,
        login,
        valid_from,
        valid_to
    from landing.requisition_grants
    where recorded_at < %(as_of)s
    order by requisition_id asc, login asc, valid_from asc, recorded_at desc
)

select distinct
    %(batch_id)s::bigint,
    login,
    requisition_id
from known
where
    valid_from <= %(as_of)s
    and (valid_to is null or valid_to > %(as_of)s)
