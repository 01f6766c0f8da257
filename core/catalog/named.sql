-- Tables of certain names, in whatever schema.
--
-- $1  the names
select n.nspname as schema, c.relname as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = any ($1::name[])
  and c.relkind in ('r', 'p')
order by 1, 2
