/* SPDX-License-Identifier: Apache-2.0 */
/* Caches before the real loader: in a chroot where nothing else tells of a library. */
#include "base/bytes.h"
#include "loader/cache.h"
#include "scratch.h"

#include <link.h>
#include <sys/wait.h>

enum {
	CHROOT_FAILED = 255,
	N_NAMES = 1000,
};

static const bool big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

/* One root for all tests; each puts its own cache into it. */
static struct scratch scratch;
static struct arena *arena;
static const char *problem; /* why there is none */

/* Ends with the value() of the library that its argument names, 0 where there is none. */
static const char value_source[] = "#include <dlfcn.h>\n"
				   "int main(int argc, char **argv)\n"
				   "{\n"
				   "	void *library = dlopen(argv[1], RTLD_LAZY);\n"
				   "	int (*value)(void);\n"
				   "	if (!library)\n"
				   "		return 0;\n"
				   "	*(void **)&value = dlsym(library, \"value\");\n"
				   "	return value();\n"
				   "}\n";

/* Ends with how many of the libraries that the file /names names are not found. */
static const char count_source[] = "#include <dlfcn.h>\n"
				   "#include <stdio.h>\n"
				   "#include <string.h>\n"
				   "int main(void)\n"
				   "{\n"
				   "	FILE *names = fopen(\"/names\", \"r\");\n"
				   "	char name[256];\n"
				   "	int missing = names ? 0 : 100;\n"
				   "	while (names && fgets(name, sizeof(name), names)) {\n"
				   "		name[strcspn(name, \"\\n\")] = 0;\n"
				   "		if (!dlopen(name, RTLD_LAZY) && missing < 100)\n"
				   "			missing++;\n"
				   "	}\n"
				   "	return missing;\n"
				   "}\n";

/* Copies a library of this process, and glibc's others that stand with it, to its place. */
static int copy_library(struct dl_phdr_info *info, size_t size, void *data)
{
	unsigned *copied = data;
	char *command;
	char *output;

	if (!strstr(info->dlpi_name, "/libc.so.6") && !strstr(info->dlpi_name, "/ld"))
		return 0;
	ck_assert_int_gt(asprintf(&command,
				  "d=$(dirname '%s'); mkdir -p '%%s/root'$d && cd $d && "
				  "for f in '%s' libdl.so.2; do test ! -e $f || "
				  "cp -L $f '%%s/root'$d; done",
				  info->dlpi_name, info->dlpi_name),
			 0);
	output = scratch_run(&scratch, command);
	free(command);
	*copied += output != NULL;
	free(output);
	return 0;
}

static bool make_libraries(void)
{
	return scratch_library(&scratch, "root/opt/x/libprobe.so.1", "libprobe.so.1", 11, NULL) &&
	       scratch_library(&scratch, "root/opt/y/libprobe.so.1", "libprobe.so.1", 12, NULL) &&
	       scratch_library(&scratch, "root/opt/y/libother.so", "libother.so", 13, NULL) &&
	       scratch_library(&scratch, "root/opt/x/glibc-hwcaps/x86-64-v2/libprobe.so.1",
			       "libprobe.so.1", 14, NULL) &&
	       scratch_library(&scratch, "root/opt/x/glibc-hwcaps/x86-64-v3/libprobe.so.1",
			       "libprobe.so.1", 15, "x86-64-v3");
}

/* Runs PROGRAM of the root in it; returns its exit status, or CHROOT_FAILED. */
static int run(const char *program, const char *argument)
{
	char *root = scratch_path(&scratch, "root");
	char *const arguments[] = { (char *)program, (char *)argument, NULL };
	char *const environment[] = { NULL };
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (chroot(root) == 0 && chdir("/") == 0)
			execve(program, arguments, environment);
		_exit(CHROOT_FAILED);
	}
	free(root);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "the loader was ended by a signal");
	return WEXITSTATUS(status);
}

static bool run_ldconfig(const char *format)
{
	char command[128];
	char *output;
	bool done;

	snprintf(command, sizeof(command), "ldconfig -r '%%s/root' -X -c %s", format);
	output = scratch_run(&scratch, command);
	done = output != NULL;
	free(output);
	return done;
}

