-- +goose Up
CREATE TABLE devices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

-- +goose Down
DROP TABLE devices;
