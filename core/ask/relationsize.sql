-- The size of a relation and of everything below it, TOAST included, indexes left out.
--
-- $1  its OID
--
-- In psql, behind reading.sql in a transaction:
--   \set relationsize `cat relationsize.sql`
--   prepare relationsize as :relationsize;
--   execute relationsize(16384);
with recursive tree as (
  select $1::oid as oid
  union
  select i.inhrelid from tree t join pg_catalog.pg_inherits i on i.inhparent = t.oid
)
select coalesce(sum(pg_catalog.pg_table_size(t.oid)), 0)::bigint from tree t
