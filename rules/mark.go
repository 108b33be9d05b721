package rules

import "slices"

// Marker says to which programmes' courses evidence belongs, whoever its actor is. It
// does not change; any number of goroutines may use it.
type Marker struct {
	ids       []string
	contracts []*contract
}

// NewMarker prepares the contracts of the programmes.
func NewMarker(programs []Program) *Marker {
	m := &Marker{}
	for i := range programs {
		m.ids = append(m.ids, programs[i].ID)
		m.contracts = append(m.contracts, newContract(&programs[i].Course))
	}
	return m
}

// Mark returns the evidence with For as the present contracts have it.
func (m *Marker) Mark(list []Evidence) []Evidence {
	list = slices.Clone(list)
	for i := range list {
		list[i].For = nil
		for k, c := range m.contracts {
			if c.ties(&list[i]) {
				list[i].For = append(list[i].For, m.ids[k])
			}
		}
	}
	return list
}

// was reports whether the evidence belonged to the programme's course once.
func (e *Evidence) was(program string) bool { return slices.Contains(e.For, program) }
