/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the ld.so.conf of a small root, with the files that it may include.
 */
#include "small_root.h"

#include "loader/conf.h"

#include <errno.h>

static const char *const file_paths[] = {
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

/* Each directory is one that is there, named so that a loader can use it, once. */
static void check_directories(const struct root *root, struct arena *arena,
			      const char *const *directories, size_t count)
{
	char *places[ARRAY_SIZE(directory_paths) + 1]; /* and "/" */

	FUZZ_CHECK(count <= ARRAY_SIZE(places));
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
	CLEANUP(small_root) struct small_root small = { 0 };
	const struct diag diag = { 0 };
	struct sysroot sysroot = { .arena = arena, .diag = &diag, .working_directory = "/" };
	const char *const *directories;
	size_t count;

	FUZZ_CHECK(arena);
	small_root_begin(&small, &diag);
	small_root_cut(&small, file_paths, ARRAY_SIZE(file_paths), bytes, size);
	for (size_t i = 0; i < ARRAY_SIZE(directory_paths); i++)
		small_root_directory(&small, directory_paths[i]);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		small_root_link(&small, links[i][0], links[i][1]);
	small_root_open(&small);
	sysroot.root = small.root;
	FUZZ_CHECK(conf_read(&sysroot, file_paths[0], &directories, &count) == 0);
	check_directories(small.root, arena, directories, count);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("# text\n /opt/a # text\n/opt/b=libc6\ninclude d/*.conf /opt/[x].conf\nhwcap 0 "
		  "x\n\1"
		  "/opt/a\ninclude 2.conf ../up/etc/ld.so.conf\n\1/etc\r\n\1/opt/a=b\n"),
	FUZZ_TEXT("include /etc/*/*/../*/d/[1-3].conf\n\1/opt/\n\1relative\n\1"
		  "include \\[x\\].conf\n"),
	FUZZ_TEXT(
		"include /opt/\\[x].conf up/opt/[[]x*\n/opt/loop\n/opt/b\n\1\1\1/etc/up/opt/b/.\n"),
};

FUZZ_SEEDS(seeds);
