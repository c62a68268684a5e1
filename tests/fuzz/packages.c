/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the package databases of a small root: dpkg's status, diversions and lists, apk's
 * installed, a copyright file, os-release.
 */
#include "small_root.h"

#include "manifest/manifest_private.h"
#include "packages/records.h"
#include "report/sbom.h"

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

static void make_root(struct small_root *small, const struct diag *diag, const uint8_t *bytes,
		      size_t size)
{
	small_root_begin(small, diag);
	small_root_cut(small, file_paths, ARRAY_SIZE(file_paths), bytes, size);
	for (size_t i = 0; i < ARRAY_SIZE(harvested); i++)
		small_root_file(small, harvested[i], NULL, 0);
	small_root_link(small, link_path, "x");
	small_root_link(small, "/lib64", "usr/lib");
	small_root_open(small);
}

/* As a harvest puts it, which reads extended attributes that a root in memory has none of. */
static void harvest(struct manifest *manifest, const struct small_root *small, const char *path)
{
	struct entry entry = {
		.path = path,
		.source = path,
		.root = small->root,
		.why = "fuzz",
	};
	const struct stat *stat;

	FUZZ_CHECK(root_look(small->root, manifest_arena(manifest), path, &stat, &entry.target) ==
		   0);
	entry.type = entry.target ? ENTRY_SYMLINK : ENTRY_FILE;
	entry.identity = *stat;
	FUZZ_CHECK(manifest_put_parents(manifest, path, "fuzz") == 0);
	FUZZ_CHECK(manifest_put(manifest, &entry) == 0);
}

static struct manifest *make_manifest(const struct small_root *small, const struct diag *diag)
{
	static const struct manifest_policy policy = { 0 };
	struct manifest *manifest = manifest_new(&policy, diag);

	FUZZ_CHECK(manifest);
	for (size_t i = 0; i < ARRAY_SIZE(harvested); i++)
		harvest(manifest, small, harvested[i]);
	harvest(manifest, small, link_path);
	return manifest;
}

/* Whatever was read: an owner is one of the packages, and lists what is there. */
static void check_packages(const struct packages *packages)
{
	for (size_t i = 0; i < packages->count; i++) {
		const struct package *package = packages->items[i];

		FUZZ_CHECK(package->n_files > 0 && package->n_files <= ARRAY_SIZE(harvested) + 1);
		FUZZ_CHECK(*package->name && !strchr(package->name, '/') &&
			   package->name[0] != '.' && *package->version);
		for (size_t j = 0; j < package->n_files; j++) {
			FUZZ_CHECK(package->files[j].entry->package == package);
			FUZZ_CHECK(package->files[j].listed[0] == '/');
		}
	}
}

static void check_bills(const struct small_root *small, const struct packages *packages)
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

	FUZZ_CHECK(arena && os_release_read(arena, small->root, &os) == 0);
	FUZZ_CHECK(report_spdx(&spdx, &sbom) == 0);
	FUZZ_CHECK(report_cyclonedx(&cyclonedx, &sbom) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(small_root) struct small_root small = { 0 };
	CLEANUP(manifest_free) struct manifest *manifest = NULL;
	const struct diag diag = { 0 };
	struct packages packages;

	make_root(&small, &diag, bytes, size);
	manifest = make_manifest(&small, &diag);
	FUZZ_CHECK(packages_find(manifest, small.root, &diag, &packages) == 0);
	check_packages(&packages);
	FUZZ_CHECK(package_records_put(manifest, &packages, &diag) == 0);
	FUZZ_CHECK(manifest_seal(manifest) == 0);
	check_bills(&small, &packages);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("Package: a\nStatus: install ok installed\nArchitecture: amd64\nSource: s "
		  "(1)\nVersion: "
		  "1:2-3\n"
		  "Maintainer: A B <a@b>\nConffiles:\n /z 0 obsolete\nDescription: x\n .\n y\n\n"
		  "Package: b\nMulti-Arch: same\nArchitecture: amd64\nVersion: 1\n\1"
		  "C:Q1x=\nP:c\nV:1-r0\nA:x86_64\nL:MIT AND (ISC OR Zlib)\no:c\nm:C "
		  "<c@d>\nF:usr/lib\nM:0:0:755\n"
		  "R:y\na:0:0:755\nZ:Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=\nR:l\n\nP:d\nV:1\nF:\nR:z\n\1"
		  "/bin/x\n/bin/x.d\nb\n/z\n/usr/lib/y\n:\n\1/.\n/lib64\n/lib64/x\n/z\n\1"
		  "d41d8cd98f00b204e9800998ecf8427e  lib64/x\n0cc175b9c0f1b6a831c399e269772661  "
		  "z\n\1/bin/x\n\1"
		  "Format: "
		  "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n"
		  "License: Expat or GPL-2+\n\1ID=debian\nVERSION_ID=\"12\"\n\1"
		  "Package: c\nArchitecture: all\nVersion: 1\n\1d41d8cd98f00b204e9800998ecf8427e  "
		  "bin/x\n"),
};

FUZZ_SEEDS(seeds);
