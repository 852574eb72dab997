{{ config(indexes=[{"columns": ["as_of_date", "spell_id"], "unique": true}]) }}

with spells as (
    select * from {{ ref("employment_spells") }}
    where not is_continuation
),

explained as (
    select * from {{ ref("application_spells") }}
)

select
    spells.as_of_date,
    spells.spell_id,
    spells.candidate_id,
    spells.started_on,
    spells.tenure_ended_on as ended_on,
    spells.tenure_end_reason as end_reason,
    'unlinked' as label_status
from spells
left join explained on spells.spell_id = explained.spell_id
where explained.spell_id is null
