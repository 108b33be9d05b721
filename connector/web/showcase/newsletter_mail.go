package showcase

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/wneessen/go-mail"
)

// Mail is the newsletter as a message that is ready to be sent: plain text (Markdown)
// and HTML. From and to may be empty, for somebody else to fill in.
func (n *Newsletter) Mail(from, to string, at time.Time) ([]byte, error) {
	text, err := n.Text()
	if err != nil {
		return nil, err
	}
	html, err := n.HTML()
	if err != nil {
		return nil, err
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if from != "" {
		if err := m.From(from); err != nil {
			return nil, fmt.Errorf("%q is no address to write from: %w", from, err)
		}
	}
	if to != "" {
		if err := m.ToFromString(to); err != nil {
			return nil, fmt.Errorf("%q is no address, or list of addresses between commas, to write to: %w", to, err)
		}
	}
	sum := sha256.Sum256(html)
	m.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@leadfront.invalid") // one newsletter, one id
	m.SetDateWithValue(at)
	m.Subject(n.Title())
	m.SetBodyString(mail.TypeTextPlain, string(text))
	m.AddAlternativeString(mail.TypeTextHTML, string(html))
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write the newsletter as a mail: %w", err)
	}
	return out.Bytes(), nil
}
