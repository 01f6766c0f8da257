-- The wanted tables, everything below them, and every table whose comment begins with a marker, with all below it.
--
-- $1  schemas of the wanted tables, an empty one where the search path finds the table
-- $2  their names, in the same order
-- $3  the schemas of that path, in their order
-- $4  how many of the wanted tables come before those whose partitions are read
-- $5  the place of the last of these
--
-- In psql, behind reading.sql in a transaction:
--   \set tree `cat tree.sql`
--   prepare tree as :tree;
--   execute tree('{public,""}', '{events,Clicks}', '{public}', 0, 2);
--
-- It reads system catalogs alone and takes no lock on a table of anybody. pg_get_expr with relation 0 prints a bound
-- without opening the partition; with the partition's OID it would wait behind ACCESS EXCLUSIVE (14 to 18).
with recursive
wanted as materialized (
  select w.place, found.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality as w(schema, name, place)
  left join lateral (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.unnest($3::text[]) with ordinality as path(schema, place) on path.schema = n.nspname
    where c.relname = w.name
      and (n.nspname = w.schema
        or w.schema = '' and path.place is not null and n.nspname <> 'pg_catalog' and n.oid <> pg_catalog.pg_my_temp_schema())
    order by path.place
    limit 1
  ) found on true
),
marked as materialized (
  select c.oid
  from pg_catalog.pg_description d
  join pg_catalog.pg_class c on c.oid = d.objoid
  where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.objsubid = 0
    and d.description like 'pg-partsmith:orphan-parent=%'
    and c.relkind in ('r', 'p', 'f')
    and not c.relispartition
),
-- TimeZone as RESET would have it in this session, whatever has been SET in it; then that of the database and of the role, which
-- a client may have overruled when it connected
zones as materialized (
  select 0 as place, s.reset_val as zone
  from pg_catalog.pg_settings s
  where s.name = 'TimeZone'
  union all
  select case when d.setrole = 0 then 1 else 2 end, pg_catalog.substr(c.setting, pg_catalog.length('timezone=') + 1)
  from pg_catalog.pg_db_role_setting d
  cross join lateral pg_catalog.unnest(d.setconfig) as c(setting)
  where (d.setdatabase = 0 or d.setdatabase = (select b.oid from pg_catalog.pg_database b where b.datname = pg_catalog.current_database()))
    and (d.setrole = 0 or d.setrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = session_user))
    and pg_catalog.lower(c.setting) like 'timezone=%'
),
tree as (
  select seed.oid, 0::pg_catalog.oid as parent, false as pending
  from (select oid from wanted where oid is not null and place > $4::int and place <= $5::int union select oid from marked) seed
  union
  select i.inhrelid, i.inhparent, i.inhdetachpending
  from tree t
  join pg_catalog.pg_partitioned_table p on p.partrelid = t.oid
  join pg_catalog.pg_inherits i on i.inhparent = t.oid
    -- always true, but the planner takes it for rare: else it expects a hundred times the rows that there are, and
    -- compiles (jit) for longer than the query runs (14 to 18)
    and coalesce(i.inhseqno, 1) between 1 and 2147483647
)
select
  'server' as tag, 0::bigint as place, 0::bigint as oid, 0::bigint as parent, false as pending,
  pg_catalog.current_database()::text as schema, current_user::text as name,
  '' as kind, '' as persistence, '' as strategy, '' as identity, r.rolsuper as secured, pg_catalog.pg_is_in_recovery() as forced,
  pg_catalog.pg_current_snapshot()::text as bound, r.oid::bigint as owner,
  (extract(epoch from pg_catalog.current_setting('deadlock_timeout')::interval) * 1000)::bigint as space,
  (extract(epoch from pg_catalog.statement_timestamp()) * 1000000)::bigint as method,
  '' as options, 0::float8 as tuples, pg_catalog.current_setting('server_version_num')::bigint as pages,
  (select pg_catalog.string_agg(z.zone, e'\n' order by z.place) from zones z) as comment
from pg_catalog.pg_roles r
where r.rolname = current_user

union all
select
  'want', w.place, coalesce(w.oid, 0)::bigint, 0, false,
  '', '', '', '', '', '', false, false, '', 0, 0, 0, '', 0, 0, ''
from wanted w

union all
select
  'node', 0, t.oid::bigint, t.parent::bigint, t.pending,
  n.nspname::text, c.relname::text,
  c.relkind::text, c.relpersistence::text, coalesce(p.partstrat::text, ''), c.relreplident::text, c.relrowsecurity, c.relforcerowsecurity,
  coalesce(pg_catalog.pg_get_expr(c.relpartbound, 0), ''), c.relowner::bigint,
  c.reltablespace::bigint,
  c.relam::bigint,
  coalesce(pg_catalog.to_json(c.reloptions)::text, ''), c.reltuples::float8, c.relpages::bigint, coalesce(d.description, '')
from tree t
join pg_catalog.pg_class c on c.oid = t.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
left join pg_catalog.pg_description d
  on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
