/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "failing_root.h"
#include "loader/conf.h"
#include "loader/configuration.h"
#include "loader/loader.h"
#include "scratch.h"

enum { N_FILES = 6 };

/*
 * A configuration and what comes of it: directories and, each on a line, warnings as
 * "SUBJECT: MESSAGE". All paths are below the root; a file whose content begins with
 * "-> " is a link.
 */
struct conf_case {
	const char *name;
	const char *directories; /* separated by blanks */
	const char *files[N_FILES][2];
	const char *expected;
	const char *warnings;
	bool no_oracle; /* where ldconfigs differ, or do what cannot be done in a root */
};

static const struct conf_case cases[] = {
	{ .name = "none", .expected = "" },
	{
		.name = "plain",
		.directories = "opt/a opt/b opt/c",
		.files = { { "etc/ld.so.conf", "/opt/b\n/opt/a\n\n/opt/none\n/opt/c" } },
		.expected = "/opt/b /opt/a /opt/c ",
	},
	{
		.name = "comments and blanks",
		.directories = "opt/a opt/b opt/c",
		.files = { { "etc/ld.so.conf",
			     "# /opt/c\n \t/opt/a \t# text\n#\n\v\f/opt/b#/opt/c\n/opt#/c\n" } },
		.expected = "/opt/a /opt/b /opt ",
	},
	{
		.name = "slashes",
		.directories = "opt/a opt/b",
		.files = { { "etc/ld.so.conf", "/\n//\n/opt/a//\n//opt/./b/ \n" } },
		.expected = "/opt/a //opt/./b ",
	},
	{
		.name = "carriage returns",
		.directories = "opt/a opt/b",
		.files = { { "etc/ld.so.conf", "/opt/a\r\n\r\ninclude /etc/x.conf\r\n" },
			   { "etc/x.conf", "/opt/b\n" } },
		.expected = "/opt/a ",
	},
	{
		.name = "each directory once",
		.directories = "usr/lib opt/a",
		.files = { { "etc/ld.so.conf",
			     "/lib/../../opt/a\n/usr/lib\n/lib\n/opt/a\n/usr/lib/\n" },
			   { "lib", "-> usr/lib" } },
		.expected = "/lib/../../opt/a /usr/lib ",
	},
	{
		.name = "no directories",
		.directories = "opt/a",
		.files = { { "etc/ld.so.conf", "/opt/dangling\n/opt/loop\n/opt/a\n" },
			   { "opt/dangling", "-> nowhere" },
			   { "opt/loop", "-> loop" } },
		.expected = "/opt/a ",
	},
	{
		.name = "files as directories",
		.directories = "opt/a",
		.files = { { "etc/ld.so.conf", "/etc/ld.so.conf\n/opt/a\n" } },
		.expected = "/opt/a ",
		.no_oracle = true, /* it lists them, and then cannot open them */
	},
	{
		.name = "links stay in the root",
		.directories = "usr/x/a opt",
		.files = { { "etc/ld.so.conf",
			     "/opt/absolute/a\n/opt/above/a\ninclude /opt/conf\n" },
			   { "opt/absolute", "-> /usr/x" },
			   { "opt/above", "-> ../../../../usr/x" },
			   { "opt/conf", "-> /etc/real.conf" },
			   { "etc/real.conf", "/usr/x\n" } },
		.expected = "/opt/absolute/a /usr/x ",
	},
	{
		.name = "relative directories",
		.directories = "etc/lib opt/a lib",
		.files = { { "etc/ld.so.conf", "lib\n\ninclude\nincludes /opt/a\n/opt/a\n" } },
		.expected = "/opt/a ",
		.warnings =
			"/etc/ld.so.conf:1: 'lib' is not an absolute directory, and is left out\n"
			"/etc/ld.so.conf:3: 'include' is not an absolute directory, and is left "
			"out\n"
			"/etc/ld.so.conf:4: 'includes /opt/a' is not an absolute directory, and is "
			"left out\n",
		.no_oracle = true,
	},
	{
		.name = "types",
		.directories = "opt/a opt/b opt/c opt/d=e",
		.files = { { "etc/ld.so.conf", "/opt/a=libc6\n/opt/b/ = libc5\n/opt/c=\n" } },
		.expected = "/opt/a /opt/b /opt/c ",
		.no_oracle = true, /* no longer, from 2.37 on */
	},
	{
		.name = "types that are none",
		.directories = "opt/a opt/a=b",
		.files = { { "etc/ld.so.conf", "/opt/a=b\n" } },
		.expected = "/opt/a=b ",
		.no_oracle = true, /* from 2.37 on */
	},
	{
		.name = "hwcap lines",
		.directories = "opt/a opt/b hwcap",
		.files = { { "etc/ld.so.conf", "hwcap 0 nosegneg\nHWCAP\t1 x\n/opt/a\n" } },
		.expected = "/opt/a ",
	},
	{
		.name = "blanks in names",
		.directories = "opt",
		.files = { { "etc/ld.so.conf", "/opt/a b\n/opt/a\tb\n" },
			   { "opt/a b/x", "" },
			   { "opt/a\tb/x", "" } },
		.expected = "/opt/a b /opt/a\tb ",
	},
	{
		.name = "include",
		.directories = "opt/a opt/b opt/c opt/d",
		.files = { { "etc/ld.so.conf",
			     "/opt/a\n include \t/etc/2.conf  /etc/1.conf /none\n/opt/d\n" },
			   { "etc/1.conf", "/opt/b\n" },
			   { "etc/2.conf", "/opt/c\n" } },
		.expected = "/opt/a /opt/c /opt/b /opt/d ",
	},
	{
		.name = "include is relative to the file",
		.directories = "opt/a opt/b",
		.files = { { "etc/ld.so.conf", "include sub/1.conf\n" },
			   { "etc/sub/1.conf", "include 2.conf ../3.conf\n" },
			   { "etc/sub/2.conf", "/opt/a\n" },
			   { "etc/2.conf", "/opt/none\n" },
			   { "etc/3.conf", "/opt/b\n" } },
		.expected = "/opt/a /opt/b ",
	},
	{
		.name = "globs are sorted",
		.directories = "opt/A opt/a opt/b opt/h opt/n",
		.files = { { "etc/ld.so.conf", "include ld.so.conf.d/*.conf\n" },
			   { "etc/ld.so.conf.d/b.conf", "/opt/b\n" },
			   { "etc/ld.so.conf.d/a.conf", "/opt/a\n" },
			   { "etc/ld.so.conf.d/B.conf", "/opt/A\n" },
			   { "etc/ld.so.conf.d/.hidden.conf", "/opt/h\n" },
			   { "etc/ld.so.conf.d/n.conf.no", "/opt/n\n" } },
		.expected = "/opt/A /opt/a /opt/b ",
	},
	{
		.name = "globs in every component",
		.directories = "opt/a opt/b opt/c opt/d",
		.files = { { "etc/ld.so.conf", "include /e[t]c/?/*/[!x]*.conf\n" },
			   { "etc/a/b/1.conf", "/opt/a\n" },
			   { "etc/a/a-/2.conf", "/opt/b\n" },
			   { "etc/a/a/3.conf", "/opt/c\n" },
			   { "etc/a/a/x.conf", "/opt/d\n" },
			   { "etc/aa/a/4.conf", "/opt/d\n" } },
		.expected = "/opt/b /opt/c /opt/a ",
	},
	{
		.name = "escapes in globs",
		.directories = "opt/a opt/b opt/c",
		.files = { { "etc/ld.so.conf", "include \\[1].conf /etc/\\2.c* [*.conf\n" },
			   { "etc/[1].conf", "/opt/a\n" },
			   { "etc/2.conf", "/opt/b\n" },
			   { "etc/1.conf", "/opt/c\n" } },
		.expected = "/opt/a /opt/b ",
	},
	{
		.name = "globs meet directories and dangling links",
		.directories = "opt/a etc/d/sub.conf",
		.files = { { "etc/ld.so.conf", "include d/* none/* ld.so.conf/*\n" },
			   { "etc/d/dangling.conf", "-> nowhere" },
			   { "etc/d/z.conf", "/opt/a\n" } },
		.expected = "/opt/a ",
	},
	{
		.name = "one file by two names",
		.directories = "opt/a opt/b opt/c etc/e",
		.files = { { "etc/ld.so.conf", "include d/1.conf e/1.conf d/1.conf\n" },
			   { "etc/d/1.conf", "include 2.conf\n/opt/c\n" },
			   { "etc/d/2.conf", "/opt/a\n" },
			   { "etc/e/1.conf", "-> ../d/1.conf" },
			   { "etc/e/2.conf", "/opt/b\n" } },
		.expected = "/opt/a /opt/c /opt/b ",
	},
	{
		.name = "loops",
		.directories = "opt/a opt/b opt/c",
		.files = { { "etc/ld.so.conf", "/opt/a\ninclude *.conf\n/opt/c\n" },
			   { "etc/x.conf", "/opt/b\ninclude up/etc/ld.so.conf\n" },
			   { "etc/up", "-> .." } },
		.expected = "/opt/a /opt/b /opt/c ",
		.warnings = "/etc/ld.so.conf: the file includes itself\n"
			    "/etc/up/etc/ld.so.conf: the file includes itself\n",
		.no_oracle = true, /* goes on until its descriptors end */
	},
	{
		.name = "link loops",
		.directories = "opt/a",
		.files = { { "etc/ld.so.conf", "include loop\n/opt/a\n" },
			   { "etc/loop", "-> loop" } },
		.expected = "/opt/a ",
		.warnings = "/etc/loop: Too many levels of symbolic links: the file is left out\n",
		.no_oracle = true, /* glob(3) of Debian 12 finds it, others do not */
	},
	{
		.name = "patterns that multiply",
		.directories = "opt/a d/1 d/2 d/3 d/4 d/5 d/6 d/7 d/8",
		.files = { { "etc/ld.so.conf",
			     "include /d/*/../*/../*/../*/../*/../*/../*/../*/../*/../*/../*/../*\n"
			     "/opt/a\n" } },
		.expected = "/opt/a ",
		.warnings = "/etc/ld.so.conf:1: '/d/*/../*/../*/../*/../*/../*/../*/../*/../*/../*/"
			    "../*/../*' matches too much and is left out\n",
		.no_oracle = true,
	},
};

