/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs: archives and directories as other programs see them (find, GNU tar, GNU cpio),
 * and what is there after an error.
 */
#include "base/buffer.h"
#include "output/output.h"
#include "output/remove_tree.h"
#include "scratch.h"

#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/xattr.h>

enum {
	BIG = 600 * 1024 + 7, /* more than the buffer, and than a pipe */
};

static struct scratch scratch;
static struct root *root;
static struct manifest *manifest;
static struct buffer said; /* all diagnostics: "LEVEL SUBJECT: MESSAGE (HINT)\n" */
static volatile sig_atomic_t cancelled;

static void hear(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	buffer_printf(&said, "%c %s: %s (%s)\n", "EWN"[level], subject ? subject : "", message,
		      hint ? hint : "");
}

static const struct diag diag = { .emit = hear };

static void setup(void)
{
	/* As root, owners other than root; else those that tar can give. */
	const struct manifest_policy policy = {
		.uid = geteuid() == 0 ? 10000 : geteuid(),
		.gid = geteuid() == 0 ? 3000000 : getegid(),
		.keep_mtime = true,
		.source_epoch = 86400,
	};

	cancelled = 0;
	umask(022);
	scratch_open(&scratch);
	scratch_directory(&scratch, "out");
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	manifest = manifest_new(&policy, &diag);
	ck_assert_ptr_nonnull(manifest);
}

static void teardown(void)
{
	manifest_free(manifest);
	root_close(root);
	buffer_reset(&said);
	free(scratch_run(&scratch, "chmod -R u+rwX '%s'"));
	scratch_close(&scratch);
}

static void put(const char *path)
{
	ck_assert_int_eq(manifest_add_tree(manifest, root, path, path, ENTRY_USER, "test"), 0);
}

static void run(const char *command)
{
	char *output = scratch_run(&scratch, command);

	ck_assert_msg(output != NULL, "failed: %s", command);
	free(output);
}

/* What COMMAND prints. */
static void prints(const char *expected, const char *command)
{
	char *output = scratch_run(&scratch, command);

	ck_assert_msg(output && strcmp(output, expected) == 0, "%s\nprints: %s\nnot: %s", command,
		      output ? output : "(failed)", expected);
	free(output);
}

static bool has(const char *program)
{
	char *command;
	char *output;

	ck_assert_int_gt(asprintf(&command, "command -v %s", program), 0);
	output = scratch_run(&scratch, command);
	free(command);
	free(output);
	return output != NULL;
}

static void ck_said(const char *text)
{
	ck_assert_msg(said.bytes && strstr(said.bytes, text), "not said: %s; but: %s", text,
		      said.bytes ? said.bytes : "nothing");
}

/*
 * Writes to NAMES, words, in the scratch directory's "out": "NAME/" is a directory, "NAME/!" one
 * that may be replaced; others are archives by their suffixes, or tar.
 */
static int write_outputs(const char *names)
{
	struct output outputs[16] = { 0 };
	char *words = strdup(names);
	size_t count = 0;
	int r;

	for (char *rest = words, *word; (word = strsep(&rest, " ")) != NULL; count++) {
		struct output *output = &outputs[count];
		size_t length = strlen(word);

		if (word[length - 1] == '!') {
			output->force = true;
			word[--length] = '\0';
		}
		if (word[length - 1] == '/')
			output->format = MKROOTFS_FORMAT_DIRECTORY;
		ck_assert_int_gt(asprintf((char **)&output->path, "%s/out/%s", scratch.path, word),
				 0);
		if (output_guess(output) < 0)
			output->format = MKROOTFS_FORMAT_TAR;
	}
	r = outputs_write(manifest, outputs, count, &cancelled, &diag);
	while (count-- > 0)
		free((char *)outputs[count].path);
	free(words);
	return r;
}

static void ck_write(const char *names)
{
	ck_assert_msg(write_outputs(names) == 0, "%s", said.bytes ? said.bytes : "");
}

static void write_name(struct buffer *buffer, const char *part, unsigned count)
{
	buffer_reset(buffer);
	buffer_add_string(buffer, "/src/long");
	for (unsigned i = 0; i < count; i++)
		buffer_add_string(buffer, part);
}

