/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public face: plans, harvests and what they say, through mkrootfs.h alone.
 */
#include "mkrootfs.h"
#include "scratch.h"

static struct scratch scratch;
static struct mkrootfs_plan *plan;
static char *last; /* the last diagnostic */
static unsigned errors;

static void note(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	if (level == MKROOTFS_ERROR)
		errors++;
	free(last);
	ck_assert_int_gt(asprintf(&last, "%s: %s", subject ? subject : "-", message), 0);
}

static void set_up(void)
{
	scratch_open(&scratch);
	plan = mkrootfs_plan_new();
	ck_assert_ptr_nonnull(plan);
	mkrootfs_plan_log(plan, note, NULL);
	errors = 0;
}

static void tear_down(void)
{
	mkrootfs_plan_free(plan);
	free(last);
	last = NULL;
	scratch_close(&scratch);
}

static const struct {
	enum mkrootfs_option option;
	const char *value;
} good[] = {
	{ MKROOTFS_FILE, "/bin/true" },
	{ MKROOTFS_FILE, "/bin/true:/app/true" },
	{ MKROOTFS_FILE, "a:b" }, /* a name with a colon */
	{ MKROOTFS_FILE, "a:b:/c" },
	{ MKROOTFS_FILE, "true:/bin/" },
	{ MKROOTFS_ADD, "/etc:/" },
	{ MKROOTFS_SYMLINK, "usr/lib:/lib" },
	{ MKROOTFS_SYMLINK, "a:b:/c" },
	{ MKROOTFS_MKDIR, "/data" },
	{ MKROOTFS_MKDIR, "/data:0750" },
	{ MKROOTFS_MKDIR, "/data:1777:10000:10000" },
	{ MKROOTFS_USER, "redis" },
	{ MKROOTFS_USER, "redis:10000" },
	{ MKROOTFS_USER, "_a-1:1:2" },
	{ MKROOTFS_USER, "root" },
	{ MKROOTFS_CHOWN, "0:0" },
	{ MKROOTFS_CHOWN, "4294967294:1" },
	{ MKROOTFS_MTIME, "keep" },
	{ MKROOTFS_BARE, "yes" },
	{ MKROOTFS_SOURCE_DATE_EPOCH, "1700000000" },
	{ MKROOTFS_HWCAPS, "all" },
	{ MKROOTFS_HWCAPS, "none" },
	{ MKROOTFS_HWCAPS, "x86-64-v2,x86-64-v3" },
	{ MKROOTFS_CHECK, "symbols" },
	{ MKROOTFS_LIBRARY_PATH, "" },
	{ MKROOTFS_ENTRYPOINT, "" },
	{ MKROOTFS_ENTRYPOINT, "[]" },
	{ MKROOTFS_CMD, " [ \"a\", \"\", \"\\u00e9 \\n\" ] " },
	{ MKROOTFS_CMD, "a 'b c' \"d'\\\"\" e\\ f ''" },
	{ MKROOTFS_ENV, "A=" },
	{ MKROOTFS_ENV, "a.b-c=x=y\n\xc3\xa9" },
	{ MKROOTFS_WORKDIR, "/" },
	{ MKROOTFS_WORKDIR, "/a b/../c/" },
	{ MKROOTFS_VOLUME, "/data" },
	{ MKROOTFS_EXPOSE, "1" },
	{ MKROOTFS_EXPOSE, "65535/udp" },
	{ MKROOTFS_EXPOSE, "6379/TCP" },
	{ MKROOTFS_STOP_SIGNAL, "QUIT" },
	{ MKROOTFS_STOP_SIGNAL, "SIGRTMIN+3" },
	{ MKROOTFS_STOP_SIGNAL, "64" },
	{ MKROOTFS_LABEL, "org.opencontainers.image.source=https://example.org/x" },
	{ MKROOTFS_TAG, "redis" },
	{ MKROOTFS_TAG, "localhost:5000/a/b__c/d.e--f:V_1.2-3" },
	{ MKROOTFS_TAG, "Registry.Example.org/x" },
	{ MKROOTFS_TAG, "localhost/x" },
};

