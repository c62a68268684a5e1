/* SPDX-License-Identifier: Apache-2.0 */
/* A root whose disk fails with ERROR at every path that begins with PREFIX. */
#ifndef MKROOTFS_TESTS_FAILING_ROOT_H
#define MKROOTFS_TESTS_FAILING_ROOT_H

#include "root/root.h"

#include <string.h>

struct failing_root {
	struct root root; /* must be first */
	const struct root *real;
	const char *prefix;
	int error;
};

static bool fails_at(const struct root *self, const char *path)
{
	const struct failing_root *failing = (const struct failing_root *)self;

	return strncmp(path, failing->prefix, strlen(failing->prefix)) == 0;
}

static int failing_look(const struct root *self, const char *path, const struct stat **stat,
			const char **target)
{
	const struct failing_root *failing = (const struct failing_root *)self;

	if (fails_at(self, path))
		return failing->error;
	return failing->real->ops->look(failing->real, path, stat, target);
}

static int failing_list(const struct root *self, const char *path, root_list_fn *fn, void *data)
{
	const struct failing_root *failing = (const struct failing_root *)self;

	if (fails_at(self, path))
		return failing->error;
	return failing->real->ops->list(failing->real, path, fn, data);
}

static int failing_open(const struct root *self, const char *path, struct root_file *file)
{
	const struct failing_root *failing = (const struct failing_root *)self;

	if (fails_at(self, path))
		return failing->error;
	return failing->real->ops->open(failing->real, path, file);
}

static struct failing_root failing_root_of(const struct root *real, const char *prefix, int error)
{
	static const struct root_ops ops = {
		.look = failing_look,
		.open = failing_open,
		.list = failing_list,
	};

	return (struct failing_root){ { &ops }, real, prefix, error };
}

#endif
