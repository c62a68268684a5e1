/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/database.h"

#include <ctype.h>
#include <errno.h>

enum { NAME_MAX_SIZE = 199 };

int database_read(const struct root *root, const struct diag *diag, struct arena *arena,
		  const char *path, size_t limit, struct view *text)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	char *bytes;
	size_t size;
	int r = root_open(root, path, &file);

	*text = (struct view){ "", 0 };
	if (r < 0 && root_is_absence(r))
		return DATABASE_ABSENT;
	if (r < 0)
		return diag_errno(diag, -r, path);
	if (!S_ISREG(file.stat.st_mode))
		return DATABASE_ABSENT;
	r = root_file_read(&file, arena, limit, &bytes, &size);
	if (r < 0)
		return diag_errno(diag, -r, path);
	*text = (struct view){ bytes, size };
	return 0;
}

bool package_name_is_sane(struct view name)
{
	for (size_t i = 0; i < name.size; i++) {
		unsigned char byte = (unsigned char)name.bytes[i];

		if (!(isascii(byte) && isalnum(byte)) && byte != '_' &&
		    (i == 0 || !byte || !strchr("+-._~", byte)))
			return false;
	}
	return name.size > 0 && name.size <= NAME_MAX_SIZE;
}
