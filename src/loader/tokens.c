/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/tokens.h"
#include "base/path.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/*
 * The length of token NAME at TEXT (behind its '$'), braces included; 0 where it is another
 * one. The longest name counts: $ORIGINAL is none (gABI; elf/dl-load.c: is_dst).
 */
static size_t token_length(const char *text, const char *end, const char *name)
{
	size_t length = strlen(name);
	bool braces = text < end && *text == '{';
	const char *behind;

	if (braces)
		text++;
	if ((size_t)(end - text) < length || memcmp(text, name, length) != 0)
		return 0;
	behind = text + length;
	if (braces)
		return behind < end && *behind == '}' ? length + 2 : 0;
	if (behind < end && (isalnum((unsigned char)*behind) || *behind == '_'))
		return 0;
	return length;
}

bool expand_has_token(const char *text)
{
	static const char *const names[] = { "ORIGIN", "PLATFORM", "LIB" };
	const char *end = text + strlen(text);

	while ((text = strchr(text, '$'))) {
		text++;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (token_length(text, end, names[i]))
				return true;
	}
	return false;
}

static int to_location(struct search_context *context, struct buffer *path, struct buffer *dest,
		       struct location *out)
{
	if (buffer_error(path) || buffer_error(dest))
		return -ENOMEM;
	out->path =
		arena_strndup(context->sysroot->arena, path->bytes ? path->bytes : "", path->size);
	out->dest =
		arena_strndup(context->sysroot->arena, dest->bytes ? dest->bytes : "", dest->size);
	return out->path && out->dest ? 0 : -ENOMEM;
}

static int unexpanded(struct search_context *context, const char *text, size_t size,
		      struct location *out)
{
	out->path = out->dest = arena_strndup(context->sysroot->arena, text, size);
	return out->path ? 0 : -ENOMEM;
}

/* A set-id program's $ORIGIN must lead into a default directory. */
static bool is_trusted(struct search_context *context, const char *path)
{
	const struct loader *loader = context->loader;
	const char *normal = path_normalize(context->sysroot->arena, "/", path);

	for (size_t i = 0; normal && i < loader->n_default_directories; i++)
		if (path_is_below(normal, loader->default_directories[i]))
			return true;
	return false;
}

int expand_glibc(struct search_context *context, const struct loaded *object, const char *text,
		 size_t size, struct location *out)
{
	CLEANUP(buffer) struct buffer path = { 0 };
	CLEANUP(buffer) struct buffer dest = { 0 };
	bool secure = context->program && context->program->secure;
	bool check_trust = false;
	const char *end = text + size;

	if (!memchr(text, '$', size))
		return unexpanded(context, text, size, out);
	for (const char *at = text; at < end;) {
		struct location value = { NULL, NULL };
		size_t length;

		if (*at != '$') {
			buffer_add(&path, at, 1);
			buffer_add(&dest, at++, 1);
			continue;
		}
		at++;
		if ((length = token_length(at, end, "ORIGIN")) != 0) {
			bool whole = at == text + 1 && (at + length == end || at[length] == '/');

			if (!secure || whole)
				value = object->origin;
			check_trust = secure && object == context->program;
		} else if ((length = token_length(at, end, "PLATFORM")) != 0) {
			value.path = value.dest = context->processor->platform;
			context->cpu_dependent = true;
		} else if ((length = token_length(at, end, "LIB")) != 0) {
			value.path = value.dest = context->loader->lib;
		} else {
			/* An unknown token stays as it is. */
			value.path = value.dest = "$";
		}
		if (!value.path)
			return SEARCH_NOT_FOUND;
		buffer_add_string(&path, value.path);
		buffer_add_string(&dest, value.dest);
		at += length;
	}
	if (check_trust && path.bytes && !is_trusted(context, path.bytes))
		return SEARCH_NOT_FOUND;
	return to_location(context, &path, &dest, out);
}

int expand_musl(struct search_context *context, const struct loaded *object, const char *text,
		size_t size, struct location *out)
{
	CLEANUP(buffer) struct buffer path = { 0 };
	CLEANUP(buffer) struct buffer dest = { 0 };
	const char *end = text + size;

	if (!memchr(text, '$', size))
		return unexpanded(context, text, size, out);
	for (const char *at = text; at < end;) {
		size_t length;

		if (*at != '$') {
			buffer_add(&path, at, 1);
			buffer_add(&dest, at++, 1);
			continue;
		}
		/* ldso/dynlink.c, fixup_rpath: compares what follows, no longest name. */
		at++;
		if (strncmp(at, "ORIGIN", 6) == 0)
			length = 6;
		else if (strncmp(at, "{ORIGIN}", 8) == 0)
			length = 8;
		else
			return SEARCH_NOT_FOUND;
		if (!object->origin.path || (context->program && context->program->secure))
			return SEARCH_NOT_FOUND;
		buffer_add_string(&path, object->origin.path);
		buffer_add_string(&dest, object->origin.dest);
		at += length;
	}
	return to_location(context, &path, &dest, out);
}
