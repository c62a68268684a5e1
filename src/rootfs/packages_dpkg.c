/*
 * dpkg's database (dpkg(1), deb822(5)): /var/lib/dpkg/status with a stanza a package,
 * info/NAME.list or info/NAME:ARCH.list with its files, .md5sums with their digests, diversions. In
 * an image without dpkg, status.d/NAME is a stanza and status.d/NAME.md5sums the files.
 */
#include "base/path.h"
#include "rootfs/packages_private.h"

#include <errno.h>
#include <string.h>

#define DATABASE "/var/lib/dpkg"

enum { MD5_DIGITS = 32 };

/* A file that PACKAGE's own name for it does not lead to: it stands at TO. */
struct diversion {
	struct package_line from;
	struct package_line to;
	struct package_line package;
};

struct dpkg {
	struct package_reader *reader;
	struct diversion *diversions;
	size_t n_diversions;
	size_t capacity;
};

/* The value of FIELD in the line, or NULL: "Field: value". */
static const char *field_value(const struct package_line *line, const char *field, size_t *length)
{
	size_t skip = strlen(field);

	if (line->length <= skip || strncasecmp(line->text, field, skip) != 0 ||
	    line->text[skip] != ':')
		return NULL;
	skip++;
	while (skip < line->length && (line->text[skip] == ' ' || line->text[skip] == '\t'))
		skip++;
	*length = line->length - skip;
	return line->text + skip;
}

static int set_field(struct package_reader *reader, const struct package_line *line,
		     const char *field, const char **out)
{
	size_t length;
	const char *value = field_value(line, field, &length);

	if (!value || length == 0)
		return 0;
	*out = package_text(reader, value, length);
	return *out ? 0 : -ENOMEM;
}

/* "glibc (2.36-9)": the version stands there where it is another one. */
static int split_source(struct package_reader *reader, struct package *package)
{
	const char *bracket = package->source ? strchr(package->source, '(') : NULL;
	const char *end = bracket ? strchr(bracket, ')') : NULL;
	size_t length;

	if (!package->source)
		package->source = package->name;
	if (!end) {
		package->source_version = package->version;
		return 0;
	}
	package->source_version = package_text(reader, bracket + 1, (size_t)(end - bracket - 1));
	length = (size_t)(bracket - package->source);
	while (length > 0 && package->source[length - 1] == ' ')
		length--;
	package->source = package_text(reader, package->source, length);
	return package->source && package->source_version ? 0 : -ENOMEM;
}

/* The stanza at TEXT: 1 with *OUT set where it is an installed package's, 0, -ENOMEM. */
static int read_stanza(struct package_reader *reader, const char *text, size_t size,
		       struct package **out)
{
	struct package *package = arena_alloc(reader->arena, sizeof(*package));
	const struct {
		const char *name;
		const char **value;
	} fields[] = {
		{ "Package", &package->name },
		{ "Version", &package->version },
		{ "Architecture", &package->architecture },
		{ "Source", &package->source },
		{ "Maintainer", &package->maintainer },
		{ "Homepage", &package->homepage },
	};
	const char *status = NULL;
	const char *end = text + size;

	if (!package)
		return -ENOMEM;
	*package = (struct package){ .kind = PACKAGE_DEB, .record = text, .record_size = size };
	for (struct package_line line; package_line_next(&text, end, &line);) {
		int r = set_field(reader, &line, "Status", &status);

		for (size_t i = 0; r == 0 && i < ARRAY_SIZE(fields); i++)
			r = set_field(reader, &line, fields[i].name, fields[i].value);
		if (r < 0)
			return r;
	}
	/* "want flag status": config-files and not-installed have no files. */
	if (!package->name || !package->version || package->name[0] == '.' ||
	    strchr(package->name, '/') || (status && strstr(status, "config-files")) ||
	    (status && strstr(status, "not-inst")))
		return 0;
	*out = package;
	return split_source(reader, package) < 0 ? -ENOMEM : 1;
}

