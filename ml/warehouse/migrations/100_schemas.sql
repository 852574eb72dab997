-- Schemas and who may do what in them (design section 11).
-- Reading rights on tables to come are default privileges of the role that makes them.

revoke create on schema public from public;

create schema landing;
create schema protected;
create schema scores;
create schema ranking;
create schema governance;
create schema staging authorization facetrank_transformer;
create schema intermediate authorization facetrank_transformer;
create schema labels authorization facetrank_transformer;
create schema features authorization facetrank_transformer;
create schema outcomes authorization facetrank_transformer;

grant usage on schema landing, protected to facetrank_loader;
alter default privileges in schema landing, protected
grant select, insert on tables to facetrank_loader;

grant usage on schema landing to facetrank_transformer;
alter default privileges in schema landing
grant select on tables to facetrank_transformer;

-- The business conditions and thresholds are dbt seeds.
grant usage, create on schema ranking to facetrank_transformer;

grant usage on schema labels, features, intermediate, outcomes
to facetrank_trainer, facetrank_auditor;
alter default privileges for role facetrank_transformer
in schema labels, features, intermediate, outcomes, ranking
grant select on tables to facetrank_trainer, facetrank_auditor;

grant usage on schema scores, ranking to facetrank_trainer, facetrank_auditor;

grant usage on schema protected to facetrank_auditor;
alter default privileges in schema protected
grant select on tables to facetrank_auditor;

grant usage on schema governance to facetrank_trainer, facetrank_auditor, governance_reviewer;
alter default privileges in schema governance
grant select on tables to facetrank_auditor, governance_reviewer;
