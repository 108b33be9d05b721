package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Purpose says why a record source is walked through. The walks of one source for
// different purposes have cursors of their own.
type Purpose string

// The purposes.
const (
	// Follow is the walk at the front: what is new in the source.
	Follow Purpose = "follow"
	// CatchUp reads history anew for the programmes whose contract has changed.
	CatchUp Purpose = "contract"
	// Rescan reads everything again, in pages of another size: what it finds had
	// been lost.
	Rescan Purpose = "rescan"
	// Sweep asks for single statements, those that decisions rest on.
	Sweep Purpose = "sweep"
	// Backfill reads again because an operator asked.
	Backfill Purpose = "backfill"
)

// Walk is one way through a record source.
type Walk struct {
	Source  string
	Purpose Purpose
	// Contracts are the contracts that it reads for: digests by programme.
	Contracts map[string]string
}

// Digest stands for all contracts of the walk together.
func (w Walk) Digest() string {
	h := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(w.Contracts)) {
		h.Write([]byte(id + "\x00" + w.Contracts[id] + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// WalkState is how far a walk beside the one that follows has come.
type WalkState struct {
	Source     string    `json:"source"`
	Purpose    Purpose   `json:"purpose"`
	Since      time.Time `json:"since,omitzero"` // where it begins; zero: at the beginning
	Statements int       `json:"statements"`     // read so far, relevant or not
	Fresh      int       `json:"fresh"`          // of those, evidence that was not known before
	Newest     time.Time `json:"newest,omitzero"`
	Begun      time.Time `json:"begun"`
	Done       time.Time `json:"done,omitzero"` // zero: under way
}

// RecordsDigest stands for what the programme reads records for: its contract and
// whatever else makes statements matter to it. Records that were read for another
// digest have to be read again.
func (p *Program) RecordsDigest() string {
	q := *p
	q.Title, q.Launch, q.Ends, q.Targets = "", time.Time{}, time.Time{}, nil
	q.Audience, q.Sequence, q.Clock = Audience{}, Sequence{}, Clock{}
	data, err := json.Marshal(q)
	if err != nil {
		return "" // a number that JSON cannot write; the configuration has refused it
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Fate is what has become of a statement in its source.
type Fate uint8

// The fates.
const (
	FateUnknown Fate = iota // the source does not tell
	FateStands              // it is there
	FateVoided              // it is there, and voided
	FateMissing             // it is not there; that is no void
)
