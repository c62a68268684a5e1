#include "rootfs/deb822.h"

#include <strings.h>

static bool is_blank(struct span line)
{
	return span_trim(line).size == 0;
}

static bool goes_on(struct span text)
{
	return text.size > 0 && (text.bytes[0] == ' ' || text.bytes[0] == '\t');
}

bool deb822_take(struct span *text, struct span *paragraph)
{
	struct span rest = *text;
	struct span line;

	do {
		*paragraph = rest;
		if (!span_take_line(&rest, &line))
			return false;
	} while (is_blank(line));
	do {
		paragraph->size = (size_t)(rest.bytes - paragraph->bytes);
		*text = rest;
	} while (span_take_line(&rest, &line) && !is_blank(line));
	return true;
}

bool deb822_take_field(struct span *paragraph, struct deb822_field *field)
{
	struct span start = *paragraph;
	struct span line;

	while (span_take_line(paragraph, &line)) {
		const char *colon = memchr(line.bytes, ':', line.size);
		struct span more;

		while (goes_on(*paragraph))
			span_take_line(paragraph, &more);
		field->lines = start;
		field->lines.size = (size_t)(paragraph->bytes - start.bytes);
		start = *paragraph;
		if (!colon || colon == line.bytes || goes_on(line) || line.bytes[0] == '#')
			continue;
		field->name.bytes = line.bytes;
		field->name.size = (size_t)(colon - line.bytes);
		field->value = span_trim(span_skip(field->lines, field->name.size + 1));
		return true;
	}
	return false;
}

bool deb822_is(const struct deb822_field *field, const char *name)
{
	return field->name.size == strlen(name) &&
	       strncasecmp(field->name.bytes, name, field->name.size) == 0;
}