static struct scratch scratch;

static void set_up(void)
{
	scratch_open(&scratch);
}

static void tear_down(void)
{
	scratch_close(&scratch);
}

static void make_root(const struct conf_case *test)
{
	char *directories = strdup(test->directories ? test->directories : "");
	char *rest = directories;
	char *directory;

	scratch_directory(&scratch, "etc");
	while ((directory = strsep(&rest, " ")))
		if (*directory)
			scratch_directory(&scratch, directory);
	free(directories);
	for (size_t i = 0; i < N_FILES && test->files[i][0]; i++) {
		const char *path = test->files[i][0];
		const char *content = test->files[i][1];

		if (strncmp(content, "-> ", 3) == 0)
			scratch_link(&scratch, path, content + 3);
		else
			scratch_text(&scratch, path, content);
	}
}

static void note_warning(void *data, enum mkrootfs_level level, const char *subject,
			 const char *message, const char *hint)
{
	struct buffer *warnings = data;

	ck_assert_int_eq(level, MKROOTFS_WARNING);
	buffer_printf(warnings, "%s: %s\n", subject, message);
}

static void read_into(struct arena *arena, const char *path, const struct diag *diag,
		      const char *const **directories, size_t *count)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct sysroot sysroot = { .arena = arena, .diag = diag, .working_directory = "/" };

	ck_assert_ptr_nonnull(arena);
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	sysroot.root = root;
	ck_assert_int_eq(conf_read(&sysroot, path, directories, count), 0);
}

