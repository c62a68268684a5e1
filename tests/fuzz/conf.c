/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the ld.so.conf of a small root. A byte of 1 ends a file, and the next of
 * the root's files begins.
 */
#include "fuzz.h"

#include "loader/conf.h"

#include <errno.h>
#include <string.h>

enum {
	END_OF_FILE = 1,
	N_FILES = 4,
};

static const char *const file_paths[N_FILES] = {
	"/etc/ld.so.conf",
	"/etc/d/1.conf",
	"/etc/d/2.conf",
	"/opt/[x].conf",
};
static const char *const directory_paths[] = { "/etc", "/etc/d", "/opt", "/opt/a", "/opt/a=b" };

/* A path, and what its link's text is. */
static const char *const links[][2] = {
	{ "/etc/up", ".." },
	{ "/etc/d/3.conf", "/opt/[x].conf" },
	{ "/opt/loop", "loop" },
	{ "/opt/b", "/opt/a" },
};

struct fuzz_root {
	struct root root;
	struct stat directory;
	struct stat link;
	struct stat stats[N_FILES];
	const uint8_t *contents[N_FILES];
};

static struct fuzz_root *fuzz_root(const struct root *root)
{
	return (struct fuzz_root *)(uintptr_t)root;
}

static int find_file(const char *path)
{
	for (int i = 0; i < N_FILES; i++)
		if (strcmp(file_paths[i], path) == 0)
			return i;
	return -1;
}

static int look(const struct root *root, const char *path, const struct stat **stat,
		const char **target)
{
	struct fuzz_root *fuzz = fuzz_root(root);
	int file = find_file(path);

	*target = NULL;
	*stat = file >= 0 ? &fuzz->stats[file] : &fuzz->directory;
	if (file >= 0 || strcmp(path, "/") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(directory_paths) / sizeof(directory_paths[0]); i++)
		if (strcmp(directory_paths[i], path) == 0)
			return 0;
	*stat = &fuzz->link;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		*target = links[i][1];
		if (strcmp(links[i][0], path) == 0)
			return 0;
	}
	return -ENOENT;
}

static int open_file(const struct root *root, const char *path, struct root_file *file)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct fuzz_root *fuzz = fuzz_root(root);
	char *canonical;
	int found;
	int r;

	FUZZ_CHECK(arena);
	r = root_walk(root, arena, path, true, NULL, NULL, &canonical);
	if (r < 0)
		return r;
	found = find_file(canonical);
	file->stat = found >= 0 ? fuzz->stats[found] : fuzz->directory;
	file->content = found >= 0 ? fuzz->contents[found] : NULL;
	return 0;
}

/* Calls FN where PATH stands in DIRECTORY itself. */
static int list_path(const char *directory, const char *path, root_list_fn *fn, void *data)
{
	size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);

	if (strncmp(path, directory, length) != 0 || path[length] != '/' ||
	    strchr(path + length + 1, '/'))
		return 0;
	return fn(data, path + length + 1);
}

static int list(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	int r = find_file(path) >= 0 ? -ENOTDIR : 0;

	for (size_t i = 0; i < N_FILES && r == 0; i++)
		r = list_path(path, file_paths[i], fn, data);
	for (size_t i = 0; i < sizeof(directory_paths) / sizeof(directory_paths[0]) && r == 0; i++)
		r = list_path(path, directory_paths[i], fn, data);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]) && r == 0; i++)
		r = list_path(path, links[i][0], fn, data);
	return r;
}

static const struct root_ops fuzz_ops = { .look = look, .open = open_file, .list = list };

/* Each directory is one that is there, named so that a loader can use it, once. */
static void check_directories(const struct root *root, struct arena *arena,
			      const char *const *directories, size_t count)
{
	char *places[sizeof(directory_paths) / sizeof(directory_paths[0]) + 1]; /* and "/" */

	FUZZ_CHECK(count <= sizeof(places) / sizeof(places[0]));
	for (size_t i = 0; i < count; i++) {
		const char *path = directories[i];
		const struct stat *stat;

		FUZZ_CHECK(path[0] == '/' && path[strlen(path) - 1] != '/');
		FUZZ_CHECK(root_walk(root, arena, path, true, NULL, NULL, &places[i]) == 0);
		FUZZ_CHECK(root_look(root, arena, places[i], &stat, NULL) == 0);
		FUZZ_CHECK(S_ISDIR(stat->st_mode));
		for (size_t j = 0; j < i; j++)
			FUZZ_CHECK(strcmp(places[i], places[j]) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct diag diag = { 0 };
	struct fuzz_root fuzz = {
		.root.ops = &fuzz_ops,
		.directory.st_mode = S_IFDIR | 0755,
		.link.st_mode = S_IFLNK | 0777,
	};
	const char *const *directories;
	size_t count;

	FUZZ_CHECK(arena);
	for (int i = 0; i < N_FILES; i++) {
		const uint8_t *end = size ? memchr(bytes, END_OF_FILE, size) : NULL;
		size_t length = end ? (size_t)(end - bytes) : size;

		fuzz.stats[i].st_mode = S_IFREG | 0644;
		fuzz.stats[i].st_size = (off_t)length;
		fuzz.contents[i] = bytes;
		bytes += length + (end != NULL);
		size -= length + (end != NULL);
	}
	FUZZ_CHECK(conf_read(&fuzz.root, arena, file_paths[0], &diag, &directories, &count) == 0);
	check_directories(&fuzz.root, arena, directories, count);
	return 0;
}

static const char *const seeds[] = {
	"# text\n /opt/a # text\n/opt/b=libc6\ninclude d/*.conf /opt/[x].conf\nhwcap 0 x\n\1"
	"/opt/a\ninclude 2.conf ../up/etc/ld.so.conf\n\1/etc\r\n\1/opt/a=b\n",
	"include /etc/*/*/../*/d/[1-3].conf\n\1/opt/\n\1relative\n\1include \\[x\\].conf\n",
	"include /opt/\\[x].conf up/opt/[[]x*\n/opt/loop\n/opt/b\n\1\1\1/etc/up/opt/b/.\n",
};

size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room)
{
	size_t size;

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	size = strlen(seeds[index]);
	FUZZ_CHECK(size <= room);
	memcpy(bytes, seeds[index], size);
	return size;
}
