/* SPDX-License-Identifier: Apache-2.0 */
#include "made_closure.h"
#include "report/report.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(json_t *, json_decref);

static const struct processor level3 = { .name = "x86-64-v3" };
static const struct elf_object static_elf = { .dynamic = false };
static const struct loader musl = {
	.kind = LOADER_MUSL,
	.interp = "/lib/ld-musl-x86_64.so.1",
};
static const struct loader none = { .kind = LOADER_NONE };

/* A program that needs libv.so and libc.so.6, which needs the loader by name. */
static struct closure *make_usual(struct closure_object *library)
{
	struct closure_object *program = make_object("./p", "./p", FOUND_BY_PROGRAM);
	struct closure_object *libc = make_object("libc.so.6", "/lib/libc.so.6", FOUND_BY_CACHE);
	struct closure_object *interp = make_interp(&glibc);

	need(program, "libv.so", library, library->found_by);
	need(program, "libc.so.6", libc, FOUND_BY_CACHE);
	if (library->loaded.elf)
		need(library, "libc.so.6", libc, FOUND_BY_LOADED);
	need(libc, "ld-linux-x86-64.so.2", interp, FOUND_BY_LOADED);
	return CLOSURE(&glibc, interp, program, library, libc, interp);
}

static struct closure *make_static(const struct elf_object *elf)
{
	struct closure_object *program = make_object("/bin/s", "/bin/s", FOUND_BY_PROGRAM);

	program->loaded.elf = elf;
	return CLOSURE(&none, NULL, program);
}

/* What ldd prints, in these tests taken from runs of Debian's (glibc 2.36) and of musl's. */
static void assert_ldd(const struct closure *closure, const char *expected)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const struct report_input input = {
		.native = &closure,
		.native_names = (const char *const[]){ "./p" },
		.n_native = 1,
	};

	report_ldd(&out, &input);
	ck_assert_int_eq(buffer_error(&out), 0);
	ck_assert_str_eq(out.bytes, expected);
}

TEST(ldd_names_libraries_and_their_paths)
{
	assert_ldd(make_usual(make_object("libv.so", "/tmp/x/libv.so", FOUND_BY_RUNPATH)),
		   "\tlibv.so => /tmp/x/libv.so\n"
		   "\tlibc.so.6 => /lib/libc.so.6\n"
		   "\t/lib64/ld-linux-x86-64.so.2\n");
}

TEST(ldd_names_what_is_missing)
{
	assert_ldd(make_usual(make_missing("libv.so", NULL, 0)), "\tlibv.so => not found\n"
								 "\tlibc.so.6 => /lib/libc.so.6\n"
								 "\t/lib64/ld-linux-x86-64.so.2\n");
}

TEST(ldd_prints_raw_bytes)
{
	assert_ldd(
		make_usual(make_object("lib\377\033.so", "/tmp/\\/lib\377\033.so", FOUND_BY_PATH)),
		"\tlib\377\033.so => /tmp/\\/lib\377\033.so\n"
		"\tlibc.so.6 => /lib/libc.so.6\n"
		"\t/lib64/ld-linux-x86-64.so.2\n");
}

TEST(ldd_tells_static_programs)
{
	assert_ldd(make_static(&static_elf), "\tnot a dynamic executable\n");
	assert_ldd(make_static(&dynamic_elf), "\tstatically linked\n");
}

TEST(ldd_has_headers_for_several_files)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const struct closure *const closures[] = { make_static(&static_elf),
						   make_static(&dynamic_elf) };
	const struct report_input input = {
		.native = closures,
		.native_names = (const char *const[]){ "./st", "./sp" },
		.n_native = 2,
	};

	report_ldd(&out, &input);
	ck_assert_str_eq(out.bytes, "./st:\n\tnot a dynamic executable\n"
				    "./sp:\n\tstatically linked\n");
}

TEST(ldd_complains_of_versions_first)
{
	struct closure *closure =
		make_usual(make_object("libv.so", "/x/libv.so", FOUND_BY_RUNPATH));
	const struct closure_fault fault = {
		.object = closure->objects[0],
		.subject = "/x/libv.so",
		.text = "version `V_2' not found (required by ./p)",
	};

	closure->faults = &fault;
	closure->n_faults = 1;
	assert_ldd(closure, "./p: /x/libv.so: version `V_2' not found (required by ./p)\n"
			    "\tlibv.so => /x/libv.so\n"
			    "\tlibc.so.6 => /lib/libc.so.6\n"
			    "\t/lib64/ld-linux-x86-64.so.2\n");
}

