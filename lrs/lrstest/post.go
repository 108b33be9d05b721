package lrstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxBody bounds what is posted.
const maxBody = 16 << 20

var errConflict = errors.New("a statement with this id and another content is there already")

// post stores one statement or a list, all or none.
func (s *Server) post(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "too large")
		return
	}
	list := []json.RawMessage{body}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		if err := json.Unmarshal(body, &list); err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
	}
	ids, status, err := s.store(list)
	if err != nil {
		refuse(w, status, err.Error())
		return
	}
	reply(w, http.StatusOK, ids)
}

// put stores one statement under the id of the query.
func (s *Server) put(w http.ResponseWriter, r *http.Request) {
	id := strings.ToLower(r.URL.Query().Get("statementId"))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var members map[string]json.RawMessage
	if err != nil || id == "" || json.Unmarshal(body, &members) != nil {
		refuse(w, http.StatusBadRequest, "one statement and its statementId")
		return
	}
	if members["id"] == nil {
		members["id"], _ = json.Marshal(id) // a string
	}
	body, _ = json.Marshal(members) // of valid parts
	if _, status, err := s.store([]json.RawMessage{body}); err != nil {
		refuse(w, status, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// store checks and commits a batch. A whole batch has one stored.
func (s *Server) store(list []json.RawMessage) (ids []string, status int, err error) {
	for _, raw := range list {
		if err := check(raw); err != nil {
			return nil, http.StatusBadRequest, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stored := s.tick()
	var fresh []*statement
	for _, raw := range list {
		var compact bytes.Buffer
		_ = json.Compact(&compact, raw) // was checked
		st := s.complete(compact.Bytes(), stored, true)
		ids = append(ids, st.id)
		old := s.byID[st.id]
		if old != nil && old.posted != st.posted {
			return nil, http.StatusConflict, errConflict
		}
		if old == nil {
			fresh = append(fresh, st)
		}
	}
	for _, st := range fresh {
		s.commit(st)
	}
	return ids, 0, nil
}

// check refuses what is plainly no statement (Data 2.4).
func check(raw []byte) error {
	var st struct {
		Actor  map[string]any
		Verb   struct{ ID string }
		Object map[string]any
		Result *struct {
			Completion, Success *bool
			Score               *struct{ Scaled, Raw, Min, Max *float64 }
		}
		Stored *string
	}
	if err := json.Unmarshal(raw, &st); err != nil {
		return err
	}
	if len(st.Actor) == 0 || st.Verb.ID == "" || len(st.Object) == 0 {
		return errors.New("a statement has an actor, a verb and an object")
	}
	return nil
}
