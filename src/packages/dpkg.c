/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's database: /var/lib/dpkg/status and info/, or, in distroless bases, status.d/ with a file
 * a package. See dpkg(1), deb822(5) and dpkg-divert(1).
 */
#include "base/path.h"
#include "packages/deb822.h"
#include "packages/license.h"
#include "packages/packages_private.h"

#include <errno.h>

#define DPKG "/var/lib/dpkg"

/* A file of other packages than PACKAGE stands at TO where they list it as FROM. */
struct diversion {
	UT_hash_handle hh;
	const char *from;
	const char *to;
	const char *package; /* ":" for one that the administrator made */
};

struct dpkg {
	struct finder *finder;
	struct diversion *diversions;
};

static void dpkg_cleanup(struct dpkg *dpkg)
{
	HASH_CLEAR(hh, dpkg->diversions);
}

static int add_diversion(struct dpkg *dpkg, struct view from, struct view to, struct view package)
{
	struct arena *arena = dpkg->finder->scratch;
	struct diversion *diversion = arena_alloc(arena, sizeof(*diversion));
	struct diversion *known;

	if (!diversion)
		return -ENOMEM;
	diversion->from = view_copy(arena, from);
	diversion->to = view_copy(arena, to);
	diversion->package = view_copy(arena, package);
	if (!diversion->from || !diversion->to || !diversion->package)
		return -ENOMEM;
	HASH_FIND_STR(dpkg->diversions, diversion->from, known);
	if (known)
		return 0;
	HASH_ADD_KEYPTR(hh, dpkg->diversions, diversion->from, strlen(diversion->from), diversion);
	return HASH_HAS(diversion) ? 0 : -ENOMEM;
}

/* Three lines each: from, to, package. */
static int read_diversions(struct dpkg *dpkg)
{
	struct finder *finder = dpkg->finder;
	struct view text;
	struct view lines[3];
	int r = finder_read(finder, finder->scratch, DPKG "/diversions", LIST_SIZE_MAX, &text);

	if (r != 0)
		return r < 0 ? r : 0;
	while (r == 0 && view_take_line(&text, &lines[0]) && view_take_line(&text, &lines[1]) &&
	       view_take_line(&text, &lines[2]))
		r = add_diversion(dpkg, lines[0], lines[1], lines[2]);
	return r;
}

/* What PACKAGE lists as PATH is there, or where a diversion of another has put it. */
static const char *undivert(const struct dpkg *dpkg, const struct package *package,
			    const char *path)
{
	struct diversion *diversion;

	HASH_FIND_STR(dpkg->diversions, path, diversion);
	if (!diversion || strcmp(diversion->package, package->name) == 0)
		return path;
	return diversion->to;
}

/* What a paragraph of a status file says. */
struct stanza {
	struct view package, version, architecture, source, maintainer, status, multi_arch;
};

static void read_stanza(struct view paragraph, struct stanza *stanza)
{
	const struct {
		const char *name;
		struct view *value;
	} fields[] = {
		{ "Package", &stanza->package },	   { "Version", &stanza->version },
		{ "Architecture", &stanza->architecture }, { "Source", &stanza->source },
		{ "Maintainer", &stanza->maintainer },	   { "Status", &stanza->status },
		{ "Multi-Arch", &stanza->multi_arch },
	};
	struct deb822_field field;

	*stanza = (struct stanza){ 0 };
	while (deb822_take_field(&paragraph, &field))
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			if (deb822_is(&field, fields[i].name))
				view_take_line(&field.value, fields[i].value);
}

/* The third word counts: "install ok installed". Without a Status, as in status.d, it is there. */
static bool is_there(struct view status)
{
	struct view word = { 0 };

	for (int i = 0; i < 3; i++)
		if (!view_take(&status, ' ', &word))
			return i == 0;
	return !view_is(word, "not-installed") && !view_is(word, "config-files");
}

/* "glibc (2.36-9)", or the name alone; without a field the package's own. */
static int set_source(struct arena *arena, struct package *package, struct view source)
{
	struct view version = source;
	struct view name;

	package->source = package->name;
	package->source_version = package->version;
	if (!view_take(&version, ' ', &name))
		return 0;
	version = view_trim(version);
	package->source = view_copy(arena, name);
	if (!package->source)
		return -ENOMEM;
	if (version.size < 3 || version.bytes[0] != '(' || version.bytes[version.size - 1] != ')')
		return 0;
	package->source_version = arena_strndup(arena, version.bytes + 1, version.size - 2);
	return package->source_version ? 0 : -ENOMEM;
}

