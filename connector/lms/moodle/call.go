package moodle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// path of the REST server under the site's address; every call is a POST to it.
const path = "/webservice/rest/server.php"

// fields are the fields of a form, in the order in which they are sent.
type fields [][2]string

func (f fields) encode() string {
	var b strings.Builder
	for i, field := range f {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(field[0]) + "=" + url.QueryEscape(field[1]))
	}
	return b.String()
}

// call runs a web service function and decodes its answer into out, whole. The
// answer must be JSON of the shape of out; a refusal is an *Error. Any other
// error means that it is not known what Moodle did.
func (m *LMS) call(ctx context.Context, function string, form fields, out any) error {
	body, err := m.post(ctx, function, form)
	if err != nil {
		return err
	}
	return decode(function, body, out)
}

// write runs a function whose success is the literal null, and nothing else.
func (m *LMS) write(ctx context.Context, function string, form fields) error {
	body, err := m.post(ctx, function, form)
	if err != nil {
		return err
	}
	if string(bytes.TrimSpace(body)) == "null" {
		return nil
	}
	if e := refused(function, bytes.TrimSpace(body)); e != nil {
		return e
	}
	return fmt.Errorf("%s: %w", function, errShape)
}

func (m *LMS) post(ctx context.Context, function string, form fields) ([]byte, error) {
	body := append(fields{{"wsfunction", function}}, form...).encode()
	r, err := m.client.R().SetContext(ctx).SetBody(body).
		SetHeader("Content-Type", "application/x-www-form-urlencoded").Post(path)
	if err != nil {
		return nil, fmt.Errorf("ask moodle %q for %s: %w", m.cfg.Name, function, err)
	}
	switch r.StatusCode() {
	case http.StatusOK:
		return r.Body(), nil
	case http.StatusForbidden:
		return nil, fmt.Errorf("ask moodle %q for %s: it answered 403: switch web services and the REST protocol on", m.cfg.Name, function)
	}
	return nil, fmt.Errorf("ask moodle %q for %s: it answered %d", m.cfg.Name, function, r.StatusCode())
}

// errShape: the answer is not what the function answers.
var errShape = errors.New("the answer is not the JSON that was expected; is this the address of a Moodle, and is its debug display off?")

// maxValues bounds what is in an answer; a page of a thousand people, each with all
// that was asked for, has some 30,000 values.
const maxValues = 1 << 20

// values is at least the number of values in an answer.
func values(body []byte) int {
	return bytes.Count(body, []byte(",")) + bytes.Count(body, []byte("[")) + bytes.Count(body, []byte("{"))
}

// decode reads one answer. It never quotes it. A megabyte of empty objects would
// take a hundred in memory, so that too many values are refused unread.
func decode(function string, body []byte, out any) error {
	body = bytes.TrimSpace(body)
	if values(body) > maxValues {
		return fmt.Errorf("%s: the answer has more than %d values", function, maxValues)
	}
	if e := refused(function, body); e != nil {
		return e
	}
	if len(body) == 0 || string(body) == "null" || json.Unmarshal(body, out) != nil {
		return fmt.Errorf("%s: %w", function, errShape)
	}
	return nil
}

// refused is the refusal that the answer is; nil when it is none.
func refused(function string, body []byte) error {
	var refusal struct{ Exception, ErrorCode *string }
	if !bytes.HasPrefix(body, []byte("{")) || json.Unmarshal(body, &refusal) != nil || refusal.Exception == nil {
		return nil
	}
	e := &Error{Function: function, Code: "unknown"}
	if refusal.ErrorCode != nil {
		e.Code = code(*refusal.ErrorCode)
	}
	return e
}

// codeForm is what an errorcode looks like.
var codeForm = regexp.MustCompile(`^[a-zA-Z0-9_/-]{1,64}$`)

// code keeps what can be an errorcode, as it goes into logs. A token cannot be one:
// it is long and has digits in it.
func code(s string) string {
	if !codeForm.MatchString(s) || len(s) > 24 && strings.ContainsAny(s, "0123456789") {
		return "unknown"
	}
	return s
}
