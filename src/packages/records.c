/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/records.h"
#include "base/error.h"
#include "base/path.h"
#include "base/view.h"
#include "packages/checksums.h"
#include "packages/deb822.h"

#include <assert.h>
#include <errno.h>
#include <nettle/base64.h>

enum {
	APK_SUM_SIZE = 2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1,
	PACKAGE_SUM_SIZE = 2 * MD5_DIGEST_SIZE + 1, /* the longer of dpkg's and apk's */
};

_Static_assert((int)APK_SUM_SIZE <= (int)PACKAGE_SUM_SIZE, "a checksum of apk has room");

static const char why[] = "--package-metadata";

int package_records_put_os_release(struct manifest *manifest, const struct root *root,
				   const struct diag *diag)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int r = root_walk(root, manifest_arena(manifest), paths[i], true, NULL, NULL, NULL);

		if (r < 0 && root_is_absence(r))
			continue;
		if (r < 0)
			return diag_errno(diag, -r, paths[i]);
		TRY(manifest_harvest(manifest, root, paths[i], paths[i], ENTRY_DEFAULT, why));
	}
	return 0;
}

/* The package whose record is written, and where to. */
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
static void to_apk(const uint8_t sha1[SHA1_DIGEST_SIZE], char *text)
{
	memcpy(text, "Q1", 2);
	base64_encode_raw(text + 2, SHA1_DIGEST_SIZE, sha1);
	text[APK_SUM_SIZE - 1] = '\0';
}

/* The checksum of what FILE is now, in the form of its package's database. */
static int sum_file(const struct record *record, const struct package_file *file,
		    char sum[PACKAGE_SUM_SIZE])
{
	const struct entry *entry = file->entry;
	struct checksums sums;

	if (record->package->kind == PACKAGE_DPKG) {
		TRY(entry_checksums(entry, CHECKSUM_MD5, record->diag, &sums));
		memcpy(sum, sums.md5, sizeof(sums.md5));
		return 0;
	}
	if (entry->type == ENTRY_SYMLINK)
		checksum_sha1(entry->target, strlen(entry->target), &sums);
	else
		TRY(entry_checksums(entry, CHECKSUM_SHA1, record->diag, &sums));
	to_apk(sums.sha1_bytes, sum);
	return 0;
}

/* Whether the bytes are those that the package came with. 1: they are; 0 after a warning. */
static int is_as_packaged(const struct record *record, const struct package_file *file)
{
	char sum[PACKAGE_SUM_SIZE];

	assert(file->checksum);
	TRY(sum_file(record, file, sum));
	if (strcmp(sum, file->checksum) == 0)
		return 1;
	diag_warning(record->diag, file->entry->source,
		     "differs from the file of package %s, and is left out of its record",
		     record->package->name);
	return 0;
}

