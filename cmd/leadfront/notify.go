package main

import (
	"fmt"
	"log/slog"
	"net"
	"time"
)

// notifier tells the service manager how the daemon is, as sd_notify(3) lays down;
// the zero value tells nobody. It is used by one goroutine at a time.
type notifier struct {
	socket string
	log    *slog.Logger
	now    func() time.Time
	beat   time.Time
	failed bool
}

func newNotifier(getenv func(string) string, now func() time.Time, log *slog.Logger) *notifier {
	return &notifier{socket: getenv("NOTIFY_SOCKET"), log: log, now: now}
}

// tell sends a state, such as READY=1. That it could not is logged once: the
// manager will act on its silence.
func (n *notifier) tell(state string) {
	if n.socket == "" || n.failed {
		return
	}
	if err := n.send(state); err != nil {
		n.failed = true
		n.log.Error("the service manager cannot be told how the daemon is", "error", err)
	}
}

func (n *notifier) send(state string) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// alive feeds the watchdog, once a second at most.
func (n *notifier) alive() {
	if now := n.now(); now.Sub(n.beat) >= time.Second || now.Before(n.beat) {
		n.beat = now
		n.tell("WATCHDOG=1")
	}
}
