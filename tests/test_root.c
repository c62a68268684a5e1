/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "root/root.h"
#include "scratch.h"

#include <fcntl.h>
#include <limits.h>
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

static struct root *open_root(enum root_disk_way way)
{
	char *path = scratch_path(&scratch, "root");
	struct root *root;

	ck_assert_int_eq(root_disk_open_way(&root, path, way), 0);
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

TEST_EACH(both_ways_answer_as_a_chroot, ARRAY_SIZE(paths))
{
	static const enum root_disk_way ways[] = { ROOT_DISK_AUTO, ROOT_DISK_BY_HAND };
	ino_t inode;
	int expected = chrooted_open(paths[_i], &inode);

	if (expected == 1) {
		scratch_skip("root", "chroot(2) is for root alone");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct root *root = open_root(ways[i]);
		struct root_file file;

		ck_assert_msg(root_open(root, paths[_i], &file) == expected, "%s: not %d",
			      paths[_i], expected);
		if (expected == 0)
			ck_assert_uint_eq(file.stat.st_ino, inode);
		root_file_close(&file);
		root_close(root);
	}
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
	struct root *root = open_root(ROOT_DISK_AUTO);
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
	struct root *root = open_root(ROOT_DISK_AUTO);

	ck_assert_int_eq(root_walk(root, arena, "/usr", true, stop_visit, NULL, NULL), 42);
	root_close(root);
}

TEST(long_names_and_paths_are_refused)
{
	struct root *root = open_root(ROOT_DISK_BY_HAND);
	char name[NAME_MAX + 3] = "/";

	memset(name + 1, 'x', sizeof(name) - 2);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(root_walk(root, arena, name, true, NULL, NULL, NULL), -ENAMETOOLONG);
	ck_assert_int_eq(root_walk(root, arena, "", true, NULL, NULL, NULL), -ENOENT);
	root_close(root);
}

TEST(files_are_read_at_offsets_and_whole)
{
	struct root *root = open_root(ROOT_DISK_AUTO);
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

TEST(a_fifo_does_not_block)
{
	struct root *root = open_root(ROOT_DISK_AUTO);
	char *path = scratch_path(&scratch, "root/fifo");
	struct root_file file;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(root_open(root, "/fifo", &file), 0);
	ck_assert(S_ISFIFO(file.stat.st_mode));
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
	struct root *root = open_root(ROOT_DISK_AUTO);
	unsigned count = 0;

	ck_assert_int_eq(root_list(root, arena, "/lib64", count_name, &count), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(root_list(root, arena, "/etc/passwd", count_name, &count), -ENOTDIR);
	root_close(root);
}

SUITE(root, set_up, tear_down);
