/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/advice.h"
#include "base/path.h"
#include "needs/own_paths.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

enum {
	NAMED_MAX = 8,	/* in one line */
	SINGLE_MAX = 3, /* of one directory; more are named by the directory */
};

void advice_add_count(struct buffer *out, size_t count, const char *noun)
{
	buffer_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void advice_add_word(struct buffer *out, const char *path)
{
	bool plain = true;

	for (const char *at = path; *at; at++)
		plain &= isalnum((unsigned char)*at) || strchr("/._-+@%=:,", *at);
	if (plain) {
		buffer_add_string(out, path);
		return;
	}
	buffer_add_string(out, "'");
	for (const char *at = path; *at; at++)
		if (*at == '\'')
			buffer_add_string(out, "'\\''");
		else
			buffer_add(out, at, 1);
	buffer_add_string(out, "'");
}

/* How much of PATH is the first directory on its way that is not everybody's; 0 where none is. */
static int find_own_top(struct arena *arena, const char *path, size_t *length)
{
	*length = 0;
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *directory = arena_strndup(arena, path, (size_t)(slash - path));

		if (!directory)
			return -ENOMEM;
		if (own_path_is_shared(directory))
			continue;
		*length = (size_t)(slash - path) + 1;
		break;
	}
	return 0;
}

/* Where a whole directory is a program's, and not a person's. */
static bool is_of_programs(const char *path)
{
	static const char *const tops[] = { "/etc/", "/usr/", "/lib/", "/opt/" };

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		if (strncmp(path, tops[i], strlen(tops[i])) == 0)
			return true;
	return false;
}

/* The deepest directory that both paths are in, which share their first TOP bytes. */
static const char *common_directory(struct arena *arena, const char *left, const char *right,
				    size_t top)
{
	size_t end = top;

	for (size_t i = top; left[i] && left[i] == right[i]; i++)
		if (left[i] == '/')
			end = i + 1;
	return arena_strndup(arena, left, end - 1);
}

/* Replaces the paths of one directory by that, where they are many. */
static int fold(struct arena *arena, const struct texts *paths, struct texts *out)
{
	size_t next;

	for (size_t i = 0; i < paths->count; i = next) {
		const char *path = paths->items[i];
		size_t top;

		TRY(find_own_top(arena, path, &top));
		for (next = i + 1; top > 0 && next < paths->count; next++)
			if (strncmp(paths->items[next], path, top) != 0)
				break;
		if (next - i > SINGLE_MAX && is_of_programs(path)) {
			TRY(texts_add(arena, out,
				      common_directory(arena, path, paths->items[next - 1], top)));
			continue;
		}
		for (size_t j = i; j < next; j++)
			TRY(texts_add(arena, out, paths->items[j]));
	}
	return 0;
}

/*
 * Sorts PATHS, and drops each directory of which another names something: that is what was
 * found.
 */
static void drop_above(struct texts *paths)
{
	const char **items = paths->items;
	size_t count = texts_sort_once(items, paths->count);
	size_t kept = 0;

	assert(items || count == 0);
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(items[i]);
		bool above = false;

		for (size_t j = i + 1; j < count && strncmp(items[j], items[i], length) == 0; j++)
			above |= items[j][length] == '/';
		if (!above)
			items[kept++] = items[i];
	}
	paths->count = kept;
}

int advice_name_paths(struct arena *arena, struct buffer *out, const char *option,
		      struct texts *paths)
{
	struct texts named = { 0 };

	paths->count = texts_sort_once(paths->items, paths->count);
	TRY(fold(arena, paths, &named));
	drop_above(&named);
	for (size_t i = 0; i < named.count && i < NAMED_MAX; i++) {
		buffer_printf(out, " %s", option);
		advice_add_word(out, named.items[i]);
	}
	if (named.count > NAMED_MAX)
		buffer_printf(out, " and %zu more that -v names", named.count - NAMED_MAX);
	return 0;
}

int advice_add_paths(struct arena *arena, struct buffer *out, struct texts *paths)
{
	return advice_name_paths(arena, out, "-a ", paths);
}
