-- The table alone: its partitions are made after the migrations, in this run and in every later one.

-- +goose Up
CREATE TABLE events (
  at      timestamptz NOT NULL DEFAULT now(),
  account bigint NOT NULL,
  kind    text NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX ON events (account, at);

-- +goose Down
DROP TABLE events;
