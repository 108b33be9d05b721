package lrs

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/leadfront/leadfront/rules"
)

// actor reads an Agent or a Group (Data 2.4.2): an Agent has exactly one
// identifier, a Group one or, when anonymous, none.
func (r *reader) actor(into *rules.Actor) error {
	a := rules.Actor{}
	identifiers, kind := 0, ""
	err := r.object(func(name string) (bool, error) {
		switch name {
		case "objectType":
			return true, r.text(&kind)
		case "mbox", "mbox_sha1sum", "openid", "account":
			identifiers++
			return true, r.identifier(name, &a)
		case "member":
			return true, r.list(func() error { return r.appendActor(&a.Members) })
		}
		return false, nil
	})
	a.Group = kind == "Group"
	switch {
	case err != nil:
		return err
	case kind != "" && kind != "Agent" && kind != "Group":
		return r.problem("the objectType is neither Agent nor Group")
	case identifiers > 1:
		return r.problem("has more than one identifier")
	case identifiers == 0 && !a.Group:
		return r.problem("has no identifier")
	}
	*into = a
	return nil
}

func (r *reader) appendActor(list *[]rules.Actor) error {
	var a rules.Actor
	err := r.actor(&a)
	*list = append(*list, a)
	return err
}

// identifier reads an inverse functional identifier (Data 2.4.2.3).
func (r *reader) identifier(name string, a *rules.Actor) error {
	if name == "account" {
		return r.account(a)
	}
	if err := r.text(&a.Raw); err != nil {
		return err
	}
	switch name {
	case "mbox":
		scheme, address, ok := strings.Cut(a.Raw, ":")
		if !ok || !strings.EqualFold(scheme, "mailto") || address == "" {
			return r.problem("must be a mailto IRI")
		}
		a.Kind, a.Value = rules.ActorMbox, normalAddress(address)
	case "mbox_sha1sum":
		if len(a.Raw) != 40 || strings.Trim(strings.ToLower(a.Raw), "0123456789abcdef") != "" {
			return r.problem("must be 40 hexadecimal digits")
		}
		a.Kind, a.Value = rules.ActorSHA1, strings.ToLower(a.Raw)
	case "openid":
		if !isIRI(a.Raw) {
			return r.problem("must be a URI")
		}
		a.Kind, a.Value = rules.ActorOpenID, a.Raw
	}
	return nil
}

func (r *reader) account(a *rules.Actor) error {
	a.Kind = rules.ActorAccount
	err := r.object(func(name string) (bool, error) {
		switch name {
		case "homePage":
			return true, r.text(&a.HomePage)
		case "name":
			return true, r.text(&a.Value)
		}
		return false, nil
	})
	a.Raw = a.Value
	switch {
	case err != nil:
		return err
	case !isIRI(a.HomePage):
		return r.problem("the homePage must be an IRL")
	case a.Value == "":
		return r.problem("the name is missing")
	}
	return nil
}

// lookAlikes become ASCII in NFC: the Kelvin sign is a K there.
const lookAlikes = "\u212a\u1fef\u037e"

// normalAddress is in Unicode NFC with the domain, which has no case, in lower case.
// No other character becomes an ASCII one by it: that address is somebody else's.
func normalAddress(address string) string {
	if !strings.ContainsAny(address, lookAlikes) {
		address = norm.NFC.String(address)
	}
	at := strings.LastIndexByte(address, '@') + 1
	if at == 0 {
		return address
	}
	return address[:at] + rules.LowerASCII(address[at:])
}

// isIRI reports whether the string begins like an absolute IRI (RFC 3987, 2.2).
func isIRI(s string) bool {
	scheme, rest, found := strings.Cut(s, ":")
	if !found || scheme == "" || rest == "" || !strings.ContainsRune(letters, rune(scheme[0])) {
		return false
	}
	return strings.Trim(scheme, letters+digits+"+-.") == ""
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)
