/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that fails while a small system is harvested, at each look in turn, and at each path:
 * whatever asked, the failure is reported, or it changes nothing. The linker has root_disk_open
 * come here (--wrap).
 */
#include "mkrootfs.h"
#include "root/root.h"
#include "scratch.h"

#include <errno.h>

static struct scratch scratch;

int __real_root_disk_open(struct root **out, const char *path);
int __wrap_root_disk_open(struct root **out, const char *path);

enum { PATHS_MAX = 1024 };

/* How the disk fails: with ERROR, at a path or once. */
static struct {
	int error;
	const char *bad;  /* the path that every look fails at, or NULL */
	long allowed;	  /* looks that succeed before one fails; below 0: all do */
	const char *kind; /* of the last look that failed; NULL: none did */
	char path[4096];
	const struct root_ops *real;
	char *paths[PATHS_MAX]; /* all that were looked at, each once */
	size_t n_paths;
} disk = { .allowed = -1 };

static void note_path(const char *path)
{
	for (size_t i = 0; i < disk.n_paths; i++)
		if (strcmp(disk.paths[i], path) == 0)
			return;
	ck_assert_uint_lt(disk.n_paths, PATHS_MAX);
	disk.paths[disk.n_paths++] = strdup(path);
}

static bool fails(const char *kind, const char *path)
{
	if (!disk.error)
		note_path(path);
	if (!(disk.bad && strcmp(path, disk.bad) == 0) && (disk.allowed < 0 || disk.allowed-- > 0))
		return false;
	disk.kind = kind;
	snprintf(disk.path, sizeof(disk.path), "%s", path);
	return disk.error < 0;
}

static int look(const struct root *root, const char *path, const struct stat **stat,
		const char **target)
{
	return fails("look", path) ? disk.error : disk.real->look(root, path, stat, target);
}

static int open_file(const struct root *root, const char *path, struct root_file *file)
{
	return fails("open", path) ? disk.error : disk.real->open(root, path, file);
}

static int list(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	return fails("list", path) ? disk.error : disk.real->list(root, path, fn, data);
}

static void close_root(struct root *root)
{
	disk.real->close(root);
}

int __wrap_root_disk_open(struct root **out, const char *path)
{
	static const struct root_ops ops = { look, open_file, list, close_root };
	int r = __real_root_disk_open(out, path);

	if (r < 0)
		return r;
	disk.real = (*out)->ops;
	(*out)->ops = &ops;
	return 0;
}

/* What was said of the run, a line each. */
static struct {
	char *text;
	size_t size;
	FILE *stream;
	unsigned errors;
} said;

static void hear(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	said.errors += level == MKROOTFS_ERROR;
	fprintf(said.stream, "%c %s: %s\n", "EWN"[level], subject ? subject : "", message);
}

static void set(struct mkrootfs_plan *plan, enum mkrootfs_option option, const char *value)
{
	ck_assert_int_eq(mkrootfs_plan_set(plan, option, value), 0);
}

static void run(const char *command)
{
	char *output = scratch_run(&scratch, command);

	ck_assert_msg(output != NULL, "failed: %s", command);
	free(output);
}

static const char source[] =
	"#include <dlfcn.h>\n"
	"#include <pwd.h>\n"
	"#include <stdio.h>\n"
	"#include <stdlib.h>\n"
	"const char *const named[] = { \"/usr/share/prog/data\", \"/var/lib/prog/state\",\n"
	"  \"/usr/lib/prog/plugin.so\", \"/etc/prog.conf\", \"prog-user\" };\n"
	"int main(int n, char **a) {\n"
	"  if (system(\"helper --now\")) return 1;\n"
	"  if (n > 1) dlopen(a[1], RTLD_NOW);\n"
	"  return !getpwnam(named[4]) + !named[n];\n"
	"}\n";

