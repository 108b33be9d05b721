package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reloads asks the daemon for a reload and returns what it answers.
func reloads(t *testing.T, admin string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+admin+"/-/reload", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestReload: a good configuration comes into force without a restart; one with a
// problem is refused, and the last good one goes on deciding.
func TestReload(t *testing.T) {
	t.Parallel()
	admin, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := newFirm(t, [2]string{"mode: enforce\n", "mode: enforce\nadmin: " + admin + "\n"})
	f.launch(t)
	stop := f.daemon(t)
	leaders := f.leaders()
	const successful = "leadfront_config_last_reload_successful"
	for _, bad := range []struct{ from, to, words string }{
		{"mode: enforce", "mode: inforce", `"inforce" is not one of`},
		{"listen: " + f.listen, "listen: 127.0.0.1:1", "listen takes a restart"},
		{"id: ai-foundations", "id: ai-basics", "the configuration has lost programme ai-foundations"},
	} {
		f.reconfigure(t, bad.from, bad.to)
		if status, body := reloads(t, admin); status != http.StatusInternalServerError || !strings.Contains(body, bad.words) {
			t.Errorf("%s: %d %s", bad.to, status, body)
		}
		if got := f.metric(t, successful); got != 0 {
			t.Errorf("%s: %s is %v", bad.to, successful, got)
		}
		f.reconfigure(t, bad.to, bad.from)
	}
	f.Completes(leaders[0])
	eventually(t, "the last good configuration releases", func() bool { return f.released(leaders[0]) })

	f.reconfigure(t, "mode: enforce", "mode: observe")
	if status, body := reloads(t, admin); status != http.StatusOK || f.metric(t, successful) != 1 {
		t.Fatal(status, body, f.metric(t, successful))
	}
	eventually(t, "the new mode is in force", func() bool { return f.metric(t, `leadfront_mode{mode="observe"}`) == 1 })
	writes := len(f.writes())
	f.Completes(leaders[1])
	eventually(t, "it learns", func() bool { return f.metric(t, "leadfront_evidence_learnt_total") >= 2 })
	if f.released(leaders[1]) || len(f.writes()) != writes {
		t.Error("it writes while it observes")
	}

	f.reconfigure(t, "mode: observe", "mode: release-only")
	if status, body := reloads(t, admin); status != http.StatusOK {
		t.Fatal(status, body)
	}
	eventually(t, "the third configuration releases", func() bool { return f.released(leaders[1]) })
	if got := f.metric(t, "leadfront_audit_problems"); got != 0 || f.metric(t, "leadfront_audit_last_verified_timestamp_seconds") == 0 {
		t.Errorf("the audit log has %v problems", got)
	}
	status, log := stop()
	if status != exitOK || strings.Count(log, "msg=started") != 1 || strings.Count(log, "msg=\"reloaded") != 2 || strings.Count(log, "reload refused") != 3 {
		t.Errorf("exit code %d:\n%s", status, log)
	}
}

// TestServiceManager: systemd hears of a daemon of its own process that it is
// ready, is alive, reloads at SIGHUP and stops.
func TestServiceManager(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	socket := filepath.Join(f.dir, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	hears := func(want string) {
		t.Helper()
		if err := manager.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		for buf := make([]byte, 100); ; {
			n, err := manager.Read(buf)
			if err != nil {
				t.Fatalf("nobody says %s: %v", want, err)
			}
			if string(buf[:n]) == want {
				return
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+socket, mainArgs+"="+strings.Join([]string{"-c", f.config, "run"}, "\n"))
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hears("READY=1")
	hears("WATCHDOG=1")
	hears("WATCHDOG=1")
	f.reconfigure(t, "mode: enforce", "mode: observe")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	hears("RELOADING=1")
	hears("READY=1")
	eventually(t, "the new mode is in force", func() bool { return f.metric(t, `leadfront_mode{mode="observe"}`) == 1 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	hears("STOPPING=1")
	if err := cmd.Wait(); err != nil || !strings.Contains(log.String(), "msg=\"reloaded") {
		t.Errorf("the daemon ended by %v:\n%s", err, log.String())
	}
}
