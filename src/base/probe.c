/* SPDX-License-Identifier: Apache-2.0 */
#include "base/probe.h"
#include "base/number.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

enum {
	PORT_MAX = 65535,
	HTTP_PATH_MAX = 1024,
};

static const struct {
	const char *prefix;
	enum probe_kind kind;
} kinds[] = {
	{ "tcp:", PROBE_TCP },
	{ "unix:", PROBE_UNIX },
	{ "http:", PROBE_HTTP },
};

/* An http path stands in a request's line: nothing in it may end that. */
static bool path_is_valid(enum probe_kind kind, const char *path)
{
	size_t most = kind == PROBE_UNIX ? sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1
					 : HTTP_PATH_MAX;

	if (path[0] != '/' || strlen(path) > most)
		return false;
	if (kind == PROBE_UNIX)
		return true;
	for (; *path; path++)
		if (*path <= ' ' || *path > '~')
			return false;
	return true;
}

static int parse(const char *text, struct probe *out)
{
	uint64_t port = 0;

	if (out->kind != PROBE_UNIX && (!number_take(&text, 10, PORT_MAX, &port) || port == 0))
		return -EINVAL;
	out->port = (unsigned)port;
	if (out->kind == PROBE_TCP)
		return *text ? -EINVAL : 0;
	out->path = out->kind == PROBE_HTTP && !*text ? "/" : text;
	return path_is_valid(out->kind, out->path) ? 0 : -EINVAL;
}

int probe_parse(struct arena *arena, const char *text, struct probe *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t length = strlen(kinds[i].prefix);
		struct probe probe = { .kind = kinds[i].kind };
		int r;

		if (strncmp(text, kinds[i].prefix, length) != 0)
			continue;
		r = parse(text + length, &probe);
		if (r < 0)
			return r;
		if (probe.path) {
			probe.path = arena_strdup(arena, probe.path);
			if (!probe.path)
				return -ENOMEM;
		}
		*out = probe;
		return 0;
	}
	return -EINVAL;
}
