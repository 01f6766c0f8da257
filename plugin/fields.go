package plugin

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// documentFields are the fields of a whole document.
func documentFields() []field[draft] {
	return []field[draft]{
		fieldOf("version", versionKind(), func(d *draft) *int { return &d.version },
			"The version of this format.", 1).must(),
		fieldOf("database", secretKind(), func(d *draft) **node { return &d.database },
			"Where to connect: a URL or a libpq connection string. Usually a variable, which is expanded only when a connection is made.",
			"${DATABASE_URL}", "${file:/run/secrets/database-url}"),
		fieldOf("lock", statedKind(lockKind()), func(d *draft) *stated[string] { return &d.lock },
			"Whose advisory lock keeps migrations and this tool apart. Default: goose.", "goose", "atlas", "golang-migrate", "name:my-deploys", "none"),
		fieldOf("retire", statedKind(switchKind()), func(d *draft) *stated[bool] { return &d.retire },
			"off: runs beside a migrator only create; retirement is left to another run. Default: on.", "off"),
		fieldOf("defaults", shapeKind(mapShape, objectSchema(defaultsFields())), func(d *draft) **node { return &d.defaults },
			"Fields for every table of this file that does not give them itself. A table with `list` or `hash` takes none that belong to `every`."),
		fieldOf("tables", listKind(objectSchema(tableFields())), func(d *draft) **node { return &d.tables },
			"The partitioned tables and the policy of each."),
	}
}

// tableFields are the fields of an entry of `tables`.
func tableFields() []field[level] {
	table := fieldOf("table", tableNamesKind(), func(l *level) *[]tableName { return &l.tables },
		"The table, as SQL writes its name, or a list of tables with the same policy. Without a schema it is found by the search_path.",
		"public.events", []string{"public.events", "public.clicks"}).must()
	fields := append([]field[level]{table}, gridFields()...)
	fields = append(fields, otherFields()...)
	fields = append(fields, divisionFields(1)...)
	return append(fields, optionalField())
}

// defaultsFields are those that tables may share.
func defaultsFields() []field[level] {
	return append(append(gridFields(), otherFields()...), optionalField())
}

// withinFields are those of the level at a depth below the root.
func withinFields(depth int) []field[level] {
	fields := append(gridFields(), otherFields()...)
	for i := range fields {
		if fields[i].name == "column" {
			fields[i] = fields[i].must()
		}
	}
	return append(fields, divisionFields(depth+1)...)
}

// gridFields belong to a level with `every`.
func gridFields() []field[level] {
	return []field[level]{
		fieldOf("every", widthKind(), func(l *level) *period.Span { return &l.policy.Every },
			"How wide a partition is: a number of minutes, hours, days, weeks, months, quarters or years; a bare integer is a width in ids.",
			"1 hour", "1 day", "1 week", "1 month", 1000000),
		fieldOf("ahead", spanKind(), func(l *level) *period.Span { return &l.policy.Ahead },
			"Which partitions must exist from now on: a count, the current one included, a duration, or a number of ids. Default: 4 windows or 14 days, whichever reaches further, at most 200 windows.",
			"14 days", 4, "5000000 ids"),
		fieldOf("behind", intKind(0), func(l *level) *int { return &l.policy.Behind },
			"How many windows before the current one must exist as well, never past `keep`. Default: 0.", 30),
		fieldOf("keep", spanKind(), func(l *level) *period.Span { return &l.policy.Keep },
			"What is kept: a count of windows, the current one included, a duration, or a number of ids below the highest. Absent: everything, for ever. 0 is an error.",
			"90 days", 12, "5000000 ids"),
		fieldOf("drop_after", spanKind(), func(l *level) *period.Span { return &l.policy.DropAfter },
			"How long a detached partition waits before it is dropped. 0: dropped in the same run. Absent: never dropped.",
			"7 days", 0),
		fieldOf("encoding", encodingKind(), func(l *level) *string { return &l.policy.Encoding },
			"How the key carries time, where its type does not say: epoch-s, epoch-ms, epoch-us, epoch-ns, uuidv7, ulid, snowflake (= twitter), discord, instagram, or a snowflake of your own.",
			"epoch-ms", "uuidv7"),
		fieldOf("origin", idKind(), func(l *level) *int64 { return &l.policy.Origin },
			"Where windows of ids begin to count. Default: 0.", 1),
		fieldOf("off_grid", wordsKind(word[bool]{"keep", false}, word[bool]{"retire", true}), func(l *level) *bool { return &l.policy.RetireOffGrid },
			"retire: partitions wider than one window retire too once they have expired. Default: keep.", "retire"),
		fieldOf("max_retire", intKind(1), func(l *level) *int { return &l.policy.MaxRetire },
			"The brake: if more partitions than this have expired at once, none is detached. Default: 50, or three days' worth of windows if that is more.", 100),
		fieldOf("min_runway", spanKind(), func(l *level) *period.Span { return &l.policy.MinRunway },
			"Beside a migrator: how far partitions must reach after a run that could not do everything, or the run fails. Default: to the end of the next window.",
			"2 days", 2),
	}
}