TEST(ldd_ends_where_the_loader_does)
{
	struct closure *closure =
		make_usual(make_object("libv.so", "/x/libv.so", FOUND_BY_RUNPATH));

	closure->stopped = "error while loading shared libraries: /x/libv.so: file too short";
	assert_ldd(closure,
		   "./p: error while loading shared libraries: /x/libv.so: file too short\n");
}

TEST(ldd_ignores_missing_preloads)
{
	static const char *const from_file[] = { "/etc/nope.so" };
	struct closure_object *program = make_object("./p", "./p", FOUND_BY_PROGRAM);
	struct closure_object *found = make_object("/x/libp.so", "/x/libp.so", FOUND_BY_PATH);
	struct closure_object *missing = make_missing("nope.so", NULL, 0);
	struct closure_object *other = make_missing("/etc/nope.so", NULL, 0);
	struct closure_object *libc = make_object("libc.so.6", "/lib/libc.so.6", FOUND_BY_CACHE);
	struct loader loader = glibc;

	loader.preload = from_file;
	loader.n_preload = 1;
	loader.preload_path = "/etc/ld.so.preload";
	preload(program, "nope.so", missing);
	preload(program, "/x/libp.so", found);
	preload(program, "/etc/nope.so", other);
	need(program, "libc.so.6", libc, FOUND_BY_CACHE);
	assert_ldd(CLOSURE(&loader, NULL, program, missing, found, other, libc),
		   "ERROR: ld.so: object 'nope.so' from LD_PRELOAD cannot be preloaded "
		   "(cannot open shared object file): ignored.\n"
		   "ERROR: ld.so: object '/etc/nope.so' from /etc/ld.so.preload cannot be "
		   "preloaded (cannot open shared object file): ignored.\n"
		   "\t/x/libp.so\n"
		   "\tlibc.so.6 => /lib/libc.so.6\n");
}

/* glibc commit 8f8dd904c4: from 2.41 on the interpreter is always listed. */
TEST(ldd_lists_an_interpreter_that_nobody_needs_since_2_41)
{
	struct closure_object *program = make_object("./np", "./np", FOUND_BY_PROGRAM);
	struct closure_object *library = make_object("libs.so", "/n/libs.so", FOUND_BY_RUNPATH);
	struct closure_object *missing = make_missing("libm.so", NULL, 0);
	struct loader loader = glibc;
	struct closure *closure;

	need(program, "libs.so", library, FOUND_BY_RUNPATH);
	need(program, "libm.so", missing, FOUND_BY_LOADED);
	closure = CLOSURE(&loader, make_interp(&glibc), program, library, missing);
	assert_ldd(closure, "\tlibs.so => /n/libs.so\n\tlibm.so => not found\n");
	loader.minor = 41;
	assert_ldd(closure, "\tlibs.so => /n/libs.so\n"
			    "\t/lib64/ld-linux-x86-64.so.2\n"
			    "\tlibm.so => not found\n");
}

TEST(musl_lists_in_its_own_words)
{
	struct closure_object *program = make_object("/tmp/p", "/tmp/p", FOUND_BY_PROGRAM);
	struct closure_object *lib2 = make_object("libm2.so", "./ml/libm2.so", FOUND_BY_RPATH);
	struct closure_object *lib3 = make_object("libm3.so", "./ml/libm3.so", FOUND_BY_RPATH);
	struct closure_object *interp = make_interp(&musl);

	need(program, "libm2.so", lib2, FOUND_BY_RPATH);
	need(program, "libm3.so", lib3, FOUND_BY_RPATH);
	need(program, "libc.so", interp, FOUND_BY_LOADED);
	need(lib2, "libm3.so", lib3, FOUND_BY_LOADED);
	need(lib2, "libc.so", interp, FOUND_BY_LOADED);
	need(lib2, "libm.so.6", interp, FOUND_BY_LOADED);
	need(lib3, "libc.so.6", interp, FOUND_BY_LOADED);
	assert_ldd(CLOSURE(&musl, interp, program, lib2, lib3, interp),
		   "\t/lib/ld-musl-x86_64.so.1\n"
		   "\tlibm2.so => ./ml/libm2.so\n"
		   "\tlibm3.so => ./ml/libm3.so\n"
		   "\tlibc.so => /lib/ld-musl-x86_64.so.1\n"
		   "\tlibm.so.6 => /lib/ld-musl-x86_64.so.1\n");
}

