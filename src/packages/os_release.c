/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/os_release.h"

#include <errno.h>

enum { OS_RELEASE_SIZE_MAX = 1024 * 1024 };

/* A value as a shell has it: in quotes or without, where "\" makes the next character plain. */
static char *unquote(struct arena *arena, struct view value)
{
	char *text = arena_alloc(arena, value.size + 1);
	size_t size = 0;
	char quote = '\0';

	value = view_trim(value);
	if (value.size >= 2 && strchr("\"'", value.bytes[0]) && value.bytes[0] &&
	    value.bytes[value.size - 1] == value.bytes[0]) {
		quote = value.bytes[0];
		value = (struct view){ value.bytes + 1, value.size - 2 };
	}
	for (size_t i = 0; text && i < value.size; i++) {
		if (value.bytes[i] == '\\' && quote != '\'' && i + 1 < value.size)
			i++;
		text[size++] = value.bytes[i];
	}
	return text;
}

int os_release_parse(struct arena *arena, struct view text, struct os_release *out)
{
	const char *codename = NULL;
	const struct {
		const char *key;
		const char **value;
	} keys[] = {
		{ "ID=", &out->id },
		{ "VERSION_ID=", &out->version_id },
		{ "VERSION_CODENAME=", &codename },
		{ "PRETTY_NAME=", &out->name },
	};
	struct view line;

	*out = (struct os_release){ .id = "linux" };
	while (view_take_line(&text, &line))
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			char *value;

			if (!view_begins(line, keys[i].key))
				continue;
			value = unquote(arena, view_skip(line, strlen(keys[i].key)));
			if (!value)
				return -ENOMEM;
			if (*value)
				*keys[i].value = value;
		}
	if (!out->version_id)
		out->version_id = codename;
	return 0;
}

/* The text of the file at PATH; -ENOENT, too, where that is no file. */
static int read_text(struct arena *arena, const struct root *root, const char *path,
		     struct view *out)
{
	char *bytes;
	int r = root_read(root, arena, path, OS_RELEASE_SIZE_MAX, &bytes, &out->size);

	if (r == -ENOTDIR || r == -EISDIR || r == -EINVAL)
		return -ENOENT;
	if (r < 0)
		return r;
	out->bytes = bytes;
	return 0;
}

int os_release_read(struct arena *arena, const struct root *root, struct os_release *out)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
	struct view text = { "", 0 };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int r = read_text(arena, root, paths[i], &text);

		if (r == -ENOENT)
			continue;
		return r < 0 ? r : os_release_parse(arena, text, out);
	}
	return os_release_parse(arena, text, out);
}
