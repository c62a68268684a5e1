/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest: what is put into it, by which way, and what wins; and the same as a root.
 */
#include "base/buffer.h"
#include "manifest/accounts.h"
#include "manifest/manifest.h"
#include "scratch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

static struct scratch scratch;
static struct root *root;
static struct manifest *manifest;
static struct buffer said; /* all diagnostics: "LEVEL SUBJECT: MESSAGE\n" */

static void hear(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	buffer_printf(&said, "%c %s: %s\n", "EWN"[level], subject ? subject : "", message);
}

static const struct diag diag = { .emit = hear };

static void start(const struct manifest_policy *policy)
{
	manifest_free(manifest);
	manifest = manifest_new(policy, &diag);
	ck_assert_ptr_nonnull(manifest);
}

static void setup(void)
{
	static const struct manifest_policy policy = { .uid = 3, .gid = 4 };

	umask(022);
	scratch_open(&scratch);
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	start(&policy);
}

static void teardown(void)
{
	manifest_free(manifest);
	manifest = NULL;
	root_close(root);
	buffer_reset(&said);
	scratch_close(&scratch);
}

static void harvest(const char *path, const char *dest)
{
	ck_assert_int_eq(manifest_harvest(manifest, root, path, dest, ENTRY_CLOSURE, "closure"), 0);
}

static void add(const char *path, const char *dest)
{
	ck_assert_int_eq(manifest_add_tree(manifest, root, path, dest, ENTRY_USER, "--add"), 0);
}

/* The paths of the sealed manifest but "/", one a word; links with their text. */
static void ck_entries(const char *expected)
{
	struct buffer text = { 0 };
	const struct entry *const *entries;
	size_t count;

	ck_assert_int_eq(manifest_seal(manifest), 0);
	entries = manifest_entries(manifest, &count);
	ck_assert_str_eq(entries[0]->path, "/");
	for (size_t i = 1; i < count; i++) {
		buffer_printf(&text, "%s%s%s", i > 1 ? " " : "", entries[i]->path,
			      entries[i]->type == ENTRY_DIRECTORY ? "/" : "");
		if (entries[i]->target)
			buffer_printf(&text, "->%s", entries[i]->target);
	}
	ck_assert_str_eq(text.bytes ? text.bytes : "", expected);
	buffer_reset(&text);
}

static void ck_said(const char *text)
{
	ck_assert_msg(said.bytes && strstr(said.bytes, text), "not said: %s; but: %s", text,
		      said.bytes ? said.bytes : "nothing");
}

static const struct entry *at(const char *path)
{
	const struct entry *entry = manifest_find(manifest, path);

	ck_assert_msg(entry != NULL, "%s is not there", path);
	return entry;
}

/* A little merged-usr system with links of every kind on the way. */
static void make_system(void)
{
	scratch_text(&scratch, "usr/lib/libx.so.1.2", "x");
	scratch_link(&scratch, "usr/lib/libx.so.1", "libx.so.1.2");
	scratch_link(&scratch, "lib", "usr/lib");
	scratch_text(&scratch, "usr/bin/real", "program");
	scratch_directory(&scratch, "etc/alternatives");
	scratch_link(&scratch, "etc/alternatives/tool", "/usr/bin/real");
	scratch_link(&scratch, "usr/bin/tool", "/etc/alternatives/tool");
}

TEST(the_way_to_a_file_is_kept)
{
	make_system();
	harvest("/lib/libx.so.1", "/lib/libx.so.1");
	harvest("/usr/bin/tool", "/usr/bin/tool");
	ck_entries("/etc/ /etc/alternatives/ /etc/alternatives/tool->/usr/bin/real /lib->usr/lib "
		   "/usr/ /usr/bin/ /usr/bin/real /usr/bin/tool->/etc/alternatives/tool /usr/lib/ "
		   "/usr/lib/libx.so.1->libx.so.1.2 /usr/lib/libx.so.1.2");
	ck_assert_int_eq(at("/usr/lib")->rank, ENTRY_PARENT);
	ck_assert_int_eq(at("/lib")->rank, ENTRY_CLOSURE);
	ck_assert_str_eq(at("/usr/bin/real")->source, "/usr/bin/real");
}

