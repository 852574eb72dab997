with offers as (
    select * from {{ ref("stg_landing__offers") }}
),

newest as (
    select distinct on (offer_id)
        offer_id,
        application_id,
        extended_at,
        proposed_start_on
    from offers
    where recorded_at < {{ as_of() }}
    order by offer_id asc, recorded_at desc
)

select
    {{ as_of_date() }} as as_of_date,
    offer_id,
    application_id,
    extended_at,
    proposed_start_on
from newest
where extended_at < {{ as_of() }}
