/* SPDX-License-Identifier: Apache-2.0 */
#include "root/root.h"
#include "base/buffer.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

enum {
	/* As many as Linux follows in one path (MAXSYMLINKS). */
	LINKS_MAX = 40,
};

void root_close(struct root *root)
{
	if (root)
		root->ops->close(root);
}

int root_open(const struct root *root, const char *path, struct root_file *file)
{
	*file = ROOT_FILE_NONE;
	return root->ops->open(root, path, file);
}

void root_file_close(struct root_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	*file = ROOT_FILE_NONE;
}

int root_file_fd(struct root_file *file)
{
	struct root_file opened = ROOT_FILE_NONE;
	int r;

	if (file->fd >= 0)
		return file->fd;
	if (!file->source)
		return -EINVAL;
	r = root_open(file->root, file->source, &opened);
	if (r < 0)
		return r;
	if (opened.stat.st_dev != file->stat.st_dev || opened.stat.st_ino != file->stat.st_ino) {
		root_file_close(&opened);
		return -ESTALE;
	}
	file->fd = opened.fd;
	file->source = NULL;
	return file->fd;
}

static ssize_t content_pread(const struct root_file *file, void *bytes, size_t size, off_t offset)
{
	size_t whole = (size_t)file->stat.st_size;

	if (offset < 0)
		return -EINVAL;
	if ((uint64_t)offset >= whole)
		return 0;
	if (size > whole - (size_t)offset)
		size = whole - (size_t)offset;
	memcpy(bytes, (const char *)file->content + offset, size);
	return (ssize_t)size;
}

