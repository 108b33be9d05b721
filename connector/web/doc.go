// Package web is what leadfront shows: metrics for Prometheus and health for
// whoever restarts it, on loopback; and, where the configuration says how people sign
// in, pages and the API at an address of their own.
package web
