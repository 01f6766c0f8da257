-- The wanted tables, everything below them, and every table whose comment begins with a marker, with all below it.
--
-- $1  schemas of the wanted tables, an empty one where the search_path finds the table
-- $2  their names, in the same order
--
-- In psql:
--   \set tree `cat tree.sql`
--   prepare tree as :tree;
--   execute tree('{public,""}', '{events,Clicks}');
--
-- It reads system catalogs alone and takes no lock on a table of anybody. pg_get_expr with relation 0 prints a bound
-- without opening the partition; with the partition's OID it would wait behind ACCESS EXCLUSIVE (14 to 18).
-- A bound is printed under the session's settings, so `forced` sets those that matter until the end of the
-- transaction, before the first bound is printed, and the last row puts them back: a caller inside a transaction of its own keeps what it had.
with recursive
before as materialized (
  select
    pg_catalog.current_setting('TimeZone') as zone,
    pg_catalog.current_setting('DateStyle') as dates,
    pg_catalog.current_setting('IntervalStyle') as intervals,
    pg_catalog.current_setting('extra_float_digits') as digits,
    pg_catalog.current_setting('bytea_output') as bytes,
    pg_catalog.current_setting('standard_conforming_strings') as strings
),
forced as materialized (
  select pg_catalog.set_config('TimeZone', 'UTC', true) is not null
    and pg_catalog.set_config('DateStyle', 'ISO, YMD', true) is not null
    and pg_catalog.set_config('IntervalStyle', 'postgres', true) is not null
    and pg_catalog.set_config('extra_float_digits', '1', true) is not null
    and pg_catalog.set_config('bytea_output', 'hex', true) is not null
    and pg_catalog.set_config('standard_conforming_strings', 'on', true) is not null
    and before.zone is not null as done
  from before
),
wanted as materialized (
  select w.place, found.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality as w(schema, name, place)
  left join lateral (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relname = w.name
      and (n.nspname = w.schema or w.schema = '' and pg_catalog.pg_table_is_visible(c.oid))
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
tree as (
  select seed.oid, 0::pg_catalog.oid as parent, false as pending
  from (select oid from wanted where oid is not null union select oid from marked) seed
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
  before.zone as bound, r.oid::bigint as owner,
  (extract(epoch from pg_catalog.current_setting('deadlock_timeout')::interval) * 1000)::bigint as space,
  (extract(epoch from pg_catalog.statement_timestamp()) * 1000000)::bigint as method,
  '' as options, 0::float8 as tuples, pg_catalog.current_setting('server_version_num')::bigint as pages, '' as comment
from before
join pg_catalog.pg_roles r on r.rolname = current_user

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
  case when (select done from forced) then coalesce(pg_catalog.pg_get_expr(c.relpartbound, 0), '') end, c.relowner::bigint,
  c.reltablespace::bigint,
  c.relam::bigint,
  coalesce(pg_catalog.to_json(c.reloptions)::text, ''), c.reltuples::float8, c.relpages::bigint, coalesce(d.description, '')
from tree t
join pg_catalog.pg_class c on c.oid = t.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
left join pg_catalog.pg_description d
  on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0

union all
select
  'end', 0, 0, 0, false,
  '', '', '', '', '', '', false, false,
  pg_catalog.set_config('TimeZone', zone, true)
    || pg_catalog.set_config('DateStyle', dates, true)
    || pg_catalog.set_config('IntervalStyle', intervals, true)
    || pg_catalog.set_config('extra_float_digits', digits, true)
    || pg_catalog.set_config('bytea_output', bytes, true)
    || pg_catalog.set_config('standard_conforming_strings', strings, true),
  0, 0, 0, '', 0, 0, ''
from before
