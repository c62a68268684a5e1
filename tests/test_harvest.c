/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The harvest from inside: what its check of a result does not accept, and that memory which runs
 * out is reported, whichever allocation it is. The linker has malloc and its like come here
 * (--wrap).
 */
#include "failing_root.h"
#include "harvest/result.h"
#include "harvest/verify.h"
#include "scratch.h"

#include <errno.h>

static struct mkrootfs_plan *plan;
static char *last; /* the last diagnostic */
static unsigned errors;

static long n_allowed = -1; /* allocations that still succeed; below 0: all */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* One fails, those after it succeed: an error that is swallowed gives a wrong result. */
static bool fails(void)
{
	if (n_allowed < 0)
		return false;
	return n_allowed-- == 0;
}

/* Memory of an arena comes from the system by the block: each piece is to fail, too. */
void *__real_arena_alloc(struct arena *arena, size_t size);
void *__real_arena_array(struct arena *arena, size_t count, size_t size);
char *__real_arena_strdup(struct arena *arena, const char *string);
char *__real_arena_strndup(struct arena *arena, const char *string, size_t length);
void *__real_arena_memdup(struct arena *arena, const void *bytes, size_t size);
int __real_arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
		      size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_array(struct arena *arena, size_t count, size_t size);
char *__wrap_arena_strdup(struct arena *arena, const char *string);
char *__wrap_arena_strndup(struct arena *arena, const char *string, size_t length);
void *__wrap_arena_memdup(struct arena *arena, const void *bytes, size_t size);
int __wrap_arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
		      size_t size);

static long n_pieces = -1; /* as n_allowed */

static bool piece_fails(void)
{
	if (n_pieces < 0)
		return false;
	return n_pieces-- == 0;
}

void *__wrap_arena_alloc(struct arena *arena, size_t size)
{
	return piece_fails() ? NULL : __real_arena_alloc(arena, size);
}

void *__wrap_arena_array(struct arena *arena, size_t count, size_t size)
{
	return piece_fails() ? NULL : __real_arena_array(arena, count, size);
}

char *__wrap_arena_strdup(struct arena *arena, const char *string)
{
	return piece_fails() ? NULL : __real_arena_strdup(arena, string);
}

char *__wrap_arena_strndup(struct arena *arena, const char *string, size_t length)
{
	return piece_fails() ? NULL : __real_arena_strndup(arena, string, length);
}

void *__wrap_arena_memdup(struct arena *arena, const void *bytes, size_t size)
{
	return piece_fails() ? NULL : __real_arena_memdup(arena, bytes, size);
}

int __wrap_arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	return piece_fails() ? -ENOMEM : __real_arena_grow(arena, items, count, capacity, size);
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static void note(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	if (level != MKROOTFS_ERROR)
		return;
	errors++;
	free(last);
	last = NULL;
	if (asprintf(&last, "%s: %s", subject ? subject : "-", message) < 0)
		last = NULL;
}

static void set_up(void)
{
	plan = mkrootfs_plan_new();
	ck_assert_ptr_nonnull(plan);
	mkrootfs_plan_log(plan, note, NULL);
	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/usr/bin/env");
	/* The packages' database would be read in each of hundreds of runs. */
	mkrootfs_plan_set(plan, MKROOTFS_WITHOUT, "data");
	errors = 0;
}

static void tear_down(void)
{
	mkrootfs_plan_free(plan);
	free(last);
	last = NULL;
}

