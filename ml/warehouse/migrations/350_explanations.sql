-- Explanations of scores: stored with a batch for the first of every requisition, dropped with it.

create table scores.explanations (
    batch_id bigint not null,
    application_id text not null,
    requisition_id text not null,
    facet text not null,
    score double precision not null,
    base_value double precision not null,
    raised jsonb not null,
    lowered jsonb not null,
    rest double precision not null,
    sentence text not null,
    primary key (batch_id, application_id, facet),
    check (facet in ('q', 'o', 'v'))
) partition by list (batch_id);
create index explanations_requisition on scores.explanations (requisition_id);
comment on table scores.explanations is
'One row per batch, application that is among the first of its requisition, and facet that a ranker scored: Shapley
values (path-dependent TreeSHAP) of the votes. base_value, the contributions in raised and lowered, and rest sum to the
score. It says what moved the score: no cause, and no reason to reject anybody.';
comment on column scores.explanations.base_value is
'Mean score over the training samples of the trees, in which both outcomes weigh the same.';
comment on column scores.explanations.raised is
'Up to three features that raised the score most: feature, label, value, contribution.';
comment on column scores.explanations.lowered is 'Up to three features that lowered the score most, likewise.';
comment on column scores.explanations.rest is 'Sum of the contributions of all other features.';
comment on table scores.batch_steps is
'One row per finished step of a batch: match, each part, ranking, explanations.';

create view ranking.explanations with (security_invoker = true) as
select
    (select c.as_of_date from ranking.current_batch as c) as as_of_date,
    e.requisition_id,
    e.application_id,
    e.facet,
    e.score,
    e.base_value,
    e.raised,
    e.lowered,
    e.rest,
    e.sentence,
    'Shapley values (path-dependent TreeSHAP) of the votes' as method
from scores.explanations as e
where e.batch_id = (select c.batch_id from ranking.current_batch as c);
comment on view ranking.explanations is
'One row per application among the first of its requisition and facet that a ranker scored: what moved the score.';

create table scores.explainers (
    batch_id bigint not null references scores.batches,
    ranker text not null,
    wording jsonb not null,
    content bytea not null,
    primary key (batch_id, ranker)
);
comment on table scores.explainers is
'One row per batch and ranker: what explains any of its scores later, by the warehouse alone.';
comment on column scores.explainers.wording is 'Of each feature in the order of the matrix: feature, label, unit.';
comment on column scores.explainers.content is
'Codes of the features and nodes of the trees: arrays, as an .npz file.';

alter table scores.explanations enable row level security;
create policy everything on scores.explanations
to facetrank_trainer, facetrank_auditor, facetrank_eraser using (true);

-- Whose scores somebody may not see, theirs are not explained either: the ranked list decides, by its own policies.
create policy ranked_applications on scores.explanations for select to hr_ops
using (
    exists (
        select
        from ranking.ranked_applications as r
        where
            r.batch_id = explanations.batch_id
            and r.requisition_id = explanations.requisition_id
            and r.application_id = explanations.application_id
            and r.status = 'ranked'
    )
);

grant select on scores.explanations, ranking.explanations to facetrank_trainer, facetrank_auditor, hr_ops;
grant select, delete on scores.explanations to facetrank_eraser;
grant select, insert, delete on scores.explainers to facetrank_trainer;

create or replace function scores.clear_partition(parent text, batch bigint, part smallint, step text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if parent not in (
        'scores.match_evidence', 'scores.facet_scores', 'ranking.ranked_applications', 'scores.explanations'
    ) then
        raise exception '% is not written in partitions', parent;
    end if;
    perform from scores.batches as b
    where b.batch_id = batch and b.status = 'building' and b.is_stored
    for share;
    if not found then
        raise exception 'batch % is not being built', batch using errcode = 'FR001';
    end if;
    execute format('drop table if exists %s', scores.partition_name(parent, batch, part));
    delete from scores.batch_steps as s where s.batch_id = batch and s.step = clear_partition.step;
end;
$$;

create or replace function scores.drop_batch(batch bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    stored text;
begin
    perform from scores.batches as b where b.batch_id = batch and b.status = 'published'
        and b.as_of_date = (select max(n.as_of_date) from scores.batches as n where n.status = 'published');
    if found then
        raise exception 'batch % is what people read: it cannot be dropped', batch;
    end if;
    -- A step that still writes holds this row.
    update scores.batches set is_stored = false where batch_id = batch;
    for stored in
        select c.oid::regclass::text
        from pg_class as c
        where c.relkind = 'r' and c.relnamespace in ('scores'::regnamespace, 'ranking'::regnamespace)
            and c.relname ~ format('^(match_evidence|facet_scores|ranked_applications|explanations)_%s(_[0-9]+)?$', batch)
    loop
        execute format('drop table %s', stored);
    end loop;
    delete from scores.explainers as e where e.batch_id = batch;
end;
$$;
