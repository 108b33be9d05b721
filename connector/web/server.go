package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server serves /metrics, /-/healthy and /-/ready, or what else it was made for.
type Server struct {
	echo *echo.Echo
	http *http.Server
	log  *slog.Logger
	hook atomic.Pointer[Hook]
}

// Ready says whether the daemon can do its work, and if not, why.
type Ready func() error

// NewServer prepares a server of what the gatherer has. It does not listen yet.
func NewServer(gatherer prometheus.Gatherer, ready Ready, log *slog.Logger) *Server {
	e := newEcho()
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})))
	e.GET("/-/healthy", func(c echo.Context) error { return c.String(http.StatusOK, "healthy\n") })
	e.GET("/-/ready", func(c echo.Context) error {
		if err := ready(); err != nil {
			return c.String(http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
		}
		return c.String(http.StatusOK, "ready\n")
	})
	s := newServer(e, log)
	e.Any("/hooks/xapi", s.take)
	return s
}

// mostHeader is how many bytes the header of a request may have, its address with it:
// what a reverse proxy sends of somebody in many groups fits.
const mostHeader = 64 << 10

func newServer(e *echo.Echo, log *slog.Logger) *Server {
	s := &Server{echo: e, log: log}
	s.http = &http.Server{
		Handler: s, MaxHeaderBytes: mostHeader, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	return s
}

func newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = plainErrors
	return e
}

// plainErrors answers errors of routing without a word about what is inside.
func plainErrors(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	code := http.StatusInternalServerError
	var he *echo.HTTPError
	if errors.As(err, &he) {
		code = he.Code
	}
	_ = c.String(code, http.StatusText(code)+"\n") // the client has gone; nobody is left to tell
}

// ServeHTTP makes the server a handler. HEAD is answered as GET is: net/http leaves
// out the body, by the request that it has read itself.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		get := *r
		get.Method = http.MethodGet
		r = &get
	}
	s.echo.ServeHTTP(w, r)
}

// Listen opens the address. It refuses any that is not loopback: metrics name
// programmes and sources, and nobody has signed in.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen: %q is not host:port: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listen: %q is not a loopback address; put a reverse proxy that asks who is there in front of 127.0.0.1", address)
	}
	return ListenAnywhere(ctx, address)
}

// Serve answers on the listener until the context ends, then lets requests under
// way finish for at most five seconds.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.http.Shutdown(stop); err != nil {
		return fmt.Errorf("stop serving on %s: %w", l.Addr(), err)
	}
	return nil
}
