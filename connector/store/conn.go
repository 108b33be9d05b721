package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
)

// busy is how long a statement waits for another process's transaction.
const busy = 10 * time.Second

// readers is how many connections read beside the writer.
const readers = 4

type access string

const (
	create access = "rwc"
	write  access = "rw"
	read   access = "ro"
)

// pragmas hold for every connection because they are part of its name; sent over a
// pool they would reach one connection only.
func pragmas(a access) []string {
	p := []string{fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "foreign_keys(1)"}
	if a == read {
		return append(p, "query_only(1)")
	}
	// The WAL stays when the last connection closes (see lasting) and is then empty:
	// frames left in it would be replayed over a backup that is copied to its place.
	return append(p, "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)", "recursive_triggers(1)",
		"journal_size_limit(0)")
}

func dsn(path string, a access) string {
	q := url.Values{"mode": {string(a)}, "_pragma": pragmas(a)}
	if a != read {
		q.Set("_txlock", "immediate")
	}
	// SQLite wants "/C:/…" on Windows, which is what a URL path is.
	slashed := filepath.ToSlash(path)
	if slashed[0] != '/' {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}).String()
}

// open returns a pool on the file. A writing pool has a single connection.
func open(path string, a access) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	base, err := sqlite.NewConnector(dsn(abs, a))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(lasting{base, a != read})
	db.SetMaxOpenConns(1)
	if a == read {
		db.SetMaxOpenConns(readers)
	}
	return db, nil
}

// lasting keeps the -wal and -shm files after a clean stop. Without them a reader
// who may not write the folder, such as an auditor under another user, cannot open
// a database in WAL mode. It is a setting of each connection.
type lasting struct {
	driver.Connector
	on bool
}

func (l lasting) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := l.Connector.Connect(ctx)
	if err != nil || !l.on {
		return conn, err
	}
	control, ok := conn.(sqlite.FileControl)
	if !ok {
		_ = conn.Close()
		return nil, fmt.Errorf("the SQLite driver cannot keep the WAL file")
	}
	if _, err := control.FileControlPersistWAL("main", 1); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("keep the WAL file: %w", err)
	}
	return conn, nil
}