/* Everything that an output can get wrong, one of each. */
static void make_world(void)
{
	static const char *const names[] = {
		"src/empty",	   "src/caf\xc3\xa9",  "src/latin\xe9", "src/new\nline",
		"src/sp ace\\\"'", "src/a-b/file",     "src/a/file",	"src/a=b%c",
		"src/[x]*?",	   "src/PaxHeaders/x",
	};
	static char big[BIG];
	struct buffer name = { 0 };
	char *path;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		scratch_text(&scratch, names[i], "text");
	scratch_text(&scratch, "src/empty", "");
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 2654435761u >> 13);
	scratch_file(&scratch, "src/big", big, sizeof(big));
	scratch_file(&scratch, "src/buffer", big, 256 * 1024);
	scratch_link(&scratch, "src/link", "../nowhere");
	scratch_link(&scratch, "src/l\xc3\xa9nk", "caf\xc3\xa9/\xe9");
	/* 100 bytes fit a tar header, 256 where they can be divided, and 255 are one name. */
	for (unsigned i = 84; i < 104; i++) {
		write_name(&name, "n", i);
		scratch_text(&scratch, name.bytes + 1, "n");
		write_name(&name, "d", i);
		scratch_directory(&scratch, name.bytes + 1);
		write_name(&name, "l", i);
		scratch_link(&scratch, name.bytes + 1, name.bytes);
	}
	write_name(&name, "/part-of-fifteen", 15);
	scratch_text(&scratch, name.bytes + 1, "l");
	write_name(&name, "/part-of-sixteen", 19);
	scratch_text(&scratch, name.bytes + 1, "l");
	write_name(&name, "\xc3\xa9", 110);
	scratch_text(&scratch, name.bytes + 1, "u");
	write_name(&name, "\xe9", 120);
	scratch_text(&scratch, name.bytes + 1, "8");
	buffer_reset(&name);
	run("cd '%s/src' && ln big twin && ln big a/twin && ln empty aaa && ln empty zzz &&"
	    "chmod 4711 buffer && chmod 2755 empty && mkdir -m 1777 sticky && chmod 500 a &&"
	    "mkdir closed && touch -h -d @12345 link && touch -d @99 a/file &&"
	    "touch -d @1000000000 a");
	/* Only root can look into it. */
	if (geteuid() == 0)
		run("chmod 0 '%s/src/closed'");
	path = scratch_path(&scratch, "src/big");
	(void)!setxattr(path, "user.mkrootfs.test", "v\0\n", 3, 0);
	free(path);
	put("/src");
	ck_assert_int_eq(
		manifest_put_file(manifest, "/etc/made", 0640, "made\n", 5, ENTRY_RULE, "test"), 0);
	ck_assert_int_eq(manifest_put_directory(manifest, "/data", 0770, (uid_t)-1, (gid_t)-1,
						ENTRY_USER, "test"),
			 0);
	ck_assert_int_eq(manifest_seal(manifest), 0);
	buffer_reset(&said);
}

static unsigned count_links(const struct entry *entry)
{
	const struct entry *first = entry->hardlink ? entry->hardlink : entry;
	const struct entry *const *entries;
	unsigned links = 1;
	size_t count;

	entries = manifest_entries(manifest, &count);
	for (size_t i = 0; i < count; i++)
		links += entries[i]->hardlink == first;
	return links;
}

/* What find is to print of the manifest written out. */
static void describe(struct buffer *text, bool directory_times)
{
	const struct entry *const *entries;
	size_t count;

	entries = manifest_entries(manifest, &count);
	for (size_t i = 1; i < count; i++) {
		const struct entry *entry = entries[i];

		buffer_printf(text, "%s %c %o %u:%u", entry->path + 1, "dfl"[entry->type],
			      (unsigned)entry -> mode, (unsigned)entry -> uid,
			      (unsigned)entry -> gid);
		if (entry->type == ENTRY_FILE)
			buffer_printf(text, " %" PRIu64 " %u", entry->size, count_links(entry));
		buffer_printf(text, " %s", entry->target ? entry->target : "");
		if (entry->type == ENTRY_FILE ||
		    (entry->type == ENTRY_DIRECTORY && directory_times))
			buffer_printf(text, " %" PRId64, entry->mtime);
		buffer_add(text, "", 1);
	}
}

/*
 * Compares all of directory NAME in "out" with the manifest, and the bytes with the sources. Not
 * every program sets the time of a directory when all is in it.
 */
static void ck_tree(const char *name, bool directory_times)
{
	struct buffer expected = { 0 };
	char *command;
	char *found;
	size_t size;

	describe(&expected, directory_times);
	scratch_file(&scratch, "expected", expected.bytes, expected.size);
	/* "%-s", for "%s" is the scratch directory. */
	ck_assert_int_gt(
		asprintf(&command,
			 "cd '%%s/out/%s' && find . -mindepth 1 "
			 "\\( -type l -printf '%%P %%y %%m %%U:%%G %%l\\0' \\) -o "
			 "\\( -type d -printf '%%P %%y %%m %%U:%%G %s\\0' \\) -o "
			 "-printf '%%P %%y %%m %%U:%%G %%-s %%n  %%Ts\\0' | sort -z >'%%s/found';"
			 "sort -z '%%s/expected' | diff -a - '%%s/found'",
			 name, directory_times ? " %Ts" : ""),
		0);
	prints("", command);
	free(command);
	found = scratch_read(&scratch, "found", &size);
	ck_assert_uint_eq(size, expected.size);
	free(found);
	ck_assert_int_gt(
		asprintf(&command,
			 "cd '%%s' && chmod u+rx src/a src/closed out/%s/src/closed && "
			 "diff -r --no-dereference src out/%s/src && cmp out/%s/etc/made - "
			 "<<E\nmade\nE\n",
			 name, name, name),
		0);
	prints("", command);
	free(command);
	buffer_reset(&expected);
}

