-- How the ranked lists of a batch change if onboard, attrition or both are ignored, by the batch's own rules: the facet
-- drops out of weights and levels, as for an organisation that does not have it. Of at most so many requisitions,
-- evenly drawn. One row per business condition and what is ignored; none where nothing would be left to rank by.
with rules as (
    select
        batch_id,
        is_present,
        thresholds
    from scores.batch_rules
    where batch_id = %(batch_id)s
),

ignoring as (
    select
        ignored,
        without_o,
        without_v
    from (
        values ('onboard', true, false), ('attrition', false, true), ('onboard and attrition', true, true)
    ) as choices (ignored, without_o, without_v)
),

conditions as (
    select
        batch_conditions.condition,
        rules.thresholds,
        ranking.checked_weights(
            array[batch_conditions.t, batch_conditions.q, batch_conditions.o, batch_conditions.v], rules.is_present
        ) as weights
    from scores.batch_conditions
    inner join rules on batch_conditions.batch_id = rules.batch_id
),

variants as (
    select
        conditions.condition,
        ignoring.ignored,
        conditions.thresholds[1] as theta_t,
        conditions.thresholds[2] as theta_q,
        case when not ignoring.without_o then conditions.thresholds[3] end as theta_o,
        conditions.weights[1] as weight_t,
        conditions.weights[2] as weight_q,
        case when not ignoring.without_o then conditions.weights[3] end as weight_o,
        case when not ignoring.without_v then conditions.weights[4] end as weight_v
    from conditions
    cross join ignoring
    where
        (conditions.weights[3] is not null or not ignoring.without_o)
        and (conditions.weights[4] is not null or not ignoring.without_v)
),

requisitions as (
    select requisition_id
    from ranking.ranked_applications
    where
        batch_id = %(batch_id)s
        and status = 'ranked'
    group by requisition_id
    order by md5(requisition_id)
    limit %(at_most)s
),

placed as (
    select
        variants.*,
        listed.requisition_id,
        listed.rank,
        listed.application_id,
        listed.applied_at,
        listed.t,
        listed.q,
        listed.o,
        listed.v,
        scored.quality_probability,
        scored.onboard_probability,
        scored.attrition_probability,
        ranking.level(
            listed.t, listed.q, listed.o, variants.theta_t, variants.theta_q, variants.theta_o
        ) as level
    from ranking.ranked_applications as listed
    inner join requisitions on listed.requisition_id = requisitions.requisition_id
    inner join scores.facet_scores as scored
        on
            listed.batch_id = scored.batch_id
            and listed.requisition_id = scored.requisition_id
            and listed.application_id = scored.application_id
    inner join variants on listed.condition = variants.condition
    where
        listed.batch_id = %(batch_id)s
        and listed.status = 'ranked'
        and num_nonnulls(variants.weight_t, variants.weight_q, variants.weight_o, variants.weight_v) > 0
),

summed as (
    select
        placed.*,
        ranking.weighted(level, t, q, o, v, weight_t, weight_q, weight_o, weight_v) as score,
        ranking.weighted(
            level, t, quality_probability, onboard_probability, attrition_probability,
            weight_t, weight_q, weight_o, weight_v
        ) as probability
    from placed
),

ranked as (
    select
        condition,
        ignored,
        requisition_id,
        rank,
        row_number() over (
            partition by condition, ignored, requisition_id
            order by
                level desc nulls last, score desc nulls last, probability desc nulls last,
                applied_at asc, application_id collate "C" asc
        ) as new_rank
    from summed
),

openings as (
    select
        requisition_id,
        openings
    from outcomes.hiring_funnel
    where as_of_date = %(as_of_date)s
),

compared as (
    select
        ranked.condition,
        ranked.ignored,
        ranked.requisition_id,
        count(*) as people,
        -- Ranks have no ties, so that this is Spearman's correlation; one person has none.
        corr(ranked.rank, ranked.new_rank) as correlation,
        max(openings.openings) as openings,
        count(*) filter (where greatest(ranked.rank, ranked.new_rank) <= openings.openings) as stay_within_openings,
        count(*) filter (where greatest(ranked.rank, ranked.new_rank) <= 10) as stay_within_ten
    from ranked
    left join openings on ranked.requisition_id = openings.requisition_id
    group by ranked.condition, ranked.ignored, ranked.requisition_id
)

-- Where a list is no longer than the openings, or than ten, everybody stays whatever the order: such lists say nothing.
select
    condition,
    ignored,
    count(*) as requisitions,
    avg(correlation) as correlation,
    coalesce(sum(stay_within_openings) filter (where people > openings), 0)::bigint as openings_kept,
    coalesce(sum(openings) filter (where people > openings), 0)::bigint as openings_of,
    coalesce(sum(stay_within_ten) filter (where people > 10), 0)::bigint as ten_kept,
    10 * count(*) filter (where people > 10) as ten_of
from compared
group by condition, ignored
order by condition, array_position(array['onboard', 'attrition', 'onboard and attrition'], ignored)