TEST(musl_names_each_who_misses_a_library)
{
	struct closure_object *program = make_object("/tmp/p", "/tmp/p", FOUND_BY_PROGRAM);
	struct closure_object *lib2 = make_object("libm2.so", "./ml/libm2.so", FOUND_BY_RPATH);
	static const char *const searched[] = { "/lib" };
	struct closure_object *first = make_missing("libm3.so", searched, 1);
	struct closure_object *second = make_missing("libm3.so", NULL, 0);
	struct closure_object *interp = make_interp(&musl);

	/* The closure knows what the last error was when each was missed. */
	first->problem = "No such file or directory";
	second->problem = "No error information";
	need(program, "libm2.so", lib2, FOUND_BY_RPATH);
	need(program, "libm3.so", first, FOUND_BY_LOADED);
	need(program, "libc.so", interp, FOUND_BY_LOADED);
	need(lib2, "libm3.so", second, FOUND_BY_LOADED);
	assert_ldd(CLOSURE(&musl, interp, program, lib2, first, second, interp),
		   "\t/lib/ld-musl-x86_64.so.1\n"
		   "\tlibm2.so => ./ml/libm2.so\n"
		   "Error loading shared library libm3.so: No such file or directory "
		   "(needed by ./p)\n"
		   "\tlibc.so => /lib/ld-musl-x86_64.so.1\n"
		   "Error loading shared library libm3.so: No error information "
		   "(needed by ./ml/libm2.so)\n");
}

static struct manifest *make_manifest(void)
{
	static const struct diag silent = { 0 };
	static const struct manifest_policy policy = { 0 };
	struct manifest *manifest = manifest_new(&policy, &silent);

	ck_assert_ptr_nonnull(manifest);
	return manifest;
}

static void put_file(struct manifest *manifest, const char *path, mode_t mode, size_t size)
{
	char *content = arena_alloc(arena, size + 1);

	ck_assert_int_eq(
		manifest_put_file(manifest, path, mode, content, size, ENTRY_DEFAULT, "a test"), 0);
}

static void put_symlink(struct manifest *manifest, const char *path, const char *target)
{
	ck_assert_int_eq(manifest_put_symlink(manifest, path, target, ENTRY_DEFAULT, "a link"), 0);
}

TEST(list_is_sorted_escaped_and_without_the_root)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();

	put_file(manifest, "/etc/passwd", 0644, 1);
	put_file(manifest, "/a\nb\377", 0644, 1);
	put_symlink(manifest, "/etc-link", "etc");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	report_list(&out, &(struct report_input){ .manifest = manifest });
	ck_assert_str_eq(out.bytes, "/a\\nb\\377\n/etc\n/etc-link\n/etc/passwd\n");
}

/* The tree of CLOSURES with an empty manifest behind it. */
static void print_tree(struct buffer *out, const struct closure *const *closures, size_t count,
		       bool colour)
{
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();
	const struct report_input input = {
		.closures = closures,
		.n_closures = count,
		.manifest = manifest,
		.colour = colour,
	};

	ck_assert_int_eq(manifest_seal(manifest), 0);
	report_tree(out, &input);
	ck_assert_int_eq(buffer_error(out), 0);
}

static void assert_tree(const struct closure *closure, const char *expected)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(buffer) struct buffer whole = { 0 };

	print_tree(&out, &closure, 1, false);
	buffer_printf(&whole, "%s\n0 files, 0 links, 0 bytes\n", expected);
	ck_assert_str_eq(out.bytes, whole.bytes);
}

TEST(tree_prints_an_object_once)
{
	assert_tree(make_usual(make_object("libv.so", "/x/libv.so.1.2", FOUND_BY_RUNPATH)),
		    "./p\n"
		    "├── /lib64/ld-linux-x86-64.so.2 [interp]\n"
		    "├── libv.so => /x/libv.so.1.2 [runpath]\n"
		    "│   └── /lib/libc.so.6 [cache]\n"
		    "│       └── ld-linux-x86-64.so.2 ↑\n"
		    "└── libc.so.6 ↑\n");
}

