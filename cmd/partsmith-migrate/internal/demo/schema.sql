-- What a migration would have made: three partitioned tables, each with the partitions of its first days.
create table events (
  id bigint generated always as identity,
  at timestamptz not null,
  payload text,
  primary key (id, at)
) partition by range (at);
create index on events (at);

create table payments (
  id bigint generated always as identity,
  paid_at timestamptz not null,
  amount numeric not null,
  primary key (id, paid_at)
) partition by range (paid_at);
create table payments_default partition of payments default;

create table metrics (
  at timestamptz not null,
  sensor int not null,
  value double precision
) partition by range (at);
do $$
declare
  first timestamptz := current_setting('demo.start'); -- the first of a month, midnight
  month interval := '1 month';
begin
  execute format('create table %I partition of events for values from (%L) to (%L)',
    to_char(first, '"events__"YYYY_MM_DD'), first, first + interval '1 day');
  execute format('create table %I partition of payments for values from (%L) to (%L)',
    to_char(first - month, '"payments__"YYYY_MM'), first - month, first);
  execute format('create table %I partition of payments for values from (%L) to (%L)',
    to_char(first, '"payments__"YYYY_MM'), first, first + month);
  execute format('create table %I partition of metrics for values from (%L) to (%L)',
    to_char(first, '"metrics__"YYYY_MM_DD"_06"'), first + interval '6 hours', first + interval '12 hours');
  insert into payments (paid_at, amount) select first - interval '14 days', 10 from generate_series(1, 500);
end $$;
