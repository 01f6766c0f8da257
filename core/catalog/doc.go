// Package catalog tells what the database says about partitioned tables, undecoded: their keys, bounds and partitions,
// the tables that were once partitions of theirs, foreign keys, owners and missing rights. It only reads.
//
//	snapshot, err := catalog.Read(ctx, conn, []catalog.Want{{Table: catalog.Name{Schema: "public", Table: "events"}}})
//	if err != nil {
//		return err
//	}
//	if err := snapshot.Server.Check(); err != nil {
//		return err
//	}
//	for _, p := range snapshot.Tables[0].Partitions {
//		fmt.Println(p.Name, p.State, p.Bound.Text)
//	}
//
// # What costs nothing, and what does
//
// A snapshot is three statements over the system catalogs, however many tables there are (Reader.ReadParts reads them part by part), inside a transaction whose search_path
// is pg_catalog and pg_temp: Reading begins it, and everything that a Reader sends means what PostgreSQL means by it. It takes no lock on anybody's
// table and waits for nobody, so it may be read at any time: sizes and numbers of rows in it are the estimates of pg_class.
//
// What costs more is asked for: an Ask is a question, package ask puts it to the database under limits of time, and the answer
// is filed in the table.
//
// # Names, bounds and markers
//
// Name, Bound and Marker are what PostgreSQL or we write as text, taken apart: ParseName reads a name as SQL writes it,
// ParseBound what pg_get_expr prints of a bound, ParseMarker the lines that we leave in the comment of a detached partition.
package catalog