static void ck_directory(const char *name)
{
	ck_tree(name, true);
}

static const struct {
	const char *path;
	enum mkrootfs_format asked;
	int result;
	enum mkrootfs_format format;
	enum mkrootfs_compression compression;
} guesses[] = {
	{ "a.tar", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_NONE },
	{ "a.tar.gz", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_GZIP },
	{ "a.tgz", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_GZIP },
	{ "a.tar.zst", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_ZSTD },
	{ "a.tar.xz", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_XZ },
	{ "a.cpio", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_NONE },
	{ "a.cpio.gz", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_GZIP },
	{ "a.cpio.zst", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_ZSTD },
	{ "a.cpio.xz", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_XZ },
	{ "-", MKROOTFS_FORMAT_AUTO, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_NONE },
	{ "-", MKROOTFS_FORMAT_CPIO, 0, MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_NONE },
	{ "image.gz", MKROOTFS_FORMAT_CPIO, 0, MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_GZIP },
	{ "fifo", MKROOTFS_FORMAT_TAR, 0, MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_NONE },
	{ "dir.tar.gz", MKROOTFS_FORMAT_DIRECTORY, 0, MKROOTFS_FORMAT_DIRECTORY,
	  MKROOTFS_COMPRESS_NONE },
	{ "a.gz", MKROOTFS_FORMAT_AUTO, -EINVAL },
	{ "a.zip", MKROOTFS_FORMAT_AUTO, -EINVAL },
	{ "tar", MKROOTFS_FORMAT_AUTO, -EINVAL },
	{ "", MKROOTFS_FORMAT_AUTO, -EINVAL },
};

TEST_EACH(suffixes_name_formats, ARRAY_SIZE(guesses))
{
	struct output output = { .path = guesses[_i].path, .format = guesses[_i].asked };

	ck_assert_int_eq(output_guess(&output), guesses[_i].result);
	if (guesses[_i].result < 0)
		return;
	ck_assert_int_eq(output.format, guesses[_i].format);
	ck_assert_int_eq(output.compression, guesses[_i].compression);
}

TEST_EACH(a_directory_is_what_the_manifest_says, 2)
{
	make_world();
	/* Nothing of where it is made reaches into it. */
	run("chmod 2777 '%s/out'");
	umask(_i == 0 ? 0 : 077);
	ck_write("dir/");
	ck_directory("dir");
	ck_assert_ptr_null(said.bytes);
	prints("dir\n", "ls -A '%s/out'");
	prints("755\n", "stat -c %a '%s/out/dir'");
}

TEST(extended_attributes_are_written)
{
	char value[8];
	char *path = scratch_path(&scratch, "out/dir/src/twin");

	make_world();
	if (!manifest_find(manifest, "/src/big")->n_xattrs) {
		scratch_skip("xattrs", "none on this file system");
	} else {
		ck_write("dir/ a.tar");
		ck_assert_int_eq(getxattr(path, "user.mkrootfs.test", value, sizeof(value)), 3);
		ck_assert_mem_eq(value, "v\0\n", 3);
		run("mkdir '%s/out/x' && tar -C '%s/out/x' --xattrs -xpf '%s/out/a.tar'");
		free(path);
		path = scratch_path(&scratch, "out/x/src/twin");
		ck_assert_int_eq(getxattr(path, "user.mkrootfs.test", value, sizeof(value)), 3);
		ck_assert_mem_eq(value, "v\0\n", 3);
	}
	free(path);
}

TEST(capabilities_are_written)
{
	/* VFS_CAP_REVISION_2, cap_net_bind_service permitted and effective */
	static const char capability[20] = "\1\0\0\2\0\4";
	char value[32];
	char *path = scratch_path(&scratch, "src/able");
	char *written = scratch_path(&scratch, "out/dir/src/able");

	scratch_text(&scratch, "src/able", "x");
	if (setxattr(path, "security.capability", capability, sizeof(capability), 0) < 0) {
		scratch_skip("capabilities", "only root may give them, and not everywhere");
	} else {
		put("/src");
		ck_assert_int_eq(manifest_seal(manifest), 0);
		ck_write("dir/ a.tar");
		/* chown takes them away: they have to come after it. */
		ck_assert_int_eq(getxattr(written, "security.capability", value, sizeof(value)),
				 sizeof(capability));
		ck_assert_mem_eq(value, capability, sizeof(capability));
		ck_assert_ptr_null(said.bytes);
		ck_write("a.cpio");
		ck_said("W /src/able: loses its capabilities");
	}
	free(path);
	free(written);
}

