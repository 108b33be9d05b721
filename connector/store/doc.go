// Package store keeps everything that leadfront must remember in one SQLite file,
// which an auditor can open with the sqlite3 of any distribution.
//
// The folder holds:
//
//	leadfront.db    facts, holds, decisions, and the append-only log
//	leadfront.key   the key that signs the log's head (mode 0600)
//	leadfront.pub   its public half, which is also the first entry of the log
//	leadfront.head  how long the log is: shows that an older file was put back
//	leadfront.lock  held by whoever runs cycles, with the number of its process
//
// Init makes them; Open refuses what is not there, what is newer than this program
// and what was rolled back. One process at a time holds the Lock and writes; any
// other may read beside it and write one thing, a Request. Every method is one
// transaction. README.md here explains tables and views to auditors.
package store
