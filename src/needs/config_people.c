/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/config_people.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/config_words.h"
#include "needs/make.h"
#include "needs/people.h"

#include <errno.h>

enum {
	FILE_SIZE_MAX = 1 << 20,
	FILES_MAX = 1024,
};

static int add_account(void *data, const struct config_word *word)
{
	const struct need_filling *filling = data;

	return word->kind == CONFIG_WORD_USER || word->kind == CONFIG_WORD_GROUP
		       ? people_add(filling->needs, filling->need, word->text)
		       : 0;
}

static int read_file(const struct need_filling *filling, const char *path)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const struct root *root = filling->needs->sysroot->root;
	struct need_filling reading = *filling;
	struct stat stat;
	size_t size;
	char *text;
	int r;

	if (!scratch)
		return -ENOMEM;
	if (TRY(needs_exists(filling->needs, path, &stat)) == 0 || !S_ISREG(stat.st_mode) ||
	    stat.st_size > FILE_SIZE_MAX)
		return 0;
	r = root_read(root, scratch, path, FILE_SIZE_MAX, &text, &size);
	if (r < 0)
		return r == -EFBIG ? 0 : needs_absent(filling->needs, path, r);
	r = config_words_read(text, size, add_account, &reading);
	return r < 0 ? r : 0;
}

int config_people_add(struct needs *needs, struct need *need)
{
	const struct need_filling filling = { needs, need };
	/* Accounts are added behind them. */
	size_t count = need->n_items;
	unsigned n_files = 0;

	for (size_t i = 0; i < count && n_files < FILES_MAX; i++) {
		const struct need_item *item = &need->items[i];

		if (item->kind != NEED_PATH || item->refused || !path_is_below(item->path, "/etc"))
			continue;
		n_files++;
		TRY(read_file(&filling, item->path));
	}
	return 0;
}
