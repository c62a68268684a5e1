/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz target is: a function that takes any bytes and neither crashes nor breaks
 * a promise (it aborts where it does). With -Dfuzz=true libFuzzer looks for bytes that
 * do; else driver.c runs it as a test, over its seeds and what a few changes make of them.
 */
#ifndef MKROOTFS_TESTS_FUZZ_FUZZ_H
#define MKROOTFS_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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

#endif
