package document

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// documentFields are the fields of a whole document.
func documentFields() []form.Field[draft] {
	return []form.Field[draft]{
		form.FieldOf("version", versionKind(), func(d *draft) *int { return &d.version },
			"The version of this format.", 1).Must(),
		form.FieldOf("database", form.SecretKind(), func(d *draft) **form.Node { return &d.database },
			"Where to connect: a URL or a libpq connection string. Usually a variable, which is expanded only when a connection is made.",
			"${DATABASE_URL}", "${file:/run/secrets/database-url}"),
		form.FieldOf("lock", statedKind(lockKind()), func(d *draft) *stated[string] { return &d.lock },
			"Whose advisory lock keeps migrations and this tool apart. Default: goose.", "goose", "atlas", "golang-migrate", "name:my-deploys", "none"),
		form.FieldOf("retire", statedKind(form.SwitchKind()), func(d *draft) *stated[bool] { return &d.retire },
			"off: runs beside a migrator only create; retirement is left to another run. Default: on.", "off"),
		form.FieldOf("defaults", form.ShapeKind(form.MapShape, form.ObjectSchema(defaultsFields())), func(d *draft) **form.Node { return &d.defaults },
			"Fields for every table of this file that does not give them itself. A table with `list` or `hash` takes none that belong to `every`."),
		form.FieldOf("tables", form.ListKind(form.ObjectSchema(tableFields())), func(d *draft) **form.Node { return &d.tables },
			"The partitioned tables and the policy of each."),
	}
}

// tableFields are the fields of an entry of `tables`.
func tableFields() []form.Field[level] {
	table := form.FieldOf("table", tableNamesKind(), func(l *level) *[]tableName { return &l.tables },
		"The table, as SQL writes its name, or a list of tables with the same policy. Without a schema it is found by the search_path.",
		"public.events", []string{"public.events", "public.clicks"}).Must()
	fields := append([]form.Field[level]{table}, gridFields()...)
	fields = append(fields, otherFields()...)
	fields = append(fields, divisionFields(1)...)
	return append(fields, optionalField())
}

// defaultsFields are those that tables may share.
func defaultsFields() []form.Field[level] {
	return append(append(gridFields(), otherFields()...), optionalField())
}

// withinFields are those of the level at a depth below the root.
func withinFields(depth int) []form.Field[level] {
	fields := append(gridFields(), otherFields()...)
	for i := range fields {
		if fields[i].Name == "column" {
			fields[i] = fields[i].Must()
		}
	}
	return append(fields, divisionFields(depth+1)...)
}

// gridFields belong to a level with `every`.
func gridFields() []form.Field[level] {
	return []form.Field[level]{
		form.FieldOf("every", widthKind(), func(l *level) *period.Span { return &l.policy.Every },
			"How wide a partition is: a number of minutes, hours, days, weeks, months, quarters or years, in words or short (15min, 1h, 1d, 1w, 1mo, 1y); a bare integer is a width in ids.",
			"1 hour", "1 day", "1 week", "1 month", 1000000),
		form.FieldOf("ahead", spanKind(), func(l *level) *period.Span { return &l.policy.Ahead },
			"Which partitions must exist from now on: a count, the current one included, a duration, or a number of ids. Default: 4 windows or 14 days, whichever reaches further, at most 200 windows.",
			"14 days", 4, "5000000 ids"),
		form.FieldOf("behind", form.IntKind(0), func(l *level) *int { return &l.policy.Behind },
			"How many windows before the current one must exist as well, never past `keep`. Default: 0.", 30),
		form.FieldOf("keep", spanKind(), func(l *level) *period.Span { return &l.policy.Keep },
			"What is kept: a count of windows, the current one included, a duration, in words or short (90d, 6mo, 720h), or a number of ids below the highest. Absent: everything, for ever. 0 is an error.",
			"90 days", "720h", 12, "5000000 ids"),
		form.FieldOf("drop_after", spanKind(), func(l *level) *period.Span { return &l.policy.DropAfter },
			"How long a detached partition waits before it is dropped. 0: dropped in the same run. Absent: never dropped.",
			"7 days", 0),
		form.FieldOf("encoding", encodingKind(), func(l *level) *string { return &l.policy.Encoding },
			"How the key carries time, where its type does not say: epoch-s, epoch-ms, epoch-us, epoch-ns, uuidv7, ulid, snowflake (= twitter), discord, instagram, or a snowflake of your own.",
			"epoch-ms", "uuidv7"),
		form.FieldOf("origin", form.IDKind(), func(l *level) *int64 { return &l.policy.Origin },
			"Where windows of ids begin to count. Default: 0.", 1),
		form.FieldOf("off_grid", form.WordsKind(form.Word[bool]{Text: "keep", Means: false}, form.Word[bool]{Text: "retire", Means: true}), func(l *level) *bool { return &l.policy.RetireOffGrid },
			"retire: partitions wider than one window retire too once they have expired. Default: keep.", "retire"),
		form.FieldOf("max_retire", form.IntKind(1), func(l *level) *int { return &l.policy.MaxRetire },
			"The brake: if more partitions than this have expired at once, none is detached. Default: 50, or three days' worth of windows if that is more.", 100),
		form.FieldOf("min_runway", spanKind(), func(l *level) *period.Span { return &l.policy.MinRunway },
			"Beside a migrator: how far partitions must reach after a run that could not do everything, or the run fails. Default: to the end of the next window.",
			"2 days", 2),
	}
}

