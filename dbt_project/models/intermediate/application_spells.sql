with spells as (
    select * from {{ ref("employment_spells") }}
),

applications as (
    select * from {{ ref("known_applications") }}
),

events as (
    select * from {{ ref("known_events") }}
),

onboardings as (
    select
        applications.candidate_id,
        applications.application_id,
        max(events.occurred_at) as onboarded_at
    from events
    inner join applications on events.application_id = applications.application_id
    where events.event_type = 'onboarded'
    group by applications.candidate_id, applications.application_id
),

named as (
    select
        spells.spell_id,
        spells.started_on,
        applications.application_id
    from spells
    inner join applications on spells.application_id = applications.application_id
),

-- A spell that names no application belongs to the latest one of its candidate that was onboarded by the start,
-- unless another spell names that one.
inferred as (
    select distinct on (spells.spell_id)
        spells.spell_id,
        spells.started_on,
        onboardings.application_id
    from spells
    inner join onboardings
        on
            spells.candidate_id = onboardings.candidate_id
            and onboardings.onboarded_at < {{ midnight("spells.started_on + 1") }}
            and onboardings.onboarded_at >= {{ midnight("spells.started_on - " ~ var("spell_link_days")) }}
    left join named on onboardings.application_id = named.application_id
    where spells.application_id is null and not spells.is_continuation and named.application_id is null
    order by spells.spell_id asc, onboardings.onboarded_at desc, onboardings.application_id desc
),

links as (
    select * from named
    union all
    select * from inferred
),

-- An application leads to one start: the first of the spells that it explains.
first_links as (
    select distinct on (application_id)
        application_id,
        spell_id
    from links
    order by application_id asc, started_on asc, spell_id asc
)

select
    {{ as_of_date() }} as as_of_date,
    first_links.application_id,
    spells.spell_id,
    spells.started_on,
    spells.started_known_at,
    spells.tenure_ended_on,
    spells.tenure_end_reason,
    spells.tenure_end_known_at
from first_links
inner join spells on first_links.spell_id = spells.spell_id