TEST(gnu_tar_unpacks_what_was_harvested)
{
	make_world();
	ck_write("a.tar dir/");
	ck_assert_ptr_null(said.bytes);
	run("mkdir '%s/out/x'");
	/* Without a word but for the one name that neither fits a header nor is UTF-8. */
	prints("tar: Ignoring unknown extended header keyword 'hdrcharset'\n",
	       "cd '%s/out/x' && tar --no-same-owner -xpf ../a.tar 2>&1");
	run("chmod -R u+w '%s/out/x' && rm -rf '%s/out/x' && mkdir '%s/out/x' &&"
	    "cd '%s/out/x' && tar --numeric-owner -xpf ../a.tar");
	ck_directory("x");
	ck_directory("dir");
	/* Relative names, the parents first, and no root directory. */
	prints("data/\netc/\netc/made\nsrc/\n", "tar -tf '%s/out/a.tar' | head -n 4");
	prints("0\n", "expr $(stat -c %-s '%s/out/a.tar') % 10240 || :");
}

/* All of a directory stands right behind it, though '-' and '.' sort before '/'. */
TEST(all_of_a_directory_stands_behind_it)
{
	scratch_text(&scratch, "src/a/x", "1");
	scratch_text(&scratch, "src/a-b/y", "2");
	scratch_text(&scratch, "src/a.b", "3");
	run("cd '%s/src' && ln a-b/y a/z");
	put("/src");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_write("a.tar a.cpio");
	prints("src/ src/a/ src/a/x src/a/z src/a-b/ src/a-b/y src/a.b\n",
	       "tar -tf '%s/out/a.tar' | xargs");
	/* Its first name here is not the first of the manifest. */
	prints("", "tar -C '%s' -df '%s/out/a.tar' 2>&1 | grep -v differs || :");
	prints("src/a-b/y link to src/a/z\n",
	       "tar -tvf '%s/out/a.tar' | sed -n 's/.* \\(.* link to\\)/\\1/p'");
	run("mkdir '%s/x' && cd '%s/x' && tar -xf ../out/a.tar && test src/a/z -ef src/a-b/y");
}

/* Python reads names as UTF-8, or else as bytes, whatever the locale. */
TEST(python_reads_every_name)
{
	make_world();
	ck_write("a.tar");
	if (!has("python3"))
		scratch_skip("tarfile", "there is no python3");
	else
		run("cd '%s/src' && python3 -c '\n"
		    "import os, sys, tarfile\n"
		    "names = [b\"src\"]\n"
		    "for top, dirs, files in os.walk(b\".\"):\n"
		    "    names += [b\"src\" + os.path.join(top, n)[1:] for n in dirs + files]\n"
		    "archive = tarfile.open(\"../out/a.tar\")\n"
		    "found = [m.name.encode(\"utf-8\", \"surrogateescape\") for m in archive]\n"
		    "names = sorted(set(names) | {b\"data\", b\"etc\", b\"etc/made\"})\n"
		    "sys.exit(names != sorted(found))'");
}

TEST(gnu_cpio_unpacks_what_was_harvested)
{
	make_world();
	ck_write("a.cpio");
	if (!has("cpio")) {
		scratch_skip("cpio", "it is not installed");
		return;
	}
	prints("", "mkdir '%s/out/x' && cd '%s/out/x' && cpio -idm --quiet <../a.cpio 2>&1");
	ck_tree("x", false);
	prints("0\n", "expr $(stat -c %-s '%s/out/a.cpio') % 512 || :");
	/* The bytes of a file are in it once, with its last name. */
	prints("0 0 614407\n",
	       "cd '%s/out' && cpio -itv --quiet <a.cpio 2>/dev/null | "
	       "awk '$NF ~ /src\\/(a\\/twin|big|twin)$/ { print $5 }' | sort -n | xargs");
}

TEST(compressions_change_no_byte_below_them)
{
	static const struct {
		const char *program, *name;
	} cases[] = {
		{ "gzip", "a.tar.gz" }, { "gzip", "a.tgz" },	 { "zstd", "a.tar.zst" },
		{ "xz", "a.tar.xz" },	{ "gzip", "a.cpio.gz" }, { "zstd", "a.cpio.zst" },
		{ "xz", "a.cpio.xz" },
	};

	make_world();
	ck_write("a.tar a.cpio a.tar.gz a.tgz a.tar.zst a.tar.xz a.cpio.gz a.cpio.zst a.cpio.xz");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *command;

		if (!has(cases[i].program)) {
			scratch_skip(cases[i].name, "its program is not installed");
			continue;
		}
		ck_assert_int_gt(asprintf(&command, "cd '%%s/out' && %s -dc <%s | cmp - a.%s",
					  cases[i].program, cases[i].name,
					  strstr(cases[i].name, "cpio") ? "cpio" : "tar"),
				 0);
		prints("", command);
		free(command);
	}
	/* No time and no name in a gzip header (RFC 1952: MTIME, FLG). */
	prints("00 00 00 00 00\n", "od -An -tx1 -j3 -N5 '%s/out/a.tar.gz' | sed 's/^ //'");
}

