/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/records.h"
#include "base/path.h"
#include "base/view.h"
#include "packages/checksums.h"
#include "packages/deb822.h"

#include <errno.h>
#include <nettle/base64.h>

enum { APK_SUM_SIZE = 2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1 };

static const char why[] = "--package-metadata";

int package_records_put_os_release(struct manifest *manifest, const struct root *root)
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

/* What is being written of one package. */
struct record {
	struct manifest *manifest;
	struct root *view; /* the manifest as a root */
	const struct package *package;
	const struct diag *diag;
};

/*
 * The path by which FILE is listed: the package's own where that leads to it in the result,
 * else the one where it stands.
 */
static const char *listed_path(const struct record *record, const struct package_file *file)
{
	char *canonical;

	if (root_walk(record->view, manifest_arena(record->manifest), file->listed, false, NULL,
		      NULL, &canonical) == 0 &&
	    strcmp(canonical, file->entry->path) == 0)
		return file->listed;
	return file->entry->path;
}

/* A checksum as apk writes it: SHA-1 in base64. */
static void to_apk(const uint8_t sha1[SHA1_DIGEST_SIZE], char text[APK_SUM_SIZE])
{
	memcpy(text, "Q1", 2);
	base64_encode_raw(text + 2, SHA1_DIGEST_SIZE, sha1);
	text[APK_SUM_SIZE - 1] = '\0';
}

/* Whether the bytes are those that the package came with. 1: they are; 0 after a warning. */
static int is_as_packaged(const struct record *record, const struct package_file *file)
{
	const struct entry *entry = file->entry;
	char apk[APK_SUM_SIZE] = "";
	struct checksums sums = { 0 };
	bool same;
	int r = 0;

	if (record->package->kind == PACKAGE_DPKG) {
		r = entry_checksums(entry, CHECKSUM_MD5, record->diag, &sums);
		same = strcmp(sums.md5, file->checksum) == 0;
	} else if (entry->type == ENTRY_SYMLINK) {
		checksum_sha1(entry->target, strlen(entry->target), &sums);
		to_apk(sums.sha1_bytes, apk);
		same = strcmp(apk, file->checksum) == 0;
	} else {
		r = entry_checksums(entry, CHECKSUM_SHA1, record->diag, &sums);
		to_apk(sums.sha1_bytes, apk);
		same = strcmp(apk, file->checksum) == 0;
	}
	if (r == 0 && !same)
		diag_warning(record->diag, entry->source,
			     "is not as package %s has it, and is left out of its record",
			     record->package->name);
	return r < 0 ? r : same;
}

/*
 * The package's own words, as its archive has them: not what is true of an installed package
 * alone. Distroless images have no Status there either: it is by this that scanners tell them.
 */
static void add_stanza(struct buffer *out, const struct package *package)
{
	static const char *const dropped[] = { "Status", "Config-Version", "Conffiles",
					       "Triggers-Pending", "Triggers-Awaited" };
	struct view paragraph = view_of(package->record);
	struct deb822_field field;

	while (deb822_take_field(&paragraph, &field)) {
		bool drop = false;

		for (size_t i = 0; i < ARRAY_SIZE(dropped); i++)
			drop |= deb822_is(&field, dropped[i]);
		if (drop)
			continue;
		buffer_add(out, field.lines.bytes, field.lines.size);
		if (field.lines.bytes[field.lines.size - 1] != '\n')
			buffer_add_string(out, "\n");
	}
}

/* Of "Conffiles:", with a line " PATH MD5" each: the MD5 that PATH came with; else nothing. */
static struct view find_conffile(const struct package *package, const char *listed)
{
	struct view paragraph = view_of(package->record);
	struct deb822_field field;
	struct view line;
	struct view word;

	while (deb822_take_field(&paragraph, &field)) {
		if (!deb822_is(&field, "Conffiles"))
			continue;
		while (view_take_line(&field.value, &line)) {
			line = view_trim(line);
			if (view_take(&line, ' ', &word) && view_is(word, listed) &&
			    view_take(&line, ' ', &word))
				return word;
		}
	}
	return (struct view){ "", 0 };
}

/* 1 where FILE is one that may be changed, and is as it came; it has no other checksum. */
static int is_unchanged_conffile(const struct record *record, const struct package_file *file,
				 struct checksums *sums)
{
	struct view md5 = find_conffile(record->package, file->listed);
	int r = md5.size > 0 ? entry_checksums(file->entry, CHECKSUM_MD5, record->diag, sums) : 0;

	return r < 0 ? r : md5.size > 0 && view_is(md5, sums->md5);
}

/* Links have none. */
static int add_md5sums(struct buffer *out, const struct record *record)
{
	const struct package *package = record->package;

	for (size_t i = 0; i < package->n_files; i++) {
		const struct package_file *file = &package->files[i];
		struct checksums sums;
		int r;

		if (file->entry->type != ENTRY_FILE)
			continue;
		r = file->checksum ? is_as_packaged(record, file)
				   : is_unchanged_conffile(record, file, &sums);
		if (r < 0)
			return r;
		if (r > 0)
			buffer_printf(out, "%s  %s\n", file->checksum ? file->checksum : sums.md5,
				      listed_path(record, file) + 1);
	}
	return 0;
}