/* Makes the root, with libraries and programs. Returns NULL, or why it cannot be. */
static const char *make_root(void)
{
	unsigned copied = 0;

	dl_iterate_phdr(copy_library, &copied);
	scratch_text(&scratch, "root/etc/ld.so.conf", "/opt/x\n/opt/y\n");
	if (copied < 2)
		return "this system's C library is not glibc";
	if (!make_libraries() || !scratch_compile(&scratch, "root/value", value_source, "-ldl") ||
	    !scratch_compile(&scratch, "root/count", count_source, "-ldl"))
		return "there is no C compiler";
	if (!run_ldconfig("new"))
		return "there is no ldconfig, or it has to be root";
	if (run("/value", "libother.so") == CHROOT_FAILED)
		return "chroot(2) is not permitted";
	return NULL;
}

static void set_up(void)
{
	arena = arena_new();
	ck_assert_ptr_nonnull(arena);
	scratch_open(&scratch);
	problem = make_root();
	if (problem)
		scratch_skip("the real loader", problem);
}

static void tear_down(void)
{
	scratch_close(&scratch);
	arena_free(arena);
}

static struct cache parse_file(void)
{
	struct cache cache;
	size_t size;
	char *bytes = scratch_read(&scratch, "root/etc/ld.so.cache", &size);

	ck_assert_int_eq(cache_parse(arena, bytes, size, big_endian, &cache), 0);
	free(bytes);
	return cache;
}

static void write_file(const struct cache_entry *entries, size_t n_entries)
{
	void *bytes;
	size_t size;

	ck_assert_int_eq(cache_write(arena, entries, n_entries, big_endian, &bytes, &size), 0);
	scratch_file(&scratch, "root/etc/ld.so.cache", bytes, size);
}

/* ldconfig's cache and ours lead to the same file, variants for this processor too. */
TEST(the_loader_finds_the_same_file_by_our_cache)
{
	struct cache cache;
	int probe;

	if (problem)
		return;
	ck_assert(run_ldconfig("new"));
	cache = parse_file();
	probe = run("/value", "libprobe.so.1");
	ck_assert_int_ge(probe, 11);
	ck_assert_int_eq(run("/value", "libother.so"), 13);
	write_file(NULL, 0);
	ck_assert_int_eq(run("/value", "libprobe.so.1"), 0);
	ck_assert_int_eq(run("/value", "libother.so"), 0);
	write_file(cache.entries, cache.n_entries);
	ck_assert_int_eq(run("/value", "libprobe.so.1"), probe);
	ck_assert_int_eq(run("/value", "libother.so"), 13);
}

/* The entry of libother.so, which all names of a test lead to. */
static struct cache_entry other_entry(void)
{
	struct cache cache = parse_file();

	for (size_t i = 0; i < cache.n_entries; i++)
		if (strcmp(cache.entries[i].name, "libother.so") == 0)
			return cache.entries[i];
	ck_abort_msg("libother.so is not in the cache");
}

/* The loader searches by halves: it finds every name only where the order is its own. */
TEST(the_loader_finds_every_name)
{
	static const char *const affixes[][2] = {
		{ "lib", ".so" },    { "liba.so.", "" },       { "lib-a", ".so.1" },
		{ "libA0", "b.so" }, { "lib_+", "" },	       { "libz", "_.so" },
		{ "", "lib.so" },    { "lib\xc3\xa9", ".so" },
	};
	struct cache_entry *entries = arena_array(arena, N_NAMES, sizeof(*entries));
	struct cache_entry other;
	char *path;
	FILE *names;

	if (problem)
		return;
	ck_assert(run_ldconfig("new"));
	other = other_entry();
	path = scratch_path(&scratch, "root/names");
	names = fopen(path, "w");
	ck_assert_ptr_nonnull(names);
	free(path);
	for (unsigned i = 0; i < N_NAMES; i++) {
		const char *const *affix = affixes[i % ARRAY_SIZE(affixes)];

		entries[i] = other;
		entries[i].name = arena_printf(arena, "%s%u%s", affix[0], i * i % 1009, affix[1]);
		fprintf(names, "%s\n", entries[i].name);
	}
	ck_assert_int_eq(fclose(names), 0);
	ck_assert_int_ge(run("/count", NULL), 100);
	write_file(entries, N_NAMES);
	ck_assert_int_eq(run("/count", NULL), 0);
}