/* Of a directory that a need brings, the tree has its path, and how much comes with it. */
TEST(tree_counts_what_is_below_a_path)
{
	const struct need_rule rule = { .name = "data" };
	const struct closure *closure =
		make_usual(make_object("libv.so", "/x/libv.so.1.2", FOUND_BY_RUNPATH));
	struct need_item items[] = {
		{ .path = "/d", .tree = "/d", .brought = true },
		{ .path = "/d/a", .tree = "/d", .brought = true },
		{ .path = "/d/b", .tree = "/d", .brought = true },
		{ .path = "/d/left-out", .tree = "/d" },
		{ .path = "/e", .tree = "/e", .brought = true },
	};
	struct need need = {
		.rule = &rule,
		.name = "data",
		.why = "it reads it",
		.level = NEED_REQUIRED,
		.followed = true,
		.process = closure,
		.items = items,
		.n_items = ARRAY_SIZE(items),
	};
	struct need *needs[] = { &need };
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();
	const struct report_input input = {
		.closures = &closure,
		.n_closures = 1,
		.needs = needs,
		.n_needs = 1,
		.manifest = manifest,
	};
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i].kind = NEED_PATH;
	ck_assert_int_eq(manifest_seal(manifest), 0);
	report_tree(&out, &input);
	ck_assert_ptr_nonnull(strstr(
		out.bytes, "\n\ndata (required)\n  it reads it\n    /d and 2 below\n    /e\n\n"));
}

TEST(tree_ends_in_circles)
{
	struct closure_object *program = make_object("/p", "/p", FOUND_BY_PROGRAM);
	struct closure_object *a = make_object("a.so", "/a.so", FOUND_BY_DEFAULT);
	struct closure_object *b = make_object("b.so", "/b.so", FOUND_BY_DEFAULT);

	need(program, "a.so", a, FOUND_BY_DEFAULT);
	need(a, "b.so", b, FOUND_BY_DEFAULT);
	need(b, "other-name-of-a.so", a, FOUND_BY_LOADED);
	need(b, "p", program, FOUND_BY_LOADED);
	assert_tree(CLOSURE(&glibc, NULL, program, a, b),
		    "/p\n"
		    "└── /a.so [default]\n"
		    "    └── /b.so [default]\n"
		    "        ├── other-name-of-a.so => /a.so ↑\n"
		    "        └── p ↑\n");
}

TEST(tree_says_where_a_library_was_looked_for)
{
	static const char *const searched[] = { "/1", "/2", "/3", "/4", "/5",
						"/6", "/7", "/8", "/9", "/10" };
	struct closure_object *program = make_object("/p", "/p", FOUND_BY_PROGRAM);
	struct closure_object *a = make_object("a.so", "/a.so", FOUND_BY_RPATH);
	struct closure_object *first = make_missing("no.so", searched, 2);
	struct closure_object *again = make_missing("no.so", searched, 2);
	struct closure_object *allowed = make_missing("may.so", searched, 10);
	struct closure *closure;

	allowed->allowed_missing = true;
	need(program, "a.so", a, FOUND_BY_RPATH);
	need(program, "no.so", again, FOUND_BY_LOADED);
	need(program, "may.so", allowed, FOUND_BY_LOADED);
	need(a, "no.so", first, FOUND_BY_LOADED);
	closure = CLOSURE(&glibc, NULL, program, a, again, allowed, first);

	CLEANUP(buffer) struct buffer out = { 0 };
	print_tree(&out, (const struct closure *const[]){ closure }, 1, false);
	ck_assert_str_eq(out.bytes, "/p\n"
				    "├── /a.so [rpath]\n"
				    "│   └── no.so => not found\n"
				    "│       searched /1, /2\n"
				    "├── no.so => not found ↑\n"
				    "└── may.so => not found (allowed)\n"
				    "    searched /1, /2, /3, /4, /5, /6, /7, /8 and 2 more\n"
				    "\n"
				    "0 files, 0 links, 0 bytes, 1 not found\n");
}

