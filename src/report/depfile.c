#include "report/depfile.h"

#include <string.h>

bool depfile_can_hold(const char *path)
{
	return !strpbrk(path, "\n\r");
}

/*
 * A blank and '#' have a backslash before them, and so have the backslashes before those;
 * '$' is doubled; a ':' would end the targets.
 */
static void add_path(struct buffer *out, const char *path)
{
	size_t backslashes = 0;

	for (; *path; path++) {
		if (*path == ' ' || *path == '\t' || *path == '#') {
			while (backslashes-- > 0)
				buffer_add_string(out, "\\");
			buffer_add_string(out, "\\");
		}
		if (*path == ':')
			buffer_add_string(out, "\\");
		if (*path == '$')
			buffer_add_string(out, "$");
		backslashes = *path == '\\' ? backslashes + 1 : 0;
		buffer_add(out, path, 1);
	}
}

int report_depfile(struct buffer *out, const char *target, const char *const *paths, size_t count)
{
	add_path(out, target);
	buffer_add_string(out, ":");
	for (size_t i = 0; i < count; i++) {
		buffer_add_string(out, " \\\n  ");
		add_path(out, paths[i]);
	}
	buffer_add_string(out, "\n");
	for (size_t i = 0; i < count; i++) {
		buffer_add_string(out, "\n");
		add_path(out, paths[i]);
		buffer_add_string(out, ":\n");
	}
	return buffer_error(out);
}
