package fault_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Whatever a fault could do to a world would be seen.
func TestWhatIsLostIsSeen(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ws := newWorlds(t)
	for change, seen := range map[string]string{
		"delete from events where at = '2090-06-14 01:00+00'":                                         "events__2090_06_14 is not to be touched",
		"delete from events__2090_06_11 where at = '2090-06-11 01:00+00'":                             "events__2090_06_11 held",
		"update events__2090_06_09 set note = 'another'":                                              "events__2090_06_09 held",
		"insert into clicks__2090_06_13 select * from clicks__2090_06_13":                             "clicks__2090_06_13 is not to be touched",
		"drop table events__2090_06_08":                                                               "events__2090_06_08 is gone",
		"drop table events__2090_06_10":                                                               "events__2090_06_10 is gone",
		"alter table orders detach partition orders__2090_06_14":                                      "orders__2090_06_14 is not to be touched",
		"comment on table events__2090_05_01 is 'mine'":                                               "events__2090_05_01 is not to be touched",
		"alter index events__2090_06_10_pkey rename to other":                                         "events__2090_06_10 is not to be touched",
		"alter table lines drop constraint lines_ordered_fkey":                                        "lines is not to be touched",
		"create table events__2090_06_16 as select * from events__2090_06_15":                         "events__2090_06_16 is new and holds",
		"create table other (note text)":                                                              "other is new",
		"drop table clicks__2090_06_11; drop table events__2090_05_20":                                "",
		"create table events__2090_06_16 (note text); comment on table events__2090_06_12 is 'other'": "",
	} {
		w := ws.open(t)
		_, err := w.pool.ExecContext(t.Context(), change)
		is.NoErr(err)
		wrong := strings.Join(lost(ws.before, w.state(), ws.after), "\n")
		if seen == "" && wrong != "" || !strings.Contains(wrong, seen) {
			t.Errorf("%s: %q should say %q", change, wrong, seen)
		}
		is.True(differences(w.state(), ws.after) != "") // nor is it what a run makes
		w.close()
	}
	is.Equal(differences(ws.after, ws.after), "")
	is.Equal(len(lost(ws.before, ws.after, ws.after)), 0)
	is.Equal(len(lost(ws.before, ws.before, ws.after)), 0)
}
