// Package ext stands in for Traefik's extension point of the same name: a folder of its repository that is a module of its own
// and was never published. What embeds these types gains nothing by them.
package ext

// HTTP would extend the HTTP configuration.
type HTTP struct{}

// Router would extend a router.
type Router struct{}