/* The directories of PATH in the scratch root, a blank behind each. */
static char *read_conf(const char *path, struct buffer *warnings)
{
	const struct diag diag = { .emit = note_warning, .data = warnings };
	struct arena *arena = arena_new();
	const char *const *directories;
	struct buffer text = { 0 };
	size_t count;

	read_into(arena, path, &diag, &directories, &count);
	buffer_add_string(&text, "");
	for (size_t i = 0; i < count; i++)
		buffer_printf(&text, "%s ", directories[i]);
	arena_free(arena);
	return text.bytes ? text.bytes : strdup("");
}

/*
 * The directories that ldconfig goes through for the scratch root, those that it has
 * built in and hwcaps directories left out; NULL where there is no ldconfig.
 */
static char *ask_ldconfig(void)
{
	/* Without chroot(2) it resolves paths by itself, and does not know about globs then. */
	char *output = geteuid() == 0 ? scratch_run(&scratch, "ldconfig -r '%s' -v -N -X") : NULL;
	struct buffer text = { 0 };
	char *rest = output;
	char *line;

	if (!output)
		return NULL;
	while ((line = strsep(&rest, "\n"))) {
		char *from = strstr(line, ": (from /");

		if (line[0] == '\t' || !from)
			continue;
		*from = '\0';
		buffer_printf(&text, "%s ", line);
	}
	free(output);
	return text.bytes ? text.bytes : strdup("");
}

