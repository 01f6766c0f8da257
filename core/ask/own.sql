-- What partitions have of their own, so that neither LIKE nor ATTACH gives it to a new one: one row for each thing that the
-- partition in question has, with the number of partitions that have the like (14 to 18).
--
-- $1  OIDs of the partitions
-- $2  in the same order: OID of the parent
-- $3  OIDs of the partitions in question, one of each parent
--
-- In psql:
--   set search_path = pg_catalog, pg_temp;
--   \set own `cat own.sql`
--   prepare own as :own;
--   execute own('{16390,16400}', '{16384,16384}', '{16400}');
--
-- The search_path must be pg_catalog, so that names are whole. Definitions are printed, which opens the tables, only of what
-- partitions have of their own; where they have nothing, catalogs alone are read. In a definition chr(2) stands for the name of the
-- table behind ON, and chr(1) for the bare name wherever else it is a word, where the name is one that is no word of anything else.
-- A definition is empty where its text is not what every version so far has printed.
with
leaves as materialized (
  select l.oid, l.parent, l.oid = any ($3::oid[]) as asked, c.relname::text as name, c.reltoastrelid as toast,
    pg_catalog.format('%I.%I', n.nspname, c.relname) as whole,
    case when c.relname ~ '^[a-z_][a-z0-9_]{4,}$' and c.relname ~ '[0-9]' then '\m' || c.relname || '\M' else '$^' end as word
  from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::oid[])) as l(oid, parent)
  join pg_catalog.pg_class c on c.oid = l.oid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
),
-- the index of a constraint is made with it
indexes as (
  select l.oid, l.parent, i.indexrelid, i.indisunique, x.relname, l.whole, coalesce(s.spcname::text, '') as space
  from leaves l
  join pg_catalog.pg_index i on i.indrelid = l.oid
  join pg_catalog.pg_class x on x.oid = i.indexrelid
  left join pg_catalog.pg_tablespace s on s.oid = x.reltablespace
  where not x.relispartition and i.indislive and i.indisvalid
    and not exists (select from pg_catalog.pg_constraint k where k.conrelid = l.oid and k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  offset 0
),
printed as materialized (
  select i.*, case when pg_catalog.left(d.def, pg_catalog.length(p.prefix)) = p.prefix then pg_catalog.substr(d.def, pg_catalog.length(p.prefix) + 1) else '' end as def
  from indexes i
  cross join lateral (select pg_catalog.pg_get_indexdef(i.indexrelid) as def) d
  cross join lateral (
    select pg_catalog.format('CREATE %sINDEX %I ON %s ', case when i.indisunique then 'UNIQUE ' else '' end, i.relname, i.whole) as prefix
  ) p
),
-- what the parents have of the same kind; printed of these alone, never in a condition of a join, which a plan could ask about every
-- index or constraint of the database, and wait for whoever holds its table
like_indexes as materialized (
  select o.parent, o.indisunique, pg_catalog.substr(d.def, pg_catalog.length(p.prefix) + 1) as def
  from (select distinct i.parent from indexes i) v
  cross join lateral (
    select v.parent, o.indexrelid, o.indisunique, x.relname, n.nspname, t.relname as ontable
    from pg_catalog.pg_index o
    join pg_catalog.pg_class x on x.oid = o.indexrelid
    join pg_catalog.pg_class t on t.oid = o.indrelid
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    where o.indrelid = v.parent and o.indislive
    offset 0
  ) o
  cross join lateral (select pg_catalog.pg_get_indexdef(o.indexrelid) as def) d
  cross join lateral (
    select pg_catalog.format('CREATE %sINDEX %I ON ONLY %I.%I ', case when o.indisunique then 'UNIQUE ' else '' end, o.relname, o.nspname, o.ontable) as prefix
  ) p
  where pg_catalog.left(d.def, pg_catalog.length(p.prefix)) = p.prefix
),
constraints as materialized (
  select l.oid, l.parent, k.oid as id, k.conname::text as name, k.contype, coalesce(s.spcname::text, '') as space,
    -- foreign keys aside, NOT VALID is of no account where there are no rows
    pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') as def,
    exists (
      select from pg_catalog.pg_attribute a
      join pg_catalog.pg_attribute b on b.attrelid = l.parent and b.attname = a.attname
      join pg_catalog.pg_partitioned_table p on p.partrelid = l.parent and b.attnum = any (p.partattrs::smallint[])
      where a.attrelid = l.oid and a.attnum = any (k.conkey)
    ) as keyed
  from leaves l
  join pg_catalog.pg_constraint k on k.conrelid = l.oid
  left join pg_catalog.pg_class x on x.oid = k.conindid and k.contype in ('p', 'u', 'x')
  left join pg_catalog.pg_tablespace s on s.oid = x.reltablespace
  where k.contype in ('p', 'u', 'x', 'c', 'f') and k.conparentid = 0 and k.coninhcount = 0 and coalesce(not x.relispartition, true)
  offset 0
),
like_constraints as materialized (
  select v.parent, o.contype, pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(o.oid), ' NOT VALID$', '') as def
  from (select distinct k.parent, k.contype from constraints k) v
  cross join lateral (select o.oid, o.contype from pg_catalog.pg_constraint o where o.conrelid = v.parent and o.contype = v.contype offset 0) o
),
triggers as (
  select l.oid, l.parent, g.tgname::text as name, g.tgconstraint <> 0 as constrained, g.tgenabled::text as enabled,
    case
      when pg_catalog.left(d.def, pg_catalog.length(p.prefix)) = p.prefix and pg_catalog.length(d.def) - pg_catalog.length(pg_catalog.replace(d.def, p.ontable, '')) = pg_catalog.length(p.ontable)
        then pg_catalog.replace(pg_catalog.substr(d.def, pg_catalog.length(p.prefix) + 1), p.ontable, ' ON ' || pg_catalog.chr(2) || ' ')
      else ''
    end as def
  from leaves l
  join pg_catalog.pg_trigger g on g.tgrelid = l.oid and not g.tgisinternal and g.tgparentid = 0
  cross join lateral (select pg_catalog.pg_get_triggerdef(g.oid) as def) d
  cross join lateral (
    select pg_catalog.format('CREATE %sTRIGGER %I ', case when g.tgconstraint <> 0 then 'CONSTRAINT ' else '' end, g.tgname) as prefix, ' ON ' || l.whole || ' ' as ontable
  ) p
),
-- what LIKE has taken from the parent is not known by any mark
statistics as (
  select l.oid, l.parent, s.stxname::text as name, n.def
  from leaves l
  join pg_catalog.pg_statistic_ext s on s.stxrelid = l.oid
  join pg_catalog.pg_namespace own on own.oid = s.stxnamespace
  cross join lateral (select pg_catalog.pg_get_statisticsobjdef(s.oid) as def) d
  cross join lateral (select pg_catalog.format('CREATE STATISTICS %I.%I', own.nspname, s.stxname) as prefix, ' FROM ' || l.whole as suffix) p
  cross join lateral (
    select case when pg_catalog.left(d.def, pg_catalog.length(p.prefix)) = p.prefix and pg_catalog.right(d.def, pg_catalog.length(p.suffix)) = p.suffix
      then pg_catalog.substr(d.def, pg_catalog.length(p.prefix) + 1, pg_catalog.length(d.def) - pg_catalog.length(p.prefix) - pg_catalog.length(p.suffix)) else '' end as def
  ) n
  where not exists (
    select from (
      select o.oid, pg_catalog.format('CREATE STATISTICS %I.%I', m.nspname, o.stxname) as prefix
      from pg_catalog.pg_statistic_ext o
      join pg_catalog.pg_namespace m on m.oid = o.stxnamespace
      where o.stxrelid = l.parent
      offset 0
    ) o
    where pg_catalog.starts_with(pg_catalog.pg_get_statisticsobjdef(o.oid), o.prefix || n.def || ' FROM ')
  )
),
policies as (
  select l.oid, l.parent, p.polname::text as name,
    case when p.polpermissive then '' else 'AS RESTRICTIVE ' end
      || case p.polcmd when 'r' then 'FOR SELECT ' when 'a' then 'FOR INSERT ' when 'w' then 'FOR UPDATE ' when 'd' then 'FOR DELETE ' else '' end
      || 'TO ' || roles.text
      || coalesce(' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '')
      || coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') as def
  from leaves l
  join pg_catalog.pg_policy p on p.polrelid = l.oid
  cross join lateral (
    select pg_catalog.string_agg(coalesce(pg_catalog.quote_ident(r.rolname), 'PUBLIC'), ', ' order by r.rolname) as text
    from pg_catalog.unnest(p.polroles) o(oid)
    left join pg_catalog.pg_roles r on r.oid = o.oid
  ) roles
),
-- a column of a partition and that of its parent; what the parent says goes
columns as (
  select l.oid, l.parent, a.attname::text as name, v.kind, v.value
  from leaves l
  join pg_catalog.pg_attribute a on a.attrelid = l.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_attribute b on b.attrelid = l.parent and b.attname = a.attname
  join pg_catalog.pg_type t on t.oid = a.atttypid
  left join pg_catalog.pg_description d
    on d.objoid = a.attrelid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = a.attnum
  left join pg_catalog.pg_description e
    on e.objoid = b.attrelid and e.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objsubid = b.attnum
  cross join lateral (values
    ('target', case when coalesce(b.attstattarget, -1) < 0 and a.attstattarget >= 0 then a.attstattarget::text end),
    ('options', case when b.attoptions is null then pg_catalog.array_to_string(a.attoptions, ', ') end),
    ('storage', case when b.attstorage = t.typstorage and a.attstorage <> t.typstorage
      then case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'x' then 'EXTENDED' else 'MAIN' end end),
    ('compression', case when b.attcompression = '' then case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end end),
    ('not null', case when a.attnotnull and not b.attnotnull
        and not exists (select from pg_catalog.pg_constraint k where k.conrelid = l.oid and k.contype = 'p' and a.attnum = any (k.conkey)) then '' end),
    ('column comment', case when e.description is null then d.description end)
  ) as v(kind, value)
  where v.value is not null
),
things as (
  select i.oid, 'index' as kind, '' as subject, i.relname::text as name, case when i.indisunique then 'UNIQUE ' else '' end as head, i.def, '' as state, i.space, false as keyed
  from printed i
  where not exists (select from like_indexes o where o.parent = i.parent and o.indisunique = i.indisunique and o.def = i.def)
  union all
  select k.oid, case k.contype when 'c' then 'check' when 'f' then 'foreign key' else 'constraint' end, '', k.name, '', k.def, '', k.space, k.contype = 'c' and k.keyed
  from constraints k
  where not exists (select from like_constraints o where o.parent = k.parent and o.contype = k.contype and o.def = k.def)
  union all
  select g.oid, 'trigger', '', g.name, case when g.constrained then 'CONSTRAINT ' else '' end, g.def, g.enabled, '', false
  from triggers g
  union all
  select s.oid, 'statistics', '', s.name, '', s.def, '', '', false
  from statistics s
  union all
  select p.oid, 'policy', p.name, p.name, '', p.def, '', '', false
  from policies p
  union all
  select c.oid, c.kind, c.name, c.name, '', c.value, '', '', false
  from columns c
  union all
  select l.oid, 'toast', '', '', '', o.option, '', '', false
  from leaves l
  join pg_catalog.pg_class t on t.oid = l.toast
  cross join lateral pg_catalog.unnest(t.reloptions) o(option)
  union all
  select l.oid, 'rule', r.rulename, r.rulename, '', '', '', '', false
  from leaves l
  join pg_catalog.pg_rewrite r on r.ev_class = l.oid
)
select l.parent::bigint, t.kind, (pg_catalog.array_agg(t.name order by t.name) filter (where l.asked))[1] as name, t.head, d.def, t.state,
  coalesce((pg_catalog.array_agg(t.space order by t.name) filter (where l.asked))[1], '') as space,
  t.keyed, pg_catalog.count(distinct t.oid) as partitions
from things t
join leaves l on l.oid = t.oid
cross join lateral (select pg_catalog.regexp_replace(t.def, l.word, pg_catalog.chr(1), 'g') as def) d
group by l.parent, t.kind, t.subject, t.head, d.def, t.state, t.keyed
having pg_catalog.bool_or(l.asked)
order by 1, 2, 3, 5
