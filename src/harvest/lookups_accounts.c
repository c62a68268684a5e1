/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/lookups_accounts.h"
#include "harvest/words.h"
#include "needs/make.h"
#include "needs/people.h"

#include <errno.h>
#include <string.h>

enum { ACCOUNTS_SIZE_MAX = 1 << 20 };

/* The accounts of the result, as a text; "" where it has none. */
static int read_accounts(struct arena *arena, const struct root *inside, char **out)
{
	size_t size;
	int r = root_read(inside, arena, "/etc/passwd", ACCOUNTS_SIZE_MAX, out, &size);

	if (r >= 0)
		return 0;
	if (!root_is_absence(r) && r != -EFBIG)
		return r;
	*out = arena_strdup(arena, "");
	return *out ? 0 : -ENOMEM;
}

/* Whether the text of /etc/passwd has a line of NAME. */
static bool has_account(const char *accounts, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = accounts; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			return true;
	}
	return false;
}

/* Whether the run has read who there is. */
static bool has_asked(const struct trace *trace)
{
	for (size_t i = 0; i < trace->n_files; i++)
		if ((strcmp(trace->files[i].path, "/etc/passwd") == 0 ||
		     strcmp(trace->files[i].path, "/etc/group") == 0) &&
		    (trace->files[i].uses & TRACE_OPENED))
			return true;
	return false;
}

/* Names of accounts are words like others: "news", "list", "backup". */
static bool speaks_of_people(const char *words)
{
	static const char *const signs[] = {
		"user", "User", "group", "Group", "account", "Account"
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (words_have(words, signs[i]))
			return true;
	return false;
}

static int add_account(struct arena *arena, const struct lookups_of *run,
		       const struct account *account, struct lookup_list *out)
{
	static const char *const uses[] = { "account", NULL };
	const bool alone = run->found->resolver->plan->user == NULL;
	struct lookup *slot;

	for (size_t i = 0; i < out->all.count; i++)
		if (out->all.items[i].kind == LOOKUP_ACCOUNT &&
		    strcmp(out->all.items[i].path, account->name) == 0)
			return 0;
	slot = TABLE_ADD(arena, &out->all);
	if (!slot)
		return -ENOMEM;
	*slot = (struct lookup){
		.path = account->name,
		.kind = LOOKUP_ACCOUNT,
		.rank = LOOKUP_NAMED,
		.uses = uses,
		/* The image goes on running as root: it runs as the first. */
		.option =
			arena_printf(arena, "%s--user %s:%u:%u", alone ? "--user root " : "",
				     account->name, (unsigned)account->uid, (unsigned)account->gid),
		.last = UINT32_MAX,
	};
	return slot->option ? 0 : -ENOMEM;
}

int lookups_find_accounts(struct arena *arena, const struct lookups_of *run,
			  const struct root *inside, struct lookup_list *out)
{
	const struct people *people;
	const char *at = run->last_words;
	const char *word;
	char *accounts;
	bool spoken;
	size_t length;

	if (!has_asked(run->trace))
		return 0;
	spoken = speaks_of_people(run->last_words);
	TRY(people_get(run->found->needs, &people));
	TRY(read_accounts(arena, inside, &accounts));
	while ((length = words_next(&at, &word)) > 0) {
		const char *name = arena_strndup(arena, word, length);
		const struct account *account = name ? people_account(people, name) : NULL;

		if (!name)
			return -ENOMEM;
		if (account && strcmp(account->name, name) == 0 && !has_account(accounts, name) &&
		    (spoken || words_quote(run->last_words, name)))
			TRY(add_account(arena, run, account, out));
	}
	return 0;
}
