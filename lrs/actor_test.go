package lrs

import "testing"

// TestNoLookAlikeBecomesASCII: neither by case folding nor by NFC.
func TestNoLookAlikeBecomesASCII(t *testing.T) {
	for address, want := range map[string]string{
		"Kim@Corp.EXAMPLE":        "Kim@corp.example",
		"\u212aim@corp.example":   "\u212aim@corp.example",
		"kim@\u212aorp.example":   "kim@\u212aorp.example",
		"kim@corp.example\u037e":  "kim@corp.example\u037e",
		"kim@\u0130.EXAMPLE":      "kim@\u0130.example",
		"rene\u0301@corp.example": "ren\u00e9@corp.example",
	} {
		if got := normalAddress(address); got != want {
			t.Errorf("%+q becomes %+q, want %+q", address, got, want)
		}
	}
}
