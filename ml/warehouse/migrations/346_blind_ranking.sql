-- The joint ranking with the blind slice in it: listed with the status `blind`, without rank, level or score.

alter table ranking.ranked_applications
drop constraint ranked_applications_status_check,
add constraint ranked_applications_status_check
check (status in ('ranked', 'blind', 'needs a person', 'opted out')),
add constraint ranked_applications_blind_check check (
    status <> 'blind'
    or num_nonnulls(rank, level, weighted_score, weighted_probability, joint_score, t, q, o, v) = 0
);

create function ranking.fill_blind_slice(batch bigint, target text) returns bigint
language plpgsql
as $$
declare
    theta double precision[];
    written bigint;
begin
    select r.thresholds into strict theta from scores.batch_rules as r where r.batch_id = batch;
    execute format($statement$
        insert into %s (batch_id, condition, requisition_id, application_id, candidate_id, applied_at, status)
        select
            $1, c.condition, s.requisition_id, s.application_id, s.candidate_id, s.applied_at,
            case when s.status = 'ranked' then 'blind' else s.status end
        from (
            select
                f.*,
                ranking.status(f.is_opted_out, l.level, ranking.weighted(
                    -- Whether there is a score to rank by is the same under all weights.
                    l.level, f.technical_match, f.quality_score, f.onboard_score, f.attrition_score, 1, 1, 1, 1
                )) as status
            from scores.all_facet_scores as f
            cross join lateral (
                select ranking.level(
                    f.technical_match, f.quality_score, f.onboard_score, $2[1], $2[2], $2[3]
                ) as level
            ) as l
            where f.batch_id = $1 and f.is_listed and f.is_blind
        ) as s
        cross join scores.batch_conditions as c
        where c.batch_id = $1
    $statement$, target)
    using batch, theta;
    get diagnostics written = row_count;
    return written;
end;
$$;
comment on function ranking.fill_blind_slice is
'List the blind slice of a batch under every condition: `blind` who would be ranked, the others by their own status.';
revoke execute on function ranking.fill_blind_slice from public;
grant execute on function ranking.fill_blind_slice to facetrank_trainer;

-- As in 330, without the blind slice, which is filled in after it.
create or replace function ranking.fill_batch(batch bigint, target text) returns bigint
language plpgsql
as $$
declare
    present boolean[];
    theta double precision[];
    sums text;
    windows text;
    pairs text;
    written bigint;
begin
    select r.is_present, r.thresholds into strict present, theta from scores.batch_rules as r where r.batch_id = batch;
    select
        string_agg(format(
            'ranking.weighted(p.level, p.t, p.q, p.o, p.v, %1$s) as score_%2$s,
             ranking.weighted(p.level, p.t, p.qp, p.op, p.vp, %1$s) as probability_%2$s',
            c.weights, c.number
        ), ', ' order by c.number),
        string_agg(format(
            'row_number() over (
                partition by s.requisition_id
                order by s.status <> ''ranked'', s.level desc, s.score_%1$s desc, s.probability_%1$s desc nulls last,
                    s.applied_at, s.application_id collate "C"
            ) as rank_%1$s', c.number
        ), ', ' order by c.number),
        string_agg(format(
            '(%L, s.rank_%2$s, s.score_%2$s, s.probability_%2$s)', c.condition, c.number
        ), ', ' order by c.number)
    into strict sums, windows, pairs
    from (
        select
            bc.condition,
            row_number() over (order by bc.condition) as number,
            (
                select string_agg(coalesce(w.weight::text, 'null'), ', ' order by w.facet)
                from unnest(ranking.checked_weights(array[bc.t, bc.q, bc.o, bc.v], present))
                    with ordinality as w (weight, facet)
            ) as weights
        from scores.batch_conditions as bc
        where bc.batch_id = batch
    ) as c;
    execute format($statement$
        with placed as (
            select
                f.*,
                f.technical_match as t, f.quality_score as q, f.onboard_score as o, f.attrition_score as v,
                f.quality_probability as qp, f.onboard_probability as op, f.attrition_probability as vp,
                case when not f.is_opted_out then ranking.level(
                    f.technical_match, f.quality_score, f.onboard_score, $2[1], $2[2], $2[3]
                ) end as level
            from scores.facet_scores as f
            where f.batch_id = $1 and f.is_listed and not f.is_blind
        ),
        summed as (select p.*, %1$s from placed as p),
        -- Weights are positive, so that a sum is null under every condition or under none.
        judged as (select s.*, ranking.status(s.is_opted_out, s.level, s.score_1) as status from summed as s),
        ranked as (select s.*, %2$s from judged as s)
        insert into %4$s (
            batch_id, condition, requisition_id, rank, application_id, candidate_id, applied_at, status, level,
            weighted_score, weighted_probability, joint_score, t, q, o, v
        )
        select
            $1, c.condition, s.requisition_id, case when s.status = 'ranked' then c.rank end,
            s.application_id, s.candidate_id, s.applied_at, s.status, l.level,
            c.score, c.probability, ranking.joint_score(l.level, c.score), s.t, s.q, s.o, s.v
        from ranked as s
        cross join lateral (values %3$s) as c (condition, rank, score, probability)
        cross join lateral (select case when s.status = 'ranked' then s.level end as level) as l
    $statement$, sums, windows, pairs, target)
    using batch, theta;
    get diagnostics written = row_count;
    return written + ranking.fill_blind_slice(batch, target);
