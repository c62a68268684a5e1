/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/dpkg_files.h"
#include "base/error.h"
#include "packages/deb822.h"

#include <assert.h>
#include <errno.h>

/* "glibc (2.36-9)", or the name alone; without a field it is the package's own. */
static void split_source(struct dpkg_stanza *stanza)
{
	struct view version = stanza->source;
	struct view name;

	if (!view_take(&version, ' ', &name)) {
		stanza->source = stanza->package;
		return;
	}
	stanza->source = name;
	version = view_trim(version);
	if (version.size < 3 || version.bytes[0] != '(' || version.bytes[version.size - 1] != ')')
		return;
	stanza->source_version = (struct view){ version.bytes + 1, version.size - 2 };
}

/* The third word counts: "install ok installed". Paragraphs of status.d have no Status. */
static bool is_installed(struct view status)
{
	struct view word = { 0 };

	for (int i = 0; i < 3; i++)
		if (!view_take(&status, ' ', &word))
			return i == 0;
	return !view_is(word, "not-installed") && !view_is(word, "config-files");
}

bool dpkg_read_stanza(struct view paragraph, struct dpkg_stanza *stanza)
{
	const struct {
		const char *name;
		struct view *value;
		bool lines; /* the value may go on in other lines */
	} fields[] = {
		{ "Package", &stanza->package, false },
		{ "Version", &stanza->version, false },
		{ "Architecture", &stanza->architecture, false },
		{ "Source", &stanza->source, false },
		{ "Maintainer", &stanza->maintainer, false },
		{ "Status", &stanza->status, false },
		{ "Multi-Arch", &stanza->multi_arch, false },
		{ "Depends", &stanza->depends, true },
		{ "Pre-Depends", &stanza->pre_depends, true },
		{ "Recommends", &stanza->recommends, true },
		{ "Provides", &stanza->provides, true },
	};
	struct deb822_field field;

	*stanza = (struct dpkg_stanza){ 0 };
	while (deb822_take_field(&paragraph, &field))
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
			if (!deb822_is(&field, fields[i].name))
				continue;
			if (fields[i].lines)
				*fields[i].value = field.value;
			else
				view_take_line(&field.value, fields[i].value);
		}
	split_source(stanza);
	return package_name_is_sane(stanza->package) &&
	       (stanza->architecture.size == 0 || package_name_is_sane(stanza->architecture)) &&
	       stanza->version.size > 0 && is_installed(stanza->status);
}

int dpkg_read_info(const struct root *root, const struct diag *diag, struct arena *arena,
		   const struct dpkg_stanza *stanza, const char *suffix, const char **path,
		   struct view *text)
{
	bool several = view_is(stanza->multi_arch, "same");

	assert(stanza->package.size > 0);
	for (int i = 0; i < 2; i++) {
		bool named = several == (i == 0);

		*path = arena_printf(arena, DPKG "/info/%.*s%s%.*s.%s", (int)stanza->package.size,
				     stanza->package.bytes, named ? ":" : "",
				     named ? (int)stanza->architecture.size : 0,
				     named ? stanza->architecture.bytes : "", suffix);
		if (!*path)
			return -ENOMEM;
		if (TRY(database_read(root, diag, arena, *path, LIST_SIZE_MAX, text)) == 0)
			return 0;
	}
	return DATABASE_ABSENT;
}

bool dpkg_take_path(struct view *text, struct view *path)
{
	while (view_take_line(text, path))
		if (view_begins(*path, "/") && path->size > 1 && !view_is(*path, "/."))
			return true;
	return false;
}

bool dpkg_take_md5sum(struct view *text, struct view *md5, struct view *path)
{
	enum { SEPARATOR = 2 }; /* two blanks */
	struct view line;

	while (view_take_line(text, &line)) {
		if (line.size <= DPKG_MD5_DIGITS + SEPARATOR || line.bytes[DPKG_MD5_DIGITS] != ' ')
			continue;
		*md5 = (struct view){ line.bytes, DPKG_MD5_DIGITS };
		*path = view_skip(line, DPKG_MD5_DIGITS + SEPARATOR);
		if (view_begins(*path, "./"))
			*path = view_skip(*path, strlen("./"));
		if (strspn(md5->bytes, "0123456789abcdef") == DPKG_MD5_DIGITS)
			return true;
	}
	return false;
}

static bool is_md5sums(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".md5sums") == 0;
}

int dpkg_list_status_d(const struct root *root, const struct diag *diag, struct arena *arena,
		       struct texts *names)
{
	int r = root_names(root, arena, DPKG "/status.d", names);
	size_t count = 0;

	if (r < 0 && root_is_absence(r))
		return DATABASE_ABSENT;
	if (r < 0)
		return diag_errno(diag, -r, DPKG "/status.d");
	for (size_t i = 0; i < names->count; i++)
		if (!is_md5sums(names->items[i]))
			names->items[count++] = names->items[i];
	names->count = count;
	return 0;
}
