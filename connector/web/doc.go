// Package web is what leadfront shows: metrics for Prometheus and health for
// whoever restarts it. Until sign-in exists nothing else is served, and that on
// loopback.
package web
