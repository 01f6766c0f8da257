-- What is known about the tables and detached partitions that tree.sql found: one row a fact, its kind in `tag`, the rest as JSON.
--
-- $1  OIDs of the wanted tables and of every partitioned table below them
-- $2  in the same order: the schema where new partitions of each are made
-- $3  OIDs of the detached partitions
-- $4  OIDs of the DEFAULT partitions, and of what is below them
-- $5  OIDs of the roles that own any of these, or a partition
--
-- In psql, behind reading.sql in a transaction:
--   \set detail `cat detail.sql`
--   prepare detail as :detail;
--   execute detail('{16384}', '{public}', '{}', '{}', '{10}');
--
-- It reads system catalogs alone and takes no lock on a table of anybody. The text of a CHECK is left out: to print it,
-- pg_get_constraintdef and pg_get_expr open the table, and would wait behind ACCESS EXCLUSIVE (14 to 18).
with recursive
levels as materialized (
  select l.oid, l.target
  from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::text[])) as l(oid, target)
),
tables as materialized (select distinct oid from levels),
detached as materialized (select o.oid from pg_catalog.unnest($3::oid[]) o(oid)),
loose as materialized (select oid from detached union select d.oid from pg_catalog.unnest($4::oid[]) d(oid)),
me as materialized (
  select r.oid, r.rolsuper as super,
    -- until 15 whoever is a member may SET ROLE; from 16 on membership may be without it
    case when pg_catalog.current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end as entry
  from pg_catalog.pg_roles r
  where r.rolname = current_user
),
owners as materialized (
  select r.oid, r.rolname::text as name, r.rolsuper as super,
    -- the server asks what the session user may; a session that has chosen a lesser role is not lifted above it
    me.super or r.oid = me.oid
      or pg_catalog.pg_has_role(me.oid, r.oid, me.entry) and pg_catalog.pg_has_role(session_user, r.oid, me.entry) as reachable
  from me, pg_catalog.unnest($5::oid[]) o(oid)
  join pg_catalog.pg_roles r on r.oid = o.oid
),
actors as materialized (
  select l.oid, l.target, c.relnamespace, coalesce(case when not me.super then w.oid end, me.oid) as actor
  from levels l
  join pg_catalog.pg_class c on c.oid = l.oid
  cross join me
  left join owners w on w.oid = c.relowner and w.reachable
),
attributes as materialized (
  select a.*
  from (select oid from tables union select oid from detached) r
  join pg_catalog.pg_attribute a on a.attrelid = r.oid
  where a.attnum > 0 and not a.attisdropped
),
-- a domain is followed to the type that it is made of, with the modifier that the domain gives
followed as (
  select t.atttypid as type, t.atttypmod as modifier, t.atttypid as base, t.atttypmod as base_modifier
  from (select distinct atttypid, atttypmod from attributes) t
  union all
  select f.type, f.modifier, t.typbasetype, t.typtypmod
  from followed f
  join pg_catalog.pg_type t on t.oid = f.base
  where t.typtype = 'd'
),
types as materialized (
  select f.type, f.modifier,
    pg_catalog.format_type(f.type, f.modifier) as own,
    pg_catalog.format_type(f.base, f.base_modifier) as base,
    t.typcollation as collation
  from followed f
  join pg_catalog.pg_type t on t.oid = f.base
  where t.typtype <> 'd'
),
collations as materialized (
  select l.oid, n.nspname::text as schema, l.collname::text as name
  from pg_catalog.pg_collation l
  join pg_catalog.pg_namespace n on n.oid = l.collnamespace
),
-- everything that DROP of a detached partition takes along without being told
dropped as (
  select o.oid as detached, 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid as class, o.oid as object
  from detached o
  union
  select d.detached, p.classid, p.objid
  from dropped d
  join pg_catalog.pg_depend p on p.refclassid = d.class and p.refobjid = d.object
  where p.deptype in ('a', 'i', 'P', 'S')
),
-- what depends on one of these and is not among them makes DROP fail; a rule is told as its view
dependents as (
  select distinct d.detached,
    case when v.oid is null then p.classid else 'pg_catalog.pg_class'::pg_catalog.regclass end as class,
    coalesce(v.ev_class, p.objid) as object,
    case when v.oid is null then p.objsubid else 0 end as part
  from dropped d
  join pg_catalog.pg_depend p on p.refclassid = d.class and p.refobjid = d.object
  left join pg_catalog.pg_rewrite v
    on v.oid = p.objid and p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and v.rulename = '_RETURN'
  where p.deptype = 'n'
    and not exists (select from dropped o where o.detached = d.detached and o.class = p.classid and o.object = p.objid)
),
-- whose tables may be believed: memberships as they were granted, since a superuser is a member of every role. From 16 on one
-- may be granted without its rights, as CREATEROLE has it with the roles that it makes.
belongs as (
  select m.member, m.roleid as role
  from pg_catalog.pg_auth_members m
  cross join lateral pg_catalog.to_jsonb(m) j
  where m.member in (select oid from owners)
    and (coalesce((j ->> 'inherit_option')::boolean, true) or coalesce((j ->> 'set_option')::boolean, true))
  union
  select b.member, m.roleid
  from belongs b
  join pg_catalog.pg_auth_members m on m.member = b.role
  cross join lateral pg_catalog.to_jsonb(m) j
  where coalesce((j ->> 'inherit_option')::boolean, true) or coalesce((j ->> 'set_option')::boolean, true)
)
select 'role' as tag, pg_catalog.row_to_json(r)::text as fact
from (select o.oid::bigint, o.name, o.super, o.reachable from owners o) r

