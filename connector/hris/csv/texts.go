package csv

import "strings"

// texts keeps what is read of each row, and nothing else of the file: what HR writes
// in columns that nobody asked for is not remembered.
type texts struct {
	room    strings.Builder
	boss    string // the manager of the row before: colleagues stand together
	commons map[string]string
}

const (
	roomSize   = 64 << 10
	mostCommon = 10_000
)

func newTexts() *texts { return &texts{commons: map[string]string{}} }

// own keeps a text that hardly anybody shares.
func (t *texts) own(s string) string {
	if s == "" {
		return ""
	}
	if t.room.Cap()-t.room.Len() < len(s) {
		t.room = strings.Builder{}
		t.room.Grow(max(roomSize, len(s)))
	}
	at := t.room.Len()
	t.room.WriteString(s)
	return t.room.String()[at:]
}

func (t *texts) manager(s string) string {
	if s != t.boss {
		t.boss = t.own(s)
	}
	return t.boss
}

// common keeps a text that many share, such as a department, once.
func (t *texts) common(s string) string {
	if s == "" {
		return ""
	}
	kept, ok := t.commons[s]
	if !ok {
		kept = t.own(s)
		if len(t.commons) < mostCommon {
			t.commons[kept] = kept
		}
	}
	return kept
}
