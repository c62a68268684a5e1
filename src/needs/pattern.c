/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/pattern.h"
#include "base/buffer.h"

#include <fnmatch.h>
#include <string.h>

enum {
	/* Patterns are our own, texts are the file's: a text this long is no path. */
	TEXT_MAX = 4096,
};

/* Where a match goes on from when it does not work out: one character more for the last '*'. */
struct retry {
	const char *pattern; /* behind the '*'; NULL where there is none yet */
	const char *text;
	struct pattern_match match;
};

/* Braces at *PATTERN, which match nothing by themselves; false where there are too many. */
static bool take_braces(const char **pattern, const char *text, struct pattern_match *match)
{
	for (; **pattern == '{' || **pattern == '}'; ++*pattern) {
		if (match->count == PATTERN_CAPTURES_MAX)
			return false;
		if (**pattern == '{')
			match->start[match->count] = text;
		else
			match->length[match->count] = (size_t)(text - match->start[match->count]);
		match->count += **pattern == '}';
	}
	return true;
}

/*
 * To go back to the last '*' alone is enough: what is before it was matched as early as it can
 * be, and leaves the most to what is behind. So no text takes longer than its length times
 * the pattern's.
 */
bool pattern_matches(const char *pattern, const char *text, struct pattern_match *match)
{
	struct retry retry = { 0 };

	*match = (struct pattern_match){ 0 };
	if (strnlen(text, TEXT_MAX) == TEXT_MAX)
		return false;
	for (;;) {
		if (!take_braces(&pattern, text, match))
			return false;
		if (*pattern == '*') {
			retry = (struct retry){ ++pattern, text, *match };
		} else if (*pattern && *text && (*pattern == '?' || *pattern == *text)) {
			pattern++;
			text++;
		} else if (!*pattern && !*text) {
			return true;
		} else if (retry.pattern && *retry.text) {
			pattern = retry.pattern;
			text = ++retry.text;
			*match = retry.match;
		} else {
			return false;
		}
	}
}

static bool is_special(char c)
{
	return c == '*' || c == '?' || c == '[' || c == ']' || c == '\\';
}

/* How much of TEXT is no more than what it says. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	while (text[length] && !is_special(text[length]))
		length++;
	return length;
}

bool pattern_glob_matches(const char *glob, const char *text)
{
	const char *end;
	size_t suffix;
	size_t length;
	size_t middle;

	for (; *glob && !is_special(*glob); glob++, text++)
		if (*glob != *text)
			return false;
	if (!*glob)
		return !*text;
	end = glob + strlen(glob);
	for (suffix = 0; !is_special(end[-1 - (ptrdiff_t)suffix]); suffix++)
		;
	length = strlen(text);
	if (length < suffix || memcmp(text + length - suffix, end - suffix, suffix) != 0)
		return false;
	if (*glob == '*') {
		middle = plain_length(glob + 1);
		if (!glob[1 + middle])
			return true;
		if (!memmem(text, length, glob + 1, middle))
			return false;
	}
	return fnmatch(glob, text, 0) == 0;
}

static void add_quoted(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("*?[\\", text[i]))
			buffer_add(out, "\\", 1);
		buffer_add(out, text + i, 1);
	}
}

const char *pattern_quote(struct arena *arena, const char *text)
{
	CLEANUP(buffer) struct buffer out = { 0 };

	add_quoted(&out, text, strlen(text));
	return buffer_error(&out) ? NULL : arena_strdup(arena, out.bytes ? out.bytes : "");
}

/* The value of the reference at *AT; moves behind it. NULL where it has none. */
static const char *take_reference(const char **at, const struct pattern_match *match,
				  const char *origin, const char *value, size_t *length)
{
	const char *text = NULL;

	if (**at == '%') {
		size_t index = (size_t)((*at)[1] - '1');

		*at += 2;
		if (!match || index >= match->count)
			return NULL;
		*length = match->length[index];
		return match->start[index];
	}
	if (strncmp(*at, "$ORIGIN", 7) == 0) {
		*at += 7;
		text = origin;
	} else if (strncmp(*at, "$VALUE", 6) == 0) {
		*at += 6;
		text = value;
	}
	*length = text ? strlen(text) : 0;
	return text;
}

const char *pattern_expand(struct arena *arena, const char *template,
			   const struct pattern_match *match, const char *origin, const char *value,
			   bool quoted, bool *failed)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const char *result;

	while (*template) {
		size_t length = strcspn(template, "%$");
		const char *text = template;

		if (length > 0) {
			buffer_add(&out, text, length);
			template += length;
			continue;
		}
		text = take_reference(&template, match, origin, value, &length);
		if (!text)
			return NULL;
		if (quoted)
			add_quoted(&out, text, length);
		else
			buffer_add(&out, text, length);
	}
	result = buffer_error(&out) ? NULL : arena_strdup(arena, out.bytes ? out.bytes : "");
	*failed |= !result;
	return result;
}
