-- One row per quarter: what came into the corpora of later quarters in it. The hashes of texts say what is in a corpus
-- without reading one.
with arrivals as (
    select
        resume_id,
        recorded_at,
        content_hash,
        greatest(received_at, recorded_at) as arrived_at
    from resumes.texts
    where greatest(received_at, recorded_at) < %(quarter_start)s
)

select
    date_trunc('quarter', arrived_at at time zone 'UTC') at time zone 'UTC' as quarter_start,
    encode(
        sha256(convert_to(
            string_agg(
                concat_ws(' ', resume_id, extract(epoch from recorded_at), content_hash),
                ' ' order by resume_id, recorded_at
            ),
            'UTF8'
        )),
        'hex'
    ) as content_hash
from arrivals
group by 1
order by 1
