-- Who made which version of a ranker its champion, and when; rows are only ever added.
-- Reading governance is a default privilege of auditor and reviewer.

create table governance.promotions (
    promotion_id bigint generated always as identity primary key,
    ranker text not null,
    model_version text not null,
    action text not null check (action in ('promoted', 'rolled back')),
    decided_by text not null,
    decided_at timestamptz not null
);
comment on table governance.promotions is
'One row per change of a champion: by the rule of retrain, or by a person.';

grant select, insert on governance.promotions to facetrank_trainer;
