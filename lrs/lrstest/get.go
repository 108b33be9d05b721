package lrstest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// get answers GET statements: one by its id, or a page.
func (s *Server) get(w http.ResponseWriter, r *http.Request, faults Faults) {
	values := r.URL.Query()
	if faults.VoidedIgnored {
		values.Del("voidedStatementId")
	}
	for _, name := range [...]string{"statementId", "voidedStatementId"} {
		if id := values.Get(name); id != "" {
			s.single(w, id, name == "voidedStatementId", faults)
			return
		}
	}
	if problem := faults.query(values); problem != 0 {
		refuse(w, problem, "bad parameter")
		return
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
	q.OnTimestamp, q.Inclusive = faults.SinceOnTimestamp, faults.SinceInclusive
	s.answer(w, r, q, faults)
}

func (s *Server) single(w http.ResponseWriter, id string, voided bool, faults Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.byID[strings.ToLower(id)]
	found := st != nil && !st.hidden && (s.voided[st.id] && !st.voids) == voided && (!faults.ExactIDs || st.spelt == id)
	switch {
	case faults.SingleAsResult && found:
		reply(w, http.StatusOK, map[string]any{"statements": []json.RawMessage{st.raw}})
	case faults.SingleAsResult:
		reply(w, http.StatusOK, map[string]any{"statements": []json.RawMessage{}})
	case !found:
		refuse(w, http.StatusNotFound, "no such statement")
	default:
		reply(w, http.StatusOK, st.raw)
	}
}

// query is the status of a query that only a faulty LRS refuses; zero: none.
func (f Faults) query(values url.Values) int {
	if f.ZeroRefused && values.Get("limit") == "0" {
		return http.StatusBadRequest
	}
	if since := values.Get("since"); f.SinceStrict && since != "" {
		if at, err := time.Parse("2006-01-02T15:04:05.000Z", since); err != nil || stamp(at) != since {
			return http.StatusInternalServerError
		}
	}
	return 0
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
	list, more = faults.spoil(&q, list, more)
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

// spoil does to a page what the faults say, and moves the query on.
func (f Faults) spoil(q *query, list []*statement, more bool) ([]*statement, bool) {
	if f.Reverse {
		slices.Reverse(list)
	}
	if f.Lose && q.Offset > 0 && len(list) > 0 {
		list, q.Offset = list[1:], q.Offset+1
	}
	if f.More == MoreTrailing && len(list) > 0 {
		more = true
	}
	if f.EmptyPages && q.Offset > 0 && len(list) > 0 && !q.Paused {
		q.Paused = true
		return nil, true
	}
	q.Offset, q.Paused = q.Offset+len(list), false
	return list, more
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
