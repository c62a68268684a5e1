/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/explore.h"
#include "base/error.h"
#include "base/number.h"
#include "base/path.h"
#include "elf/object.h"

#include <errno.h>
#include <string.h>

enum {
	DIRECTORIES_MAX = 16,
	MINOR_DIGITS_MAX = 3,
};

struct explorer {
	struct arena *arena;
	struct explored *out;
};

/* Whether TEXT may be one of SYSTEM_DIRS: an absolute directory that ends in '/'. */
static bool is_directory(const char *text, size_t length)
{
	if (length < 3 || text[0] != '/' || text[length - 1] != '/')
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '%' ||
		    (text[i] == '/' && i + 1 < length && text[i + 1] == '/'))
			return false;
	return true;
}

/* Most have it in their names; a glibc that was configured otherwise need not. */
static bool is_library_directory(const char *text)
{
	return strstr(text, "/lib") != NULL;
}

struct directories {
	const char *items[DIRECTORIES_MAX];
	size_t count;
	bool for_libraries;
};

static bool is_better(const struct directories *run, const struct directories *best)
{
	if (run->for_libraries != best->for_libraries)
		return run->for_libraries;
	return run->count > best->count;
}

/*
 * The system directories are one array of bytes, each directory with its trailing '/'
 * and a NUL (elf/Makefile: trusted-dirs.st): the longest run of such strings.
 */
static int find_directories(struct explorer *explorer, const char *bytes, size_t size)
{
	struct directories best = { 0 };
	struct directories run = { 0 };
	const char *end = bytes + size;
	const char *nul;

	for (; bytes < end && (nul = memchr(bytes, '\0', (size_t)(end - bytes))); bytes = nul + 1) {
		if (!is_directory(bytes, (size_t)(nul - bytes))) {
			run = (struct directories){ 0 };
			continue;
		}
		if (run.count == DIRECTORIES_MAX)
			continue;
		run.items[run.count++] = bytes;
		run.for_libraries |= is_library_directory(bytes);
		if (is_better(&run, &best))
			best = run;
	}
	/* The segment's memory does not outlive this visit. */
	for (size_t i = 0; i < best.count; i++)
		TRY(texts_add(
			explorer->arena, &explorer->out->directories,
			arena_strndup(explorer->arena, best.items[i], strlen(best.items[i]) - 1)));
	return 0;
}

/* The whole NUL-terminated string whose end is TAIL: *OUT, unless there is none. */
static int find_string_ending_in(struct explorer *explorer, const char *bytes, size_t size,
				 const char *tail, const char **out)
{
	const char *end = memmem(bytes, size, tail, strlen(tail) + 1);
	const char *start = end;

	if (!end)
		return 0;
	while (start > bytes && start[-1] != '\0')
		start--;
	*out = arena_strdup(explorer->arena, start);
	return *out ? 0 : -ENOMEM;
}

static bool contains_string(const char *bytes, size_t size, const char *string)
{
	size_t length = strlen(string) + 1;

	for (;;) {
		const char *found = memmem(bytes, size, string, length);

		if (!found)
			return false;
		if (found == bytes || found[-1] == '\0')
			return true;
		size -= (size_t)(found - bytes) + 1;
		bytes = found + 1;
	}
}

unsigned explore_minor(const char *text, size_t size, const char *prefix)
{
	size_t length = strlen(prefix);
	const char *found = memmem(text, size, prefix, length);
	char digits[MINOR_DIGITS_MAX + 1] = { 0 };
	const char *rest = digits;
	uint64_t minor = 0;

	if (!found)
		return 0;
	size -= (size_t)(found - text) + length;
	memcpy(digits, found + length, size < MINOR_DIGITS_MAX ? size : MINOR_DIGITS_MAX);
	return number_take(&rest, 10, UINT32_MAX, &minor) ? (unsigned)minor : 0;
}

/*
 * $LIB is compiled in as a string (DL_DST_LIB): "lib/x86_64-linux-gnu" for Debian,
 * "lib64" or "lib" elsewhere. It is the end of a default directory.
 */
static const char *find_lib(const struct texts *directories, const char *bytes, size_t size)
{
	for (size_t i = 0; i < directories->count; i++) {
		const char *directory = directories->items[i];

		if (strncmp(directory, "/usr/", 5) == 0)
			directory += 4;
		if (contains_string(bytes, size, directory + 1))
			return directory + 1;
		if (contains_string(bytes, size, path_basename(directory)))
			return path_basename(directory);
	}
	return NULL;
}

static int explore_segment(void *data, const unsigned char *segment, size_t size, uint64_t address)
{
	struct explorer *explorer = data;
	struct explored *out = explorer->out;
	const char *bytes = (const char *)segment;

	/* Its NUL counts: the string is whole. */
	if (memmem(bytes, size, EXPLORE_MUSL_PATH, sizeof(EXPLORE_MUSL_PATH)))
		out->musl = true;
	/* Guix's glibc-dl-cache.patch, and nixpkgs' ldcache.patch for glibc. */
	out->has_own_caches |= contains_string(bytes, size, "/ld.so cache is lacking");
	out->reads_notes |= contains_string(bytes, size, "RESCACHE");
	if (!out->preload_path)
		TRY(find_string_ending_in(explorer, bytes, size, ".so.preload",
					  &out->preload_path));
	if (!out->cache_path)
		TRY(find_string_ending_in(explorer, bytes, size, "/ld.so.cache", &out->cache_path));
	/* "... release version 2.36." in the banner of every loader since it has --version. */
	if (!out->minor)
		out->minor = explore_minor(bytes, size, "release version 2.");
	if (out->directories.count == 0)
		TRY(find_directories(explorer, bytes, size));
	if (!out->lib)
		out->lib = find_lib(&out->directories, bytes, size);
	return 0;
}

int explore_loader(struct root_file *file, struct arena *arena, struct explored *out)
{
	struct explorer explorer = { .arena = arena, .out = out };

	*out = (struct explored){ 0 };
	return elf_object_read_only_data(file, explore_segment, &explorer);
}
