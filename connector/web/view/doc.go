// Package view is what the pages show: the state of one settled cycle, frozen. It
// writes no page and reads nothing by itself.
package view
