-- What the session's own settings are, while those that reading wants take their place until the end of the transaction
-- or of the savepoint. It is the one statement that runs under the session's search_path, so everything in it is
-- qualified; those after it cannot reach anything outside of pg_catalog by an operator, a function, a cast or a type.
--
-- In psql, inside a transaction:
--   \i reading.sql
--
-- search_path comes before client_encoding, whose conversion is looked up by it. idle_in_transaction_session_timeout
-- ends a client that has stopped: nobody waits for what it holds. transaction_timeout exists from 17 on. To plan a long query, or to
-- compile it, takes longer than to run it: each is planned once, whatever arrays it is given.
with own as materialized (
  select
    pg_catalog.current_schemas(false)::pg_catalog.text as schemas,
    pg_catalog.current_setting('server_version_num')::pg_catalog.int4 as version
),
forced as materialized (
  select own.schemas, own.version, array[
    pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),
    pg_catalog.set_config('client_encoding', 'UTF8', true),
    pg_catalog.set_config('idle_in_transaction_session_timeout', '60s', true),
    pg_catalog.set_config('statement_timeout', '0', true),
    case when pg_catalog.current_setting('transaction_timeout', true) is not null
      then pg_catalog.set_config('transaction_timeout', '0', true) end,
    pg_catalog.set_config('TimeZone', 'UTC', true),
    pg_catalog.set_config('DateStyle', 'ISO, YMD', true),
    pg_catalog.set_config('IntervalStyle', 'postgres', true),
    pg_catalog.set_config('extra_float_digits', '1', true),
    pg_catalog.set_config('bytea_output', 'hex', true),
    pg_catalog.set_config('standard_conforming_strings', 'on', true),
    pg_catalog.set_config('jit', 'off', true),
    pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)
  ] as settings
  from own
)
select schemas, version from forced where settings is not null
