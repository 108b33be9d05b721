//go:build unix

package store

import "syscall"

// noFollow: a link in the place of the lock would have its target opened, and
// written, with the rights of whoever runs the command.
const noFollow = syscall.O_NOFOLLOW
