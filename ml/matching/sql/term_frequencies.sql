-- In how many resumes of a corpus each of some words occurs.
select
    term,
    documents
from scores.match_statistics
where
    corpus_id = %(corpus_id)s
    and term = any(%(words)s)
