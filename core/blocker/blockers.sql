-- Sessions that hold, on one of the relations, a lock of one of the modes that stand against ours, oldest transaction first.
-- $1, $2: schemas and names of the relations; $3: for each, the modes as one text divided by commas; $4: whether sessions
-- with a snapshot count as well, which DETACH ... FINALIZE waits for.
-- Age and state are null where the server does not tell us about others. Every name is qualified: this runs under any search_path.
with wanted as (
  select c.oid, w.modes
  from rows from (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]), pg_catalog.unnest($3::pg_catalog.text[]))
    as w(schema, name, modes)
  join pg_catalog.pg_namespace n on n.nspname operator(pg_catalog.=) w.schema
  join pg_catalog.pg_class c on c.relnamespace operator(pg_catalog.=) n.oid and c.relname operator(pg_catalog.=) w.name
),
locks as materialized (
  select l.*
  from pg_catalog.pg_locks l
  where l.pid is null or l.pid operator(pg_catalog.<>) pg_catalog.pg_backend_pid()
),
standing as (
  select l.pid, l.virtualtransaction as transaction
  from locks l
  join wanted w on w.oid operator(pg_catalog.=) l.relation
    and l.mode operator(pg_catalog.=) any (pg_catalog.string_to_array(w.modes, ','))
  where l.locktype operator(pg_catalog.=) 'relation' and l.granted
    and l.database operator(pg_catalog.=) (select d.oid from pg_catalog.pg_database d where d.datname operator(pg_catalog.=) pg_catalog.current_database())
  union
  select s.pid, l.virtualtransaction
  from pg_catalog.pg_stat_activity s
  join locks l on l.pid operator(pg_catalog.=) s.pid and l.locktype operator(pg_catalog.=) 'virtualxid'
  where $4::pg_catalog.bool and s.backend_xmin is not null
    and s.datname operator(pg_catalog.=) pg_catalog.current_database()
)
select coalesce(b.pid, 0), b.transaction, coalesce(a.application_name, ''), coalesce(a.usename::pg_catalog.text, ''), coalesce(a.state, ''),
  extract(epoch from pg_catalog.clock_timestamp() operator(pg_catalog.-) a.xact_start)::pg_catalog.float8,
  coalesce(extract(epoch from pg_catalog.clock_timestamp() operator(pg_catalog.-) a.query_start)::pg_catalog.float8, 0),
  coalesce(a.backend_type operator(pg_catalog.=) 'autovacuum worker', false)
from standing b
left join pg_catalog.pg_stat_activity a on a.pid operator(pg_catalog.=) b.pid
order by a.xact_start nulls last, b.pid
