package rules

// statementKey names a statement. An id says nothing beyond its own source: whoever may
// write to another one can use it again.
type statementKey struct{ source, id string }

func keyOfStatement(e *Evidence) statementKey { return statementKey{e.Source, e.Statement} }

// Voided returns what tells whether a statement of the evidence has been voided, by
// whomever (xAPI 1.0.3, Data 2.3.2). A voider counts in its own source alone: whoever
// may write to one could else take statements out of another, whose ids are no secret.
func Voided(evidence []Evidence) func(*Evidence) bool {
	voided := map[statementKey]bool{}
	for i := range evidence {
		if e := &evidence[i]; e.Kind == KindVoided {
			voided[statementKey{e.Source, e.Voids}] = true
		}
	}
	return func(e *Evidence) bool { return voided[keyOfStatement(e)] }
}
