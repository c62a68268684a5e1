/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the package databases of a small root: dpkg's status, diversions and lists, apk's
 * installed, a copyright file, os-release. A byte of 1 ends a file, and the next one begins.
 */
#include "fuzz.h"

#include "base/path.h"
#include "manifest/manifest_private.h"
#include "packages/records.h"
#include "report/sbom.h"

#include <errno.h>

enum { END_OF_FILE = 1 };

static const char *const file_paths[] = {
	"/var/lib/dpkg/status",		"/lib/apk/db/installed",
	"/var/lib/dpkg/diversions",	"/var/lib/dpkg/info/a.list",
	"/var/lib/dpkg/info/a.md5sums", "/var/lib/dpkg/info/b:amd64.list",
	"/usr/share/doc/a/copyright",	"/etc/os-release",
	"/var/lib/dpkg/status.d/c",	"/var/lib/dpkg/status.d/c.md5sums",
};

/* What is harvested: files, and a link to one of them. */
static const char *const harvested[] = { "/usr/lib/x", "/usr/lib/y", "/bin/x", "/z" };
static const char link_path[] = "/usr/lib/l";

enum {
	N_FILES = sizeof(file_paths) / sizeof(file_paths[0]),
	N_HARVESTED = sizeof(harvested) / sizeof(harvested[0]),
};

struct fuzz_root {
	struct root root;
	struct stat directory;
	struct stat link;
	struct stat plain;
	struct stat stats[N_FILES];
	const uint8_t *contents[N_FILES];
};

static struct fuzz_root *fuzz_root(const struct root *root)
{
	return (struct fuzz_root *)(uintptr_t)root;
}

static int find(const char *const *paths, int count, const char *path)
{
	for (int i = 0; i < count; i++)
		if (strcmp(paths[i], path) == 0)
			return i;
	return -1;
}

/* Whether something stands below PATH. */
static bool is_directory(const char *const *paths, int count, const char *path)
{
	for (int i = 0; i < count; i++)
		if (path_is_below(paths[i], path) && strcmp(paths[i], path) != 0)
			return true;
	return false;
}

static int look(const struct root *root, const char *path, const struct stat **stat,
		const char **target)
{
	struct fuzz_root *fuzz = fuzz_root(root);
	int file = find(file_paths, N_FILES, path);

	*target = NULL;
	*stat = &fuzz->directory;
	if (file >= 0)
		*stat = &fuzz->stats[file];
	else if (find(harvested, N_HARVESTED, path) >= 0)
		*stat = &fuzz->plain;
	else if (strcmp(path, link_path) == 0 || strcmp(path, "/lib64") == 0) {
		*stat = &fuzz->link;
		*target = strcmp(path, link_path) == 0 ? "x" : "usr/lib";
	} else if (!is_directory(file_paths, N_FILES, path) &&
		   !is_directory(harvested, N_HARVESTED, path))
		return -ENOENT;
	return 0;
}

static int open_file(const struct root *root, const char *path, struct root_file *file)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct fuzz_root *fuzz = fuzz_root(root);
	const struct stat *stat;
	const char *target;
	char *canonical;
	int found;
	int r;

	FUZZ_CHECK(arena);
	r = root_walk(root, arena, path, true, NULL, NULL, &canonical);
	if (r == 0)
		r = look(root, canonical, &stat, &target);
	if (r < 0)
		return r;
	found = find(file_paths, N_FILES, canonical);
	file->stat = *stat;
	file->content = found >= 0 ? (const void *)fuzz->contents[found] : "";
	return 0;
}

static int list(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	size_t length = strlen(path);
	int r = 0;

	for (int i = 0; i < N_FILES && r == 0; i++)
		if (path_is_below(file_paths[i], path) && strcmp(file_paths[i], path) != 0 &&
		    !strchr(file_paths[i] + length + 1, '/'))
			r = fn(data, file_paths[i] + length + 1);
	return r;
}

static const struct root_ops fuzz_ops = { .look = look, .open = open_file, .list = list };

static struct manifest *make_manifest(struct fuzz_root *fuzz, const struct diag *diag)
{
	static const struct manifest_policy policy = { 0 };
	struct manifest *manifest = manifest_new(&policy, diag);
	struct entry entry = { .why = "fuzz", .root = &fuzz->root, .identity = fuzz->plain };