TEST(tree_shows_what_is_missing_of_a_loader)
{
	struct closure_object *program = make_object("/p", "/p", FOUND_BY_PROGRAM);
	struct closure_object *interp = make_interp(&glibc);
	const struct closure *closure = CLOSURE(&glibc, interp, program);
	CLEANUP(buffer) struct buffer out = { 0 };

	interp->loaded.elf = NULL;
	print_tree(&out, &closure, 1, false);
	ck_assert_str_eq(out.bytes, "/p\n"
				    "└── /lib64/ld-linux-x86-64.so.2 => not found\n"
				    "\n"
				    "0 files, 0 links, 0 bytes, 1 not found\n");
}

TEST(tree_tells_of_moves_preloads_and_kinds)
{
	struct closure_object *program = make_object("/build/p", "/build/p", FOUND_BY_PROGRAM);
	struct closure_object *a = make_object("$ORIGIN/a.so", "/build/a.so", FOUND_BY_PATH);
	struct closure_object *hook = make_object("/h.so", "/h.so", FOUND_BY_PATH);
	struct closure_object *filter = make_object("f.so", "/f.so", FOUND_BY_CACHE);

	program->loaded.location.dest = "/p";
	a->loaded.location.dest = "/a.so";
	preload(program, "/h.so", hook);
	need(program, "$ORIGIN/a.so", a, FOUND_BY_PATH);
	need(program, "f.so", filter, FOUND_BY_CACHE);
	program->edges[1].kind = EDGE_FILTER;
	assert_tree(CLOSURE(&glibc, NULL, program, hook, a, filter),
		    "/build/p -> /p\n"
		    "├── /h.so [preload]\n"
		    "├── $ORIGIN/a.so => /build/a.so -> /a.so [path]\n"
		    "└── /f.so [filter, cache]\n");
}

TEST(tree_tells_static_programs_and_faults)
{
	struct closure *closure = make_static(&static_elf);
	const struct closure_fault fault = {
		.object = closure->objects[0],
		.subject = "/x/libv.so",
		.text = "version `V_2' not found (required by /bin/s)",
	};

	assert_tree(closure, "/bin/s [static]\n");
	closure->faults = &fault;
	closure->n_faults = 1;
	closure->stopped = "error while loading shared libraries: /x\n: file too short";
	assert_tree(closure, "/bin/s [static]\n"
			     "/x/libv.so: version `V_2' not found (required by /bin/s)\n"
			     "error while loading shared libraries: /x\\n: file too short\n");
}

TEST(tree_escapes_what_a_terminal_would_obey)
{
	struct closure_object *program = make_object("/\033[2J", "/\033[2J", FOUND_BY_PROGRAM);
	struct closure_object *a = make_object("a\n", "/\377", FOUND_BY_CACHE);

	need(program, "a\n", a, FOUND_BY_CACHE);
	assert_tree(CLOSURE(&glibc, NULL, program, a), "/\\033[2J\n"
						       "└── a\\n => /\\377 [cache]\n");
}

/* make_usual again, as it is on a better processor that has a library of its own. */
static struct closure *make_variant(const struct processor *processor)
{
	struct closure *closure = make_usual(
		make_object("libv.so", "/x/glibc-hwcaps/x86-64-v3/libv.so", FOUND_BY_RUNPATH));

	closure->processor = processor;
	return closure;
}

TEST(tree_names_what_other_processors_bring)
{
	static const struct processor level4 = { .name = "x86-64-v4" };
	const struct closure *closures[] = {
		make_usual(make_object("libv.so", "/x/libv.so", FOUND_BY_RUNPATH)),
		make_variant(&level3),
		make_variant(&level4), /* the same again */
		make_static(&static_elf),
	};
	CLEANUP(buffer) struct buffer out = { 0 };

	print_tree(&out, closures, ARRAY_SIZE(closures), false);
	ck_assert_str_eq(out.bytes, "./p\n"
				    "├── /lib64/ld-linux-x86-64.so.2 [interp]\n"
				    "├── /x/libv.so [runpath]\n"
				    "│   └── /lib/libc.so.6 [cache]\n"
				    "│       └── ld-linux-x86-64.so.2 ↑\n"
				    "└── libc.so.6 ↑\n"
				    "\n"
				    "x86-64-v3:\n"
				    "    /x/glibc-hwcaps/x86-64-v3/libv.so [runpath]\n"
				    "\n"
				    "/bin/s [static]\n"
				    "\n"
				    "0 files, 0 links, 0 bytes\n");
}

