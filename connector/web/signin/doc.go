// Package signin knows who looks at a page, and what they may see and do there.
//
// People come through OpenID Connect or a reverse proxy that has signed them in;
// programs come with a bearer token, and reach the API alone. Whoever was let in is
// a Who, which pages ask for by Current; what a page is for, it says with Door.Need.
package signin