// otherFields are those of any level.
func otherFields() []field[level] {
	return []field[level]{
		fieldOf("column", identifierKind(), func(l *level) *string { return &l.policy.Column },
			"The column of the key, as SQL writes its name. At the root it is a check against the database.", "created_at"),
		fieldOf("timezone", zoneKind(), func(l *level) **time.Location { return &l.policy.Zone },
			"Time zone of the calendar of the windows, by its name in the tz database. A level below takes that of the level above. Default: UTC.",
			"Europe/Berlin", "UTC"),
		fieldOf("name", textKind(), func(l *level) *string { return &l.policy.Name },
			"Pattern of the names of new partitions, of {table}, {yyyy}, {mm}, {dd}, {hh}, {mi}, {iyyy}, {ww}, {q}, {start}, {n}, {value}. Default: the pattern that the existing partitions follow.",
			"{table}_p{yyyy}{mm}{dd}"),
		fieldOf("schema", identifierKind(), func(l *level) *string { return &l.policy.Schema },
			"Schema of new partitions, as SQL writes its name. Default: that of the parent.", "partitions"),
		fieldOf("leaf", objectKind("leaf", leafFields()), func(l *level) *lifecycle.Leaf { return &l.policy.Leaf },
			"What new partitions are given beyond what they inherit."),
		fieldOf("grants", wordsKind(word[bool]{"copy", true}), func(l *level) *bool { return &l.policy.Grants },
			"copy: the grants of the parent go onto new partitions. Default: they do not.", "copy"),
		fieldOf("default_check", wordsKind(word[bool]{"allowed", true}), func(l *level) *bool { return &l.policy.DefaultCheck },
			"allowed: a CHECK on the DEFAULT partition may spare the scan when a partition is attached; while it stands, rows of the new windows are refused. Default: not allowed.",
			"allowed"),
	}
}

// divisionFields divide by something else than windows.
func divisionFields(depth int) []field[level] {
	return []field[level]{
		fieldOf("list", groupsKind(), func(l *level) *[]lifecycle.Group { return &l.policy.List },
			"Instead of `every`: named groups of values that must exist. The bare word default is the DEFAULT partition, null is NULL.",
			map[string]any{"us": []string{"us-east", "us-west"}, "other": "default"}),
		fieldOf("hash", intKind(1), func(l *level) *int { return &l.policy.Hash },
			"Instead of `every`: the number of buckets that must exist.", 8),
		fieldOf("within", withinKind(depth), func(l *level) **level { return &l.within },
			"What each partition is itself divided by: the same fields again, with `column`, up to 5 levels.",
			map[string]any{"hash": 8, "column": "device_id"}),
	}
}

func optionalField() field[level] {
	return fieldOf("optional", switchKind(), func(l *level) *bool { return &l.policy.Optional },
		"The table may be absent. Default: false.", true)
}

func leafFields() []field[lifecycle.Leaf] {
	return []field[lifecycle.Leaf]{
		fieldOf("tablespace", identifierKind(), func(l *lifecycle.Leaf) *string { return &l.Tablespace },
			"Tablespace, as SQL writes its name.", "fast"),
		fieldOf("access_method", identifierKind(), func(l *lifecycle.Leaf) *string { return &l.AccessMethod },
			"Table access method, as SQL writes its name.", "heap"),
		fieldOf("unlogged", switchKind(), func(l *lifecycle.Leaf) *bool { return &l.Unlogged },
			"New partitions are UNLOGGED: emptied by a crash. Default: false.", true),
		fieldOf("storage", storageKind(), func(l *lifecycle.Leaf) *map[string]string { return &l.Storage },
			"Storage parameters, or like_newest: those of the newest partition. Default: like_newest.",
			map[string]any{"fillfactor": 90}),
	}
}
