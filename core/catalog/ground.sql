-- What is told once of a database, however many tables are wanted of it: the server, the wanted tables, those whose comment begins with
-- a marker, and what is found by a look through a whole catalog. One row a fact, its kind in `tag`, the rest as JSON.
--
-- $1  schemas of the wanted tables, an empty one where the search path finds the table
-- $2  their names, in the same order
-- $3  in the same order: the schema where new partitions of each are made, empty: the table's own
-- $4  the schemas of that path, in their order
--
-- In psql, behind reading.sql in a transaction:
--   \set ground `cat ground.sql`
--   prepare ground as :ground;
--   execute ground('{public,""}', '{events,Clicks}', '{"",""}', '{public}');
--
-- It reads system catalogs alone and takes no lock on a table of anybody.
with recursive
wanted as materialized (
  select w.place, w.target, found.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[])) with ordinality as w(schema, name, target, place)
  left join lateral (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.unnest($4::text[]) with ordinality as path(schema, place) on path.schema = n.nspname
    where c.relname = w.name
      and (n.nspname = w.schema
        or w.schema = '' and path.place is not null and n.nspname <> 'pg_catalog' and n.oid <> pg_catalog.pg_my_temp_schema())
    order by path.place
    limit 1
  ) found on true
),
marked as materialized (
  select c.oid
  from pg_catalog.pg_description d
  join pg_catalog.pg_class c on c.oid = d.objoid
  where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.objsubid = 0
    and d.description like 'pg-partsmith:orphan-parent=%'
    and c.relkind in ('r', 'p', 'f')
    and not c.relispartition
),
known as materialized (select w.oid from wanted w where w.oid is not null union select m.oid from marked m),
-- TimeZone as RESET would have it in this session, whatever has been SET in it; then that of the database and of the role, which
-- a client may have overruled when it connected
zones as materialized (
  select 0 as place, s.reset_val as zone
  from pg_catalog.pg_settings s
  where s.name = 'TimeZone'
  union all
  select case when d.setrole = 0 then 1 else 2 end, pg_catalog.substr(c.setting, pg_catalog.length('timezone=') + 1)
  from pg_catalog.pg_db_role_setting d
  cross join lateral pg_catalog.unnest(d.setconfig) as c(setting)
  where (d.setdatabase = 0 or d.setdatabase = (select b.oid from pg_catalog.pg_database b where b.datname = pg_catalog.current_database()))
    and (d.setrole = 0 or d.setrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = session_user))
    and pg_catalog.lower(c.setting) like 'timezone=%'
),
-- one look through pg_constraint for all: foreign keys, and CHECKs of anybody's as a concurrent detach leaves them
standing as materialized (
  select k.oid, k.contype, k.conname, k.convalidated, k.conrelid, k.confrelid, k.conkey, k.confkey
  from pg_catalog.pg_constraint k
  where k.contype = 'f'
      and k.conparentid = 0
    or k.contype = 'c'
      and k.convalidated
      and k.coninhcount = 0
      and k.conrelid <> 0
      and k.conname ~ '_check[0-9]*$'
),
-- foreign keys and publications of single tables that have to do with a known table or with what is below it: of each end the tables
-- above it are looked up, since there are few such ends, and many partitions
keys as materialized (select k.* from standing k where k.contype = 'f'),
listed as materialized (
  select l.prpubid, l.prrelid
  from pg_catalog.pg_publication_rel l
),
above as (
  select e.oid as below, e.oid
  from (select k.conrelid as oid from keys k union select k.confrelid from keys k union select l.prrelid from listed l) e
  union
  select a.below, i.inhparent
  from above a
  join pg_catalog.pg_inherits i on i.inhrelid = a.oid
),
ours as materialized (select distinct a.below as oid from above a join known k on k.oid = a.oid),
keyed as materialized (
  select k.*
  from keys k
  where k.conrelid in (select o.oid from ours o) or k.confrelid in (select o.oid from ours o)
),
ends as materialized (
  select k.oid,
    pg_catalog.array_agg(a.attname::text order by e.place) as own,
    pg_catalog.array_agg(b.attname::text order by e.place) as other
  from keyed k
  cross join lateral rows from (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) with ordinality as e(own, other, place)
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = e.own
  join pg_catalog.pg_attribute b on b.attrelid = k.confrelid and b.attnum = e.other
  group by k.oid
),
-- tables that could have been partitions of one of the wanted tables: nobody's partition, in its schema or that of new
-- partitions, with the same columns, and with such a CHECK or, beside a DEFAULT partition, where detaches leave none, with a name that
-- begins as those of its partitions do
checked as materialized (select k.conrelid as oid, k.conname from standing k where k.contype = 'c'),
seekers as materialized (
  select w.oid, c.relname, n.oid as schema, p.partdefid
  from wanted w
  join pg_catalog.pg_class c on c.oid = w.oid
  join pg_catalog.pg_partitioned_table p on p.partrelid = w.oid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace or n.nspname = w.target
  where p.partstrat = 'r' and not c.relispartition
),
prefixes as materialized (
  select b.oid, b.schema,
    -- as the table's own name begins, else with what they share before the first digit
    case when b.own then b.relname else pg_catalog.substring(pg_catalog.left(b.first, (
      select pg_catalog.max(n) from pg_catalog.generate_series(0, pg_catalog.length(b.first)) n where pg_catalog.left(b.first, n) = pg_catalog.left(b.last, n)
    )), '^[^0-9]*') end as prefix
  from (
    select s.oid, s.schema, s.relname::text as relname, coalesce(pg_catalog.bool_and(pg_catalog.starts_with(c.relname::text, s.relname::text)), true) as own,
      pg_catalog.min(c.relname::text collate "C") as first, pg_catalog.max(c.relname::text collate "C") as last
    from seekers s
    left join pg_catalog.pg_inherits i on i.inhparent = s.oid and not i.inhdetachpending and i.inhrelid <> s.partdefid
    left join pg_catalog.pg_class c on c.oid = i.inhrelid
    where s.partdefid <> 0
    group by s.oid, s.schema, s.relname
  ) b
),
candidates as materialized (
  select c.oid, n.parent
  from (
    select k.oid, null::oid as parent from checked k
    union
    select c.oid, p.oid
    from prefixes p
    join pg_catalog.pg_class c on c.relname >= p.prefix::name and c.relname < (p.prefix || '~')::name and c.relnamespace = p.schema
    where p.prefix <> ''
  ) n
  join pg_catalog.pg_class c on c.oid = n.oid
  where not c.relispartition
    and c.relkind in ('r', 'p')
    and c.relpersistence <> 't'
    and c.oid not in (select k.oid from known k)
),
signed as materialized (
  select c.oid, c.relnamespace as schema, pg_catalog.array_agg(a.attname::text || ' ' || a.atttypid::text order by a.attname) as columns
  from (select n.oid from candidates n union select s.oid from seekers s where exists (select from candidates)) r
  join pg_catalog.pg_class c on c.oid = r.oid
  join pg_catalog.pg_attribute a on a.attrelid = c.oid
  where a.attnum > 0 and not a.attisdropped
  group by c.oid, c.relnamespace
),
lost as materialized (
  select l.*,
    array(
      select k.conname::text
      from checked k
      where k.oid = l.oid
        and not exists (select from pg_catalog.pg_constraint p where p.conrelid = l.parent and p.contype = 'c' and p.conname = k.conname)
      order by 1
    ) as checks
  from (
    select s.oid as parent, n.oid, pg_catalog.bool_or(n.parent is not null) as named
    from candidates n
    join signed mine on mine.oid = n.oid
    join signed theirs on theirs.columns = mine.columns
    join seekers s on s.oid = theirs.oid and s.schema = mine.schema
    where coalesce(n.parent, s.oid) = s.oid
    group by s.oid, n.oid
  ) l
)
select 'server' as tag, pg_catalog.row_to_json(r)::text as fact
from (
  select pg_catalog.current_database() as database, r.rolname as role, r.oid::bigint as "roleOID", r.rolsuper as superuser, pg_catalog.pg_is_in_recovery() as recovery,
    pg_catalog.pg_current_snapshot()::text as snapshot, pg_catalog.current_setting('server_version_num')::int as version,
    (extract(epoch from pg_catalog.current_setting('deadlock_timeout')::interval) * 1000)::bigint as deadlock,
    (extract(epoch from pg_catalog.statement_timestamp()) * 1000000)::bigint as now,
    array(select z.zone from zones z order by z.place) as zones
  from pg_catalog.pg_roles r
  where r.rolname = current_user
) r

