-- Only the table: its partitions are made after the migrations, in this run and in all that follow.

-- +goose Up
CREATE TABLE events (
    at      timestamptz NOT NULL,
    account bigint NOT NULL REFERENCES accounts,
    kind    text NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX ON events (account, at);

-- +goose Down
DROP TABLE events;
