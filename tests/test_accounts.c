/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The people and places that every result has: /etc/passwd, /etc/group, /tmp, /run.
 */
#include "base/buffer.h"
#include "manifest/accounts.h"
#include "manifest/places.h"
#include "scratch.h"

static struct scratch scratch;
static struct root *root;
static struct manifest *manifest;

static void setup(void)
{
	static const struct manifest_policy policy = { 0 };

	scratch_open(&scratch);
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	manifest = manifest_new(&policy, NULL);
	ck_assert_ptr_nonnull(manifest);
}

static void teardown(void)
{
	manifest_free(manifest);
	root_close(root);
	scratch_close(&scratch);
}

static const struct {
	const char *text;
	int result;
	const char *name;
	unsigned uid, gid;
} parses[] = {
	{ "redis", 0, "redis", 10000, 10000 },
	{ "redis:7", 0, "redis", 7, 7 },
	{ "_a-9:0:4294967294", 0, "_a-9", 0, 4294967294 },
	{ "root", 0, "root", 0, 0 },
	{ "nobody", 0, "nobody", 65534, 65534 },
	{ "root:5", 0, "root", 5, 5 },
	{ "a2345678901234567890123456789012", 0, "a2345678901234567890123456789012", 10000, 10000 },
	{ "Debian-exim:101:105", 0, "Debian-exim", 101, 105 },
	{ "www.data", 0, "www.data", 10000, 10000 },
	{ "machine$", 0, "machine$", 10000, 10000 },
	{ "_", 0, "_", 10000, 10000 },
	{ "...", 0, "...", 10000, 10000 },
	{ "9a", 0, "9a", 10000, 10000 },
	/* It would be taken for an id. */
	{ "9", -EINVAL },
	{ "10000:5", -EINVAL },
	{ ".", -EINVAL },
	{ "..", -EINVAL },
	{ "$", -EINVAL },
	{ "a$b", -EINVAL },
	{ "a23456789012345678901234567890123", -EINVAL },
	{ "", -EINVAL },
	{ ":1", -EINVAL },
	{ "-a", -EINVAL },
	{ "a/b", -EINVAL },
	{ "a,b", -EINVAL },
	{ "\xc3\xa4", -EINVAL },
	{ "a b", -EINVAL },
	{ "a\n", -EINVAL },
	{ "a:", -EINVAL },
	{ "a:1:", -EINVAL },
	{ "a:1:2:", -EINVAL },
	{ "a:1:2:3", -EINVAL },
	{ "a:-1", -EINVAL },
	{ "a:+1", -EINVAL },
	{ "a: 1", -EINVAL },
	{ "a:0x1", -EINVAL },
	{ "a:4294967295", -EINVAL },
	{ "a:99999999999999999999999999", -EINVAL },
};

TEST_EACH(accounts_are_parsed, ARRAY_SIZE(parses))
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct account account = { 0 };

	ck_assert_int_eq(account_parse(arena, parses[_i].text, &account), parses[_i].result);
	if (parses[_i].result < 0)
		return;
	ck_assert_str_eq(account.name, parses[_i].name);
	ck_assert_uint_eq(account.uid, parses[_i].uid);
	ck_assert_uint_eq(account.gid, parses[_i].gid);
	ck_assert_ptr_null(account.home);
}

#define ROOT_LINE     "root:*:0:0:root:/root:/sbin/nologin\n"
#define NOBODY_LINE   "nobody:*:65534:65534:nobody:/nonexistent:/sbin/nologin\n"
#define NOBODY_GROUPS "nobody:*:65534:\nnogroup:*:65534:\n"

static const struct account redis = { "redis", 10, 20, NULL };
static const struct account two[] = { { "b", 1, 2, NULL }, { "a", 3, 4, NULL } };
static const struct account superuser = { "root", 0, 0, NULL };
static const struct account nobody = { "nobody", 65534, 65534, NULL };
/* As they are found on a system, by name. */
static const struct account found[] = {
	{ "nobody", 65534, 65534, "/nonexistent" },
	{ "redis", 101, 103, "/var/lib/redis" },
	{ "root", 0, 0, "/root" },
	{ "tcpdump", 102, 104, "/nonexistent" },
};
static const struct account_group groups[] = {
	{ "adm", 4, "syslog,tcpdump,alice,redis" },
	{ "nogroup", 65534, "" },
	{ "redis", 103, NULL },
	{ "root", 0, "redis" },
	{ "tcpdump", 104, "" },
};

