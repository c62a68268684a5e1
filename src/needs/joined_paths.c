/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/joined_paths.h"
#include "base/error.h"
#include "base/texts.h"
#include "needs/make.h"

#include <errno.h>
#include <string.h>

enum {
	/* A shorter name is the beginning of too many others. */
	NAME_LENGTH_MIN = 3,
};

/* The length of the longest name in DIRECTORY that NAME begins with; 0 where there is none. */
static int find_beginning(struct needs *needs, const char *directory, const char *name,
			  size_t *length)
{
	const struct texts *names;

	*length = 0;
	TRY(needs_names(needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		size_t size = strlen(names->items[i]);

		if (size >= NAME_LENGTH_MIN && size > *length &&
		    strncmp(names->items[i], name, size) == 0)
			*length = size;
	}
	return 0;
}

/* Visits the LENGTH bytes of TEXT, unless that is a directory at the root. */
static int visit_beginning(struct needs *needs, const char *text, size_t length,
			   path_text_fn *visit, void *data)
{
	const char *path;

	if (!memchr(text + 1, '/', length - 1))
		return 0;
	path = arena_strndup(needs->sysroot->arena, text, length);
	return path ? visit(data, path) : -ENOMEM;
}

int joined_path_find(struct needs *needs, const char *text, path_text_fn *visit, void *data)
{
	struct arena *arena = needs->sysroot->arena;
	size_t length = 0; /* of the directory that is there */
	size_t more;
	int r = 0;

	for (;;) {
		size_t size = strcspn(text + length + 1, "/");
		const char *path = arena_strndup(arena, text, length + 1 + size);
		struct stat stat;

		if (!path)
			return -ENOMEM;
		if (size == 0 || TRY(needs_exists(needs, path, &stat)) == 0)
			break;
		if (!text[length + 1 + size] || !S_ISDIR(stat.st_mode))
			return visit_beginning(needs, text, length + 1 + size, visit, data);
		length += 1 + size;
	}
	if (length == 0)
		return 0;
	TRY(find_beginning(needs, arena_strndup(arena, text, length) ?: "/", text + length + 1,
			   &more));
	if (more > 0)
		r = visit_beginning(needs, text, length + 1 + more, visit, data);
	return r != 0 ? r : visit_beginning(needs, text, length, visit, data);
}
