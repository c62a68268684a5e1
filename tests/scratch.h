/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepared directories for tests, and the output of tools that are the oracle. A path
 * given to these functions is one below the scratch directory; "%s" in a command
 * stands for that directory. All of them fail the test on an error.
 */
#ifndef MKROOTFS_TESTS_SCRATCH_H
#define MKROOTFS_TESTS_SCRATCH_H

#include "suite.h"

#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRATCH_UNUSED __attribute__((unused))

struct scratch {
	char path[256];
};

SCRATCH_UNUSED static void scratch_open(struct scratch *scratch)
{
	const char *parent = getenv("TMPDIR");
	int length = snprintf(scratch->path, sizeof(scratch->path), "%s/mkrootfs-test-XXXXXX",
			      parent && *parent ? parent : "/tmp");

	ck_assert(length > 0 && (size_t)length < sizeof(scratch->path));
	ck_assert_ptr_nonnull(mkdtemp(scratch->path));
}

SCRATCH_UNUSED static int scratch_remove(const char *path, const struct stat *stat, int type,
					 struct FTW *location)
{
	return remove(path);
}

SCRATCH_UNUSED static void scratch_close(struct scratch *scratch)
{
	ck_assert_int_eq(nftw(scratch->path, scratch_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* The path on this system; the caller frees it. */
SCRATCH_UNUSED static char *scratch_path(const struct scratch *scratch, const char *path)
{
	char *whole;

	ck_assert_int_gt(asprintf(&whole, "%s/%s", scratch->path, path), 0);
	return whole;
}

SCRATCH_UNUSED static void scratch_directory(const struct scratch *scratch, const char *path)
{
	char *whole = scratch_path(scratch, path);

	for (char *slash = whole + strlen(scratch->path) + 1; slash; slash++) {
		slash = strchr(slash, '/');
		if (slash)
			*slash = '\0';
		ck_assert(mkdir(whole, 0755) == 0 || errno == EEXIST);
		if (!slash)
			break;
		*slash = '/';
	}
	free(whole);
}

/* A file with its directories. */
SCRATCH_UNUSED static void scratch_file(const struct scratch *scratch, const char *path,
					const void *bytes, size_t size)
{
	char *whole = scratch_path(scratch, path);
	char *slash = strrchr(path, '/');
	FILE *file;

	if (slash) {
		char *directory = strndup(path, (size_t)(slash - path));

		scratch_directory(scratch, directory);
		free(directory);
	}
	file = fopen(whole, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
	free(whole);
}

SCRATCH_UNUSED static void scratch_text(const struct scratch *scratch, const char *path,
					const char *text)
{
	scratch_file(scratch, path, text, strlen(text));
}

SCRATCH_UNUSED static void scratch_link(const struct scratch *scratch, const char *path,
					const char *target)
{
	char *whole = scratch_path(scratch, path);

	ck_assert_int_eq(symlink(target, whole), 0);
	free(whole);
}

/* All of FILE, with a NUL behind it; the caller frees it. */
SCRATCH_UNUSED static char *scratch_read_stream(FILE *file, size_t *size)
{
	char *bytes = NULL;
	FILE *memory = open_memstream(&bytes, size);
	char block[4096];
	size_t n;

	ck_assert_ptr_nonnull(memory);
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		ck_assert_uint_eq(fwrite(block, 1, n, memory), n);
	ck_assert_int_eq(fclose(memory), 0);
	return bytes;
}

SCRATCH_UNUSED static char *scratch_read(const struct scratch *scratch, const char *path,
					 size_t *size)
{
	char *whole = scratch_path(scratch, path);
	FILE *file = fopen(whole, "r");
	char *bytes;

	ck_assert_ptr_nonnull(file);
	bytes = scratch_read_stream(file, size);
	fclose(file);
	free(whole);
	return bytes;
}

/*
 * Runs a shell command, with /sbin in its PATH and its messages dropped; returns its
 * output, or NULL where it failed. The caller frees it.
 */
SCRATCH_UNUSED static char *scratch_run(const struct scratch *scratch, const char *command)
{
	char *text = strdup("PATH=$PATH:/usr/sbin:/sbin; export LC_ALL=C; exec 2>/dev/null; ");
	char *output;
	size_t size;
	FILE *pipe;

	ck_assert_ptr_nonnull(text);
	while (*command) {
		const char *mark = strstr(command, "%s");
		int length = (int)(mark ? mark - command : (ptrdiff_t)strlen(command));
		char *longer;

		ck_assert_int_gt(asprintf(&longer, "%s%.*s%s", text, length, command,
					  mark ? scratch->path : ""),
				 0);
		free(text);
		text = longer;
		command += length + (mark ? 2 : 0);
	}
	fflush(NULL);
	pipe = popen(text, "r");
	ck_assert_ptr_nonnull(pipe);
	output = scratch_read_stream(pipe, &size);
	free(text);
	if (pclose(pipe) == 0)
		return output;
	free(output);
	return NULL;
}

/*
 * Compiles C SOURCE with the compiler's options to PATH, whose directory is made. False
 * where there is no compiler, or none that knows the options.
 */
SCRATCH_UNUSED static bool scratch_compile(const struct scratch *scratch, const char *path,
					   const char *source, const char *options)
{
	char *command;
	char *output;
	bool compiled;

	scratch_text(scratch, path, "");
	scratch_text(scratch, "source.c", source);
	ck_assert_int_gt(
		asprintf(&command, "cd '%%s' && ${CC:-cc} -o %s source.c %s", path, options), 0);
	output = scratch_run(scratch, command);
	compiled = output != NULL;
	free(output);
	free(command);
	return compiled;
}

/*
 * Compiles a library of SONAME that needs nothing, and whose value() is VALUE. ISA is
 * what its GNU property asks of the processor ("x86-64-v3"), or NULL; not every linker
 * can say it, and then it stays unsaid.
 */
SCRATCH_UNUSED static bool scratch_library(const struct scratch *scratch, const char *path,
					   const char *soname, int value, const char *isa)
{
	char source[64];
	char options[256];

	snprintf(source, sizeof(source), "int value(void) { return %d; }\n", value);
	snprintf(options, sizeof(options), "-shared -fPIC -nostdlib -Wl,-soname,%s %s%s", soname,
		 isa ? "-Wl,-z," : "", isa ? isa : "");
	return scratch_compile(scratch, path, source, options) ||
	       (isa && scratch_library(scratch, path, soname, value, NULL));
}

/* Says why a test cannot be run here: a line of TAP that is no result. */
SCRATCH_UNUSED static void scratch_skip(const char *test, const char *reason)
{
	printf("# skipped: %s: %s\n", test, reason);
	fflush(stdout);
}

#endif