TEST(umask_locale_and_folder_change_no_byte)
{
	make_world();
	ck_write("a.tar a.tar.gz a.tar.zst a.tar.xz a.cpio");
	umask(0);
	setenv("TZ", "Pacific/Kiritimati", 1);
	setlocale(LC_ALL, "C.UTF-8");
	ck_assert_int_eq(chdir("/"), 0);
	ck_write("b.tar b.tar.gz b.tar.zst b.tar.xz b.cpio");
	prints("",
	       "cd '%s/out' && for s in tar tar.gz tar.zst tar.xz cpio; do cmp a.$s b.$s; done");
	setlocale(LC_ALL, "C");
}

TEST(numbers_too_long_for_a_header_are_written)
{
	const struct manifest_policy policy = { .uid = 2097152,
						.gid = 4294967294,
						.source_epoch = 8589934592 };

	manifest_free(manifest);
	manifest = manifest_new(&policy, &diag);
	ck_assert_int_eq(manifest_put_file(manifest, "/f", 0644, "", 0, ENTRY_RULE, "x"), 0);
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_write("a.tar");
	prints("-rw-r--r-- 2097152/4294967294 0 2242-03-16 12:56:32 f\n",
	       "TZ=UTC tar -tvf '%s/out/a.tar' --numeric-owner --full-time");
}

/* What is made new, and what keeps the mode of the file that it replaces. */
TEST(a_file_keeps_the_mode_of_what_it_replaces)
{
	put("/out");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	run("cd '%s/out' && echo old >a.tar && chmod 604 a.tar && ln -s a.tar to-old &&"
	    "ln -s new.tar to-new");
	umask(027);
	ck_write("to-old");
	ck_write("to-new");
	ck_write("b.tar");
	prints("604 regular file\n640 regular file\n640 regular file\na.tar\nnew.tar\n",
	       "cd '%s/out' && stat -c '%a %F' a.tar b.tar new.tar && readlink to-old to-new");
	prints("", "cd '%s/out' && cmp a.tar b.tar && cmp a.tar new.tar");
}

/* What may not be an output: its diagnostic and the error. */
static const struct {
	const char *names, *said;
	int result;
} refusals[] = {
	{ "a.tar no/b.tar", "E SCRATCH/out/no/b.tar: there is no directory SCRATCH/out/no",
	  -ENOENT },
	{ "a.tar no/dir/", "E SCRATCH/out/no/dir/: there is no directory", -ENOENT },
	{ "a.tar old/b.tar", "E SCRATCH/out/old/b.tar: SCRATCH/out/old: Not a directory",
	  -ENOTDIR },
	{ "a.tar loop", "E SCRATCH/out/loop: Too many levels", -ELOOP },
	{ "a.tar full", "E SCRATCH/out/full: is a directory", -EISDIR },
	{ "a.tar old/", "E SCRATCH/out/old/: exists and is not a directory", -ENOTDIR },
	{ "a.tar full/", "is not empty (name one that is empty", -EEXIST },
	{ "a.tar full/!", "is not empty, and nothing says that mkrootfs made it", -EEXIST },
	{ "a.tar ./", "cannot be replaced as a whole", -EINVAL },
	{ "a.tar empty/../", "cannot be replaced as a whole", -EINVAL },
	{ "a.tar a.tar", "E SCRATCH/out/a.tar: is the place of two outputs", -EINVAL },
	{ "a.tar empty/../a.tar", "is the place of two outputs", -EINVAL },
	{ "a.tar to-a", "is the place of two outputs", -EINVAL },
	{ "dir/ dir/", "is the place of two outputs", -EINVAL },
	{ "empty/ empty/a.tar", "empty/a.tar: lies in SCRATCH/out/empty/", -EINVAL },
	{ "empty/a.tar empty/", "empty/a.tar: lies in SCRATCH/out/empty/", -EINVAL },
	{ "empty/ empty/sub/", "lies in", -EINVAL },
};

static void make_occupied(void)
{
	run("cd '%s/out' && echo before >old && mkdir empty full && echo in >full/file &&"
	    "ln -s loop loop && ln -s a.tar to-a && echo before >a.tar");
}

static void ck_occupied(void)
{
	prints("a.tar empty full loop old to-a\n", "ls -A '%s/out' | xargs");
	prints("before\nin\nbefore\n", "cd '%s/out' && cat a.tar full/* old && ls -A empty");
}

