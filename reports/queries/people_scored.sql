-- Features and score of the people whom a published batch scored with one ranker; at most so many,
-- evenly drawn. All columns of the feature model: which of them a ranker uses, its training snapshot says.
select
    application_features.*,
    null::smallint as label,
    all_facet_scores.{score} as score
from scores.all_facet_scores
inner join features.application_features
    on all_facet_scores.application_id = application_features.application_id
where
    all_facet_scores.batch_id = %(batch_id)s
    and application_features.as_of_date = %(as_of_date)s
    and all_facet_scores.{score} is not null
order by md5(application_features.application_id)
limit %(at_most)s
