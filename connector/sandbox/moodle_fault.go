package sandbox

import "net/http"

// FaultKind is a way in which a server fails.
type FaultKind string

// The faults. The first of them keep the call from being carried out, the last
// ones spoil the answer of a call that was.
const (
	Down     FaultKind = "down"     // the connection is closed
	Error500 FaultKind = "500"      // an error page with status 500
	Garbage  FaultKind = "garbage"  // an answer that is not JSON
	Empty    FaultKind = "empty"    // an empty answer with status 200
	Redirect FaultKind = "redirect" // to Fault.To
	Slow     FaultKind = "slow"     // no answer until the client has gone
	Half     FaultKind = "half"     // a write of which only the first half is carried out, and answered null
	Pretend  FaultKind = "pretend"  // a write that is answered null and not carried out

	Refuse  FaultKind = "refuse"  // Moodle's refusal with Fault.Code
	Cut     FaultKind = "cut"     // half of the answer's bytes
	Lost    FaultKind = "lost"    // carried out, and then the connection is closed
	Stalled FaultKind = "stalled" // carried out, and then no answer until the client has gone
)

func (k FaultKind) before() bool {
	switch k {
	case Refuse, Cut, Lost, Stalled:
		return false
	}
	return true
}

// Fault makes calls fail.
type Fault struct {
	Kind     FaultKind
	Function string // which calls; empty: all but Except
	Except   string
	Skip     int    // how many of them go well before
	Times    int    // how many fail; 0: all, until Heal
	Code     string // of Refuse
	To       string // of Redirect
}

// Fail switches a fault on. Of several that fit a call the first one acts.
func (m *Moodle) Fail(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, &f)
}

// Heal switches all faults off.
func (m *Moodle) Heal() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = nil
}

// fault returns the fault of a call, or nil, and counts it.
func (m *Moodle) fault(function string) *Fault {
	for i, f := range m.faults {
		if f.Function != "" && f.Function != function || f.Except != "" && f.Except == function {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times--; f.Times == 0 {
			m.faults = append(m.faults[:i:i], m.faults[i+1:]...)
		}
		return f
	}
	return nil
}

// send answers, as well as the fault lets it.
func (f *Fault) send(w http.ResponseWriter, r *http.Request, a reply) {
	kind := FaultKind("")
	if f != nil {
		kind = f.Kind
	}
	switch kind {
	case Down, Lost:
		panic(http.ErrAbortHandler)
	case Error500:
		http.Error(w, "<html><body>Internal Server Error</body></html>", http.StatusInternalServerError)
	case Garbage:
		_, _ = w.Write([]byte("<br />\n<b>Warning</b>: Undefined variable $x\nnull{"))
	case Empty:
		w.WriteHeader(http.StatusOK)
	case Redirect:
		http.Redirect(w, r, f.To, http.StatusSeeOther)
	case Slow, Stalled:
		<-r.Context().Done()
	case Cut:
		a.body = a.body[:len(a.body)/2]
		fallthrough
	default:
		w.Header().Set("Content-Type", a.kind)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // a client that has gone is no fault of ours
	}
}

// Refuse has every write that names the person refused with that code, as if
// something were wrong with the account that no reading shows.
func (m *Moodle) Refuse(user int64, code string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.Unwritable == nil {
		m.state.Unwritable = map[int64]string{}
	}
	m.state.Unwritable[user] = code
}
