-- A word counts once, however often and in however long a resume (docs/adr/0025): lengths of a corpus weigh nothing, and
-- the share of the description's weight that is found is the match itself.

alter table scores.match_corpora drop column average_length;
alter table matching.submitted_matches drop column matched_weight_share;
-- What was matched by counts is matched again.
delete from matching.submitted_matches;