// otherFields are those of any level.
func otherFields() []form.Field[level] {
	return []form.Field[level]{
		form.FieldOf("column", identifierKind(), func(l *level) *string { return &l.policy.Column },
			"The column of the key, as SQL writes its name. At the root it is a check against the database.", "created_at"),
		form.FieldOf("timezone", zoneKind(), func(l *level) **time.Location { return &l.policy.Zone },
			"Time zone of the calendar of the windows, by its name in the tz database. A level below takes that of the level above. Default: that of the existing partitions where their bounds agree, else UTC.",
			"Europe/Berlin", "UTC"),
		form.FieldOf("name", form.TextKind(), func(l *level) *string { return &l.policy.Name },
			"Pattern of the names of new partitions, of {table} and parts of the window's beginning: {yyyy}, {yy}, {mm}, {m}, {mon}, {dd}, {d}, {hh}, {mi}, {iyyy}, {i}, {ww}, {q}, {half}, {epoch}; "+
				"with to_ of its end ({to_dd}), with last_ of its last day. Default: the pattern that the existing partitions follow, where it can be read.",
			"{table}_p{yyyy}{mm}{dd}"),
		form.FieldOf("schema", identifierKind(), func(l *level) *string { return &l.policy.Schema },
			"Schema of new partitions, as SQL writes its name. Default: that of the parent.", "partitions"),
		form.FieldOf("leaf", leafKind(), func(l *level) *leaf.Rule { return &l.policy.Leaf },
			"What new partitions are like. like_newest: what all existing ones have and the table lacks is made as the newest has it; like_parent: they have what the table gives them; or each by itself. Default: like_newest.",
			"like_parent", map[string]any{"triggers": "like_parent", "tablespace": "fast"}),
		form.FieldOf("grants", form.WordsKind(form.Word[bool]{Text: "copy", Means: true}), func(l *level) *bool { return &l.policy.Grants },
			"copy: the grants of the parent go onto new partitions. Default: they do not.", "copy"),
		form.FieldOf("default_check", form.WordsKind(form.Word[bool]{Text: "allowed", Means: true}), func(l *level) *bool { return &l.policy.DefaultCheck },
			"allowed: a CHECK on the DEFAULT partition may spare the scan when a partition is attached; while it stands, rows of the new windows are refused. Default: not allowed.",
			"allowed"),
	}
}

// divisionFields divide by something else than windows.
func divisionFields(depth int) []form.Field[level] {
	return []form.Field[level]{
		form.FieldOf("list", groupsKind(), func(l *level) *[]lifecycle.Group { return &l.policy.List },
			"Instead of `every`: named groups of values that must exist. The bare word default is the DEFAULT partition, null is NULL.",
			map[string]any{"us": []string{"us-east", "us-west"}, "other": "default"}),
		form.FieldOf("hash", form.IntKind(1), func(l *level) *int { return &l.policy.Hash },
			"Instead of `every`: the number of buckets that must exist.", 8),
		form.FieldOf("within", withinKind(depth), func(l *level) **level { return &l.within },
			"What each partition is itself divided by: the same fields again, with `column`, up to 5 levels.",
			map[string]any{"hash": 8, "column": "device_id"}),
	}
}

func optionalField() form.Field[level] {
	return form.FieldOf("optional", form.SwitchKind(), func(l *level) *bool { return &l.policy.Optional },
		"The table may be absent. Default: false.", true)
}

func leafFields() []form.Field[leaf.Rule] {
	return append(likeFields(),
		form.FieldOf("tablespace", identifierKind(), func(l *leaf.Rule) *string { return &l.Tablespace },
			"Tablespace, as SQL writes its name. Default: the table's, else as others says.", "fast"),
		form.FieldOf("access_method", identifierKind(), func(l *leaf.Rule) *string { return &l.AccessMethod },
			"Table access method, as SQL writes its name. Default: the table's, else as others says.", "heap"),
		form.FieldOf("unlogged", loggingKind(), func(l *leaf.Rule) *leaf.Logging { return &l.Logging },
			"New partitions are UNLOGGED: emptied by a crash. Default: where the table is, else as others says.", true),
		form.FieldOf("storage", storageKind(), func(l *leaf.Rule) *map[string]string { return &l.Storage },
			"Storage parameters, or like_newest: those of the newest partition, or like_parent: none. Default: as others says.",
			map[string]any{"fillfactor": 90}))
}
