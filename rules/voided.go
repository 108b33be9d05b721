package rules

// Voided returns what tells whether a statement of the evidence has been voided, by
// whomever (xAPI 1.0.3, Data 2.3.2). A voider counts in its own source alone: whoever
// may write to one could else take statements out of another, whose ids are no secret.
func Voided(evidence []Evidence) func(*Evidence) bool {
	type statement struct{ source, id string }
	voided := map[statement]bool{}
	for i := range evidence {
		if e := &evidence[i]; e.Kind == KindVoided {
			voided[statement{e.Source, e.Voids}] = true
		}
	}
	return func(e *Evidence) bool { return voided[statement{e.Source, e.Statement}] }
}