/* PATH, DEST, and what is there then. */
static const struct {
	const char *path, *dest, *entries;
} moves[] = {
	{ "/usr/bin/tool", "/app", "/app" },
	{ "/usr/bin/real", "/opt/a/app", "/opt/ /opt/a/ /opt/a/app" },
	{ "/usr/bin/tool", "/lib/app", "/lib->usr/lib /usr/ /usr/lib/ /usr/lib/app" },
	{ "/usr/bin/tool", "/lib/new/app",
	  "/lib->usr/lib /usr/ /usr/lib/ /usr/lib/new/ /usr/lib/new/app" },
	/* DEST itself may be a link in the source: it is a file here. */
	{ "/usr/bin/real", "/usr/bin/tool", "/usr/ /usr/bin/ /usr/bin/tool" },
	/* What is a file in the source is no way, and does not come along. */
	{ "/usr/bin/real", "/usr/bin/real/x", "/usr/ /usr/bin/ /usr/bin/real/ /usr/bin/real/x" },
};

TEST_EACH(a_moved_file_stands_at_its_dest, ARRAY_SIZE(moves))
{
	make_system();
	harvest(moves[_i].path, moves[_i].dest);
	ck_entries(moves[_i].entries);
	ck_assert_ptr_null(said.bytes);
}

TEST(a_dangling_link_on_the_way_becomes_a_directory)
{
	make_system();
	scratch_link(&scratch, "run", "/nowhere");
	harvest("/usr/bin/real", "/run/app");
	ck_entries("/run/ /run/app");
}

TEST(a_missing_source_is_an_error)
{
	make_system();
	ck_assert_int_eq(manifest_harvest(manifest, root, "/usr/no", "/usr/no", ENTRY_USER, "x"),
			 -ENOENT);
	ck_said("E /usr/no: No such file or directory");
	ck_assert_int_eq(manifest_add_tree(manifest, root, "/usr/no", "/a", ENTRY_USER, "x"),
			 -ENOENT);
	ck_assert_int_eq(manifest_harvest(manifest, root, "/usr/no", "/a", ENTRY_USER, "x"),
			 -ENOENT);
}

TEST(entries_have_the_facts_of_their_files)
{
	const struct manifest_policy keep = { .keep_mtime = true, .source_epoch = 1000 };
	char *path = scratch_path(&scratch, "dir/file");
	char *directory = scratch_path(&scratch, "dir");
	const struct timespec times[] = { { .tv_sec = 2000 }, { .tv_sec = 2000 } };
	const struct timespec early[] = { { .tv_sec = -5 }, { .tv_sec = -5 } };

	scratch_text(&scratch, "dir/file", "bytes");
	scratch_link(&scratch, "dir/link", "file");
	ck_assert_int_eq(chmod(path, 04711), 0);
	ck_assert_int_eq(chmod(directory, 01750), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, directory, early, 0), 0);
	start(&keep);
	harvest("/dir/link", "/dir/link");
	ck_said("W /dir/file: is set-user-ID");
	ck_assert_uint_eq(at("/dir/file")->mode, 04711);
	ck_assert_uint_eq(at("/dir/file")->size, 5);
	ck_assert_int_eq(at("/dir/file")->mtime, 2000);
	ck_assert_uint_eq(at("/dir")->mode, 01750);
	ck_assert_int_eq(at("/dir")->mtime, 0);
	ck_assert_uint_eq(at("/dir/link")->mode, 0777);
	ck_assert_uint_eq(at("/dir/link")->size, 4);
	ck_assert_str_eq(at("/dir/link")->target, "file");
	free(path);
	free(directory);
}

/* Source time, epoch, and what comes of them by --mtime clamp. */
static const struct {
	time_t source;
	int64_t epoch, expected;
} clamps[] = {
	{ 500, 0, 1 }, /* never 0, which some take for "not there yet" */
	{ 500, 1, 1 }, { 500, 1000, 500 }, { 1500, 1000, 1000 }, { 0, 1000, 1 }, { -7, 1000, 1 },
};

