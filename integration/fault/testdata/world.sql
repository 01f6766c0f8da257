-- Three tables on 2090-06-15, each with something for a run to do, and strangers beside them.

CREATE SCHEMA proof;

-- A partition of one day, with two rows in it.
CREATE PROCEDURE proof.day(parent text, day date) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
    parent || '__' || to_char(day, 'YYYY_MM_DD'), parent, day + time '00:00' AT TIME ZONE 'UTC', day + 1 + time '00:00' AT TIME ZONE 'UTC');
  EXECUTE format('INSERT INTO %I (at, note) SELECT %L::timestamptz + h * interval ''1 hour'', %L || h FROM generate_series(1, 2) h',
    parent, day + time '00:00' AT TIME ZONE 'UTC', to_char(day, 'DD.MM. '));
END $$;

-- The comment of a partition that was detached then.
CREATE PROCEDURE proof.mark(parent text, child text, at timestamptz, rest text) LANGUAGE plpgsql AS $$
DECLARE bound text;
BEGIN
  SELECT format('FOR VALUES FROM (''%s'') TO (''%s'')', d, d + interval '1 day') INTO bound
    FROM (SELECT to_date(right(child, 10), 'YYYY_MM_DD') + time '00:00' AT TIME ZONE 'UTC') AS x(d);
  EXECUTE format('COMMENT ON TABLE %I IS %L', child, format(E'pg-partsmith:orphan-parent=public.%s\npg-partsmith:detached-at=%s\npartsmith:oid=%s/%s bound=%s%s',
    parent, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), child::regclass::oid, parent::regclass::oid, bound, E'\n' || nullif(rest, '')));
END $$;

-- Detached concurrently, attached again, dropped after a week.
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX ON events (note);
DO $$ BEGIN
  FOR d IN 7..9 LOOP CALL proof.day('events', make_date(2090, 6, d)); END LOOP;
  FOR d IN 11..15 LOOP CALL proof.day('events', make_date(2090, 6, d)); END LOOP;
  CALL proof.day('events', '2090-05-20');
END $$;
COMMENT ON TABLE events__2090_06_09 IS 'kept below the marker';
ALTER TABLE events DETACH PARTITION events__2090_05_20;
CALL proof.mark('events', 'events__2090_05_20', '2090-06-01', '');                         -- to be dropped
ALTER TABLE events DETACH PARTITION events__2090_06_11;
DROP INDEX events__2090_06_11_note_idx;                                                    -- which is made before it is attached
CALL proof.mark('events', 'events__2090_06_11', '2090-06-12', 'a note of its own');        -- to be attached again: keep has grown
CALL proof.mark('events', 'events__2090_06_12', '2090-06-14', '');                         -- attached: the marker is stale

-- Detached plainly, since there is a DEFAULT partition; dropped at once; with a foreign key out.
CREATE TABLE kinds (id int PRIMARY KEY, note text);
INSERT INTO kinds VALUES (1, 'one'), (2, 'two');
CREATE TABLE clicks (at timestamptz NOT NULL, note text, kind int DEFAULT 1 REFERENCES kinds) PARTITION BY RANGE (at);
CREATE TABLE clicks_rest PARTITION OF clicks DEFAULT;
DO $$ BEGIN
  FOR d IN 11..15 LOOP CALL proof.day('clicks', make_date(2090, 6, d)); END LOOP;
END $$;
INSERT INTO clicks (at, note) VALUES ('2080-01-01', 'far away');

-- A foreign key points at it. One detach of the three was interrupted, of a window that is wanted.
CREATE TABLE orders (at timestamptz PRIMARY KEY, note text) PARTITION BY RANGE (at);
DO $$ BEGIN
  CALL proof.day('orders', '2090-06-10');
  FOR d IN 13..15 LOOP CALL proof.day('orders', make_date(2090, 6, d)); END LOOP;
END $$;
CREATE TABLE lines (ordered timestamptz REFERENCES orders, note text);
CREATE INDEX ON lines (ordered);
INSERT INTO lines SELECT at, note FROM orders WHERE at >= '2090-06-15';
CALL proof.mark('orders', 'orders__2090_06_13', '2090-06-14', '');

-- Strangers: no partition, a foreign marker, a table that only looks like ours, in another schema.
CREATE TABLE events__2090_06_10 (LIKE events INCLUDING ALL);
INSERT INTO events__2090_06_10 (at, note) VALUES ('2090-06-10 12:00+00', 'nobody''s');
CREATE TABLE events__2090_05_01 (LIKE events INCLUDING ALL);
INSERT INTO events__2090_05_01 (at, note) VALUES ('2090-05-01 12:00+00', 'another parent''s');
COMMENT ON TABLE events__2090_05_01 IS E'pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2090-05-02T00:00:00+00:00\npartsmith:oid=1/2 bound=FOR VALUES FROM (''2090-05-01 00:00:00+00'') TO (''2090-05-02 00:00:00+00'')';
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.events (LIKE public.events) PARTITION BY RANGE (at);
CREATE TABLE elsewhere.events__2090_05_20 PARTITION OF elsewhere.events FOR VALUES FROM ('2090-05-20') TO ('2090-05-21');
INSERT INTO elsewhere.events (id, at, note) VALUES (1, '2090-05-20 12:00+00', 'elsewhere');

-- One line for each relation: who it is, what it is like, what it holds. Rows that writers add during a test do not count.
CREATE FUNCTION proof.relations() RETURNS TABLE (oid oid, name text, parent text, shape text, comment text, held text) LANGUAGE plpgsql AS $$
BEGIN
  FOR oid, name, parent, shape, comment IN
    SELECT c.oid, c.oid::regclass::text,
      coalesce((SELECT i.inhparent::regclass || ' ' || pg_get_expr(c.relpartbound, 0) || CASE WHEN i.inhdetachpending THEN ' pending' ELSE '' END
        FROM pg_inherits i WHERE i.inhrelid = c.oid), ''),
      c.relkind::text || ' of ' || c.relowner::regrole || ': ' ||
        coalesce((SELECT string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conparentid = 0), '') || '; ' ||
        coalesce((SELECT string_agg(x.indexrelid::regclass || CASE WHEN x.indisvalid THEN '' ELSE ' invalid' END, ', ' ORDER BY x.indexrelid::regclass::text)
          FROM pg_index x WHERE x.indrelid = c.oid), ''),
      coalesce(obj_description(c.oid, 'pg_class'), '')
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text IN ('public', 'elsewhere') ORDER BY 2
  LOOP
    held := '';
    IF shape LIKE 'r%' THEN
      EXECUTE format('SELECT coalesce(string_agg(t::text, '' '' ORDER BY t::text), '''') FROM ONLY %s t WHERE note IS DISTINCT FROM ''writer''', oid::regclass) INTO held;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
