// Package audit is the arithmetic of the log: with it an auditor can recompute,
// from the rows of the database alone, that an entry says today what it said when
// it was written.
//
// An entry is encoded without ambiguity (Entry.Canonical) and hashed as a leaf of
// RFC 6962, section 2.1 (Entry.Leaf). It names a person only by a random reference
// and carries personal content only as a commitment (Commit), so that the content
// can be erased and the log still verifies. A Tree has the entries as its leaves; a
// Checkpoint signs its root, in a form that tools for transparency logs read; a
// Proof shows that one entry is in the log of a checkpoint. A Head signs how long
// the log was and how it ended.
//
// Nothing here does I/O or reads a clock.
package audit
