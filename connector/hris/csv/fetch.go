package csv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/leadfront/leadfront/connector/hris"
)

// fetch reads the file over HTTPS. What came is whole: an answer that is shorter
// than it says is an error of the client.
func fetch(ctx context.Context, client *resty.Client, c *Config) (rawFile, error) {
	raw := rawFile{path: client.BaseURL}
	if c.Marker == markerDone {
		return raw, errors.New("marker: done is for files; over HTTPS use sha256 or a trailer")
	}
	body, modified, err := get(ctx, client, "", c.Query)
	if err != nil {
		return raw, err
	}
	if int64(len(body)) > c.MaxBytes {
		return raw, fmt.Errorf("has more than max_bytes %d", c.MaxBytes)
	}
	raw.data, raw.modified = body, modified
	if c.Marker == markerSHA256 {
		return raw, fetchMarker(ctx, client, c, body)
	}
	return raw, nil
}

func fetchMarker(ctx context.Context, client *resty.Client, c *Config, body []byte) error {
	marker, _, err := get(ctx, client, client.BaseURL+"."+markerSHA256, c.Query)
	if err != nil {
		return fmt.Errorf("its marker: %w", err)
	}
	sum := sha256.Sum256(body)
	told, _, _ := strings.Cut(strings.TrimSpace(string(marker)), " ")
	if !strings.EqualFold(told, hex.EncodeToString(sum[:])) {
		return errors.New("does not have the digest that its marker tells: it is not whole, or the marker is of another file")
	}
	return nil
}

// get returns a body and when it was made, which is zero where that is not said.
func get(ctx context.Context, client *resty.Client, address, query string) ([]byte, time.Time, error) {
	body, header, err := hris.Get(ctx, client, address, query, nil)
	if err != nil {
		return nil, time.Time{}, err
	}
	modified, err := http.ParseTime(header.Get("Last-Modified"))
	if err != nil {
		modified = time.Time{}
	}
	return body, modified, nil
}
