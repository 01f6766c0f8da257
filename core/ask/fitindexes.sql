-- The indexes of a detached partition and of its parent, with all that ATTACH compares (14 to 18), in the order in which it
-- does. Printing definitions and expressions opens the tables. The search_path must be pg_catalog, so that names are whole.
--
-- $1  OID of the detached partition
-- $2  OID of the parent
--
-- In psql:
--   set search_path = pg_catalog, pg_temp;
--   \set fitindexes `cat fitindexes.sql`
--   prepare fitindexes as :fitindexes;
--   execute fitindexes(16400, 16384);
select
  i.indrelid = $2::oid as theirs,
  x.relname as name,
  -- indnullsnotdistinct exists from 15 on, conperiod from 18 on
  pg_catalog.jsonb_build_array(
    x.relam, i.indisunique, pg_catalog.to_jsonb(i) -> 'indnullsnotdistinct', i.indnkeyatts, i.indnatts, columns.names, i.indcollation::text,
    families.opfamilies, pg_catalog.pg_get_expr(i.indexprs, i.indrelid), pg_catalog.pg_get_expr(i.indpred, i.indrelid))::text as shape,
  i.indisunique as unique,
  i.indisvalid as valid,
  i.indisexclusion or coalesce(pg_catalog.to_jsonb(k) ->> 'conperiod', 'false') = 'true' as excludes,
  coalesce(s.spcname, '') as space,
  columns.text as columns,
  pg_catalog.array_to_json(columns.names)::text as names,
  coalesce(k.contype::text, '') as constraint_type,
  case when k.condeferrable then ' DEFERRABLE' else '' end || case when k.condeferred then ' INITIALLY DEFERRED' else '' end as deferral,
  coalesce(pg_catalog.pg_get_constraintdef(k.oid), '') as constraint_def,
  -- what stands behind the name of the table, empty where the text is not what every version so far has printed
  case when pg_catalog.left(d.def, pg_catalog.length(p.prefix)) = p.prefix then pg_catalog.substr(d.def, pg_catalog.length(p.prefix) + 1) else '' end as def
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
left join pg_catalog.pg_tablespace s on s.oid = x.reltablespace
left join pg_catalog.pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
cross join lateral (
  select pg_catalog.array_agg(coalesce(a.attname::text, '') order by c.place) as names,
    pg_catalog.string_agg(coalesce(pg_catalog.quote_ident(a.attname), '(expression)'), ', ' order by c.place) as text
  from pg_catalog.unnest(i.indkey::smallint[]) with ordinality as c(number, place)
  left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = c.number
) columns
cross join lateral (
  select pg_catalog.array_agg(o.opcfamily order by c.place) as opfamilies
  from pg_catalog.unnest(i.indclass::oid[]) with ordinality as c(class, place)
  join pg_catalog.pg_opclass o on o.oid = c.class
) families
cross join lateral (select pg_catalog.pg_get_indexdef(i.indexrelid) as def) d
cross join lateral (
  select pg_catalog.format('CREATE %sINDEX %I ON %s%I.%I ', case when i.indisunique then 'UNIQUE ' else '' end, x.relname,
    case when t.relkind = 'p' then 'ONLY ' else '' end, n.nspname, t.relname) as prefix
) p
where i.indrelid in ($1::oid, $2::oid)
  and i.indislive
order by i.indexrelid
