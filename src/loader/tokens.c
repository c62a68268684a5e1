/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/tokens.h"
#include "base/buffer.h"
#include "base/error.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

size_t token_length(const char *at, const char *end, const char *name)
{
	size_t length = strlen(name);
	bool braces = at < end && *at == '{';
	const char *behind;

	if (braces)
		at++;
	if ((size_t)(end - at) < length || memcmp(at, name, length) != 0)
		return 0;
	behind = at + length;
	if (braces)
		return behind < end && *behind == '}' ? length + 2 : 0;
	if (behind < end && (isalnum((unsigned char)*behind) || *behind == '_'))
		return 0;
	return length;
}

static int copy(struct arena *arena, const struct buffer *buffer, const char **out)
{
	TRY(buffer_error(buffer));
	*out = arena_strndup(arena, buffer->bytes ? buffer->bytes : "", buffer->size);
	return *out ? 0 : -ENOMEM;
}

int tokens_expand(struct search_context *context, const struct loaded *object, const char *text,
		  size_t size, token_value_fn *value, struct location *out)
{
	CLEANUP(buffer) struct buffer path = { 0 };
	CLEANUP(buffer) struct buffer dest = { 0 };
	struct arena *arena = context->sysroot->arena;
	struct token token = { .object = object, .text = text, .end = text + size };

	for (const char *at = text; at < token.end;) {
		const char *dollar = memchr(at, '$', (size_t)(token.end - at));
		size_t literal = (size_t)((dollar ? dollar : token.end) - at);
		struct location with;
		size_t length;
		int r;

		buffer_add(&path, at, literal);
		buffer_add(&dest, at, literal);
		if (!dollar)
			break;
		token.at = dollar + 1;
		r = value(context, &token, &length, &with);
		if (r != 0)
			return r;
		buffer_add_string(&path, with.path);
		buffer_add_string(&dest, with.dest);
		at = token.at + length;
	}
	TRY(copy(arena, &path, &out->path));
	return copy(arena, &dest, &out->dest);
}
