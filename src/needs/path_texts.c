/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/path_texts.h"
#include "base/bytes.h"

#include <string.h>

enum {
	TEXT_LENGTH_MIN = 3,
	TEXT_LENGTH_MAX = 4095,
};

struct scan {
	const unsigned char *start; /* what is before was seen */
	const unsigned char *end;
	bool big_endian;
	path_text_fn *visit;
	void *data;
};

static bool is_printable(unsigned char c)
{
	return c >= ' ' && c != 0x7f;
}

/*
 * What stands between two NULs may begin with other data: the text is its printable end, of
 * which the '/' AT is within. It may end a line.
 */
static int visit_narrow(struct scan *scan, const unsigned char *at)
{
	const unsigned char *nul = memchr(at, '\0', (size_t)(scan->end - at));
	const unsigned char *start = scan->start;
	const unsigned char *first = nul;

	scan->start = nul ? nul + 1 : scan->end;
	if (!nul)
		return 0;
	while (first > start && first[-1] == '\n')
		first--;
	while (first > start && is_printable(first[-1]) && nul - first <= TEXT_LENGTH_MAX)
		first--;
	if (first > at || nul - first < TEXT_LENGTH_MIN || nul - first > TEXT_LENGTH_MAX)
		return 0;
	return scan->visit(scan->data, (const char *)first);
}

/* A character of a wide text: paths have none beyond ASCII, and tables of numbers have many. */
static bool is_character(const struct scan *scan, const unsigned char *unit, unsigned width)
{
	uint64_t value = bytes_get(unit, width, scan->big_endian);

	return value < 0x80 && is_printable((unsigned char)value);
}

/* COUNT units of WIDTH bytes, and line ends behind them. */
static int visit_units(const struct scan *scan, const unsigned char *first, size_t count,
		       unsigned width)
{
	char text[TEXT_LENGTH_MAX + 1];

	if (count > TEXT_LENGTH_MAX)
		return 0;
	for (size_t i = 0; i < count; i++)
		text[i] = (char)bytes_get(first + i * width, width, scan->big_endian);
	text[count] = '\0';
	return scan->visit(scan->data, text);
}

/*
 * Visits the run of characters of WIDTH bytes of which the '/' at AT is one. What is in it is
 * nothing else, whether it is a text (with a NUL behind it) or none; where it is too short to
 * tell, *SEEN is false, and it may be another thing.
 */
static int visit_wide(struct scan *scan, const unsigned char *at, unsigned width, bool *seen)
{
	const unsigned char *first = at;
	const unsigned char *last = at;

	while (first - scan->start >= (int)width && is_character(scan, first - width, width))
		first -= width;
	while (scan->end - last >= (int)width && is_character(scan, last, width))
		last += width;
	*seen = last - first >= TEXT_LENGTH_MIN * (ptrdiff_t)width;
	if (!*seen)
		return 0;
	while (scan->end - last >= (int)width && bytes_get(last, width, scan->big_endian) == '\n')
		last += width;
	scan->start = last;
	if (scan->end - last < (int)width || bytes_get(last, width, scan->big_endian) != 0)
		return 0;
	scan->start = last + width;
	return visit_units(scan, first, (size_t)(last - first) / width, width);
}

/*
 * A wide '/' has a NUL behind it, whatever its width and byte order; so has a narrow one that ends
 * its text, which has a character before it (and never three NULs behind it and then another
 * character's).
 */
static int visit_slash(struct scan *scan, const unsigned char *at)
{
	bool ends_text = at > scan->start && is_printable(at[-1]);

	if (scan->end - at < 2 || at[1] != '\0')
		return visit_narrow(scan, at);
	for (unsigned width = 4; width > (ends_text ? 2 : 1); width /= 2) {
		unsigned before = scan->big_endian ? width - 1 : 0;
		bool seen;
		int r;

		if (at - scan->start < (int)before || scan->end - at < (int)(width - before) ||
		    bytes_get(at - before, width, scan->big_endian) != '/')
			continue;
		r = visit_wide(scan, at - before, width, &seen);
		if (seen)
			return r;
	}
	return visit_narrow(scan, at);
}

int path_texts_visit(const void *bytes, size_t size, bool big_endian, path_text_fn *visit,
		     void *data)
{
	struct scan scan = { bytes, (const unsigned char *)bytes + size, big_endian, visit, data };
	const unsigned char *at;
	int r = 0;

	while (r == 0 && (at = memchr(scan.start, '/', (size_t)(scan.end - scan.start))) != NULL)
		r = visit_slash(&scan, at);
	return r;
}
