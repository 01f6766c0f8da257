-- Tables whose comment begins with a marker of ours, and how many attached partitions each schema holds.
-- It reads system catalogs alone and takes no lock on a table of anybody.
-- Operators, types and functions have their schema: the session's search_path is anybody's.
select n.nspname::pg_catalog.text as schema, c.relname::pg_catalog.text as name, d.description as comment, 0 as partitions
from pg_catalog.pg_description d
join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) d.objoid
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where d.classoid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
  and d.objsubid operator(pg_catalog.=) 0
  and d.description operator(pg_catalog.~~) 'pg-partsmith:orphan-parent=%'::pg_catalog.text
  and c.relkind operator(pg_catalog.=) any (array['r', 'p', 'f']::pg_catalog."char"[])
  and not c.relispartition

union all
select n.nspname::pg_catalog.text, '', '', pg_catalog.count(*)::pg_catalog.int4
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
where c.relispartition and c.relkind operator(pg_catalog.=) any (array['r', 'p', 'f']::pg_catalog."char"[])
group by 1
order by 1, 2
