package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed schema/*.sql
var schema embed.FS

// ErrNewer says that the database was made by a later version of this program.
var ErrNewer = errors.New("the database was made by a newer leadfront; install that version again")

// steps are the migrations in order. Their number is their place, so a step is
// never changed, removed or put in between once it was released.
func steps() ([]string, error) { return fs.Glob(schema, "schema/*.sql") }

// version returns how many steps the database has seen, and refuses one that has
// seen more than there are.
func version(ctx context.Context, db *sql.DB) (have, want int, err error) {
	names, err := steps()
	if err != nil {
		return 0, 0, err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return 0, 0, fmt.Errorf("read the version of the database: %w", err)
	}
	if have > len(names) {
		return 0, 0, fmt.Errorf("%w (schema %d, known here: %d)", ErrNewer, have, len(names))
	}
	return have, len(names), nil
}

// migrate brings the database to the schema of this program, each step in a
// transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	have, _, err := version(ctx, db)
	if err != nil {
		return err
	}
	names, err := steps()
	if err != nil {
		return err
	}
	for i, name := range names[have:] {
		if err := step(ctx, db, name, have+i+1); err != nil {
			return fmt.Errorf("bring the database to %s: %w", name, err)
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, name string, number int) error {
	text, err := schema.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", number)); err != nil {
		return err
	}
	return tx.Commit()
}
