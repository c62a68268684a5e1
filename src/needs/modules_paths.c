/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a script or module names by their whole path, in quotes. */
#include "base/error.h"
#include "base/path.h"
#include "needs/modules.h"
#include "needs/own_paths.h"
#include "needs/private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum {
	PATH_LENGTH_MAX = 255,
	FILE_SIZE_MAX = 4 << 20, /* of what comes because somebody names it */
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

static int add_path(struct modules *modules, const char *path)
{
	const struct sysroot *sysroot = modules->needs->sysroot;
	struct stat stat;

	if (!is_data_place(path) || own_path_is_unneeded(path) || own_path_is_of_machine(path) ||
	    TRY(needs_exists(modules->needs, path, &stat)) == 0)
		return 0;
	/* Programs are helpers, and what is big is more than a name asks for. */
	if (!S_ISREG(stat.st_mode) || stat.st_mode & 0111 || stat.st_size > FILE_SIZE_MAX ||
	    private_path(sysroot->root, sysroot->arena, path, true, NULL))
		return 0;
	return modules_add_item(modules, path, path);
}

int modules_add_named_files(struct modules *modules, const char *text, size_t size)
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
		TRY(add_path(modules, path));
	}
	return 0;
}
