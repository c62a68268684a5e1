/* SPDX-License-Identifier: Apache-2.0 */
/* Fonts: of all that a machine has, one small directory of them. */
#include "base/error.h"
#include "base/path.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>

enum {
	/* fonts/truetype/dejavu is two below. */
	FONT_DEPTH_MAX = 6,
	/* What has more is for a language, or for print. */
	FONT_SIZE_MAX = 8 << 20,
};

/* A directory that has font files in it. */
struct font_directory {
	const char *path; /* NULL: none yet */
	size_t preference;
	uint64_t size;
};

struct font_search {
	struct needs *needs;
	struct need *need;
	struct font_directory best;
};

/* Families of one design for most alphabets, the usual one of distributions first. */
static const char *const preferred[] = { "*dejavu*", "*liberation*", "*noto*", "*" };

static bool is_font(const char *name)
{
	static const char *const globs[] = { "*.ttf", "*.otf", "*.ttc", "*.pfb" };

	for (size_t i = 0; i < ARRAY_SIZE(globs); i++)
		if (pattern_glob_matches(globs[i], name))
			return true;
	return false;
}

/* The first of two that are alike is the better one: names come sorted. */
static bool is_better(const struct font_directory *left, const struct font_directory *right)
{
	if (!right->path)
		return true;
	if (left->preference != right->preference)
		return left->preference < right->preference;
	return left->size < right->size;
}

static void offer(struct font_search *search, const char *path, uint64_t size)
{
	struct font_directory directory = { .path = path, .size = size };

	if (size == 0 || size > FONT_SIZE_MAX)
		return;
	while (fnmatch(preferred[directory.preference], path_basename(path), FNM_CASEFOLD) != 0)
		directory.preference++;
	if (is_better(&directory, &search->best))
		search->best = directory;
}

static int look_into(struct font_search *search, const char *directory, unsigned depth)
{
	struct needs *needs = search->needs;
	const struct texts *names;
	uint64_t size = 0;

	TRY(needs_names(needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		const char *path = path_join(needs->sysroot->arena, directory, names->items[i]);
		struct stat stat;

		if (!path)
			return -ENOMEM;
		if (TRY(needs_exists(needs, path, &stat)) == 0)
			continue;
		if (S_ISDIR(stat.st_mode) && depth < FONT_DEPTH_MAX)
			TRY(look_into(search, path, depth + 1));
		else if (S_ISREG(stat.st_mode) && is_font(names->items[i]))
			size += (uint64_t)stat.st_size;
	}
	offer(search, directory, size);
	return 0;
}

static int search_directory(void *data, const char *directory)
{
	return directory[0] == '/' && directory[1] ? look_into(data, directory, 0) : 0;
}

int make_font_family(struct needs *needs, struct need *need)
{
	struct font_search search = { .needs = needs, .need = need };

	TRY(needs_visit_matches(needs, need->object, "*<dir>{/usr/*}</dir>*", search_directory,
				&search));
	if (!search.best.path)
		return 0;
	return need_add_tree(needs, need, search.best.path, NULL);
}
