/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz target is: a function that takes any bytes and neither crashes nor breaks
 * a promise (it aborts where it does). With -Dfuzz=true libFuzzer looks for bytes that
 * do; else driver.c runs it as a test, over its seeds and what a few changes make of them.
 */
#ifndef MKROOTFS_TESTS_FUZZ_FUZZ_H
#define MKROOTFS_TESTS_FUZZ_FUZZ_H

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/*
 * A target's own seeds: writes the one of number INDEX to BYTES, which has room for
 * ROOM, and returns its size; 0 where there are no more.
 */
size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room);

/* A promise that must hold for any bytes. */
#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

struct fuzz_seed {
	const void *bytes;
	size_t size;
};

/* A seed of a string literal, which may hold NULs; the one at its end is not of it. */
#define FUZZ_TEXT(text)                                                                            \
	{                                                                                          \
		.bytes = (text), .size = sizeof(text) - 1                                          \
	}

/* Appends SIZE bytes to the *LENGTH that a seed has already. */
static inline void fuzz_append(uint8_t *seed, size_t *length, size_t room, const void *bytes,
			       size_t size)
{
	FUZZ_CHECK(*length <= room && size <= room - *length);
	memcpy(seed + *length, bytes, size);
	*length += size;
}

/* Defines fuzz_seed for a target whose SEEDS are an array of struct fuzz_seed. */
#define FUZZ_SEEDS(seeds)                                                                          \
	size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room)                              \
	{                                                                                          \
		size_t length = 0;                                                                 \
                                                                                                   \
		if (index < ARRAY_SIZE(seeds))                                                     \
			fuzz_append(bytes, &length, room, (seeds)[index].bytes,                    \
				    (seeds)[index].size);                                          \
		return length;                                                                     \
	}                                                                                          \
	struct fuzz_seeds_needs_semicolon

#endif
