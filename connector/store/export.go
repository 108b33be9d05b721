package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Selection says which entries of the log are wanted. Zero fields select all.
type Selection struct {
	From, Until time.Time // of the entries' own instants; Until is exclusive
	Person      string    // HR id, or pseudonym of somebody who was erased
	Program     string
	Kinds       []string
}

// exportPage is how many entries are read at once.
const exportPage = 1000

// Export calls fn with each entry that was selected, oldest first. Nothing is held
// while fn runs, so that a slow taker keeps no transaction open.
func (s *Store) Export(ctx context.Context, w Selection, fn func(LogEntry) error) error {
	where, args := w.where()
	for after := int64(0); ; {
		page, err := collect(ctx, s.reader, scanLogEntry, logEntries+` WHERE l.seq > ?`+where+` ORDER BY l.seq LIMIT ?`,
			append(append([]any{after}, args...), exportPage)...)
		if err == nil {
			err = unmask(ctx, s.reader, page)
		}
		if err != nil {
			return fmt.Errorf("store: export the log after entry %d: %w", after, err)
		}
		for _, e := range page {
			if err := fn(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(page) < exportPage {
			return nil
		}
	}
}

func (w Selection) where() (clause string, args []any) {
	var b strings.Builder
	and := func(condition string, values ...any) {
		b.WriteString(" AND " + condition)
		args = append(args, values...)
	}
	if !w.From.IsZero() {
		and("l.at >= ?", stamp(w.From))
	}
	if !w.Until.IsZero() {
		and("l.at < ?", stamp(w.Until))
	}
	if w.Person != "" {
		and("p.id = ?", w.Person)
	}
	if w.Program != "" {
		and("l.program = ?", w.Program)
	}
	if len(w.Kinds) > 0 {
		and("l.kind IN (?" + strings.Repeat(", ?", len(w.Kinds)-1) + ")")
		for _, k := range w.Kinds {
			args = append(args, k)
		}
	}
	return b.String(), args
}
