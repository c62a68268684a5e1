#include "rootfs/packages.h"
#include "base/buffer.h"
#include "base/path.h"
#include "rootfs/packages_private.h"

#include <errno.h>
#include <string.h>

bool package_line_next(const char **at, const char *end, struct package_line *line)
{
	const char *newline;

	if (*at >= end)
		return false;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	line->text = *at;
	line->length = (size_t)((newline ? newline : end) - *at);
	*at += line->length + 1;
	return true;
}

char *package_text(struct package_reader *reader, const char *text, size_t length)
{
	return arena_strndup(reader->arena, text, length);
}

int package_read_file(struct package_reader *reader, const char *path, const char **text,
		      size_t *size)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	char *bytes;
	int r = root_open(reader->root, path, &file);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0)
		r = root_file_read(&file, reader->arena, PACKAGES_DATABASE_MAX, &bytes, size);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		diag_warning(reader->diag, path, "cannot be read: %s", errno_text(-r));
		return 0;
	}
	*text = bytes;
	return 1;
}

/* The path that a database has under another name of a directory. */
static const char *unalias(struct package_reader *reader, const char *path)
{
	const struct packages *packages = reader->packages;

	for (size_t i = 0; i < packages->n_aliases; i++) {
		const struct package_alias *alias = &packages->aliases[i];

		if (path_is_below(path, alias->from))
			return arena_printf(reader->arena, "%s%s", alias->to,
					    path + strlen(alias->from));
	}
	return path;
}

struct package_owner *package_find(struct package_reader *reader, const char *path, size_t length)
{
	struct package_owner *owner;
	const char *other;
	char text[4096];

	if (length >= sizeof(text))
		return NULL;
	memcpy(text, path, length);
	text[length] = '\0';
	HASH_FIND_STR(reader->packages->owners, text, owner);
	if (owner)
		return owner;
	/* Nearly all are not asked for: their names need not be made. */
	for (size_t i = 0; i < reader->packages->n_aliases; i++) {
		if (!path_is_below(text, reader->packages->aliases[i].from))
			continue;
		other = unalias(reader, text);
		if (!other)
			return NULL;
		HASH_FIND_STR(reader->packages->owners, other, owner);
		return owner;
	}
	return NULL;
}

int package_own(struct package_reader *reader, struct package *package, struct package_owner *owner)
{
	struct packages *packages = reader->packages;
	int r;

	if (owner->file.package)
		return 0;
	owner->file.package = package;
	if (package->owns)
		return 0;
	package->owns = true;
	r = arena_grow(reader->arena, &packages->items, packages->count, &reader->capacity,
		       sizeof(*packages->items));
	if (r == 0)
		packages->items[packages->count++] = package;
	return r;
}

static int compare(const void *left, const void *right)
{
	const struct package *a = *(const struct package *const *)left;
	const struct package *b = *(const struct package *const *)right;
	int order = strcmp(a->name, b->name);

	if (order == 0)
		order = strcmp(a->architecture ? a->architecture : "",
			       b->architecture ? b->architecture : "");
	return order ? order : strcmp(a->version, b->version);
}

/* What /lib and its like lead to, where they are links. */
static int find_aliases(struct package_reader *reader)
{
	static const char *const names[] = { "/bin",   "/sbin",	  "/lib",     "/lib32",
					     "/lib64", "/libx32", "/usr/sbin" };
	struct packages *packages = reader->packages;

	packages->aliases =
		arena_array(reader->arena, ARRAY_SIZE(names), sizeof(*packages->aliases));
	if (!packages->aliases)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *canonical;
		int r = root_walk(reader->root, reader->arena, names[i], true, NULL, NULL,
				  &canonical);

		if (r == -ENOMEM)
			return r;
		if (r == 0 && strcmp(canonical, names[i]) != 0)
			packages->aliases[packages->n_aliases++] =
				(struct package_alias){ names[i], canonical };
	}
	return 0;
}

static int add_paths(struct package_reader *reader, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct package_owner *owner;

		HASH_FIND_STR(reader->packages->owners, paths[i], owner);
		if (owner)
			continue;
		owner = arena_alloc(reader->arena, sizeof(*owner));
		if (!owner)
			return -ENOMEM;
		owner->file.path = paths[i];
		HASH_ADD_KEYPTR(hh, reader->packages->owners, owner->file.path,
				strlen(owner->file.path), owner);
		if (!owner->hh.tbl)
			return -ENOMEM;
	}
	return 0;
}

/* A value of os-release(5), with or without quotes. */
static const char *read_value(struct package_reader *reader, const struct package_line *line,
			      const char *key)
{
	size_t skip = strlen(key);
	const char *text = line->text + skip;
	size_t length = line->length;

	if (length <= skip || strncmp(line->text, key, skip) != 0)
		return NULL;
	length -= skip;
	if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
		text++;
		length -= 2;
	}
	return length > 0 ? package_text(reader, text, length) : NULL;
}

static int read_distribution(struct package_reader *reader)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
	struct packages *packages = reader->packages;
	const char *text;
	const char *end;
	size_t size;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(paths); i++)
		r = package_read_file(reader, paths[i], &text, &size);
	if (r <= 0)
		return r;
	end = text + size;
	for (struct package_line line; package_line_next(&text, end, &line);) {
		const char *id = read_value(reader, &line, "ID=");
		const char *release = read_value(reader, &line, "VERSION_ID=");

		packages->distribution = id ? id : packages->distribution;
		packages->release = release ? release : packages->release;
	}
	return 0;
}

int packages_read(struct arena *arena, const struct root *root, const char *const *paths,
		  size_t count, const struct diag *diag, struct packages **out)
{
	CLEANUP(packages_free)
	struct packages *packages = arena_alloc(arena, sizeof(*packages));
	struct package_reader reader = {
		.arena = arena,
		.root = root,
		.diag = diag,
		.packages = packages,
	};
	int r;

	if (!packages)
		return -ENOMEM;
	r = add_paths(&reader, paths, count);
	if (r == 0)
		r = find_aliases(&reader);
	if (r == 0)
		r = read_distribution(&reader);
	if (r == 0)
		r = packages_read_dpkg(&reader);
	if (r == 0)
		r = packages_read_apk(&reader);
	if (r == 0)
		r = packages_read_rpm(&reader);
	if (r < 0)
		return r;
	if (packages->count > 1)
		qsort(packages->items, packages->count, sizeof(*packages->items), compare);
	*out = STEAL(packages);
	return 0;
}

void packages_free(struct packages *packages)
{
	if (packages)
		HASH_CLEAR(hh, packages->owners);
}

const struct package_file *packages_find(const struct packages *packages, const char *path)
{
	struct package_owner *owner;

	HASH_FIND_STR(packages->owners, path, owner);
	return owner && owner->file.package ? &owner->file : NULL;
}
