/*
 * What the readers of package databases share. For rootfs/ alone.
 */
#ifndef MKROOTFS_ROOTFS_PACKAGES_PRIVATE_H
#define MKROOTFS_ROOTFS_PACKAGES_PRIVATE_H

#include "rootfs/packages.h"

#define uthash_fatal(message) ((void)0)
#define HASH_NONFATAL_OOM     1
#include <uthash.h>

enum {
	/* Debian's own status file with all packages installed is below a tenth of it. */
	PACKAGES_DATABASE_MAX = 256 << 20,
};

/* A path that is asked for. */
struct package_owner {
	UT_hash_handle hh;
	struct package_file file; /* PACKAGE is NULL while nobody is known to own it */
};

/* A directory of the top that is a link: "/lib" is "/usr/lib". */
struct package_alias {
	const char *from;
	const char *to;
};

/* A database that is being read. */
struct package_reader {
	struct arena *arena;
	const struct root *root;
	const struct diag *diag;
	struct packages *packages;
	size_t capacity;
};

/* A line of TEXT, which ends before END: what is behind it is *NEXT. No NUL is written. */
struct package_line {
	const char *text;
	size_t length;
};
bool package_line_next(const char **at, const char *end, struct package_line *line);

/*
 * The content of the file at PATH: 1; 0 where there is none or it is not to be read, the last
 * with a warning; -ENOMEM.
 */
int package_read_file(struct package_reader *reader, const char *path, const char **text,
		      size_t *size);

/* The path asked for that a database has as the LENGTH bytes at PATH, or NULL. */
struct package_owner *package_find(struct package_reader *reader, const char *path, size_t length);

/* PACKAGE owns what FILE is, unless another did before. Returns 0 or -ENOMEM. */
int package_own(struct package_reader *reader, struct package *package,
		struct package_owner *owner);

int packages_read_dpkg(struct package_reader *reader);
int packages_read_apk(struct package_reader *reader);
int packages_read_rpm(struct package_reader *reader);

/* A copy of the LENGTH bytes at TEXT; NULL when out of memory. */
char *package_text(struct package_reader *reader, const char *text, size_t length);

#endif
