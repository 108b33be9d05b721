package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"github.com/labstack/echo/v4"
)

// NewFace prepares a server of what people see, and of nothing else: a reverse proxy
// may pass all of it on. mount adds the rooms, the door first.
func NewFace(mount func(*echo.Echo), log *slog.Logger) *Server {
	e := newEcho()
	mount(e)
	return newServer(e, log)
}

// ListenAnywhere opens an address that other machines may reach. What is served there
// has to ask who comes.
func ListenAnywhere(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}
