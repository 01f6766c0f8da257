-- Tables that were partitions once, as far as can be seen, though their comment does not begin with a marker of ours: it has one
-- further down, or they have the key of a partitioned table and most of its columns, and the name, or a CHECK, of one of its partitions.
-- Columns come and go, so not all need to be the same.
-- It reads system catalogs alone and takes no lock on a table of anybody.
-- Operators, types and functions have their schema: the session's search_path is anybody's.
with relations as materialized (
  select c.oid, c.relname::pg_catalog.text as name, n.nspname::pg_catalog.text as schema, c.relispartition as attached,
    coalesce(d.description, '') as comment,
    pg_catalog.regexp_replace(c.relname::pg_catalog.text, '[0-9]+', '#', 'g') as shape,
    array(select pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname::pg_catalog.text), a.atttypid)
      from pg_catalog.pg_attribute a
      where a.attrelid operator(pg_catalog.=) c.oid and a.attnum operator(pg_catalog.>) 0::pg_catalog.int2 and not a.attisdropped) as columns
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
  left join pg_catalog.pg_description d on d.objoid operator(pg_catalog.=) c.oid and d.objsubid operator(pg_catalog.=) 0
    and d.classoid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
  where c.relkind operator(pg_catalog.=) any (array['r', 'p', 'f']::pg_catalog."char"[])
    and n.nspname operator(pg_catalog.<>) all (array['pg_catalog', 'information_schema', 'pg_toast']::pg_catalog.name[])
),
parents as materialized (
  select r.oid, r.schema, r.name, r.columns, a.attname as key,
    pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname::pg_catalog.text), a.atttypid) as column,
    array(select s.shape from relations s join pg_catalog.pg_inherits i on i.inhrelid operator(pg_catalog.=) s.oid
      where i.inhparent operator(pg_catalog.=) r.oid) as shapes
  from relations r
  join pg_catalog.pg_partitioned_table p on p.partrelid operator(pg_catalog.=) r.oid
  join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) r.oid and a.attnum operator(pg_catalog.=) p.partattrs[0]
)
select f.schema, f.name, coalesce(p.schema, ''), coalesce(p.name, ''),
  case when f.marked then 'its comment holds a marker'
    when p.named then 'it has the columns of that table and is named like its partitions'
    else 'it has the columns of that table and a CHECK of its key' end
from (
  select r.*, r.comment operator(pg_catalog.~) '(^|\n)(pg-partsmith:orphan-parent=|partsmith:oid=)' as marked
  from relations r
  where not r.attached and pg_catalog.left(r.comment, 27) operator(pg_catalog.<>) 'pg-partsmith:orphan-parent='
) f
left join lateral (
  select p.schema, p.name,
    f.shape operator(pg_catalog.=) any (p.shapes)
      or pg_catalog.starts_with(f.name, p.name)
        and pg_catalog.substr(f.name, pg_catalog.length(p.name) operator(pg_catalog.+) 1) operator(pg_catalog.~) '[0-9]' as named,
    exists (select from pg_catalog.pg_constraint k
      join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) k.conrelid and a.attnum operator(pg_catalog.=) any (k.conkey)
      where k.conrelid operator(pg_catalog.=) f.oid and k.contype operator(pg_catalog.=) 'c'::pg_catalog."char"
        and a.attname operator(pg_catalog.=) p.key
        and pg_catalog.pg_get_constraintdef(k.oid) operator(pg_catalog.~) ' IS NOT NULL\) AND \(.* (>=|<) ') as checked
  from parents p
  where p.oid operator(pg_catalog.<>) f.oid and p.column operator(pg_catalog.=) any (f.columns)
    and 2 operator(pg_catalog.*) (select pg_catalog.count(*) from pg_catalog.unnest(f.columns) c(name) where c.name operator(pg_catalog.=) any (p.columns))
      operator(pg_catalog.>=) greatest(pg_catalog.cardinality(p.columns), pg_catalog.cardinality(f.columns))::pg_catalog.int8
) p on p.named or p.checked
where f.marked or p.name is not null
order by 1, 2, 3, 4
