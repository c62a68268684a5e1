/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a server is asked whether it works: a port or a local socket that answers, as text and as
 * facts.
 */
#ifndef MKROOTFS_BASE_PROBE_H
#define MKROOTFS_BASE_PROBE_H

#include "base/arena.h"

enum probe_kind {
	PROBE_TCP,  /* PORT of the loopback takes a connection */
	PROBE_UNIX, /* the local socket PATH takes a connection */
	PROBE_HTTP, /* PORT answers a GET of PATH with a status from 200 to 399 */
};

struct probe {
	enum probe_kind kind;
	unsigned port;	  /* of TCP and HTTP: 1 to 65535 */
	const char *path; /* of UNIX and HTTP: absolute */
};

/*
 * Reads "tcp:PORT", "unix:PATH" or "http:PORT[/PATH]"; what OUT points to is ARENA's. Returns 0;
 * -EINVAL for any other text, and for what is no socket's path (107 bytes at most) or has control
 * characters or spaces in an http path; -ENOMEM.
 */
int probe_parse(struct arena *arena, const char *text, struct probe *out);

#endif
