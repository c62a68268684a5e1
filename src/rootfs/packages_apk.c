/*
 * apk's database (apk-tools, doc/apk-v2.5): lib/apk/db/installed, a stanza a package, of lines
 * "X:value": P name, V version, A architecture, L license, o origin, m maintainer, U url; F a
 * directory, and behind it R its files.
 */
#include "rootfs/packages_private.h"

#include <errno.h>
#include <string.h>

static int set_value(struct package_reader *reader, const struct package_line *line,
		     struct package *package)
{
	const struct {
		char letter;
		const char **value;
	} fields[] = {
		{ 'P', &package->name },	 { 'V', &package->version },
		{ 'A', &package->architecture }, { 'L', &package->license },
		{ 'o', &package->source },	 { 'm', &package->maintainer },
		{ 'U', &package->homepage },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (line->text[0] != fields[i].letter || line->length == 2)
			continue;
		*fields[i].value = package_text(reader, line->text + 2, line->length - 2);
		return *fields[i].value ? 0 : -ENOMEM;
	}
	return 0;
}

static int own_file(struct package_reader *reader, struct package *package,
		    const struct package_line *directory, const struct package_line *name)
{
	const char *path =
		arena_printf(reader->arena, "/%.*s%s%.*s", (int)directory->length, directory->text,
			     directory->length > 0 ? "/" : "", (int)name->length, name->text);
	struct package_owner *owner;

	if (!path)
		return -ENOMEM;
	owner = package_find(reader, path, strlen(path));
	return owner ? package_own(reader, package, owner) : 0;
}

/* The part of a line behind its letter and colon. */
static struct package_line value_of(const struct package_line *line)
{
	return (struct package_line){ line->text + 2, line->length - 2 };
}

static int read_files(struct package_reader *reader, struct package *package)
{
	const char *at = package->record;
	const char *end = at + package->record_size;
	struct package_line directory = { "", 0 };
	int r = 0;

	for (struct package_line line; r == 0 && package_line_next(&at, end, &line);) {
		struct package_line value;

		if (line.length < 2 || line.text[1] != ':')
			continue;
		value = value_of(&line);
		if (line.text[0] == 'F')
			directory = value;
		else if (line.text[0] == 'R')
			r = own_file(reader, package, &directory, &value);
	}
	return r;
}

static int read_stanza(struct package_reader *reader, const char *text, size_t size)
{
	struct package *package = arena_alloc(reader->arena, sizeof(*package));
	const char *end = text + size;

	if (!package)
		return -ENOMEM;
	*package = (struct package){ .kind = PACKAGE_APK, .record = text, .record_size = size };
	for (struct package_line line; package_line_next(&text, end, &line);) {
		int r;

		if (line.length < 2 || line.text[1] != ':')
			continue;
		r = set_value(reader, &line, package);
		if (r < 0)
			return r;
	}
	if (!package->name || !package->version)
		return 0;
	if (!package->source)
		package->source = package->name;
	package->source_version = package->version;
	return read_files(reader, package);
}

static int read_database(struct package_reader *reader, const char *path)
{
	const char *text;
	const char *end;
	size_t size;
	int r = package_read_file(reader, path, &text, &size);

	if (r <= 0)
		return r;
	end = text + size;
	while (r >= 0 && text < end) {
		const char *stop = memmem(text, (size_t)(end - text), "\n\n", 2);
		size_t length = (size_t)((stop ? stop + 1 : end) - text);

		r = read_stanza(reader, text, length);
		text += length + 1;
	}
	return r < 0 ? r : 1;
}

int packages_read_apk(struct package_reader *reader)
{
	int r = read_database(reader, "/lib/apk/db/installed");

	if (r == 0)
		r = read_database(reader, "/usr/lib/apk/db/installed");
	return r < 0 ? r : 0;
}
