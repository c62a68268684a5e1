/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "root/root.h"
#include "scratch.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static struct scratch scratch;
static struct arena *arena;

static void set_up(void)
{
	scratch_open(&scratch);
	arena = arena_new();
	scratch_text(&scratch, "outside", "secret");
	scratch_text(&scratch, "root/usr/lib/libx.so.1.2", "library");
	scratch_text(&scratch, "root/etc/passwd", "inside");
	scratch_link(&scratch, "root/usr/lib/libx.so.1", "libx.so.1.2");
	scratch_link(&scratch, "root/lib", "usr/lib");
	scratch_link(&scratch, "root/lib64", "/usr/lib");
	scratch_link(&scratch, "root/up", "../../../../outside");
	scratch_link(&scratch, "root/absolute", "/etc/passwd");
	scratch_link(&scratch, "root/loop", "loop");
	scratch_link(&scratch, "root/ping", "pong");
	scratch_link(&scratch, "root/pong", "ping");
	scratch_link(&scratch, "root/dangling", "nowhere");
	scratch_link(&scratch, "root/through", "etc/passwd/more");
	scratch_link(&scratch, "root/deep", "lib/../../lib/./libx.so.1");
	scratch_link(&scratch, "root/slash", "etc/passwd/");
	scratch_link(&scratch, "root/top", "/");
}

static void tear_down(void)
{
	arena_free(arena);
	scratch_close(&scratch);
}

static struct root *open_root(void)
{
	char *path = scratch_path(&scratch, "root");
	struct root *root;

	ck_assert_int_eq(root_disk_open(&root, path), 0);
	free(path);
	return root;
}

/* What open(2) says in a chroot, as 0 or -errno; 1 where chroot(2) is not for us. */
static int chrooted_open(const char *path, ino_t *inode)
{
	int status;
	int pipes[2];
	pid_t child;
	struct {
		int result;
		ino_t inode;
	} answer = { 1, 0 };

	ck_assert_int_eq(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		char *root = scratch_path(&scratch, "root");
		struct stat stat;
		int fd;

		if (chroot(root) == 0 && chdir("/") == 0) {
			fd = open(path, O_RDONLY);
			answer.result = fd < 0 ? -errno : 0;
			if (fd >= 0 && fstat(fd, &stat) == 0)
				answer.inode = stat.st_ino;
		}
		_exit(write(pipes[1], &answer, sizeof(answer)) != sizeof(answer));
	}
	ck_assert_int_eq(read(pipes[0], &answer, sizeof(answer)), sizeof(answer));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	close(pipes[0]);
	close(pipes[1]);
	*inode = answer.inode;
	return answer.result;
}

static const char *const paths[] = {
	"/usr/lib/libx.so.1",
	"/lib/libx.so.1",
	"/lib64/libx.so.1",
	"/lib64/../lib/libx.so.1.2",
	"/../../../etc/passwd",
	"/up",
	"/absolute",
	"/loop",
	"/ping",
	"/dangling",
	"/through",
	"/deep",
	"/slash",
	"/etc/passwd/",
	"/etc/passwd/.",
	"/etc/passwd/..",
	"/etc/passwd/../passwd",
	"/usr/lib/",
	"/usr//lib///libx.so.1",
	"/",
	"/.",
	"/..",
	"/top/top/top/etc/passwd",
	"/nothing",
	"/nothing/../etc/passwd",
	"/lib/nothing/x",
};

TEST_EACH(a_path_is_answered_as_in_a_chroot, ARRAY_SIZE(paths))
{
	struct root_file file;
	struct root *root;
	ino_t inode;
	int expected = chrooted_open(paths[_i], &inode);

	if (expected == 1) {
		scratch_skip("root", "chroot(2) is for root alone");
		return;
	}
	root = open_root();
	ck_assert_msg(root_open(root, paths[_i], &file) == expected, "%s: not %d", paths[_i],
		      expected);
	if (expected == 0)
		ck_assert_uint_eq(file.stat.st_ino, inode);
	root_file_close(&file);
	root_close(root);
}

static int note_visit(void *data, const char *path, const struct stat *stat, const char *target)
{
	struct buffer *buffer = data;

	buffer_printf(buffer, "%s%s%s%s ", path, target ? " -> " : "", target ? target : "",
		      S_ISDIR(stat->st_mode) ? "/" : "");
	return 0;
}

