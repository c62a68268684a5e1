/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/closure.h"
#include "closure/undefined.h"
#include "scratch.h"

/*
 * Small worlds of libraries that the compiler makes: what the closure says of them. The wide
 * comparison with the real loader is in tests/oracle.
 */
static struct scratch scratch;
static struct arena *arena;
static struct elf_store *store;
static struct root *root;
static struct sysroot sysroot;

/* A sysroot that remembers nothing. */
static void open_sysroot(void)
{
	elf_store_free(store);
	store = elf_store_new();
	sysroot = (struct sysroot){
		.arena = arena,
		.root = root,
		.store = store,
		.working_directory = "/",
	};
}

static void set_up(void)
{
	scratch_open(&scratch);
	arena = arena_new();
	store = NULL;
	ck_assert_int_eq(root_disk_open(&root, "/"), 0);
	open_sysroot();
}

static void tear_down(void)
{
	root_close(root);
	elf_store_free(store);
	arena_free(arena);
	scratch_close(&scratch);
}

/* OPTIONS are those of a compiler that runs in the scratch directory. */
static bool compile(const char *path, const char *source, const char *options)
{
	if (scratch_compile(&scratch, path, source, options))
		return true;
	scratch_skip(path, "there is no compiler that makes it");
	return false;
}

static const struct closure_options none;

static const struct closure *resolve_as(const char *name, const struct closure_options *more,
					bool secure)
{
	char *path = scratch_path(&scratch, name);
	const char *kept = arena_strdup(arena, path);
	const struct processor *processors;
	struct closure_program program = {
		.location = { kept, kept },
		.origin = { scratch.path, scratch.path },
		.secure = secure,
	};
	const struct closure *closure;
	const struct loader *loader;
	struct root_file file;
	size_t count;

	free(path);
	ck_assert_int_eq(root_open(root, kept, &file), 0);
	ck_assert_int_eq(elf_store_get(store, &file, kept, &program.elf), 0);
	root_file_close(&file);
	ck_assert_int_eq(sysroot_loader(&sysroot, program.elf, &loader), 0);
	loader_processors(loader, &processors, &count);
	ck_assert_int_eq(
		closure_resolve(&sysroot, &program, &processors[0], more ? more : &none, &closure),
		0);
	return closure;
}

static const struct closure *resolve(const char *name, const struct closure_options *more)
{
	return resolve_as(name, more, false);
}

/* What the program of PROGRAM adds when it opens NAME by itself. */
static const struct closure *open_by(const struct closure *program, const char *name)
{
	const struct closure_process process = { .program = program };
	const struct closure *closure;

	ck_assert_int_eq(
		closure_open(&sysroot, &process, program->objects[0], name, &none, &closure), 0);
	return closure;
}

__attribute__((returns_nonnull)) static const struct closure_object *
find(const struct closure *closure, const char *name)
{
	for (size_t i = 0; i < closure->n_objects; i++)
		if (strcmp(closure->objects[i]->loaded.name, name) == 0)
			return closure->objects[i];
	ck_abort_msg("%s is not in the closure", name);
}

static const char main_source[] = "int a(void); int main(void) { return a(); }";

static bool make_pair(void)
{
	return compile("libb.so", "int b(void) { return 0; }",
		       "-shared -fPIC -Wl,-soname,libb.so") &&
	       compile("liba.so", "int b(void); int a(void) { return b(); }",
		       "-shared -fPIC -Wl,-soname,liba.so -L. -lb") &&
	       compile("main", main_source,
		       "-L. -la -Wl,--disable-new-dtags,-rpath,'$ORIGIN',-rpath-link,.");
}

TEST(edges_tell_how_each_was_found)
{
	const struct closure_object *a;
	const struct closure_object *b;
	const struct closure *closure;

	if (!make_pair())
		return;
	closure = resolve("main", NULL);
	ck_assert_ptr_null(closure->stopped);
	a = find(closure, "liba.so");
	b = find(closure, "libb.so");
	ck_assert_int_eq(a->found_by, FOUND_BY_RPATH);
	ck_assert_int_eq(b->found_by, FOUND_BY_RPATH);
	ck_assert_ptr_eq(a->loaded.requester, &closure->objects[0]->loaded);
	ck_assert_ptr_eq(b->loaded.requester, &a->loaded);
	ck_assert_uint_lt(a->index, b->index);
	ck_assert_ptr_nonnull(closure->interp);
	ck_assert_uint_eq(closure->n_faults, 0);
}