end;
$$;

-- As in 330, the blind slice listed below the ranked.
create or replace function ranking.rank_requisition(
    requisition_id text,
    weights double precision[] default null,
    thresholds double precision[] default null,
    condition text default 'normal',
    row_limit bigint default null,
    minimum_t double precision default null,
    minimum_q double precision default null,
    minimum_o double precision default null,
    minimum_v double precision default null
) returns table (
    rank bigint,
    application_id text,
    candidate_id text,
    applied_at timestamptz,
    status text,
    level smallint,
    weighted_score double precision,
    weighted_probability double precision,
    joint_score double precision,
    t double precision,
    q double precision,
    o double precision,
    v double precision
)
-- A generic plan would neither fold the weights nor inline the rules: five times as slow.
language plpgsql stable set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    rules record;
    w double precision[] := rank_requisition.weights;
    theta double precision[];
    is_filtered constant boolean := num_nonnulls(minimum_t, minimum_q, minimum_o, minimum_v) > 0;
begin
    select
        r.batch_id, r.is_present, r.thresholds,
        (select min(bc.condition) from scores.batch_conditions as bc where bc.batch_id = r.batch_id) as condition
    into rules
    from scores.batch_rules as r where r.batch_id = (select c.batch_id from ranking.current_batch as c);
    if not found then
        raise exception 'no scores are published yet: run the score workflow.' using errcode = 'FR003';
    end if;
    if w is null then
        select array[bc.t, bc.q, bc.o, bc.v] into w
        from scores.batch_conditions as bc
        where bc.batch_id = rules.batch_id and bc.condition = rank_requisition.condition;
        if not found then
            raise exception 'there is no condition ''%''; known are %.', rank_requisition.condition, (
                select string_agg(bc.condition, ', ' order by bc.condition)
                from scores.batch_conditions as bc where bc.batch_id = rules.batch_id
            ) using errcode = 'FR002';
        end if;
    end if;
    w := ranking.checked_weights(w, rules.is_present);
    theta := ranking.checked_thresholds(
        coalesce(rank_requisition.thresholds, array[null, null, null]::double precision[]),
        rules.thresholds, rules.is_present
    );
    return query
    with placed as (
        select
            f.application_id, f.candidate_id, f.applied_at, f.is_opted_out,
            f.technical_match, f.quality_score, f.quality_probability, f.onboard_score, f.onboard_probability,
            f.attrition_score, f.attrition_probability,
            case when not f.is_opted_out then ranking.level(
                f.technical_match, f.quality_score, f.onboard_score, theta[1], theta[2], theta[3]
            ) end as level
        from scores.facet_scores as f
        where f.batch_id = rules.batch_id and f.requisition_id = rank_requisition.requisition_id
            and f.is_listed and not f.is_blind
    ),
    summed as (
        select
            p.*,
            ranking.weighted(
                p.level, p.technical_match, p.quality_score, p.onboard_score, p.attrition_score,
                w[1], w[2], w[3], w[4]
            ) as score,
            ranking.weighted(
                p.level, p.technical_match, p.quality_probability, p.onboard_probability, p.attrition_probability,
                w[1], w[2], w[3], w[4]
            ) as probability
        from placed as p
    ),
    judged as (
        select
            s.application_id, s.candidate_id, s.applied_at, s.level, s.score, s.probability,
            s.technical_match, s.quality_score, s.onboard_score, s.attrition_score,
            ranking.status(s.is_opted_out, s.level, s.score) as status
        from summed as s
        union all
        -- The status of the blind slice was settled with the batch, which knows the hidden scores.
        select
            f.application_id, f.candidate_id, f.applied_at, null, null, null,
            null, null, null, null,
            r.status
        from scores.facet_scores as f
        inner join ranking.ranked_applications as r
            on f.batch_id = r.batch_id and f.requisition_id = r.requisition_id and f.application_id = r.application_id
        where f.batch_id = rules.batch_id and f.requisition_id = rank_requisition.requisition_id
            and f.is_listed and f.is_blind and r.condition = rules.condition
    ),
    -- Without filters the first rows are all that must be sorted.
    foremost as (
        select s.*
        from judged as s
        order by
            s.status <> 'ranked', s.status, s.level desc, s.score desc, s.probability desc nulls last,
            s.applied_at, s.application_id collate "C"
        limit case when is_filtered then null else row_limit end
    ),
    ranked as (
        select
            s.*,
            row_number() over (
                order by
                    s.status <> 'ranked', s.status, s.level desc, s.score desc, s.probability desc nulls last,
                    s.applied_at, s.application_id collate "C"
            ) as place
        from foremost as s
    )
    select
        case when s.status = 'ranked' then s.place end, s.application_id, s.candidate_id, s.applied_at, s.status,
        l.level, s.score, s.probability, ranking.joint_score(l.level, s.score),
        s.technical_match, s.quality_score, s.onboard_score, s.attrition_score
    from ranked as s
    cross join lateral (select case when s.status = 'ranked' then s.level end as level) as l
    where (minimum_t is null or s.technical_match >= minimum_t)
        and (minimum_q is null or s.quality_score >= minimum_q)
        and (minimum_o is null or s.onboard_score >= minimum_o)
        and (minimum_v is null or s.attrition_score >= minimum_v)
    order by s.place
    limit row_limit;
end;
$$;