TEST_EACH(times_are_clamped, ARRAY_SIZE(clamps))
{
	const struct manifest_policy policy = { .source_epoch = clamps[_i].epoch, .uid = 9 };
	const struct timespec times[] = { { .tv_sec = clamps[_i].source },
					  { .tv_sec = clamps[_i].source } };
	char *path = scratch_path(&scratch, "link");

	scratch_link(&scratch, "link", "file");
	scratch_text(&scratch, "file", "");
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
	start(&policy);
	harvest("/link", "/link");
	ck_assert_int_eq(at("/link")->mtime, clamps[_i].expected);
	ck_assert_uint_eq(at("/link")->uid, 9);
	ck_assert_int_eq(manifest_put_file(manifest, "/own", 0644, "", 0, ENTRY_RULE, "own"), 0);
	ck_assert_int_eq(at("/own")->mtime, clamps[_i].epoch > 0 ? clamps[_i].epoch : 1);
	ck_assert_int_eq(at("/")->mtime, at("/own")->mtime);
	free(path);
}

TEST(extended_attributes_are_kept_but_the_systems)
{
	char *path = scratch_path(&scratch, "file");
	const struct entry *entry;

	scratch_text(&scratch, "file", "");
	if (setxattr(path, "user.zz", "2", 1, 0) < 0) {
		scratch_skip("xattrs", "none on this file system");
	} else {
		ck_assert_int_eq(setxattr(path, "user.a", "b\0c", 3, 0), 0);
		/* Not kept: it belongs to the system. Only root can set it. */
		(void)!setxattr(path, "trusted.x", "1", 1, 0);
		harvest("/file", "/file");
		entry = at("/file");
		ck_assert_uint_eq(entry->n_xattrs, 2);
		ck_assert_str_eq(entry->xattrs[0].name, "user.a");
		ck_assert_mem_eq(entry->xattrs[0].value, "b\0c", 3);
		ck_assert_uint_eq(entry->xattrs[0].size, 3);
		ck_assert_str_eq(entry->xattrs[1].name, "user.zz");
	}
	free(path);
}

static void make_tree(void)
{
	char *first;
	char *second;

	scratch_text(&scratch, "tree/sub/deep/file", "1");
	scratch_text(&scratch, "tree/b", "22");
	scratch_text(&scratch, "outside", "no");
	scratch_link(&scratch, "tree/out", "../outside");
	scratch_link(&scratch, "tree/none", "nowhere");
	scratch_link(&scratch, "way", "tree");
	first = scratch_path(&scratch, "tree/b");
	second = scratch_path(&scratch, "tree/sub/twin");
	ck_assert_int_eq(link(first, second), 0);
	free(first);
	free(second);
}

static const struct {
	const char *path, *dest, *entries;
} trees[] = {
	{ "/tree", "/opt/t",
	  "/opt/ /opt/t/ /opt/t/b /opt/t/none->nowhere /opt/t/out->../outside /opt/t/sub/ "
	  "/opt/t/sub/deep/ /opt/t/sub/deep/file /opt/t/sub/twin" },
	{ "/tree/sub", "/", "/deep/ /deep/file /twin" },
	{ "/way/sub/deep", "/way/sub/deep",
	  "/tree/ /tree/sub/ /tree/sub/deep/ /tree/sub/deep/file /way->tree" },
	{ "/way/sub/deep", "/x", "/x/ /x/file" },
	/* A directory that DEST leads to takes what comes. */
	{ "/tree/sub/deep", "/way", "/tree/ /tree/file /way->tree" },
	/* SRC itself is followed, as a link's own target is; but no link in a tree. */
	{ "/tree/out", "/tree/out", "/outside /tree/ /tree/out->../outside" },
	{ "/tree/out", "/here", "/here" },
	{ "/way", "/way",
	  "/tree/ /tree/b /tree/none->nowhere /tree/out->../outside /tree/sub/ /tree/sub/deep/ "
	  "/tree/sub/deep/file /tree/sub/twin /way->tree" },
};

TEST_EACH(a_tree_comes_with_all_that_is_in_it, ARRAY_SIZE(trees))
{
	make_tree();
	add(trees[_i].path, trees[_i].dest);
	ck_entries(trees[_i].entries);
	ck_assert_ptr_null(said.bytes);
	ck_assert_uint_eq(at("/")->mode, 0755);
}

TEST(hard_links_stay_tied)
{
	make_tree();
	add("/tree", "/tree");
	harvest("/tree/b", "/another");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_assert_ptr_null(at("/another")->hardlink);
	ck_assert_ptr_eq(at("/tree/b")->hardlink, at("/another"));
	ck_assert_ptr_eq(at("/tree/sub/twin")->hardlink, at("/another"));
	ck_assert_ptr_null(at("/tree/sub/deep/file")->hardlink);
	ck_assert_uint_eq(manifest_size(manifest), 3);
}

