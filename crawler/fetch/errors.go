package fetch

import "errors"

// Errors of [Client.Get] that a caller can act on, for errors.Is.
var (
	// ErrBadURL: the address is no absolute http or https URL.
	ErrBadURL = errors.New("not a web address")
	// ErrPrivateAddress: the host lies in a private or otherwise special network, and
	// neither Options nor AllowHost has let it in. Nothing was sent.
	ErrPrivateAddress = errors.New("address in a private network")
	// ErrUnreachable: no usable answer came after all attempts. The errors below come
	// with it.
	ErrUnreachable = errors.New("unreachable")
	// ErrTimeout: the last attempt took longer than Options.Timeout. Comes with
	// ErrUnreachable.
	ErrTimeout = errors.New("no full answer in time")
	// ErrNoSuchHost: the name does not exist. Comes with ErrUnreachable.
	ErrNoSuchHost = errors.New("no such host")
	// ErrCertificate: the server's TLS certificate is not valid for the host. Comes
	// with ErrUnreachable.
	ErrCertificate = errors.New("invalid TLS certificate")
	// ErrHostDown: the host has failed so often in a row that it is left alone for a
	// while; nothing was sent. Comes with the error that was its last.
	ErrHostDown = errors.New("host is down")
	// ErrBadEncoding: the body is compressed in a way that was not asked for, or is
	// damaged. Comes with ErrUnreachable.
	ErrBadEncoding = errors.New("unreadable content encoding")
)
