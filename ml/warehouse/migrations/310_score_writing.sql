-- How the trainer writes partitions without owning the tables: it fills a table of its own, then the owner attaches it.

create function scores.partition_name(parent text, batch bigint, part smallint) returns text
language sql stable
return parent || '_' || batch || coalesce('_' || part, '');

create function scores.clear_partition(parent text, batch bigint, part smallint, step text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if parent not in ('scores.match_evidence', 'scores.facet_scores', 'ranking.ranked_applications') then
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
comment on function scores.clear_partition is
'Forget what an earlier run of a step wrote. In a transaction of its own: dropping a partition locks its parent, which
must not be held while a part is scored.';

create function scores.new_partition(parent text, batch bigint, part smallint default null) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    target text := scores.partition_name(parent, batch, part);
begin
    perform from scores.batches as b
    where b.batch_id = batch and b.status = 'building' and b.is_stored
    for share;
    if not found then
        raise exception 'batch % is not being built', batch using errcode = 'FR001';
    end if;
    execute format('create table %s (like %s including defaults including constraints)', target, parent);
    execute format('grant select, insert on %s to facetrank_trainer', target);
    return target;
end;
$$;
comment on function scores.new_partition is 'Make the table that one step of a batch fills, not yet a partition.';

create function scores.attach_partition(parent text, batch bigint, part smallint, step text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    target text := scores.partition_name(parent, batch, part);
    bounds text := case
        when part is null then format('in (%s)', batch)
        else format('from (%s, %s) to (%s, %s)', batch, part, batch, part + 1)
    end;
    written bigint;
begin
    execute format('revoke insert on %s from facetrank_trainer', target);
    execute format('alter table %s attach partition %s for values %s', parent, target, bounds);
    execute format('analyze %s', target);
    execute format('select count(*) from %s', target) into written;
    insert into scores.batch_steps (batch_id, step, written) values (batch, attach_partition.step, written);
    return written;
end;
$$;
comment on function scores.attach_partition is 'Make a filled table the partition of its batch, with its indexes.';

create function scores.drop_batch(batch bigint) returns void
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
            and c.relname ~ format('^(match_evidence|facet_scores|ranked_applications)_%s(_[0-9]+)?$', batch)
    loop
        execute format('drop table %s', stored);
    end loop;
end;
$$;
comment on function scores.drop_batch is 'Drop the rows of a batch; what it was and what scored it stays on record.';

revoke execute on function
scores.clear_partition, scores.new_partition, scores.attach_partition, scores.drop_batch from public;
grant execute on function
scores.clear_partition, scores.new_partition, scores.attach_partition, scores.drop_batch to facetrank_trainer;
