package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector/notice"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// The channels of notices.
const channelSMTP, channelWebhook = "smtp", "webhook"

// newDesk makes what sends notices; nil where none are configured. Nothing is reached yet.
func newDesk(c *config.Config) (*notice.Desk, error) {
	n := c.Notices
	if n == nil {
		return nil, nil
	}
	d := &notice.Desk{Config: &n.Config, Texts: n.Texts}
	if c.Web != nil {
		d.Base = strings.TrimSuffix(c.Web.URL, "/")
	}
	if s := n.SMTP; s != nil {
		m, err := notice.NewMailer(s.Server, s.Password.Reveal())
		if err != nil {
			return nil, fmt.Errorf("notices.smtp: %w", err)
		}
		d.Channels = append(d.Channels, notice.Channel{Name: channelSMTP, Kinds: s.Server.Kinds, Mail: true, Carrier: m})
	}
	if w := n.Webhook; w != nil {
		gate := &rest.Gate{} // of its own: it opens no way to an LMS
		client, err := rest.Notices(w.Server, gate)
		if err != nil {
			return nil, fmt.Errorf("notices.webhook: %w", err)
		}
		d.Channels = append(d.Channels, notice.Channel{Name: channelWebhook, Kinds: w.Kinds, Carrier: notice.NewHook(client, gate.Permit)})
	}
	return d, nil
}

// newNotices returns what tells people, from what is published.
func (d *daemon) newNotices() *notice.Sender {
	return notice.NewSender(notice.Options{Store: d.store.Notices(), Desk: d.desk.Load, Now: d.noticed, Clock: d.program.now,
		Log: d.log, Tell: d.metrics.Notice})
}

// noticed is what is true now, as far as notices want it; nil before the first judgement.
func (d *daemon) noticed() *notice.Now {
	v := d.show.Current()
	if v == nil {
		return nil
	}
	now := &notice.Now{At: v.At, Mode: v.Mode, Judgement: v.Judgement, Refusals: v.Refusals, Problems: int(d.problems.Load()),
		Placeholders: v.Policy.Identity.Placeholders}
	if q := v.Quarantine; q != nil {
		now.Quarantine, now.Because = q.Digest, q.Because
	}
	for _, s := range v.Sources {
		if s.Stale(d.program.now()) {
			now.Stale = append(now.Stale, s.Name)
		}
	}
	return now
}

// checkNotices goes as far with the mail server as one can without sending a mail.
func (p *program) checkNotices(s *site) []line {
	n := s.config.Notices
	if n == nil {
		return nil
	}
	var lines []line
	for _, c := range s.desk.Channels {
		m, ok := c.Carrier.(*notice.Mailer)
		if !ok {
			continue // a webhook can only be asked by a notice
		}
		l := line{Subject: "smtp " + n.SMTP.Server.Host, Check: "answers", Result: checkOK, Detail: "greeting, EHLO, TLS and sign-in as configured; no mail was sent"}
		if err := m.Check(p.ctx); err != nil {
			l.Result, l.Detail, l.Do = checkError, err.Error(), "check host, port, tls, username and password"
		}
		lines = append(lines, l)
	}
	return lines
}

type noticesCmd struct {
	Full bool `help:"Print the texts, too."`
}

// noticeJSON is one letter on one channel.
type noticeJSON struct {
	Kind    rules.NoticeKind `json:"kind"`
	Channel string           `json:"channel"`
	Person  string           `json:"person,omitempty"`
	To      []string         `json:"to"`
	Subject string           `json:"subject"`
	Text    string           `json:"text,omitempty"`
	// Stopped says why it would not be sent now; left out: it would.
	Stopped string    `json:"stopped,omitempty"`
	Until   time.Time `json:"until,omitzero"`
}

// Run shows who would be told what now. Nothing is sent, and nothing kept.
func (c *noticesCmd) Run(p *program) error {
	cfg, err := config.Load(p.cli.Config)
	if err != nil {
		return err
	}
	desk, err := newDesk(cfg)
	if err != nil {
		return err
	}
	if desk == nil {
		return errors.New("no notices are configured: the key is notices; leadfront init writes an example")
	}
	now, history, err := p.noticesNow(cfg)
	if err != nil {
		return err
	}
	out := []noticeJSON{}
	for _, w := range desk.Due(now.Mode, notice.Letters(now), history, p.now()) {
		text, err := desk.Write(w.Letter, now.Mode == rules.Observe)
		if err != nil {
			return err
		}
		n := noticeJSON{Kind: w.Letter.Kind, Channel: w.Channel, Person: w.Letter.Person, To: append([]string{}, desk.To(w.Letter)...),
			Subject: text.Subject, Stopped: string(w.Wait), Until: w.Until}
		if c.Full {
			n.Text = text.Text
		}
		out = append(out, n)
	}
	return p.printNotices(out)
}

// noticesNow reads what is true now and who was told what.
func (p *program) noticesNow(cfg *config.Config) (*notice.Now, *notice.History, error) {
	r, err := p.dryAt("")
	if err != nil {
		return nil, nil, err
	}
	if r.Blind != "" {
		return nil, nil, errors.New(undecided(r.Blind))
	}
	p.warnUnread(r)
	st, err := p.openStore(cfg, true)
	if err != nil {
		return nil, nil, err
	}
	defer st.Close()
	now := &notice.Now{At: p.now(), Mode: r.Mode, Judgement: r.Judgement, Refusals: r.Refusals, Quarantine: r.Quarantined, Because: r.QuarantinedBecause,
		Placeholders: cfg.Identity.Placeholders}
	for _, s := range r.Facts.Sources {
		if s.Stale(p.now()) {
			now.Stale = append(now.Stale, s.Name)
		}
	}
	if now.Released, err = st.Notices().Released(p.ctx, p.now().Add(-notice.Fresh)); err != nil {
		return nil, nil, err
	}
	told, err := st.Notices().Since(p.ctx, p.now().Add(-notice.Memory))
	return now, notice.NewHistory(told), err
}

func (p *program) printNotices(list []noticeJSON) error {
	if p.cli.Output == "json" {
		return p.json(list)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	due := 0
	for _, n := range list {
		when := "now"
		if n.Stopped == "" {
			due++
		} else if when = "not now: " + n.Stopped; !n.Until.IsZero() {
			when += ", until " + n.Until.UTC().Format("2006-01-02 15:04")
		}
		to := strings.Join(n.To, ", ")
		if to == "" {
			to = "nobody by mail"
		}
		printf(w, "%s\t%s\t%s\t%s\t%s\n", n.Kind, n.Channel, to, n.Subject, when)
		if n.Text != "" {
			w.Flush()
			printf(p.stdout, "\n    %s\n", strings.ReplaceAll(strings.TrimSpace(n.Text), "\n", "\n    "))
		}
	}
	w.Flush()
	printf(p.stdout, "%d notices would be sent now, %d not. Nothing was sent.\n", due, len(list)-due)
	return nil
}
