/* SPDX-License-Identifier: Apache-2.0 */
#include "base/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int listing_open(int parent, const char *name, DIR **out)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	*out = fdopendir(fd);
	if (!*out) {
		int error = errno;

		close(fd);
		return -error;
	}
	return 0;
}

void listing_close(DIR *listing)
{
	if (listing)
		closedir(listing);
}

int listing_next(DIR *listing, const char **name)
{
	for (;;) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(listing);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		*name = entry->d_name;
		return 1;
	}
}
