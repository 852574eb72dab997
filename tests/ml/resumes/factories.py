"""Texts as ``read`` leaves them, for tests of what comes after it."""

from ml.warehouse.roles import TRANSFORMER

# Every landed text as it is, as if there were nothing to clean up or to redact.
_TEXTS = """
insert into resumes.texts
    (resume_id, recorded_at, received_at, source_hash, reader, media_kind, is_misnamed, content_text, content_hash,
     unreadable_reason, limits, facts_version)
select
    resume_id, recorded_at, received_at, md5(coalesce(content_text, '')), 'test', case when content_text is not null then 'txt' end,
    false, content_text, encode(sha256(convert_to(content_text, 'UTF8')), 'hex'),
    case when content_text is null then 'unreadable: empty file' end, case when content_text is null then 'none' end, 'test'
from landing.resumes
on conflict do nothing
"""


def land_texts(warehouse):
    """Give every resume that landed its row in ``resumes.texts``."""
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute(_TEXTS)