static const struct {
	const char *path, *visited, *canonical;
	bool follow;
} walks[] = {
	{ "/lib/libx.so.1",
	  "/lib -> usr/lib /usr/ /usr/lib/ /usr/lib/libx.so.1 -> libx.so.1.2 "
	  "/usr/lib/libx.so.1.2 ",
	  "/usr/lib/libx.so.1.2", true },
	{ "/lib64/libx.so.1",
	  "/lib64 -> /usr/lib /usr/ /usr/lib/ /usr/lib/libx.so.1 -> libx.so.1.2 ",
	  "/usr/lib/libx.so.1", false },
	{ "/absolute", "/absolute -> /etc/passwd /etc/ /etc/passwd ", "/etc/passwd", true },
	{ "/", "", "/", true },
	{ "/usr/..", "/usr/ ", "/", true },
};

TEST_EACH(a_walk_visits_every_link_and_directory, ARRAY_SIZE(walks))
{
	struct root *root = open_root();
	struct buffer visited = { 0 };
	char *canonical;

	ck_assert_int_eq(root_walk(root, arena, walks[_i].path, walks[_i].follow, note_visit,
				   &visited, &canonical),
			 0);
	ck_assert_str_eq(visited.bytes ? visited.bytes : "", walks[_i].visited);
	ck_assert_str_eq(canonical, walks[_i].canonical);
	buffer_reset(&visited);
	root_close(root);
}

static int stop_visit(void *data, const char *path, const struct stat *stat, const char *target)
{
	return 42;
}

TEST(a_visitor_ends_a_walk)
{
	struct root *root = open_root();

	ck_assert_int_eq(root_walk(root, arena, "/usr", true, stop_visit, NULL, NULL), 42);
	root_close(root);
}

TEST(long_names_and_paths_are_refused)
{
	struct root *root = open_root();
	char name[NAME_MAX + 3] = "/";

	memset(name + 1, 'x', sizeof(name) - 2);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(root_walk(root, arena, name, true, NULL, NULL, NULL), -ENAMETOOLONG);
	ck_assert_int_eq(root_walk(root, arena, "", true, NULL, NULL, NULL), -ENOENT);
	root_close(root);
}

TEST(files_are_read_at_offsets_and_whole)
{
	struct root *root = open_root();
	struct root_file file;
	char bytes[16];
	char *whole;
	size_t size;

	ck_assert_int_eq(root_open(root, "/lib/libx.so.1", &file), 0);
	ck_assert_int_eq(root_file_pread(&file, bytes, 3, 2), 3);
	ck_assert_mem_eq(bytes, "bra", 3);
	ck_assert_int_eq(root_file_pread(&file, bytes, sizeof(bytes), 5), 2);
	ck_assert_int_eq(root_file_pread(&file, bytes, 1, 100), 0);
	ck_assert_int_eq(root_file_read(&file, arena, 100, &whole, &size), 0);
	ck_assert_str_eq(whole, "library");
	ck_assert_int_eq(root_file_read(&file, arena, 3, &whole, &size), -EFBIG);
	root_file_close(&file);
	ck_assert_int_eq(root_open(root, "/usr", &file), 0);
	ck_assert_int_eq(root_file_read(&file, arena, 100, &whole, &size), -EISDIR);
	root_file_close(&file);
	root_close(root);
}

TEST(a_fifo_is_not_opened)
{
	struct root *root = open_root();
	char *path = scratch_path(&scratch, "root/fifo");
	struct root_file file;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(root_open(root, "/fifo", &file), 0);
	ck_assert(S_ISFIFO(file.stat.st_mode));
	ck_assert_int_eq(file.fd, -1);
	ck_assert_int_eq(root_file_pread(&file, &file, 1, 0), -EINVAL);
	root_file_close(&file);
	free(path);
	root_close(root);
}

static int count_name(void *data, const char *name)
{
	unsigned *count = data;

	ck_assert_str_ne(name, ".");
	(*count)++;
	return 0;
}

