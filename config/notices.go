package config

import (
	"errors"

	"github.com/leadfront/leadfront/connector/notice"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/rules"
)

// Notices tells leaders that people wait for them, learners that they may start, and
// operators what waits for them; left out: nobody is told anything.
type Notices struct {
	Config  notice.Config  `yaml:",inline"`
	SMTP    *SMTP          `yaml:"smtp"`
	Webhook *NoticeWebhook `yaml:"webhook"`

	// Texts are the templates, read and tried.
	Texts *notice.Texts `yaml:"-"`
}

// SMTP is the mail server, with the password of its user name.
type SMTP struct {
	Server   notice.SMTP `yaml:",inline"`
	Password rest.Secret `yaml:"password"`
}

// NoticeWebhook gets notices as JSON, signed with the token as requests of the webhook
// platform are (connector/lms/README.md).
type NoticeWebhook struct {
	Server rest.Config        `yaml:",inline"`
	Kinds  []rules.NoticeKind `yaml:"kinds"` // that go there; left out: all
}

// Validate returns what is wrong.
func (s *SMTP) Validate() error {
	switch {
	case (s.Server.Username == "") != (s.Password == ""):
		return errors.New("username and password go together: set both or neither")
	case s.Server.Username != "" && s.Server.TLS == "none" && !isLoopback(s.Server.Host):
		return errors.New("tls: none would send the password in the clear: use starttls or tls")
	case s.Server.TLS == "none" && !isLoopback(s.Server.Host):
		return errors.New("tls: none would send names and addresses in the clear: it is for a server on this machine")
	}
	return nil
}

// Validate returns what is wrong.
func (w *NoticeWebhook) Validate() error {
	if len(w.Server.Token) < 16 {
		return errors.New("token: is required, of at least 16 characters: it signs every notice")
	}
	if w.Server.Username != "" {
		return errors.New("username: has no place here: notices are signed with the token")
	}
	return notice.CheckKinds(w.Kinds)
}

// checkNotices checks what no single key shows, and reads the templates.
func (d *decoder) checkNotices(c *Config) {
	n := c.Notices
	if n == nil {
		return
	}
	d.require("notices", n.SMTP != nil || n.Webhook != nil, "needs smtp or webhook: nobody could be told anything otherwise")
	if n.Webhook != nil {
		d.warnInsecure("notices.webhook", n.Webhook.Server.Insecure())
	}
	if n.SMTP != nil && len(n.Config.Operators.To) == 0 && !d.has("notices") {
		d.warn("notices.operators", "names no address: operators get no mail")
	}
	n.Config.Quiet.In(d.zone)
	if n.Config.Templates != "" {
		n.Config.Templates = d.resolve(n.Config.Templates)
	}
	if n.SMTP != nil && n.SMTP.Server.CAFile != "" {
		n.SMTP.Server.CAFile = d.resolve(n.SMTP.Server.CAFile)
	}
	var err error
	n.Texts, err = notice.NewTexts(n.Config.Templates)
	d.require("notices.templates", err == nil, "%v", err)
}
