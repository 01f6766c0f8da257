// Package session connects the command to the database: one sentence where that fails, and never a password in it.
//
//	database, err := session.Open(ctx, url, session.Options{Doing: "apply"}) // "" leaves everything to libpq's PG* variables
//	if err != nil {
//		return err // a *session.URLError or a *session.ConnectError
//	}
//	defer database.Close()
//	conn, err := database.Conn(ctx)
package session
