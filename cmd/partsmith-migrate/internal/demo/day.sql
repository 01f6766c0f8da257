-- The rows of one day. An insert that finds no partition would fail, and so would the demo.
with hours as (select $1::timestamptz + n * interval '20 seconds' as at, n from generate_series(0, 1000) n),
  e as (insert into events (at, payload) select at, repeat('x', 200) from hours),
  p as (insert into payments (paid_at, amount) select at, n from hours where n % 50 = 0)
insert into metrics (at, sensor, value) select at, n % 7, random() from hours
