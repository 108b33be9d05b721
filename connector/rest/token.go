package rest

import "net/http"

// Tokens is the table of a token endpoint, whose address is the configured URL
// itself: the POST that trades client credentials for a token (RFC 6749, 4.4.2)
// changes nothing that anybody keeps, and is all that may be sent there.
func Tokens() []Read {
	return []Read{{Method: http.MethodPost, Path: "", Form: map[string][]string{"grant_type": {"client_credentials"}}}}
}
