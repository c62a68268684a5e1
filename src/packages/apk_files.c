/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/apk_files.h"

/* Where the value of a field is kept. */
struct field {
	char letter;
	struct view *value;
};

/* Whether LINE is of the field LETTER. */
static bool is_field(struct view line, char letter)
{
	return line.size >= 2 && line.bytes[0] == letter && line.bytes[1] == ':';
}

static void keep(struct view line, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_field(line, fields[i].letter))
			*fields[i].value = view_trim(view_skip(line, 2));
}

int apk_read_database(const struct root *root, const struct diag *diag, struct arena *arena,
		      const char **path, struct view *text)
{
	/* The second is the first where /lib is a link, and the only one from Alpine 3.23 on. */
	static const char *const databases[] = { "/lib/apk/db/installed",
						 "/usr/lib/apk/db/installed" };
	int r = DATABASE_ABSENT;

	for (size_t i = 0; r == DATABASE_ABSENT && i < ARRAY_SIZE(databases); i++) {
		*path = databases[i];
		r = database_read(root, diag, arena, databases[i], DATABASE_SIZE_MAX, text);
	}
	return r;
}

void apk_read_stanza(struct view paragraph, struct apk_stanza *stanza)
{
	const struct field fields[] = {
		{ 'P', &stanza->name },		{ 'V', &stanza->version },
		{ 'A', &stanza->architecture }, { 'L', &stanza->license },
		{ 'o', &stanza->origin },	{ 'm', &stanza->maintainer },
		{ 'D', &stanza->depends },	{ 'p', &stanza->provides },
	};
	struct view rest = paragraph;
	struct view line;

	*stanza = (struct apk_stanza){ .head = { paragraph.bytes, 0 } };
	while (view_take_line(&rest, &line) && !is_field(line, 'F')) {
		stanza->head.size = (size_t)(rest.bytes - paragraph.bytes);
		keep(line, fields, ARRAY_SIZE(fields));
	}
	stanza->files = view_skip(paragraph, stanza->head.size);
	if (stanza->origin.size == 0)
		stanza->origin = stanza->name;
}

bool apk_take_file(struct view *files, struct apk_file *file)
{
	const struct field fields[] = {
		{ 'M', &file->directory_owner },
		{ 'a', &file->owner },
		{ 'Z', &file->checksum },
	};
	struct view line;
	struct view next;

	do
		if (!view_take_line(files, &line))
			return false;
	while (!is_field(line, 'F') && !is_field(line, 'R'));
	file->name = file->owner = file->checksum = (struct view){ 0 };
	if (is_field(line, 'F')) {
		file->directory = view_skip(line, 2);
		file->directory_owner = file->name;
	} else {
		file->name = view_skip(line, 2);
	}
	/* It ends where the next one begins. */
	for (next = *files; view_take_line(&next, &line); *files = next) {
		if (is_field(line, 'F') || is_field(line, 'R'))
			break;
		keep(line, fields, ARRAY_SIZE(fields));
	}
	return true;
}

char *apk_file_path(struct arena *arena, const struct apk_file *file)
{
	const char *slash = file->directory.size > 0 && file->name.size > 0 ? "/" : "";

	return arena_printf(arena, "/%.*s%s%.*s", (int)file->directory.size, file->directory.bytes,
			    slash, (int)file->name.size, file->name.bytes);
}