TEST(what_opens_a_library_is_in_the_result)
{
	static const struct elf_object elsewhere;
	static const struct closure_object caller = {
		.loaded = { .elf = &elsewhere,
			    .location = { "/lib/libelsewhere.so", "/lib/libelsewhere.so" } },
	};
	struct mkrootfs *rootfs = NULL;
	struct plugin *plugin;

	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(verify_manifest(rootfs->manifest, &rootfs->resolver, &rootfs->programs,
					 &rootfs->follower.plugins),
			 0);
	plugin = TABLE_ADD(rootfs->arena, &rootfs->follower.plugins);
	ck_assert_ptr_nonnull(plugin);
	*plugin = (struct plugin){
		.program = rootfs->programs.all.items[0],
		.caller = &caller,
		.name = "libc.so.6",
		.closure = rootfs->programs.all.items[0]->closures.items[0],
	};
	ck_assert_int_eq(verify_manifest(rootfs->manifest, &rootfs->resolver, &rootfs->programs,
					 &rootfs->follower.plugins),
			 -ESTALE);
	ck_assert_str_eq(last, "libc.so.6: /lib/libelsewhere.so, which opens it, is not loaded "
			       "inside the rootfs");
	mkrootfs_free(rootfs);
}

static const struct {
	int error;
	int result;
	unsigned errors;
} dest_errors[] = {
	{ -ENOENT, 0, 0 },
	{ -EACCES, 0, 0 }, /* a place in the result, whatever is there in the root */
	{ -EIO, -EIO, 1 },
};

TEST_EACH(where_a_file_goes_is_looked_at, ARRAY_SIZE(dest_errors))
{
	CLEANUP(root_close) struct root *real = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(elf_store_free) struct elf_store *store = elf_store_new();
	struct sysroot sysroot = {
		.arena = arena,
		.store = store,
		.diag = &plan->diag,
		.working_directory = "/",
	};
	struct inputs inputs = { .sysroot = &sysroot };
	struct failing_root root;

	ck_assert_int_eq(root_disk_open(&real, "/"), 0);
	root = failing_root_of(real, "/nowhere", dest_errors[_i].error);
	sysroot.root = &root.root;
	ck_assert_int_eq(inputs_add_path(&inputs, "/usr/bin/env", "/nowhere/env", "asked for"),
			 dest_errors[_i].result);
	ck_assert_uint_eq(errors, dest_errors[_i].errors);
}

/* Harvests and prints while allocation N, counted by COUNTER, fails; *FAILED: it came to that. */
static char *print_while_failing(long *counter, long n, enum mkrootfs_report report, int *result,
				 bool *failed)
{
	struct mkrootfs *rootfs = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	errors = 0;
	*counter = n;
	*result = mkrootfs_harvest(plan, &rootfs);
	if (*result == 0)
		*result = mkrootfs_print(rootfs, report, NULL, file, false);
	*failed = *counter < 0 && n >= 0;
	*counter = -1;
	rewind(file);
	if (getdelim(&text, &size, EOF, file) < 0)
		text[0] = '\0';
	fclose(file);
	mkrootfs_free(rootfs);
	return text;
}

/* Lets allocation 0, STEP, ... fail, each in a run of its own. */
static void run_out(long *counter, long step, enum mkrootfs_report report)
{
	bool failed;
	int r;
	char *expected = print_while_failing(counter, -1, report, &r, &failed);
	long n = 0;

	ck_assert_int_eq(r, 0);
	do {
		char *text = print_while_failing(counter, n, report, &r, &failed);

		/* Either it is an error, and told; or nothing depended on it. */
		ck_assert_msg(r == 0 || r == -ENOMEM, "allocation %ld: %d: %s", n, r, last);
		if (r == 0)
			ck_assert_msg(strcmp(text, expected) == 0, "allocation %ld is not missed",
				      n);
		else
			ck_assert_msg(errors > 0, "allocation %ld is not told", n);
		free(text);
		n += step;
	} while (failed);
	free(expected);
}

static const enum mkrootfs_report reports[] = { MKROOTFS_JSON, MKROOTFS_TREE, MKROOTFS_LDD };

TEST_EACH(memory_that_runs_out_is_told, ARRAY_SIZE(reports))
{
	run_out(&n_allowed, 1, reports[_i]);
}

TEST(a_piece_of_an_arena_that_fails_is_told)
{

	run_out(&n_pieces, 1, MKROOTFS_JSON);
}

SUITE(harvest, set_up, tear_down);