TEST(special_files_are_refused_or_passed_over)
{
	char *fifo;
	char *path;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	scratch_text(&scratch, "tree/file", "");
	fifo = scratch_path(&scratch, "tree/fifo");
	path = scratch_path(&scratch, "tree/socket");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	ck_assert_int_eq(
		manifest_add_tree(manifest, root, "/tree/fifo", "/tree/fifo", ENTRY_USER, "x"),
		-EINVAL);
	ck_said("E /tree/fifo: is neither");
	ck_assert_int_eq(manifest_harvest(manifest, root, "/tree/socket", "/x", ENTRY_USER, "x"),
			 -EINVAL);
	add("/tree", "/tree");
	ck_said("W /tree/fifo: is left out");
	ck_said("W /tree/socket: is left out");
	ck_entries("/tree/ /tree/file");
	free(fifo);
	free(path);
}

TEST(a_tree_may_be_deep)
{
	struct buffer path = { 0 };
	const struct entry *const *entries;
	size_t count;

	buffer_add_string(&path, "deep");
	for (unsigned i = 0; i < 300; i++)
		buffer_add_string(&path, "/d");
	buffer_add_string(&path, "/file");
	scratch_text(&scratch, path.bytes, "");
	add("/deep", "/");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	entries = manifest_entries(manifest, &count);
	ck_assert_uint_eq(count, 302);
	ck_assert_uint_eq(strlen(entries[301]->path), 605);
	buffer_reset(&path);
}

TEST(the_user_wins_over_a_default)
{
	const struct accounts no_accounts = { 0 };

	scratch_text(&scratch, "etc/passwd", "mine");
	scratch_text(&scratch, "two", "2");
	/* In this order and the other, the user's wins. */
	ck_assert_int_eq(accounts_put(manifest, &no_accounts), 0);
	add("/etc/passwd", "/etc/passwd");
	add("/two", "/etc/group");
	ck_assert_int_eq(accounts_put(manifest, &no_accounts), 0);
	ck_assert_str_eq(at("/etc/passwd")->source, "/etc/passwd");
	ck_assert_str_eq(at("/etc/group")->source, "/two");
	ck_assert_ptr_null(at("/etc/group")->content);
	ck_assert_int_eq(at("/etc")->rank, ENTRY_PARENT);
	ck_entries("/etc/ /etc/group /etc/passwd");
	ck_assert_ptr_null(said.bytes);
}

TEST(the_same_thing_twice_is_one_entry)
{
	scratch_text(&scratch, "file", "");
	ck_assert_int_eq(manifest_harvest(manifest, root, "/file", "/d/f", ENTRY_RULE, "first"), 0);
	ck_assert_int_eq(manifest_harvest(manifest, root, "/file", "/d/f", ENTRY_USER, "second"),
			 0);
	ck_assert_int_eq(manifest_harvest(manifest, root, "/file", "/d/f", ENTRY_RULE, "third"), 0);
	ck_assert_int_eq(at("/d/f")->rank, ENTRY_USER);
	ck_assert_str_eq(at("/d/f")->why, "first");
	ck_assert_int_eq(manifest_put_directory(manifest, "/d", 0700, 1, 2, ENTRY_USER, "--mkdir"),
			 0);
	ck_assert_uint_eq(at("/d")->mode, 0700);
	ck_assert_uint_eq(at("/d")->uid, 1);
	ck_assert_uint_eq(at("/d")->gid, 2);
	ck_assert_str_eq(at("/d")->why, "--mkdir");
	harvest("/file", "/d/g");
	ck_assert_uint_eq(at("/d")->mode, 0700);
	ck_entries("/d/ /d/f /d/g");
}

/* --mkdir says what a directory is like, before or after a tree that has one there. */
TEST_EACH(mkdir_says_what_a_directory_of_a_tree_is_like, 2)
{
	scratch_text(&scratch, "tree/file", "");
	if (_i == 1)
		add("/tree", "/data");
	ck_assert_int_eq(manifest_put_directory(manifest, "/data", 01770, (uid_t)-1, 7, ENTRY_USER,
						"--mkdir"),
			 0);
	if (_i == 0)
		add("/tree", "/data");
	ck_assert_uint_eq(at("/data")->mode, 01770);
	ck_assert_uint_eq(at("/data")->uid, 3);
	ck_assert_uint_eq(at("/data")->gid, 7);
	ck_entries("/data/ /data/file");
}

