/* SPDX-License-Identifier: Apache-2.0 */
#include "made_closure.h"
#include "report/report.h"

#include <stdio.h>

static void print_why(struct buffer *out, const struct closure *closure, const char *name)
{
	CLEANUP(manifest_free)
	struct manifest *manifest =
		manifest_new(&(const struct manifest_policy){ .source_epoch = 1 }, NULL);
	const struct report_input input = {
		.closures = &closure,
		.n_closures = 1,
		.manifest = manifest,
	};

	ck_assert_ptr_nonnull(manifest);
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_assert_int_eq(report_why(out, &input, name), 0);
	ck_assert_int_eq(buffer_error(out), 0);
}

static void assert_why(const struct closure *closure, const char *name, const char *expected)
{
	CLEANUP(buffer) struct buffer out = { 0 };

	print_why(&out, closure, name);
	ck_assert_str_eq(out.bytes, expected);
}

static struct closure_object *make_program(void)
{
	return make_object("/bin/p", "/bin/p", FOUND_BY_PROGRAM);
}

static struct closure_object *make_library(const char *name)
{
	const char *path = arena_printf(arena, "/lib/%s", name);

	ck_assert_ptr_nonnull(path);
	return make_object(name, path, FOUND_BY_CACHE);
}

static size_t count_chains(const char *text)
{
	size_t count = 0;

	for (; (text = strstr(text, "/bin/p\n")); text++)
		count++;
	return count;
}

TEST(each_requester_has_a_chain)
{
	struct closure_object *program = make_program();
	struct closure_object *a = make_library("a");
	struct closure_object *s = make_library("s");

	need(program, "a", a, FOUND_BY_CACHE);
	need(program, "s", s, FOUND_BY_RUNPATH);
	need(a, "s", s, FOUND_BY_LOADED);
	assert_why(CLOSURE(&glibc, NULL, program, a, s), "s",
		   "/bin/p\n"
		   "  s => /lib/s [runpath]\n"
		   "\n"
		   "/bin/p\n"
		   "  a => /lib/a [cache]\n"
		   "    s => /lib/s [loaded]\n");
}

TEST(chains_join_those_above)
{
	struct closure_object *program = make_program();
	struct closure_object *a = make_library("a");
	struct closure_object *b = make_library("b");
	struct closure_object *c = make_library("c");
	struct closure_object *s = make_library("s");

	need(program, "a", a, FOUND_BY_CACHE);
	need(program, "b", b, FOUND_BY_CACHE);
	need(a, "c", c, FOUND_BY_CACHE);
	need(b, "c", c, FOUND_BY_LOADED);
	need(c, "s", s, FOUND_BY_CACHE);
	assert_why(CLOSURE(&glibc, NULL, program, a, b, c, s), "s",
		   "/bin/p\n"
		   "  a => /lib/a [cache]\n"
		   "    c => /lib/c [cache]\n"
		   "      s => /lib/s [cache]\n"
		   "\n"
		   "/bin/p\n"
		   "  b => /lib/b [cache]\n"
		   "    c => /lib/c [loaded], and on as above\n");
}

TEST(no_chain_goes_in_circles)
{
	struct closure_object *program = make_program();
	struct closure_object *a = make_library("a");
	struct closure_object *b = make_library("b");
	struct closure_object *c = make_library("c");
	struct closure_object *s = make_library("s");

	need(program, "a", a, FOUND_BY_CACHE);
	need(a, "b", b, FOUND_BY_CACHE);
	need(b, "a", a, FOUND_BY_LOADED);
	need(b, "s", s, FOUND_BY_CACHE);
	need(s, "c", c, FOUND_BY_CACHE);
	need(s, "s", s, FOUND_BY_LOADED);
	/* C is there because of S: it is no reason for it. */
	need(c, "a", a, FOUND_BY_LOADED);
	need(c, "p", program, FOUND_BY_LOADED);
	assert_why(CLOSURE(&glibc, NULL, program, a, b, s, c), "s",
		   "/bin/p\n"
		   "  a => /lib/a [cache]\n"
		   "    b => /lib/b [cache]\n"
		   "      s => /lib/s [cache]\n");
}

TEST(the_shortest_chain_comes_first)
{
	struct closure_object *program = make_program();
	struct closure_object *a = make_library("a");
	struct closure_object *b = make_library("b");
	struct closure_object *c = make_library("c");
	struct closure_object *s = make_library("s");

	/* The loader loads the program's own needs first: so B is there by the program. */
	need(program, "a", a, FOUND_BY_CACHE);
	need(program, "b", b, FOUND_BY_CACHE);
	need(a, "c", c, FOUND_BY_CACHE);
	need(c, "b", b, FOUND_BY_LOADED);
	need(b, "s", s, FOUND_BY_CACHE);
	assert_why(CLOSURE(&glibc, NULL, program, a, b, c, s), "s",
		   "/bin/p\n"
		   "  b => /lib/b [cache]\n"
		   "    s => /lib/s [cache]\n"
		   "\n"
		   "/bin/p\n"
		   "  a => /lib/a [cache]\n"
		   "    c => /lib/c [cache]\n"
		   "      b => /lib/b [loaded], and on as above\n");
}