TEST_EACH(well_formed_values_are_taken, ARRAY_SIZE(good))
{
	ck_assert_int_eq(mkrootfs_plan_set(plan, good[_i].option, good[_i].value), 0);
	ck_assert_uint_eq(errors, 0);
}

static const struct {
	enum mkrootfs_option option;
	const char *value, *message;
} bad[] = {
	{ MKROOTFS_FILE, "", "FILE: '' names no file" },
	{ MKROOTFS_FILE, ":/x", "FILE: ':/x' names no file" },
	{ MKROOTFS_FILE, "/x:/..", "FILE: '/x:/..' has no file name in its DEST" },
	{ MKROOTFS_SYMLINK, "/lib", "--symlink: '/lib' is not TARGET:LINK with an absolute LINK" },
	{ MKROOTFS_SYMLINK, ":/lib",
	  "--symlink: ':/lib' is not TARGET:LINK with an absolute LINK" },
	{ MKROOTFS_SYMLINK, "a:/", "--symlink: 'a:/': / cannot be a link" },
	{ MKROOTFS_MKDIR, "data",
	  "--mkdir: 'data' is not PATH[:MODE[:UID:GID]] with an absolute PATH" },
	{ MKROOTFS_MKDIR, "/data:8",
	  "--mkdir: '/data:8' is not PATH[:MODE[:UID:GID]] with an absolute PATH" },
	{ MKROOTFS_MKDIR, "/data:10000",
	  "--mkdir: '/data:10000' is not PATH[:MODE[:UID:GID]] with an absolute PATH" },
	{ MKROOTFS_MKDIR, "/data:755:1",
	  "--mkdir: '/data:755:1' is not PATH[:MODE[:UID:GID]] with an absolute PATH" },
	{ MKROOTFS_USER, "", "--user: '' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_USER, "10000", "--user: '10000' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_USER, "-redis", "--user: '-redis' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_USER, "redis:x", "--user: 'redis:x' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_USER, "a:4294967295", "--user: 'a:4294967295' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_USER, "a:1:2:3", "--user: 'a:1:2:3' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_USER, "a\nroot::0:0", "--user: 'a\\nroot::0:0' is not NAME[:UID[:GID]]" },
	{ MKROOTFS_CHOWN, "0", "--chown: '0' is not UID:GID" },
	{ MKROOTFS_CHOWN, "4294967295:0", "--chown: '4294967295:0' is not UID:GID" },
	{ MKROOTFS_MTIME, "now", "--mtime: 'now' is not clamp or keep" },
	{ MKROOTFS_SOURCE_DATE_EPOCH, "-1",
	  "SOURCE_DATE_EPOCH: '-1' is not a number of seconds since 1970" },
	{ MKROOTFS_SOURCE_DATE_EPOCH, "99999999999999999999",
	  "SOURCE_DATE_EPOCH: '99999999999999999999' is not a number of seconds since 1970" },
	{ MKROOTFS_HWCAPS, "x86-64-v2,,",
	  "--hwcaps: 'x86-64-v2,,' is not all, none or a list of names" },
	{ MKROOTFS_CHECK, "all", "--check: 'all' is not symbols" },
	{ MKROOTFS_SYSROOT, "", "--sysroot: names no directory" },
	{ MKROOTFS_ENTRYPOINT, "[\"a\"",
	  "--entrypoint: '[\"a\"' begins as a JSON array, and is none" },
	{ MKROOTFS_ENTRYPOINT, "[1]", "--entrypoint: '[1]' has an element that is no string" },
	{ MKROOTFS_CMD, "[\"a\\u0000\"]",
	  "--cmd: '[\"a\\\\u0000\"]' begins as a JSON array, and is none" },
	{ MKROOTFS_CMD, "[] x", "--cmd: '[] x' begins as a JSON array, and is none" },
	{ MKROOTFS_CMD, "a 'b", "--cmd: 'a 'b' has a quote without an end" },
	{ MKROOTFS_CMD, "a \"b\\", "--cmd: 'a \"b\\\\' has a quote without an end" },
	{ MKROOTFS_CMD, "a\\", "--cmd: 'a\\\\' has a quote without an end" },
	{ MKROOTFS_CMD, "\xe9", "--cmd: '\\351' is not UTF-8" },
	{ MKROOTFS_ENV, "A", "--env: 'A' is not KEY=VALUE, the KEY without blanks and quotes" },
	{ MKROOTFS_ENV, "=A", "--env: '=A' is not KEY=VALUE, the KEY without blanks and quotes" },
	{ MKROOTFS_ENV,
	  "A B=", "--env: 'A B=' is not KEY=VALUE, the KEY without blanks and quotes" },
	{ MKROOTFS_ENV, "A=\xe9", "--env: 'A=\\351' is not UTF-8" },
	{ MKROOTFS_LABEL, "$A=1",
	  "--label: '$A=1' is not KEY=VALUE, the KEY without blanks and quotes" },
	{ MKROOTFS_WORKDIR, "data", "--workdir: 'data' is not an absolute path in UTF-8" },
	{ MKROOTFS_WORKDIR, "/a\nb", "--workdir: '/a\\nb' is not an absolute path in UTF-8" },
	{ MKROOTFS_VOLUME, "/..", "--volume: '/..': / cannot be a volume" },
	{ MKROOTFS_EXPOSE, "0",
	  "--expose: '0' is not PORT[/tcp|/udp] with a PORT from 1 to 65535" },
	{ MKROOTFS_EXPOSE, "65536",
	  "--expose: '65536' is not PORT[/tcp|/udp] with a PORT from 1 to 65535" },
	{ MKROOTFS_EXPOSE, "080",
	  "--expose: '080' is not PORT[/tcp|/udp] with a PORT from 1 to 65535" },
	{ MKROOTFS_EXPOSE, "80/",
	  "--expose: '80/' is not PORT[/tcp|/udp] with a PORT from 1 to 65535" },
	{ MKROOTFS_EXPOSE, "80/sctp",
	  "--expose: '80/sctp' is not PORT[/tcp|/udp] with a PORT from 1 to 65535" },
	{ MKROOTFS_STOP_SIGNAL, "", "--stop-signal: '' is not a signal" },
	{ MKROOTFS_STOP_SIGNAL, "0", "--stop-signal: '0' is not a signal" },
	{ MKROOTFS_STOP_SIGNAL, "65", "--stop-signal: '65' is not a signal" },
	{ MKROOTFS_STOP_SIGNAL, "sigterm", "--stop-signal: 'sigterm' is not a signal" },
	{ MKROOTFS_STOP_SIGNAL, "RTMIN+31", "--stop-signal: 'RTMIN+31' is not a signal" },
	{ MKROOTFS_TAG, "", "--tag: '' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "Redis", "--tag: 'Redis' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "redis:", "--tag: 'redis:' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "redis:.7", "--tag: 'redis:.7' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "a//b", "--tag: 'a//b' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "a/", "--tag: 'a/' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "a___b", "--tag: 'a___b' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "a..b", "--tag: 'a..b' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "-a", "--tag: '-a' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "a-", "--tag: 'a-' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "host:port/a", "--tag: 'host:port/a' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "-x.org/a", "--tag: '-x.org/a' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "x-.org/a", "--tag: 'x-.org/a' is not NAME[:TAG]" },
	{ MKROOTFS_TAG, "a@sha256:0", "--tag: 'a@sha256:0' is not NAME[:TAG]" },
};

