package lrstest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how the LRS is set up. The zero value accepts everybody.
type Options struct {
	// Username and Password are demanded as HTTP Basic authentication.
	Username, Password string
	// Token is demanded as a bearer token instead.
	Token string
	// Now is the LRS's clock; time.Now.
	Now func() time.Time
	// MaxPage is the largest page; 1000. DefaultPage is given when none is asked; 100.
	MaxPage, DefaultPage int
}

// Server is an LRS. It is safe for concurrent use.
type Server struct {
	opts Options

	mu         sync.Mutex
	statements []*statement // in the order in which they were committed
	byID       map[string]*statement
	voided     map[string]bool
	last       time.Time
	faults     Faults
	requests   []Request
}

// Request is one line of the request log.
type Request struct {
	Method, Path, Query string
	Authorized          bool
	Version             string // X-Experience-API-Version
	Host                string
	Status              int
}

// New returns an empty LRS. It is served under any path: whatever ends in
// /statements, /about or /more/… is that resource.
func New(opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.MaxPage == 0 {
		opts.MaxPage = 1000
	}
	if opts.DefaultPage == 0 {
		opts.DefaultPage = 100
	}
	return &Server{opts: opts, byID: map[string]*statement{}, voided: map[string]bool{}}
}

// Reset empties the LRS, as a restore from nothing or a replacement does.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statements, s.byID, s.voided = nil, map[string]*statement{}, map[string]bool{}
}

// VoidUnseen voids a statement without a voiding statement that anybody can read.
func (s *Server) VoidUnseen(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.voided[strings.ToLower(id)] = true
}

// Requests returns the request log so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Fault sets the faults; the zero Faults ends them all.
func (s *Server) Fault(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// ServeHTTP answers one request, or misbehaves.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	log := &recorder{ResponseWriter: w}
	log.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat)) // one clock for all
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, Request{
			Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Host: r.Host,
			Authorized: s.authorized(r), Version: r.Header.Get("X-Experience-API-Version"), Status: log.status,
		})
	}()
	s.mu.Lock()
	faults := s.faults
	s.mu.Unlock()
	if faults.When == nil || faults.When(r) {
		if faults.instead(log, r) {
			return
		}
	} else {
		faults = Faults{}
	}
	if !faults.NoVersion {
		log.Header().Set("X-Experience-API-Version", "1.0.3")
	}
	s.route(log, r, faults)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, faults Faults) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case strings.HasSuffix(path, "/about"):
		reply(w, http.StatusOK, map[string]any{"version": []string{"1.0.3"}})
	case !s.authorized(r):
		w.Header().Set("WWW-Authenticate", "Basic")
		refuse(w, http.StatusUnauthorized, "unauthorized")
	case !strings.HasPrefix(r.Header.Get("X-Experience-API-Version"), "1.0"):
		refuse(w, http.StatusBadRequest, "X-Experience-API-Version must be 1.0.x")
	case strings.Contains(path, "/more/") && r.Method == http.MethodGet:
		s.more(w, r, faults)
	case !strings.HasSuffix(path, "/statements"):
		refuse(w, http.StatusNotFound, "no such resource")
	default:
		s.resource(w, r, faults)
	}
}

// resource is the statement resource (Communication 2.1).
func (s *Server) resource(w http.ResponseWriter, r *http.Request, faults Faults) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.get(w, r, faults)
	case http.MethodPost:
		s.post(w, r)
	case http.MethodPut:
		s.put(w, r)
	default:
		refuse(w, http.StatusMethodNotAllowed, "GET, POST or PUT")
	}
}

func (s *Server) authorized(r *http.Request) bool {
	switch {
	case s.opts.Token != "":
		return r.Header.Get("Authorization") == "Bearer "+s.opts.Token
	case s.opts.Username != "":
		user, password, ok := r.BasicAuth()
		return ok && user == s.opts.Username && password == s.opts.Password
	}
	return true
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone; nobody else to tell
}

func refuse(w http.ResponseWriter, status int, why string) {
	reply(w, status, map[string]string{"error": why})
}
