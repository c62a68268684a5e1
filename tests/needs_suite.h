/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suites of run-time needs share: a target in the scratch directory, what is told of it,
 * and processes of objects that were put together by hand.
 */
#ifndef MKROOTFS_TESTS_NEEDS_SUITE_H
#define MKROOTFS_TESTS_NEEDS_SUITE_H

#include "scratch.h"
#include "suite.h"

#include "base/buffer.h"
#include "base/path.h"
#include "needs/make.h"

static struct scratch scratch;
static struct arena *arena;
static struct elf_store *store;
static struct root *root;
static struct sysroot sysroot;
static struct buffer told; /* warnings and notes, a line each */

static void tell(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	buffer_printf(&told, "%s: %s\n", subject, message);
}

static const struct diag diag = { .emit = tell };

/* The scratch directory as it is now. */
SCRATCH_UNUSED static const struct sysroot *here(void)
{
	sysroot = (struct sysroot){
		.arena = arena,
		.root = root,
		.store = store,
		.diag = &diag,
		.working_directory = "/",
	};
	return &sysroot;
}

/* What was looked at once, a root remembers. */
static void open_root(void)
{
	root_close(root);
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
}

static void set_up(void)
{
	scratch_open(&scratch);
	arena = arena_new();
	told = (struct buffer){ 0 };
	root = NULL;
	store = NULL;
	open_root();
}

static void tear_down(void)
{
	root_close(root);
	elf_store_free(store);
	arena_free(arena);
	buffer_reset(&told);
	scratch_close(&scratch);
}

static const struct needs_options no_options;

/*
 * A process of a program, a library that has the signs, and whatever else is put into it: the
 * objects by hand, as nothing here asks how they were found.
 */
struct process {
	struct loader loader;
	struct closure closure;
	struct closure_object objects[4];
	struct closure_object *list[4];
};

SCRATCH_UNUSED static void process_begin(struct process *process)
{
	open_root();
	elf_store_free(store);
	store = elf_store_new();
	*process = (struct process){
		.loader = { .kind = LOADER_GLIBC, .minor = 31, .is64 = true },
	};
	process->closure.loader = &process->loader;
	process->closure.objects = process->list;
}

SCRATCH_UNUSED static struct closure_object *process_add(struct process *process, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct closure_object *object = &process->objects[process->closure.n_objects];

	ck_assert_uint_lt(process->closure.n_objects, ARRAY_SIZE(process->objects));
	process->list[process->closure.n_objects++] = object;
	object->loaded.name = path_basename(path);
	object->loaded.location = (struct location){ path, path };
	if (process->closure.n_objects > 1)
		object->loaded.requester = &process->objects[0].loaded;
	ck_assert_int_eq(root_open(root, path, &file), 0);
	ck_assert_int_eq(elf_store_get(store, &file, path, &object->loaded.elf), 0);
	ck_assert_int_eq(object->loaded.elf->state, ELF_OBJECT_VALID);
	return object;
}

SCRATCH_UNUSED static const struct need_item *find_item(const struct need *need,
							enum need_item_kind kind, const char *path)
{
	for (size_t i = 0; i < need->n_items; i++)
		if (need->items[i].kind == kind && strcmp(need->items[i].path, path) == 0)
			return &need->items[i];
	return NULL;
}

/* The paths of all items, each with a blank before it. */
SCRATCH_UNUSED static const char *list_items(const struct need *need)
{
	char *list = arena_strdup(arena, "");

	for (size_t i = 0; i < need->n_items; i++)
		list = arena_printf(arena, "%s %s", list, need->items[i].path);
	return list;
}

/* A library for processes to begin with; false where there is no compiler. */
SCRATCH_UNUSED static bool make_works(void)
{
	return scratch_compile(&scratch, "works", "int works;", "-shared -fPIC -nostdlib");
}

#endif
