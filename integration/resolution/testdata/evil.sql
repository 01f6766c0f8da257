-- A schema that has everything which pg_catalog has: operators, functions, types and relations of the same names, for the
-- same types and, where those of pg_catalog take anything, for exactly the types that we pass. What is called raises a
-- warning, which the log keeps whatever becomes of the transaction, and then does what the real one does, if that is easy.
create schema evil;
grant usage on schema evil to public;

create function evil.caught(what pg_catalog.text) returns pg_catalog.bool language plpgsql set search_path = pg_catalog as $$
begin
  raise warning 'evil % in: %', what, pg_catalog.current_query();
  return true;
end $$;

create function evil.make(definition pg_catalog.text) returns void language plpgsql set search_path = pg_catalog as $$
begin
  execute definition;
exception when others then
  null; -- a signature that plpgsql cannot have, or that is there already
end $$;

set search_path = pg_catalog;

-- operators as they are
select evil.make(format('create function evil.%I(%s) returns %s language plpgsql as %L', 'op' || o.oid,
    concat_ws(', ', nullif(o.oprleft, 0)::regtype, o.oprright::regtype), o.oprresult::regtype,
    format('begin perform evil.caught(%L); return %s operator(pg_catalog.%s) %s; end', 'operator ' || o.oprname,
      case when o.oprleft <> 0 then '$1' end, o.oprname, case when o.oprleft <> 0 then '$2' else '$1' end))),
  evil.make(format('create operator evil.%s (%s rightarg = %s, function = evil.%I)', o.oprname,
    case when o.oprleft <> 0 then format('leftarg = %s, ', o.oprleft::regtype) end, o.oprright::regtype, 'op' || o.oid))
from pg_operator o
where o.oprnamespace = 'pg_catalog'::regnamespace;

-- operators between types that pg_catalog has none for, and would convert: these are exact, so they win from behind as well
with own(type) as (values ('oid'::regtype), ('int2'), ('int4'), ('int8'), ('text'), ('name'), ('"char"'), ('bool'), ('regclass'), ('float8'),
  ('timestamptz'), ('timestamp'), ('date'), ('interval'), ('text[]'), ('oid[]'))
select evil.make(format('create function evil.%I(%s, %s) returns %s language plpgsql as %L', 'between' || row_number() over (),
    l.type, r.type, case o.name when '||' then 'text' when '-' then 'interval' else 'bool' end,
    format('begin perform evil.caught(%L); raise exception %L; end', format('operator %s(%s,%s)', o.name, l.type, r.type), 'evil operator'))),
  evil.make(format('create operator evil.%s (leftarg = %s, rightarg = %s, function = evil.%I)', o.name, l.type, r.type, 'between' || row_number() over ()))
from unnest(array['=', '<>', '<', '>', '<=', '>=', '||', '~~', '!~~', '~', '-', '+', '*']) o(name), own l, own r
where not exists (select from pg_operator p where p.oprname = o.name and p.oprleft = l.type and p.oprright = r.type);

-- functions as they are
select evil.make(format('create function evil.%I(%s) returns %s language plpgsql as %L', p.proname, pg_get_function_identity_arguments(p.oid),
  case when p.proretset or p.prokind <> 'f' or p.proallargtypes is not null then 'text' else format_type(p.prorettype, null) end,
  case when p.proretset or p.prokind <> 'f' or p.proallargtypes is not null or p.provariadic <> 0 then
    format('begin perform evil.caught(%L); raise exception %L; end', 'function ' || p.proname, 'evil function')
  else format('begin perform evil.caught(%L); %s pg_catalog.%I(%s); end', 'function ' || p.proname,
    case when p.prorettype = 'void'::regtype then 'perform' else 'return' end, p.proname,
    (select string_agg('$' || n, ', ' order by n) from generate_series(1, p.pronargs) n)) end))
from pg_proc p
where p.pronamespace = 'pg_catalog'::regnamespace and p.prorettype <> 'internal'::regtype;

-- functions that take anything, for exactly one type
with own(type) as (values ('oid'), ('int2'), ('int4'), ('int8'), ('text'), ('name'), ('"char"'), ('bool'), ('json'), ('timestamptz'), ('date'), ('timestamp'),
  ('text[]'), ('oid[]'), ('name[]'), ('int2[]'), ('record'))
select evil.make(format('create function evil.%I(%s) returns text language plpgsql as %L', f.name, o.type,
  format('begin perform evil.caught(%L); raise exception %L; end', 'function ' || f.name, 'evil function')))
from (select distinct p.proname as name from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.pronargs = 1
    and p.proargtypes[0] in ('"any"'::regtype, 'anyelement'::regtype, 'anyarray'::regtype)) f, own o;

-- types and relations
select evil.make(format('create domain evil.%I as pg_catalog.%I check (evil.caught(%L))', t.typname, t.typname, 'type ' || t.typname))
from pg_type t
where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype = 'b' and t.typelem = 0;
select evil.make(format('create view evil.%I as select * from pg_catalog.%I where (select evil.caught(%L))', c.relname, c.relname, 'relation ' || c.relname))
from pg_class c
where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v');

grant all on all tables in schema evil to public;