static bool is_of_installation(const struct deb822_field *field)
{
	static const char *const names[] = { "Status", "Config-Version", "Conffiles",
					     "Triggers-Pending", "Triggers-Awaited" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (deb822_is(field, names[i]))
			return true;
	return false;
}

/*
 * Adds the package's paragraph as its archive has it, without the fields that only an installed
 * package has. Scanners know a distroless image by the absence of Status.
 */
static void add_stanza(struct buffer *out, const struct package *package)
{
	struct view paragraph = view_of(package->record);
	struct deb822_field field;

	while (deb822_take_field(&paragraph, &field)) {
		if (is_of_installation(&field))
			continue;
		buffer_add(out, field.lines.bytes, field.lines.size);
		if (field.lines.bytes[field.lines.size - 1] != '\n')
			buffer_add_string(out, "\n");
	}
}

/* The MD5 that configuration file LISTED came with: "Conffiles:" has lines " PATH MD5". Or empty.
 */
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

/*
 * Sets *MD5 to the checksum of FILE where it is as its package has it, else to NULL. SUMS is for
 * its memory. Configuration files, which the user may change, have theirs in the paragraph.
 */
static int find_md5(const struct record *record, const struct package_file *file,
		    struct checksums *sums, const char **md5)
{
	struct view original;

	*md5 = NULL;
	if (file->checksum) {
		if (TRY(is_as_packaged(record, file)) == 1)
			*md5 = file->checksum;
		return 0;
	}
	original = find_conffile(record->package, file->listed);
	if (original.size == 0)
		return 0;
	TRY(entry_checksums(file->entry, CHECKSUM_MD5, record->diag, sums));
	if (view_is(original, sums->md5))
		*md5 = sums->md5;
	return 0;
}

/* Adds the lines of .md5sums: of files, not of links. */
static int add_md5sums(struct buffer *out, const struct record *record)
{
	const struct package *package = record->package;

	for (size_t i = 0; i < package->n_files; i++) {
		const struct package_file *file = &package->files[i];
		struct checksums sums;
		const char *md5;

		if (file->entry->type != ENTRY_FILE)
			continue;
		TRY(find_md5(record, file, &sums, &md5));
		if (md5)
			buffer_printf(out, "%s  %s\n", md5, listed_path(record, file) + 1);
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

/* QUALIFIED: another package has the same name, so the file's has the architecture in it. */
static int put_dpkg(const struct record *record, bool qualified)
{
	CLEANUP(buffer) struct buffer stanza = { 0 };
	CLEANUP(buffer) struct buffer sums = { 0 };
	const struct package *package = record->package;
	struct arena *arena = manifest_arena(record->manifest);
	const char *path =
		arena_printf(arena, "/var/lib/dpkg/status.d/%s%s%s", package->name,
			     qualified ? ":" : "", qualified ? package->architecture : "");

	if (!path)
		return -ENOMEM;
	add_stanza(&stanza, package);
	TRY(add_md5sums(&sums, record));
	TRY(put(record->manifest, path, &stanza));
	return put(record->manifest, arena_printf(arena, "%s.md5sums", path), &sums);
}

/* A file of apk's record, which has a paragraph of files for each directory. */
struct apk_member {
	const char *path;
	const struct package_file *file;
};

static size_t directory_length(const char *path)
{
	return (size_t)(path_basename(path) - path);
}

/* Directory by directory, so that each stands there once. */
static int compare_members(const void *left, const void *right)
{
	const struct apk_member *a = left;
	const struct apk_member *b = right;
	size_t a_length = directory_length(a->path);
	size_t b_length = directory_length(b->path);
	int order = memcmp(a->path, b->path, a_length < b_length ? a_length : b_length);

	if (order == 0)
		order = (a_length > b_length) - (a_length < b_length);
	return order ? order : strcmp(a->path + a_length, b->path + b_length);
}

/* Whether apk's database has a checksum of FILE that can be compared: SHA-1, not an older one. */
static bool has_apk_sum(const struct package_file *file)
{
	return file->checksum && strncmp(file->checksum, "Q1", 2) == 0;
}

static int find_members(const struct record *record, struct apk_member *members, size_t *count)
{
	const struct package *package = record->package;

	*count = 0;
	for (size_t i = 0; i < package->n_files; i++) {
		const struct package_file *file = &package->files[i];

		if (has_apk_sum(file) && TRY(is_as_packaged(record, file)) == 0)
			continue;
		members[*count].path = listed_path(record, file);
		members[(*count)++].file = file;
	}
	if (*count > 0)
		qsort(members, *count, sizeof(*members), compare_members);
	return 0;
}

static void add_apk_field(struct buffer *out, char letter, const char *value)
{
	if (value)
		buffer_printf(out, "%c:%s\n", letter, value);
}

/* Adds MEMBER, and its directory where that of BEFORE, which may be NULL, is another. */
static void add_member(struct buffer *out, const struct apk_member *before,
		       const struct apk_member *member)
{
	const struct package_file *file = member->file;
	size_t length = directory_length(member->path);

	if (!before || directory_length(before->path) != length ||
	    memcmp(before->path, member->path, length) != 0) {
		/* Without the slashes around it; the root's name is empty. */
		buffer_printf(out, "F:%.*s\n", (int)(length > 1 ? length - 2 : 0),
			      member->path + 1);
		add_apk_field(out, 'M', file->directory_owner);
	}
	add_apk_field(out, 'R', path_basename(member->path));
	add_apk_field(out, 'a', file->owner);
	add_apk_field(out, 'Z', file->checksum);
}

static int add_apk(struct buffer *out, const struct record *record)
{
	const struct package *package = record->package;
	CLEANUP(free) struct apk_member *members = calloc(package->n_files + 1, sizeof(*members));
	size_t count;

	if (!members)
		return -ENOMEM;
	TRY(find_members(record, members, &count));
	buffer_add_string(out, package->record);
	for (size_t i = 0; i < count; i++)
		add_member(out, i > 0 ? &members[i - 1] : NULL, &members[i]);
	buffer_add_string(out, "\n");
	return 0;
}

static int put_all(struct record *record, const struct packages *packages)
{
	CLEANUP(buffer) struct buffer apk = { 0 };
	const char *database = NULL;
	const char *name = ""; /* of the package before */

	for (size_t i = 0; i < packages->count; i++) {
		record->package = packages->items[i];
		switch (record->package->kind) {
		case PACKAGE_DPKG:
			TRY(put_dpkg(record, strcmp(name, record->package->name) == 0));
			name = record->package->name;
			break;
		case PACKAGE_APK:
			TRY(add_apk(&apk, record));
			database = record->package->database;
			break;
		case PACKAGE_RPM:
			return diag_error_hint(record->diag, ENOTSUP, why,
					       "--sbom lists rpm's packages",
					       "mkrootfs cannot write a part of rpm's database");
		}
	}
	return database ? put(record->manifest, database, &apk) : 0;
}

int package_records_put(struct manifest *manifest, const struct packages *packages,
			const struct diag *diag)
{
	CLEANUP(root_close) struct root *view = NULL;
	struct record record = { .manifest = manifest, .diag = diag };

	TRY(manifest_root(manifest, &view));
	record.view = view;
	return put_all(&record, packages);
}
