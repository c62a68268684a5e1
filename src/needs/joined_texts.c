/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/joined_texts.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

enum {
	TEXT_LENGTH_MAX = 1023,
	/* What is longer than this without a NUL behind it, nobody takes for one text. */
	RUN_LENGTH_MAX = 4095,
};

static bool is_printable(unsigned char c)
{
	return c >= ' ' && c != 0x7f;
}

/* Whether a path below one of the directories at the root that hold what is installed is AT. */
static bool begins_path(const unsigned char *at, const unsigned char *end)
{
	static const char *const tops[] = { "/usr/",	"/etc/",   "/opt/", "/var/",
					    "/lib/",	"/lib64/", "/nix/", "/lib32/",
					    "/libx32/", "/bin/",   "/sbin/" };

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		size_t length = strlen(tops[i]);

		if ((size_t)(end - at) > length && at[1] == (unsigned char)tops[i][1] &&
		    memcmp(at, tops[i], length) == 0)
			return true;
	}
	return false;
}

/* How much from AT on is printable, LIMIT at most. */
static size_t printable_length(const unsigned char *at, const unsigned char *end, size_t limit)
{
	size_t length = 0;

	while (length < limit && at + length < end && is_printable(at[length]))
		length++;
	return length;
}

static bool ends_with(const unsigned char *start, const unsigned char *end, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(end - start) >= length && memcmp(end - length, text, length) == 0;
}

/*
 * Whether the text at AT is joined to others. Before a path that stands in a text for itself is
 * what separates words, and a NUL or the end of a line is behind such a text. "/usr/local/etc/x"
 * is no "/etc/x".
 */
static bool is_joined(const unsigned char *start, const unsigned char *at, const unsigned char *end)
{
	size_t length;

	if (ends_with(start, at, "/usr") || ends_with(start, at, "/usr/local"))
		return false;
	if (at > start && is_printable(at[-1]) && !strchr(" \"'`:;=<>()[]{}|&,", at[-1]))
		return true;
	length = printable_length(at, end, RUN_LENGTH_MAX + 1);
	return length > RUN_LENGTH_MAX || at + length == end ||
	       (at[length] != '\0' && !isspace(at[length]));
}

/* Whether the '/' AT is in the name of a source file that is in every program of Go or Rust. */
static bool is_mark(const unsigned char *start, const unsigned char *at, const unsigned char *end)
{
	static const struct {
		const char *before;
		const char *behind;
	} marks[] = {
		{ "runtime", "/proc.go" },
		{ "", "/library/std/src/" },
		{ "", "/library/core/src/" },
		{ "", "/library/alloc/src/" },
	};

	if (end - at < 2 || (at[1] != 'p' && at[1] != 'l'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		size_t length = strlen(marks[i].behind);

		if ((size_t)(end - at) >= length && memcmp(at, marks[i].behind, length) == 0 &&
		    ends_with(start, at, marks[i].before))
			return true;
	}
	return false;
}

int joined_texts_visit(const void *bytes, size_t size, bool *joined, path_text_fn *visit,
		       void *data)
{
	const unsigned char *start = bytes;
	const unsigned char *end = start + size;
	const unsigned char *at = start;
	char text[TEXT_LENGTH_MAX + 1];

	for (; (at = memchr(at, '/', (size_t)(end - at))) != NULL; at++) {
		size_t length;
		int r;

		*joined = *joined || is_mark(start, at, end);
		if (!begins_path(at, end) || !is_joined(start, at, end))
			continue;
		length = printable_length(at, end, TEXT_LENGTH_MAX);
		memcpy(text, at, length);
		text[length] = '\0';
		r = visit(data, text);
		if (r != 0)
			return r;
	}
	return 0;
}
