/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/people.h"
#include "base/error.h"
#include "base/number.h"
#include "base/path.h"
#include "base/table.h"
#include "needs/make.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
	FILTER_SIZE = 4096, /* bits; a power of two */
	FILE_SIZE_MAX = 16 << 20,
	PEOPLE_MAX = 1 << 16,
	/* login.defs(5), systemd's UIDS-GIDS.md: who logs in, and not what runs. */
	PACKAGES_FIRST = 100, /* below are those of every system */
	PERSON_FIRST = 1000,
	PERSON_LAST = 59999,
};

struct people {
	TABLE(struct account) accounts;
	TABLE(struct account_group) groups;
	/* Most words of a library are nobody's name: their first letters tell. */
	uint64_t filter[FILTER_SIZE / 64];
};

/* NAME has at least one character. */
static unsigned filter_key(const char *name)
{
	unsigned key = (unsigned char)name[0];

	for (unsigned i = 1; i < 4 && name[i]; i++)
		key = key * 37 + (unsigned char)name[i];
	return key & (FILTER_SIZE - 1);
}

static void let_through(struct people *people, const char *name)
{
	unsigned key = filter_key(name);

	people->filter[key / 64] |= (uint64_t)1 << key % 64;
}

static bool may_be_name(const struct people *people, const char *word)
{
	unsigned key = filter_key(word);

	return people->filter[key / 64] >> key % 64 & 1;
}

/* The next of the fields of *LINE between colons, or NULL. */
static char *take_field(char **line)
{
	return strsep(line, ":");
}

