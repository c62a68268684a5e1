#include "rootfs/license.h"
#include "base/buffer.h"
#include "rootfs/packages_private.h"

#include <errno.h>
#include <string.h>

enum {
	COPYRIGHT_SIZE_MAX = 4 << 20,
	NAME_LENGTH_MAX = 64,
	LICENSES_MAX = 32,
};

/* Debian's short names (DEP-5) that mean exactly one of SPDX's. */
static const struct {
	const char *debian;
	const char *spdx;
} names[] = {
	{ "Apache-2.0", "Apache-2.0" },
	{ "Artistic-2.0", "Artistic-2.0" },
	{ "BSD-2-clause", "BSD-2-Clause" },
	{ "BSD-3-clause", "BSD-3-Clause" },
	{ "BSL-1.0", "BSL-1.0" },
	{ "CC0-1.0", "CC0-1.0" },
	{ "Expat", "MIT" },
	{ "GFDL-1.3+", "GFDL-1.3-or-later" },
	{ "GPL-1+", "GPL-1.0-or-later" },
	{ "GPL-2", "GPL-2.0-only" },
	{ "GPL-2+", "GPL-2.0-or-later" },
	{ "GPL-3", "GPL-3.0-only" },
	{ "GPL-3+", "GPL-3.0-or-later" },
	{ "ISC", "ISC" },
	{ "LGPL-2", "LGPL-2.0-only" },
	{ "LGPL-2+", "LGPL-2.0-or-later" },
	{ "LGPL-2.1", "LGPL-2.1-only" },
	{ "LGPL-2.1+", "LGPL-2.1-or-later" },
	{ "LGPL-3", "LGPL-3.0-only" },
	{ "LGPL-3+", "LGPL-3.0-or-later" },
	{ "MIT", "MIT" },
	{ "MPL-1.1", "MPL-1.1" },
	{ "MPL-2.0", "MPL-2.0" },
	{ "Zlib", "Zlib" },
	{ "zlib", "Zlib" },
};

static const char *to_spdx(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].debian) == length &&
		    strncmp(names[i].debian, text, length) == 0)
			return names[i].spdx;
	return NULL;
}

/* The licenses of a copyright file, each once. */
struct licenses {
	const char *items[LICENSES_MAX];
	size_t count;
	bool unknown;
};

static void add_license(struct licenses *licenses, const char *text, size_t length)
{
	const char *spdx = length <= NAME_LENGTH_MAX ? to_spdx(text, length) : NULL;

	for (size_t i = 0; spdx && i < licenses->count; i++)
		if (strcmp(licenses->items[i], spdx) == 0)
			return;
	if (spdx && licenses->count < LICENSES_MAX)
		licenses->items[licenses->count++] = spdx;
	else
		licenses->unknown = true;
}

/* "License: GPL-2+": a choice, an exception or a name of the package's own is not certain. */
static bool read_copyright(struct licenses *licenses, const char *text, size_t size)
{
	const char *end = text + size;
	bool machine_readable = false;

	for (struct package_line line; package_line_next(&text, end, &line);) {
		size_t skip = strlen("License:");

		if (line.length > 7 && strncasecmp(line.text, "Format:", 7) == 0)
			machine_readable = true;
		if (line.length <= skip || strncasecmp(line.text, "License:", skip) != 0)
			continue;
		while (skip < line.length && line.text[skip] == ' ')
			skip++;
		while (line.length > skip && line.text[line.length - 1] == ' ')
			line.length--;
		add_license(licenses, line.text + skip, line.length - skip);
	}
	return machine_readable && !licenses->unknown && licenses->count > 0;
}

static const char *join(struct arena *arena, const struct licenses *licenses)
{
	CLEANUP(buffer) struct buffer out = { 0 };

	for (size_t i = 0; i < licenses->count; i++)
		buffer_printf(&out, "%s%s", i > 0 ? " AND " : "", licenses->items[i]);
	return buffer_error(&out) ? NULL : arena_strdup(arena, out.bytes);
}

const char *license_of(struct arena *arena, const struct root *root, const struct package *package)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct licenses licenses = { 0 };
	const char *path;
	char *text;
	size_t size;

	if (package->kind == PACKAGE_APK)
		return package->license;
	/* rpm's are names of its distributions' own, most of the time. */
	if (package->kind == PACKAGE_RPM)
		return NULL;
	path = arena_printf(arena, "/usr/share/doc/%s/copyright", package->name);
	if (!path || root_open(root, path, &file) < 0 ||
	    root_file_read(&file, arena, COPYRIGHT_SIZE_MAX, &text, &size) < 0)
		return NULL;
	return read_copyright(&licenses, text, size) ? join(arena, &licenses) : NULL;
}