union all
select 'want', pg_catalog.row_to_json(r)::text
from (select w.place, w.oid::bigint from wanted w where w.oid is not null) r

union all
select 'marked', m.oid::text
from marked m

union all
select 'lost', pg_catalog.row_to_json(r)::text
from (
  select l.parent::bigint, c.oid::bigint as relation, n.nspname as schema, c.relname as name, c.relowner::bigint as owner, coalesce(d.description, '') as comment,
    l.checks
  from lost l
  join pg_catalog.pg_class c on c.oid = l.oid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_description d
    on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
  where l.named or l.checks <> '{}'
  union all
  -- and those whose comment has the third line of a marker somewhere
  select 0, c.oid::bigint, n.nspname, c.relname, c.relowner::bigint, d.description, '{}'
  from pg_catalog.pg_description d
  join pg_catalog.pg_class c on c.oid = d.objoid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.objsubid = 0
    and d.description like '%partsmith:oid=%'
    and c.relkind in ('r', 'p', 'f')
    and not c.relispartition
  order by 1, 2
) r

union all
select 'space', pg_catalog.row_to_json(r)::text
from (select s.oid::bigint, s.spcname as name from pg_catalog.pg_tablespace s) r

union all
select 'method', pg_catalog.row_to_json(r)::text
from (select m.oid::bigint, m.amname as name from pg_catalog.pg_am m) r

