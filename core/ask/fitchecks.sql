-- The CHECKs of a detached partition and of its parent, printed as ATTACH compares them (14 to 18).
--
-- $1  OID of the detached partition
-- $2  OID of the parent
--
-- In psql:
--   set search_path = pg_catalog, pg_temp;
--   \set fitchecks `cat fitchecks.sql`
--   prepare fitchecks as :fitchecks;
--   execute fitchecks(16400, 16384);
select p.conname as name, pg_catalog.pg_get_expr(o.conbin, o.conrelid) as mine, pg_catalog.pg_get_expr(p.conbin, p.conrelid) as theirs
from pg_catalog.pg_constraint p
join pg_catalog.pg_constraint o on o.conrelid = $1::oid and o.contype = 'c' and o.conname = p.conname
where p.conrelid = $2::oid
  and p.contype = 'c'
  and not p.connoinherit
  and pg_catalog.pg_get_expr(o.conbin, o.conrelid) <> pg_catalog.pg_get_expr(p.conbin, p.conrelid)
order by p.conname
