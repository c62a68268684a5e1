/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest/accounts.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/number.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
	NAME_LENGTH_MAX = 32, /* as useradd(8) */
	NOBODY = 65534,
};

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
	       c == '.';
}

/* shadow's lib/chkname.c: programs would take a name of digits alone for an id. */
bool account_name_is_valid(const char *name, size_t length)
{
	size_t n_digits = 0;
	size_t n_dots = 0;

	if (length == 0 || length > NAME_LENGTH_MAX || name[0] == '-')
		return false;
	for (size_t i = 0; i < length; i++) {
		bool is_last_of_many = i > 0 && i == length - 1;

		n_digits += is_digit(name[i]);
		n_dots += name[i] == '.';
		if (!is_name_character(name[i]) && name[i] != '-' &&
		    !(name[i] == '$' && is_last_of_many))
			return false;
	}
	return n_digits < length && !(n_dots == length && length <= 2);
}

/* ":ID" at *TEXT; moves behind it. */
static bool take_id(const char **text, uint32_t *id)
{
	uint64_t value;

	if (**text != ':')
		return false;
	++*text;
	if (!number_take(text, 10, UINT32_MAX - 1, &value))
		return false;
	*id = (uint32_t)value;
	return true;
}

int account_parse(struct arena *arena, const char *text, struct account *account)
{
	size_t length = strcspn(text, ":");
	uint32_t uid = ACCOUNT_DEFAULT_ID;
	uint32_t gid;
	const char *rest = text + length;

	if (!account_name_is_valid(text, length))
		return -EINVAL;
	*account = (struct account){ .name = arena_strndup(arena, text, length) };
	if (!account->name)
		return -ENOMEM;
	if (strcmp(account->name, "root") == 0)
		uid = 0;
	else if (strcmp(account->name, "nobody") == 0)
		uid = NOBODY;
	if (*rest && !take_id(&rest, &uid))
		return -EINVAL;
	gid = uid;
	if (*rest && !take_id(&rest, &gid))
		return -EINVAL;
	account->uid = uid;
	account->gid = gid;
	return *rest ? -EINVAL : 0;
}

/* /etc/passwd and /etc/group, while they are put together. */
struct account_files {
	const struct accounts *accounts;
	struct buffer passwd;
	struct buffer group;
};

static void account_files_cleanup(struct account_files *writing)
{
	buffer_reset(&writing->passwd);
	buffer_reset(&writing->group);
}

static bool is_among(const struct account *accounts, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(accounts[i].name, name, length) == 0 && !accounts[i].name[length])
			return true;
	return false;
}

static bool is_asked(const struct account_files *writing, const char *name)
{
	return is_among(writing->accounts->asked, writing->accounts->n_asked, name, strlen(name));
}

static bool is_always_there(const char *name)
{
	return strcmp(name, "root") == 0 || strcmp(name, "nobody") == 0;
}

/* "*" is no password's hash. An "x" would send PAM to a shadow file, and without one it refuses
 * everybody. */
static void add_account(struct account_files *writing, const char *name, uid_t uid, gid_t gid,
			const char *home)
{
	buffer_printf(&writing->passwd, "%s:*:%u:%u:%s:%s:/sbin/nologin\n", name, uid, gid, name,
		      home ? home : "/");
}

static void add_group(struct account_files *writing, const char *name, gid_t gid)
{
	buffer_printf(&writing->group, "%s:*:%u:", name, gid);
}

/* Adds GROUP with those of its members that have an account in the result. */
static void add_found_group(struct account_files *writing, const struct account_group *group)
{
	const struct accounts *accounts = writing->accounts;
	const char *at = group->members ? group->members : "";
	const char *separator = "";

	add_group(writing, group->name, group->gid);
	while (*at) {
		size_t length = strcspn(at, ",");

		if (is_among(accounts->asked, accounts->n_asked, at, length) ||
		    is_among(accounts->found, accounts->n_found, at, length)) {
			buffer_printf(&writing->group, "%s%.*s", separator, (int)length, at);
			separator = ",";
		}
		at += length;
		at += *at == ',';
	}
	buffer_add_string(&writing->group, "\n");
}

static void add_own_group(struct account_files *writing, const char *name, gid_t gid)
{
	add_group(writing, name, gid);
	buffer_add_string(&writing->group, "\n");
}

static void write_accounts(struct account_files *writing)
{
	const struct accounts *accounts = writing->accounts;

	if (!is_asked(writing, "root"))
		add_account(writing, "root", 0, 0, "/root");
	for (size_t i = 0; i < accounts->n_asked; i++)
		add_account(writing, accounts->asked[i].name, accounts->asked[i].uid,
			    accounts->asked[i].gid, accounts->asked[i].home);
	for (size_t i = 0; i < accounts->n_found; i++)
		if (!is_asked(writing, accounts->found[i].name) &&
		    !is_always_there(accounts->found[i].name))
			add_account(writing, accounts->found[i].name, accounts->found[i].uid,
				    accounts->found[i].gid, accounts->found[i].home);
	if (!is_asked(writing, "nobody"))
		add_account(writing, "nobody", NOBODY, NOBODY, "/nonexistent");
}

static void write_groups(struct account_files *writing)
{
	const struct accounts *accounts = writing->accounts;

	if (!is_asked(writing, "root"))
		add_own_group(writing, "root", 0);
	for (size_t i = 0; i < accounts->n_asked; i++)
		add_own_group(writing, accounts->asked[i].name, accounts->asked[i].gid);
	for (size_t i = 0; i < accounts->n_groups; i++)
		if (!is_asked(writing, accounts->groups[i].name) &&
		    !is_always_there(accounts->groups[i].name) &&
		    strcmp(accounts->groups[i].name, "nogroup") != 0)
			add_found_group(writing, &accounts->groups[i]);
	if (!is_asked(writing, "nobody"))
		add_own_group(writing, "nobody", NOBODY);
	/* The group of nobody: Debian calls it nogroup, others nobody. */
	if (!is_asked(writing, "nogroup"))
		add_own_group(writing, "nogroup", NOBODY);
}

int accounts_put(struct manifest *manifest, const struct accounts *accounts)
{
	CLEANUP(account_files) struct account_files writing = { .accounts = accounts };

	write_accounts(&writing);
	write_groups(&writing);
	TRY(buffer_error(&writing.passwd));
	TRY(buffer_error(&writing.group));
	TRY(manifest_put_file(manifest, "/etc/passwd", 0644, writing.passwd.bytes,
			      writing.passwd.size, ENTRY_DEFAULT, "accounts"));
	return manifest_put_file(manifest, "/etc/group", 0644, writing.group.bytes,
				 writing.group.size, ENTRY_DEFAULT, "accounts");
}
