// Package webhook holds and releases people on any platform whose owner puts a
// small service in front of it that speaks leadfront's own protocol: signed JSON
// over HTTPS, described in this folder's README. It is how platforms that can only
// assign on release, and learning platforms of one's own, are added.
package webhook
