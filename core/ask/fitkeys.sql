-- The foreign keys that a detached partition and its parent have, with all that ATTACH compares (14 to 18). The
-- search_path must be pg_catalog, so that names are whole.
--
-- $1  OID of the detached partition
-- $2  OID of the parent
--
-- In psql:
--   set search_path = pg_catalog, pg_temp;
--   \set fitkeys `cat fitkeys.sql`
--   prepare fitkeys as :fitkeys;
--   execute fitkeys(16400, 16384);
select
  k.conrelid = $2::oid as theirs,
  k.conname as name,
  pg_catalog.jsonb_build_array(k.confrelid, ends.own, k.confkey::text, k.confupdtype, k.confdeltype, k.confmatchtype, k.condeferrable, k.condeferred)::text as shape,
  k.convalidated as valid,
  -- NOT ENFORCED exists from 18 on
  coalesce(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true' as enforced,
  pg_catalog.pg_get_constraintdef(k.oid) as def
from pg_catalog.pg_constraint k
cross join lateral (
  select pg_catalog.array_agg(a.attname::text order by e.place) as own
  from pg_catalog.unnest(k.conkey) with ordinality as e(number, place)
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = e.number
) ends
where k.contype = 'f'
  and k.conrelid in ($1::oid, $2::oid)
  -- a key onto a partitioned table has further rows, one for each of its partitions
  and not exists (select from pg_catalog.pg_constraint m where m.oid = k.conparentid and m.conrelid = k.conrelid)
order by k.oid