static int make_package(struct arena *kept, struct arena *scratch, const struct stanza *stanza,
			struct package **out)
{
	struct package *package = arena_alloc(kept, sizeof(*package));

	if (!package)
		return -ENOMEM;
	package->kind = PACKAGE_DPKG;
	package->name = view_copy(scratch, stanza->package);
	package->version = view_copy(scratch, stanza->version);
	package->architecture = view_copy(scratch, stanza->architecture);
	if (stanza->maintainer.size > 0)
		package->maintainer = view_copy(scratch, stanza->maintainer);
	if (!package->name || !package->version || !package->architecture ||
	    (stanza->maintainer.size > 0 && !package->maintainer))
		return -ENOMEM;
	*out = package;
	return set_source(scratch, package, stanza->source);
}

/* A line of a .list is a path. */
static int read_list(struct dpkg *dpkg, struct arena *arena, struct package *package,
		     struct view text)
{
	struct view line;
	int claimed = 0;

	while (view_take_line(&text, &line)) {
		const char *path = view_copy(arena, line);
		int r;

		if (!path)
			return -ENOMEM;
		r = finder_claim(dpkg->finder, package, undivert(dpkg, package, path),
				 &(struct package_file){ .listed = path });
		if (r < 0)
			return r;
		claimed |= r;
	}
	return claimed;
}

/* "MD5  path", the path without the slash in front. */
static bool take_md5_line(struct view *text, struct view *md5, struct view *path)
{
	struct view line;

	while (view_take_line(text, &line)) {
		if (line.size < 35 || line.bytes[32] != ' ')
			continue;
		*md5 = line;
		md5->size = 32;
		*path = view_skip(line, 34);
		if (view_begins(*path, "./"))
			*path = view_skip(*path, 2);
		if (strspn(md5->bytes, "0123456789abcdef") == 32)
			return true;
	}
	return false;
}

/* The paths of CLAIMING are claimed by that; else they are known, and get their sums. */
static int read_md5sums(struct dpkg *dpkg, struct arena *arena, struct package *package,
			struct view text, bool claiming)
{
	struct view md5;
	struct view listed;
	int claimed = 0;

	while (take_md5_line(&text, &md5, &listed)) {
		const char *sum = view_copy(arena, md5);
		const char *path = arena_printf(arena, "/%.*s", (int)listed.size, listed.bytes);
		int r = 0;

		if (!sum || !path)
			return -ENOMEM;
		if (claiming)
			r = finder_claim(dpkg->finder, package, path,
					 &(struct package_file){ .listed = path, .checksum = sum });
		else
			r = finder_set_checksum(dpkg->finder, package, path,
						undivert(dpkg, package, path), md5);
		if (r < 0)
			return r;
		claimed |= r;
	}
	return claimed;
}

/* What is there once the package is known to own something. */
static int keep(struct dpkg *dpkg, struct package *package, struct view paragraph,
		const char *stored)
{
	struct finder *finder = dpkg->finder;
	int r = license_of_debian(finder, package->name, &package->license);

	if (r < 0)
		return r;
	package->record = view_copy(finder->scratch, paragraph);
	package->stored = stored;
	return package->record ? finder_keep(finder, package) : -ENOMEM;
}

/*
 * Reads info/NAME.SUFFIX of PACKAGE, or info/NAME:ARCHITECTURE.SUFFIX, which those have that may
 * be there for several architectures. 1 where there is neither.
 */
static int read_info(struct finder *finder, struct arena *arena, const struct package *package,
		     bool several, const char *suffix, const char **path, struct view *text)
{
	int r = 1;

	for (int i = 0; r == 1 && i < 2; i++) {
		bool named = several == (i == 0);

		*path = arena_printf(finder->scratch, DPKG "/info/%s%s%s.%s", package->name,
				     named ? ":" : "", named ? package->architecture : "", suffix);
		if (!*path)
			return -ENOMEM;
		r = finder_read(finder, arena, *path, LIST_SIZE_MAX, text);
	}
	return r;
}

