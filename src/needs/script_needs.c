/* SPDX-License-Identifier: Apache-2.0 */
/* The needs of scripts, and the files that they name. */
#include "base/error.h"
#include "base/path.h"
#include "needs/private.h"
#include "needs/scripts_private.h"

#include <errno.h>
#include <string.h>

/* What the result has of its own, whatever a script reads there. */
static const char *const own_files[] = {
	"/etc/passwd",	      "/etc/group", "/etc/shadow",     "/etc/gshadow",
	"/etc/nsswitch.conf", "/etc/hosts", "/etc/hostname",   "/etc/resolv.conf",
	"/etc/ld.so.cache",   "/etc/mtab",  "/etc/machine-id", "/etc/fstab",
};

struct need script_need(const struct needs *needs, const struct needs_script *script,
			const struct need_rule *rule)
{
	return (struct need){
		.rule = rule,
		.program = script->program,
		.process = script->process,
		.object = script->process->objects[0],
		.sign = arena_printf(needs->sysroot->arena, "%s is read", script->path),
		.script = script->path,
	};
}

int script_add_need(struct needs *needs, const struct needs_script *script,
		    const struct need_rule *rule, struct need **out)
{
	struct need need = script_need(needs, script, rule);

	*out = NULL;
	if (!needs_wants(needs, rule))
		return 0;
	need.followed = true;
	need.requested = needs_find_request(needs, rule->name) != NULL;
	/* Asked for by name, it is of whatever has none. */
	TRY(needs_remember(needs, need.program, rule, NULL));
	return needs_put(needs, &need, out);
}

int script_add_file(struct needs *needs, struct need *need, const char *own, const char *path)
{
	struct need_item item = { .kind = NEED_PATH };
	struct arena *arena = needs->sysroot->arena;
	struct stat stat;

	for (size_t i = 0; i < ARRAY_SIZE(own_files); i++)
		if (strcmp(path, own_files[i]) == 0)
			return 0;
	path = path_normalize(arena, "/", path);
	if (!path)
		return -ENOMEM;
	if (strcmp(path, own) == 0 || TRY(needs_exists(needs, path, &stat)) == 0 ||
	    !S_ISREG(stat.st_mode))
		return 0;
	item.path = path;
	item.private = TRY(needs_is_private(needs, path, false, &item.refused)) > 0;
	return item.private ? need_add(needs, need, &item) : need_add_path(needs, need, path);
}

int script_read_text(struct needs *needs, struct arena *scratch, const char **path, char **text,
		     size_t *size)
{
	const struct sysroot *sysroot = needs->sysroot;
	char *canonical = NULL;
	int r = root_read(sysroot->root, scratch, *path, SCRIPT_SIZE_MAX, text, size);

	if (r == -EFBIG) {
		diag_warning(sysroot->diag, *path, "is too long to be read for what it needs");
		return 1;
	}
	if (r < 0)
		return diag_errno(sysroot->diag, -r, *path);
	r = root_walk(sysroot->root, sysroot->arena, *path, true, NULL, NULL, &canonical);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, *path);
	*path = canonical;
	return 0;
}
