-- Which logins may read which assigned applications: valid at the as-of date, as known before it.
insert into ranking.application_readers (batch_id, login, application_id)
with known as (
    select distinct on (application_id, login, valid_from)
        application_id,
        login,
        valid_from,
        valid_to
    from landing.assignments
    where recorded_at < %(as_of)s
    order by application_id asc, login asc, valid_from asc, recorded_at desc
)

select distinct
    %(batch_id)s::bigint,
    login,
    application_id
from known
where
    valid_from <= %(as_of)s
    and (valid_to is null or valid_to > %(as_of)s)
