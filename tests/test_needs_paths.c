/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What paths of a target come for a template: globs and trees, and what is never brought.
 */
#include "failing_root.h"
#include "needs_suite.h"

#include <sys/socket.h>
#include <sys/un.h>

/* What need_add_paths finds for GLOB. */
static const char *find_paths(const char *glob, const char *const *without)
{
	CLEANUP(needs_free) struct needs *needs = needs_new(here(), &no_options);
	struct need need = { .name = "test" };

	ck_assert_int_eq(need_add_paths(needs, &need, glob, without), 0);
	return list_items(&need);
}

static const struct {
	const char *glob;
	const char *paths;
} glob_cases[] = {
	{ "/d/*.so", " /d/[x].so /d/a.so /d/b.so" },
	{ "/?/b.so", " /d/b.so /e/b.so" },
	{ "/*/*/c.so", " /d/sub/c.so" },
	{ "/d/[!b].so", " /d/a.so" },
	{ "/d/\\[x\\].so", " /d/[x].so" },
	{ "/d/\\*.so", "" },
	{ "/d/[x].so", "" },
	{ "/d/./sub//c.so", " /d/sub/c.so" },
	{ "/d/sub/../a.so", " /d/sub/../a.so" },
	{ "/d/a.so/*", "" },
	{ "/none/*", "" },
	{ "/d", " /d" },
	{ "d/*", "" },
	{ "", "" },
};