TEST(tree_has_colours_when_asked)
{
	const struct closure *closure = make_usual(make_missing("libv.so", NULL, 0));
	CLEANUP(buffer) struct buffer plain = { 0 };
	CLEANUP(buffer) struct buffer coloured = { 0 };
	CLEANUP(buffer) struct buffer stripped = { 0 };

	print_tree(&plain, &closure, 1, false);
	print_tree(&coloured, &closure, 1, true);
	ck_assert_ptr_null(strchr(plain.bytes, '\033'));
	ck_assert_ptr_nonnull(strstr(coloured.bytes, "\033[1;31mnot found\033[0m"));
	ck_assert_ptr_nonnull(strstr(coloured.bytes, "\033[2m[cache]\033[0m"));
	for (const char *at = coloured.bytes; *at; at++) {
		if (*at == '\033')
			at = strchr(at, 'm');
		else
			buffer_add(&stripped, at, 1);
	}
	ck_assert_str_eq(stripped.bytes, plain.bytes);
}

static size_t count_string(const char *text, const char *string)
{
	size_t count = 0;

	while ((text = strstr(text, string))) {
		count++;
		text += strlen(string);
	}
	return count;
}

/* A chain as long as this takes the stack or the square of its length where it is not bounded. */
TEST(tree_of_a_long_chain_is_short)
{
	enum { LENGTH = 4000 };
	CLEANUP(free) struct closure_object **objects = calloc(LENGTH, sizeof(*objects));
	CLEANUP(buffer) struct buffer out = { 0 };
	const struct closure *closure;

	ck_assert_ptr_nonnull(objects);
	for (size_t i = 0; i < LENGTH; i++) {
		const char *path = arena_printf(arena, "/l%zu", i);

		ck_assert_ptr_nonnull(path);
		objects[i] = make_object(path + 1, path, FOUND_BY_DEFAULT);
		if (i > 0)
			need(objects[i - 1], path + 1, objects[i], FOUND_BY_DEFAULT);
	}
	closure = make_closure(&glibc, NULL, objects, LENGTH);
	print_tree(&out, &closure, 1, false);
	ck_assert_uint_lt(out.size, LENGTH * 256);
	ck_assert_uint_eq(count_string(out.bytes, "[default]"), LENGTH - 1);
	ck_assert_uint_eq(count_string(out.bytes, " ↓\n"), (LENGTH - 2) / 32);
	ck_assert_ptr_nonnull(strstr(out.bytes, " /l32 [default] ↓\n/l32\n└── /l33 [default]\n"));
}

static const struct {
	size_t size;
	const char *text;
} sizes[] = {
	{ 0, "1 file, 1 link, 0 bytes\n" },	  { 1, "1 file, 1 link, 1 byte\n" },
	{ 1023, "1 file, 1 link, 1023 bytes\n" }, { 1024, "1 file, 1 link, 1.0 KiB\n" },
	{ 1536, "1 file, 1 link, 1.5 KiB\n" },	  { 1048524, "1 file, 1 link, 1023.9 KiB\n" },
	{ 1048525, "1 file, 1 link, 1.0 MiB\n" }, { 17511219, "1 file, 1 link, 16.7 MiB\n" },
};

TEST_EACH(tree_ends_in_a_summary, ARRAY_SIZE(sizes))
{
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();

	put_file(manifest, "/f", 0644, sizes[_i].size);
	put_symlink(manifest, "/l", "f");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	report_tree(&out, &(struct report_input){ .manifest = manifest });
	ck_assert_str_eq(out.bytes, sizes[_i].text);
}

/* The document of CLOSURES and MANIFEST, its text in OUT. */
static json_t *print_json(struct buffer *out, const struct closure *const *closures, size_t count,
			  struct manifest *manifest)
{
	const struct report_input input = {
		.closures = closures,
		.n_closures = count,
		.manifest = manifest,
		.version = "0.1.0",
		.machine = "x86_64",
	};
	json_error_t error;
	json_t *root;

	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_assert_int_eq(report_json(out, &input), 0);
	root = json_loadb(out->bytes, out->size, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(root, "%s", error.text);
	return root;
}

/* The string at a path of member names and indexes in ROOT: "objects", "0", "path". */
static const char *get(const json_t *root, const char *const *path)
{
	const json_t *at = root;

	for (; *path; path++)
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(*path))
				       : json_object_get(at, *path);
	ck_assert_ptr_nonnull(at);
	return json_is_null(at) ? "null" : json_string_value(at);
}

