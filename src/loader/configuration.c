/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/configuration.h"
#include "base/error.h"
#include "base/path.h"
#include "base/texts.h"
#include "loader/abi.h"
#include "loader/conf.h"
#include "loader/explore.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	CACHE_SIZE_MAX = 64 << 20,
	TEXT_SIZE_MAX = 1 << 20,
};

/* The words of TEXT, which is cut up, between any SEPARATORS. */
static int split(struct arena *arena, char *text, const char *separators, const char *const **items,
		 size_t *count)
{
	struct texts words = { 0 };

	for (char *word = strtok_r(text, separators, &text); word;
	     word = strtok_r(NULL, separators, &text))
		TRY(texts_add(arena, &words, word));
	*items = words.items;
	*count = words.count;
	return 0;
}

/*
 * '#' starts a comment. The loader searches for the next one from the file's beginning again, but
 * only in as many bytes as are left behind the last one, and so misses some (elf/rtld.c). So does
 * this.
 */
static void blank_comments(char *text, size_t size)
{
	size_t rest = size;

	while (rest > 0) {
		char *comment = memchr(text, '#', rest);

		if (!comment)
			return;
		rest -= (size_t)(comment - text);
		do
			*comment = ' ';
		while (--rest > 0 && *++comment != '\n');
	}
}

/* Words separated by white space or ':' (elf/rtld.c: do_preload of the file). */
static int read_preload(const struct sysroot *sysroot, struct loader *loader)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const char *path = loader->preload_path;
	char *text;
	size_t size;
	int r;

	r = root_open(sysroot->root, path, &file);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	/* So does the loader: it asks with access(2) first (elf/rtld.c). */
	if (r == -EACCES) {
		diag_warning(sysroot->diag, path, "may not be read, and is ignored");
		return 0;
	}
	if (r < 0)
		return diag_errno(sysroot->diag, -r, path);
	r = root_file_read(&file, sysroot->arena, TEXT_SIZE_MAX, &text, &size);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, path);
	blank_comments(text, size);
	TRY(split(sysroot->arena, text, ": \t\n", &loader->preload, &loader->n_preload));
	if (loader->n_preload > 0)
		diag_warning(sysroot->diag, path, "is followed: its libraries come along");
	return 0;
}

/*
 * Some loaders also take the entries of another id (dl-cache.h: _dl_cache_check_flags). Arm's take
 * those that do not say how they pass floating point; loaders whose id is CACHE_ID_LIBC6 take those
 * of plain ELF files.
 */
static int adopt_entries(struct arena *arena, struct loader *loader)
{
	struct cache *cache = &loader->cache;
	struct cache_entry *entries;
	int32_t adopted;

	if (loader->machine == EM_ARM)
		adopted = CACHE_ID_LIBC6;
	else if (loader->cache_flags == CACHE_ID_LIBC6)
		adopted = CACHE_ID_ELF;
	else
		return 0;
	entries = arena_memdup(arena, cache->entries, cache->n_entries * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < cache->n_entries; i++)
		if (entries[i].flags == adopted)
			entries[i].flags = loader->cache_flags;
	cache->entries = entries;
	return 0;
}

static int parse_cache(struct arena *arena, struct root_file *file, struct loader *loader)
{
	char *bytes;
	size_t size;

	TRY(root_file_read(file, arena, CACHE_SIZE_MAX, &bytes, &size));
	return cache_parse(arena, bytes, size, loader->big_endian, &loader->cache);
}

/* The loader goes on without a cache that it does not accept. */
static int read_cache(const struct sysroot *sysroot, struct root_file *file, struct loader *loader)
{
	const char *path = loader->cache_path;
	int r = parse_cache(sysroot->arena, file, loader);

	if (r == -EINVAL) {
		diag_warning(sysroot->diag, path, "is not a cache that %s accepts", loader->interp);
		return 0;
	}
	if (r < 0)
		return diag_errno(sysroot->diag, -r, path);
	return adopt_entries(sysroot->arena, loader);
}

/* ld.so reads the cache and never ld.so.conf; that one stands in where there is no cache. */
static int read_conf(const struct sysroot *sysroot, struct loader *loader)
{
	const char *directory = path_dirname(sysroot->arena, loader->cache_path);
	const char *path = directory ? path_join(sysroot->arena, directory, "ld.so.conf") : NULL;

	if (!path)
		return -ENOMEM;
	loader->cache_from_conf = true;
	return conf_read(sysroot, path, &loader->conf_directories, &loader->n_conf_directories);
}

int configuration_read_cache(const struct sysroot *sysroot, struct loader *loader, bool or_conf)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r;

	assert(loader->cache_path);
	r = root_open(sysroot->root, loader->cache_path, &file);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(sysroot->diag, -r, loader->cache_path);
	if (r < 0 && !root_is_absence(r))
		diag_warning(sysroot->diag, loader->cache_path, "%s%s", errno_text(-r),
			     or_conf ? ": the directories of ld.so.conf stand in for it" : "");
	if (r >= 0 && S_ISREG(file.stat.st_mode))
		return read_cache(sysroot, &file, loader);
	return or_conf ? read_conf(sysroot, loader) : 0;
}

int configuration_read_glibc(const struct sysroot *sysroot, struct loader *loader)
{
	if (loader->cache_path)
		TRY(configuration_read_cache(sysroot, loader, true));
	return read_preload(sysroot, loader);
}

/*
 * The path of musl's path file: <prefix>/etc/ld-musl-ARCH.path, the prefix being two directories
 * above the loader (ldso/dynlink.c). NULL when out of memory.
 */
static const char *path_file_of(struct arena *arena, const char *interp)
{
	const char *base = path_basename(interp);
	const char *dot = strstr(base, ".so");
	size_t length = dot ? (size_t)(dot - base) : strlen(base);
	const char *directory = path_dirname(arena, interp);
	const char *prefix = directory ? path_dirname(arena, directory) : NULL;

	if (!prefix)
		return NULL;
	return arena_printf(arena, "%s/etc/%.*s.path", strcmp(prefix, "/") == 0 ? "" : prefix,
			    (int)length, base);
}

/*
 * musl's system path. A path file that is not there means the default; one that cannot be read,
 * an empty path, and an error that the loader remembers.
 */
int configuration_read_musl(const struct sysroot *sysroot, struct loader *loader)
{
	struct arena *arena = sysroot->arena;
	const char *path = path_file_of(arena, loader->interp);
	char *text = NULL;
	size_t size;
	int r;

	if (!path)
		return -ENOMEM;
	r = root_read(sysroot->root, arena, path, TEXT_SIZE_MAX, &text, &size);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(sysroot->diag, -r, path);
	if (r == -ENOENT)
		text = arena_strdup(arena, EXPLORE_MUSL_PATH);
	else if (r != -ELOOP) /* a link loop is no file that a result could have */
		loader->cache_path = path;
	loader->path_file_error = -r;
	if (!text)
		text = arena_strdup(arena, "");
	if (!text)
		return -ENOMEM;
	return split(arena, text, ":\n", &loader->default_directories,
		     &loader->n_default_directories);
}
