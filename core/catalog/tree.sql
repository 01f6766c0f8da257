-- Some tables and everything below them: one row for each relation, and once more for one of them that is below another.
--
-- $1  their OIDs
--
-- In psql, behind reading.sql in a transaction:
--   \set tree `cat tree.sql`
--   prepare tree as :tree;
--   execute tree('{16384}');
--
-- It reads system catalogs alone and takes no lock on a table of anybody. pg_get_expr with relation 0 prints a bound
-- without opening the partition; with the partition's OID it would wait behind ACCESS EXCLUSIVE (14 to 18).
--
-- Of a partition that is like most (an ordinary table in its parent's schema, with its parent's owner and settings that nobody has
-- touched) nothing is said but what it cannot share with others. 2 is the OID of heap (14 to 18).
with recursive
tree as (
  select seed.oid, 0::pg_catalog.oid as parent, false as pending, 0::pg_catalog.oid as owner, 0::pg_catalog.oid as schema
  from pg_catalog.unnest($1::oid[]) seed(oid)
  union
  select i.inhrelid, i.inhparent, i.inhdetachpending, c.owner, c.schema
  from tree t
  join pg_catalog.pg_partitioned_table p on p.partrelid = t.oid
  -- offset 0 has each looked up by its index, however many rows the planner expects of a recursion (14 to 18)
  cross join lateral (select c.relowner as owner, c.relnamespace as schema from pg_catalog.pg_class c where c.oid = p.partrelid offset 0) c
  cross join lateral (select i.inhrelid, i.inhparent, i.inhdetachpending from pg_catalog.pg_inherits i where i.inhparent = p.partrelid offset 0) i
)
select t.oid::bigint, t.parent::bigint, c.relname::text as name, coalesce(pg_catalog.pg_get_expr(c.relpartbound, 0), '') as bound,
  c.reltuples::float8 as tuples, c.relpages::bigint as pages, d.description as comment,
  case
    when c.relkind <> 'r' or c.relpersistence <> 'p' or c.relreplident <> 'd' or c.relrowsecurity or c.relforcerowsecurity or c.reltablespace <> 0
      or c.relam <> 2 or c.reloptions is not null or c.relowner <> t.owner or c.relnamespace <> t.schema or t.pending
    then (
      select pg_catalog.row_to_json(r)::text
      from (
        select t.pending, n.nspname as schema, c.relkind as kind, c.relpersistence as persistence, p.partstrat as strategy, c.relreplident as identity,
          c.relrowsecurity as secured, c.relforcerowsecurity as forced, c.relowner::bigint as owner, c.reltablespace::bigint as space,
          c.relam::bigint as method, c.reloptions as options
        from pg_catalog.pg_namespace n
        left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
        where n.oid = c.relnamespace
      ) r
    )
  end as shape
from tree t
cross join lateral (select * from pg_catalog.pg_class c where c.oid = t.oid offset 0) c
left join pg_catalog.pg_description d
  on d.objoid = t.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