	FUZZ_CHECK(manifest);
	entry.type = ENTRY_FILE;
	for (int i = 0; i < N_HARVESTED; i++) {
		entry.path = entry.source = harvested[i];
		FUZZ_CHECK(manifest_put_parents(manifest, entry.path, "fuzz") == 0);
		FUZZ_CHECK(manifest_put(manifest, &entry) == 0);
	}
	entry.type = ENTRY_SYMLINK;
	entry.path = entry.source = link_path;
	entry.target = "x";
	FUZZ_CHECK(manifest_put(manifest, &entry) == 0);
	return manifest;
}

/* Whatever was read: an owner is one of the packages, and lists what is there. */
static void check_packages(const struct packages *packages)
{
	for (size_t i = 0; i < packages->count; i++) {
		const struct package *package = packages->items[i];

		FUZZ_CHECK(package->n_files > 0 && package->n_files <= N_HARVESTED + 1);
		FUZZ_CHECK(*package->name && !strchr(package->name, '/') &&
			   package->name[0] != '.' && *package->version);
		for (size_t j = 0; j < package->n_files; j++) {
			FUZZ_CHECK(package->files[j].entry->package == package);
			FUZZ_CHECK(package->files[j].listed[0] == '/');
		}
	}
}

static void check_bills(const struct fuzz_root *fuzz, const struct packages *packages)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(buffer) struct buffer spdx = { 0 };
	CLEANUP(buffer) struct buffer cyclonedx = { 0 };
	struct os_release os;
	const struct sbom sbom = {
		.name = "x",
		.version = "1",
		.created = "",
		.os = &os,
		.packages = packages,
	};

	FUZZ_CHECK(arena && os_release_read(arena, &fuzz->root, &os) == 0);
	FUZZ_CHECK(report_spdx(&spdx, &sbom) == 0);
	FUZZ_CHECK(report_cyclonedx(&cyclonedx, &sbom) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct diag diag = { 0 };
	struct fuzz_root fuzz = {
		.root.ops = &fuzz_ops,
		.directory.st_mode = S_IFDIR | 0755,
		.link.st_mode = S_IFLNK | 0777,
		.plain.st_mode = S_IFREG | 0644,
	};
	struct packages packages;
	struct manifest *manifest;

	for (int i = 0; i < N_FILES; i++) {
		const uint8_t *end = size ? memchr(bytes, END_OF_FILE, size) : NULL;
		size_t length = end ? (size_t)(end - bytes) : size;

		fuzz.stats[i].st_mode = S_IFREG | 0644;
		fuzz.stats[i].st_size = (off_t)length;
		fuzz.contents[i] = bytes;
		bytes += length + (end != NULL);
		size -= length + (end != NULL);
	}
	manifest = make_manifest(&fuzz, &diag);
	FUZZ_CHECK(packages_find(manifest, &fuzz.root, &diag, &packages) == 0);
	check_packages(&packages);
	FUZZ_CHECK(package_records_put(manifest, &packages, &diag) == 0);
	FUZZ_CHECK(manifest_seal(manifest) == 0);
	check_bills(&fuzz, &packages);
	manifest_free(manifest);
	return 0;
}

static const char *const seeds[] = {
	"Package: a\nStatus: install ok installed\nArchitecture: amd64\nSource: s (1)\nVersion: "
	"1:2-3\n"
	"Maintainer: A B <a@b>\nConffiles:\n /z 0 obsolete\nDescription: x\n .\n y\n\n"
	"Package: b\nMulti-Arch: same\nArchitecture: amd64\nVersion: 1\n\1"
	"C:Q1x=\nP:c\nV:1-r0\nA:x86_64\nL:MIT AND (ISC OR Zlib)\no:c\nm:C "
	"<c@d>\nF:usr/lib\nM:0:0:755\n"
	"R:y\na:0:0:755\nZ:Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=\nR:l\n\nP:d\nV:1\nF:\nR:z\n\1"
	"/bin/x\n/bin/x.d\nb\n/z\n/usr/lib/y\n:\n\1/.\n/lib64\n/lib64/x\n/z\n\1"
	"d41d8cd98f00b204e9800998ecf8427e  lib64/x\n0cc175b9c0f1b6a831c399e269772661  "
	"z\n\1/bin/x\n\1"
	"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n"
	"License: Expat or GPL-2+\n\1ID=debian\nVERSION_ID=\"12\"\n\1"
	"Package: c\nArchitecture: all\nVersion: 1\n\1d41d8cd98f00b204e9800998ecf8427e  bin/x\n",
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
