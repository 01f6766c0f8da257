-- Which partitions have anything of their own that the parent lacks: indexes, constraints, triggers, rules, policies, statistics, settings
-- and comments of columns, parameters of TOAST. It prints nothing and opens no table, so it never waits (14 to 18). What it tells may
-- turn out to be nothing: own.sql looks closely.
--
-- $1  OIDs of partitions
-- $2  in the same order: OID of the parent
--
-- In psql, behind reading.sql in a transaction:
--   \set owning `cat owning.sql`
--   prepare owning as :owning;
--   execute owning('{16390}', '{16384}');
select l.parent::bigint
from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::oid[])) as l(oid, parent)
join pg_catalog.pg_class c on c.oid = l.oid
where c.relhasrules
  or c.relhasindex and exists (
    select from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    where i.indrelid = l.oid and not x.relispartition
  )
  or exists (
    select from pg_catalog.pg_constraint k
    where k.conrelid = l.oid and k.contype in ('c', 'f') and k.conparentid = 0 and k.coninhcount = 0
  )
  or c.relhastriggers and exists (select from pg_catalog.pg_trigger g where g.tgrelid = l.oid and not g.tgisinternal and g.tgparentid = 0)
  or exists (select from pg_catalog.pg_policy p where p.polrelid = l.oid)
  or (select pg_catalog.count(*) from pg_catalog.pg_statistic_ext s where s.stxrelid = l.oid)
    > (select pg_catalog.count(*) from pg_catalog.pg_statistic_ext s where s.stxrelid = l.parent)
  or exists (
    select from pg_catalog.pg_attribute a
    join pg_catalog.pg_attribute b on b.attrelid = l.parent and b.attname = a.attname
    where a.attrelid = l.oid and a.attnum > 0 and not a.attisdropped
      and (coalesce(a.attstattarget, -1) <> coalesce(b.attstattarget, -1) or a.attoptions is not null and b.attoptions is null
        or a.attstorage <> b.attstorage or a.attcompression <> b.attcompression or a.attnotnull and not b.attnotnull)
  )
  or exists (
    select from pg_catalog.pg_description d
    join pg_catalog.pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
    join pg_catalog.pg_attribute b on b.attrelid = l.parent and b.attname = a.attname
    where d.objoid = l.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid > 0
      and not exists (select from pg_catalog.pg_description e where e.objoid = l.parent and e.classoid = d.classoid and e.objsubid = b.attnum)
  )
  or exists (select from pg_catalog.pg_class t where t.oid = c.reltoastrelid and t.reloptions is not null)
