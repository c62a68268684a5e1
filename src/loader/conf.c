/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/conf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/texts.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>

enum {
	FILE_SIZE_MAX = 1024 * 1024,
	/* ldconfig ends where its descriptors do; nobody nests more than twice. */
	DEPTH_MAX = 32,
	/* Names that all includes together may look at, and paths they may make: they multiply. */
	GLOB_BUDGET = 64 * 1024,
};

/* A canonical path that was met: a directory of the result, or a file that was read. */
struct met {
	UT_hash_handle hh;
	const char *path;
	bool reading; /* a file, and its end is not yet reached */
};

struct reader {
	const struct sysroot *sysroot;
	struct arena *arena; /* the sysroot's */
	struct texts directories;
	struct met *met_directories;
	struct met *met_files;
	unsigned depth;
	size_t budget;
};

/* A line's place, for messages. */
struct position {
	const char *file;
	unsigned line;
};

static void reader_cleanup(struct reader *reader)
{
	HASH_CLEAR(hh, reader->met_directories);
	HASH_CLEAR(hh, reader->met_files);
}

static const char *position_text(const struct reader *reader, const struct position *position)
{
	const char *text = arena_printf(reader->arena, "%s:%u", position->file, position->line);

	return text ? text : position->file;
}

static struct met *met_find(struct met *all, const char *path)
{
	struct met *met;

	HASH_FIND(hh, all, path, strlen(path), met);
	return met;
}

static int met_add(struct arena *arena, struct met **all, const char *path, struct met **out)
{
	struct met *met = arena_alloc(arena, sizeof(*met));

	if (!met)
		return -ENOMEM;
	met->path = path;
	HASH_ADD_KEYPTR(hh, *all, met->path, strlen(met->path), met);
	if (!HASH_HAS(met))
		return -ENOMEM;
	*out = met;
	return 0;
}

/* isspace() in the C locale, whatever the user's. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts blanks, then slashes off the end of TEXT; "/" alone becomes empty, as in ldconfig. */
static void trim_end(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && is_space(text[length - 1]))
		length--;
	while (length > 0 && text[length - 1] == '/')
		length--;
	text[length] = '\0';
}

/* Where the directory PATH really is. Returns 0 or -errno: -ENOTDIR for any other file. */
static int resolve_directory(const struct reader *reader, const char *path, char **canonical)
{
	const char *as_directory = arena_printf(reader->arena, "%s/", path);

	if (!as_directory)
		return -ENOMEM;
	return root_walk(reader->sysroot->root, reader->arena, as_directory, true, NULL, NULL,
			 canonical);
}

/*
 * A line that names a directory. What is no directory is left out without a word, and
 * what was named by another path already is left out too: as ldconfig does.
 */
static int read_directory(struct reader *reader, const struct position *position, char *path)
{
	char *canonical;
	char *type = strchr(path, '=');
	struct met *met;
	int r;

	trim_end(path);
	if (!*path)
		return 0;
	if (*path != '/') {
		diag_warning(reader->sysroot->diag, position_text(reader, position),
			     "'%s' is not an absolute directory, and is left out", path);
		return 0;
	}
	r = resolve_directory(reader, path, &canonical);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(reader->sysroot->diag, -r, path);
	if (r < 0 && type) {
		/* ldconfig before 2.37 (8ee878592c) cuts "=libc6" off; later ones do not. */
		*type = '\0';
		return read_directory(reader, position, path);
	}
	if (r < 0)
		return 0;
	if (met_find(reader->met_directories, canonical))
		return 0;
	TRY(met_add(reader->arena, &reader->met_directories, canonical, &met));
	return texts_add(reader->arena, &reader->directories, path);
}

/* One component of a pattern that is being matched against a directory's names. */
struct match {
	struct reader *reader;
	const char *pattern;
	const char *directory; /* with a '/' at its end */
	struct texts *found;
};

static bool budget_take(struct reader *reader)
{
	if (reader->budget == 0)
		return false;
	reader->budget--;
	return true;
}

static int match_name(void *data, const char *name)
{
	struct match *match = data;
	struct arena *arena = match->reader->arena;

	if (!budget_take(match->reader))
		return -E2BIG;
	if (fnmatch(match->pattern, name, FNM_PERIOD) != 0)
		return 0;
	return texts_add(arena, match->found, arena_printf(arena, "%s%s", match->directory, name));
}

static char *remove_escapes(struct arena *arena, const char *pattern)
{
	char *text = arena_strdup(arena, pattern);
	char *to = text;

	if (!text)
		return NULL;
	for (; *pattern; pattern++) {
		if (pattern[0] == '\\' && pattern[1])
			pattern++;
		*to++ = *pattern;
	}
	*to = '\0';
	return text;
}

/*
 * The names in BASE that COMPONENT matches. A directory that cannot be listed holds nothing, as
 * for glob(3); a warning names it, unless it does not exist.
 */
static int glob_pattern(struct reader *reader, const char *base, const char *component,
			struct texts *found)
{
	struct match match = {
		.reader = reader,
		.pattern = component,
		.directory = arena_printf(reader->arena, "%s/", base),
		.found = found,
	};
	int r;

	if (!match.directory)
		return -ENOMEM;
	r = root_list(reader->sysroot->root, reader->arena, match.directory, match_name, &match);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(reader->sysroot->diag, -r, match.directory);
	if (r < 0 && r != -E2BIG && !root_is_absence(r))
		diag_warning(reader->sysroot->diag, match.directory,
			     "%s: what it holds is left out", errno_text(-r));
	return r == -E2BIG ? r : 0;
}

