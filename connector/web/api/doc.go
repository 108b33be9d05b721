// Package api tells programs what the pages show people: /api/v1, which only reads. Its
// shapes are those that the commands print with -o json; openapi.json describes them.
package api