/* The path that PACKAGE's file of that name has where another package diverts it. */
static struct package_line divert(const struct dpkg *dpkg, const struct package *package,
				  struct package_line path)
{
	for (size_t i = 0; i < dpkg->n_diversions; i++) {
		const struct diversion *diversion = &dpkg->diversions[i];

		if (diversion->from.length == path.length &&
		    memcmp(diversion->from.text, path.text, path.length) == 0 &&
		    (strlen(package->name) != diversion->package.length ||
		     memcmp(package->name, diversion->package.text, diversion->package.length) !=
			     0))
			return diversion->to;
	}
	return path;
}

static int read_list(struct dpkg *dpkg, struct package *package, const char *text, size_t size)
{
	const char *end = text + size;
	int r = 0;

	for (struct package_line line; r == 0 && package_line_next(&text, end, &line);) {
		struct package_owner *owner;

		if (line.length == 0 || line.text[0] != '/')
			continue;
		line = divert(dpkg, package, line);
		owner = package_find(dpkg->reader, line.text, line.length);
		if (owner)
			r = package_own(dpkg->reader, package, owner);
	}
	return r;
}

static bool is_md5(const struct package_line *line)
{
	return line->length > MD5_DIGITS + 2 && line->text[MD5_DIGITS] == ' ' &&
	       strspn(line->text, "0123456789abcdef") == MD5_DIGITS;
}

/* "DIGEST  PATH" a line, without the first '/'. OWNS: the lines are the list of files, too. */
static int read_md5sums(struct dpkg *dpkg, struct package *package, const char *text, size_t size,
			bool owns)
{
	const char *end = text + size;
	int r = 0;

	for (struct package_line line; r == 0 && package_line_next(&text, end, &line);) {
		const char *digits = line.text;
		struct package_owner *owner;
		const char *path;

		if (!is_md5(&line))
			continue;
		path = arena_printf(dpkg->reader->arena, "/%.*s",
				    (int)(line.length - MD5_DIGITS - 2),
				    line.text + MD5_DIGITS + 2);
		if (!path)
			return -ENOMEM;
		line = divert(dpkg, package, (struct package_line){ path, strlen(path) });
		owner = package_find(dpkg->reader, line.text, line.length);
		if (!owner)
			continue;
		if (owns)
			r = package_own(dpkg->reader, package, owner);
		if (r == 0 && owner->file.package == package && !owner->file.md5) {
			owner->file.md5 = package_text(dpkg->reader, digits, MD5_DIGITS);
			r = owner->file.md5 ? 0 : -ENOMEM;
		}
	}
	return r;
}

static int read_info(struct dpkg *dpkg, const struct package *package, const char *suffix,
		     const char **text, size_t *size)
{
	struct arena *arena = dpkg->reader->arena;
	const char *path = arena_printf(arena, DATABASE "/info/%s.%s", package->name, suffix);
	int r = path ? package_read_file(dpkg->reader, path, text, size) : -ENOMEM;

	if (r != 0 || !package->architecture)
		return r;
	path = arena_printf(arena, DATABASE "/info/%s:%s.%s", package->name, package->architecture,
			    suffix);
	return path ? package_read_file(dpkg->reader, path, text, size) : -ENOMEM;
}

/* " /etc/x DIGEST" a line below Conffiles. */
static int read_conffiles(struct dpkg *dpkg, struct package *package)
{
	const char *at = package->record;
	const char *end = at + package->record_size;
	bool within = false;

	for (struct package_line line; package_line_next(&at, end, &line);) {
		const char *blank;
		struct package_owner *owner;
		size_t length;

		if (line.length == 0 || line.text[0] != ' ') {
			within = field_value(&line, "Conffiles", &length) != NULL;
			continue;
		}
		blank = memchr(line.text + 1, ' ', line.length - 1);
		if (!within || !blank || (size_t)(line.text + line.length - blank) <= MD5_DIGITS)
			continue;
		owner = package_find(dpkg->reader, line.text + 1, (size_t)(blank - line.text - 1));
		if (!owner || owner->file.package != package || owner->file.md5)
			continue;
		owner->file.md5 = package_text(dpkg->reader, blank + 1, MD5_DIGITS);
		if (!owner->file.md5)
			return -ENOMEM;
	}
	return 0;
}

