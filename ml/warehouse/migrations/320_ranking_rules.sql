-- The rules of the joint ranking (design section 8), each once: the materialised ranking and the function use them.
-- They are inlined by the planner: plain expressions, no settings, not strict.
-- Null means: for a threshold or weight, that the organisation does not have the facet; for a score, that the person
-- does not have it.

-- The level keeps its number when a facet is absent: level 3 is always past every threshold there is.
create function ranking.level(
    t double precision, q double precision, o double precision,
    theta_t double precision, theta_q double precision, theta_o double precision
) returns smallint
language sql immutable parallel safe
as $$
select case
    when (t is null and theta_t is not null) or (q is null and theta_q is not null) then null
    when t < theta_t then 0
    when q < theta_q then 1
    when (o is null and theta_o is not null) or o < theta_o then 2
    else 3
end::smallint
$$;
comment on function ranking.level is 'Level 0 to 3 by the thresholds passed; null when t or q is missing.';

-- Rounded to 12 decimals: sums that are equal on paper must tie, in whichever order their terms were added.
create function ranking.weighted(
    level smallint, t double precision, q double precision, o double precision, v double precision,
    weight_t double precision, weight_q double precision, weight_o double precision, weight_v double precision
) returns double precision
language sql immutable parallel safe
as $$
select round(
    (
        coalesce(weight_t * t, 0)
        + case when level >= 1 then coalesce(weight_q * q, 0) else 0 end
        + case when level >= 2 then coalesce(weight_o * o, 0) else 0 end
        + case when level >= 3 then coalesce(weight_v * v, 0) else 0 end
    ) / nullif(
        case when weight_t * t is not null then weight_t else 0 end
        + case when level >= 1 and weight_q * q is not null then weight_q else 0 end
        + case when level >= 2 and weight_o * o is not null then weight_o else 0 end
        + case when level >= 3 and weight_v * v is not null then weight_v else 0 end,
        0
    ) * 1e12
) / 1e12
$$;
comment on function ranking.weighted is
'Weighted mean of the facets that the level uses and the person has, in [0, 1]; null when there are none.';

create function ranking.joint_score(level smallint, weighted_score double precision) returns double precision
language sql immutable parallel safe
as $$
select (level + weighted_score) / 4
$$;
comment on function ranking.joint_score is 'One number in [0, 1] that sorts as level, then weighted score.';

create function ranking.status(is_opted_out boolean, level smallint, weighted_score double precision) returns text
language sql immutable parallel safe
as $$
select case
    when is_opted_out then 'opted out'
    when level is null or weighted_score is null then 'needs a person'
    else 'ranked'
end
$$;
comment on function ranking.status is
'Who is ranked: opted-out people and people without t or q stay visible, unranked.';

-- Refuses what cannot be meant; gives the weights with null for facets that the organisation does not have.
create function ranking.checked_weights(weights double precision[], is_present boolean[]) returns double precision[]
language plpgsql immutable parallel safe
as $$
declare
    facets constant text[] := array['t', 'q', 'o', 'v'];
    checked double precision[] := array[null, null, null, null];
    total double precision := 0;
begin
    if coalesce(array_length(weights, 1), 0) <> 4 then
        raise exception 'weights must be four numbers, for t, q, o and v; got %.',
            coalesce(array_length(weights, 1), 0) using errcode = 'FR002';
    end if;
    for i in 1..4 loop
        if is_present[i] and weights[i] is null then
            raise exception 'weights must name every facet of the organisation: % is missing.', facets[i]
                using errcode = 'FR002';
        end if;
        if weights[i] < 0 or weights[i] = 'NaN' or (is_present[i] and weights[i] = 0) then
            raise exception 'weights must be positive: % is %.', facets[i], weights[i] using errcode = 'FR002';
        end if;
        total := total + coalesce(weights[i], 0);
        if is_present[i] then
            checked[i] := weights[i];
        end if;
    end loop;
    if abs(total - 1) > 1e-6 then
        raise exception 'weights must sum to one: these sum to %.', round(total::numeric, 6)::double precision
            using errcode = 'FR002';
    end if;
    return checked;
end;
$$;

create function ranking.checked_thresholds(
    thresholds double precision[], defaults double precision[], is_present boolean[]
) returns double precision[]
language plpgsql immutable parallel safe
as $$
declare
    facets constant text[] := array['t', 'q', 'o'];
    checked double precision[] := array[null, null, null];
begin
    if coalesce(array_length(thresholds, 1), 0) <> 3 then
        raise exception 'thresholds must be three numbers, for t, q and o; got %.',
            coalesce(array_length(thresholds, 1), 0) using errcode = 'FR002';
    end if;
    for i in 1..3 loop
        if not thresholds[i] between 0 and 1 then
            raise exception 'thresholds must be between 0 and 1: % is %.', facets[i], thresholds[i]
                using errcode = 'FR002';
        end if;
        if is_present[i] then
            checked[i] := coalesce(thresholds[i], defaults[i]);
            if checked[i] is null then
                raise exception 'thresholds must name every facet of the organisation: % is missing.', facets[i]
                    using errcode = 'FR002';
            end if;
        end if;
    end loop;
    return checked;
end;
$$;

-- What a batch was opened with, in the order t, q, o, v; null for a facet that the organisation does not have.
create view scores.batch_rules with (security_invoker = true) as
with facets as (
    select
        batch_id,
        array[
            bool_or(is_present) filter (where facet = 't'),
            bool_or(is_present) filter (where facet = 'q'),
            bool_or(is_present) filter (where facet = 'o'),
            bool_or(is_present) filter (where facet = 'v')
        ] as is_present
    from scores.batch_models
    group by batch_id
),

thresholds as (
    select
        batch_id,
        array[
            max(threshold) filter (where facet = 't'),
            max(threshold) filter (where facet = 'q'),
            max(threshold) filter (where facet = 'o')
        ] as defaults
    from scores.batch_thresholds
    group by batch_id
)

select
    batches.batch_id,
    batches.as_of_date,
    facets.is_present,
    ranking.checked_thresholds(thresholds.defaults, thresholds.defaults, facets.is_present) as thresholds
from scores.batches
inner join facets on batches.batch_id = facets.batch_id
inner join thresholds on batches.batch_id = thresholds.batch_id;
comment on view scores.batch_rules is 'One row per batch: which facets it has and its thresholds.';
