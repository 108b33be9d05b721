package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Webhook is a service that speaks leadfront's own protocol. It checks signatures
// by the words of the protocol and not by leadfront's code.
type Webhook struct {
	Roster
	Key      string
	Closed   bool
	PageSize int
	Now      func() time.Time
}

// ServeHTTP answers one request.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, r, webhookRefusal, h.answer)
}

func webhookRefusal(code string) reply {
	status := http.StatusForbidden
	if code == "maintenance" {
		status = http.StatusServiceUnavailable
	}
	return jsonReply(status, map[string]string{"error": code})
}

func (h *Webhook) answer(t *turn) reply {
	if !h.signed(t) {
		return webhookRefusal("bad_signature")
	}
	course, what, _ := strings.Cut(strings.TrimPrefix(t.req.URL.Path, "/v1/courses/"), "/")
	switch {
	case course != h.Course || t.hidden:
		return jsonReply(http.StatusNotFound, map[string]string{"error": "unknown_course"})
	case what == "enrolments" && t.req.Method == http.MethodGet:
		return h.list(t)
	case what == "changes" && t.req.Method == http.MethodPost:
		return h.change(t)
	}
	return jsonReply(http.StatusNotFound, map[string]string{"error": "unknown_path"})
}

// signed checks X-Leadfront-Signature: "sha256=" and the hex HMAC-SHA256 over the
// time, the method, the path with its query, and the body, with dots between.
func (h *Webhook) signed(t *turn) bool {
	stamp := t.req.Header.Get("X-Leadfront-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || h.Now().Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	got, err := hex.DecodeString(strings.TrimPrefix(t.req.Header.Get("X-Leadfront-Signature"), "sha256="))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(h.Key))
	mac.Write([]byte(stamp + "." + t.req.Method + "." + t.req.RequestURI + "."))
	mac.Write(t.body)
	return hmac.Equal(got, mac.Sum(nil))
}

func (h *Webhook) list(t *turn) reply {
	from, _ := strconv.Atoi(t.req.URL.Query().Get("after")) // "" is the beginning
	until := min(len(t.seats), from+h.PageSize)
	rows := []any{}
	for _, s := range t.seats[min(from, until):until] {
		row := map[string]any{
			"row": s.ID, "state": s.State, "learner": !s.Staff, "released": s.Released, "started": !s.Started.IsZero(),
			"account": map[string]any{"id": s.User, "username": s.Login, "idnumber": s.SIS, "email": s.Email},
		}
		if !s.Started.IsZero() {
			row["started_at"] = s.Started.Format(time.RFC3339)
		}
		rows = append(rows, row)
	}
	next := ""
	if until < len(t.seats) {
		next = strconv.Itoa(until)
	}
	return jsonReply(http.StatusOK, map[string]any{"closed": h.Closed, "rows": rows, "next": next})
}

func (h *Webhook) change(t *turn) reply {
	var ask struct {
		Changes []struct{ ID, Row, Move, From, To string }
	}
	if json.Unmarshal(t.body, &ask) != nil {
		return jsonReply(http.StatusBadRequest, map[string]string{"error": "bad_body"})
	}
	results := []any{}
	for _, c := range ask.Changes {
		result := map[string]string{"id": c.ID, "result": "done"}
		s := t.find(c.Row)
		switch {
		case s == nil, s.State != c.From, c.Move == "add" && !h.Closed, c.Move != "add" && h.Closed:
			result["result"], result["error"] = "refused", "row_changed"
		case s.Unwritable:
			t.call.Users = append(t.call.Users, s.User)
			result["result"], result["error"] = "refused", "row_locked"
		default:
			t.write(s, func() {
				s.State, s.Released = c.To, s.Released || c.Move == "add"
			})
		}
		results = append(results, result)
	}
	return jsonReply(http.StatusOK, map[string]any{"results": results})
}