TEST_EACH(directories_are_those_of_ldconfig, ARRAY_SIZE(cases))
{
	const struct conf_case *test = &cases[_i];
	struct buffer warnings = { 0 };
	char *directories;
	char *oracle;

	make_root(test);
	directories = read_conf("/etc/ld.so.conf", &warnings);
	ck_assert_msg(strcmp(directories, test->expected) == 0, "%s: got \"%s\", not \"%s\"",
		      test->name, directories, test->expected);
	ck_assert_msg(strcmp(warnings.bytes ? warnings.bytes : "",
			     test->warnings ? test->warnings : "") == 0,
		      "%s: \"%s\"", test->name, warnings.bytes);
	buffer_reset(&warnings);
	oracle = test->no_oracle ? NULL : ask_ldconfig();
	if (oracle)
		ck_assert_msg(strcmp(directories, oracle) == 0, "%s: got \"%s\", ldconfig \"%s\"",
			      test->name, directories, oracle);
	else if (!test->no_oracle)
		scratch_skip("ldconfig -v", "needs root and ldconfig");
	free(oracle);
	free(directories);
}

/* One file includes the next: a chain that is longer than anyone's. */
TEST(a_chain_of_includes_ends)
{
	struct buffer warnings = { 0 };
	char *directories;

	scratch_directory(&scratch, "opt/first");
	scratch_directory(&scratch, "opt/last");
	scratch_text(&scratch, "etc/ld.so.conf", "include 1.conf\n/opt/first\n");
	for (int i = 1; i < 100; i++) {
		char path[32];
		char text[64];

		snprintf(path, sizeof(path), "etc/%d.conf", i);
		snprintf(text, sizeof(text), "include %d.conf\n/opt/last\n", i + 1);
		scratch_text(&scratch, path, text);
	}
	directories = read_conf("/etc/ld.so.conf", &warnings);
	ck_assert_str_eq(directories, "/opt/last /opt/first ");
	ck_assert_str_eq(warnings.bytes, "/etc/32.conf: included too deep and left out\n");
	free(directories);
	buffer_reset(&warnings);
}

/* Bytes that are no text, and files that are no files. */
TEST(what_is_no_text_and_no_file_is_passed_over)
{
	static const char bytes[] = "/opt/a\0 text\n\xff\xfe\n/opt/b\0#";
	struct buffer warnings = { 0 };
	char *large = malloc(2 * 1024 * 1024);
	char *fifo = scratch_path(&scratch, "etc/fifo");
	char *directories;

	scratch_directory(&scratch, "opt/a");
	scratch_directory(&scratch, "opt/b");
	scratch_text(&scratch, "etc/ld.so.conf", "include bytes fifo large\n");
	scratch_file(&scratch, "etc/bytes", bytes, sizeof(bytes) - 1);
	ck_assert_ptr_nonnull(large);
	memset(large, '\n', 2 * 1024 * 1024);
	scratch_file(&scratch, "etc/large", large, 2 * 1024 * 1024);
	free(large);
	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	free(fifo);
	directories = read_conf("/etc/ld.so.conf", &warnings);
	ck_assert_str_eq(directories, "/opt/a /opt/b ");
	ck_assert_str_eq(warnings.bytes,
			 "/etc/bytes:2: '\xff\xfe' is not an absolute directory, and is left out\n"
			 "/etc/fifo: Invalid argument: the file is left out\n"
			 "/etc/large: File too large: the file is left out\n");
	free(directories);
	buffer_reset(&warnings);
}

