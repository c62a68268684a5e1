/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a script or module names by their whole path, in quotes. */
#include "base/error.h"
#include "base/path.h"
#include "needs/modules.h"
#include "needs/own_paths.h"

#include <ctype.h>
#include <string.h>

enum {
	PATH_LENGTH_MAX = 255,
};

static bool is_path_byte(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/._-+@", c));
}

/* Data stands there, for all who know its name. */
static bool is_data_place(const char *path)
{
	static const char *const places[] = { "/usr/share", "/usr/lib", "/usr/local", "/opt",
					      "/etc" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_is_below(path, places[i]))
			return true;
	return false;
}

int modules_visit_quoted_paths(struct modules *modules, const char *text, size_t size,
			       modules_string_fn *visit)
{
	const char *end = text + size;
	char path[PATH_LENGTH_MAX + 1];

	for (const char *at = text; at < end; at++) {
		size_t length = 1;

		at = memchr(at, '/', (size_t)(end - at));
		if (!at)
			break;
		if (at == text || (at[-1] != '"' && at[-1] != '\''))
			continue;
		while (length < PATH_LENGTH_MAX && at + length < end && is_path_byte(at[length]))
			length++;
		if (at + length == end || at[length] != at[-1])
			continue;
		memcpy(path, at, length);
		path[length] = '\0';
		if (is_data_place(path) && !own_path_is_unneeded(path) &&
		    !own_path_is_of_machine(path))
			TRY(visit(modules, path));
	}
	return 0;
}
