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
	{ MKROOTFS_CHECK, "run" },
	{ MKROOTFS_CHECK_PROBE, "tcp:6379" },
	{ MKROOTFS_CHECK_PROBE, "unix:/run/x.sock" },
	{ MKROOTFS_CHECK_PROBE, "http:80" },
	{ MKROOTFS_CHECK_PROBE, "http:8080/a?b=c" },
	{ MKROOTFS_CHECK_TIMEOUT, "1" },
	{ MKROOTFS_FIX, "yes" },
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
	{ MKROOTFS_USER, "root:5:5", "--user: 'root:5:5': the user id of root is 0" },
	{ MKROOTFS_USER, "root:1", "--user: 'root:1': the user id of root is 0" },
	{ MKROOTFS_CHOWN, "0", "--chown: '0' is not UID:GID" },
	{ MKROOTFS_CHOWN, "4294967295:0", "--chown: '4294967295:0' is not UID:GID" },
	{ MKROOTFS_MTIME, "now", "--mtime: 'now' is not clamp or keep" },
	{ MKROOTFS_SOURCE_DATE_EPOCH, "-1",
	  "SOURCE_DATE_EPOCH: '-1' is not a number of seconds since 1970" },
	{ MKROOTFS_SOURCE_DATE_EPOCH, "99999999999999999999",
	  "SOURCE_DATE_EPOCH: '99999999999999999999' is not a number of seconds since 1970" },
	{ MKROOTFS_HWCAPS, "x86-64-v2,,",
	  "--hwcaps: 'x86-64-v2,,' is not all, none or a list of names" },
	{ MKROOTFS_CHECK, "all", "--check: 'all' is not symbols or run" },
	{ MKROOTFS_CHECK_PROBE, "",
	  "--check-probe: '' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "6379",
	  "--check-probe: '6379' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "tcp:0",
	  "--check-probe: 'tcp:0' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "tcp:65536",
	  "--check-probe: 'tcp:65536' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "tcp:1x",
	  "--check-probe: 'tcp:1x' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "udp:1",
	  "--check-probe: 'udp:1' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "unix:x.sock",
	  "--check-probe: 'unix:x.sock' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "http:80/a b",
	  "--check-probe: 'http:80/a b' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_PROBE, "http:80x",
	  "--check-probe: 'http:80x' is not tcp:PORT, unix:PATH or http:PORT/PATH" },
	{ MKROOTFS_CHECK_TIMEOUT, "0",
	  "--check-timeout: '0' is not a number of seconds from 1 to 86400" },
	{ MKROOTFS_CHECK_TIMEOUT, "1s",
	  "--check-timeout: '1s' is not a number of seconds from 1 to 86400" },
	{ MKROOTFS_FIX, "maybe", "--fix: 'maybe' is not yes or no" },
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

/* Writes ROOTFS as a tar named NAME below scratch, whose bytes are returned. */
static char *written(const struct mkrootfs *rootfs, const char *name, size_t *size)
{
	char *path = scratch_path(&scratch, name);
	const struct mkrootfs_output output = { .size = sizeof(output), .path = path };
	char *bytes = NULL;
	FILE *file;

	*size = 0;
	ck_assert_int_eq(mkrootfs_write(rootfs, &output, 1), 0);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_gt(getdelim(&bytes, size, EOF, file), 0);
	*size = (size_t)ftell(file);
	fclose(file);
	free(path);
	return bytes;
}