static int read_installed(struct dpkg *dpkg, const struct stanza *stanza, struct view paragraph)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct finder *finder = dpkg->finder;
	bool several = view_is(stanza->multi_arch, "same");
	struct package *package;
	const char *stored;
	const char *path;
	struct view text;
	int r = arena ? make_package(finder->arena, finder->scratch, stanza, &package) : -ENOMEM;

	if (r == 0)
		r = read_info(finder, arena, package, several, "list", &stored, &text);
	if (r == 0)
		r = read_list(dpkg, arena, package, text);
	else if (r > 0)
		return 0;
	if (r <= 0)
		return r;
	r = read_info(finder, arena, package, several, "md5sums", &path, &text);
	if (r == 0)
		r = read_md5sums(dpkg, arena, package, text, false);
	return r < 0 ? r : keep(dpkg, package, paragraph, stored);
}

static bool is_sane(const struct stanza *stanza)
{
	return package_name_is_sane(stanza->package) &&
	       (stanza->architecture.size == 0 || package_name_is_sane(stanza->architecture)) &&
	       stanza->version.size > 0 && is_there(stanza->status);
}

static int read_status(struct dpkg *dpkg)
{
	struct finder *finder = dpkg->finder;
	struct view paragraph;
	struct stanza stanza;
	struct view text;
	int r = finder_read(finder, finder->scratch, DPKG "/status", DATABASE_SIZE_MAX, &text);

	while (r >= 0 && deb822_take(&text, &paragraph)) {
		read_stanza(paragraph, &stanza);
		if (is_sane(&stanza))
			r = read_installed(dpkg, &stanza, paragraph);
	}
	return r < 0 ? r : 0;
}

/* NAME of status.d, with NAME.md5sums beside it, which is all the list there is. */
static int read_partial(struct dpkg *dpkg, const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct finder *finder = dpkg->finder;
	const char *path = arena_printf(finder->scratch, DPKG "/status.d/%s", name);
	const char *sums = arena_printf(finder->scratch, DPKG "/status.d/%s.md5sums", name);
	struct package *package;
	struct view paragraph;
	struct stanza stanza;
	struct view text;
	int r = arena && path && sums ? 0 : -ENOMEM;

	if (r == 0)
		r = finder_read(finder, arena, path, LIST_SIZE_MAX, &text);
	if (r != 0)
		return r;
	if (!deb822_take(&text, &paragraph))
		return 0;
	read_stanza(paragraph, &stanza);
	if (!is_sane(&stanza))
		return 0;
	r = make_package(finder->arena, finder->scratch, &stanza, &package);
	if (r == 0)
		r = finder_read(finder, arena, sums, LIST_SIZE_MAX, &text);
	if (r == 0)
		r = read_md5sums(dpkg, arena, package, text, true);
	else if (r > 0)
		return 0;
	return r > 0 ? keep(dpkg, package, paragraph, sums) : r;
}

struct names {
	struct arena *arena;
	const char **items;
	size_t count;
	size_t capacity;
};

static int add_name(void *data, const char *name)
{
	struct names *names = data;
	const char *dot = strrchr(name, '.');
	int r;

	if (dot && strcmp(dot, ".md5sums") == 0)
		return 0;
	r = arena_grow(names->arena, &names->items, names->count, &names->capacity,
		       sizeof(*names->items));
	if (r < 0)
		return r;
	names->items[names->count] = arena_strdup(names->arena, name);
	return names->items[names->count++] ? 0 : -ENOMEM;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int read_status_d(struct dpkg *dpkg)
{
	struct finder *finder = dpkg->finder;
	struct names names = { .arena = finder->scratch };
	int r = root_list(finder->root, finder->scratch, DPKG "/status.d", add_name, &names);

	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0;
	if (r < 0)
		return diag_errno(finder->diag, -r, DPKG "/status.d");
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	for (size_t i = 0; r >= 0 && i < names.count; i++)
		r = read_partial(dpkg, names.items[i]);
	return r < 0 ? r : 0;
}

int dpkg_read(struct finder *finder)
{
	CLEANUP(dpkg) struct dpkg dpkg = { .finder = finder };
	int r = read_diversions(&dpkg);

	if (r == 0)
		r = read_status(&dpkg);
	return r == 0 ? read_status_d(&dpkg) : r;
}
