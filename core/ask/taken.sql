-- Which names a new table cannot have, and what has them. A table needs its name among relations and among types;
-- the array type of another type makes room by itself.
--
-- $1  schemas
-- $2  names, in the same order
--
-- In psql, behind reading.sql in a transaction:
--   \set taken `cat taken.sql`
--   prepare taken as :taken;
--   execute taken('{public}', '{events}');
select w.schema, w.name,
  coalesce(
    case c.relkind
      when 'r' then 'table' when 'p' then 'partitioned table' when 'f' then 'foreign table' when 'v' then 'view'
      when 'm' then 'materialized view' when 'S' then 'sequence' when 'i' then 'index' when 'I' then 'index' when 'c' then 'type'
    end,
    'type') as what
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as w(schema, name)
join pg_catalog.pg_namespace n on n.nspname = w.schema
left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
left join pg_catalog.pg_type t on t.typnamespace = n.oid and t.typname = w.name
  and not exists (select from pg_catalog.pg_type e where e.oid = t.typelem and e.typarray = t.oid)
where c.oid is not null or t.oid is not null
