package rules

import "strings"

// sentences are templates: {person}, {activity}, {at}, {detail}, {statement}
// stand for the operands.
var sentences = map[Code]string{
	CodePaused:             "the programme is paused by release-all",
	CodeEnded:              "the programme ended on {at}",
	CodeInactive:           "HR states that this person is inactive",
	CodeOutsideAudience:    "the programme is not for department {detail}",
	CodeNotLaunched:        "the programme launches on {at}",
	CodeCompleted:          "completed the course on {at}",
	CodeMayStart:           "a may-start waiver is in force until {at}",
	CodeStartedWaived:      "started on {at} under a may-start waiver",
	CodeStarted:            "has started on {at}; nobody is held in mid-course",
	CodeReleased:           "was released on {at}; whoever was released stays clear",
	CodeAudienceUnknown:    "HR does not say whether this person is in the audience",
	CodeNotMatched:         "no account of the LMS is matched to this person",
	CodeMissing:            "is missing from the organisation as HR gives it",
	CodeUnread:             "record source {detail} has not been read to its end yet",
	CodeStale:              "source {detail} has not been read within its limit",
	CodeTop:                "is a listed top of the organisation",
	CodeDoubt:              "the way up is in doubt at {person}: {detail}",
	CodeLeaderQualified:    "{person} has qualified on {at}",
	CodeNoLeaderLeft:       "everybody above, up to the top, is stated to be away",
	CodeWaitingFor:         "waits for {person}",
	CodeLeaderAway:         "{person} is away ({detail}) and was climbed over",
	CodeUseCaseMissing:     "{person} has not shared a use case",
	CodeEndorsementOnly:    "{person} has endorsed the work on {at} and not shown their own: {detail} missing",
	CodeDuplicateOnly:      "{person} has shared on {at} what somebody had shared before",
	CodeUnconfirmed:        "nobody of the team has confirmed what {person} shared on {at}",
	CodeNotBriefed:         "{person} has not been briefed to coach",
	CodeContractMissing:    "{person} has not completed {detail}",
	CodeCohortQualified:    "enough leaders of the audience have qualified: {detail}",
	CodeCohortOpen:         "the gate was opened on {at} and stays open",
	CodeCohortWaiting:      "waits for the leaders of the audience: {detail}",
	CodeCourseMissing:      "{person} has not completed the course",
	CodeSharedIdentifier:   "has an address that HR gives to somebody else, too: statements cannot be told apart",
	CodeStatusUnknown:      "has no status in HR",
	CodeUnplaced:           "has no manager and is not a listed top",
	CodeUnknownManager:     "has a manager who is not in the organisation: {detail}",
	CodeSelfManager:        "is stated to be their own manager",
	CodeCycle:              "is part of a circle of managers",
	CodeDuplicateID:        "stands twice in the organisation",
	CodeTopMissing:         "is a listed top and not in the organisation",
	CodeNoAccount:          "has no account in {detail}",
	CodeTwoAccounts:        "has two accounts in {detail}",
	CodeUnknownAccount:     "account {detail} belongs to nobody in the organisation",
	CodeAmbiguousAccount:   "account {detail} could belong to more than one person",
	CodeRecordsDisagree:    "about this leader's completion the witnesses disagree: {detail}",
	CodeHeldTooLong:        "has been on hold for longer than the programme allows: {detail}",
	CodeLeaderSilent:       "is at work in the LMS, and no statement about the course has come: a role there may silence this leader",
	CodeLeaderCannotAct:    "is waited for and cannot take the course: {detail}",
	CodeNotWritable:        "this enrolment is never written: {detail}",
	CodeStartUnknown:       "the LMS cannot say whether this person has started, so no hold is placed",
	CodeHoldWhileObserve:   "holds of ours are in place while the mode only observes",
	CodeOverrideRespected:  "somebody re-activated this enrolment on {at}; that is respected",
	CodeGateShut:           "{person} had not qualified on {at}",
	CodeNotOurs:            "somebody else has suspended the enrolment; nothing of ours was written",
	CodeRowGone:            "the enrolment is gone",
	CodeReactivated:        "somebody re-activated the enrolment",
	CodeReleasedUnanswered: "was released; the answer was lost, and the row is active",
	CodeConcluded:          "the enrolment is concluded",
	CodeNeverSeen:          "the hold was intended and never seen in place",
	CodeAccessLeft:         "the hold is in place and access is left by another way",
	CodeFirstEnforcement:   "the first holds of a programme ask for approval",
	CodeTooMany:            "too many at once: {detail}",
	CodeMadeGood:           "{person} has qualified on {at}",
	CodeSharedSince:        "{person} has shared on {at}",
	Code(ReleaseStuck):     "was released on {at}, and the enrolment in {detail} is still suspended",
	Code(ShareOverdue):     "{person} should have shared by {at}",
	Code(ShowcaseStale):    "nothing was shared in {detail}",
	Code(LevelSilent):      "nobody of {detail} has shared",
	CodeDisowned:           "an operator gave the hold up",
	CodeNoLongerFound:      "later evidence shows otherwise",

	CodeComponentMissing:      "{person} has not met {activity}",
	Code(BriefingSubstituted): "completed {activity}, which is not the course, on {at}",
	Code(WrongEdition):        "completed {activity} on {at} in a revision or at a time that no edition accepts",
	CodeFirstSnapshot:         "the first organisation asks for approval: {detail}",
	CodeManyGone:              "too many people are gone: {detail}",
	CodeManyAway:              "too many people are newly away: {detail}",
	CodeManagersMoved:         "too many people have another manager: {detail}",
	CodeManagersLost:          "too many people have lost their manager: {detail}",
	CodeNewTops:               "more people without a manager: {detail}",
	CodeTopGone:               "a listed top is gone: {detail}",
	CodeIDsReplaced:           "the ids are others: {detail}",
	CodeEmailsChanged:         "too many addresses have changed: {detail}",
	CodeFieldDwindled:         "a field has emptied: {detail}",
	CodeIDsReused:             "ids stand for other people than before: {detail}",
	CodeOrgReleases:           "the organisation alone would release too many: {detail}",
	CodeOrgOlder:              "the reading is older than the one that rules",
	CodeUnresolvedActor:       "a statement about the course names somebody unknown: {detail}",
	CodeAmbiguousActor:        "a statement about the course could be of more than one person: {detail}",
	CodePlaceholderActor:      "a statement about the course names a placeholder: {detail}",
	CodeGroupActor:            "a statement about the course is of a group, which proves nothing of its members: {detail}",
	CodeNearMissAccount:       "an account is known but for the spelling of its home page: {detail}",
	CodeNearMissIRI:           "an activity is the course's but for its spelling: {detail}",
	CodeUntrustedAuthority:    "an authority that is not trusted vouches for a statement: {detail}",
	CodeUntrustedPlatform:     "a statement is not of a platform that counts: {detail}",
	Code(TooFast):             "completed {activity} on {at}, sooner than the course can be done",
	CodeContradictoryResult:   "a statement contradicts itself: {detail}",
	CodePassedThenFailed:      "passed, and failed afterwards: {detail}",
	CodeSatisfiedWithoutWork:  "the LMS says satisfied without work of the person's own: {detail}",
	CodeRegistrationShared:    "two people share one registration: {detail}",
	CodeTimeToCome:            "a statement claims a time that has not come, and counts only then: {detail}",
	CodeNoTime:                "a statement has neither timestamp nor stored: {detail}",
	CodeStatementChanged:      "one statement id came with two contents: {detail}",
	CodeMalformedStatement:    "a statement cannot be read: {detail}",
	CodeStatementMissing:      "statements are gone from their source, which is no void: they stand: {detail}",
	CodeRecordsReset:          "a record source was emptied or replaced; what was learnt from it stands: {detail}",
	CodeSinceOnTimestamp:      "an LRS filters since by timestamp, so that late statements may be missed; set since: timestamp: {detail}",
	CodeRowRepeated:           "one row is given twice: {detail}",
	CodeRowWithoutID:          "a row names nobody: {detail}",
	CodeZerosLost:             "the manager's id may have lost its leading zeros: {detail}",
	CodeManagerRepaired:       "the manager's id was written in other letter case: {detail}",
}

// Sentence says the reason in words. The name function turns an HR id into what
// the reader may see; nil leaves the id.
func (r Reason) Sentence(name func(id string) string) string {
	if name == nil {
		name = func(id string) string { return id }
	}
	text, ok := sentences[r.Code]
	if !ok {
		text = strings.ReplaceAll(string(r.Code), "_", " ")
		if r.Detail != "" {
			text += ": {detail}"
		}
	}
	at := ""
	if !r.At.IsZero() {
		at = r.At.UTC().Format("2006-01-02 15:04 MST")
	}
	who := ""
	if r.Person != "" {
		who = name(r.Person)
	}
	return strings.NewReplacer("{person}", who, "{activity}", r.Activity, "{at}", at,
		"{detail}", r.Detail, "{statement}", r.Statement).Replace(text)
}
