package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// rest is what evidence holds beside its columns.
type rest struct {
	TimeUncertain bool         `json:"timeUncertain,omitempty"`
	ObjectType    string       `json:"objectType,omitempty"`
	Voids         string       `json:"voids,omitempty"`
	Parents       []string     `json:"parents,omitempty"`
	Grouping      []string     `json:"grouping,omitempty"`
	Category      []string     `json:"category,omitempty"`
	Registration  string       `json:"registration,omitempty"`
	Revision      string       `json:"revision,omitempty"`
	Platform      string       `json:"platform,omitempty"`
	Completion    *bool        `json:"completion,omitempty"`
	Success       *bool        `json:"success,omitempty"`
	Score         *rules.Score `json:"score,omitempty"`
	Mastery       *float64     `json:"mastery,omitempty"`
	Said          *rules.Said  `json:"said,omitempty"`
	Tracked       int64        `json:"tracked,omitempty"` // nanoseconds
	For           []string     `json:"for,omitempty"`
}

func restOf(e rules.Evidence) rest {
	return rest{e.TimeUncertain, e.ObjectType, e.Voids, e.Parents, e.Grouping, e.Category,
		e.Registration, e.Revision, e.Platform, e.Completion, e.Success, e.Score, e.Mastery, e.Said, int64(e.Tracked), e.For}
}

func (r rest) into(e *rules.Evidence) {
	e.TimeUncertain, e.ObjectType, e.Voids = r.TimeUncertain, r.ObjectType, r.Voids
	e.Parents, e.Grouping, e.Category = r.Parents, r.Grouping, r.Category
	e.Registration, e.Revision, e.Platform = r.Registration, r.Revision, r.Platform
	e.Completion, e.Success, e.Score, e.Mastery = r.Completion, r.Success, r.Score, r.Mastery
	e.Said, e.Tracked, e.For = r.Said, time.Duration(r.Tracked), r.For
}

func readEvidence(ctx context.Context, q querier) ([]rules.Evidence, error) {
	return evidenceWhere(ctx, q, "")
}

// evidenceWhere reads the evidence that was selected.
func evidenceWhere(ctx context.Context, q querier, where string, args ...any) ([]rules.Evidence, error) {
	actors, err := readActors(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read the actors: %w", err)
	}
	scan := func(rows *sql.Rows) (rules.Evidence, error) { return scanEvidence(rows, actors) }
	all, err := collect(ctx, q, scan, `SELECT source, stored, statement, at, kind, verb, object, actor, authority,
		digest, more, learnt FROM evidence `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read the evidence: %w", err)
	}
	return all, nil
}

func scanEvidence(rows *sql.Rows, actors map[int64]rules.Actor) (e rules.Evidence, err error) {
	var stored, at moment
	var kind string
	var actor, authority int64
	var more []byte
	if err := rows.Scan(&e.Source, &stored, &e.Statement, &at, &kind, &e.Verb, &e.Object, &actor, &authority,
		&e.Digest, &more, &e.Learnt); err != nil {
		return e, err
	}
	e.Stored, e.Timestamp, e.Kind = stored.Time, at.Time, rules.ParseKind(kind)
	e.Actor, e.Authority = actors[actor], actors[authority]
	if len(more) > len("{}") {
		var r rest
		if err := json.Unmarshal(more, &r); err != nil {
			return e, fmt.Errorf("statement %s: %w", e.Statement, err)
		}
		r.into(&e)
	}
	return frugal(e), nil
}

func readActors(ctx context.Context, q querier) (map[int64]rules.Actor, error) {
	type row struct {
		id    int64
		actor jsonText[rules.Actor]
	}
	all, err := collect(ctx, q, func(rows *sql.Rows) (r row, err error) {
		return r, rows.Scan(&r.id, &r.actor)
	}, `SELECT id, body FROM actor`)
	if err != nil {
		return nil, err
	}
	actors := make(map[int64]rules.Actor, len(all))
	for _, r := range all {
		actors[r.id] = r.actor.v
	}
	return actors, nil
}