/* COMPONENT without wildcards: the path, whether it exists or not. */
static int glob_literal(struct reader *reader, const char *base, const char *component,
			struct texts *found)
{
	const char *name = remove_escapes(reader->arena, component);

	if (!budget_take(reader))
		return -E2BIG;
	return texts_add(reader->arena, found,
			 name ? arena_printf(reader->arena, "%s/%s", base, name) : NULL);
}

/*
 * glob(3) within the root, for an absolute PATTERN, which is cut up. Errors: -ENOMEM;
 * -E2BIG where the pattern wants too much.
 */
static int glob_root(struct reader *reader, char *pattern, struct texts *found)
{
	char *component;

	*found = (struct texts){ 0 };
	TRY(texts_add(reader->arena, found, ""));
	while ((component = strsep(&pattern, "/"))) {
		struct texts bases = *found;
		bool is_pattern = strpbrk(component, "*?[") != NULL;

		if (!*component)
			continue;
		*found = (struct texts){ 0 };
		for (size_t i = 0; i < bases.count; i++)
			TRY(is_pattern ? glob_pattern(reader, bases.items[i], component, found)
				       : glob_literal(reader, bases.items[i], component, found));
	}
	texts_sort(found->items, found->count);
	return 0;
}

static int read_file(struct reader *reader, const char *path);

/* One word of an include line. A relative one starts where the file with the line is. */
static int read_include(struct reader *reader, const struct position *position, const char *word)
{
	const char *directory = word[0] == '/' ? "" : path_dirname(reader->arena, position->file);
	char *pattern = directory ? arena_printf(reader->arena, "%s/%s", directory, word) : NULL;
	struct texts found;
	int r;

	if (!pattern)
		return -ENOMEM;
	if (strlen(pattern) >= PATH_MAX) {
		diag_warning(reader->sysroot->diag, position_text(reader, position),
			     "the path to include is too long");
		return 0;
	}
	r = glob_root(reader, pattern, &found);
	if (r == -E2BIG)
		diag_warning(reader->sysroot->diag, position_text(reader, position),
			     "'%s' matches too much and is left out", word);
	if (r < 0)
		return r == -E2BIG ? 0 : r;
	for (size_t i = 0; i < found.count; i++)
		TRY(read_file(reader, found.items[i]));
	return 0;
}

static int read_line(struct reader *reader, const struct position *position, char *line)
{
	char *word;

	line[strcspn(line, "#")] = '\0';
	while (is_space(*line))
		line++;
	if (!*line)
		return 0;
	/* Legacy hwcaps were given numbers; ldconfig ignores that since 2.33. */
	if (strncasecmp(line, "hwcap", 5) == 0 && is_blank(line[5]))
		return 0;
	if (strncmp(line, "include", 7) != 0 || !is_blank(line[7]))
		return read_directory(reader, position, line);
	line += 7;
	while ((word = strsep(&line, " \t")))
		if (*word)
			TRY(read_include(reader, position, word));
	return 0;
}

static int read_lines(struct reader *reader, const char *path, char *bytes, size_t size)
{
	struct position position = { .file = path };
	const char *end = bytes + size;

	while (bytes < end) {
		char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		char *next = newline ? newline + 1 : bytes + (end - bytes);

		if (newline)
			*newline = '\0';
		position.line++;
		TRY(read_line(reader, &position, bytes));
		bytes = next;
	}
	return 0;
}

/* Leaves out a file that cannot be read, with a warning, and one that does not exist, without. */
static int read_content(struct reader *reader, const char *path, char **bytes, size_t *size)
{
	int r;

	*size = 0;
	r = root_read(reader->sysroot->root, reader->arena, path, FILE_SIZE_MAX, bytes, size);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(reader->sysroot->diag, -r, path);
	if (r < 0 && r != -ENOENT && r != -EISDIR)
		diag_warning(reader->sysroot->diag, path, "%s: the file is left out",
			     errno_text(-r));
	return 0;
}

/*
 * Reads the file PATH, once. Its includes and its messages go by its canonical path, the last
 * component's link not followed.
 */
static int read_file(struct reader *reader, const char *path)
{
	struct met *met;
	char *canonical;
	char *bytes;
	size_t size;
	int r;

	r = root_walk(reader->sysroot->root, reader->arena, path, false, NULL, NULL, &canonical);
	/* Opening it fails for the same reason, and reports that. */
	if (r < 0)
		return read_content(reader, path, &bytes, &size);
	met = met_find(reader->met_files, canonical);
	if (met && met->reading)
		diag_warning(reader->sysroot->diag, path, "the file includes itself");
	if (met)
		return 0;
	if (reader->depth == DEPTH_MAX) {
		diag_warning(reader->sysroot->diag, path, "included too deep and left out");
		return 0;
	}
	TRY(met_add(reader->arena, &reader->met_files, canonical, &met));
	TRY(read_content(reader, canonical, &bytes, &size));
	if (size == 0)
		return 0;
	met->reading = true;
	reader->depth++;
	r = read_lines(reader, canonical, bytes, size);
	reader->depth--;
	met->reading = false;
	return r;
}

int conf_read(const struct sysroot *sysroot, const char *path, const char *const **directories,
	      size_t *count)
{
	CLEANUP(reader)
	struct reader reader = {
		.sysroot = sysroot,
		.arena = sysroot->arena,
		.budget = GLOB_BUDGET,
	};

	TRY(read_file(&reader, path));
	*directories = reader.directories.items;
	*count = reader.directories.count;
	return 0;
}
