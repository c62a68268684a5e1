/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include <stdint.h>
#include <string.h>

const char *path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_dirname(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return arena_strdup(arena, ".");
	while (slash > path && slash[-1] == '/')
		slash--;
	if (slash == path)
		return arena_strdup(arena, "/");
	return arena_strndup(arena, path, (size_t)(slash - path));
}

char *path_join(struct arena *arena, const char *directory, const char *name)
{
	size_t left = strlen(directory);
	size_t right = strlen(name);
	bool slash = left > 0 && directory[left - 1] == '/';
	char *path = arena_alloc(arena, left + right + 2);

	if (!path)
		return NULL;
	memcpy(path, directory, left);
	if (!slash)
		path[left++] = '/';
	memcpy(path + left, name, right + 1);
	return path;
}

/* Appends PATH's components to OUT, which holds LENGTH bytes of a normalized path without "/". */
static size_t normalize_append(char *out, size_t length, const char *path)
{
	while (*path) {
		size_t size = strcspn(path, "/");

		if (size == 2 && memcmp(path, "..", 2) == 0) {
			while (length > 0 && out[--length] != '/')
				;
		} else if (size > 0 && !(size == 1 && path[0] == '.')) {
			out[length++] = '/';
			memcpy(out + length, path, size);
			length += size;
		}
		path += size;
		path += strspn(path, "/");
	}
	return length;
}

char *path_normalize(struct arena *arena, const char *base, const char *path)
{
	char *out = arena_alloc(arena, strlen(base) + strlen(path) + 3);
	size_t length = 0;

	if (!out)
		return NULL;
	if (path[0] != '/')
		length = normalize_append(out, length, base);
	length = normalize_append(out, length, path);
	if (length == 0)
		out[length++] = '/';
	out[length] = '\0';
	return out;
}

bool path_is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strcmp(directory, "/") == 0)
		return path[0] == '/';
	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '\0' || path[length] == '/');
}

unsigned utf8_length(const char *text)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t lowest;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	unsigned char first = (unsigned char)text[0];

	for (unsigned extra = 0; extra < ARRAY_SIZE(forms); extra++) {
		uint32_t code = first & (unsigned char)~forms[extra].mask;

		if ((first & forms[extra].mask) != forms[extra].lead)
			continue;
		for (unsigned i = 1; i <= extra; i++) {
			unsigned char next = (unsigned char)text[i];

			if ((next & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (next & 0x3f);
		}
		if (code < forms[extra].lowest || code > 0x10ffff ||
		    (code >= 0xd800 && code <= 0xdfff))
			return 0;
		return extra + 1;
	}
	return 0;
}

void escape_append(struct buffer *buffer, const char *text)
{
	while (*text) {
		unsigned char byte = (unsigned char)*text;
		unsigned length = utf8_length(text);

		/* U+0080 to U+009F are control characters to a terminal too. */
		bool control = byte < 0x20 || byte == 0x7f ||
			       (byte == 0xc2 && length == 2 && (unsigned char)text[1] < 0xa0);

		if (byte == '\\')
			buffer_add_string(buffer, "\\\\");
		else if (byte == '\n')
			buffer_add_string(buffer, "\\n");
		else if (byte == '\t')
			buffer_add_string(buffer, "\\t");
		else if (length == 0 || control)
			buffer_printf(buffer, "\\%03o", byte);
		else
			buffer_add(buffer, text, length);
		text += length && !control ? length : 1;
	}
}

const char *escape_text(struct arena *arena, const char *text)
{
	CLEANUP(buffer) struct buffer buffer = { 0 };

	escape_append(&buffer, text);
	if (buffer_error(&buffer))
		return NULL;
	if (buffer.size == strlen(text))
		return text;
	return arena_strndup(arena, buffer.bytes, buffer.size);
}

bool utf8_is_valid(const char *text)
{
	while (*text) {
		unsigned length = utf8_length(text);

		if (length == 0)
			return false;
		text += length;
	}
	return true;
}

bool path_is_kernel(const char *path)
{
	static const char *const directories[] = { "/proc", "/sys", "/dev" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (path_is_below(path, directories[i]))
			return true;
	return false;
}