TEST(directories_are_listed_through_links)
{
	struct root *root = open_root();
	unsigned count = 0;

	ck_assert_int_eq(root_list(root, arena, "/lib64", count_name, &count), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(root_list(root, arena, "/etc/passwd", count_name, &count), -ENOTDIR);
	root_close(root);
}

/* Swaps the directory root/usr and a link that leads out of the root, until it is killed. */
static pid_t start_attacker(void)
{
	char *directory = scratch_path(&scratch, "root/usr");
	char *way_out = scratch_path(&scratch, "root/way-out");
	pid_t parent = getpid();
	pid_t attacker = fork();

	ck_assert_int_ge(attacker, 0);
	if (attacker == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == parent)
			syscall(SYS_renameat2, AT_FDCWD, directory, AT_FDCWD, way_out,
				RENAME_EXCHANGE);
		_exit(0);
	}
	free(directory);
	free(way_out);
	return attacker;
}

static int refuse_secret(void *data, const char *name)
{
	ck_assert_str_ne(name, "secret");
	return 0;
}

/* Whether something was seen inside, in a world that is asked afresh. */
static bool try_to_escape(void)
{
	struct root *root = open_root();
	const struct stat *stat;
	struct root_file file;
	char bytes[8] = "";
	bool seen = false;

	ck_assert_int_lt(root_look(root, arena, "/usr/lib/secret", &stat, NULL), 0);
	seen |= root_list(root, arena, "/usr/lib", refuse_secret, NULL) == 0;
	if (root_open(root, "/usr/lib/libx.so.1.2", &file) == 0) {
		ck_assert_int_eq(root_file_pread(&file, bytes, 7, 0), 7);
		ck_assert_str_eq(bytes, "library");
		root_file_close(&file);
		seen = true;
	}
	root_close(root);
	return seen;
}

/* After Linux's own test of openat2(2), which renames while paths are walked. */
TEST(nothing_outside_is_seen_while_directories_become_links)
{
	const char *wanted = getenv("MKROOTFS_TEST_ROUNDS");
	unsigned rounds = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 4000;
	unsigned seen = 0;
	pid_t attacker;

	scratch_text(&scratch, "beyond/lib/secret", "secret!");
	scratch_text(&scratch, "beyond/lib/libx.so.1.2", "secret!");
	scratch_link(&scratch, "root/way-out", "../beyond");
	attacker = start_attacker();
	for (unsigned i = 0; i < rounds; i++)
		seen += try_to_escape();
	ck_assert_int_eq(kill(attacker, SIGKILL), 0);
	ck_assert_int_eq(waitpid(attacker, NULL, 0), attacker);
	/* Else the attacker has the tree for itself, and nothing was tried. */
	ck_assert_uint_gt(seen, 0);
}

/* What was a directory and is none any more was changed: to call it absent would leave it out. */
TEST(a_directory_that_is_replaced_is_an_error)
{
	struct root *root = open_root();
	char *directory = scratch_path(&scratch, "root/usr/lib");
	char *aside = scratch_path(&scratch, "root/usr/aside");
	const struct stat *stat;
	struct root_file file;
	unsigned count = 0;

	for (unsigned i = 0; i < 20; i++) {
		char name[32];

		snprintf(name, sizeof(name), "root/d%u/file", i);
		scratch_text(&scratch, name, "x");
	}
	ck_assert_int_eq(root_look(root, arena, "/usr/lib/libx.so.1", &stat, NULL), 0);
	/* Others are looked into, so that it is not held open. */
	for (unsigned i = 0; i < 20; i++) {
		char name[32];

		snprintf(name, sizeof(name), "/d%u/file", i);
		ck_assert_int_eq(root_look(root, arena, name, &stat, NULL), 0);
	}
	ck_assert_int_eq(rename(directory, aside), 0);
	ck_assert_int_eq(symlink("aside", directory), 0);
	ck_assert_int_eq(root_look(root, arena, "/usr/lib/libx.so.1.2", &stat, NULL), -ESTALE);
	ck_assert_int_eq(root_list(root, arena, "/usr/lib", count_name, &count), -ESTALE);
	ck_assert_int_eq(root_open(root, "/usr/lib/libx.so.1.2", &file), -ESTALE);
	root_close(root);
	free(directory);
	free(aside);
}

SUITE(root, set_up, tear_down);
