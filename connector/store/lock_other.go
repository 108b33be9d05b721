//go:build !unix

package store

// noFollow: these systems let only administrators make symbolic links.
const noFollow = 0