TEST_EACH(malformed_values_are_named, ARRAY_SIZE(bad))
{
	ck_assert_int_eq(mkrootfs_plan_set(plan, bad[_i].option, bad[_i].value), -EINVAL);
	ck_assert_uint_eq(errors, 1);
	ck_assert_str_eq(last, bad[_i].message);
}

TEST(what_is_no_program_is_refused)
{
	static const struct {
		const char *path, *text, *message;
		int error;
	} cases[] = {
		{ "empty", "", "/empty: is empty", -ENOEXEC },
		{ "text", "hello", "/text: is neither an ELF file nor a script", -ENOEXEC },
		{ "directory/x", "", "/directory: is not a regular file", -EISDIR },
		{ "short", "\177ELF", "/short: is neither an ELF file nor a script", -ENOEXEC },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mkrootfs_plan *own = mkrootfs_plan_new();
		struct mkrootfs *rootfs = NULL;
		char *path = strdup(cases[i].message);

		*strchr(path, ':') = '\0';
		scratch_text(&scratch, cases[i].path, cases[i].text);
		mkrootfs_plan_log(own, note, NULL);
		ck_assert_int_eq(mkrootfs_plan_set(own, MKROOTFS_SYSROOT, scratch.path), 0);
		ck_assert_int_eq(mkrootfs_plan_set(own, MKROOTFS_FILE, path), 0);
		ck_assert_int_eq(mkrootfs_harvest(own, &rootfs), cases[i].error);
		ck_assert_ptr_null(rootfs);
		ck_assert_str_eq(last, cases[i].message);
		mkrootfs_plan_free(own);
		free(path);
	}
}