/*
 * One number of ldconfig's cache changed: libother.so is found or not, by the loader and
 * by us alike. BEHIND_OLD: the offset is from the new header, embedded in the old format.
 */
static const struct damage {
	const char *format;
	unsigned offset;
	bool behind_old;
	unsigned size;
	uint64_t value;
	unsigned truncate; /* to this size first; 0: not */
} damages[] = {
	{ "new", 0, false, 1, 'g' },	     { "new", 0, false, 1, 'G' },
	{ "new", 17, false, 1, '2' },	     { "new", 20, false, 4, 0 },
	{ "new", 20, false, 4, 0x7fffffff }, { "new", 20, false, 4, UINT32_MAX },
	{ "new", 24, false, 4, 0 },	     { "new", 28, false, 1, 0 },
	{ "new", 28, false, 1, 1 },	     { "new", 28, false, 1, 2 },
	{ "new", 28, false, 1, 3 },	     { "new", 28, false, 1, 4 },
	{ "new", 28, false, 1, 0xfe },	     { "new", 28, false, 1, 0xff },
	{ "new", 32, false, 4, 0 },	     { "new", 32, false, 4, 3 },
	{ "new", 32, false, 4, UINT32_MAX }, { "new", 0, false, 1, 'g', 48 },
	{ "new", 0, false, 1, 'g', 72 },     { "old", 0, false, 1, 'l' },
	{ "old", 0, false, 1, 'L' },	     { "old", 10, false, 1, '1' },
	{ "old", 11, false, 1, 1 },	     { "old", 12, false, 4, 0 },
	{ "old", 12, false, 4, 0x7fffffff }, { "old", 12, false, 4, UINT32_MAX },
	{ "old", 0, false, 1, 'l', 16 },     { "old", 0, false, 1, 'l', 17 },
	{ "compat", 0, false, 1, 'l' },	     { "compat", 0, false, 1, 'L' },
	{ "compat", 12, false, 4, 0 },	     { "compat", 12, false, 4, UINT32_MAX },
	{ "compat", 0, true, 1, 'G' },	     { "compat", 28, true, 1, 0 },
	{ "compat", 28, true, 1, 1 },	     { "compat", 28, true, 1, 2 },
	{ "compat", 28, true, 1, 3 },	     { "compat", 28, true, 1, 4 },
	{ "compat", 20, true, 4, 0 },
};

static bool cache_has_other(const char *bytes, size_t size, int32_t flags)
{
	struct cache cache;

	if (cache_parse(arena, bytes, size, big_endian, &cache) < 0)
		return false;
	for (size_t i = 0; i < cache.n_entries; i++)
		if (cache.entries[i].flags == flags &&
		    cache_compare_names(cache.entries[i].name, "libother.so") == 0 &&
		    strcmp(cache.entries[i].path, "/opt/y/libother.so") == 0)
			return true;
	return false;
}

TEST_EACH(the_loader_and_we_find_the_same_in_a_damaged_cache, ARRAY_SIZE(damages))
{
	const struct damage *damage = &damages[_i];
	uint64_t at = damage->offset;
	int32_t flags;
	size_t size;
	char *bytes;

	if (problem)
		return;
	ck_assert(run_ldconfig("new"));
	flags = other_entry().flags;
	ck_assert(run_ldconfig(damage->format));
	bytes = scratch_read(&scratch, "root/etc/ld.so.cache", &size);
	if (damage->behind_old)
		at += (16 + 12 * bytes_get(bytes + 12, 4, big_endian) + 7) / 8 * 8;
	if (damage->truncate)
		size = damage->truncate;
	ck_assert_uint_le(at + damage->size, size);
	bytes_put(bytes + at, damage->size, big_endian, damage->value);
	scratch_file(&scratch, "root/etc/ld.so.cache", bytes, size);
	ck_assert_msg(cache_has_other(bytes, size, flags) == (run("/value", "libother.so") == 13),
		      "%s cache, %#llx at %u: %s", damage->format,
		      (unsigned long long)damage->value, damage->offset,
		      cache_has_other(bytes, size, flags) ? "only we find it" : "only we do not");
	free(bytes);
}

SUITE_SHARED(cache_loader, set_up, tear_down);