union all
select 'foreign', pg_catalog.row_to_json(r)::text
from (
  select k.oid::bigint, k.conname as name, k.convalidated as valid,
    k.conrelid::bigint as own, n.nspname as own_schema, c.relname as own_name, e.own as own_columns,
    k.confrelid::bigint as other, m.nspname as other_schema, d.relname as other_name, e.other as other_columns
  from keyed k
  join ends e on e.oid = k.oid
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class d on d.oid = k.confrelid
  join pg_catalog.pg_namespace m on m.oid = d.relnamespace
  order by k.conname, k.oid
) r

union all
select 'published', pg_catalog.row_to_json(r)::text
from (
  select p.pubname as name, p.pubviaroot as rooted, '' as schema, l.prrelid::bigint as relation
  from pg_catalog.pg_publication p
  join listed l on l.prpubid = p.oid
  where not p.puballtables and l.prrelid in (select o.oid from ours o)
  union all
  select p.pubname, p.pubviaroot, '', 0
  from pg_catalog.pg_publication p
  where p.puballtables
  union all
  -- pg_publication_namespace exists from 15 on; its rows are found by what they depend on, so that 14 can read this as well
  select p.pubname, p.pubviaroot, s.nspname, 0
  from pg_catalog.pg_publication p
  join pg_catalog.pg_depend pub on pub.refclassid = 'pg_catalog.pg_publication'::pg_catalog.regclass and pub.refobjid = p.oid
  join pg_catalog.pg_depend nsp on nsp.classid = pub.classid and nsp.objid = pub.objid
  join pg_catalog.pg_namespace s on s.oid = nsp.refobjid
  where pub.classid = pg_catalog.to_regclass('pg_catalog.pg_publication_namespace')
    and nsp.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
  order by 1
) r
