package lrstest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// get answers GET statements: one by its id, or a page.
func (s *Server) get(w http.ResponseWriter, r *http.Request, faults Faults) {
	values := r.URL.Query()
	for _, name := range [...]string{"statementId", "voidedStatementId"} {
		if id := strings.ToLower(values.Get(name)); id != "" {
			s.single(w, id, name == "voidedStatementId")
			return
		}
	}
	limit := s.opts.MaxPage
	if faults.MaxPage > 0 {
		limit = faults.MaxPage
	}
	q, problem := parse(values, min(s.opts.DefaultPage, limit), limit)
	if problem != "" {
		refuse(w, http.StatusBadRequest, problem)
		return
	}
	q.OnTimestamp = faults.SinceOnTimestamp
	s.answer(w, r, q, faults)
}

func (s *Server) single(w http.ResponseWriter, id string, voided bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.byID[id]
	if st == nil || st.hidden || (s.voided[id] && !st.voids) != voided {
		refuse(w, http.StatusNotFound, "no such statement")
		return
	}
	reply(w, http.StatusOK, st.raw)
}

// more answers a link that was given before.
func (s *Server) more(w http.ResponseWriter, r *http.Request, faults Faults) {
	_, token, _ := strings.Cut(r.URL.Path, "/more/")
	data, err := base64.RawURLEncoding.DecodeString(token)
	var q query
	if err != nil || json.Unmarshal(data, &q) != nil || faults.More == MoreExpired {
		refuse(w, http.StatusNotFound, "this link may have expired")
		return
	}
	s.answer(w, r, q, faults)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, q query, faults Faults) {
	s.mu.Lock()
	list, more := s.page(&q)
	through := s.opts.Now().UTC()
	s.mu.Unlock()
	if faults.Reverse {
		slices.Reverse(list)
	}
	if faults.EmptyPages && q.Offset > 0 && len(list) > 0 && !q.Paused {
		list, more, q.Paused = nil, true, true
	} else {
		q.Offset, q.Paused = q.Offset+len(list), false
	}
	result := map[string]any{"statements": raws(list)}
	if link := faults.link(r, q.token(), more); link != nil {
		result["more"] = *link
	}
	faults.setThrough(w.Header(), through)
	body, err := json.Marshal(result)
	if err != nil { // a statement that was added as no JSON at all
		body = assemble(list, result["more"])
	}
	faults.write(w, body)
}

func (q *query) token() string {
	data, _ := json.Marshal(q) // plain fields
	return base64.RawURLEncoding.EncodeToString(data)
}

func raws(list []*statement) []json.RawMessage {
	out := make([]json.RawMessage, len(list))
	for i, st := range list {
		out[i] = st.raw
	}
	return out
}

// assemble puts a page together without looking into the statements.
func assemble(list []*statement, more any) []byte {
	var b strings.Builder
	b.WriteString(`{"statements":[`)
	for i, st := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(st.raw)
	}
	link, _ := more.(string)
	fmt.Fprintf(&b, `],"more":%q}`, link)
	return []byte(b.String())
}
