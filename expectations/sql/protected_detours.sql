-- Ways around the grants on schema protected that are open to the current role.
with protected_relations as (
    select oid
    from pg_class
    where relnamespace = cast('protected' as regnamespace) and relkind in ('r', 'p', 'v', 'm', 'f')
),

views as (
    select distinct cast(cast(rewriting.ev_class as regclass) as text) as detour
    from pg_rewrite as rewriting
    inner join pg_depend as dependency on rewriting.oid = dependency.objid
    inner join protected_relations on dependency.refobjid = protected_relations.oid
    inner join pg_class as relation on rewriting.ev_class = relation.oid
    where
        dependency.classid = cast('pg_rewrite' as regclass)
        and relation.relnamespace <> cast('protected' as regnamespace)
        and has_schema_privilege(relation.relnamespace, 'usage')
        and has_table_privilege(relation.oid, 'select')
),

other_roles as (
    select distinct 'schema protected as role ' || other.rolname as detour
    from pg_roles as other
    cross join protected_relations
    where
        other.rolname <> current_user
        and pg_has_role(other.oid, 'member')
        and has_schema_privilege(other.oid, cast('protected' as regnamespace), 'usage')
        and has_any_column_privilege(other.oid, protected_relations.oid, 'select')
),

final as (
    select detour from views
    union all
    select detour from other_roles
)

select detour from final
order by detour