TEST(two_things_at_one_path_are_an_error)
{
	scratch_text(&scratch, "one", "1");
	scratch_text(&scratch, "two", "1");
	add("/one", "/same");
	ck_assert_int_eq(manifest_add_tree(manifest, root, "/two", "/same", ENTRY_USER, "--add"),
			 -EEXIST);
	ck_said("E /same: is asked for as two different things: the file /one (--add) and the file "
		"/two (--add)\n");
	ck_assert_int_eq(manifest_put_symlink(manifest, "/same", "x", ENTRY_USER, "--symlink"),
			 -EEXIST);
	ck_said("a link to x (--symlink)\n");
	ck_assert_int_eq(manifest_put_directory(manifest, "/d", 0755, 0, 0, ENTRY_USER, "--mkdir"),
			 0);
	ck_assert_int_eq(manifest_put_directory(manifest, "/d", 0755, 0, 0, ENTRY_USER, "--mkdir"),
			 0);
	ck_assert_int_eq(manifest_put_directory(manifest, "/d", 0700, 0, 0, ENTRY_USER, "--mkdir"),
			 -EEXIST);
	ck_said("a directory of mode 0755 (--mkdir) and a directory of mode 0700 (--mkdir)\n");
	ck_assert_int_eq(manifest_put_symlink(manifest, "/l", "x", ENTRY_USER, "s"), 0);
	ck_assert_int_eq(manifest_put_symlink(manifest, "/l", "x", ENTRY_USER, "s"), 0);
	ck_assert_int_eq(manifest_put_symlink(manifest, "/l", "y", ENTRY_USER, "s"), -EEXIST);
}

TEST_EACH(nothing_stands_below_what_is_no_directory, 2)
{
	make_system();
	harvest("/usr/bin/real", "/usr/bin/real");
	if (_i == 0)
		ck_assert_int_eq(
			manifest_put_symlink(manifest, "/usr", "x", ENTRY_USER, "--symlink"), 0);
	else
		ck_assert_int_eq(
			manifest_put_file(manifest, "/usr", 0644, "", 0, ENTRY_USER, "--add"), 0);
	ck_assert_int_eq(manifest_seal(manifest), -EEXIST);
	ck_said("E /usr: cannot be ");
	ck_said("is to stand below it\n");
}

/* What is generated goes where the links that are there already lead. */
TEST(generated_entries_follow_links)
{
	make_system();
	harvest("/lib/libx.so.1", "/lib/libx.so.1");
	ck_assert_int_eq(manifest_put_file(manifest, "/lib/a/b", 0600, "", 0, ENTRY_DEFAULT, "x"),
			 0);
	ck_assert_int_eq(manifest_put_directory(manifest, "/lib/c", 0700, 0, 0, ENTRY_USER, "x"),
			 0);
	ck_assert_int_eq(manifest_put_directory(manifest, "/lib", 0711, 0, 0, ENTRY_USER, "x"), 0);
	ck_assert_int_eq(manifest_put_directory(manifest, "/", 0711, 5, 5, ENTRY_USER, "x"), 0);
	ck_entries("/lib->usr/lib /usr/ /usr/lib/ /usr/lib/a/ /usr/lib/a/b /usr/lib/c/ "
		   "/usr/lib/libx.so.1->libx.so.1.2 /usr/lib/libx.so.1.2");
	ck_assert_uint_eq(at("/usr/lib")->mode, 0711);
	ck_assert_uint_eq(at("/")->uid, 5);
}

