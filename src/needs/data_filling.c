/* SPDX-License-Identifier: Apache-2.0 */
/* What of a program's own files stays out of its need "data". */
#include "base/path.h"
#include "needs/belongs_private.h"
#include "needs/own_paths.h"

#include <errno.h>
#include <string.h>

bool data_filling_is_covered(const struct belongs *belongs, const char *path)
{
	struct covered *covered;

	HASH_FIND_STR(belongs->covered, path, covered);
	return covered != NULL;
}

/*
 * Where the user brings a configuration into a directory below /etc, the rest of the directory is
 * the distribution's, and comes only as far as the user's names it.
 */
static bool is_of_given(const struct needs *needs, const char *path)
{
	const struct needs_options *options = &needs->options;
	size_t length;

	if (strncmp(path, "/etc/", 5) != 0)
		return false;
	length = 5 + strcspn(path + 5, "/");
	for (size_t i = 0; i < options->n_given; i++)
		if (strncmp(options->given[i], path, length) == 0 &&
		    (options->given[i][length] == '/' || !options->given[i][length]))
			return true;
	return false;
}

bool data_filling_is_unneeded(const struct data_filling *filling, const char *path)
{
	return own_path_is_for_others(path) ||
	       (!filling->develops && own_path_is_for_developers(path));
}

bool data_filling_leaves(const struct data_filling *filling, const char *path)
{
	return data_filling_is_unneeded(filling, path) || own_path_is_of_machine(path) ||
	       data_filling_is_covered(filling->belongs, path) || is_of_given(filling->needs, path);
}

bool data_filling_wants_heavy(const struct data_filling *filling)
{
	return filling->need->requested || filling->needs->options.level >= NEED_SUGGESTED;
}

int data_filling_is_common_library(const struct data_filling *filling, const char *path)
{
	const char *parent;

	if (filling->develops || !strstr(path_basename(path), ".so"))
		return 0;
	parent = path_dirname(filling->needs->sysroot->arena, path);
	return parent ? own_path_is_shared(parent) : -ENOMEM;
}