TEST(the_loader_and_preloads_say_so)
{
	struct closure_object *program = make_program();
	struct closure_object *a = make_library("a");
	struct closure_object *libc = make_library("libc.so.6");
	struct closure_object *interp = make_interp(&glibc);
	struct closure *closure;

	preload(program, "a", a);
	need(program, "libc.so.6", libc, FOUND_BY_CACHE);
	need(libc, "ld-linux-x86-64.so.2", interp, FOUND_BY_LOADED);
	closure = CLOSURE(&glibc, interp, program, a, libc, interp);
	assert_why(closure, "a",
		   "/bin/p\n"
		   "  a => /lib/a [preload]\n");
	assert_why(closure, "ld-linux-x86-64.so.2",
		   "/bin/p\n"
		   "  /lib64/ld-linux-x86-64.so.2 [interp]\n"
		   "\n"
		   "/bin/p\n"
		   "  libc.so.6 => /lib/libc.so.6 [cache]\n"
		   "    ld-linux-x86-64.so.2 => /lib64/ld-linux-x86-64.so.2 [loaded]\n");
	assert_why(closure, "p", "/bin/p\n");
}

/* A program that needs the first of COUNT libraries, each of which needs all others. */
static struct closure *make_clique(size_t count)
{
	struct closure_object **objects = arena_array(arena, count + 1, sizeof(*objects));

	ck_assert_ptr_nonnull(objects);
	objects[0] = make_program();
	for (size_t i = 1; i <= count; i++)
		objects[i] = make_library(arena_printf(arena, "l%zu", i));
	need(objects[0], objects[1]->loaded.name, objects[1], FOUND_BY_CACHE);
	for (size_t i = 1; i <= count; i++)
		for (size_t j = 1; j <= count; j++)
			if (i != j)
				need(objects[i], objects[j]->loaded.name, objects[j],
				     j > i ? FOUND_BY_CACHE : FOUND_BY_LOADED);
	return make_closure(&glibc, NULL, objects, count + 1);
}

/* Its chains without a circle are more than atoms in the world. */
TEST(a_clique_is_told_by_its_edges)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const struct closure *closure = make_clique(60);

	print_why(&out, closure, "l60");
	ck_assert_uint_eq(count_chains(out.bytes), 64);
	ck_assert_ptr_nonnull(strstr(out.bytes, "\nand more\n"));
	ck_assert_ptr_null(strstr(out.bytes, "    l1 "));
	buffer_reset(&out);
	print_why(&out, make_clique(6), "l6");
	/* L1 and what has L6 from it, four; and each of those four by the three others. */
	ck_assert_uint_eq(count_chains(out.bytes), 1 + 4 + 4 * 3);
	ck_assert_ptr_null(strstr(out.bytes, "\nand more\n"));
}

/* Two ways out of each of 20 layers: a million chains, 41 of them by another edge. */
TEST(layers_are_told_by_their_edges)
{
	enum { LAYERS = 20 };
	CLEANUP(buffer) struct buffer out = { 0 };
	struct closure_object *objects[1 + 2 * LAYERS + 1] = { make_program() };
	struct closure_object *s = make_library("s");

	for (size_t i = 0; i < LAYERS; i++)
		for (size_t side = 0; side < 2; side++) {
			size_t at = 1 + 2 * i + side;

			objects[at] = make_library(arena_printf(arena, "l%zu.%zu", i, side));
			for (size_t from = i == 0 ? 0 : at - side - 2;
			     from < (i == 0 ? 1 : at - side); from++)
				need(objects[from], objects[at]->loaded.name, objects[at],
				     FOUND_BY_CACHE);
		}
	objects[1 + 2 * LAYERS] = s;
	need(objects[2 * LAYERS - 1], "s", s, FOUND_BY_CACHE);
	need(objects[2 * LAYERS], "s", s, FOUND_BY_LOADED);
	print_why(&out, make_closure(&glibc, NULL, objects, ARRAY_SIZE(objects)), "s");
	ck_assert_uint_eq(count_chains(out.bytes), 2 + 2 * (LAYERS - 1));
}

/* Deeper than anyone reads: what a hostile file could make takes no more room than that. */
TEST(a_long_chain_is_left_out)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	struct closure_object *objects[1000] = { make_program() };
	struct closure_object *s = make_library("s");

	for (size_t i = 1; i < ARRAY_SIZE(objects) - 1; i++) {
		objects[i] = make_library(arena_printf(arena, "l%zu", i));
		need(objects[i - 1], objects[i]->loaded.name, objects[i], FOUND_BY_CACHE);
	}
	objects[ARRAY_SIZE(objects) - 1] = s;
	need(objects[1], "s", s, FOUND_BY_CACHE);
	need(objects[ARRAY_SIZE(objects) - 2], "s", s, FOUND_BY_LOADED);
	print_why(&out, make_closure(&glibc, NULL, objects, ARRAY_SIZE(objects)), "s");
	ck_assert_str_eq(out.bytes, "/bin/p\n"
				    "  l1 => /lib/l1 [cache]\n"
				    "    s => /lib/s [cache]\n"
				    "\nand more\n");
}

SUITE(why, setup, teardown);
