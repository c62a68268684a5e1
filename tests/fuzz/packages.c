/*
 * Any bytes as the databases of package managers: dpkg's status, a list of files, digests and
 * diversions, apk's database, os-release. A byte of 1 ends a file, and the next begins.
 */
#include "fuzz.h"

#include "rootfs/packages.h"

#include <string.h>

static const char *const files[] = {
	"/var/lib/dpkg/status",		  "/var/lib/dpkg/info/one.list",
	"/var/lib/dpkg/info/one.md5sums", "/var/lib/dpkg/diversions",
	"/var/lib/dpkg/status.d/two",	  "/var/lib/dpkg/status.d/two.md5sums",
	"/lib/apk/db/installed",	  "/etc/os-release",
};

enum { N_FILES = sizeof(files) / sizeof(files[0]) };

static const char *const asked[] = { "/usr/bin/one", "/lib/libtwo.so", "/three" };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct manifest_policy policy = { 0 };
	const struct diag diag = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(manifest_free) struct manifest *manifest = manifest_new(&policy, &diag);
	CLEANUP(manifest_free) struct manifest *result = manifest_new(&policy, &diag);
	CLEANUP(root_close) struct root *root = NULL;
	CLEANUP(packages_free) struct packages *packages = NULL;

	FUZZ_CHECK(arena && manifest && result);
	for (int i = 0; i < N_FILES; i++) {
		const uint8_t *end = size ? memchr(bytes, 1, size) : NULL;
		size_t length = end ? (size_t)(end - bytes) : size;

		FUZZ_CHECK(manifest_put_file(manifest, files[i], 0644, length ? bytes : NULL,
					     length, ENTRY_DEFAULT, "fuzz") == 0);
		bytes += length + (end != NULL);
		size -= length + (end != NULL);
	}
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		FUZZ_CHECK(manifest_put_file(manifest, asked[i], 0644, "", 0, ENTRY_DEFAULT,
					     "fuzz") == 0);
	FUZZ_CHECK(manifest_seal(manifest) == 0);
	FUZZ_CHECK(manifest_root(manifest, &root) == 0);
	FUZZ_CHECK(packages_read(arena, root, asked, sizeof(asked) / sizeof(asked[0]), &diag,
				 &packages) == 0);
	FUZZ_CHECK(packages->count <= sizeof(asked) / sizeof(asked[0]));
	for (size_t i = 0; i < packages->count; i++)
		FUZZ_CHECK(packages->items[i]->name && packages->items[i]->version &&
			   packages->items[i]->owns);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const struct package_file *file = packages_find(packages, asked[i]);

		FUZZ_CHECK(!file || (file->package && strcmp(file->path, asked[i]) == 0));
	}
	/* Records stand below their directory, whatever a package is called. */
	packages_put(packages, root, result, &diag);
	return 0;
}

static const char *const seeds[] = {
	"Package: one\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
	"Source: src (2)\nConffiles:\n /three 0123456789abcdef0123456789abcdef\n\n"
	"Package: gone\nVersion: 1\nStatus: deinstall ok config-files\n\1"
	"/.\n/usr/bin/one\n/three\n\1"
	"0123456789abcdef0123456789abcdef  usr/bin/one\n\1"
	"/three\n/three.distrib\nother\n\1Package: two\nVersion: 2\n\1"
	"0123456789abcdef0123456789abcdef  lib/libtwo.so\n\1"
	"P:three\nV:3\nF:\nR:three\nZ:Q1x\n\nP:one\nV:1\nF:usr/bin\nM:0:0:755\nR:one\n\1"
	"ID=x\nVERSION_ID=\"1\"\n",
	"Package: ../../x\nVersion: 1\n\1\1\1\1Package: two\nVersion: 2\n\1\1\1ID=''\n",
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