static bool parse_id(const char *text, uint32_t *out)
{
	uint64_t value;

	if (!text || !number_parse(text, UINT32_MAX - 1, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

/* name:password:uid:gid:gecos:home:shell */
static int add_account_line(struct arena *arena, struct people *people, char *line)
{
	const char *name = take_field(&line);
	const char *password = take_field(&line);
	const char *uid = take_field(&line);
	const char *gid = take_field(&line);
	const char *gecos = take_field(&line);
	const char *home = take_field(&line);
	struct account account = { .name = name, .home = home && *home ? home : NULL };
	struct account *slot;

	if (!password || !gecos || !account_name_is_valid(name, strlen(name)) ||
	    !parse_id(uid, &account.uid) || !parse_id(gid, &account.gid) ||
	    (home && home[0] != '/') || people->accounts.count == PEOPLE_MAX)
		return 0;
	slot = TABLE_ADD(arena, &people->accounts);
	if (!slot)
		return -ENOMEM;
	*slot = account;
	let_through(people, name);
	return 0;
}

/* name:password:gid:members */
static int add_group_line(struct arena *arena, struct people *people, char *line)
{
	const char *name = take_field(&line);
	const char *password = take_field(&line);
	const char *gid = take_field(&line);
	struct account_group group = { .name = name, .members = take_field(&line) };
	struct account_group *slot;

	if (!password || !account_name_is_valid(name, strlen(name)) || !parse_id(gid, &group.gid) ||
	    people->groups.count == PEOPLE_MAX)
		return 0;
	slot = TABLE_ADD(arena, &people->groups);
	if (!slot)
		return -ENOMEM;
	*slot = group;
	let_through(people, name);
	return 0;
}

typedef int add_line_fn(struct arena *arena, struct people *people, char *line);

static int read_lines(struct needs *needs, const char *path, struct people *people,
		      add_line_fn *add_line)
{
	char *text;
	size_t size;

	if (TRY(needs_read(needs, path, FILE_SIZE_MAX, &text, &size)) == 0)
		return 0;
	for (char *line; text && (line = strsep(&text, "\n")) != NULL;)
		TRY(add_line(needs->sysroot->arena, people, line));
	return 0;
}

int people_get(struct needs *needs, const struct people **out)
{
	if (!needs->people) {
		struct people *people = arena_alloc(needs->sysroot->arena, sizeof(*people));

		if (!people)
			return -ENOMEM;
		TRY(read_lines(needs, "/etc/passwd", people, add_account_line));
		TRY(read_lines(needs, "/etc/group", people, add_group_line));
		needs->people = people;
	}
	*out = needs->people;
	return 0;
}

const struct account *people_account(const struct people *people, const char *name)
{
	for (size_t i = 0; i < people->accounts.count; i++)
		if (strcmp(people->accounts.items[i].name, name) == 0)
			return &people->accounts.items[i];
	return NULL;
}

const struct account_group *people_group(const struct people *people, const char *name)
{
	for (size_t i = 0; i < people->groups.count; i++)
		if (strcmp(people->groups.items[i].name, name) == 0)
			return &people->groups.items[i];
	return NULL;
}

const char *people_name(const struct people *people, uid_t uid)
{
	for (size_t i = 0; i < people->accounts.count; i++)
		if (people->accounts.items[i].uid == uid)
			return people->accounts.items[i].name;
	return NULL;
}

const char *people_group_name(const struct people *people, gid_t gid)
{
	for (size_t i = 0; i < people->groups.count; i++)
		if (people->groups.items[i].gid == gid)
			return people->groups.items[i].name;
	return NULL;
}

/* Root, nobody and nogroup are always there. */
static bool is_of_system(uint32_t id)
{
	return id != 0 && id != 65534 && (id < PERSON_FIRST || id > PERSON_LAST);
}

int people_add(struct needs *needs, struct need *need, const char *name)
{
	const struct people *people;
	const struct account_group *group;
	const struct account *account;
	struct need_item item = { .kind = NEED_ACCOUNT };

	TRY(people_get(needs, &people));
	account = people_account(people, name);
	group = people_group(people, name);
	if (account && is_of_system(account->uid)) {
		item.path = account->name;
	} else if (!account && group && is_of_system(group->gid)) {
		item.kind = NEED_GROUP;
		item.path = group->name;
	}
	return item.path ? need_add(needs, need, &item) : 0;
}

/*
 * Whether a string that is NAME, of ID, is more than a word: the accounts that every system has are
 * called by words (mail, news, sync), and some others as functions of libc are.
 */
static bool is_telling(const char *name, uint32_t id)
{
	static const char *const functions[] = { "bind", "daemon", "signal", "sync" };

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (strcmp(name, functions[i]) == 0)
			return false;
	return id >= PACKAGES_FIRST || strchr(name, '-');
}

static int add_named(void *data, const char *string)
{
	const struct need_filling *filling = data;
	const struct account_group *group;
	const struct account *account;
	const struct people *people;

	TRY(people_get(filling->needs, &people));
	if (!*string || !may_be_name(people, string))
		return 0;
	account = people_account(people, string);
	group = people_group(people, string);
	if ((account && is_telling(string, account->uid)) ||
	    (!account && group && is_telling(string, group->gid)))
		return people_add(filling->needs, filling->need, string);
	return 0;
}

static int is_text(void *data, const char *string)
{
	return strcmp(data, string) == 0;
}

int people_add_owner(struct needs *needs, struct need *need, const char *name)
{
	if (!name ||
	    TRY(needs_visit_words(needs, need->object, is_text, (void *)(uintptr_t)name)) == 0)
		return 0;
	return people_add(needs, need, name);
}

int make_accounts(struct needs *needs, struct need *need)
{
	struct need_filling filling = { needs, need };

	/* libc knows nobody by name. */
	if (needs_find_object(need->process, "libc.so.*") == need->object)
		return 0;
	/* The linker may have made a program's own name the end of a path that it has, too. */
	TRY(add_named(&filling, path_basename(need->object->loaded.location.path)));
	return needs_visit_words(needs, need->object, add_named, &filling);
}

/* Whether LIST, of names between commas, has NAME. */
static bool has_member(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at && *at; at += strspn(at, ",")) {
		size_t size = strcspn(at, ",");

		if (size == length && strncmp(at, name, length) == 0)
			return true;
		at += size;
	}
	return false;
}

struct gathering {
	struct arena *arena;
	const struct people *people;
	TABLE(struct account) accounts;
	TABLE(struct account_group) groups;
};

static int gather_group(struct gathering *gathering, const struct account_group *group)
{
	struct account_group *slot;

	for (size_t i = 0; i < gathering->groups.count; i++)
		if (strcmp(gathering->groups.items[i].name, group->name) == 0)
			return 0;
	slot = TABLE_ADD(gathering->arena, &gathering->groups);
	if (!slot)
		return -ENOMEM;
	*slot = *group;
	return 0;
}

/* ACCOUNT with the group that is its own, and those that it is a member of. */
static int gather_account(struct gathering *gathering, const struct account *account)
{
	const struct people *people = gathering->people;
	struct account *slot;

	for (size_t i = 0; i < gathering->accounts.count; i++)
		if (strcmp(gathering->accounts.items[i].name, account->name) == 0)
			return 0;
	slot = TABLE_ADD(gathering->arena, &gathering->accounts);
	if (!slot)
		return -ENOMEM;
	*slot = *account;
	for (size_t i = 0; i < people->groups.count; i++) {
		const struct account_group *group = &people->groups.items[i];

		if (group->gid == account->gid || has_member(group->members, account->name))
			TRY(gather_group(gathering, group));
	}
	return 0;
}

static int gather_item(struct gathering *gathering, const struct need_item *item)
{
	const struct account *account = people_account(gathering->people, item->path);
	const struct account_group *group = people_group(gathering->people, item->path);

	if (item->kind == NEED_ACCOUNT && account)
		return gather_account(gathering, account);
	return item->kind == NEED_GROUP && group ? gather_group(gathering, group) : 0;
}

static int compare_accounts(const void *left, const void *right)
{
	return strcmp(((const struct account *)left)->name, ((const struct account *)right)->name);
}

static int compare_groups(const void *left, const void *right)
{
	return strcmp(((const struct account_group *)left)->name,
		      ((const struct account_group *)right)->name);
}

int people_gather(struct needs *needs, struct accounts *accounts)
{
	struct gathering gathering = { .arena = needs->sysroot->arena };

	for (size_t i = 0; i < needs->count; i++)
		for (size_t j = 0; j < needs->items[i]->n_items; j++) {
			const struct need_item *item = &needs->items[i]->items[j];

			if (!item->brought ||
			    (item->kind != NEED_ACCOUNT && item->kind != NEED_GROUP))
				continue;
			TRY(people_get(needs, &gathering.people));
			TRY(gather_item(&gathering, item));
		}
	if (gathering.accounts.count > 0)
		qsort(gathering.accounts.items, gathering.accounts.count,
		      sizeof(*gathering.accounts.items), compare_accounts);
	if (gathering.groups.count > 0)
		qsort(gathering.groups.items, gathering.groups.count,
		      sizeof(*gathering.groups.items), compare_groups);
	accounts->found = gathering.accounts.items;
	accounts->n_found = gathering.accounts.count;
	accounts->groups = gathering.groups.items;
	accounts->n_groups = gathering.groups.count;
	return 0;
}

uid_t people_uid(const struct accounts *accounts, const char *owner)
{
	for (size_t i = 0; owner && i < accounts->n_asked; i++)
		if (strcmp(accounts->asked[i].name, owner) == 0)
			return accounts->asked[i].uid;
	for (size_t i = 0; owner && i < accounts->n_found; i++)
		if (strcmp(accounts->found[i].name, owner) == 0)
			return accounts->found[i].uid;
	return (uid_t)-1;
}

gid_t people_gid(const struct accounts *accounts, const char *group)
{
	for (size_t i = 0; group && i < accounts->n_asked; i++)
		if (strcmp(accounts->asked[i].name, group) == 0)
			return accounts->asked[i].gid;
	for (size_t i = 0; group && i < accounts->n_groups; i++)
		if (strcmp(accounts->groups[i].name, group) == 0)
			return accounts->groups[i].gid;
	return (gid_t)-1;
}
