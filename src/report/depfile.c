/* SPDX-License-Identifier: Apache-2.0 */
#include "report/depfile.h"

#include <string.h>

bool depfile_can_hold(const char *name)
{
	size_t length = strlen(name);

	for (const char *at = name; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f || strchr("%;=*?[|", *at))
			return false;
		/* A backslash before these means different things to Make and Ninja. */
		if (*at == '\\' && (!at[1] || strchr(" #:$\\", at[1])))
			return false;
	}
	/* ":" before a blank ends a target; "&" before it says something of targets. */
	return length > 0 && !strchr(":&", name[length - 1]) && name[0] != '~';
}

static void add_name(struct buffer *out, const char *name)
{
	for (; *name; name++) {
		if (strchr(" #:", *name))
			buffer_add_string(out, "\\");
		if (*name == '$')
			buffer_add_string(out, "$");
		buffer_add(out, name, 1);
	}
}

int report_depfile(struct buffer *out, const char *target, const char *const *prerequisites,
		   size_t count)
{
	add_name(out, target);
	buffer_add_string(out, ":");
	for (size_t i = 0; i < count; i++) {
		buffer_add_string(out, " \\\n  ");
		add_name(out, prerequisites[i]);
	}
	buffer_add_string(out, "\n");
	for (size_t i = 0; i < count; i++) {
		add_name(out, prerequisites[i]);
		buffer_add_string(out, ":\n");
	}
	return buffer_error(out);
}
