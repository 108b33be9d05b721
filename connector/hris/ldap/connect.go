package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/go-ldap/ldap/v3"
)

const (
	dialWithin   = 10 * time.Second
	answerWithin = 2 * time.Minute // one page
)

// connect returns a connection that has signed in.
func connect(ctx context.Context, c *Config, password string) (directory, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	trust, err := trusted(c)
	if err != nil {
		return nil, err
	}
	conn, err := ldap.DialURL(c.URL, ldap.DialWithDialer(&net.Dialer{Timeout: dialWithin}), ldap.DialWithTLSConfig(trust))
	if err != nil {
		return nil, fmt.Errorf("cannot be reached: %w", err)
	}
	conn.SetTimeout(answerWithin)
	if err := signIn(conn, c, trust, password); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func signIn(conn *ldap.Conn, c *Config, trust *tls.Config, password string) error {
	if c.StartTLS {
		if err := conn.StartTLS(trust); err != nil {
			return fmt.Errorf("does not encrypt the connection: %w", err)
		}
	}
	if c.BindDN == "" {
		if err := conn.UnauthenticatedBind(""); err != nil {
			return fmt.Errorf("cannot be searched anonymously: %w", err)
		}
		return nil
	}
	if err := conn.Bind(c.BindDN, password); err != nil {
		return fmt.Errorf("does not sign in %s: %w", c.BindDN, err)
	}
	return nil
}

// trusted says whose certificates are believed.
func trusted(c *Config) (*tls.Config, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("url cannot be parsed") // nothing of it is quoted
	}
	out := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return out, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	out.RootCAs = x509.NewCertPool()
	if !out.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s holds no certificate in PEM", c.CAFile)
	}
	return out, nil
}