TEST_EACH(what_cannot_be_replaced_is_refused, ARRAY_SIZE(refusals))
{
	struct buffer expected = { 0 };
	const char *rest = refusals[_i].said;
	const char *mark;

	scratch_text(&scratch, "file", "x");
	put("/file");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	make_occupied();
	ck_assert_int_eq(write_outputs(refusals[_i].names), refusals[_i].result);
	while ((mark = strstr(rest, "SCRATCH")) != NULL) {
		buffer_add(&expected, rest, (size_t)(mark - rest));
		buffer_add_string(&expected, scratch.path);
		rest = mark + strlen("SCRATCH");
	}
	buffer_add_string(&expected, rest);
	ck_said(expected.bytes);
	buffer_reset(&expected);
	ck_occupied();
}

/* Who may not look into a directory above cannot know what an output lies in. */
TEST(a_directory_that_cannot_be_looked_into_is_not_taken_for_another)
{
	enum { NOBODY = 65534, FAILED = 1, UNREACHABLE = 77 };
	int status;
	pid_t child;

	ck_assert_int_eq(manifest_put_file(manifest, "/f", 0644, "", 0, ENTRY_RULE, "x"), 0);
	ck_assert_int_eq(manifest_seal(manifest), 0);
	run("cd '%s/out' && mkdir -p closed/open/inner empty && chmod 777 closed/open "
	    "closed/open/inner empty . ..");
	fflush(NULL);
	child = fork();
	if (child == 0) {
		char *directory = scratch_path(&scratch, "out/empty");
		char *closed = scratch_path(&scratch, "out/closed");
		char *open = scratch_path(&scratch, "out/closed/open");
		const struct output outputs[] = {
			{ .path = "a.tar", .format = MKROOTFS_FORMAT_TAR },
			{ .path = directory, .format = MKROOTFS_FORMAT_DIRECTORY },
		};
		const struct output beside[] = {
			{ .path = "a.tar", .format = MKROOTFS_FORMAT_TAR },
			{ .path = "inner", .format = MKROOTFS_FORMAT_DIRECTORY },
		};

		if (chdir(open) < 0 || chmod(closed, 0) < 0 ||
		    (geteuid() == 0 && setuid(NOBODY) < 0))
			_exit(FAILED);
		if (access(directory, W_OK) < 0)
			_exit(UNREACHABLE);
		if (outputs_write(manifest, outputs, 2, NULL, &diag) != -EACCES ||
		    !strstr(said.bytes, "E a.tar: may lie in ") || access("a.tar", F_OK) == 0)
			_exit(FAILED);
		/* Two in one directory do not lie in each other, whatever is above it. */
		_exit(outputs_write(manifest, beside, 2, NULL, &diag) == 0 ? 0 : FAILED);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (WEXITSTATUS(status) == UNREACHABLE)
		scratch_skip("a directory that is closed", "nobody cannot reach TMPDIR");
	else
		ck_assert_int_eq(status, 0);
}

TEST(a_source_that_changed_leaves_all_as_it_was)
{
	make_occupied();
	scratch_text(&scratch, "file", "x");
	scratch_text(&scratch, "a", "first");
	put("/a");
	put("/file");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	run("echo more >>'%s/file'");
	ck_assert_int_eq(write_outputs("a.tar empty/ b.tar.gz"), -ESTALE);
	ck_said("E /file: changed while it was read");
	ck_assert_int_eq(write_outputs("empty/ a.tar"), -ESTALE);
	ck_assert_int_eq(write_outputs("b.cpio.xz"), -ESTALE);
	ck_occupied();
}

TEST(a_cancelled_run_leaves_all_as_it_was)
{
	make_occupied();
	make_world();
	cancelled = 1;
	ck_assert_int_eq(write_outputs("a.tar empty/ b.tar.xz"), -EINTR);
	ck_assert_ptr_null(said.bytes);
	ck_occupied();
}

static void cancel(int signal)
{
	cancelled = 1;
}

TEST(a_run_that_waits_can_be_cancelled)
{
	const struct sigaction action = { .sa_handler = cancel };

	make_world();
	run("mkfifo '%s/out/fifo'");
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	alarm(1);
	ck_assert_int_eq(write_outputs("a.tar fifo"), -EINTR);
	prints("fifo\n", "ls -A '%s/out'");
}

static const char *const full_names[] = { "full", "full.cpio", "full.tar.gz", "full.xz" };

TEST_EACH(a_full_disk_is_an_error, ARRAY_SIZE(full_names))
{
	char *names;

	make_world();
	if (access("/dev/full", W_OK) != 0) {
		scratch_skip("/dev/full", "there is none");
		return;
	}
	run("cd '%s/out' && for n in full full.cpio full.tar.gz full.xz; do ln -s /dev/full $n; "
	    "done");
	ck_assert_int_gt(asprintf(&names, "a.tar %s dir/", full_names[_i]), 0);
	ck_assert_int_eq(write_outputs(names), -ENOSPC);
	ck_said(": No space left on device");
	ck_assert_ptr_null(strchr(strchr(said.bytes, '\n') + 1, '\n'));
	prints("full full.cpio full.tar.gz full.xz\n", "ls -A '%s/out' | xargs");
	free(names);
}

/* COMMAND in the background; its process. */
static pid_t background(const char *command)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(scratch_run(&scratch, command) ? 0 : 1);
	ck_assert_int_gt(pid, 0);
	return pid;
}

