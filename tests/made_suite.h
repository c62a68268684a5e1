/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suites over files made by hand share: an arena a test, the four forms of a file,
 * and reading them. No file is on disk.
 */
#ifndef MKROOTFS_TESTS_MADE_SUITE_H
#define MKROOTFS_TESTS_MADE_SUITE_H

#include "elf/object.h"
#include "made_elf.h"
#include "suite.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
	ck_assert_ptr_nonnull(arena);
}

static void tear_down(void)
{
	arena_free(arena);
}

/* Both classes in both byte orders, by a loop test's index. */
enum {
	N_FORMS = 4,
};

static void make_form(struct made *made, int form)
{
	made_elf(made, form & 1, form & 2);
}

static const struct elf_object *read_bytes(const void *bytes, size_t size)
{
	struct root_file file = made_file(bytes, size);
	const struct elf_object *object;

	ck_assert_int_eq(elf_object_read(&file, arena, &object), 0);
	return object;
}

static const struct elf_object *read_made(const struct made *made)
{
	return read_bytes(made->bytes, sizeof(made->bytes));
}

MADE_UNUSED static const struct elf_object *read_valid(const struct made *made)
{
	const struct elf_object *object = read_made(made);

	ck_assert_msg(object->state == ELF_OBJECT_VALID, "%s", object->problem);
	ck_assert_ptr_null(object->problem);
	return object;
}

MADE_UNUSED static size_t read_symbols(const struct made *made, const struct elf_symbol **symbols)
{
	struct root_file file = made_file(made->bytes, sizeof(made->bytes));
	size_t count;

	ck_assert_int_eq(elf_object_symbols(&file, arena, symbols, &count), 0);
	return count;
}

#endif
