-- What a migration would have made: three partitioned tables, each with the partitions of its first days.
create table events (
  id bigint generated always as identity,
  at timestamptz not null,
  payload text,
  primary key (id, at)
) partition by range (at);
create index on events (at);
create table events__2026_03_01 partition of events for values from ('2026-03-01 00:00+00') to ('2026-03-02 00:00+00');

create table payments (
  id bigint generated always as identity,
  paid_at timestamptz not null,
  amount numeric not null,
  primary key (id, paid_at)
) partition by range (paid_at);
create table payments__2026_02 partition of payments for values from ('2026-02-01 00:00+00') to ('2026-03-01 00:00+00');
create table payments__2026_03 partition of payments for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00');
create table payments_default partition of payments default;

create table metrics (
  at timestamptz not null,
  sensor int not null,
  value double precision
) partition by range (at);
create table metrics__2026_03_01_06 partition of metrics for values from ('2026-03-01 06:00+00') to ('2026-03-01 12:00+00');

insert into payments (paid_at, amount) select '2026-02-14 12:00+00', 10 from generate_series(1, 500);