#define GET(root, ...) get(root, (const char *const[]){ __VA_ARGS__, NULL })

TEST(json_is_as_documented)
{
	static const struct elf_object program_elf = {
		.dynamic = true,
		.interp = "/lib64/ld-linux-x86-64.so.2",
	};
	static const struct elf_object library_elf = { .dynamic = true, .soname = "libm.so.6" };
	static const char *const searched[] = { "/a", "/b" };
	struct closure_object *program = make_object("/build/r", "/build/r", FOUND_BY_PROGRAM);
	struct closure_object *library = make_object("libm.so.6", "/lib/libm.so.6", FOUND_BY_CACHE);
	struct closure_object *missing = make_missing("libx.so.1", searched, 2);
	struct closure_object *interp = make_interp(&glibc);
	const struct closure *closures[2];
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(json_decref) json_t *root = NULL;

	program->loaded.location.dest = "/r";
	program->loaded.elf = &program_elf;
	library->loaded.elf = &library_elf;
	need(program, "libm.so.6", library, FOUND_BY_CACHE);
	need(program, "libx.so.1", missing, FOUND_BY_LOADED);
	closures[0] = CLOSURE(&glibc, interp, program, library, missing);
	closures[1] = closures[0]; /* another processor's, with nothing new */
	put_file(manifest, "/etc/passwd", 0644, 70);
	put_symlink(manifest, "/l", "etc");
	root = print_json(&out, closures, 2, manifest);
	ck_assert_str_eq(
		out.bytes,
		"{\"version\": \"0.1.0\",\n"
		" \"machine\": \"x86_64\",\n"
		" \"objects\": [\n"
		"  {\"path\": \"/build/r\", \"dest\": \"/r\", \"soname\": null, "
		"\"interp\": \"/lib64/ld-linux-x86-64.so.2\", \"needed\": ["
		"{\"name\": \"libm.so.6\", \"path\": \"/lib/libm.so.6\", \"via\": \"cache\"}, "
		"{\"name\": \"libx.so.1\", \"path\": null, \"via\": null}]},\n"
		"  {\"path\": \"/lib/libm.so.6\", \"dest\": \"/lib/libm.so.6\", "
		"\"soname\": \"libm.so.6\", \"interp\": null, \"needed\": []},\n"
		"  {\"path\": \"/lib64/ld-linux-x86-64.so.2\", "
		"\"dest\": \"/lib64/ld-linux-x86-64.so.2\", "
		"\"soname\": null, \"interp\": null, \"needed\": []}\n"
		" ],\n"
		" \"needs\": [],\n"
		" \"need_sizes\": [],\n"
		" \"entries\": [\n"
		"  {\"path\": \"/etc\", \"type\": \"directory\", \"mode\": \"0755\", \"uid\": 0, "
		"\"gid\": 0, \"size\": 0, \"source\": null, \"why\": \"a test\"},\n"
		"  {\"path\": \"/etc/passwd\", \"type\": \"file\", \"mode\": \"0644\", \"uid\": 0, "
		"\"gid\": 0, \"size\": 70, \"source\": null, \"why\": \"a test\"},\n"
		"  {\"path\": \"/l\", \"type\": \"symlink\", \"mode\": \"0777\", \"uid\": 0, "
		"\"gid\": 0, \"size\": 3, \"target\": \"etc\", \"source\": null, "
		"\"why\": \"a link\"}\n"
		" ],\n"
		" \"missing\": [\n"
		"  {\"name\": \"libx.so.1\", \"needed_by\": \"/build/r\", \"allowed\": false, "
		"\"searched\": [\"/a\", \"/b\"]}\n"
		" ],\n"
		" \"size\": 70}\n");
}

