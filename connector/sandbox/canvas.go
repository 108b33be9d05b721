package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Canvas is a stand-in for the enrolment API of Canvas, made from its source and
// documentation; no live Canvas was at hand to compare it with. The ids of its
// seats and users are numbers.
type Canvas struct {
	Roster
	Token string
}

// ServeHTTP answers one request.
func (c *Canvas) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.serve(w, r, canvasRefusal, c.answer)
}

// canvasRefusal is what Canvas answers in these cases, each in its own shape.
func canvasRefusal(code string) reply {
	words := func(status int, text string) reply {
		return jsonReply(status, map[string]any{"errors": []any{map[string]string{"message": text}}})
	}
	switch code {
	case "throttled":
		return reply{http.StatusForbidden, "text/plain", []byte("403 Forbidden (Rate Limit Exceeded)\n")}
	case "throttled_429":
		return reply{http.StatusTooManyRequests, "text/plain", []byte("429 Too Many Requests (Rate Limit Exceeded)\n")}
	case "maintenance":
		return reply{http.StatusServiceUnavailable, "text/html", []byte("<html>down for maintenance</html>")}
	case "dead_token":
		return words(http.StatusUnauthorized, "Invalid access token.")
	case "unauthorized":
		return jsonReply(http.StatusForbidden, map[string]any{"status": "unauthorized",
			"errors": []any{map[string]string{"message": "user not authorized to perform that action"}}})
	case "not_found":
		return words(http.StatusNotFound, "The specified resource does not exist.")
	}
	return jsonReply(http.StatusBadRequest, map[string]string{"error": code})
}

func (c *Canvas) answer(t *turn) reply {
	if t.req.Header.Get("Authorization") != "Bearer "+c.Token {
		return canvasRefusal("dead_token")
	}
	parts := strings.Split(strings.TrimPrefix(t.req.URL.Path, "/api/v1/courses/"), "/")
	switch {
	case parts[0] != c.Course:
		return canvasRefusal("not_found")
	case len(parts) > 1 && parts[1] != "enrollments":
		return canvasRefusal("not_found")
	}
	switch t.req.Method + strconv.Itoa(len(parts)) {
	case "GET1":
		return c.course(t)
	case "GET2":
		return c.list(t)
	case "DELETE3":
		return c.end(t, parts[2], t.req.URL.Query().Get("task"))
	case "PUT4":
		return c.reactivate(t, parts[2])
	}
	return canvasRefusal("not_found")
}

func (c *Canvas) course(t *turn) reply {
	state := "available"
	if t.hidden {
		state = "unpublished"
	}
	return jsonReply(http.StatusOK, map[string]any{"id": 101, "workflow_state": state})
}

// state is the seat's in Canvas's words.
func (c *Canvas) state(s *Seat) string {
	if s.State == Suspended {
		return "inactive"
	}
	return s.State
}

// list answers pages that are linked by opaque addresses, 10 enrolments each unless
// more are asked for, 100 at most.
func (c *Canvas) list(t *turn) reply {
	q := t.req.URL.Query()
	states := q["state[]"]
	if len(states) == 0 {
		states = []string{"active", "invited"}
	}
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil {
		size = 10
	}
	size = min(size, 100)
	var fitting []*Seat
	for _, s := range t.seats {
		if slices.Contains(states, c.state(s)) {
			fitting = append(fitting, s)
		}
	}
	from, _ := strconv.Atoi(strings.TrimPrefix(q.Get("page"), "bookmark:")) // none: the first page
	from = min(max(from, 0), len(fitting))
	until := min(from+size, len(fitting))
	if until < len(fitting) {
		q.Set("page", "bookmark:"+strconv.Itoa(until))
		address := "http://" + t.req.Host + t.req.URL.Path
		t.head.Set("Link", fmt.Sprintf(`<%s?page=first>; rel="current",<%s?%s>; rel="next"`, address, address, q.Encode()))
	}
	out := []any{}
	for _, s := range fitting[from:until] {
		out = append(out, c.enrolment(s))
	}
	return jsonReply(http.StatusOK, out)
}

func (c *Canvas) enrolment(s *Seat) any {
	id, _ := strconv.ParseInt(s.ID, 10, 64)
	user, _ := strconv.ParseInt(s.User, 10, 64)
	kind := "StudentEnrollment"
	if s.Staff {
		kind = "TeacherEnrollment"
	}
	var last any
	if !s.Started.IsZero() {
		last = s.Started.UTC().Format(time.RFC3339)
	}
	return map[string]any{"id": id, "user_id": user, "course_id": 101, "type": kind, "enrollment_state": c.state(s),
		"sis_user_id": s.SIS, "last_activity_at": last,
		"user": map[string]any{"id": user, "login_id": s.Login, "sis_user_id": s.SIS, "email": s.Email}}
}

// end is DELETE: without a task it concludes.
func (c *Canvas) end(t *turn, id, task string) reply {
	s := t.find(id)
	states := map[string]string{"deactivate": Suspended, "inactivate": Suspended, "delete": "deleted", "conclude": "completed", "": "completed"}
	switch {
	case s == nil:
		return canvasRefusal("not_found")
	case s.Unwritable:
		t.call.Users = append(t.call.Users, s.User)
		return jsonReply(http.StatusBadRequest, map[string]string{"message": "enrollment cannot be changed"})
	}
	t.write(s, func() { s.State = states[task] })
	return jsonReply(http.StatusOK, c.enrolment(s))
}

func (c *Canvas) reactivate(t *turn, id string) reply {
	s := t.find(id)
	switch {
	case s == nil:
		return canvasRefusal("not_found")
	case s.State != Suspended:
		return canvasRefusal("enrollment not inactive")
	}
	t.write(s, func() { s.State = Active })
	return jsonReply(http.StatusOK, c.enrolment(s))
}
