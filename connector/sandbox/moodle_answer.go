package sandbox

import (
	"bytes"
	"embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// template holds what the answers of a real Moodle say besides what is known
// here: settings of an installation, as recorded.
//
//go:embed template/*.json
var template embed.FS

// object is a JSON object.
type object = map[string]any

// fromTemplate returns the recorded object of that name with the fields put in.
func fromTemplate(name string, fields object) object {
	o := object{}
	data, err := template.ReadFile("template/" + name + ".json")
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		err = d.Decode(&o)
	}
	if err != nil {
		panic(fmt.Sprintf("embedded template %s: %v", name, err)) // a broken build, not bad input
	}
	maps.Copy(o, fields)
	return o
}

// refusal is an error answer, which Moodle sends with status 200.
type refusal struct {
	class, code, message string
}

func (r *refusal) value() any { return *r }

func invalidParameter() *refusal {
	return &refusal{`core\exception\invalid_parameter_exception`, "invalidparameter", "Invalid parameter value detected"}
}

func codingError(what string) *refusal {
	return &refusal{`core\exception\coding_exception`, "codingerror", "Coding error detected, it must be fixed by a programmer: " + what}
}

func missingRecord(table string) *refusal {
	return &refusal{"dml_missing_record_exception", "invalidrecord", "Can't find data record in database table " + table + "."}
}

func invalidUser() *refusal {
	return &refusal{"dml_missing_record_exception", "invaliduser", "Invalid user"}
}

func noAccess() *refusal {
	return &refusal{"webservice_access_exception", "accessexception", "Access control exception"}
}

func noPermission(what string) *refusal {
	return &refusal{`core\exception\required_capability_exception`, "nopermissions",
		"Sorry, but you do not currently have permissions to do that (" + what + ")."}
}

func moodleException(code, message string) *refusal {
	return &refusal{`core\exception\moodle_exception`, code, message}
}

func loginRequired() *refusal {
	return &refusal{`core\exception\require_login_exception`, "requireloginerror", "Course or activity not accessible."}
}

// reply is an HTTP answer.
type reply struct {
	status int
	kind   string
	body   []byte
}

// encode answers in the format that was asked for; without one, in XML.
func (q *query) encode(value any) reply {
	refused, isRefusal := value.(refusal)
	if q.json {
		if isRefusal {
			value = object{"exception": refused.class, "errorcode": refused.code, "message": refused.message}
		}
		body, err := json.Marshal(value)
		if err != nil {
			return reply{http.StatusInternalServerError, "text/plain", nil}
		}
		return reply{http.StatusOK, "application/json", body}
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" ?>` + "\n")
	if isRefusal {
		fmt.Fprintf(&b, "<EXCEPTION class=\"%s\">\n<ERRORCODE>%s</ERRORCODE>\n<MESSAGE>%s</MESSAGE>\n</EXCEPTION>\n",
			escape(refused.class), escape(refused.code), escape(refused.message))
	} else {
		b.WriteString("<RESPONSE>\n")
		writeXML(&b, value)
		b.WriteString("</RESPONSE>\n")
	}
	return reply{http.StatusOK, "application/xml; charset=utf-8", b.Bytes()}
}

// writeXML writes a value as Moodle's REST server does; keys come sorted.
func writeXML(b *bytes.Buffer, value any) {
	switch v := value.(type) {
	case object:
		b.WriteString("<SINGLE>\n")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			fmt.Fprintf(b, "<KEY name=\"%s\">", escape(key))
			writeXML(b, v[key])
			b.WriteString("</KEY>\n")
		}
		b.WriteString("</SINGLE>\n")
	case []any:
		b.WriteString("<MULTIPLE>\n")
		for _, item := range v {
			writeXML(b, item)
		}
		b.WriteString("</MULTIPLE>\n")
	case nil:
		b.WriteString("<VALUE null=\"null\"/>\n")
	case bool:
		n := 0
		if v {
			n = 1
		}
		fmt.Fprintf(b, "<VALUE>%d</VALUE>\n", n)
	default:
		fmt.Fprintf(b, "<VALUE>%s</VALUE>\n", escape(fmt.Sprint(v)))
	}
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer does not fail
	return b.String()
}
