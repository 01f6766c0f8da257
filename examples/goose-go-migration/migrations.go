package main

import (
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/gooseext"
)

// readings is the policy of the table: a partition a month, three ahead, two years kept.
func readings() lifecycle.Policy {
	return lifecycle.Policy{
		Every: period.Months(1),
		Ahead: period.Windows(3),
		Keep:  period.Years(2),
	}
}

// goMigrations are those that SQL alone cannot say. Their names are those of files, which need not exist.
func goMigrations() ([]*goose.Migration, error) {
	create, err := gooseext.CreatePartitioned("00002_readings.go", gooseext.Partitioned{
		Table: "public.readings",
		SQL: `CREATE TABLE public.readings (
				at     timestamptz NOT NULL,
				device bigint NOT NULL REFERENCES devices,
				value  double precision
			) PARTITION BY RANGE (at);
			CREATE INDEX ON public.readings (device, at)`,
		Policy: readings(),
	})
	if err != nil {
		return nil, err
	}
	// A partitioned table has no storage parameters of its own; new partitions take those of the newest.
	fill, err := gooseext.AlterPartitions("00003_fillfactor.go", gooseext.Alteration{
		Table: "public.readings",
		Up:    "ALTER TABLE {partition} SET (fillfactor = 90)",
		Down:  "ALTER TABLE {partition} RESET (fillfactor)",
	})
	return []*goose.Migration{create, fill}, err
}