static int read_package(struct dpkg *dpkg, struct package *package)
{
	const char *text;
	size_t size;
	int r = read_info(dpkg, package, "list", &text, &size);

	if (r > 0)
		r = read_list(dpkg, package, text, size);
	if (r < 0 || !package->owns)
		return r;
	r = read_info(dpkg, package, "md5sums", &text, &size);
	if (r > 0)
		r = read_md5sums(dpkg, package, text, size, false);
	return r < 0 ? r : read_conffiles(dpkg, package);
}

/* Three lines each: from, to, the package whose own file stays (":" for an administrator's). */
static int read_diversions(struct dpkg *dpkg)
{
	struct diversion diversion;
	const char *text;
	const char *end;
	size_t size;
	int r = package_read_file(dpkg->reader, DATABASE "/diversions", &text, &size);

	if (r <= 0)
		return r;
	end = text + size;
	while (package_line_next(&text, end, &diversion.from) &&
	       package_line_next(&text, end, &diversion.to) &&
	       package_line_next(&text, end, &diversion.package)) {
		r = arena_grow(dpkg->reader->arena, &dpkg->diversions, dpkg->n_diversions,
			       &dpkg->capacity, sizeof(*dpkg->diversions));
		if (r < 0)
			return r;
		dpkg->diversions[dpkg->n_diversions++] = diversion;
	}
	return 0;
}

/* Each stanza ends at an empty line. */
static int read_status(struct dpkg *dpkg)
{
	const char *text;
	const char *start;
	const char *end;
	size_t size;
	int r = package_read_file(dpkg->reader, DATABASE "/status", &text, &size);

	if (r <= 0)
		return r;
	end = text + size;
	start = text;
	r = 0;
	while (r >= 0 && start < end) {
		const char *stop = memmem(start, (size_t)(end - start), "\n\n", 2);
		size_t length = (size_t)((stop ? stop + 1 : end) - start);
		struct package *package;

		r = read_stanza(dpkg->reader, start, length, &package);
		if (r > 0)
			r = read_package(dpkg, package);
		start += length + 1;
	}
	return r < 0 ? r : 0;
}

static int read_one_of_directory(struct dpkg *dpkg, const char *name)
{
	struct arena *arena = dpkg->reader->arena;
	const char *path = arena_printf(arena, DATABASE "/status.d/%s", name);
	const char *sums = arena_printf(arena, DATABASE "/status.d/%s.md5sums", name);
	struct package *package;
	const char *text;
	size_t size;
	int r = path && sums ? package_read_file(dpkg->reader, path, &text, &size) : -ENOMEM;

	if (r > 0)
		r = read_stanza(dpkg->reader, text, size, &package);
	if (r <= 0)
		return r;
	r = package_read_file(dpkg->reader, sums, &text, &size);
	return r > 0 ? read_md5sums(dpkg, package, text, size, true) : r;
}

static int read_status_directory(struct dpkg *dpkg)
{
	struct root_names names;
	int r = root_names(dpkg->reader->root, dpkg->reader->arena, DATABASE "/status.d", &names);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < names.count; i++)
		if (!strstr(names.items[i], ".md5sums"))
			r = read_one_of_directory(dpkg, names.items[i]);
	return r < 0 ? r : 0;
}

int packages_read_dpkg(struct package_reader *reader)
{
	struct dpkg dpkg = { .reader = reader };
	int r = read_diversions(&dpkg);

	if (r == 0)
		r = read_status(&dpkg);
	return r == 0 ? read_status_directory(&dpkg) : r;
}