TEST(a_missing_interpreter_is_named_with_its_script)
{
	struct mkrootfs *rootfs = NULL;

	scratch_text(&scratch, "script", "#!/usr/bin/nothing -x\n");
	mkrootfs_plan_set(plan, MKROOTFS_SYSROOT, scratch.path);
	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/script");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), MKROOTFS_INCOMPLETE);
	ck_assert_str_eq(last, "/usr/bin/nothing: interpreter not found, needed by /script");
	mkrootfs_free(rootfs);
}

TEST(a_loop_of_interpreters_ends)
{
	struct mkrootfs *rootfs = NULL;

	scratch_text(&scratch, "a", "#!/b\n");
	scratch_text(&scratch, "b", "#!/c\n");
	scratch_text(&scratch, "c", "#!/a\n");
	mkrootfs_plan_set(plan, MKROOTFS_SYSROOT, scratch.path);
	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/a");
	ck_assert_int_le(mkrootfs_harvest(plan, &rootfs), 1);
	mkrootfs_free(rootfs);
}

static int find_entry(void *data, const struct mkrootfs_entry *entry)
{
	return strcmp(entry->path, data) == 0 && entry->type == 'f' ? 42 : 0;
}

TEST(entries_are_told_in_order)
{
	struct mkrootfs *rootfs = NULL;

	mkrootfs_plan_set(plan, MKROOTFS_ADD, "/bin/sh");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(mkrootfs_entries(rootfs, find_entry, (char[]){ "/etc/passwd" }), 42);
	ck_assert_int_eq(mkrootfs_entries(rootfs, find_entry, (char[]){ "/nothing" }), 0);
	mkrootfs_free(rootfs);
}

TEST(two_things_at_one_path_are_both_named)
{
	struct mkrootfs *rootfs = NULL;

	scratch_text(&scratch, "one", "1");
	scratch_text(&scratch, "two", "2");
	mkrootfs_plan_set(plan, MKROOTFS_SYSROOT, scratch.path);
	mkrootfs_plan_set(plan, MKROOTFS_ADD, "/one:/x");
	mkrootfs_plan_set(plan, MKROOTFS_ADD, "/two:/x");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), -EEXIST);
	ck_assert_str_eq(last, "/x: is asked to be two different things: the file /one (--add) and "
			       "the file /two (--add)");
}

TEST(a_cancelled_harvest_ends)
{
	static const volatile sig_atomic_t cancelled = SIGINT;
	struct mkrootfs *rootfs = NULL;

	mkrootfs_plan_cancel(plan, &cancelled);
	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/bin/sh");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), -EINTR);
	ck_assert_ptr_null(rootfs);
}

TEST(outputs_are_known_by_their_names)
{
	static const struct {
		const char *path;
		int result;
	} cases[] = {
		{ "x.tar", 0 },	    { "x.tar.gz", 0 },	      { "x.tgz", 0 },
		{ "x.tar.zst", 0 }, { "x.tar.xz", 0 },	      { "x.cpio", 0 },
		{ "x.cpio.gz", 0 }, { "x.cpio.zst", 0 },      { "x.cpio.xz", 0 },
		{ "x", -EINVAL },   { "tar", -EINVAL },	      { "x.gz", -EINVAL },
		{ "", -EINVAL },    { "x.tar.bz2", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct mkrootfs_output output = { .path = cases[i].path };

		ck_assert_msg(mkrootfs_output_check(plan, &output) == cases[i].result, "%s",
			      cases[i].path);
	}
}

SUITE(library, set_up, tear_down);