TEST(a_result_keeps_the_plan_that_it_was_made_by)
{
	static const struct {
		enum mkrootfs_option option;
		const char *value;
	} changes[] = {
		{ MKROOTFS_ENTRYPOINT, "/changed" },
		{ MKROOTFS_ENV, "A=changed" },
		{ MKROOTFS_LABEL, "a=changed" },
		{ MKROOTFS_USER, "changed:3" },
		{ MKROOTFS_WORKDIR, "/changed" },
		{ MKROOTFS_VOLUME, "/changed" },
		{ MKROOTFS_SOURCE_DATE_EPOCH, "77" },
		{ MKROOTFS_TAG, "changed" },
		{ MKROOTFS_CHOWN, "7:7" },
	};
	struct mkrootfs *rootfs = NULL;
	size_t sizes[2];
	char *before;
	char *after;
	FILE *json;
	char *text = NULL;

	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/bin/sh");
	mkrootfs_plan_set(plan, MKROOTFS_ENV, "A=first");
	mkrootfs_plan_set(plan, MKROOTFS_USER, "first:2");
	mkrootfs_plan_set(plan, MKROOTFS_LABEL, "a=first");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	before = written(rootfs, "before.tar", &sizes[0]);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		ck_assert_int_eq(mkrootfs_plan_set(plan, changes[i].option, changes[i].value), 0);
	after = written(rootfs, "after.tar", &sizes[1]);
	ck_assert_uint_eq(sizes[0], sizes[1]);
	ck_assert_mem_eq(before, after, sizes[0]);
	/* Nor does it need it any more. */
	mkrootfs_plan_free(plan);
	plan = NULL;
	json = tmpfile();
	ck_assert_int_eq(mkrootfs_print(rootfs, MKROOTFS_JSON, NULL, json, false), 0);
	rewind(json);
	ck_assert_int_gt(getdelim(&text, &sizes[0], EOF, json), 0);
	ck_assert_ptr_nonnull(strstr(text, "first"));
	ck_assert_ptr_null(strstr(text, "changed"));
	fclose(json);
	free(text);
	free(before);
	free(after);
	mkrootfs_free(rootfs);
}

/* Some bytes before an array of outputs: a caller whose header had a larger struct. */
TEST(outputs_have_the_size_that_their_caller_knows)
{
	struct {
		struct mkrootfs_output output;
		char more[16];
	} outputs[2];
	struct mkrootfs *rootfs = NULL;
	char *first = scratch_path(&scratch, "first.tar");
	char *second = scratch_path(&scratch, "second.tar");

	memset(outputs, 0x55, sizeof(outputs));
	outputs[0].output = (struct mkrootfs_output){ .size = sizeof(outputs[0]), .path = first };
	outputs[1].output = (struct mkrootfs_output){ .size = sizeof(outputs[1]), .path = second };
	mkrootfs_plan_set(plan, MKROOTFS_ADD, "/bin/sh");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(mkrootfs_write(rootfs, &outputs[0].output, 2), 0);
	ck_assert_int_eq(access(first, F_OK) | access(second, F_OK), 0);
	outputs[0].output.size = 0;
	ck_assert_int_eq(mkrootfs_write(rootfs, &outputs[0].output, 1), -EINVAL);
	ck_assert_str_eq(last, "-: the size of struct mkrootfs_output is not set");
	mkrootfs_free(rootfs);
	free(first);
	free(second);
}

TEST(an_error_has_a_text_without_a_log_function)
{
	struct mkrootfs *rootfs = NULL;

	mkrootfs_plan_log(plan, NULL, NULL);
	ck_assert_str_eq(mkrootfs_plan_error(plan), "");
	ck_assert_int_eq(mkrootfs_plan_set(plan, MKROOTFS_MTIME, "no\nw"), -EINVAL);
	ck_assert_str_eq(mkrootfs_plan_error(plan), "--mtime: 'no\\nw' is not clamp or keep");
	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/nothing");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), -ENOENT);
	ck_assert_str_eq(mkrootfs_plan_error(plan), "/nothing: No such file or directory");
}

TEST(an_error_is_told_once)
{
	struct mkrootfs *rootfs = NULL;

	mkrootfs_plan_set(plan, MKROOTFS_ADD, "/bin/sh");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(mkrootfs_print(rootfs, MKROOTFS_WHY, "/nothing", stdout, false), -ENOENT);
	ck_assert_uint_eq(errors, 1);
	ck_assert_int_eq(mkrootfs_print(rootfs, MKROOTFS_WHY, NULL, stdout, false), -EINVAL);
	ck_assert_uint_eq(errors, 2);
	ck_assert_int_eq(mkrootfs_print(rootfs, (enum mkrootfs_report)99, NULL, stdout, false),
			 -EINVAL);
	ck_assert_uint_eq(errors, 3);
	mkrootfs_free(rootfs);
}

