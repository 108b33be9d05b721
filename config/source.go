package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// What a configuration may measure. The bounds keep a hostile file from
// exhausting the parser, which remembers the path of every node.
const (
	maxBytes = 1 << 20
	maxLine  = 16 << 10
	maxDepth = 64
)

// place is where something stands in the file.
type place struct{ line, column int }

func placeOf(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key // the node's own token is the colon after it
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return place{t.Position.Line, t.Position.Column}
	}
	return place{}
}

// parse returns the one document of the file.
func parse(data []byte) (ast.Node, place, error) {
	if err := bounded(data); err != nil {
		return nil, place{}, err
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := syntaxError(err)
		return nil, at, errors.New(message)
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return nil, place{}, errors.New("is empty; leadfront init writes an example")
	case 1:
		return bodies[0], place{}, nil
	}
	return nil, placeOf(bodies[1]), errors.New("has a second document; one file is one configuration")
}

func bounded(data []byte) error {
	if len(data) > maxBytes {
		return fmt.Errorf("has more than %d bytes", maxBytes)
	}
	depth := 0
	for line := range strings.Lines(string(data)) {
		if len(line) > maxLine {
			return fmt.Errorf("has a line of more than %d bytes", maxLine)
		}
		for _, b := range []byte(line) {
			switch b {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			}
			if depth > maxDepth {
				return errors.New("is nested too deeply")
			}
		}
		if strings.Count(line, "- ") > maxDepth {
			return errors.New("has a line with too many dashes")
		}
	}
	return nil
}

// syntaxError takes the place and the words out of an error of the parser.
func syntaxError(err error) (place, string) {
	var at yaml.Error
	if !errors.As(err, &at) {
		return place{}, "is not YAML"
	}
	p := place{}
	if t := at.GetToken(); t != nil && t.Position != nil {
		p = place{t.Position.Line, t.Position.Column}
	}
	if strings.Contains(at.GetMessage(), `"`) { // it quotes the file, and what it quotes can be a secret
		return p, "is not YAML: a value that begins with a sign, such as | or >, has to stand in quotes"
	}
	return p, "is not YAML: " + at.GetMessage()
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	at    place
	value ast.Node
}

// entries returns the keys of a mapping; ok is false for any other node.
func entries(n ast.Node) (list []entry, ok bool) {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		return nil, false
	}
	for _, v := range values {
		key := ""
		if t := v.Key.GetToken(); t != nil {
			key = t.Value
		}
		list = append(list, entry{key, placeOf(v.Key), v.Value})
	}
	return list, true
}

// text returns a scalar as it is written, so that an unquoted 00001 keeps its
// zeros; ok is false for what is no scalar, and for null.
func text(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// kind names a node for an error message.
func kind(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	}
	return "a single value"
}
