/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest/accounts.h"
#include "base/buffer.h"
#include "base/number.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
	NAME_LENGTH_MAX = 32, /* as useradd(8) */
	NOBODY = 65534,
};

static bool is_name(const char *text, size_t length)
{
	if (length == 0 || length > NAME_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		bool letter = (c >= 'a' && c <= 'z') || c == '_';

		if (!letter && (i == 0 || !(is_digit(c) || c == '-')))
			return false;
	}
	return true;
}

/* ":ID" at *TEXT; moves behind it. The highest number is none: (uid_t)-1. */
static bool parse_id(const char **text, uint32_t *id)
{
	const char *at = *text + 1;
	uint64_t value;

	if (**text != ':' || !number_take(&at, 10, UINT32_MAX - 1, &value))
		return false;
	*text = at;
	*id = (uint32_t)value;
	return true;
}

int account_parse(struct arena *arena, const char *text, struct account *account)
{
	size_t length = strcspn(text, ":");
	uint32_t uid = ACCOUNT_DEFAULT_ID;
	uint32_t gid;
	const char *rest = text + length;

	if (!is_name(text, length))
		return -EINVAL;
	if (strncmp(text, "root", length) == 0 && length == 4)
		uid = 0;
	else if (strncmp(text, "nobody", length) == 0 && length == 6)
		uid = NOBODY;
	if (*rest && !parse_id(&rest, &uid))
		return -EINVAL;
	gid = uid;
	if (*rest && !parse_id(&rest, &gid))
		return -EINVAL;
	if (*rest)
		return -EINVAL;
	account->name = arena_strndup(arena, text, length);
	account->uid = uid;
	account->gid = gid;
	return account->name ? 0 : -ENOMEM;
}

static bool is_called(const struct account *user, const char *name)
{
	return user && user->name && strcmp(user->name, name) == 0;
}

static void add_user(struct buffer *passwd, const char *name, uid_t uid, gid_t gid,
		     const char *home)
{
	buffer_printf(passwd, "%s:x:%u:%u:%s:%s:/sbin/nologin\n", name, uid, gid, name, home);
}

int accounts_put(struct manifest *manifest, const struct account *user)
{
	CLEANUP(buffer) struct buffer passwd = { 0 };
	CLEANUP(buffer) struct buffer group = { 0 };
	int r;

	if (!is_called(user, "root")) {
		add_user(&passwd, "root", 0, 0, "/root");
		buffer_add_string(&group, "root:x:0:\n");
	}
	if (user && user->name) {
		/* "/" is the one directory that is sure to be there. */
		add_user(&passwd, user->name, user->uid, user->gid, "/");
		buffer_printf(&group, "%s:x:%u:\n", user->name, user->gid);
	}
	if (!is_called(user, "nobody")) {
		add_user(&passwd, "nobody", NOBODY, NOBODY, "/nonexistent");
		buffer_printf(&group, "nobody:x:%u:\n", NOBODY);
	}
	/* Debian's name of nobody's group; elsewhere it is nobody. */
	if (!is_called(user, "nogroup"))
		buffer_printf(&group, "nogroup:x:%u:\n", NOBODY);
	if (buffer_error(&passwd) || buffer_error(&group))
		return -ENOMEM;
	r = manifest_put_file(manifest, "/etc/passwd", 0644, passwd.bytes, passwd.size,
			      ENTRY_DEFAULT, "accounts");
	if (r == 0)
		r = manifest_put_file(manifest, "/etc/group", 0644, group.bytes, group.size,
				      ENTRY_DEFAULT, "accounts");
	return r < 0 ? r
		     : manifest_put_directory(manifest, "/tmp", 01777, (uid_t)-1, (gid_t)-1,
					      ENTRY_DEFAULT, "temporary files");
}
