-- The commonest distinct values of one feature.
select cast({feature} as text)
from features.application_features
where as_of_date = cast({as_of_date} as date) and {feature} is not null
group by {feature}
order by count(*) desc, {feature}
limit {most_values}
