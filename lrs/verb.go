package lrs

import "github.com/leadfront/leadfront/rules"

// The verbs that mean something here. Verbs are compared as strings: a look-alike
// under another address is another verb (Data 2.4.3).
const (
	verbCompleted = "http://adlnet.gov/expapi/verbs/completed"
	verbPassed    = "http://adlnet.gov/expapi/verbs/passed"
	verbAttempted = "http://adlnet.gov/expapi/verbs/attempted"
	verbAnswered  = "http://adlnet.gov/expapi/verbs/answered"
	verbVoided    = "http://adlnet.gov/expapi/verbs/voided"
	verbSatisfied = "https://w3id.org/xapi/adl/verbs/satisfied"
)

// kindOf returns what the verb would prove about its object.
func kindOf(verb string) rules.Kind {
	switch verb {
	case "http://adlnet.gov/expapi/verbs/initialized", "http://adlnet.gov/expapi/verbs/launched", verbAttempted:
		return rules.KindStarted
	case "http://adlnet.gov/expapi/verbs/progressed", "http://adlnet.gov/expapi/verbs/terminated":
		return rules.KindProgressed
	case verbCompleted:
		return rules.KindCompleted
	case verbPassed, "http://adlnet.gov/expapi/verbs/mastered":
		return rules.KindPassed
	case "http://adlnet.gov/expapi/verbs/failed":
		return rules.KindFailed
	case verbVoided:
		return rules.KindVoided
	case verbSatisfied:
		return rules.KindSatisfied
	case "https://w3id.org/xapi/adl/verbs/waived":
		return rules.KindWaived
	case "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted":
		return rules.KindUncompleted
	case "http://adlnet.gov/expapi/verbs/registered":
		return rules.KindRegistered
	}
	return kindOfSharing(verb)
}

// kindOfSharing knows the verbs by which work is shown to others; senders agree on
// none of them.
func kindOfSharing(verb string) rules.Kind {
	switch verb {
	case "http://adlnet.gov/expapi/verbs/shared", "http://activitystrea.ms/share", "http://activitystrea.ms/schema/1.0/share",
		"https://w3id.org/xapi/dod-isd/verbs/shared":
		return rules.KindShared
	case "http://activitystrea.ms/unshare", "http://activitystrea.ms/schema/1.0/unshare":
		return rules.KindUnshared
	case "http://activitystrea.ms/confirm", "http://activitystrea.ms/schema/1.0/confirm":
		return rules.KindConfirmed
	}
	return rules.KindNone
}
