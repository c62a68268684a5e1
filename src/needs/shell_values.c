/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/shell_values.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "needs/pattern.h"

#include <errno.h>
#include <string.h>

enum { VARIABLES_MAX = 1024 };

static const char hole[] = { SHELL_HOLE, '\0' };

struct shell_variable {
	UT_hash_handle hh;
	const char *values[SHELL_ALTERNATIVES_MAX];
	unsigned count;
};

void shell_values_reset(struct shell_values *values)
{
	for (unsigned i = 0; i < SHELL_ALTERNATIVES_MAX; i++)
		buffer_reset(&values->items[i]);
	values->count = 0;
}

const char *shell_values_get(const struct shell_values *values, unsigned index)
{
	return values->items[index].bytes ? values->items[index].bytes : "";
}

bool shell_value_is_plain(const char *text)
{
	return !strpbrk(text, "\1\2\3\4");
}

static void make_hole(struct buffer *item)
{
	buffer_reset(item);
	buffer_add(item, hole, 1);
}

/* What is too long is not known any more, and stays so. */
static int extend(struct buffer *item, const char *text, size_t size)
{
	if (size > SHELL_VALUE_MAX || item->size + size > SHELL_VALUE_MAX)
		make_hole(item);
	else
		buffer_add(item, text, size);
	return buffer_error(item);
}

int shell_values_append(struct shell_values *values, const char *text, size_t size)
{
	if (values->count == 0)
		values->count = 1;
	for (unsigned i = 0; i < values->count; i++)
		TRY(extend(&values->items[i], text, size));
	return 0;
}

int shell_values_append_char(struct shell_values *values, char c)
{
	return shell_values_append(values, &c, 1);
}

int shell_values_append_values(struct shell_values *values, const struct shell_values *more)
{
	unsigned count = values->count > 0 ? values->count : 1;

	if (more->count == 0 || count * more->count > SHELL_ALTERNATIVES_MAX)
		return shell_values_append(values, hole, 1);
	values->count = count * more->count;
	/* The copies first: from the last of them, since the first is what is copied. */
	for (unsigned i = values->count; i-- > count;)
		TRY(extend(&values->items[i], shell_values_get(values, i % count),
			   values->items[i % count].size));
	for (unsigned i = 0; i < values->count; i++)
		TRY(extend(&values->items[i], shell_values_get(more, i / count),
			   more->items[i / count].size));
	return 0;
}

int shell_values_add(struct shell_values *values, const char *text)
{
	for (unsigned i = 0; i < values->count; i++)
		if (strcmp(shell_values_get(values, i), text) == 0)
			return 0;
	if (values->count < SHELL_ALTERNATIVES_MAX)
		return extend(&values->items[values->count++], text, strlen(text));
	make_hole(&values->items[SHELL_ALTERNATIVES_MAX - 1]);
	return buffer_error(&values->items[SHELL_ALTERNATIVES_MAX - 1]);
}

int shell_values_add_values(struct shell_values *values, const struct shell_values *more)
{
	for (unsigned i = 0; i < more->count; i++)
		TRY(shell_values_add(values, shell_values_get(more, i)));
	return 0;
}

/* Whether PATTERN matches the LENGTH bytes at TEXT, which are cut off there for that. */
static bool matches(const char *pattern, char *text, size_t length)
{
	struct pattern_match match;
	char behind = text[length];
	bool is_match;

	text[length] = '\0';
	is_match = pattern_matches(pattern, text, &match);
	text[length] = behind;
	return is_match;
}

static int remove_from(struct buffer *item, const char *pattern, bool prefix, bool longest)
{
	size_t size = item->size;

	if (!shell_value_is_plain(item->bytes ? item->bytes : "")) {
		make_hole(item);
		return buffer_error(item);
	}
	for (size_t i = 0; item->bytes && i <= size; i++) {
		size_t length = longest ? size - i : i; /* of what is removed */

		if (prefix && matches(pattern, item->bytes, length)) {
			memmove(item->bytes, item->bytes + length, size - length + 1);
			item->size -= length;
			return 0;
		}
		if (!prefix && matches(pattern, item->bytes + size - length, length)) {
			item->size -= length;
			item->bytes[item->size] = '\0';
			return 0;
		}
	}
	return 0;
}

int shell_values_remove(struct shell_values *values, const char *pattern, bool prefix, bool longest)
{
	char glob[64];
	size_t length = strlen(pattern);
	bool known = length < sizeof(glob) && !strpbrk(pattern, "\1\4*?{}");

	memcpy(glob, pattern, known ? length + 1 : 0);
	for (size_t i = 0; known && i < length; i++)
		if (glob[i] == SHELL_STAR || glob[i] == SHELL_QUESTION)
			glob[i] = glob[i] == SHELL_STAR ? '*' : '?';
	for (unsigned i = 0; i < values->count; i++) {
		struct buffer *item = &values->items[i];

		if (known)
			TRY(remove_from(item, glob, prefix, longest));
		else
			make_hole(item);
		TRY(buffer_error(item));
	}
	return 0;
}

void shell_variables_reset(struct shell_variables *variables)
{
	HASH_CLEAR(hh, variables->table);
}

static struct shell_variable *find(const struct shell_variables *variables, const char *name,
				   size_t length)
{
	struct shell_variable *found;

	HASH_FIND(hh, variables->table, name, length, found);
	return found;
}

static int put(struct shell_variables *variables, struct shell_variable *variable, const char *text)
{
	const char **value;

	for (unsigned i = 0; i < variable->count; i++)
		if (strcmp(variable->values[i], text) == 0)
			return 0;
	if (variable->count < SHELL_ALTERNATIVES_MAX) {
		value = &variable->values[variable->count++];
	} else {
		value = &variable->values[SHELL_ALTERNATIVES_MAX - 1];
		text = hole;
		/* Once is enough. */
		if (strcmp(*value, hole) == 0)
			return 0;
	}
	*value = arena_strdup(variables->arena, text);
	return *value ? 0 : -ENOMEM;
}

int shell_variables_set(struct shell_variables *variables, const char *name, size_t length,
			const struct shell_values *values)
{
	struct shell_variable *variable = find(variables, name, length);

	if (!variable) {
		char *key = arena_strndup(variables->arena, name, length);

		variable = arena_alloc(variables->arena, sizeof(*variable));
		if (!key || !variable)
			return -ENOMEM;
		if (variables->count >= VARIABLES_MAX)
			return 0;
		variables->count++;
		HASH_ADD_KEYPTR(hh, variables->table, key, length, variable);
		if (!HASH_HAS(variable))
			return -ENOMEM;
	}
	for (unsigned i = 0; i < values->count; i++)
		TRY(put(variables, variable, shell_values_get(values, i)));
	return 0;
}

int shell_variables_get(const struct shell_variables *variables, const char *name, size_t length,
			struct shell_values *values)
{
	const struct shell_variable *variable = find(variables, name, length);

	for (unsigned i = 0; variable && i < variable->count; i++)
		TRY(shell_values_add(values, variable->values[i]));
	return 0;
}
