package notice

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"golang.org/x/time/rate"

	"github.com/leadfront/leadfront/rules"
)

// SMTP is a mail server that takes mail to be delivered (RFC 5321, RFC 6409).
type SMTP struct {
	Host string `yaml:"host"` // required
	Port int    `yaml:"port"` // 587; 465 with tls: tls
	// TLS is starttls (refused without it), tls (from the first byte) or none, which is
	// for a server on this machine; starttls.
	TLS      string `yaml:"tls"`
	CAFile   string `yaml:"ca_file"`  // PEM of who vouches for the server; left out: whom this machine trusts
	Username string `yaml:"username"` // left out: nobody signs in
	From     string `yaml:"from"`     // required; such as Leaders first <leadfront@corp.example>
	ReplyTo  string `yaml:"reply_to"`
	// Rate is how many mails are sent in a minute at most; 60.
	Rate    int                `yaml:"rate"`
	Timeout time.Duration      `yaml:"timeout"` // for one answer; 30s
	Kinds   []rules.NoticeKind `yaml:"kinds"`   // that go by mail; left out: all
}

// SetDefaults fills in what may be left out.
func (s *SMTP) SetDefaults() { s.TLS, s.Rate, s.Timeout = "starttls", 60, 30*time.Second }

// Validate returns what is wrong.
func (s *SMTP) Validate() error {
	var errs []error
	need := func(ok bool, message string) {
		if !ok {
			errs = append(errs, errors.New(message))
		}
	}
	need(s.Host != "", "host: is required: the mail server")
	need(s.Port >= 0 && s.Port <= 65535, "port: is no port")
	need(s.TLS == "starttls" || s.TLS == "tls" || s.TLS == "none", "tls: is none of starttls, tls, none")
	need(isAddress(s.From), "from: is required: the address that notices come from, such as leadfront@corp.example")
	need(s.ReplyTo == "" || isAddress(s.ReplyTo), "reply_to: is not an address")
	need(s.Rate > 0, "rate: must be more than 0")
	need(s.Timeout > 0, "timeout: must be longer than 0")
	return errors.Join(append(errs, CheckKinds(s.Kinds))...)
}

func isAddress(s string) bool {
	_, err := netmail.ParseAddress(s)
	return err == nil
}

// Mailer sends by SMTP. It may be used from several goroutines; each mail has its own
// connection, so that a server that closes one loses nothing.
type Mailer struct {
	cfg   SMTP
	dial  []mail.Option
	limit *rate.Limiter
	hide  *strings.Replacer
}

// NewMailer makes a mailer that has reached nothing yet. The password belongs to the
// user name.
func NewMailer(cfg SMTP, password string) (*Mailer, error) {
	m := &Mailer{cfg: cfg, limit: rate.NewLimiter(rate.Limit(float64(cfg.Rate)/60), 1), hide: masks(cfg.Username, password)}
	roots, err := trust(cfg.CAFile)
	if err != nil {
		return nil, err
	}
	m.dial = []mail.Option{mail.WithTimeout(cfg.Timeout), mail.WithoutNoop(),
		mail.WithTLSConfig(&tls.Config{ServerName: cfg.Host, RootCAs: roots, MinVersion: tls.VersionTLS12})}
	port := 587
	switch cfg.TLS {
	case "tls":
		port = 465
		m.dial = append(m.dial, mail.WithSSL())
	case "none":
		m.dial = append(m.dial, mail.WithTLSPolicy(mail.NoTLS))
	default:
		m.dial = append(m.dial, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if cfg.Port != 0 {
		port = cfg.Port
	}
	m.dial = append(m.dial, mail.WithPort(port))
	if cfg.Username != "" {
		m.dial = append(m.dial, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(cfg.Username), mail.WithPassword(password))
	}
	if _, err := mail.NewClient(cfg.Host, m.dial...); err != nil {
		return nil, fmt.Errorf("use mail server %s: %w", cfg.Host, err)
	}
	return m, nil
}

// masks hides the password in the forms in which it is sent.
func masks(user, password string) *strings.Replacer {
	if len(password) < 4 {
		return strings.NewReplacer()
	}
	coded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return strings.NewReplacer(coded("\x00"+user+"\x00"+password), "<secret>", coded(password), "<secret>", password, "<secret>")
}

// trust reads who vouches for the server; nil: whom this machine trusts.
func trust(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read who vouches for the mail server: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", file)
	}
	return pool, nil
}

// Check goes as far as a mail would without sending one: greeting, EHLO, TLS, sign-in.
func (m *Mailer) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, m.cfg.Timeout)
	defer cancel()
	c, err := m.open(ctx)
	if err != nil {
		return err
	}
	_ = c.Close() // it has answered; how it says good-bye matters to nobody
	return nil
}

// open connects, with TLS and sign-in. What a server says to a password may repeat it.
func (m *Mailer) open(ctx context.Context) (*mail.Client, error) {
	c, err := mail.NewClient(m.cfg.Host, m.dial...)
	if err == nil {
		err = c.DialWithContext(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("reach mail server %s: %s", m.cfg.Host, m.hide.Replace(err.Error()))
	}
	return c, nil
}

// Send implements Carrier.
func (m *Mailer) Send(ctx context.Context, what Message) error {
	msg, err := m.message(what)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := m.limit.Wait(ctx); err != nil {
		return fmt.Errorf("wait for the next mail: %w", err)
	}
	c, err := m.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return m.failure(c.Send(msg))
}

func (m *Mailer) message(what Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(m.cfg.From); err != nil {
		return nil, errors.New("the sender is no address")
	}
	if err := msg.To(what.To...); err != nil {
		return nil, errors.New("a receiver is no address") // which one is personal
	}
	if m.cfg.ReplyTo != "" {
		if err := msg.ReplyTo(m.cfg.ReplyTo); err != nil {
			return nil, errors.New("reply_to is no address")
		}
	}
	msg.SetMessageIDWithValue(what.ID + "@leadfront.invalid") // the same when it is sent again
	msg.SetDateWithValue(what.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no absence notes in answer
	msg.Subject(what.Subject)
	msg.SetBodyString(mail.TypeTextPlain, what.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, what.HTML)
	return msg, nil
}

// failure is why a mail was not taken, without its receiver, which the library's own
// error names.
func (m *Mailer) failure(err error) error {
	var s *mail.SendError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &s):
		return fmt.Errorf("mail server %s: %w", m.cfg.Host, ErrLost)
	case s.ErrorCode() >= 500:
		return fmt.Errorf("%w: mail server %s answered %d %s: %s", ErrRefused, m.cfg.Host, s.ErrorCode(), s.EnhancedStatusCode(), s.Reason)
	case s.ErrorCode() == 0 && s.Reason == mail.ErrSMTPDataClose:
		return fmt.Errorf("mail server %s: %w", m.cfg.Host, ErrLost)
	}
	return fmt.Errorf("mail server %s answered %d %s: %s", m.cfg.Host, s.ErrorCode(), s.EnhancedStatusCode(), s.Reason)
}
