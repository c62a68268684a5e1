/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target as a test: over its own seeds, the files that are named, and what
 * a fixed sequence of changes makes of each. With -w DIRECTORY it writes its own seeds
 * there and does no more: a corpus for libFuzzer to start from.
 */
#include "fuzz.h"

#include <stdbool.h>

enum {
	ROOM = 1024 * 1024,
	CHANGED_INPUTS = 3000, /* of each seed */
	CHANGES_MAX = 4,       /* in each of those */
};

/* The same numbers in every run. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The target sees a piece of memory that ends where the bytes do. */
static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	FUZZ_CHECK(exact);
	memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

/* Changes one thing in the *SIZE bytes: a bit, a byte, a number, a piece, or their end. */
static void change(uint8_t *bytes, size_t *size, uint32_t *state)
{
	static const uint32_t numbers[] = { 0,		1,	    4,		0x7f,	   0xff,
					    0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff };
	size_t at = *size ? next_random(state) % *size : 0;
	size_t length = *size - at;
	uint32_t number;

	if (*size == 0)
		return;
	switch (next_random(state) % 6) {
	case 0:
		bytes[at] ^= (uint8_t)(1U << next_random(state) % 8);
		break;
	case 1:
		bytes[at] = (uint8_t)next_random(state);
		break;
	case 2:
		number = numbers[next_random(state) % (ARRAY_SIZE(numbers))];
		memcpy(bytes + at, &number, length < sizeof(number) ? length : sizeof(number));
		break;
	case 3:
		number = next_random(state) % (uint32_t)*size;
		memcpy(bytes + at, &number, length < sizeof(number) ? length : sizeof(number));
		break;
	case 4:
		length = next_random(state) % (length < 64 ? length : 64);
		memmove(bytes + next_random(state) % (*size - length), bytes + at, length);
		break;
	default:
		*size = at;
		break;
	}
}

static void run_seed(const uint8_t *seed, size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);
	uint32_t state = 1;

	FUZZ_CHECK(bytes);
	run(seed, size);
	for (unsigned i = 0; i < CHANGED_INPUTS; i++) {
		size_t changed_size = size;

		memcpy(bytes, seed, size);
		for (unsigned n = next_random(&state) % CHANGES_MAX + 1; n > 0; n--)
			change(bytes, &changed_size, &state);
		run(bytes, changed_size);
	}
	free(bytes);
}

static bool read_file(const char *path, uint8_t *bytes, size_t *size)
{
	FILE *file = fopen(path, "r");
	bool failed;

	if (!file)
		return false;
	*size = fread(bytes, 1, ROOM, file);
	failed = ferror(file);
	fclose(file);
	return !failed;
}

static bool write_seed(const char *directory, unsigned index, const uint8_t *bytes, size_t size)
{
	char path[4096];
	FILE *file;
	bool written;

	snprintf(path, sizeof(path), "%s/seed-%u", directory, index);
	file = fopen(path, "w");
	if (!file)
		return false;
	written = fwrite(bytes, 1, size, file) == size;
	return fclose(file) == 0 && written;
}

int main(int argc, char **argv)
{
	const char *directory = argc == 3 && strcmp(argv[1], "-w") == 0 ? argv[2] : NULL;
	uint8_t *bytes = malloc(ROOM);
	size_t size;

	FUZZ_CHECK(bytes);
	for (unsigned i = 0; (size = fuzz_seed(i, bytes, ROOM)) > 0; i++) {
		if (!directory)
			run_seed(bytes, size);
		else if (!write_seed(directory, i, bytes, size))
			return EXIT_FAILURE;
	}
	for (int i = 1; i < argc && !directory; i++) {
		if (!read_file(argv[i], bytes, &size)) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return EXIT_FAILURE;
		}
		run_seed(bytes, size);
	}
	run(bytes, 0);
	free(bytes);
	return EXIT_SUCCESS;
}
