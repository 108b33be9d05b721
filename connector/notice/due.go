package notice

import (
	"slices"
	"time"

	"github.com/leadfront/leadfront/rules"
)

// Desk is a configuration of notices with everything that it names. It is not changed
// after it was made.
type Desk struct {
	Config   *Config
	Texts    *Texts
	Base     string // address of leadfront, without a slash at its end; empty: no links
	Channels []Channel
}

// Channel is one way to send.
type Channel struct {
	Name    string             // smtp or webhook
	Kinds   []rules.NoticeKind // that go this way; none: all
	Mail    bool               // receivers are reached by their address
	Carrier Carrier
}

func (c *Channel) takes(k rules.NoticeKind) bool {
	return len(c.Kinds) == 0 || slices.Contains(c.Kinds, k)
}

// Pending is a letter on one channel: to be sent now, or why not.
type Pending struct {
	Letter  *Letter
	Channel string
	Wait    Wait
	Until   time.Time // when that will have changed by itself; zero: never, or not known
}

// Wait is why a letter is not sent now; empty: it is.
type Wait string

// The reasons to wait.
const (
	WaitObserve   Wait = "the mode only observes"
	WaitQuiet     Wait = "quiet hours"
	WaitTold      Wait = "was told"
	WaitDigest    Wait = "is put together with what else comes up"
	WaitAddress   Wait = "HR gives no address that is this person's alone"
	WaitOperators Wait = "no operators are configured"
)

// Due says of each letter, and each channel that takes it, whether it is to be sent now.
func (d *Desk) Due(mode rules.Mode, letters []*Letter, told *History, at time.Time) []Pending {
	var out []Pending
	for _, l := range letters {
		for i := range d.Channels {
			if c := &d.Channels[i]; c.takes(l.Kind) {
				p := Pending{Letter: l, Channel: c.Name}
				p.Wait, p.Until = d.wait(mode, l, c, told.of(l.Kind, l.Person, c.Name), at)
				out = append(out, p)
			}
		}
	}
	return out
}

func (d *Desk) wait(mode rules.Mode, l *Letter, c *Channel, last *told, at time.Time) (Wait, time.Time) {
	pace := d.Config.pace(l.Kind)
	news, again := last.news(l, pace.Repeat, at)
	switch {
	case mode == rules.Observe && !d.Config.InObserve:
		return WaitObserve, time.Time{}
	case c.Mail && len(d.To(l)) == 0 && l.Person == "":
		return WaitOperators, time.Time{}
	case c.Mail && len(d.To(l)) == 0:
		return WaitAddress, time.Time{}
	case !news:
		return WaitTold, again
	case last != nil && at.Before(last.at.Add(pace.Every)):
		return WaitDigest, last.at.Add(pace.Every)
	case d.silent(l.Kind, at):
		return WaitQuiet, d.Config.Quiet.Opens(at)
	}
	return "", time.Time{}
}

func (d *Desk) silent(kind rules.NoticeKind, at time.Time) bool {
	return (!kind.ToOperators() || d.Config.Operators.Quiet) && d.Config.Quiet.Silent(at)
}

// To is where a letter goes by mail; nobody where that is not known.
func (d *Desk) To(l *Letter) []string {
	switch {
	case l.Kind.ToOperators():
		return d.Config.Operators.To
	case l.Address != "":
		return []string{l.Address}
	}
	return nil
}

// History is who was told what, by which channel.
type History struct{ last map[address]*told }

type address struct {
	kind            rules.NoticeKind
	person, channel string
}

// told is what somebody was told of one kind, and when last.
type told struct {
	at    time.Time
	about map[string]time.Time
}

// NewHistory makes a history of notices, in the order in which they were decided.
func NewHistory(list []rules.Notice) *History {
	h := &History{last: map[address]*told{}}
	for i := range list {
		h.add(&list[i])
	}
	return h
}

// add notes a notice. One that was overtaken has told nobody anything.
func (h *History) add(n *rules.Notice) {
	if n.State == rules.NoticeOvertaken {
		return
	}
	k := address{n.Kind, n.Person, n.Channel}
	t := h.last[k]
	if t == nil {
		t = &told{about: map[string]time.Time{}}
		h.last[k] = t
	}
	t.at = n.At
	for _, a := range n.About {
		t.about[a] = n.At
	}
}

// forget takes back a notice that told nobody anything, so that the matter is news again
// when it returns.
func (h *History) forget(n *rules.Notice) {
	if t := h.of(n.Kind, n.Person, n.Channel); t != nil {
		for _, a := range n.About {
			delete(t.about, a)
		}
	}
}

func (h *History) of(kind rules.NoticeKind, person, channel string) *told {
	return h.last[address{kind, person, channel}]
}

// news reports whether the letter says anything that was not said, or long ago; if not,
// when the first of it may be said again.
func (t *told) news(l *Letter, repeat time.Duration, at time.Time) (news bool, again time.Time) {
	if t == nil {
		return true, again
	}
	for i := range l.Lines {
		said, ok := t.about[l.Lines[i].About]
		if !ok || repeat > 0 && !at.Before(said.Add(repeat)) {
			return true, again
		}
		if next := said.Add(repeat); repeat > 0 && (again.IsZero() || next.Before(again)) {
			again = next
		}
	}
	return false, again
}

// unsaid is the letter without what was said for good: whoever may start in a second
// programme is not told of the first one again.
func (l *Letter) unsaid(about []string) *Letter {
	if l.Kind != rules.NoticeMayStart {
		return l
	}
	part := *l
	part.Lines = slices.DeleteFunc(slices.Clone(l.Lines), func(x Line) bool { return !slices.Contains(about, x.About) })
	return &part
}

// newAbouts are those that the notice of the letter is about.
func (t *told) newAbouts(l *Letter) []string {
	if t == nil || l.Kind != rules.NoticeMayStart {
		return l.abouts()
	}
	return slices.DeleteFunc(l.abouts(), func(a string) bool { _, said := t.about[a]; return said })
}
