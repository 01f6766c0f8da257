-- Sessions that hold, on one of the relations, a lock of one of the modes that stand against ours, oldest transaction first.
-- $1, $2: schemas and names of the relations; $3: for each, the modes as one text divided by commas; $4: whether sessions
-- with a snapshot count as well, which DETACH ... FINALIZE waits for.
with wanted as (
  select c.oid, w.modes
  from unnest($1::text[], $2::text[], $3::text[]) as w(schema, name, modes)
  join pg_catalog.pg_namespace n on n.nspname = w.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
),
standing as (
  select l.pid
  from pg_catalog.pg_locks l
  join wanted w on w.oid = l.relation and l.mode = any (string_to_array(w.modes, ','))
  where l.locktype = 'relation' and l.granted
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
    and l.pid is distinct from pg_catalog.pg_backend_pid()
  union
  select s.pid
  from pg_catalog.pg_stat_activity s
  where $4::boolean and s.backend_xmin is not null and s.pid <> pg_catalog.pg_backend_pid()
    and s.datname = pg_catalog.current_database()
)
select coalesce(b.pid, 0), coalesce(a.application_name, ''), coalesce(a.usename, ''), coalesce(a.state, ''),
  coalesce(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start), 0)::float8,
  coalesce(extract(epoch from pg_catalog.clock_timestamp() - a.query_start), 0)::float8,
  coalesce(a.backend_type = 'autovacuum worker', false)
from standing b
left join pg_catalog.pg_stat_activity a on a.pid = b.pid
order by a.xact_start nulls last, b.pid
limit 5
