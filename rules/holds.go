package rules

// heldRows are our open holds with the enrolment rows that they are on.
type heldRows struct {
	holds []Hold
	of    *accounts
	at    []int32 // by enrolment: the place in holds, counted from 1; 0: none
	also  []int32 // by place in holds: another one on the same row, counted from 1
	gone  []bool  // by place in holds: no such row was read
}

// locateHolds finds the rows of the holds. Of two holds of one programme on one row the
// later one counts.
func locateHolds(acc *accounts, holds []Hold) *heldRows {
	h := &heldRows{holds: holds, of: acc, at: make([]int32, len(acc.list)), also: make([]int32, len(holds)), gone: make([]bool, len(holds))}
	last := map[string]map[string]int32{} // by target and row
	for k := range holds {
		rows := last[holds[k].Target]
		if rows == nil {
			rows = map[string]int32{}
			last[holds[k].Target] = rows
		}
		h.also[k] = rows[holds[k].Row]
		rows[holds[k].Row] = int32(k) + 1
		h.gone[k] = true
	}
	for target, rows := range last {
		for _, r := range acc.byTarget[target] {
			h.at[r] = rows[acc.list[r].Row]
			for k := h.at[r]; k > 0; k = h.also[k-1] {
				h.gone[k-1] = false
			}
		}
	}
	return h
}

// on is the programme's hold on the row of that number, or nil.
func (h *heldRows) on(row int, program string) *Hold {
	for k := h.at[row]; k > 0; k = h.also[k-1] {
		if h.holds[k-1].Program == program {
			return &h.holds[k-1]
		}
	}
	return nil
}
