-- The facets that people filter by, who reads them, and full-text search over the text of resumes (docs/adr/0026).

create schema facets authorization facetrank_transformer;
grant usage on schema facets
to facetrank_trainer, facetrank_auditor, facetrank_eraser, hr_ops, interviewer;
alter default privileges for role facetrank_transformer in schema facets
grant select on tables to facetrank_trainer, facetrank_auditor, hr_ops, interviewer;
alter default privileges for role facetrank_transformer in schema facets
grant select, delete on tables to facetrank_eraser;

-- What the policies of the facets go by: grants and assignments as of the published batches.
create view ranking.readable_requisitions with (security_invoker = true) as
select
    b.as_of_date,
    r.requisition_id,
    r.login
from ranking.requisition_readers as r
inner join scores.batches as b on r.batch_id = b.batch_id
where b.status = 'published';
comment on view ranking.readable_requisitions is
'One row per as-of date with published scores, login and requisition that it may read; people see their own.';

create view ranking.readable_applications with (security_invoker = true) as
select
    b.as_of_date,
    r.application_id,
    r.login
from ranking.application_readers as r
inner join scores.batches as b on r.batch_id = b.batch_id
where b.status = 'published';
comment on view ranking.readable_applications is
'One row per as-of date with published scores, login and application assigned to it; people see their own.';

grant select on ranking.readable_requisitions to hr_ops, facetrank_trainer, facetrank_auditor;
grant select on ranking.readable_applications to interviewer, facetrank_trainer, facetrank_auditor;