TEST_EACH(globs_are_expanded_in_sorted_order, ARRAY_SIZE(glob_cases))
{
	static const char *const files[] = { "d/b.so",	 "d/a.so", "d/.hidden.so",
					     "d/[x].so", "e/b.so", "d/sub/c.so" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		scratch_text(&scratch, files[i], "");
	ck_assert_str_eq(find_paths(glob_cases[_i].glob, NULL), glob_cases[_i].paths);
	ck_assert_str_eq(told.bytes ? told.bytes : "", "");
}

TEST(a_path_is_no_glob)
{
	CLEANUP(needs_free) struct needs *needs = needs_new(here(), &no_options);
	struct need need = { .name = "test" };

	scratch_text(&scratch, "d/*", "");
	scratch_text(&scratch, "d/a\\b", "");
	ck_assert_int_eq(need_add_path(needs, &need, "/d/*"), 0);
	ck_assert_int_eq(need_add_path(needs, &need, "/d/a\\b"), 0);
	ck_assert_int_eq(need_add_path(needs, &need, "/d/?"), 0);
	ck_assert_str_eq(list_items(&need), " /d/* /d/a\\b");
}

TEST(trees_come_without_what_stays_out)
{
	static const char *const without[] = { "test", "*/test", "*.a", NULL };

	scratch_text(&scratch, "usr/lib/x/a", "");
	scratch_text(&scratch, "usr/lib/x/s/b", "");
	scratch_text(&scratch, "usr/lib/x/s/test/c", "");
	scratch_text(&scratch, "usr/lib/x/test/d", "");
	scratch_text(&scratch, "usr/lib/x/e.a", "");
	scratch_directory(&scratch, "usr/lib/x/empty");
	scratch_link(&scratch, "usr/lib/x/link", "s/b");
	ck_assert_str_eq(
		find_paths("/usr/lib/x/", without),
		" /usr/lib/x /usr/lib/x/a /usr/lib/x/empty /usr/lib/x/link /usr/lib/x/s/b");
	ck_assert_str_eq(find_paths("/usr/lib/x/a/", without), "");
	ck_assert_str_eq(find_paths("/usr/lib/none/", without), "");
	ck_assert_str_eq(find_paths("/usr/*/x/s/", NULL),
			 " /usr/lib/x/s /usr/lib/x/s/b /usr/lib/x/s/test/c");
}

static const char *const top_cases[] = { "/", "//", "/./", "/etc/", "/etc/x/../", "/*/", "/link/" };

/* No tree is all of the system. */
TEST_EACH(top_directories_are_no_trees, ARRAY_SIZE(top_cases))
{
	scratch_text(&scratch, "etc/x/a", "");
	scratch_text(&scratch, "etc/shadow", "");
	scratch_link(&scratch, "link", "etc");
	ck_assert_str_eq(find_paths(top_cases[_i], NULL), "");
}

TEST(links_of_trees)
{
	scratch_text(&scratch, "usr/lib/x/a", "");
	scratch_text(&scratch, "var/data/y/b", "");
	scratch_text(&scratch, "home/secret", "");
	scratch_link(&scratch, "usr/lib/x/above", "..");
	scratch_link(&scratch, "usr/lib/x/all", "/");
	scratch_link(&scratch, "usr/lib/x/broken", "none");
	scratch_link(&scratch, "usr/lib/x/home", "/home");
	scratch_link(&scratch, "usr/lib/x/loop", "loop");
	scratch_link(&scratch, "usr/lib/x/self", ".");
	scratch_link(&scratch, "usr/lib/x/out", "/var/data");
	/* The second way to the same directory, and a loop of directories outside. */
	scratch_link(&scratch, "usr/lib/x/out2", "../../../var/data");
	scratch_link(&scratch, "var/data/y/up", "/var/data");
	ck_assert_str_eq(find_paths("/usr/lib/x/", NULL),
			 " /usr/lib/x /usr/lib/x/a /usr/lib/x/above /usr/lib/x/all /usr/lib/x/home"
			 " /usr/lib/x/out/y/b /usr/lib/x/out/y/up /usr/lib/x/out2 /usr/lib/x/self");
}

/* Two directories that each have several links to the other: 3^40 ways through them. */
TEST(links_that_fan_out)
{
	scratch_text(&scratch, "usr/lib/x/a", "");
	scratch_text(&scratch, "var/l/one/a", "");
	scratch_text(&scratch, "var/l/two/b", "");
	for (int i = 0; i < 3; i++) {
		scratch_link(&scratch, arena_printf(arena, "var/l/one/%d", i), "../two");
		scratch_link(&scratch, arena_printf(arena, "var/l/two/%d", i), "../one");
	}
	scratch_link(&scratch, "usr/lib/x/in", "/var/l/one");
	ck_assert_str_eq(find_paths("/usr/lib/x/", NULL),
			 " /usr/lib/x /usr/lib/x/a /usr/lib/x/in/0/0 /usr/lib/x/in/0/1"
			 " /usr/lib/x/in/0/2 /usr/lib/x/in/0/b /usr/lib/x/in/1 /usr/lib/x/in/2"
			 " /usr/lib/x/in/a");
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char *whole = scratch_path(&scratch, path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_lt(snprintf(address.sun_path, sizeof(address.sun_path), "%s", whole),
			 sizeof(address.sun_path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	free(whole);
}

/* Of the machine that builds, and what is no data. */
TEST(what_is_never_brought)
{
	char *fifo;

	scratch_text(&scratch, "proc/1/environ", "");
	scratch_text(&scratch, "proc/self/mounts", "");
	scratch_text(&scratch, "dev/mem", "");
	scratch_text(&scratch, "usr/lib/x/a", "");
	scratch_link(&scratch, "usr/lib/x/mtab", "/proc/self/mounts");
	scratch_link(&scratch, "usr/lib/x/proc", "../../../proc");
	scratch_link(&scratch, "usr/lib/x/mem", "/dev/mem");
	scratch_link(&scratch, "usr/lib/p", "/proc");
	make_socket("usr/lib/x/socket");
	fifo = scratch_path(&scratch, "usr/lib/x/fifo");
	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	free(fifo);
	ck_assert_str_eq(find_paths("/usr/lib/x/", NULL), " /usr/lib/x /usr/lib/x/a");
	ck_assert_str_eq(find_paths("/usr/lib/x/*", NULL), " /usr/lib/x/a");
	ck_assert_str_eq(find_paths("/proc/*/*", NULL), "");
	ck_assert_str_eq(find_paths("/proc/self/", NULL), "");
	ck_assert_str_eq(find_paths("/usr/lib/p/1/*", NULL), "");
	ck_assert_str_eq(find_paths("/usr/lib/p/1/", NULL), "");
	ck_assert_str_eq(find_paths("/*/mem", NULL), "");
}

TEST(deep_trees_end)
{
	char *deep = arena_strdup(arena, "usr/lib/x");

	scratch_text(&scratch, "usr/lib/x/a", "");
	for (int i = 0; i < 300; i++)
		deep = arena_printf(arena, "%s/d", deep);
	scratch_text(&scratch, arena_printf(arena, "%s/leaf", deep), "");
	ck_assert_str_eq(find_paths("/usr/lib/x/", NULL), " /usr/lib/x /usr/lib/x/a");
	ck_assert_ptr_nonnull(strstr(told.bytes, "is too deep"));
}

TEST(directories_that_are_closed)
{
	char *closed;

	if (geteuid() == 0) {
		scratch_skip("directories_that_are_closed", "root may look into all");
		return;
	}
	scratch_text(&scratch, "usr/lib/x/a", "");
	scratch_text(&scratch, "usr/lib/x/closed/b", "");
	closed = scratch_path(&scratch, "usr/lib/x/closed");
	ck_assert_int_eq(chmod(closed, 0), 0);
	ck_assert_str_eq(find_paths("/usr/lib/x/", NULL), " /usr/lib/x /usr/lib/x/a");
	ck_assert_ptr_nonnull(strstr(told.bytes, "cannot be looked into"));
	ck_assert_int_eq(chmod(closed, 0755), 0);
	free(closed);
}

static const struct {
	int error;
	int result;
} disk_errors[] = {
	{ -ENOENT, 0 },	      { -ENOTDIR, 0 },	    { -ELOOP, 0 },
	{ -ENAMETOOLONG, 0 }, { -EACCES, 0 },	    { -EIO, -EIO },
	{ -ENOMEM, -ENOMEM }, { -ESTALE, -ESTALE }, { -EMFILE, -EMFILE },
};

TEST_EACH(every_error_but_absence_is_an_error, ARRAY_SIZE(disk_errors))
{
	int expected = disk_errors[_i].result;
	struct sysroot own = *here();
	struct failing_root failing =
		failing_root_of(own.root, "/usr/d/bad", disk_errors[_i].error);
	struct need need = { .name = "test" };
	struct needs *needs;
	struct stat stat;
	size_t size;
	char *text;

	own.root = &failing.root;
	needs = needs_new(&own, &no_options);
	scratch_text(&scratch, "usr/d/bad", "");
	scratch_text(&scratch, "usr/d/good", "");
	ck_assert_int_eq(need_add_paths(needs, &need, "/usr/d/bad", NULL), expected);
	ck_assert_int_eq(need_add_paths(needs, &need, "/usr/d/b*", NULL), expected);
	ck_assert_int_eq(need_add_paths(needs, &need, "/usr/d/", NULL), expected);
	ck_assert_int_eq(needs_exists(needs, "/usr/d/bad", &stat), expected);
	ck_assert_int_eq(needs_read(needs, "/usr/d/bad", 100, &text, &size), expected);
	ck_assert_int_eq(needs_exists(needs, "/usr/d/good", &stat), 1);
	/* What may not be read is told, and what went wrong; what is not there is not. */
	if (expected == -EIO || disk_errors[_i].error == -EACCES || disk_errors[_i].error == -ELOOP)
		ck_assert_ptr_nonnull(strstr(told.bytes, "/usr/d"));
	else if (expected == 0)
		ck_assert_str_eq(told.bytes ? told.bytes : "", "");
	needs_free(needs);
}

SUITE(needs_paths, set_up, tear_down);
