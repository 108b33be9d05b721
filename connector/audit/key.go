package audit

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
)

// Key signs heads of the log.
type Key struct{ private ed25519.PrivateKey }

// The PEM types of RFC 7468; openssl reads both.
const (
	pemPrivate = "PRIVATE KEY"
	pemPublic  = "PUBLIC KEY"
)

// ErrNotKey says that the bytes are no PEM of an Ed25519 key.
var ErrNotKey = errors.New("not a PEM file of an Ed25519 key")

// NewKey makes a key from the given source of randomness.
func NewKey(random io.Reader) (Key, error) {
	_, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return Key{}, fmt.Errorf("make a signing key: %w", err)
	}
	return Key{private}, nil
}

// ParseKey reads what PrivatePEM wrote.
func ParseKey(text []byte) (Key, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemPrivate {
		return Key{}, ErrNotKey
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrNotKey, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, ErrNotKey
	}
	return Key{private}, nil
}

// ParsePublic reads what PublicPEM wrote.
func ParsePublic(text []byte) (ed25519.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemPublic {
		return nil, ErrNotKey
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotKey, err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, ErrNotKey
	}
	return public, nil
}

// PrivatePEM is the secret half, to be kept in a file that only its owner reads.
func (k Key) PrivatePEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, fmt.Errorf("encode the signing key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemPrivate, Bytes: der}), nil
}

// PublicPEM is the half that auditors get.
func (k Key) PublicPEM() ([]byte, error) { return PublicPEM(k.Public()) }

// PublicPEM is a public key as ParsePublic reads it.
func PublicPEM(public ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("encode the public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemPublic, Bytes: der}), nil
}

// Public is the half that auditors get.
func (k Key) Public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

// Derive makes a key of 32 bytes for another purpose, the same one each time. Who
// learns it learns nothing of the signing key (RFC 5869).
func (k Key) Derive(purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, k.private.Seed(), nil, "leadfront "+purpose, sha256.Size)
}

// Format hides the key from whoever prints it, with any verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "<secret>") }

// MarshalText hides the key from encoders.
func (k Key) MarshalText() ([]byte, error) { return []byte("<secret>"), nil }
