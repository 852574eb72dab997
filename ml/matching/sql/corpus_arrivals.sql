-- One row per quarter: what came into the corpora of later quarters in it. Landing rows never change, so that their keys
-- say what is in a corpus without reading a text.
with arrivals as (
    select
        resume_id,
        recorded_at,
        greatest(received_at, recorded_at) as arrived_at
    from landing.resumes
    where greatest(received_at, recorded_at) < %(quarter_start)s
)

select
    date_trunc('quarter', arrived_at at time zone 'UTC') at time zone 'UTC' as quarter_start,
    encode(
        sha256(convert_to(
            string_agg(resume_id || ' ' || extract(epoch from recorded_at), ' ' order by resume_id, recorded_at),
            'UTF8'
        )),
        'hex'
    ) as content_hash
from arrivals
group by 1
order by 1
