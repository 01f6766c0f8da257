-- True sizes, with indexes and TOAST, of those relations that nobody holds or wants under ACCESS EXCLUSIVE.
--
-- $1  OIDs
-- $2  lock_timeout, for what is locked between the look at pg_locks and the measuring
--
-- In psql, behind reading.sql in a transaction:
--   \set sizes `cat sizes.sql`
--   prepare sizes as :sizes;
--   execute sizes('{16384}', '20ms');
--
-- To measure a relation PostgreSQL opens it, its indexes and its TOAST table (14 to 18), and a waiting ACCESS EXCLUSIVE
-- makes it wait as well as a granted one. lock_timeout holds to the end of the transaction.
with
forced as materialized (select pg_catalog.set_config('lock_timeout', $2::text, true) is not null as done),
locked as materialized (
  select distinct l.relation
  from pg_catalog.pg_locks l
  where l.locktype = 'relation'
    and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
),
closed as materialized (
  select relation as oid from locked
  union
  select i.indrelid from locked l join pg_catalog.pg_index i on i.indexrelid = l.relation
  union
  select c.oid from locked l join pg_catalog.pg_class c on c.reltoastrelid = l.relation
  union
  select c.oid
  from locked l
  join pg_catalog.pg_index i on i.indexrelid = l.relation
  join pg_catalog.pg_class c on c.reltoastrelid = i.indrelid
),
measured as materialized (
  select o.oid
  from (select distinct oid from pg_catalog.unnest($1::oid[]) u(oid)) o
  where not exists (select from closed where closed.oid = o.oid)
)
select m.oid::bigint, pg_catalog.pg_total_relation_size(m.oid)
from forced
cross join measured m
where forced.done
