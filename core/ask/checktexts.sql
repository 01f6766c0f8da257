-- The CHECKs that stand on a relation, with their texts. Printing them opens the relation.
--
-- $1  its OID
--
-- In psql, behind reading.sql in a transaction:
--   \set checktexts `cat checktexts.sql`
--   prepare checktexts as :checktexts;
--   execute checktexts(16384);
select k.conname as name, pg_catalog.pg_get_constraintdef(k.oid) as def
from pg_catalog.pg_constraint k
where k.conrelid = $1::oid
  and k.contype = 'c'
order by k.conname
