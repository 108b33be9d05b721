package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// OpenEdX is a stand-in for the enrolment API of Open edX, made from its source; no
// live platform was at hand to compare it with. The account of a seat is its
// username.
type OpenEdX struct {
	Roster
	ClientID, ClientSecret string

	tokens int // how many were given
}

// ServeHTTP answers one request. Handing out a token is neither a read nor a write
// of the roster.
func (x *OpenEdX) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth2/access_token" {
		x.hand(w, r)
		return
	}
	x.serve(w, r, openEdXRefusal, x.answer)
}

func (x *OpenEdX) hand(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.PostForm.Get("grant_type") != "client_credentials" ||
		r.PostForm.Get("client_id") != x.ClientID || r.PostForm.Get("client_secret") != x.ClientSecret || r.PostForm.Get("token_type") != "jwt" {
		http.Error(w, `{"error": "invalid_client"}`, http.StatusUnauthorized)
		return
	}
	x.mu.Lock()
	x.tokens++
	token := x.jwt()
	x.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": 3600, "token_type": "JWT", "scope": "read write"})
}

func (x *OpenEdX) jwt() string { return "header.token" + strconv.Itoa(x.tokens) + ".signature" }

// Expire makes the last token one that is not taken any more.
func (x *OpenEdX) Expire() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tokens++
}

func openEdXRefusal(code string) reply {
	switch code {
	case "dead_token":
		return jsonReply(http.StatusUnauthorized, map[string]string{"detail": "Error decoding token."})
	case "maintenance":
		return reply{http.StatusServiceUnavailable, "text/html", []byte("<html>maintenance</html>")}
	case "throttled":
		return jsonReply(http.StatusTooManyRequests, map[string]string{"detail": "Request was throttled."})
	case "not_staff":
		return reply{http.StatusNotFound, "text/plain", nil}
	case "unknown_user":
		return reply{http.StatusNotAcceptable, "text/plain", nil}
	}
	return jsonReply(http.StatusBadRequest, map[string]string{"message": code})
}

func (x *OpenEdX) answer(t *turn) reply {
	path := t.req.URL.Path
	switch {
	case t.req.Header.Get("Authorization") != "JWT "+x.jwt():
		return openEdXRefusal("dead_token")
	case strings.HasPrefix(path, "/api/enrollment/v1/course/"):
		return x.course(t, strings.TrimPrefix(path, "/api/enrollment/v1/course/"))
	case path == "/api/enrollment/v1/enrollments" && t.req.Method == http.MethodGet:
		return x.list(t)
	case path == "/api/enrollment/v1/enrollment" && t.req.Method == http.MethodPost:
		return x.enrol(t)
	}
	return openEdXRefusal("not_staff")
}

func (x *OpenEdX) course(t *turn, id string) reply {
	if id != x.Course || t.hidden {
		return openEdXRefusal("No course found for course ID '" + id + "'")
	}
	return jsonReply(http.StatusOK, map[string]any{"course_id": id, "invite_only": !t.open, "enrollment_end": nil})
}

// list answers pages of 100, at most 100 usernames, inactive enrolments too.
func (x *OpenEdX) list(t *turn) reply {
	q := t.req.URL.Query()
	var users []string
	if name := q.Get("username"); name != "" {
		users = strings.Split(name, ",")
	}
	if len(users) > 100 || q.Get("course_id") != x.Course {
		return jsonReply(http.StatusBadRequest, map[string]any{"field_errors": map[string]string{"username": "Too many usernames in a single request."}})
	}
	var fitting []*Seat
	for _, s := range t.seats {
		if len(users) == 0 || slices.Contains(users, s.User) {
			fitting = append(fitting, s)
		}
	}
	from, _ := strconv.Atoi(q.Get("cursor")) // none: the first page
	from = min(max(from, 0), len(fitting))
	until := min(from+100, len(fitting))
	results := []any{}
	for _, s := range fitting[from:until] {
		results = append(results, x.enrolment(s))
	}
	var next any
	if until < len(fitting) {
		again := url.Values{"course_id": {x.Course}, "cursor": {strconv.Itoa(until)}}
		next = "http://" + t.req.Host + t.req.URL.Path + "?" + again.Encode()
	}
	return jsonReply(http.StatusOK, map[string]any{"next": next, "previous": nil, "results": results})
}

func (x *OpenEdX) enrolment(s *Seat) any {
	return map[string]any{"created": "2026-09-01T00:00:00Z", "mode": "audit", "is_active": s.State == Active, "user": s.User, "course_id": x.Course}
}

// enrol switches an enrolment; as on the platform, a mode with is_active false is a
// mismatch.
func (x *OpenEdX) enrol(t *turn) reply {
	var ask struct {
		User     string
		IsActive *bool `json:"is_active"`
		Mode     *string
		Details  struct {
			Course string `json:"course_id"`
		} `json:"course_details"`
	}
	if json.Unmarshal(t.body, &ask) != nil || ask.Details.Course != x.Course || ask.IsActive == nil {
		return openEdXRefusal("Course ID must be specified to create a new enrollment.")
	}
	if ask.Mode != nil && !*ask.IsActive {
		return openEdXRefusal("Enrollment mode mismatch: active mode=audit, requested mode=" + *ask.Mode + ". Won't deactivate.")
	}
	for _, s := range t.seats {
		if s.User != ask.User {
			continue
		}
		if s.Unwritable {
			t.call.Users = append(t.call.Users, s.User)
			return openEdXRefusal("An error occurred while creating the new course enrollment.")
		}
		t.write(s, func() {
			if s.State = Suspended; *ask.IsActive {
				s.State = Active
			}
		})
		return jsonReply(http.StatusOK, x.enrolment(s))
	}
	return openEdXRefusal("unknown_user")
}
