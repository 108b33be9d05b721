// Package showcase shows all staff how leaders use AI themselves: their use cases as
// pages, feeds, a fragment for other pages and a newsletter; and it is where a leader
// adds one.
//
// What others wrote is text or Markdown of unknown people, wherever it came from. On
// every way out it goes through HTML or Plain of this package, and through nothing else.
package showcase
