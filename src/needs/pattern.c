#include "needs/pattern.h"
#include "base/buffer.h"

#include <string.h>

enum {
	/* Patterns are our own, texts are the file's: a text this long is no path. */
	TEXT_MAX = 4096,
};

static bool match_here(const char *pattern, const char *text, struct pattern_match *match)
{
	for (;; pattern++) {
		struct pattern_match saved = *match;

		switch (*pattern) {
		case '\0':
			return *text == '\0';
		case '{':
			if (match->count == PATTERN_CAPTURES_MAX)
				return false;
			match->start[match->count] = text;
			continue;
		case '}':
			match->length[match->count] = (size_t)(text - match->start[match->count]);
			match->count++;
			continue;
		case '*':
			for (;; text++) {
				if (match_here(pattern + 1, text, match))
					return true;
				*match = saved;
				if (!*text)
					return false;
			}
		case '?':
			if (!*text++)
				return false;
			continue;
		default:
			if (*pattern != *text++)
				return false;
		}
	}
}

bool pattern_matches(const char *pattern, const char *text, struct pattern_match *match)
{
	*match = (struct pattern_match){ 0 };
	return strnlen(text, TEXT_MAX) < TEXT_MAX && match_here(pattern, text, match);
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
			   bool *failed)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const char *result;

	while (*template) {
		size_t length = strcspn(template, "%$");
		const char *text = template;

		if (length > 0)
			template += length;
		else
			text = take_reference(&template, match, origin, value, &length);
		if (!text)
			return NULL;
		buffer_add(&out, text, length);
	}
	result = buffer_error(&out) ? NULL : arena_strdup(arena, out.bytes ? out.bytes : "");
	*failed |= !result;
	return result;
}
