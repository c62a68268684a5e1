/* SPDX-License-Identifier: Apache-2.0 */
#include "output/left_over.h"
#include "base/error.h"
#include "base/listing.h"
#include "output/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

enum {
	SUFFIX_LENGTH = 6,
	PREFIX_SIZE = NAME_MAX + 1,
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

static size_t make_prefix(const char *name, char prefix[PREFIX_SIZE])
{
	return (size_t)snprintf(prefix, PREFIX_SIZE, ".%.200s.mkrootfs-", name);
}

int left_over_name(const char *name, const char *mark, char *out, size_t size)
{
	unsigned char random[SUFFIX_LENGTH];
	char suffix[SUFFIX_LENGTH + 1] = "";
	char prefix[PREFIX_SIZE];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	for (size_t i = 0; i < sizeof(random); i++)
		suffix[i] = letters[random[i] % (sizeof(letters) - 1)];
	make_prefix(name, prefix);
	snprintf(out, size, "%s%s%s", prefix, mark, suffix);
	return 0;
}

int left_over_lock(int fd, int parent, const char *temporary)
{
	struct stat own;
	struct stat named;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : 0;
	/* Between its making and this lock, another run may have found and removed it. */
	if (fstat(fd, &own) < 0 || fstatat(parent, temporary, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return -EAGAIN;
	return own.st_dev == named.st_dev && own.st_ino == named.st_ino ? 0 : -EAGAIN;
}

/* Whether NAME is one that left_over_name makes with PREFIX. */
static bool is_temporary(const char *name, const char *prefix, size_t length)
{
	return strncmp(name, prefix, length) == 0 &&
	       strspn(name + length, letters) == SUFFIX_LENGTH &&
	       name[length + SUFFIX_LENGTH] == '\0';
}

static int remove_name(int parent, const char *name, bool directory)
{
	if (directory)
		return tree_remove(parent, name);
	return unlinkat(parent, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* 0 too where it is not ours to remove. */
static int remove_unlocked(int parent, const char *name)
{
	CLEANUP(fd)
	int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat) < 0 || stat.st_uid != geteuid() ||
	    (!S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode)))
		return 0;
	/* Its maker lives, or nobody can tell. */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return 0;
	return remove_name(parent, name, S_ISDIR(stat.st_mode));
}

void left_overs_remove(int parent, const char *name, const struct diag *diag, const char *subject)
{
	CLEANUP(listing_close) DIR *listing = NULL;
	char prefix[PREFIX_SIZE];
	size_t length = make_prefix(name, prefix);
	const char *found;

	/* Who may write in a directory may not be allowed to list it. */
	if (listing_open(parent, ".", &listing) < 0)
		return;
	while (listing_next(listing, &found) > 0) {
		int r;

		if (!is_temporary(found, prefix, length))
			continue;
		r = remove_unlocked(parent, found);
		if (r < 0)
			diag_warning(
				diag, subject,
				"%s beside it was left by a run that was killed, and cannot be "
				"removed: %s",
				found, errno_text(-r));
	}
}
