-- A word counts once, however often and in however long a resume (docs/adr/0025): lengths of a corpus weigh nothing,
-- and the share of the description's weight that is found is the match itself.

alter table scores.match_corpora drop column average_length;
alter table matching.submitted_matches drop column matched_weight_share;
-- What was matched by counts is matched again.
delete from matching.submitted_matches;

-- Where a resume says nothing of degree and experience, the application form may.
grant select (years_experience, highest_degree) on landing.applications to facetrank_trainer;
comment on table scores.match_evidence is
'One row per batch and application: t with the words, requirements and spans it rests on, or why there is none.';
