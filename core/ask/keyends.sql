-- Both ends of foreign keys, column by column, and the operator that compares them.
--
-- $1  OIDs of the constraints
--
-- In psql, behind reading.sql in a transaction:
--   \set keyends `cat keyends.sql`
--   prepare keyends as :keyends;
--   execute keyends('{16400}');
select k.oid::bigint, n.nspname as schema, c.relname as name, a.attname as own, b.attname as other, m.nspname as operator_schema, o.oprname as operator
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral rows from (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey), pg_catalog.unnest(k.conpfeqop))
  with ordinality as e(own, other, operator, place)
join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = e.own
join pg_catalog.pg_attribute b on b.attrelid = k.confrelid and b.attnum = e.other
join pg_catalog.pg_operator o on o.oid = e.operator
join pg_catalog.pg_namespace m on m.oid = o.oprnamespace
where k.oid = any ($1::oid[])
  and k.contype = 'f'
order by k.oid, e.place
