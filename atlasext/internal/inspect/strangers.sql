-- Tables whose comment begins with a marker of ours, and how many attached partitions each schema holds.
-- It reads system catalogs alone and takes no lock on a table of anybody.
select n.nspname::text as schema, c.relname::text as name, d.description as comment, 0 as partitions
from pg_catalog.pg_description d
join pg_catalog.pg_class c on c.oid = d.objoid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  and d.objsubid = 0
  and d.description like 'pg-partsmith:orphan-parent=%'
  and c.relkind in ('r', 'p', 'f')
  and not c.relispartition

union all
select n.nspname::text, '', '', pg_catalog.count(*)::int
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relispartition and c.relkind in ('r', 'p', 'f')
group by 1
order by 1, 2
