// Package page has the pages for people who lead a roll-out, are held by it, or look
// after it: the dashboard, a person, the organisation, privacy. Its Layout is what the
// pages of the other rooms are rendered within, too.
//
// Every page is whole without JavaScript, without anything inline that a content
// security policy would have to allow, and without anything from another host.
package page
