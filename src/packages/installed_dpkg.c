/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg: /var/lib/dpkg/status has a paragraph a package, info/NAME.list (or NAME:ARCHITECTURE.list)
 * its paths, a line each; see deb822(5), dpkg(1). Distroless bases have status.d/ with a file a
 * package, and NAME.md5sums as the list.
 */
#include "base/error.h"
#include "packages/deb822.h"
#include "packages/installed_private.h"

#include <errno.h>
#include <string.h>

#define DPKG "/var/lib/dpkg"

static int visit_list(struct view text, installed_path_fn *visit, void *data)
{
	struct view line;

	while (view_take_line(&text, &line)) {
		int r;

		/* "/." is the root itself. */
		if (line.size < 2 || line.bytes[0] != '/' || view_is(line, "/."))
			continue;
		r = visit(data, line);
		if (r != 0)
			return r;
	}
	return 0;
}

static int visit_paths(struct installed *installed, const struct installed_record *record,
		       struct arena *scratch, installed_path_fn *visit, void *data)
{
	const struct installed_package *package = &record->package;
	struct view text;

	/* The form with the architecture first for those that may be there for several. */
	for (int i = 0; i < 2; i++) {
		bool named = record->multi_arch == (i == 0);
		const char *path =
			arena_printf(scratch, DPKG "/info/%s%s%s.list", package->name,
				     named ? ":" : "", named ? package->architecture : "");

		if (!path)
			return -ENOMEM;
		if (TRY(installed_read(installed, scratch, path, INSTALLED_LIST_MAX, &text)) == 0)
			return visit_list(text, visit, data);
	}
	return 0;
}

/* "MD5  usr/bin/x" lines: files alone. */
static int visit_md5sums(struct installed *installed, const struct installed_record *record,
			 struct arena *scratch, installed_path_fn *visit, void *data)
{
	const char *sums = arena_printf(scratch, DPKG "/status.d/%s.md5sums", record->package.name);
	struct view text;
	struct view line;

	if (!sums)
		return -ENOMEM;
	if (TRY(installed_read(installed, scratch, sums, INSTALLED_LIST_MAX, &text)) > 0)
		return 0;
	while (view_take_line(&text, &line)) {
		const char *path;
		int r;

		if (line.size < 35 || line.bytes[32] != ' ')
			continue;
		line = view_skip(line, 34);
		if (view_begins(line, "./"))
			line = view_skip(line, 2);
		path = arena_printf(scratch, "/%.*s", (int)line.size, line.bytes);
		r = path ? visit(data, view_of(path)) : -ENOMEM;
		if (r != 0)
			return r;
	}
	return 0;
}

struct stanza {
	struct view package, status, source, architecture, multi_arch;
	struct view depends[3];
};

static void read_stanza(struct view paragraph, struct stanza *stanza)
{
	const struct {
		const char *name;
		struct view *value;
	} fields[] = {
		{ "Package", &stanza->package },	{ "Status", &stanza->status },
		{ "Source", &stanza->source },		{ "Architecture", &stanza->architecture },
		{ "Multi-Arch", &stanza->multi_arch },	{ "Depends", &stanza->depends[0] },
		{ "Pre-Depends", &stanza->depends[1] }, { "Recommends", &stanza->depends[2] },
	};
	struct deb822_field field;

	*stanza = (struct stanza){ 0 };
	while (deb822_take_field(&paragraph, &field))
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			if (deb822_is(&field, fields[i].name))
				*fields[i].value = field.value;
}

/* The third word of a status counts: "install ok installed". status.d has none. */
static bool is_installed(struct view status)
{
	struct view word = { 0 };

	for (int i = 0; i < 3; i++)
		if (!view_take(&status, ' ', &word))
			return i == 0;
	return !view_is(word, "not-installed") && !view_is(word, "config-files");
}

/* Names of packages become names of files: letters, digits and "+-." alone. */
static bool is_sane(struct view name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789+-._ABCDEFGHIJKLMNOPQRSTUVWXYZ",
			    name.bytes[i]) ||
		    !name.bytes[i])
			return false;
	return name.size > 0 && name.size < 200 && name.bytes[0] != '.';
}

static int add_package(struct installed *installed, struct view paragraph,
		       installed_lister_fn *lister)
{
	struct arena *arena = installed_arena(installed);
	struct installed_record record = { .visit_paths = lister };
	struct installed_package *package = &record.package;
	struct stanza stanza;
	struct view source;

	read_stanza(paragraph, &stanza);
	if (!is_sane(stanza.package) || !is_installed(stanza.status) ||
	    (stanza.architecture.size > 0 && !is_sane(stanza.architecture)))
		return 0;
	/* "glibc (2.36-9)" */
	source = stanza.source;
	if (!view_take(&stanza.source, ' ', &source))
		source = stanza.package;
	package->name = view_copy(arena, stanza.package);
	package->source = view_copy(arena, source);
	package->architecture = view_copy(arena, stanza.architecture);
	package->depends = installed_names(arena, stanza.depends, ARRAY_SIZE(stanza.depends));
	record.multi_arch = view_is(view_trim(stanza.multi_arch), "same");
	if (!package->name || !package->source || !package->architecture || !package->depends)
		return -ENOMEM;
	return installed_add(installed, &record);
}

static int read_status_d(struct installed *installed)
{
	struct texts names;
	int r = root_names(installed_root(installed), installed_arena(installed), DPKG "/status.d",
			   &names);

	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0;
	if (r < 0)
		return diag_errno(installed_diag(installed), -r, DPKG "/status.d");
	for (size_t i = 0; i < names.count; i++) {
		const char *dot = strrchr(names.items[i], '.');
		const char *path = arena_printf(installed_arena(installed), DPKG "/status.d/%s",
						names.items[i]);
		struct view paragraph;
		struct view text;

		if (!path)
			return -ENOMEM;
		if (dot && strcmp(dot, ".md5sums") == 0)
			continue;
		if (TRY(installed_read(installed, installed_arena(installed), path,
				       INSTALLED_LIST_MAX, &text)) == 0 &&
		    deb822_take(&text, &paragraph))
			TRY(add_package(installed, paragraph, visit_md5sums));
	}
	return 0;
}

int installed_read_dpkg(struct installed *installed)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct view paragraph;
	struct view text;

	if (!scratch)
		return -ENOMEM;
	TRY(installed_read(installed, scratch, DPKG "/status", INSTALLED_DATABASE_MAX, &text));
	while (deb822_take(&text, &paragraph))
		TRY(add_package(installed, paragraph, visit_paths));
	return read_status_d(installed);
}
