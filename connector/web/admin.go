package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// reloadWithin is how long a request for a reload is kept waiting for the cycle
// under way to settle. Less than a server may take to answer.
const reloadWithin = 20 * time.Second

// NewAdmin prepares a server of POST /-/reload alone. reload has the configuration
// read again and returns when it is in force, with an error when it was refused, or
// that of the context when it will be in force later.
func NewAdmin(reload func(context.Context) error, log *slog.Logger) *Server {
	e := newEcho()
	e.POST("/-/reload", func(c echo.Context) error {
		// A browser says where a page comes from that has it post; nobody else does.
		if c.Request().Header.Get(echo.HeaderOrigin) != "" {
			return echo.NewHTTPError(http.StatusForbidden)
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), reloadWithin)
		defer cancel()
		err := reload(ctx)
		switch {
		case ctx.Err() != nil:
			return c.String(http.StatusAccepted, "will be in force when the cycle under way has settled\n")
		case err != nil:
			return c.String(http.StatusInternalServerError, err.Error()+"\n")
		}
		return c.String(http.StatusOK, "in force\n")
	})
	return newServer(e, log)
}
