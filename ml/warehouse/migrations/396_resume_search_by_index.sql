-- Searching resumes where few requisitions are granted (docs/adr/0026). Postgres takes comparing a vector to cost as
-- much as comparing a number: it unpacked those of all applications that the caller may read. Each step is now written
-- so that only the vectors are unpacked that it compares or ranks.
create or replace function ranking.matching_resumes(sought tsquery, batch bigint, requisition text, row_limit bigint)
returns table (application_id text, requisition_id text, relevance real, headline text)
-- So many rows are usual: with the default of a thousand, the planner reads whole tables to join them.
language plpgsql stable security definer rows 50
set search_path = pg_catalog, pg_temp
-- Whole tables are never what is looked for, and a worker takes long to start.
set enable_seqscan = off
set enable_mergejoin = off
-- Switched off for the rows of the index: they lie all over the table, and a bitmap reads each page once.
set enable_indexscan = on
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_custom_plan
as $$
declare
    newest constant bigint := greatest(2000, 4 * row_limit);
    enough constant bigint := greatest(200, row_limit);
    words constant tsquery := resumes.words_of(sought);
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
    readable constant text :=
        ' f.as_of_date = $1 and ($2 is null or f.requisition_id = $2)'
        ' and ($3 or f.requisition_id = any($4) or f.application_id = any($5)) ';
    newest_first constant text := ' order by f.applied_at desc, f.application_id desc ';
    newest_texts constant text := $statement$
        with candidates as materialized (
            select f.application_id, f.applied_at, f.resume_id, f.resume_recorded_at
            from facets.application_facets as f
            where f.resume_id is not null and $statement$ || readable || newest_first || $statement$
            limit $6
        )
        select
            c.application_id, c.applied_at,
            (
                select t.search_vector from resumes.texts as t
                where t.resume_id = c.resume_id and t.recorded_at = c.resume_recorded_at
            ) as search_vector
        from candidates as c
    $statement$;
    -- Those that have the words, in two ways: by the index, or from the newest on until there are enough.
    texts_by_index constant text := $statement$
        with having_words as materialized (
            select t.resume_id, t.recorded_at, t.search_vector from resumes.texts as t where t.search_vector @@ $9
        )
        select f.application_id, f.applied_at, w.search_vector
        from facets.application_facets as f
        inner join having_words as w on f.resume_id = w.resume_id and f.resume_recorded_at = w.recorded_at
        where $statement$ || readable || newest_first || $statement$
        limit $6
    $statement$;
    texts_by_time constant text := $statement$
        select c.application_id, c.applied_at, t.search_vector
        from (
            select f.application_id, f.applied_at, f.resume_id, f.resume_recorded_at
            from facets.application_facets as f
            where $statement$ || readable || newest_first || $statement$
            offset 0
        ) as c
        cross join lateral (
            select t.search_vector from resumes.texts as t
            where t.resume_id = c.resume_id and t.recorded_at = c.resume_recorded_at and t.search_vector @@ $9
            offset 0
        ) as t
        order by c.applied_at desc, c.application_id desc
        limit $6
    $statement$;
    template constant text := $statement$
        with texts as materialized (%s),
        matches as materialized (
            -- 1: divided by the logarithm of the length, so that long resumes have no advantage.
            select t.application_id, t.applied_at, ts_rank(t.search_vector, $7, 1) as relevance
            from texts as t
            where t.search_vector @@ $7
        )
        select
            (select count(*) from texts) as texts,
            (select count(*) from matches) as matches,
            -- A phrase or a word that must be missing: most may have the words, though few match.
            (
                select count(*) from (select t.search_vector from texts as t limit 100) as t
                where $7 <> $9 and t.search_vector @@ $9
            ) as percent_having_words,
            array(
                select m.application_id from matches as m
                order by m.relevance desc, m.applied_at desc, m.application_id desc
                limit $8
            ) as foremost
    $statement$;
    page record;
begin
    execute format(template, newest_texts)
    using day, requisition, reads_everything, granted, assigned, newest, sought, row_limit, words into page;
    if page.matches < enough and page.texts = newest then
        if page.percent_having_words > 50 then
            execute format(template, texts_by_time)
            using day, requisition, reads_everything, granted, assigned, newest, sought, row_limit, words into page;
        else
            perform set_config('enable_indexscan', 'off', true);
            execute format(template, texts_by_index)
            using day, requisition, reads_everything, granted, assigned, newest, sought, row_limit, words into page;
            perform set_config('enable_indexscan', 'on', true);
        end if;
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
