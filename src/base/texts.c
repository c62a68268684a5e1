/* SPDX-License-Identifier: Apache-2.0 */
#include "base/texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int texts_add(struct arena *arena, struct texts *texts, const char *text)
{
	const char **item = text ? TABLE_ADD(arena, texts) : NULL;

	if (!item)
		return -ENOMEM;
	*item = text;
	return 0;
}

int texts_add_once(struct arena *arena, struct texts *texts, const char *text)
{
	return text && texts_have(texts, text) ? 0 : texts_add(arena, texts, text);
}

bool texts_have(const struct texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->items[i], text) == 0)
			return true;
	return false;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void texts_sort(const char **items, size_t count)
{
	/* An empty list has no items to point at, and qsort wants a pointer. */
	if (count > 0)
		qsort(items, count, sizeof(*items), compare);
}

size_t texts_sort_once(const char **items, size_t count)
{
	size_t kept = 0;

	texts_sort(items, count);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(items[kept - 1], items[i]) != 0)
			items[kept++] = items[i];
	return kept;
}

const char *const *texts_find(const char *const *items, size_t count, const char *text)
{
	return count > 0 ? bsearch(&text, items, count, sizeof(*items), compare) : NULL;
}
