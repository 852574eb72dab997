-- Features, score and label so far of the people who reached a ranker's stage after its newest training row.
-- At most so many, evenly drawn.
select
    application_features.*,
    stage_labels.label,
    all_facet_scores.{score} as score
from {labels} as stage_labels
inner join features.application_features
    on
        stage_labels.as_of_date = application_features.as_of_date
        and stage_labels.application_id = application_features.application_id
left join scores.all_facet_scores
    on
        stage_labels.application_id = all_facet_scores.application_id
        and all_facet_scores.batch_id = %(batch_id)s
where
    stage_labels.as_of_date = %(as_of_date)s
    and stage_labels.stage_entered_at > %(trained_until)s
    and stage_labels.label_status in ('observed', 'immature')
order by md5(application_features.application_id)
limit %(at_most)s
