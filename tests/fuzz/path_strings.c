/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a program's read-only data, in either byte order: each text that is found is one
 * that the bytes may hold, and each candidate of it a path that is written as promised.
 */
#include "fuzz.h"

#include "needs/path_strings.h"
#include "needs/path_texts.h"

static int check_candidate(void *data, const struct path_string *candidate)
{
	const char *path = candidate->path;
	size_t length = strlen(path);

	FUZZ_CHECK(length > 0 && length <= 4095 && path[length - 1] != '/');
	FUZZ_CHECK((path[0] == '/') == (candidate->kind == PATH_STRING_ABSOLUTE));
	if (candidate->kind == PATH_STRING_ORIGIN)
		while (strncmp(path, "../", 3) == 0)
			path += 3;
	FUZZ_CHECK(*path && !strstr(path, "//") && !strstr(path, "/../") && !strstr(path, "/./"));
	return 0;
}

static int check_text(void *data, const char *text)
{
	size_t length = strlen(text);

	FUZZ_CHECK(length >= 3 && length <= 4095 && strchr(text, '/'));
	FUZZ_CHECK(path_strings_visit(text, check_candidate, NULL) == 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	for (int big_endian = 0; big_endian < 2; big_endian++)
		FUZZ_CHECK(path_texts_visit(bytes, size, big_endian, check_text, NULL) == 0);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	/* Narrow strings; then wide ones in either byte order. */
	FUZZ_TEXT("%s/usr/share/x\0/usr/lib/%1$s/y\0-I/a/./b/../c:/d,/e\0"
		  "$ORIGIN/../lib/x\0${datadir}/x/[a-z]*\0../../share/x\n\0"
		  "http://x/y file:///usr/x\0/opt/a b/c d\0\0"),
	FUZZ_TEXT("/\0\0\0u\0\0\0s\0\0\0r\0\0\0/\0\0\0x\0\0\0\0\0\0\0x/\0"
		  "/\0u\0s\0r\0/\0\0\0\0\0\0/\0\0\0u\0\0\0s\0\0\0\0/usr\0\0"),
};

FUZZ_SEEDS(seeds);