/* Nobody has to listen. */
TEST(nobody_has_to_listen)
{
	const struct diag diag = { 0 };
	struct arena *arena = arena_new();
	const char *const *directories;
	size_t count;

	scratch_text(&scratch, "etc/other.conf", "relative\ninclude other.conf\n");
	read_into(arena, "/etc/other.conf", &diag, &directories, &count);
	ck_assert_uint_eq(count, 0);
	arena_free(arena);
}

static void note_any(void *data, enum mkrootfs_level level, const char *subject,
		     const char *message, const char *hint)
{
	buffer_printf(data, "%s: %s\n", subject, message);
}

static const struct {
	const char *prefix;
	int error;
	int result;
	const char *told;
} failures[] = {
	{ "/etc/ld.so.conf", -EIO, -EIO, "/etc/ld.so.conf: " },
	{ "/etc/ld.so.conf", -EACCES, 0, "/etc/ld.so.conf: " },
	{ "/etc/ld.so.conf", -ENOENT, 0, NULL },
	{ "/etc/d", -EIO, -EIO, "/etc/d/: " },
	{ "/etc/d", -EACCES, 0, "/etc/d/: " },
	{ "/etc/d", -ENOTDIR, 0, NULL },
	{ "/opt/a", -EMFILE, -EMFILE, "/opt/a: " },
	{ "/opt/a", -EACCES, 0, NULL }, /* as ldconfig: no directory for it */
	{ "/etc/ld.so.cache", -EIO, -EIO, "/etc/ld.so.cache: " },
	{ "/etc/ld.so.cache", -EACCES, 0, "/etc/ld.so.cache: " },
	{ "/etc/ld.so.cache", -ELOOP, 0, "/etc/ld.so.cache: " },
	{ "/etc/ld.so.cache", -ENOENT, 0, NULL },
	{ "/etc/ld.so.preload", -EIO, -EIO, "/etc/ld.so.preload: " },
	{ "/etc/ld.so.preload", -EACCES, 0, "/etc/ld.so.preload: " },
};

TEST_EACH(a_disk_that_fails_is_an_error, ARRAY_SIZE(failures))
{
	CLEANUP(root_close) struct root *real = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(buffer) struct buffer told = { 0 };
	const struct diag diag = { .emit = note_any, .data = &told };
	struct loader loader = { .cache_path = "/etc/ld.so.cache",
				 .preload_path = "/etc/ld.so.preload" };
	struct failing_root root;
	struct sysroot sysroot = { .arena = arena, .diag = &diag, .working_directory = "/" };

	scratch_text(&scratch, "etc/ld.so.conf", "include d/*.conf\n/opt/a\n");
	scratch_text(&scratch, "etc/d/x.conf", "/opt/b\n");
	scratch_directory(&scratch, "opt/a");
	ck_assert_int_eq(root_disk_open(&real, scratch.path), 0);
	root = failing_root_of(real, failures[_i].prefix, failures[_i].error);
	sysroot.root = &root.root;
	ck_assert_int_eq(configuration_read_glibc(&sysroot, &loader), failures[_i].result);
	if (failures[_i].told)
		ck_assert_ptr_nonnull(strstr(told.bytes ? told.bytes : "", failures[_i].told));
	else
		ck_assert_str_eq(told.bytes ? told.bytes : "", "");
}

/* musl's loader goes on with an empty path where it may not read its file; a disk is no such thing.
 */
TEST(a_disk_that_fails_is_no_empty_path)
{
	CLEANUP(root_close) struct root *real = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct loader loader = { .interp = "/lib/ld-musl-x.so.1" };
	struct failing_root root;
	struct sysroot sysroot = { .arena = arena, .working_directory = "/" };

	ck_assert_int_eq(root_disk_open(&real, scratch.path), 0);
	root = failing_root_of(real, "/etc/ld-musl-x.path", -EACCES);
	sysroot.root = &root.root;
	ck_assert_int_eq(configuration_read_musl(&sysroot, &loader), 0);
	ck_assert_int_eq(loader.path_file_error, EACCES);
	root.error = -EIO;
	ck_assert_int_eq(configuration_read_musl(&sysroot, &loader), -EIO);
}

SUITE(conf, set_up, tear_down);
