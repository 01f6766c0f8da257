-- +goose Up
CREATE TABLE events (
    at   timestamptz NOT NULL,
    what text NOT NULL
) PARTITION BY RANGE (at);

-- +goose Down
DROP TABLE events;