static void ck_ends(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

TEST(a_fifo_is_written_into)
{
	pid_t pid;

	make_world();
	run("mkfifo '%s/out/fifo'");
	pid = background("cat '%s/out/fifo' >'%s/through'");
	ck_write("fifo a.tar");
	ck_ends(pid);
	prints("fifo\n", "cd '%s/out' && cmp a.tar ../through && find . -type p -printf '%P\\n'");
	/* Nobody minds two archives in there. */
	run("ln -s /dev/null '%s/out/null'");
	ck_write("null null");
}

TEST(a_reader_that_goes_is_an_error)
{
	pid_t pid;

	make_world();
	run("mkfifo '%s/out/fifo'");
	pid = background("head -c 10 '%s/out/fifo'");
	ck_assert_int_eq(write_outputs("a.tar fifo"), -EPIPE);
	ck_said("out/fifo: Broken pipe");
	ck_ends(pid);
	prints("fifo\n", "ls -A '%s/out'");
}

/*
 * Of many outputs the last cannot take its place: somebody put a file into the directory,
 * while the archive that is written last, through a FIFO, was held up.
 */
TEST(what_was_published_is_taken_back)
{
	pid_t pid;

	make_world();
	ck_write("made/");
	run("cd '%s/out' && mkdir late early && chmod 711 early && echo before >a.tar &&"
	    "chmod 600 a.tar && touch made/mine && mkfifo fifo");
	pid = background("exec <'%s/out/fifo'; touch '%s/out/late/file'; cat");
	ck_assert_int_eq(write_outputs("a.tar b.tar made/! early/ new/ late/ fifo"), -ENOTEMPTY);
	ck_ends(pid);
	ck_said("out/late/: Directory not empty");
	prints("a.tar early fifo late made\n", "ls -A '%s/out' | xargs");
	prints("before\n600 a.tar\n711 early\nfile\ndata etc mine src\n",
	       "cd '%s/out' && cat a.tar && stat -c '%a %n' a.tar early && ls -A early late |"
	       "grep -v -e : -e '^$' && ls made | xargs");
}

TEST(force_replaces_what_mkrootfs_made)
{
	make_world();
	ck_write("dir/");
	run("touch '%s/out/dir/mine'");
	ck_assert_int_eq(write_outputs("dir/"), -EEXIST);
	ck_said("--force replaces it");
	prints("mine\n", "cd '%s/out/dir' && ls mine");
	if (write_outputs("dir/!") < 0) {
		scratch_skip("--force", "no extended attributes on this file system");
		return;
	}
	prints("dir\n", "ls -A '%s/out'");
	ck_directory("dir");
	run("cd '%s/out' && mkdir place && mv dir place/ && ln -s place/dir dir");
	ck_write("dir/!");
	prints("place/dir\n", "readlink '%s/out/dir'");
	ck_directory("dir/.");
}

TEST(an_empty_directory_is_filled)
{
	make_world();
	run("mkdir -m 700 '%s/out/dir'");
	ck_write("dir/");
	ck_directory("dir");
	prints("dir\n", "ls -A '%s/out'");
}

TEST(only_root_can_give_files_away)
{
	const struct manifest_policy policy = { .uid = 12, .gid = 34 };

	if (geteuid() == 0) {
		ck_assert_int_eq(chown(scratch.path, 65534, 65534), 0);
		run("chown 65534:65534 '%s/out'");
		ck_assert_int_eq(setresgid(65534, 65534, 65534), 0);
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	}
	scratch_text(&scratch, "tree/a/b", "x");
	scratch_link(&scratch, "tree/a/c", "x");
	manifest_free(manifest);
	manifest = manifest_new(&policy, &diag);
	put("/tree");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	/* As odd as it gets: what is made is closed to its maker. */
	umask(0777);
	ck_write("dir/");
	umask(022);
	ck_said("only root can give files away");
	ck_assert_ptr_null(strchr(strchr(said.bytes, '\n') + 1, '\n'));
	prints("755 dir\n755 dir/tree\n755 dir/tree/a\n644 dir/tree/a/b\n777 dir/tree/a/c\n",
	       "cd '%s/out' && find dir | sort | xargs stat -c '%a %n'");
}

/*
 * Where the parent hands its group on, and entries are to have just that one: what is made below
 * does not have it by itself.
 */
TEST(the_parents_group_is_not_inherited)
{
	struct manifest_policy policy = { .uid = 0, .gid = 50 };

	if (geteuid() != 0) {
		scratch_skip("groups", "only root may give them");
		return;
	}
	scratch_text(&scratch, "tree/a/b", "x");
	scratch_link(&scratch, "tree/a/c", "x");
	run("chgrp 50 '%s/out' && chmod 2775 '%s/out'");
	manifest_free(manifest);
	manifest = manifest_new(&policy, &diag);
	put("/tree");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_write("dir/");
	prints("0:50 755\n0:50 755\n0:50 755\n0:50 644\n0:50 777\n",
	       "cd '%s/out' && find dir -printf '%U:%G %m\n'");
}

/* The pieces of a file that a FIFO's reader has not asked for yet are read after its change. */
static const char *const changes[] = {
	"truncate -s 300000 '%s/src/big'",
	"echo more >>'%s/src/big'",
	"echo other | dd of='%s/src/big' bs=1 seek=500000 conv=notrunc status=none",
	"mv '%s/src/buffer' '%s/src/big'",
};

TEST_EACH(a_source_that_changes_while_it_is_read_is_an_error, ARRAY_SIZE(changes))
{
	char *command;
	pid_t pid;

	make_world();
	make_occupied();
	run("mkfifo '%s/out/fifo'");
	ck_assert_int_gt(asprintf(&command,
				  "exec <'%%s/out/fifo'; head -c 300000 >/dev/null; %s; cat",
				  changes[_i]),
			 0);
	pid = background(command);
	ck_assert_int_eq(write_outputs("b.tar empty/ fifo"), -ESTALE);
	ck_ends(pid);
	ck_said(": changed while it was read");
	run("rm '%s/out/fifo'");
	ck_occupied();
	free(command);
}

TEST(a_few_descriptors_are_enough)
{
	const struct rlimit few = { 32, 32 };
	char *files;

	for (unsigned i = 0; i < 200; i++) {
		char name[32];

		snprintf(name, sizeof(name), "src/d%u/f%u", i / 20, i);
		scratch_text(&scratch, name, "x");
	}
	put("/src");
	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_write("dir/ other/ a.tar a.tar.gz a.tar.xz a.cpio");
	files = scratch_run(&scratch, "find '%s/out/other' -type f | wc -l");
	ck_assert_str_eq(files, "200\n");
	free(files);
}

TEST(trees_are_removed_however_deep)
{
	struct buffer path = { 0 };
	int fd = open(scratch.path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	buffer_add_string(&path, "old");
	for (unsigned i = 0; i < 200; i++)
		buffer_add_string(&path, i % 3 ? "/.0" : "/d");
	buffer_add_string(&path, "/file");
	scratch_text(&scratch, path.bytes, "x");
	scratch_text(&scratch, "keep/file", "x");
	scratch_text(&scratch, "old/closed/in/file", "x");
	scratch_link(&scratch, "old/link", "../keep");
	scratch_link(&scratch, "old/closed/link", "../../keep");
	run("cd '%s/old' && for i in 1 2 3 4 5 6 7 8 9; do mkdir -p d$i/.0/x d$i/.1/x; done;"
	    "chmod 0 closed/in closed; chmod 500 d2/.1 d2 d3");
	ck_assert_int_eq(tree_remove(fd, "old"), 0);
	prints("keep out file\n", "cd '%s' && ls keep . | grep -v -e : -e '^$' | xargs");
	ck_assert_int_eq(tree_remove(fd, "old"), 0);
	ck_assert_int_eq(tree_remove(fd, "keep/file"), -ENOTDIR);
	close(fd);
	buffer_reset(&path);
}

/* A text is published with the archive, or not at all. */
TEST(a_text_is_published_with_the_archive)
{
	char *paths[] = { scratch_path(&scratch, "out/a.tar"), scratch_path(&scratch, "out/text"),
			  scratch_path(&scratch, "out/nowhere/b.tar") };
	const struct output outputs[] = {
		{ .path = paths[0], .format = MKROOTFS_FORMAT_TAR },
		{ .path = paths[1],
		  .format = MKROOTFS_FORMAT_DOCKERFILE,
		  .text = "FROM scratch\n",
		  .size = 13 },
		{ .path = paths[2], .format = MKROOTFS_FORMAT_TAR },
	};

	ck_assert_int_eq(manifest_seal(manifest), 0);
	ck_assert_int_eq(outputs_write(manifest, outputs, 3, &cancelled, &diag), -ENOENT);
	prints("", "ls -A '%s/out'");
	ck_assert_int_eq(outputs_write(manifest, outputs, 2, &cancelled, &diag), 0);
	prints("a.tar\ntext\n", "ls -A '%s/out'");
	prints("FROM scratch\n", "cat '%s/out/text'");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		free(paths[i]);
}

SUITE(output, setup, teardown);
