/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/deb822.h"

#include <strings.h>

static bool is_blank(struct view line)
{
	return view_trim(line).size == 0;
}

static bool goes_on(struct view text)
{
	return text.size > 0 && (text.bytes[0] == ' ' || text.bytes[0] == '\t');
}

bool deb822_take(struct view *text, struct view *paragraph)
{
	struct view rest = *text;
	struct view line;

	do {
		*paragraph = rest;
		if (!view_take_line(&rest, &line))
			return false;
	} while (is_blank(line));
	do {
		paragraph->size = (size_t)(rest.bytes - paragraph->bytes);
		*text = rest;
	} while (view_take_line(&rest, &line) && !is_blank(line));
	return true;
}

bool deb822_take_field(struct view *paragraph, struct deb822_field *field)
{
	struct view start = *paragraph;
	struct view line;

	while (view_take_line(paragraph, &line)) {
		const char *colon = memchr(line.bytes, ':', line.size);
		struct view more;

		while (goes_on(*paragraph))
			view_take_line(paragraph, &more);
		field->lines = start;
		field->lines.size = (size_t)(paragraph->bytes - start.bytes);
		start = *paragraph;
		if (!colon || colon == line.bytes || goes_on(line) || line.bytes[0] == '#')
			continue;
		field->name.bytes = line.bytes;
		field->name.size = (size_t)(colon - line.bytes);
		field->value = view_trim(view_skip(field->lines, field->name.size + 1));
		return true;
	}
	return false;
}

bool deb822_is(const struct deb822_field *field, const char *name)
{
	/* Most are told by the first letter. */
	return ((field->name.bytes[0] ^ name[0]) & ~0x20) == 0 &&
	       field->name.size == strlen(name) &&
	       strncasecmp(field->name.bytes, name, field->name.size) == 0;
}
