package main

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadfront/leadfront/connector/store"
)

// manyKills is how many processes TestCrashAtAnyMoment kills; LEADFRONT_TEST_KILLS
// says another number, for a campaign.
const manyKills = 20

// TestCrashAtAnyMoment kills one sync after the other, each at a random moment of
// its life. Whatever moment that was, the log verifies, what Moodle was asked to
// write is in it, one to one, and nothing is lost.
func TestCrashAtAnyMoment(t *testing.T) {
	t.Parallel()
	left := manyKills
	if n, err := strconv.Atoi(os.Getenv("LEADFRONT_TEST_KILLS")); err == nil {
		left = n
	}
	seed := uint64(time.Now().UnixNano())
	moment := rand.New(rand.NewPCG(seed, 0))
	var struck, unknown, twice int
	for left > 0 && !t.Failed() {
		t.Run("in one company", func(t *testing.T) {
			k := &killing{firm: newFirm(t), moment: moment}
			k.campaign(t, left)
			left -= len(k.leaders())
			struck, unknown, twice = struck+k.struck, unknown+k.unknown, twice+k.twice
		})
	}
	t.Logf("seed %d: %d processes were killed before they were through; of %d intents nobody knew the outcome; %d rows were written once more, after a reading",
		seed, struck, unknown, twice)
}

// killing is a company whose leadfront is killed again and again.
type killing struct {
	*firm
	moment                 *rand.Rand
	struck, unknown, twice int
}

// campaign has the leaders complete one after the other, as many as there are to be
// killed, each with a process that is.
func (k *killing) campaign(t *testing.T, most int) {
	t.Helper()
	moodle := k.notarise(t)
	k.launch(t)
	launched, began := len(k.Moodle.Log()), time.Now()
	k.struckAt(t, time.Minute) // lives to its end: how long is that?
	life := time.Since(began)
	k.struck = 0
	for i, leader := range k.leaders() {
		k.Completes(leader)
		if i < most {
			k.struckAt(t, time.Duration(k.moment.Int64N(int64(life)*5/4)))
			k.sound(t)
		}
	}
	k.settles(t)
	k.sound(t)
	if n := len(k.facts(t).Holds); len(k.held()) != 0 || n != 0 {
		t.Errorf("every leader has completed, and %d are on hold in the LMS and %d in the store", len(k.held()), n)
	}
	if n := k.count(t, store.LogViolationOpened); n != 0 {
		t.Errorf("%d violations were opened by nobody's doing", n)
	}
	k.twice = k.atMostOnceMore(t, launched)
	intents, of := k.announced(t, "moodle")
	balance(t, intents, moodle.ofMoodle(k.Moodle))
	k.unknown = of["unknown"]
}

// struckAt runs a sync in a process that is killed after so long, if it still lives.
func (k *killing) struckAt(t *testing.T, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), mainArgs+"="+strings.Join([]string{"-c", k.config, "sync"}, "\n"))
	if err := cmd.Start(); err != nil {
		if ctx.Err() == nil {
			t.Fatal(err)
		}
		return
	}
	_ = cmd.Wait() // also an error when the time was over just after the end
	switch code := cmd.ProcessState.ExitCode(); {
	case code < 0:
		k.struck++
	case code != exitOK:
		t.Errorf("sync ended by itself with exit code %d", code)
	}
}

// sound opens the store as the next process would, and verifies its log.
func (k *killing) sound(t *testing.T) {
	t.Helper()
	v, err := k.memory(t).Verify(t.Context(), store.VerifyOptions{})
	if err != nil || len(v.Problems) > 0 {
		t.Fatalf("after a kill: %v %+v", err, v)
	}
	if all := k.entries(t); !slices.IsSortedFunc(all, func(a, b store.LogEntry) int { return a.At.Compare(b.At) }) {
		t.Error("the instants of the log go back")
	}
}
