-- Landing rows never change, so that the keys of a corpus say what is in it without reading a text.
select
    encode(
        sha256(convert_to(
            coalesce(string_agg(
                resume_id || ' ' || extract(epoch from recorded_at), ' ' order by resume_id, recorded_at
            ), ''),
            'UTF8'
        )),
        'hex'
    )
from landing.resumes
where
    recorded_at < %(quarter_start)s
    and received_at < %(quarter_start)s
