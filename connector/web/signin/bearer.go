package signin

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Token lets a program read the API.
type Token struct {
	Name  string // is written into the log
	Hash  [sha256.Size]byte
	Roles []Role
}

// bearer returns whose token the request has; ok is false for a request without one.
// Every token is compared, whole, so that the time says nothing of which is near.
func (d *Door) bearer(r *http.Request) (w Who, ok bool, err error) {
	scheme, token, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !isAPI(r) || !strings.EqualFold(scheme, "Bearer") {
		return Who{}, false, nil
	}
	got := sha256.Sum256([]byte(token))
	for _, t := range d.o.Tokens {
		if subtle.ConstantTimeCompare(got[:], t.Hash[:]) != 1 {
			continue
		}
		roles := map[Role]bool{}
		for _, role := range t.Roles {
			roles[role] = true
		}
		w, ok = Who{Subject: t.Name, Name: t.Name, Machine: true, Roles: withViewer(roles)}, true
	}
	if !ok {
		return w, false, echo.ErrUnauthorized
	}
	return w, true, nil
}