union all
select 'trust', pg_catalog.row_to_json(r)::text
from (select b.member::bigint, b.role::bigint from belongs b) r

union all
select 'rights', pg_catalog.row_to_json(r)::text
from (
  select a.oid::bigint as relation, a.target, n.oid is not null as exists, pg_catalog.pg_get_userbyid(a.actor) as actor, own.nspname as schema,
    pg_catalog.has_table_privilege(a.actor, a.oid, 'SELECT') as may_select,
    pg_catalog.has_schema_privilege(a.actor, own.oid, 'USAGE') as may_use,
    pg_catalog.has_schema_privilege(a.actor, n.oid, 'USAGE') as may_use_target,
    pg_catalog.has_schema_privilege(a.actor, n.oid, 'CREATE') as may_create
  from actors a
  join pg_catalog.pg_namespace own on own.oid = a.relnamespace
  left join pg_catalog.pg_namespace n on n.nspname = a.target
) r

union all
select 'grant', pg_catalog.row_to_json(r)::text
from (
  select l.oid::bigint as relation, coalesce(g.rolname::text, '') as grantee, x.privilege_type as privilege, x.is_grantable as grantable
  from tables l
  join pg_catalog.pg_class c on c.oid = l.oid
  cross join lateral pg_catalog.aclexplode(c.relacl) x
  left join pg_catalog.pg_roles g on g.oid = x.grantee
  where x.grantee <> c.relowner
  order by l.oid, 2, 3
) r

union all
select 'column', pg_catalog.row_to_json(r)::text
from (
  select a.attrelid::bigint as relation, a.attname as name, t.own, t.base as type,
    coalesce(l.schema, '') as collation_schema, coalesce(l.name, '') as collation,
    a.attcollation <> t.collation as collated,
    a.attnotnull as not_null, a.attgenerated::text as generated, a.attidentity::text as identity,
    coalesce(a.attstattarget, -1) as target, a.attoptions as options
  from attributes a
  join types t on t.type = a.atttypid and t.modifier = a.atttypmod
  left join collations l on l.oid = a.attcollation
  order by a.attrelid, a.attnum
) r

union all
select 'key', pg_catalog.row_to_json(r)::text
from (
  select p.partrelid::bigint as relation, coalesce(a.attname::text, '') as name, coalesce(t.base, '') as type,
    coalesce(a.attnotnull, false) as not_null, coalesce(a.attgenerated, '') <> '' as generated,
    coalesce(l.schema, '') as collation_schema, coalesce(l.name, '') as collation
  from tables v
  join pg_catalog.pg_partitioned_table p on p.partrelid = v.oid
  cross join lateral rows from (pg_catalog.unnest(p.partattrs::smallint[]), pg_catalog.unnest(p.partcollation::oid[]))
    with ordinality as k(number, collated, place)
  left join attributes a on a.attrelid = p.partrelid and a.attnum = k.number
  left join types t on t.type = a.atttypid and t.modifier = a.atttypmod
  left join collations l on l.oid = k.collated and k.collated <> t.collation
  order by p.partrelid, k.place
) r

union all
select 'identity', pg_catalog.row_to_json(r)::text
from (
  select i.indrelid::bigint as relation, a.attname as name
  from tables v
  join pg_catalog.pg_index i on i.indrelid = v.oid and i.indisreplident
  cross join lateral pg_catalog.unnest(i.indkey::smallint[]) with ordinality as k(number, place)
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
  where k.place <= i.indnkeyatts
  order by i.indrelid, k.place
) r

union all
select 'check', pg_catalog.row_to_json(r)::text
from (
  select k.conrelid::bigint as relation, k.conname as name, k.convalidated as valid, k.connoinherit as alone
  from (select oid from tables union select oid from loose) v
  join pg_catalog.pg_constraint k on k.conrelid = v.oid and k.contype = 'c'
  order by k.conrelid, k.conname
) r

-- triggers that a DELETE fires (bit 3 of tgtype), unless they are off or wait for a replica. Until 14 those that a partition
-- has from its parent are marked as internal, like those of foreign keys, which name another table.
union all
select 'trigger', pg_catalog.row_to_json(r)::text
from (
  select t.tgrelid::bigint as relation, t.tgname as name, t.tgenabled = 'A' as always, t.tgisinternal as internal
  from pg_catalog.unnest($4::oid[]) d(oid)
  join pg_catalog.pg_trigger t on t.tgrelid = d.oid
  where (not t.tgisinternal or t.tgparentid <> 0 and t.tgconstrrelid = 0) and t.tgenabled in ('O', 'A') and t.tgtype & 8 <> 0
  order by t.tgrelid, t.tgname
) r

union all
select 'misfit', pg_catalog.row_to_json(r)::text
from (
  select o.oid::bigint as relation, c.reloftype <> 0 as typed, c.relpersistence = 't' as temporary,
    exists (select from pg_catalog.pg_inherits i where i.inhrelid = o.oid) as child,
    c.relkind <> 'p' and exists (select from pg_catalog.pg_inherits i where i.inhparent = o.oid) as parent
  from detached o
  join pg_catalog.pg_class c on c.oid = o.oid
) r

union all
select 'dependent', pg_catalog.row_to_json(r)::text
from (
  select d.detached::bigint as relation, pg_catalog.pg_describe_object(d.class, d.object, d.part) as description
  from dependents d
  order by 1, 2
) r
