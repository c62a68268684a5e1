/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/files.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A path in the making: without its last "/", so "" is the root directory. */
struct name {
	char bytes[2 * PATH_MAX];
	size_t length;
	size_t root; /* the length of what ".." does not go up from */
};

static int record_find(struct trace_files *files, const char *path, size_t length,
		       struct trace_record **out)
{
	struct trace_record *record;

	HASH_FIND(hh, files->records, path, length, record);
	if (!record && files->most &&
	    (HASH_COUNT(files->records) >= files->most || files->bytes / 1024 >= files->most)) {
		files->full = true;
		return -ENOENT;
	}
	if (!record) {
		files->bytes += length;
		record = arena_alloc(files->arena, sizeof(*record));
		if (!record)
			return -ENOMEM;
		record->file.path = arena_strndup(files->arena, path, length);
		if (!record->file.path)
			return -ENOMEM;
		HASH_ADD_KEYPTR(hh, files->records, record->file.path, length, record);
		if (!HASH_HAS(record))
			return -ENOMEM;
	}
	*out = record;
	return 0;
}

/*
 * Goes up from NAME. A link's parent is that of what it points to; and to get there, NAME has
 * to exist.
 */
static int name_go_up(struct trace_files *files, struct name *name, bool recorded)
{
	char target[PATH_MAX];
	struct stat status;

	name->bytes[name->length] = '\0';
	if (name->length <= name->root)
		return 0;
	if (trace_look_stat(files->look, name->bytes, false, &status) == 0) {
		if (recorded) {
			struct trace_record *record;
			int r = record_find(files, name->bytes, name->length, &record);

			if (r < 0)
				return r;
			trace_record_use(record, TRACE_TESTED, true);
		}
		if (S_ISLNK(status.st_mode) &&
		    trace_look_real(files->look, name->bytes, target) == 0) {
			name->length = strlen(target);
			memcpy(name->bytes, target, name->length);
		}
	}
	while (name->length > name->root && name->bytes[--name->length] != '/')
		;
	return 0;
}

static int name_append(struct trace_files *files, struct name *name, const char *path,
		       bool recorded)
{
	for (; *path; path += strspn(path, "/")) {
		size_t size = strcspn(path, "/");

		if (size == 2 && memcmp(path, "..", 2) == 0) {
			int r = name_go_up(files, name, recorded);

			if (r < 0)
				return r;
		} else if (size > 0 && !(size == 1 && path[0] == '.')) {
			if (size + 2 > sizeof(name->bytes) - name->length)
				return -ENOENT;
			name->bytes[name->length++] = '/';
			memcpy(name->bytes + name->length, path, size);
			name->length += size;
		}
		path += size;
	}
	return 0;
}

int trace_files_find(struct trace_files *files, const char *root, const char *base,
		     const char *path, struct trace_record **out)
{
	struct name name = { .length = 0 };

	TRY(name_append(files, &name, path[0] == '/' ? root : base, false));
	name.root = path[0] == '/' ? name.length : 0;
	TRY(name_append(files, &name, path, true));
	if (name.length == 0)
		name.bytes[name.length++] = '/';
	return record_find(files, name.bytes, name.length, out);
}

void trace_record_use(struct trace_record *record, unsigned uses, bool found)
{
	struct trace_file *file = &record->file;

	if (found && !file->found) {
		file->found = true;
		file->uses = 0;
	}
	if (found == file->found)
		file->uses |= uses;
}

void trace_record_failure(struct trace_record *record, unsigned uses, int error, unsigned number,
			  bool own)
{
	struct trace_file *file = &record->file;

	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		file->failed |= uses;
		break;
	case EACCES:
	case EPERM:
		file->denied |= uses;
		break;
	default:
		return;
	}
	file->last = number;
	file->own = own;
}

void trace_record_write(struct trace_record *record, bool existed)
{
	struct trace_file *file = &record->file;

	if (!file->written && !existed)
		file->created = true;
	file->written = true;
}

static int compare_files(const void *left, const void *right)
{
	return strcmp(((const struct trace_file *)left)->path,
		      ((const struct trace_file *)right)->path);
}

/* Whether a directory that PATH is in was created. */
static bool in_created(const struct trace_files *files, const char *path)
{
	for (size_t i = 1; path[i]; i++) {
		const struct trace_record *record;

		if (path[i] != '/')
			continue;
		HASH_FIND(hh, files->records, path, i, record);
		if (record && record->file.created)
			return true;
	}
	return false;
}

int trace_files_list(const struct trace_files *files, const struct trace_file **out, size_t *n)
{
	struct trace_file *list =
		arena_array(files->arena, HASH_COUNT(files->records), sizeof(*list));
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	for (const struct trace_record *record = files->records; record; record = record->hh.next) {
		struct trace_file file = record->file;

		/* Its call did not come to an end. */
		if (!file.uses && !file.written)
			continue;
		if (file.found && in_created(files, file.path))
			file.created = file.written = true;
		list[count++] = file;
	}
	qsort(list, count, sizeof(*list), compare_files);
	*out = list;
	*n = count;
	return 0;
}

void trace_files_close(struct trace_files *files)
{
	HASH_CLEAR(hh, files->records);
}
