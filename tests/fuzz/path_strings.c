/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a program's read-only data, in either byte order: each text that is found is one
 * that the bytes may hold, and each candidate of it a path that is written as promised.
 */
#include "fuzz.h"

#include "needs/path_strings.h"
#include "needs/path_texts.h"

#include <string.h>

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

static const char seed_narrow[] = "%s/usr/share/x\0/usr/lib/%1$s/y\0-I/a/./b/../c:/d,/e\0"
				  "$ORIGIN/../lib/x\0${datadir}/x/[a-z]*\0../../share/x\n\0"
				  "http://x/y file:///usr/x\0/opt/a b/c d\0";
static const char seed_wide[] = "/\0\0\0u\0\0\0s\0\0\0r\0\0\0/\0\0\0x\0\0\0\0\0\0\0x/\0"
				"/\0u\0s\0r\0/\0\0\0\0\0\0/\0\0\0u\0\0\0s\0\0\0\0/usr\0";

size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room)
{
	static const struct {
		const char *bytes;
		size_t size;
	} seeds[] = { { seed_narrow, sizeof(seed_narrow) }, { seed_wide, sizeof(seed_wide) } };

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	FUZZ_CHECK(seeds[index].size <= room);
	memcpy(bytes, seeds[index].bytes, seeds[index].size);
	return seeds[index].size;
}