ssize_t root_file_pread(struct root_file *file, void *bytes, size_t size, off_t offset)
{
	size_t done = 0;
	int fd;

	if (file->content)
		return content_pread(file, bytes, size, offset);
	fd = root_file_fd(file);
	if (fd < 0)
		return fd;
	while (done < size) {
		ssize_t n = pread(fd, (char *)bytes + done, size - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int root_file_read(struct root_file *file, struct arena *arena, size_t limit, char **bytes,
		   size_t *size)
{
	ssize_t n;

	assert(bytes && size);
	if (!S_ISREG(file->stat.st_mode))
		return S_ISDIR(file->stat.st_mode) ? -EISDIR : -EINVAL;
	if ((uint64_t)file->stat.st_size > limit)
		return -EFBIG;
	*bytes = arena_room(arena, (size_t)file->stat.st_size + 1);
	if (!*bytes)
		return -ENOMEM;
	n = root_file_pread(file, *bytes, (size_t)file->stat.st_size, 0);
	if (n < 0)
		return (int)n;
	(*bytes)[n] = '\0';
	*size = (size_t)n;
	return 0;
}

int root_read(const struct root *root, struct arena *arena, const char *path, size_t limit,
	      char **bytes, size_t *size)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	TRY(root_open(root, path, &file));
	return root_file_read(&file, arena, limit, bytes, size);
}

/* A walk in progress: the canonical path so far, and the text that is still to be walked. */
struct walk {
	const struct root *root;
	root_visit_fn *visit;
	void *data;
	struct buffer canonical; /* "" for "/" */
	struct buffer rest;
	size_t next; /* offset in REST */
	unsigned links;
};

/* All but the last component of what was walked are directories, wherever the walk ended. */
static void remember(const struct walk *walk)
{
	struct root_memory *memory = walk->root->memory;
	const struct buffer *canonical = &walk->canonical;
	const char *slash =
		canonical->size > 0 ? memrchr(canonical->bytes, '/', canonical->size) : NULL;
	size_t length = slash ? (size_t)(slash - canonical->bytes) : 0;

	if (!memory || buffer_error(canonical) || length == 0 || length >= ROOT_DIRECTORY_MAX)
		return;
	memcpy(memory->directory, canonical->bytes, length);
	memory->length = length;
}

/* A walk whose path begins with the directory that is remembered begins there. */
static void recall(struct walk *walk, const char *path)
{
	const struct root_memory *memory = walk->root->memory;

	if (!memory || memory->length == 0 || walk->visit ||
	    strncmp(path, memory->directory, memory->length) != 0 || path[memory->length] != '/')
		return;
	buffer_add(&walk->canonical, memory->directory, memory->length);
	walk->next = memory->length;
}

static void walk_cleanup(struct walk *walk)
{
	remember(walk);
	buffer_reset(&walk->canonical);
	buffer_reset(&walk->rest);
}

static const char *walk_path(const struct walk *walk)
{
	return walk->canonical.size ? walk->canonical.bytes : "/";
}

static void walk_up(struct walk *walk)
{
	struct buffer *canonical = &walk->canonical;

	while (canonical->size > 0 && canonical->bytes[--canonical->size] != '/')
		;
	if (canonical->bytes)
		canonical->bytes[canonical->size] = '\0';
}

/* Puts a link's text before the rest of the path, and walks on from there. */
static int walk_follow(struct walk *walk, const char *target)
{
	struct buffer rest = { 0 };

	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (!*target)
		return -ENOENT;
	buffer_add_string(&rest, target);
	buffer_add_string(&rest, walk->rest.bytes + walk->next);
	buffer_reset(&walk->rest);
	walk->rest = rest;
	walk->next = 0;
	if (buffer_error(&rest))
		return -ENOMEM;
	if (rest.size >= PATH_MAX)
		return -ENAMETOOLONG;
	if (target[0] == '/') {
		walk->canonical.size = 0;
		if (walk->canonical.bytes)
			walk->canonical.bytes[0] = '\0';
	} else {
		walk_up(walk);
	}
	return 0;
}

static int walk_component(struct walk *walk, const char *name, size_t length, bool follow)
{
	const struct stat *stat;
	const char *target;
	bool last;
	int r;

	if (length == 2 && memcmp(name, "..", 2) == 0) {
		walk_up(walk);
		return 0;
	}
	if (length == 1 && name[0] == '.')
		return 0;
	buffer_add(&walk->canonical, "/", 1);
	buffer_add(&walk->canonical, name, length);
	if (buffer_error(&walk->canonical))
		return -ENOMEM;
	r = walk->root->ops->look(walk->root, walk->canonical.bytes, &stat, &target);
	if (r < 0)
		return r;
	if (walk->visit) {
		r = walk->visit(walk->data, walk->canonical.bytes, stat, target);
		if (r != 0)
			return r;
	}
	/* A "/" behind a name asks for a directory, and follows a link. */
	last = walk->rest.bytes[walk->next] == '\0';
	if (target)
		return last && !follow ? 0 : walk_follow(walk, target);
	return last || S_ISDIR(stat->st_mode) ? 0 : -ENOTDIR;
}

int root_walk(const struct root *root, struct arena *arena, const char *path, bool follow,
	      root_visit_fn *visit, void *data, char **canonical)
{
	CLEANUP(walk) struct walk walk = { .root = root, .visit = visit, .data = data };

	if (!*path)
		return -ENOENT;
	buffer_add_string(&walk.rest, path);
	recall(&walk, path);
	if (buffer_error(&walk.rest) || buffer_error(&walk.canonical))
		return -ENOMEM;
	for (;;) {
		const char *name;
		size_t length;
		int r;

		walk.next += strspn(walk.rest.bytes + walk.next, "/");
		name = walk.rest.bytes + walk.next;
		length = strcspn(name, "/");
		if (length == 0)
			break;
		if (length > NAME_MAX)
			return -ENAMETOOLONG;
		walk.next += length;
		r = walk_component(&walk, name, length, follow);
		if (r != 0)
			return r;
	}
	if (canonical) {
		*canonical = arena_strdup(arena, walk_path(&walk));
		if (!*canonical)
			return -ENOMEM;
	}
	return 0;
}

int root_look_at(const struct root *root, const char *path, const struct stat **stat,
		 const char **target)
{
	const char *text;

	assert(path[0] == '/');
	return root->ops->look(root, path, stat, target ? target : &text);
}

int root_look(const struct root *root, struct arena *arena, const char *path,
	      const struct stat **stat, const char **target)
{
	char *canonical = NULL;

	TRY(root_walk(root, arena, path, false, NULL, NULL, &canonical));
	assert(canonical);
	return root_look_at(root, canonical, stat, target);
}

int root_resolve(const struct root *root, struct arena *arena, const char *path,
		 const struct stat **stat, char **canonical)
{
	TRY(root_walk(root, arena, path, true, NULL, NULL, canonical));
	assert(*canonical);
	return root_look_at(root, *canonical, stat, NULL);
}

int root_list_at(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	assert(path[0] == '/' && fn);
	return root->ops->list(root, path, fn, data);
}

int root_list(const struct root *root, struct arena *arena, const char *path, root_list_fn *fn,
	      void *data)
{
	char *canonical = NULL;

	TRY(root_walk(root, arena, path, true, NULL, NULL, &canonical));
	assert(canonical);
	return root_list_at(root, canonical, fn, data);
}

struct names {
	struct arena *arena;
	struct texts *texts;
};

static int add_name(void *data, const char *name)
{
	const struct names *names = data;

	return texts_add(names->arena, names->texts, arena_strdup(names->arena, name));
}

int root_names(const struct root *root, struct arena *arena, const char *path, struct texts *out)
{
	struct names names = { .arena = arena, .texts = out };

	*out = (struct texts){ 0 };
	TRY(root_list(root, arena, path, add_name, &names));
	texts_sort(out->items, out->count);
	return 0;
}
