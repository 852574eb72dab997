-- One row per version of a requisition whose description was not read yet, or was another one, or by another reader.
with hashed as (
    select
        requisition_id,
        recorded_at,
        description,
        encode(sha256(convert_to(description, 'UTF8')), 'hex') as description_hash
    from landing.requisitions
    where description is not null
)

select
    hashed.requisition_id,
    hashed.recorded_at,
    hashed.description,
    hashed.description_hash
from hashed
left join matching.read_descriptions as done
    on
        hashed.requisition_id = done.requisition_id
        and hashed.recorded_at = done.recorded_at
where (hashed.description_hash, %(reader)s) is distinct from (done.description_hash, done.reader)
order by hashed.requisition_id asc, hashed.recorded_at asc