-- Postgres' parser takes "C++" and "C#" for c, "Java/Kotlin" for a file and "worked.Then" for a host. Before it sees a
-- text, signs that belong to a name become letters that no resume has (U+01C1 #, U+01C2 +, U+01C3 the point of .NET),
-- and signs that join words become control characters, which part them. Each has a sign of its own to go back to, in
-- resumes.as_written. What is stored was made by these rules: to change them is to make search_vector anew.
create function resumes.as_words(written text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
    -- Signs outside of ASCII are letters to the parser in locale C: bullets, dashes, quotes, private use.
    written := regexp_replace(
        written,
        '[\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u2bff'
        '\u3000-\u303f\ue000-\uf8ff]',
        ' ', 'g'
    );
    -- C++, g++, C++17; A+ and C+, but not the sum "Java+Kotlin"; C#, F#.
    written := regexp_replace(written, '([[:alpha:]])\+\+', e'\\1\u01c2\u01c2\x1a', 'g');
    written := regexp_replace(written, '\m([[:alpha:]])\+(?![[:alnum:]+])', e'\\1\u01c2', 'g');
    written := regexp_replace(written, '\m([[:alpha:]])#', e'\\1\u01c1\x1a', 'g');
    -- .NET and ASP.NET are both .NET; Node.js is node followed by js.
    written := regexp_replace(written, '\.(?=net\M)', e'\x1a\u01c3', 'gi');
    written := regexp_replace(written, '\.(?=[[:alpha:]])', e'\x1b', 'g');
    return translate(written, e'/\\<>@', e'\x1c\x1d\x1e\x1f\x19');
end;
$$;
comment on function resumes.as_words is
'A text as the parser of text search shall see it; the same for resumes and queries.';

create function resumes.as_written(words text) returns text
language sql immutable strict parallel safe
return translate(words, e'\u01c1\u01c2\u01c3\x1b\x1c\x1d\x1e\x1f\x19\x1a', '#+../\<>@');
comment on function resumes.as_written is
'The text that resumes.as_words was given, but for signs outside of ASCII.';

-- Rows stay narrow, texts and vectors beside them: a search looks at many rows and at few texts.
alter table resumes.texts set (toast_tuple_target = 128);
-- A vector holds at most 1 MB, which this many characters cannot exceed; it is about thirty pages.
alter table resumes.texts add column search_vector tsvector
generated always as (to_tsvector('pg_catalog.simple'::regconfig, resumes.as_words(left(content_text, 100000)))) stored;
comment on column resumes.texts.search_vector is
'Words of the first 100,000 characters, as they are written: no stems, no stop words.';
create index texts_search_vector on resumes.texts using gin (search_vector);

-- The words of a query without their places and without those that must be missing: whatever it matches has them.
create function resumes.words_of(sought tsquery) returns tsquery
language sql immutable strict parallel safe
return regexp_replace(querytree(sought), '<(-|[0-9]+)>', '&', 'g')::tsquery;

-- The operator @@ is not leakproof, so that under row-level security Postgres may not use its index: it would unpack
-- every text that the reader may see. This function therefore runs as the owner and applies the grants itself, those of
-- the role that calls, be it a login or set by SET ROLE; it tells nothing of any other application.
--
-- A word that many have is looked for in the newest applications only. The index would give all that have it, and the
-- time would go into joining and comparing those of whom nobody reads more than a page.
create function ranking.matching_resumes(sought tsquery, batch bigint, requisition text, row_limit bigint)
returns table (application_id text, requisition_id text, relevance real, headline text)
-- So many rows are usual: with the default of a thousand, the planner reads whole tables to join them.
language plpgsql stable security definer rows 50
set search_path = pg_catalog, pg_temp
-- The planner takes no account of unpacking texts, and the rows that it would hash are many times those looked for.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_custom_plan
as $$
declare
    newest constant bigint := greatest(2000, 4 * row_limit);
    enough constant bigint := greatest(200, row_limit);
    caller constant name := coalesce(nullif(current_setting('role'), 'none'), session_user);
    reads_everything constant boolean := pg_has_role(caller, 'facetrank_trainer', 'usage');
    granted constant text[] := array(
        select r.requisition_id from ranking.requisition_readers as r
        where r.batch_id = batch and r.login = caller and pg_has_role(caller, 'hr_ops', 'usage')
    );
    assigned constant text[] := array(
        select r.application_id from ranking.application_readers as r
        where r.batch_id = batch and r.login = caller and pg_has_role(caller, 'interviewer', 'usage')
    );
    day constant date := (select b.as_of_date from scores.batches as b where b.batch_id = batch);
    template constant text := $statement$
        with candidates as materialized (
            select f.application_id, f.applied_at, t.search_vector
            from facets.application_facets as f
            inner join resumes.texts as t on f.resume_id = t.resume_id and f.resume_recorded_at = t.recorded_at
            where f.as_of_date = $1
                and ($2 is null or f.requisition_id = $2)
                and ($3 or f.requisition_id = any($4) or f.application_id = any($5))
                and %s
            order by f.applied_at desc, f.application_id desc
            limit $6
        ),
        matches as materialized (
            -- 1: divided by the logarithm of the length, so that long resumes have no advantage.
            select c.application_id, c.applied_at, ts_rank(c.search_vector, $7, 1) as relevance
            from candidates as c
            where c.search_vector @@ $7
        )
        select
            (select count(*) from candidates) as candidates,
            (select count(*) from matches) as matches,
            array(
                select m.application_id from matches as m
                order by m.relevance desc, m.applied_at desc, m.application_id desc
                limit $8
            ) as foremost
    $statement$;
    page record;
begin
    execute format(template, 'true')
    using day, requisition, reads_everything, granted, assigned, newest, sought, row_limit into page;
    if page.matches < enough and page.candidates = newest then
        execute format(template, 't.search_vector @@ resumes.words_of($7)')
        using day, requisition, reads_everything, granted, assigned, newest, sought, row_limit into page;
    end if;
    return query
    select
        f.application_id, f.requisition_id,
        ts_rank(t.search_vector, sought, 1),
        resumes.as_written(ts_headline(
            'pg_catalog.simple', resumes.as_words(left(t.content_text, 100000)), sought,
            'StartSel=[, StopSel=], MaxFragments=2, MinWords=5, MaxWords=15, FragmentDelimiter=" ... "'
        ))
    from unnest(page.foremost) with ordinality as p (application_id, place)
    inner join facets.application_facets as f on f.as_of_date = day and p.application_id = f.application_id
    inner join resumes.texts as t on f.resume_id = t.resume_id and f.resume_recorded_at = t.recorded_at
    order by p.place;
end;
$$;
comment on function ranking.matching_resumes is
'The applications of a batch that the caller may read and whose resume matches, most relevant first.';

create function ranking.search_resumes(
    query text,
    requisition text default null,
    row_limit bigint default 50
) returns table (
    application_id text,
    candidate_id text,
    requisition_id text,
    applied_at timestamptz,
    relevance real,
    headline text,
    status text,
    level smallint,
    t double precision,
    q double precision,
    o double precision,
    v double precision
)
language plpgsql stable
as $$
#variable_conflict use_column
declare
    sought constant tsquery := websearch_to_tsquery('pg_catalog.simple', resumes.as_words(query));
    are_built boolean := to_regclass('facets.application_facets') is not null;
    current record;
begin
    if (row_limit between 1 and 1000) is not true then
        raise exception 'row_limit must lie between 1 and 1000, not %.', coalesce(row_limit::text, 'null')
        using errcode = 'FR002';
    end if;
    if coalesce(querytree(sought), '') in ('', 'T') then
        raise exception 'the query must name a word that the resumes are to have, not %.', quote_nullable(query)
        using errcode = 'FR002';
    end if;
    select
        c.batch_id, c.as_of_date,
        (select min(bc.condition) from scores.batch_conditions as bc where bc.batch_id = c.batch_id) as condition
    into current
    from ranking.current_batch as c;
    if not found then
        raise exception 'no scores are published yet: run the score workflow.' using errcode = 'FR003';
    end if;
    -- A statement of its own: one that names a missing table cannot even be planned.
    if are_built then
        are_built := exists (
            select from facets.application_facets as f where f.as_of_date = current.as_of_date
        );
    end if;
    if not are_built then
        raise exception 'no facets as of % that % may read: run the ingest workflow for that date, or ask for a grant.',
            current.as_of_date, current_user
        using errcode = 'FR003';
    end if;
    return query
    select
        m.application_id, f.candidate_id, m.requisition_id, f.applied_at, m.relevance, m.headline,
        -- Facets and status are the same under every condition.
        coalesce(r.status, 'not listed'), r.level, r.t, r.q, r.o, r.v
    from ranking.matching_resumes(sought, current.batch_id, requisition, row_limit) as m
    inner join facets.application_facets as f
        on f.as_of_date = current.as_of_date and m.application_id = f.application_id
    left join ranking.ranked_applications as r
        on r.batch_id = current.batch_id and r.requisition_id = m.requisition_id
            and r.condition = current.condition and r.application_id = m.application_id
    order by m.relevance desc, f.applied_at desc, f.application_id desc;
end;
$$;
comment on function ranking.search_resumes is
'Search the resumes of applications that the caller may read, as of the published scores: words, "phrases", or, -not. Of
words that hundreds of resumes have, the newest applications are searched.';

revoke execute on function ranking.matching_resumes, ranking.search_resumes from public;
grant execute on function ranking.matching_resumes, ranking.search_resumes to hr_ops, interviewer, facetrank_trainer;
grant usage on schema resumes to hr_ops, interviewer;
