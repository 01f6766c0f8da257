// Package session works on sessions of a server and gives each back as it was found, or closes it for good.
//
//	conn, err := source.Conn(ctx) // a *sql.DB, or whatever else sessions come from
//	if err != nil {
//		return err
//	}
//	defer conn.Close()
//	s := session.On(conn)
//	if err := s.Begin(ctx, settings); err != nil { // those from before migrations ran, by Read; nil: it stays as it came
//		return err
//	}
//	defer s.End(ctx) // also after the end of ctx
//	if err := s.Prepare(ctx, version); err != nil { // no limits but those that a transaction brings along
//		return err
//	}
//	err = s.Transaction(ctx, "BEGIN; ...; COMMIT")
//	if err != nil && s.Lost() != nil {
//		... // the session is gone, and its locks with it: nothing is tried again on it
//	}
//
// Settings are put back by value, so a pool may have one connection, and its sessions may have been set up by anybody. Where that
// cannot be done within a few seconds, the session is closed for good, also above a pgx pool. Nothing here takes a lock.
package session
