-- The statistics of a corpus: those of the earlier one it was made of, changed.
insert into scores.match_statistics (corpus_id, term, documents)
with earlier as (
    select
        term,
        documents
    from scores.match_statistics
    where corpus_id = %(earlier_id)s
),

summed as (
    select
        term,
        coalesce(earlier.documents, 0) + coalesce(changes.documents, 0) as documents
    from earlier
    full join corpus_changes as changes using (term)
)

select
    %(corpus_id)s,
    term,
    documents
from summed
where documents > 0
order by term
