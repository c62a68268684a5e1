/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as /etc/passwd and /etc/group, as what tmpfiles.d(5) says and as a service's unit: who
 * is found has a name and ids that fit, and a directory is one.
 */
#include "fuzz.h"

#include "needs/boot_places.h"
#include "needs/make.h"
#include "needs/people.h"
#include "small_root.h"

static const struct diag diag = { 0 };

static void check_account(const struct people *people, const char *name)
{
	const struct account *account = people_account(people, name);
	const struct account_group *group = people_group(people, name);

	FUZZ_CHECK(!account ||
		   (strcmp(account->name, name) == 0 && account->uid != UINT32_MAX &&
		    account->gid != UINT32_MAX && (!account->home || account->home[0] == '/')));
	FUZZ_CHECK(!group || (strcmp(group->name, name) == 0 && group->gid != UINT32_MAX));
}

/* All that a need brings is written as a line, so none of it may have a colon or a line's end. */
static void check_gathered(struct needs *needs)
{
	struct accounts accounts = { 0 };

	FUZZ_CHECK(people_gather(needs, &accounts) == 0);
	for (size_t i = 0; i < accounts.n_found; i++) {
		FUZZ_CHECK(!strpbrk(accounts.found[i].name, ":\n,/"));
		FUZZ_CHECK(!accounts.found[i].home || !strpbrk(accounts.found[i].home, ":\n"));
	}
	for (size_t i = 0; i < accounts.n_groups; i++)
		FUZZ_CHECK(!strpbrk(accounts.groups[i].name, ":\n,/"));
}

static void read_people(struct needs *needs)
{
	static const char *const names[] = { "root", "a", "b", "Debian-srv", "x$", "nobody" };
	struct need template = { .rule = &need_rule_data, .sign = "fuzz" };
	const struct people *people;
	struct need *need;

	FUZZ_CHECK(people_get(needs, &people) == 0);
	FUZZ_CHECK(needs_put(needs, &template, &need) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		check_account(people, names[i]);
		FUZZ_CHECK(people_add(needs, need, names[i]) == 0);
	}
	people_name(people, 0);
	people_group_name(people, 100);
	for (size_t i = 0; i < need->n_items; i++)
		need->items[i].brought = true;
	check_gathered(needs);
}

static int check_place(void *data, const struct boot_place *place)
{
	FUZZ_CHECK(place->path[0] == '/' && place->mode <= 07777);
	FUZZ_CHECK(!strpbrk(place->path, "%\n"));
	FUZZ_CHECK(!place->owner || place->owner[0]);
	FUZZ_CHECK(!place->group || place->group[0]);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const paths[] = { "/etc/passwd", "/etc/group" };
	const struct needs_options options = { .level = NEED_SUGGESTED };
	CLEANUP(small_root) struct small_root small = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(needs_free) struct needs *needs = NULL;
	struct sysroot sysroot = { .arena = arena, .diag = &diag, .working_directory = "/" };

	FUZZ_CHECK(boot_places_read_tmpfiles((const char *)bytes, size, check_place, NULL) == 0);
	FUZZ_CHECK(boot_places_read_unit((const char *)bytes, size, check_place, NULL) == 0);
	small_root_begin(&small, &diag);
	small_root_cut(&small, paths, ARRAY_SIZE(paths), bytes, size);
	small_root_open(&small);
	sysroot.root = small.root;
	FUZZ_CHECK(arena);
	needs = needs_new(&sysroot, &options);
	FUZZ_CHECK(needs);
	read_people(needs);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT(
		"root:x:0:0:root:/root:/bin/sh\na:x:120:121:A:/a:/x\nb:x:7:8::rel:/x\nx$:x:9:9:::\n"
		"\1root:x:0:\na:x:121:b,root\nb:x:122:a\n"),
	FUZZ_TEXT("a:x:4294967295:0:::\na:x:-1:1:::\na::::::\n:::::::\na:x:1:1:g:/"
		  "h:i\0b:x:2:2:::\n\1a:x:"),
	FUZZ_TEXT("d /run/a 2755 b c - -\nD! \"/run/q r\" ~0700 :5 -\nv /x/%b\nd\nf /y\n"),
	FUZZ_TEXT("[Service]\nUser=a\nRuntimeDirectory=b c/d:e %i\nRuntimeDirectory=\n"
		  "StateDirectory='f g'\nLogsDirectoryMode=0750\nLogsDirectory=h\n"),
};

FUZZ_SEEDS(seeds);
