// Package rest reaches the servers beside which leadfront runs, and lets nothing
// be written to them that was not granted.
//
// It is the only place where an HTTP client is made. Each client knows one origin
// and never leaves it: redirects and foreign addresses are refused. Waits, sizes
// and rates are bounded; only reads are tried again; secrets do not appear in
// errors, and bodies are never logged.
//
// What counts as a read is a table (Read) that is given when the client is built
// and compared with the request as it goes over the wire: method, path and, for
// servers whose reads are POSTs, the form in the body. Whatever is not a listed
// read needs a permit (Gate), and has to stand in the table of writes. A connector cannot declare its way around that.
package rest