/* Bytes, not letters: '-' sorts before '/', and parents come before their children all the same. */
TEST(entries_are_in_the_order_of_their_bytes)
{
	static const char *const paths[] = { "/b/x", "/b-", "/b/\xff", "/\xc3\xa9", "/B", "/b.c" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		ck_assert_int_eq(
			manifest_put_file(manifest, paths[i], 0644, "", 0, ENTRY_RULE, "x"), 0);
	ck_entries("/B /b/ /b- /b.c /b/x /b/\xff /\xc3\xa9");
}

static int collect(void *data, const char *name)
{
	buffer_printf(data, "%s ", name);
	return 0;
}

TEST(a_manifest_is_a_root)
{
	CLEANUP(root_close) struct root *view = NULL;
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	CLEANUP(root_file) struct root_file own = ROOT_FILE_NONE;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct buffer names = { 0 };
	const struct stat *stat;
	const char *target;
	char *canonical;
	char bytes[16] = "";

	make_system();
	harvest("/lib/libx.so.1", "/lib/libx.so.1");
	harvest("/usr/bin/tool", "/moved");
	ck_assert_int_eq(manifest_put_file(manifest, "/etc/own", 0644, "own", 3, ENTRY_RULE, "x"),
			 0);
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_assert_int_eq(manifest_root(manifest, &view), 0);

	ck_assert_int_eq(
		root_walk(view, arena, "/lib/../lib/libx.so.1", true, NULL, NULL, &canonical), 0);
	ck_assert_str_eq(canonical, "/usr/lib/libx.so.1.2");
	ck_assert_int_eq(root_look(view, arena, "/lib/libx.so.1", &stat, &target), 0);
	ck_assert_str_eq(target, "libx.so.1.2");
	ck_assert(S_ISLNK(stat->st_mode));
	ck_assert_int_eq(root_look(view, arena, "/lib", &stat, &target), 0);
	ck_assert_int_eq(root_look(view, arena, "/usr/bin", &stat, &target), -ENOENT);
	ck_assert_int_eq(root_look(view, arena, "/moved/x", &stat, &target), -ENOTDIR);

	/* No descriptor until the bytes are asked for; then those of the source. */
	ck_assert_int_eq(root_open(view, "/lib/libx.so.1", &file), 0);
	ck_assert_int_eq(file.fd, -1);
	ck_assert_uint_eq(file.stat.st_ino, at("/usr/lib/libx.so.1.2")->identity.st_ino);
	ck_assert(S_ISREG(file.stat.st_mode));
	ck_assert_int_eq(root_file_pread(&file, bytes, sizeof(bytes), 0), 1);
	ck_assert_str_eq(bytes, "x");
	ck_assert_int_eq(root_open(view, "/etc/own", &own), 0);
	ck_assert_uint_eq(own.stat.st_dev, 0);
	ck_assert_uint_ne(own.stat.st_ino, 0);
	ck_assert_int_eq(root_file_pread(&own, bytes, sizeof(bytes), 1), 2);
	ck_assert_mem_eq(bytes, "wn", 2);
	ck_assert_int_eq(root_open(view, "/nowhere", &own), -ENOENT);

	ck_assert_int_eq(root_list(view, arena, "/", collect, &names), 0);
	ck_assert_str_eq(names.bytes, "etc lib moved usr ");
	buffer_reset(&names);
	ck_assert_int_eq(root_list(view, arena, "/lib", collect, &names), 0);
	ck_assert_str_eq(names.bytes, "libx.so.1 libx.so.1.2 ");
	buffer_reset(&names);
	ck_assert_int_eq(root_list(view, arena, "/moved", collect, &names), -ENOTDIR);
}

/* What a source may do between the harvest and the copy. */
static const char *const changes[] = {
	"echo more >> '%s/file'",   "mv '%s/other' '%s/file'",	     "rm '%s/file'",
	"printf other > '%s/file'", "rm '%s/file'; mkdir '%s/file'",
};

TEST_EACH(a_source_that_changed_is_an_error, ARRAY_SIZE(changes))
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	CLEANUP(root_file) struct root_file again = ROOT_FILE_NONE;
	const struct entry *entry;

	scratch_text(&scratch, "file", "bytes");
	scratch_text(&scratch, "other", "bytes");
	harvest("/file", "/file");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	entry = at("/file");
	ck_assert_int_eq(entry_open(entry, &diag, &file), 0);
	ck_assert_int_eq(entry_verify(entry, &diag, &file), 0);
	/* Not even a coarse clock hides a change of what was written in the same tick. */
	usleep(20000);
	free(scratch_run(&scratch, changes[_i]));
	ck_assert_int_eq(entry_open(entry, &diag, &again), -ESTALE);
	ck_said("E /file: changed while it was read");
	/* Through the open file, what took its name is not seen, but that it lost it is. */
	ck_assert_int_eq(entry_verify(entry, &diag, &file), -ESTALE);
}

SUITE(manifest, setup, teardown);