static const struct {
	struct accounts accounts;
	const char *passwd, *group;
} files[] = {
	{ { 0 }, ROOT_LINE NOBODY_LINE, "root:*:0:\n" NOBODY_GROUPS },
	{ { .asked = &redis, .n_asked = 1 },
	  ROOT_LINE "redis:*:10:20:redis:/:/sbin/nologin\n" NOBODY_LINE,
	  "root:*:0:\nredis:*:20:\n" NOBODY_GROUPS },
	{ { .asked = two, .n_asked = 2 },
	  ROOT_LINE "b:*:1:2:b:/:/sbin/nologin\na:*:3:4:a:/:/sbin/nologin\n" NOBODY_LINE,
	  "root:*:0:\nb:*:2:\na:*:4:\n" NOBODY_GROUPS },
	{ { .asked = &superuser, .n_asked = 1 },
	  "root:*:0:0:root:/:/sbin/nologin\n" NOBODY_LINE,
	  "root:*:0:\n" NOBODY_GROUPS },
	{ { .asked = &nobody, .n_asked = 1 },
	  ROOT_LINE "nobody:*:65534:65534:nobody:/:/sbin/nologin\n",
	  "root:*:0:\n" NOBODY_GROUPS },
	/* What was found is as it is on the system, but for who is always there. */
	{ { .found = found, .n_found = 4, .groups = groups, .n_groups = 5 },
	  ROOT_LINE "redis:*:101:103:redis:/var/lib/redis:/sbin/nologin\n"
		    "tcpdump:*:102:104:tcpdump:/nonexistent:/sbin/nologin\n" NOBODY_LINE,
	  "root:*:0:\nadm:*:4:tcpdump,redis\nredis:*:103:\ntcpdump:*:104:\n" NOBODY_GROUPS },
	/* And who was asked for wins over who was found. */
	{ { .asked = &redis,
	    .n_asked = 1,
	    .found = found,
	    .n_found = 2,
	    .groups = groups,
	    .n_groups = 3 },
	  ROOT_LINE "redis:*:10:20:redis:/:/sbin/nologin\n" NOBODY_LINE,
	  "root:*:0:\nredis:*:20:\nadm:*:4:redis\n" NOBODY_GROUPS },
};

static const struct entry *at(const char *path)
{
	const struct entry *entry = manifest_find(manifest, path);

	ck_assert_msg(entry != NULL, "%s is not there", path);
	return entry;
}

TEST_EACH(accounts_become_passwd_and_group, ARRAY_SIZE(files))
{
	const struct entry *entry;

	ck_assert_int_eq(accounts_put(manifest, &files[_i].accounts), 0);
	entry = at("/etc/passwd");
	ck_assert_uint_eq(entry->size, strlen(files[_i].passwd));
	ck_assert_mem_eq(entry->content, files[_i].passwd, entry->size);
	ck_assert_uint_eq(entry->mode, 0644);
	entry = at("/etc/group");
	ck_assert_uint_eq(entry->size, strlen(files[_i].group));
	ck_assert_mem_eq(entry->content, files[_i].group, entry->size);
	ck_assert_ptr_null(manifest_find(manifest, "/etc/shadow"));
}

/* A line of `ls`: "/tmp 1777 /var/run->/run". */
static const char *list(struct buffer *out)
{
	const struct entry *const *entries;
	size_t count;

	ck_assert_int_eq(manifest_seal(manifest), 0);
	entries = manifest_entries(manifest, &count);
	for (size_t i = 1; i < count; i++) {
		if (entries[i]->type == ENTRY_SYMLINK)
			buffer_printf(out, " %s->%s", entries[i]->path, entries[i]->target);
		else
			buffer_printf(out, " %s %o", entries[i]->path, (unsigned)entries[i]->mode);
	}
	return out->bytes;
}

/* What a root has, and what comes of it. */
static const struct {
	const char *directories[4];
	const char *links[2][2];
	const char *places;
} roots[] = {
	{ { 0 }, { { 0 } }, " /run 755 /tmp 1777 /var 755 /var/run->/run /var/tmp 1777" },
	{ { "run", "var", "tmp" },
	  { { "var/run", "../run" } },
	  " /run 755 /tmp 1777 /var 755 /var/run->../run /var/tmp 1777" },
	/* From before there was a /run. */
	{ { "var/run" }, { { 0 } }, " /run 755 /tmp 1777 /var 755 /var/run 755 /var/tmp 1777" },
	{ { "tmp", "var" },
	  { { "var/tmp", "/tmp" } },
	  " /run 755 /tmp 1777 /var 755 /var/run->/run /var/tmp->/tmp" },
	{ { "data/var" },
	  { { "var", "data/var" } },
	  " /data 755 /data/var 755 /data/var/run->/run /data/var/tmp 1777 /run 755 /tmp 1777 "
	  "/var->data/var" },
	/* A link that leads nowhere is as good as it is. */
	{ { "var" },
	  { { "var/run", "/mnt/run" } },
	  " /run 755 /tmp 1777 /var 755 /var/run->/mnt/run /var/tmp 1777" },
};

TEST_EACH(places_are_as_the_root_has_them, ARRAY_SIZE(roots))
{
	CLEANUP(buffer) struct buffer out = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(roots[_i].directories); i++)
		if (roots[_i].directories[i])
			scratch_directory(&scratch, roots[_i].directories[i]);
	for (size_t i = 0; i < ARRAY_SIZE(roots[_i].links); i++)
		if (roots[_i].links[i][0])
			scratch_link(&scratch, roots[_i].links[i][0], roots[_i].links[i][1]);
	ck_assert_int_eq(places_put(manifest, root), 0);
	ck_assert_str_eq(list(&out), roots[_i].places);
}

TEST(what_goes_below_a_place_follows_its_link)
{
	scratch_text(&scratch, "run/x/y", "");
	scratch_link(&scratch, "var-run", "run");
	ck_assert_int_eq(places_put(manifest, root), 0);
	/* What is put there later goes where the link leads. */
	ck_assert_int_eq(manifest_put_directory(manifest, "/var/run/redis", 0750, 1, 2, ENTRY_USER,
						"--mkdir"),
			 0);
	ck_assert_uint_eq(at("/run/redis")->uid, 1);
	ck_assert_ptr_null(manifest_find(manifest, "/var/run/redis"));
	/* And what is asked for by name wins. */
	ck_assert_int_eq(manifest_put_symlink(manifest, "/tmp", "/data", ENTRY_USER, "--symlink"),
			 0);
	ck_assert_str_eq(at("/tmp")->target, "/data");
}

SUITE(accounts, setup, teardown);
