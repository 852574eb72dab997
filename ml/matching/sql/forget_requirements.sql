-- Forget what some versions of requisitions were read to ask for.
delete from matching.read_descriptions
where (requisition_id, recorded_at) in (
    select
        wanted.requisition_id,
        wanted.recorded_at
    from unnest(%(requisition_ids)s::text[], %(recorded_at)s::timestamptz[]) as wanted (requisition_id, recorded_at)
)
