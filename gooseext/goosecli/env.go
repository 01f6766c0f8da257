package goosecli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/joho/godotenv"
)

// LoadEnv reads variables from a file into the environment, where they are not set already: as goose does, from .env where
// no file is named and one is there, and from none where "none" is. An error shows nothing of the file, which may hold a
// password; a .env that cannot be read is no error for goose, so here it is a line on w.
func LoadEnv(file string, w io.Writer) error {
	switch file {
	case "none":
		return nil
	case "":
		LoadEnvIn(".", w)
		return nil
	}
	if err := load(file); err != nil {
		return &UsageError{"failed to load env file: " + err.Error()}
	}
	return nil
}

// LoadEnvIn reads the .env file of a folder as LoadEnv reads that of the working folder, if there is one.
func LoadEnvIn(folder string, w io.Writer) {
	if err := load(filepath.Join(folder, ".env")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(w, "partsmith-migrate: %s; nothing of it is used\n", err)
	}
}

func load(file string) error {
	err := godotenv.Load(file)
	var path *fs.PathError
	if err == nil || errors.As(err, &path) {
		return err
	}
	if _, missing := os.Stat(file); missing != nil {
		return missing
	}
	return fmt.Errorf("read %s: a line in it is not of the form NAME=value", file)
}

// UsageError says what is wrong with the command line or with the variables that stand for it.
type UsageError struct{ what string }

func wrong(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

func (e *UsageError) Error() string { return e.what }
