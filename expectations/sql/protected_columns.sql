-- Every column of every relation in schema protected; the catalogue shows them to roles that may not read them.
select
    relation.relname,
    attribute.attname
from pg_class as relation
inner join pg_attribute as attribute on relation.oid = attribute.attrelid
where
    relation.relnamespace = cast('protected' as regnamespace)
    and relation.relkind in ('r', 'p', 'v', 'm', 'f')
    and attribute.attnum > 0
    and not attribute.attisdropped
order by relation.relname, attribute.attnum
