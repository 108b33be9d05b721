package rules

// Below are the person of that HR id and everybody below, however deep, by the
// managers that HR states. It is empty where the person is not among the people; a
// cycle is walked once.
func Below(people []Person, id string) map[string]bool {
	reports, known := map[string][]string{}, map[string]bool{}
	for i := range people {
		if p := &people[i]; !known[p.ID] { // the first row counts
			known[p.ID] = true
			reports[p.Manager] = append(reports[p.Manager], p.ID)
		}
	}
	below := map[string]bool{}
	if !known[id] {
		return below
	}
	below[id] = true
	for walk := []string{id}; len(walk) > 0; walk = walk[1:] {
		for _, report := range reports[walk[0]] {
			if !below[report] {
				below[report] = true
				walk = append(walk, report)
			}
		}
	}
	return below
}

// Part is what of the changes concerns those people.
func Part(changes []Change, people map[string]bool) []Change {
	var part []Change
	for i := range changes {
		if people[changes[i].Person] {
			part = append(part, changes[i])
		}
	}
	return part
}
