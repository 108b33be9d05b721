package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// mostSessions bounds the memory that sessions can take: some 500 bytes each.
const mostSessions = 200_000

// cookie is the name of the session cookie. The prefix has browsers refuse it unless
// it came over https, for every path and for this very host (RFC 6265bis, 4.1.3.2).
const cookie = "__Host-leadfront"

// newSessions makes the manager of the sessions. They live in memory: nothing of them
// can be stolen from a disk or has to be erased, and a restart sends everybody
// through the identity provider once more, which mostly lets them through unseen.
func newSessions(t Times, kept *memory) *scs.SessionManager {
	// scs.New would start a store of its own, with a goroutine that nothing ends.
	return &scs.SessionManager{
		Store: kept, Codec: scs.GobCodec{}, IdleTimeout: t.Idle, Lifetime: t.Lifetime, HashTokenInStore: true,
		Cookie: scs.SessionCookie{Name: cookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode},
	}
}

// memory keeps sessions, by the hash of their token. A session that was ended stays
// ended: a request that was under way cannot bring it back when it is done.
type memory struct {
	mu    sync.Mutex
	most  int
	items map[string]kept
	swept time.Time
}

type kept struct {
	data    []byte // nil: ended
	expires time.Time
}

func newMemory(most int) *memory { return &memory{most: most, items: map[string]kept{}} }

var errFull = errors.New("too many sessions")

// Find returns the data of a session that is neither over nor ended.
func (m *memory) Find(token string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.items[token]
	return item.data, ok && item.data != nil && time.Now().Before(item.expires), nil
}

// Commit keeps the data of a session, unless the session was ended.
func (m *memory) Commit(token string, data []byte, expires time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	item, ok := m.items[token]
	switch {
	case ok && item.data == nil:
		return nil
	case !ok && len(m.items) >= m.most:
		return errFull
	}
	m.items[token] = kept{data, expires}
	return nil
}

// Delete ends a session. What is kept of it is that it was ended, for as long as a
// request that knows it could be under way.
func (m *memory) Delete(token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.items[token]; ok {
		m.items[token] = kept{expires: time.Now().Add(time.Hour)}
	}
	return nil
}

// All returns the sessions that are neither over nor ended.
func (m *memory) All() (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string][]byte{}
	for token, item := range m.items {
		if item.data != nil && time.Now().Before(item.expires) {
			all[token] = item.data
		}
	}
	return all, nil
}

// sweep drops what is over, once a minute at most.
func (m *memory) sweep() {
	now := time.Now()
	if now.Sub(m.swept) < time.Minute {
		return
	}
	m.swept = now
	for token, item := range m.items {
		if !now.Before(item.expires) {
			delete(m.items, token)
		}
	}
}

// hashed is what the manager of the sessions keeps of a token.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
