package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// signOut ends the session.
func (d *Door) signOut(c echo.Context) error {
	if err := d.sessions.Destroy(c.Request().Context()); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return c.Redirect(http.StatusSeeOther, PathSignedOut)
}

// SignOutAt returns where somebody has still to sign out after signing out here: at
// the proxy or the OpenID provider (OpenID Connect RP-Initiated Logout 1.0). "" where
// that is not known.
func (d *Door) SignOutAt() string {
	if d.o.Proxy != nil {
		return d.o.Proxy.SignOut
	}
	d.provider.mu.Lock()
	defer d.provider.mu.Unlock()
	var said struct {
		End string `json:"end_session_endpoint"`
	}
	if d.provider.found == nil || d.provider.found.Claims(&said) != nil || secure("", said.End) != nil {
		return ""
	}
	return said.End
}

// Session is one place where somebody is signed in.
type Session struct {
	ID      string // names it to end it; of no use for coming in
	Since   time.Time
	Ends    time.Time
	Current bool // that of the request itself
}

// Sessions returns where who has come is signed in, newest first; none for somebody
// whom a proxy signs in.
func (d *Door) Sessions(c echo.Context) []Session {
	w, ok := Current(c)
	if !ok || w.Machine {
		return nil
	}
	ctx := c.Request().Context()
	var out []Session
	_ = d.each(func(id string, ends time.Time, since string, i identity) {
		if i.Subject == w.Subject {
			at, _ := time.Parse(time.RFC3339, since) // written by admit
			out = append(out, Session{ID: id, Since: at, Ends: ends, Current: id == d.sessionID(ctx)})
		}
	})
	slices.SortFunc(out, func(a, b Session) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.ID, b.ID)) })
	return out
}

// each shows the sessions of who is signed in.
func (d *Door) each(show func(id string, ends time.Time, since string, i identity)) error {
	all, err := d.kept.All()
	if err != nil {
		return err
	}
	for id, data := range all {
		ends, values, err := d.sessions.Codec.Decode(data)
		if err != nil {
			return fmt.Errorf("read a session: %w", err)
		}
		text, _ := values[sessionWho].(string)
		since, _ := values[sessionSince].(string)
		var i identity
		if text != "" && json.Unmarshal([]byte(text), &i) == nil {
			show(id, ends, since, i)
		}
	}
	return nil
}

// sessionID names the session of the request as the store does.
func (d *Door) sessionID(ctx context.Context) string { return hashed(d.sessions.Token(ctx)) }

// endSession ends one session, or all others, of who has come.
func (d *Door) endSession(c echo.Context) error {
	wanted := c.FormValue("session")
	for _, s := range d.Sessions(c) {
		if s.ID == wanted || wanted == "others" && !s.Current {
			if err := d.kept.Delete(s.ID); err != nil {
				return fmt.Errorf("end a session: %w", err)
			}
		}
	}
	return c.Redirect(http.StatusSeeOther, PathAccount)
}