/* Makes SCRATCH/root, a system with a program, a script and their package. */
static bool make_system(void)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{ "root/usr/share/prog/data", "data" },
		{ "root/usr/share/prog/more", "more" },
		{ "root/usr/bin/script",
		  "#!/bin/sh\n. /usr/share/prog/lib.sh\nprog /etc/prog.conf\n" },
		{ "root/usr/share/prog/lib.sh", "helper\n" },
		{ "root/usr/bin/helper", "#!/bin/sh\n" },
		{ "root/etc/prog.conf", "user prog-user\nload /usr/lib/prog/plugin.so\n"
					"log /var/log/prog/log\ninclude /etc/prog.d/*.conf\n" },
		{ "root/etc/prog.d/a.conf", "data /usr/share/prog/more\n" },
		{ "root/etc/passwd", "root:x:0:0::/root:/bin/sh\nprog-user:x:7:7::/:\n" },
		{ "root/etc/group", "root:x:0:\nprog-user:x:7:\n" },
		{ "root/etc/nsswitch.conf", "passwd: files\n" },
		{ "root/etc/ld.so.conf", "include ld.so.conf.d/*.conf\n/opt/lib\n" },
		{ "root/etc/ld.so.conf.d/a.conf", "/usr/lib/private\n" },
		{ "root/etc/ld.so.preload", "" },
		{ "root/etc/os-release", "ID=test\nVERSION_ID=1\n" },
		{ "root/usr/lib/tmpfiles.d/prog.conf", "d /var/lib/prog/made 0750 prog-user -\n" },
		{ "root/var/lib/dpkg/status",
		  "Package: prog\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
		  "Description: x\n" },
		{ "root/var/lib/dpkg/info/prog.list",
		  "/.\n/usr\n/usr/bin\n/usr/bin/prog\n/usr/bin/script\n/usr/bin/helper\n/usr/"
		  "share\n"
		  "/usr/share/prog\n/usr/share/prog/data\n/usr/share/prog/more\n"
		  "/usr/share/prog/lib.sh\n/usr/lib/prog\n/usr/lib/prog/plugin.so\n/etc\n"
		  "/etc/prog.conf\n/etc/prog.d\n/etc/prog.d/a.conf\n"
		  "/usr/lib/tmpfiles.d/prog.conf\n/var/lib/prog\n" },
		{ "root/var/lib/dpkg/info/prog.md5sums", "" },
	};
	struct mkrootfs_plan *plan = mkrootfs_plan_new();
	struct mkrootfs *rootfs = NULL;
	char *program = scratch_path(&scratch, "prog:/usr/bin/prog");
	char *directory = scratch_path(&scratch, "root");
	const struct mkrootfs_output output = { .size = sizeof(output),
						.path = directory,
						.format = MKROOTFS_FORMAT_DIRECTORY };

	if (!scratch_compile(&scratch, "prog", source, ""))
		return false;
	mkrootfs_plan_log(plan, hear, NULL);
	set(plan, MKROOTFS_FILE, program);
	set(plan, MKROOTFS_FILE, "/bin/sh");
	set(plan, MKROOTFS_BARE, "yes");
	ck_assert_int_eq(mkrootfs_harvest(plan, &rootfs), 0);
	ck_assert_int_eq(mkrootfs_write(rootfs, &output, 1), 0);
	mkrootfs_free(rootfs);
	mkrootfs_plan_free(plan);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		scratch_text(&scratch, files[i].path, files[i].text);
	ck_assert(scratch_library(&scratch, "root/usr/lib/prog/plugin.so", "plugin.so", 1, NULL));
	scratch_directory(&scratch, "root/var/lib/prog");
	run("cd '%s/root' && chmod 755 usr/bin/script usr/bin/helper && mkdir -p var/log/prog run "
	    "&& "
	    "ln -s ../run var/run");
	free(program);
	free(directory);
	return true;
}

/* What a harvest of the system gives. */
struct outcome {
	int result;
	char *json;
	char *sbom;
	char *depfile;
	char *said;
	unsigned errors;
};

static void outcome_free(struct outcome *outcome)
{
	free(outcome->json);
	free(outcome->sbom);
	free(outcome->depfile);
	free(outcome->said);
}

static char *read_away(const char *path)
{
	size_t size;
	char *text = scratch_read(&scratch, path, &size);
	char *whole = scratch_path(&scratch, path);

	ck_assert_int_eq(remove(whole), 0);
	free(whole);
	return text;
}

static int write_outputs(const struct mkrootfs *rootfs, struct outcome *outcome)
{
	char *sbom = scratch_path(&scratch, "x.spdx.json");
	char *tar = scratch_path(&scratch, "x.tar");
	char *depfile = scratch_path(&scratch, "x.d");
	const struct mkrootfs_output outputs[] = {
		{ .size = sizeof(outputs[0]), .path = tar, .format = MKROOTFS_FORMAT_TAR },
		{ .size = sizeof(outputs[0]), .path = sbom, .format = MKROOTFS_FORMAT_SBOM },
		{ .size = sizeof(outputs[0]), .path = depfile, .format = MKROOTFS_FORMAT_DEPFILE },
	};
	int r = mkrootfs_write(rootfs, outputs, ARRAY_SIZE(outputs));

	if (r == 0) {
		outcome->sbom = read_away("x.spdx.json");
		outcome->depfile = read_away("x.d");
	}
	free(sbom);
	free(tar);
	free(depfile);
	return r;
}

/* Harvests while the disk fails with ERROR, at BAD or after ALLOWED looks; 0: it does not. */
static struct outcome harvest(int error, const char *bad, long allowed)
{
	struct mkrootfs_plan *plan = mkrootfs_plan_new();
	struct mkrootfs *rootfs = NULL;
	struct outcome outcome = { 0 };
	char *directory = scratch_path(&scratch, "root");
	FILE *file = tmpfile();
	size_t size;