TEST(json_of_nothing_is_whole)
{
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(json_decref) json_t *root = print_json(&out, NULL, 0, manifest);

	ck_assert_str_eq(out.bytes, "{\"version\": \"0.1.0\",\n"
				    " \"machine\": \"x86_64\",\n"
				    " \"objects\": [],\n"
				    " \"needs\": [],\n"
				    " \"need_sizes\": [],\n"
				    " \"entries\": [],\n"
				    " \"missing\": [],\n"
				    " \"size\": 0}\n");
}

TEST(json_keeps_bytes_that_are_no_utf8)
{
	static const char *const searched[] = { "/ok", "/\377" };
	struct closure_object *program = make_object("/\377\"", "/\377\"", FOUND_BY_PROGRAM);
	struct closure_object *missing = make_missing("\303\244\n.so", searched, 2);
	const struct closure *closure;
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(json_decref) json_t *root = NULL;

	need(program, missing->loaded.name, missing, FOUND_BY_LOADED);
	closure = CLOSURE(&glibc, NULL, program, missing);
	put_symlink(manifest, "/l", "\\\200");
	root = print_json(&out, &closure, 1, manifest);
	ck_assert_str_eq(GET(root, "objects", "0", "path"), "/\\377\"");
	ck_assert_str_eq(GET(root, "objects", "0", "path_bytes"), "2fff22");
	ck_assert_str_eq(GET(root, "objects", "0", "dest_bytes"), "2fff22");
	ck_assert_str_eq(GET(root, "objects", "0", "needed", "0", "name"), "\303\244\n.so");
	ck_assert_str_eq(GET(root, "missing", "0", "name"), "\303\244\n.so");
	ck_assert_ptr_null(
		json_object_get(json_array_get(json_object_get(root, "missing"), 0), "name_bytes"));
	ck_assert_str_eq(GET(root, "missing", "0", "needed_by_bytes"), "2fff22");
	ck_assert_str_eq(GET(root, "missing", "0", "searched", "1"), "/\\377");
	ck_assert_str_eq(GET(root, "missing", "0", "searched_bytes", "0"), "2f6f6b");
	ck_assert_str_eq(GET(root, "missing", "0", "searched_bytes", "1"), "2fff");
	ck_assert_str_eq(GET(root, "entries", "0", "target"), "\\\\\\200");
	ck_assert_str_eq(GET(root, "entries", "0", "target_bytes"), "5c80");
}

TEST(json_merges_closures)
{
	struct closure_object *preloaded = make_missing("hook.so", NULL, 0);
	struct closure_object *interp = make_interp(&glibc);
	struct closure_object *program = make_object("/q", "/q", FOUND_BY_PROGRAM);
	const struct closure *closures[] = {
		make_usual(make_object("libv.so", "/x/libv.so", FOUND_BY_RUNPATH)),
		make_variant(&level3),
		CLOSURE(&glibc, interp, program, preloaded),
	};
	static const char *const paths[] = {
		"./p",
		"/x/libv.so",
		"/lib/libc.so.6",
		"/lib64/ld-linux-x86-64.so.2",
		"/x/glibc-hwcaps/x86-64-v3/libv.so",
		"/q",
	};
	CLEANUP(manifest_free) struct manifest *manifest = make_manifest();
	CLEANUP(buffer) struct buffer out = { 0 };
	CLEANUP(json_decref) json_t *root = NULL;

	interp->loaded.elf = NULL;
	preloaded->allowed_missing = true;
	preload(program, "hook.so", preloaded);
	root = print_json(&out, closures, ARRAY_SIZE(closures), manifest);
	ck_assert_uint_eq(json_array_size(json_object_get(root, "objects")), ARRAY_SIZE(paths));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char index[8];

		snprintf(index, sizeof(index), "%zu", i);
		ck_assert_str_eq(GET(root, "objects", index, "path"), paths[i]);
	}
	ck_assert_uint_eq(json_array_size(json_object_get(root, "missing")), 2);
	ck_assert_str_eq(GET(root, "missing", "0", "name"), glibc.interp);
	ck_assert_str_eq(GET(root, "missing", "0", "needed_by"), "/q");
	ck_assert_str_eq(GET(root, "missing", "1", "name"), "hook.so");
	ck_assert(json_is_true(
		json_object_get(json_array_get(json_object_get(root, "missing"), 1), "allowed")));
}

SUITE(report, setup, teardown);
