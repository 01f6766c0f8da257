-- Every partition that is attached, and every partitioned table: whose it is, how large, and which indexes it has.
-- It reads system catalogs alone and takes no lock on a table of anybody; sizes are estimates of the last VACUUM or ANALYZE.
-- Operators, types and functions have their schema: the session's search_path is anybody's.
with recursive tree as (
  select c.oid, c.oid as root, 0::pg_catalog.oid as parent
  from pg_catalog.pg_class c
  where c.relkind operator(pg_catalog.=) 'p'::pg_catalog."char" and not c.relispartition
  union all
  select i.inhrelid, t.root, i.inhparent
  from tree t
  join pg_catalog.pg_inherits i on i.inhparent operator(pg_catalog.=) t.oid
  join pg_catalog.pg_partitioned_table p on p.partrelid operator(pg_catalog.=) t.oid
)
select
  t.oid::pg_catalog.int8, t.parent::pg_catalog.int8, c.relkind::pg_catalog.text, n.nspname::pg_catalog.text, c.relname::pg_catalog.text,
  rn.nspname::pg_catalog.text, r.relname::pg_catalog.text,
  greatest(c.relpages, 0)::pg_catalog.int8 operator(pg_catalog.*) pg_catalog.current_setting('block_size')::pg_catalog.int8,
  coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object(
      'oid', x.indexrelid::pg_catalog.int8, 'name', ic.relname, 'valid', x.indisvalid, 'parent', coalesce(h.inhparent::pg_catalog.int8, 0)))
    from pg_catalog.pg_index x
    join pg_catalog.pg_class ic on ic.oid operator(pg_catalog.=) x.indexrelid
    left join pg_catalog.pg_inherits h on h.inhrelid operator(pg_catalog.=) x.indexrelid
    where x.indrelid operator(pg_catalog.=) t.oid
  ), '[]')::pg_catalog.text
from tree t
join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.oid
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
join pg_catalog.pg_class r on r.oid operator(pg_catalog.=) t.root
join pg_catalog.pg_namespace rn on rn.oid operator(pg_catalog.=) r.relnamespace
order by rn.nspname, r.relname, n.nspname, c.relname