	said.errors = 0;
	said.stream = open_memstream(&outcome.said, &size);
	ck_assert_ptr_nonnull(said.stream);
	mkrootfs_plan_log(plan, hear, NULL);
	set(plan, MKROOTFS_SYSROOT, directory);
	set(plan, MKROOTFS_FILE, "/usr/bin/prog");
	set(plan, MKROOTFS_FILE, "/usr/bin/script");
	set(plan, MKROOTFS_ADD, "/etc/prog.conf");
	set(plan, MKROOTFS_USER, "prog-user");
	set(plan, MKROOTFS_SURVEY, "yes");
	set(plan, MKROOTFS_PACKAGES, "yes");
	disk.allowed = allowed;
	disk.bad = bad;
	disk.error = error;
	disk.kind = NULL;
	outcome.result = mkrootfs_harvest(plan, &rootfs);
	if (outcome.result == 0)
		outcome.result = mkrootfs_print(rootfs, MKROOTFS_JSON, NULL, file, false);
	if (outcome.result == 0)
		outcome.result = write_outputs(rootfs, &outcome);
	disk.allowed = -1;
	disk.bad = NULL;
	rewind(file);
	outcome.json = scratch_read_stream(file, &size);
	fclose(file);
	fclose(said.stream);
	outcome.errors = said.errors;
	mkrootfs_free(rootfs);
	mkrootfs_plan_free(plan);
	free(directory);
	return outcome;
}

static bool same(const struct outcome *left, const struct outcome *right)
{
	return left->result == right->result && strcmp(left->json, right->json) == 0 &&
	       strcmp(left->sbom ? left->sbom : "", right->sbom ? right->sbom : "") == 0 &&
	       strcmp(left->depfile ? left->depfile : "", right->depfile ? right->depfile : "") ==
		       0;
}

/* Whether OUTCOME has a line of the failure that EXPECTED has not. */
static bool is_told(const struct outcome *outcome, const struct outcome *expected, int error)
{
	static const char *const words[] = { "cannot be looked into", "cannot be read",
					     "may not be looked at", "leads round in a circle" };
	bool told = strstr(outcome->said, strerror(-error)) != NULL;

	if (error == -EIO)
		return outcome->result < 0 && outcome->errors > 0 && told;
	/* As loaders do: what cannot be opened is passed over, and it is an error if all is. */
	told |= outcome->result == MKROOTFS_INCOMPLETE && outcome->errors > 0;
	told |= outcome->result == 0 && strstr(disk.path, "/lib/") && strstr(disk.path, ".so");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		told |= strstr(outcome->said, words[i]) && !strstr(expected->said, words[i]);
	return told;
}

/* 1 where ACTUAL is not as EXPECTED and does not say why, which is printed; 0. */
static unsigned judge(const struct outcome *actual, const struct outcome *expected, int error)
{
	const char *rest = actual->said;

	if (same(actual, expected) || is_told(actual, expected, error))
		return 0;
	printf("# %s of %s fails with %s: %d; said:", disk.kind, disk.path, strerror(-error),
	       actual->result);
	while (*rest) {
		size_t length = strcspn(rest, "\n") + 1;
		char *line = strndup(rest, length);

		if (!strstr(expected->said, line))
			printf(" %.*s;", (int)length - 1, line);
		free(line);
		rest += length;
	}
	printf("\n");
	return 1;
}

static struct outcome expected;

static void set_up(void)
{
	scratch_open(&scratch);
	disk.error = 1;
	said.stream = tmpfile();
	ck_assert_ptr_nonnull(said.stream);
	if (!make_system()) {
		scratch_skip("failing_disk", "there is no compiler");
		return;
	}
	fclose(said.stream);
	expected = harvest(0, NULL, -1);
	ck_assert_msg(expected.result == 0, "%s", expected.said);
}

static void tear_down(void)
{
	outcome_free(&expected);
	for (size_t i = 0; i < disk.n_paths; i++)
		free(disk.paths[i]);
	scratch_close(&scratch);
}

TEST(a_look_that_fails_is_an_error)
{
	unsigned swallowed = 0;
	long n_looks = 0;

	if (!expected.json)
		return;
	for (;; n_looks++) {
		struct outcome outcome = harvest(-EIO, NULL, n_looks);

		if (disk.kind)
			swallowed += judge(&outcome, &expected, -EIO);
		outcome_free(&outcome);
		if (!disk.kind)
			break;
	}
	fflush(stdout);
	ck_assert_uint_eq(swallowed, 0);
	ck_assert_int_gt(n_looks, 500);
}

static const int path_errors[] = { -EIO, -EACCES, -ELOOP };

TEST_EACH(a_path_that_fails_is_named_or_not_needed, ARRAY_SIZE(path_errors))
{
	unsigned swallowed = 0;

	if (!expected.json)
		return;
	ck_assert_uint_gt(disk.n_paths, 50);
	for (size_t i = 0; i < disk.n_paths; i++) {
		struct outcome outcome = harvest(path_errors[_i], disk.paths[i], -1);

		swallowed += judge(&outcome, &expected, path_errors[_i]);
		outcome_free(&outcome);
	}
	fflush(stdout);
	ck_assert_uint_eq(swallowed, 0);
}

SUITE(failing_disk, set_up, tear_down);
