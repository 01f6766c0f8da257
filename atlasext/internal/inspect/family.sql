-- Every partition that is attached, and every partitioned table: whose it is, how large, and which indexes it has.
-- It reads system catalogs alone and takes no lock on a table of anybody; sizes are estimates of the last VACUUM or ANALYZE.
with recursive tree as (
  select c.oid, c.oid as root, 0::pg_catalog.oid as parent
  from pg_catalog.pg_class c
  where c.relkind = 'p' and not c.relispartition
  union all
  select i.inhrelid, t.root, i.inhparent
  from tree t
  join pg_catalog.pg_inherits i on i.inhparent = t.oid
  join pg_catalog.pg_partitioned_table p on p.partrelid = t.oid
)
select
  t.oid::bigint, t.parent::bigint, c.relkind::text, n.nspname::text, c.relname::text,
  rn.nspname::text, r.relname::text,
  greatest(c.relpages, 0)::bigint * pg_catalog.current_setting('block_size')::bigint,
  coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object(
      'oid', x.indexrelid::bigint, 'name', ic.relname, 'valid', x.indisvalid, 'parent', coalesce(h.inhparent::bigint, 0)))
    from pg_catalog.pg_index x
    join pg_catalog.pg_class ic on ic.oid = x.indexrelid
    left join pg_catalog.pg_inherits h on h.inhrelid = x.indexrelid
    where x.indrelid = t.oid
  ), '[]')::text
from tree t
join pg_catalog.pg_class c on c.oid = t.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class r on r.oid = t.root
join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
order by rn.nspname, r.relname, n.nspname, c.relname