static int find_libc(void *data, const struct mkrootfs_object *object)
{
	ck_assert_uint_eq(object->size, sizeof(*object));
	if (strcmp(object->path, data) != 0)
		return 0;
	for (size_t i = 0; i < object->n_needed; i++)
		if (strcmp(object->needed[i]->name, "libc.so.6") == 0 && object->needed[i]->path &&
		    strcmp(object->needed[i]->via, "cache") == 0)
			return 42;
	return 1;
}

static int find_need(void *data, const struct mkrootfs_need *need)
{
	ck_assert_uint_eq(need->size, sizeof(*need));
	return strcmp(need->name, data) == 0 && need->followed && need->n_items > 0 &&
			       need->items[0]->brought
		       ? 42
		       : 0;
}

static int count_missing(void *data, const struct mkrootfs_missing *missing)
{
	++*(unsigned *)data;
	return 0;
}

TEST(objects_and_needs_are_told)
{
	struct mkrootfs *rootfs = NULL;
	unsigned n_missing = 0;

	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/usr/bin/env");
	mkrootfs_plan_set(plan, MKROOTFS_WITH, "tz");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(mkrootfs_objects(rootfs, find_libc, (char[]){ "/usr/bin/env" }), 42);
	ck_assert_int_eq(mkrootfs_needs(rootfs, find_need, (char[]){ "tz" }), 42);
	ck_assert_int_eq(mkrootfs_missing(rootfs, count_missing, &n_missing), 0);
	ck_assert_uint_eq(n_missing, 0);
	mkrootfs_free(rootfs);
}

static int check_owner(void *data, const struct mkrootfs_entry *entry)
{
	if (strcmp(entry->path, data) != 0)
		return 0;
	return entry->package && strcmp(entry->package, "coreutils") == 0 ? 42 : 1;
}

TEST(entries_have_owners_where_they_are_asked_for)
{
	struct mkrootfs *rootfs = NULL;

	if (access("/var/lib/dpkg/info/coreutils.list", F_OK) < 0) {
		scratch_skip("entries_have_owners_where_they_are_asked_for", "no dpkg");
		return;
	}
	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/usr/bin/env");
	mkrootfs_plan_set(plan, MKROOTFS_PACKAGES, "yes");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(mkrootfs_entries(rootfs, check_owner, (char[]){ "/usr/bin/env" }), 42);
	mkrootfs_free(rootfs);
}

static const struct {
	const char *with, *without;
	enum mkrootfs_option first;
} both[] = {
	{ "tz", "tz", MKROOTFS_WITH },
	{ "tz", "tz", MKROOTFS_WITHOUT },
	{ "nss,tz=UTC", "locale,tz", MKROOTFS_WITH },
};

TEST_EACH(a_need_is_not_asked_for_and_forbidden_at_once, ARRAY_SIZE(both))
{
	bool with_first = both[_i].first == MKROOTFS_WITH;

	ck_assert_int_eq(mkrootfs_plan_set(plan, both[_i].first,
					   with_first ? both[_i].with : both[_i].without),
			 0);
	ck_assert_int_eq(mkrootfs_plan_set(plan, with_first ? MKROOTFS_WITHOUT : MKROOTFS_WITH,
					   with_first ? both[_i].without : both[_i].with),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(last, "'tz' is in both --with and --without"));
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
	ck_assert_str_eq(last,
			 "/x: is asked for as two different things: the file /one (--add) and "
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
		const struct mkrootfs_output output = {
			.size = sizeof(output),
			.path = cases[i].path,
		};

		ck_assert_msg(mkrootfs_output_check(plan, &output) == cases[i].result, "%s",
			      cases[i].path);
	}
}

SUITE(library, set_up, tear_down);