TEST(a_missing_library_is_an_object_without_a_file)
{
	const struct closure_object *b;
	const struct closure *closure;
	char *path = scratch_path(&scratch, "libb.so");

	if (!make_pair()) {
		free(path);
		return;
	}
	ck_assert_int_eq(remove(path), 0);
	closure = resolve("main", NULL);
	b = find(closure, "libb.so");
	ck_assert(closure_is_missing(b));
	ck_assert(!b->allowed_missing);
	ck_assert_uint_ge(b->n_searched, 2);
	ck_assert_str_eq(b->searched[0], scratch.path);
	free(path);
}

TEST(a_glob_allows_for_a_missing_library)
{
	static const char *const globs[] = { "libz*", "lib[ab].so" };
	const struct closure_options options = { .allow_missing = globs, .n_allow_missing = 2 };
	char *path = scratch_path(&scratch, "libb.so");

	if (make_pair()) {
		ck_assert_int_eq(remove(path), 0);
		ck_assert(find(resolve("main", &options), "libb.so")->allowed_missing);
	}
	free(path);
}

TEST(a_library_path_serves_without_an_rpath)
{
	const struct closure_options options = { .library_path = scratch.path };

	if (!make_pair() || !compile("main", main_source, "-L. -la -Wl,-rpath-link,."))
		return;
	ck_assert_int_eq(find(resolve("main", &options), "liba.so")->found_by,
			 FOUND_BY_LIBRARY_PATH);
	ck_assert(closure_is_missing(find(resolve("main", NULL), "liba.so")));
}

TEST(a_static_program_is_alone)
{
	const struct closure *closure;

	if (!compile("main", "int main(void) { return 0; }", "-static"))
		return;
	closure = resolve("main", NULL);
	ck_assert_uint_eq(closure->n_objects, 1);
	ck_assert_ptr_null(closure->interp);
	ck_assert_int_eq(closure->loader->kind, LOADER_NONE);
}

TEST(a_static_program_finds_no_library_by_its_name)
{
	const struct closure *opened;

	if (!compile("main", "int main(void) { return 0; }", "-static"))
		return;
	opened = open_by(resolve("main", NULL), "libnone.so");
	ck_assert_uint_eq(opened->n_objects, 1);
	ck_assert(closure_is_missing(opened->objects[0]));
}

/* elf/dl-deps.c: expand_dst */
TEST(a_set_id_program_opens_nothing_that_needs_a_token)
{
	char *plugin = scratch_path(&scratch, "plugin.so");

	if (compile("main", "int main(void) { return 0; }", "") &&
	    compile("libb.so", "int b(void) { return 0; }",
		    "-shared -fPIC -Wl,-soname,'$ORIGIN/libb.so'") &&
	    compile("plugin.so", "int b(void); int p(void) { return b(); }",
		    "-shared -fPIC -L. -lb")) {
		const struct closure *plain = open_by(resolve_as("main", NULL, false), plugin);
		const struct closure *secure = open_by(resolve_as("main", NULL, true), plugin);

		ck_assert_ptr_null(plain->stopped);
		ck_assert_uint_gt(plain->n_objects, 1);
		ck_assert(!closure_is_missing(plain->objects[1]));
		ck_assert_ptr_nonnull(secure->stopped);
		ck_assert_ptr_nonnull(
			strstr(secure->stopped, "DST not allowed in SUID/SGID programs"));
	}
	free(plugin);
}

TEST(a_symbol_that_nobody_defines_is_a_fault)
{
	const struct closure_fault *faults;
	const struct closure *closure;
	size_t count;

	if (!make_pair())
		return;
	closure = resolve("main", NULL);
	ck_assert_int_eq(symbols_check(&sysroot, closure, 0, &faults, &count), 0);
	ck_assert_uint_eq(count, 0);
	if (!compile("libb.so", "int other(void) { return 0; }",
		     "-shared -fPIC -Wl,-soname,libb.so"))
		return;
	open_sysroot();
	closure = resolve("main", NULL);
	ck_assert_int_eq(symbols_check(&sysroot, closure, 0, &faults, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(faults[0].text, "undefined symbol: b");
	ck_assert_ptr_eq(faults[0].object, find(closure, "liba.so"));
}

SUITE(closure, set_up, tear_down);
