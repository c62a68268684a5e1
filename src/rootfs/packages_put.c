/*
 * The records that scanners of images read (those of Trivy, Grype, Clair): /var/lib/dpkg/status.d
 * as images without dpkg have it, with the files that are there and no others; apk's database,
 * cut to the same; os-release, by which scanners know whose advisories count.
 */
#include "base/buffer.h"
#include "base/path.h"
#include "rootfs/packages_private.h"

#include <errno.h>
#include <string.h>

static const char why[] = "--package-metadata: records of the packages that files come from";

/* The owner of ENTRY's file, where it stands at the path that the package has it at. */
static const struct package_file *find_owner(const struct packages *packages,
					     const struct entry *entry)
{
	if (entry->type != ENTRY_FILE || !entry->source || strcmp(entry->source, entry->path) != 0)
		return NULL;
	return packages_find(packages, entry->path);
}

/* A stanza without what describes files that may not be there. */
static void add_stanza(struct buffer *out, const struct package *package)
{
	const char *at = package->record;
	const char *end = at + package->record_size;
	bool skipped = false;

	for (struct package_line line; package_line_next(&at, end, &line);) {
		if (line.length == 0)
			continue;
		if (line.text[0] != ' ')
			skipped = strncasecmp(line.text, "Conffiles:", 10) == 0;
		if (skipped)
			continue;
		buffer_add(out, line.text, line.length);
		buffer_add(out, "\n", 1);
	}
}

static void add_md5sums(struct buffer *out, const struct packages *packages,
			const struct package *package, const struct manifest *manifest)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(manifest, &count);

	for (size_t i = 0; i < count; i++) {
		const struct package_file *file = find_owner(packages, entries[i]);

		if (file && file->package == package && file->md5)
			buffer_printf(out, "%s  %s\n", file->md5, entries[i]->path + 1);
	}
}

static int put_text(struct manifest *manifest, const char *path, const struct buffer *text)
{
	if (!path || buffer_error(text))
		return -ENOMEM;
	return manifest_put_file(manifest, path, 0644, text->bytes ? text->bytes : "", text->size,
				 ENTRY_DEFAULT, why);
}

/* Two architectures of one package have a record each. */
static bool is_first_of_name(const struct packages *packages, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (packages->items[i]->kind == PACKAGE_DEB &&
		    strcmp(packages->items[i]->name, packages->items[index]->name) == 0)
			return false;
	return true;
}

static int put_deb(const struct packages *packages, size_t index, struct manifest *manifest)
{
	const struct package *package = packages->items[index];
	struct arena *arena = manifest_arena(manifest);
	CLEANUP(buffer) struct buffer stanza = { 0 };
	CLEANUP(buffer) struct buffer sums = { 0 };
	const char *path;
	int r;

	path = is_first_of_name(packages, index)
		       ? arena_printf(arena, "/var/lib/dpkg/status.d/%s", package->name)
		       : arena_printf(arena, "/var/lib/dpkg/status.d/%s:%s", package->name,
				      package->architecture);
	add_stanza(&stanza, package);
	add_md5sums(&sums, packages, package, manifest);
	r = put_text(manifest, path, &stanza);
	return r == 0 ? put_text(manifest, arena_printf(arena, "%s.md5sums", path), &sums) : r;
}

/* Whether MANIFEST has DIRECTORY/NAME of a stanza, as its own. */
static bool is_there(const struct packages *packages, struct manifest *manifest,
		     const struct package *package, const struct package_line *directory,
		     const struct package_line *name)
{
	struct package_reader reader = {
		.arena = manifest_arena(manifest),
		.packages = (struct packages *)(uintptr_t)packages,
	};
	const char *path =
		arena_printf(reader.arena, "/%.*s%s%.*s", (int)directory->length, directory->text,
			     directory->length > 0 ? "/" : "", (int)name->length, name->text);
	const struct package_owner *owner = path ? package_find(&reader, path, strlen(path)) : NULL;
	const struct entry *entry = owner ? manifest_find(manifest, owner->file.path) : NULL;

	return entry && owner->file.package == package && find_owner(packages, entry);
}

/* The lines of a stanza but for files that are not there, and directories without any. */
static void add_apk(struct buffer *out, const struct packages *packages,
		    const struct package *package, struct manifest *manifest)
{
	const char *at = package->record;
	const char *end = at + package->record_size;
	struct package_line directory = { "", 0 };
	struct buffer pending = { 0 };
	bool kept = true;

	for (struct package_line line; package_line_next(&at, end, &line);) {
		char letter = line.length >= 2 && line.text[1] == ':' ? line.text[0] : '\0';
		const struct package_line value = { line.text + 2, line.length - 2 };

		if (letter == 'F') {
			directory = value;
			buffer_reset(&pending);
		}
		if (letter == 'R')
			kept = is_there(packages, manifest, package, &directory, &value);
		if (letter == 'F' || letter == 'M') {
			buffer_add(&pending, line.text, line.length);
			buffer_add(&pending, "\n", 1);
			kept = false;
			continue;
		}
		if (!kept || line.length == 0)
			continue;
		buffer_add(out, pending.bytes ? pending.bytes : "", pending.size);
		buffer_reset(&pending);
		buffer_add(out, line.text, line.length);
		buffer_add(out, "\n", 1);
	}
	buffer_add(out, "\n", 1);
	buffer_reset(&pending);
}

static int put_apk(const struct packages *packages, const struct root *root,
		   struct manifest *manifest)
{
	CLEANUP(buffer) struct buffer database = { 0 };
	const struct stat *stat;
	const char *path = "/lib/apk/db/installed";

	for (size_t i = 0; i < packages->count; i++)
		if (packages->items[i]->kind == PACKAGE_APK)
			add_apk(&database, packages, packages->items[i], manifest);
	if (database.size == 0)
		return 0;
	if (root_look(root, manifest_arena(manifest), path, &stat, NULL) < 0)
		path = "/usr/lib/apk/db/installed";
	return put_text(manifest, path, &database);
}

static int put_os_release(const struct root *root, struct manifest *manifest)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(paths); i++) {
		char *canonical;

		if (root_walk(root, manifest_arena(manifest), paths[i], true, NULL, NULL,
			      &canonical) == 0)
			r = manifest_harvest(manifest, root, paths[i], paths[i], ENTRY_DEFAULT,
					     why);
	}
	return r;
}

int packages_put(const struct packages *packages, const struct root *root,
		 struct manifest *manifest, const struct diag *diag)
{
	int r = put_os_release(root, manifest);

	for (size_t i = 0; r == 0 && i < packages->count; i++)
		if (packages->items[i]->kind == PACKAGE_DEB)
			r = put_deb(packages, i, manifest);
	for (size_t i = 0; r == 0 && i < packages->count; i++)
		if (packages->items[i]->kind == PACKAGE_RPM)
			return diag_error_hint(diag, ENOTSUP, "--package-metadata",
					       "--sbom tells the packages of such a system",
					       "there is no way to write a part of rpm's database");
	return r == 0 ? put_apk(packages, root, manifest) : r;
}
