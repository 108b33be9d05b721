package rest

import "log/slog"

// Secret is a password or token. However it is printed, logged or marshalled it
// reads "<secret>"; Reveal is the only way to its value.
type Secret string

const masked = "<secret>"

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask, empty for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString returns the mask.
func (s Secret) GoString() string { return s.String() }

// MarshalText returns the mask; JSON and YAML use it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue returns the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
