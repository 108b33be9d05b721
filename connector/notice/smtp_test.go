package notice

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const secret = "s3cret-of-the-mail"

// post is a mail server that keeps what it takes, and can misbehave.
type post struct {
	mu      sync.Mutex
	got     []string
	to      []string
	refuse  *smtp.SMTPError // the answer to every receiver
	silent  chan struct{}   // not answering to a greeting until closed
	address string
	ca      string // file
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) {
	if p.silent != nil {
		<-p.silent
	}
	return &session{p, false}, nil
}

type session struct {
	*post
	in bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "leadfront" || password != secret {
			return &smtp.SMTPError{Code: 535, Message: "no such password: " + password}
		}
		s.in = true
		return nil
	}), nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.to = append(s.to, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	all, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(all))
	return err
}

// openPost serves on loopback, with STARTTLS unless bare.
func openPost(t *testing.T, bare bool) *post {
	t.Helper()
	p := &post{ca: filepath.Join(t.TempDir(), "ca.pem")}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err == nil {
		err = os.WriteFile(p.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(p)
	server.Domain, server.AllowInsecureAuth = "mail.example", bare
	if !bare {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	return p
}

func (p *post) mailer(t *testing.T, password string, change func(*SMTP)) *Mailer {
	t.Helper()
	cfg := SMTP{Host: "127.0.0.1", CAFile: p.ca, Username: "leadfront", From: "Leaders first <lf@corp.example>"}
	cfg.SetDefaults()
	addr, err := net.ResolveTCPAddr("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Port = addr.Port
	if change != nil {
		change(&cfg)
	}
	m, err := NewMailer(cfg, password)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func sample() Message {
	return Message{ID: "notice-1", At: time.Unix(1793610000, 0), To: []string{"neena@corp.example"},
		Written: Written{"12 people wait for you", "They wait.", "<p>They wait.</p>"}}
}

func TestMailArrivesByTLSAndSignIn(t *testing.T) {
	p := openPost(t, false)
	m := p.mailer(t, secret, nil)
	if err := m.Check(t.Context()); err != nil || len(p.got) != 0 {
		t.Fatalf("check: %v, %d mails", err, len(p.got))
	}
	if err := m.Send(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Subject: 12 people wait for you", "Message-ID: <notice-1@leadfront.invalid>", "Auto-Submitted: auto-generated",
		"From: \"Leaders first\" <lf@corp.example>", "text/plain", "<p>They wait.</p>"} {
		if !strings.Contains(p.got[0], want) {
			t.Errorf("%q is not in\n%s", want, p.got[0])
		}
	}
	if len(p.got) != 1 || len(p.to) != 1 || p.to[0] != "neena@corp.example" {
		t.Errorf("%d mails to %v", len(p.got), p.to)
	}
}

func TestMailIsNotSentInTheClear(t *testing.T) {
	p := openPost(t, true)
	if err := p.mailer(t, secret, nil).Send(t.Context(), sample()); err == nil || !strings.Contains(err.Error(), "STARTTLS") || len(p.got) > 0 {
		t.Errorf("%v, %d mails", err, len(p.got))
	}
	stranger := openPost(t, false)
	if err := stranger.mailer(t, secret, func(c *SMTP) { c.CAFile = p.ca }).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of somebody else: %v", err)
	}
}

func TestWhatAMailServerSaysNamesNobody(t *testing.T) {
	p := openPost(t, false)
	err := p.mailer(t, "wrong-"+secret, nil).Check(t.Context())
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a wrong password: %v", err)
	}
	p.refuse = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "neena@corp.example is unknown"}
	err = p.mailer(t, secret, nil).Send(t.Context(), sample())
	if !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "neena") || !strings.Contains(err.Error(), "550") {
		t.Errorf("an unknown receiver: %v", err)
	}
	p.refuse = &smtp.SMTPError{Code: 451, Message: "later"}
	if err = p.mailer(t, secret, nil).Send(t.Context(), sample()); err == nil || errors.Is(err, ErrRefused) || errors.Is(err, ErrLost) {
		t.Errorf("try again later: %v", err)
	}
}

func TestASilentMailServerIsGivenUp(t *testing.T) {
	p := openPost(t, false)
	p.silent = make(chan struct{})
	defer close(p.silent)
	m := p.mailer(t, secret, func(c *SMTP) { c.Timeout = 100 * time.Millisecond })
	if err := m.Check(t.Context()); err == nil {
		t.Error("a server that says nothing was found to be well")
	}
}
