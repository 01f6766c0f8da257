-- Transactions of others that hold any lock on the relation $1: which, and for how long they have been running; null where the
-- server does not tell us.
select l.virtualtransaction, extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.granted and l.relation = $1::bigint::oid
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
  and l.pid is distinct from pg_catalog.pg_backend_pid()