static int put(struct manifest *manifest, const char *path, const struct buffer *text)
{
	if (buffer_error(text) || !path)
		return -ENOMEM;
	return manifest_put_file(manifest, path, 0644, text->size > 0 ? text->bytes : "",
				 text->size, ENTRY_DEFAULT, why);
}

/* QUALIFIED: another package has the same name. */
static int put_dpkg(const struct record *record, bool qualified)
{
	CLEANUP(buffer) struct buffer stanza = { 0 };
	CLEANUP(buffer) struct buffer sums = { 0 };
	const struct package *package = record->package;
	struct arena *arena = manifest_arena(record->manifest);
	const char *path =
		arena_printf(arena, "/var/lib/dpkg/status.d/%s%s%s", package->name,
			     qualified ? ":" : "", qualified ? package->architecture : "");
	int r = path ? 0 : -ENOMEM;

	add_stanza(&stanza, package);
	if (r == 0)
		r = add_md5sums(&sums, record);
	if (r == 0)
		r = put(record->manifest, path, &stanza);
	if (r == 0)
		r = put(record->manifest, arena_printf(arena, "%s.md5sums", path), &sums);
	return r;
}

/* A file of apk's: its directory, and its name there. */
struct location {
	const char *path;
	const struct package_file *file;
};

static int compare_locations(const void *left, const void *right)
{
	const struct location *a = left;
	const struct location *b = right;
	size_t a_length = (size_t)(path_basename(a->path) - a->path);
	size_t b_length = (size_t)(path_basename(b->path) - b->path);
	int order = memcmp(a->path, b->path, a_length < b_length ? a_length : b_length);

	/* Directory by directory, so that each stands there once. */
	if (order == 0)
		order = (a_length > b_length) - (a_length < b_length);
	return order ? order : strcmp(a->path + a_length, b->path + b_length);
}

static int find_locations(const struct record *record, struct location *locations, size_t *count)
{
	const struct package *package = record->package;

	*count = 0;
	for (size_t i = 0; i < package->n_files; i++) {
		const struct package_file *file = &package->files[i];
		bool known = file->checksum && strncmp(file->checksum, "Q1", 2) == 0;
		int r = known ? is_as_packaged(record, file) : 1;

		if (r < 0)
			return r;
		if (r == 0)
			continue;
		locations[*count].path = listed_path(record, file);
		locations[(*count)++].file = file;
	}
	if (*count > 0)
		qsort(locations, *count, sizeof(*locations), compare_locations);
	return 0;
}

static int add_apk(struct buffer *out, const struct record *record)
{
	const struct package *package = record->package;
	CLEANUP(free) struct location *locations = calloc(package->n_files + 1, sizeof(*locations));
	const char *directory = "";
	size_t length = 0;
	size_t count;
	int r = locations ? find_locations(record, locations, &count) : -ENOMEM;

	if (r < 0)
		return r;
	buffer_add_string(out, package->record);
	for (size_t i = 0; i < count; i++) {
		const char *path = locations[i].path + 1;
		const char *name = path_basename(path);
		const struct package_file *file = locations[i].file;

		if (i == 0 || (size_t)(name - path) != length || strncmp(path, directory, length)) {
			directory = path;
			length = (size_t)(name - path);
			buffer_printf(out, "F:%.*s\n", (int)(length > 0 ? length - 1 : 0), path);
			if (file->directory_owner)
				buffer_printf(out, "M:%s\n", file->directory_owner);
		}
		buffer_printf(out, "R:%s\n", name);
		if (file->owner)
			buffer_printf(out, "a:%s\n", file->owner);
		if (file->checksum)
			buffer_printf(out, "Z:%s\n", file->checksum);
	}
	buffer_add_string(out, "\n");
	return 0;
}

static int put_all(struct record *record, const struct packages *packages)
{
	CLEANUP(buffer) struct buffer apk = { 0 };
	const char *database = NULL;
	const char *name = "";
	int r = 0;

	for (size_t i = 0; r == 0 && i < packages->count; i++) {
		record->package = packages->items[i];
		if (record->package->kind == PACKAGE_DPKG) {
			r = put_dpkg(record, strcmp(name, record->package->name) == 0);
			name = record->package->name;
		} else if (record->package->kind == PACKAGE_APK) {
			r = add_apk(&apk, record);
			database = record->package->database;
		} else {
			r = diag_error_hint(record->diag, ENOTSUP, why,
					    "--sbom tells the packages of such a system",
					    "there is no way to write a part of rpm's database");
		}
	}
	return r == 0 && database ? put(record->manifest, database, &apk) : r;
}

int package_records_put(struct manifest *manifest, const struct packages *packages,
			const struct diag *diag)
{
	struct record record = { .manifest = manifest, .diag = diag };
	int r = manifest_root(manifest, &record.view);

	if (r == 0)
		r = put_all(&record, packages);
	root_close(record.view);
	return r;
}
