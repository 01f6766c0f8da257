-- Of several names the first that is free for an index in the schema of a table, and for a constraint of it.
--
-- $1  OID of the table
-- $2  the names, best first
--
-- In psql:
--   set search_path = pg_catalog, pg_temp;
--   \set fitnames `cat fitnames.sql`
--   prepare fitnames as :fitnames;
--   execute fitnames(16400, '{events_pkey,events_pkey1}');
select w.name
from pg_catalog.unnest($2::text[]) with ordinality as w(name, place)
join pg_catalog.pg_class t on t.oid = $1::oid
where not exists (select from pg_catalog.pg_class c where c.relnamespace = t.relnamespace and c.relname = w.name)
  and not exists (select from pg_catalog.pg_constraint k where k.conrelid = t.oid and k.conname = w.name)
order by w.place
limit 1
