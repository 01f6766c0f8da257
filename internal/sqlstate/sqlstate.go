package sqlstate

import "errors"

// Of is the SQLSTATE of an error, empty where the server did not say it. pgx and lib/pq both tell it so.
func Of(err error) string {
	var stated interface{ SQLState() string }
	if errors.As(err, &stated) {
		return stated.SQLState()
	}
	return ""
}
