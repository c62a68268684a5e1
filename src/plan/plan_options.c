/* SPDX-License-Identifier: Apache-2.0 */
/* What mkrootfs_plan_set takes: each option's value as a fact of the plan. */
#include "base/error.h"
#include "base/number.h"
#include "base/path.h"
#include "plan/check_options.h"
#include "plan/image_options.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
	ID_MAX = 0xfffffffe, /* (uid_t)-1 means "leave it" to chown(2) */
};

static int set_text(struct mkrootfs_plan *plan, const char **out, const char *value)
{
	*out = arena_strdup(plan->arena, value);
	return *out ? 0 : -ENOMEM;
}

static int add_text(struct mkrootfs_plan *plan, struct plan_list *list, const char *value)
{
	const char **text = plan_list_add(plan, list, sizeof(*text));

	return text ? set_text(plan, text, value) : -ENOMEM;
}

/* UID:GID at TEXT up to its end. */
static bool parse_owner(const char *text, uid_t *uid, gid_t *gid)
{
	uint64_t user;
	uint64_t group;

	if (!number_take(&text, 10, ID_MAX, &user) || *text++ != ':' ||
	    !number_take(&text, 10, ID_MAX, &group) || *text)
		return false;
	*uid = (uid_t)user;
	*gid = (gid_t)group;
	return true;
}

/* The last ":/" in TEXT: behind it stands an absolute path. A ':' alone may be part of a name. */
static const char *find_destination(const char *text)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, ":/")) != NULL; at++)
		found = at;
	return found;
}

/* PATH[:DEST]; a DEST that ends in '/' is a directory, and PATH's name goes into it. */
static int parse_file(struct mkrootfs_plan *plan, const char *option, const char *value,
		      struct plan_list *list)
{
	const char *colon = find_destination(value);
	size_t length = colon ? (size_t)(colon - value) : strlen(value);
	struct plan_file *file;
	const char *dest;

	if (length == 0)
		return diag_error(&plan->diag, EINVAL, option, "'%s' names no file", value);
	file = plan_list_add(plan, list, sizeof(*file));
	if (!file)
		return -ENOMEM;
	file->path = arena_strndup(plan->arena, value, length);
	if (!file->path)
		return -ENOMEM;
	if (!colon)
		return 0;
	dest = colon + 1;
	if (dest[strlen(dest) - 1] == '/')
		dest = path_join(plan->arena, dest, path_basename(file->path));
	file->dest = dest ? path_normalize(plan->arena, "/", dest) : NULL;
	if (!file->dest)
		return -ENOMEM;
	if (strcmp(file->dest, "/") == 0 && list == &plan->files)
		return diag_error(&plan->diag, EINVAL, option, "'%s' has no file name in its DEST",
				  value);
	return 0;
}

static int set_file(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return parse_file(plan, option, value, &plan->files);
}

static int set_add(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return parse_file(plan, option, value, &plan->adds);
}

static int set_symlink(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	const char *colon = find_destination(value);
	struct plan_symlink *symlink;

	if (!colon || colon == value)
		return diag_error(&plan->diag, EINVAL, option,
				  "'%s' is not TARGET:LINK with an absolute LINK", value);
	symlink = plan_list_add(plan, &plan->symlinks, sizeof(*symlink));
	if (!symlink)
		return -ENOMEM;
	symlink->target = arena_strndup(plan->arena, value, (size_t)(colon - value));
	symlink->link = path_normalize(plan->arena, "/", colon + 1);
	if (!symlink->target || !symlink->link)
		return -ENOMEM;
	if (strcmp(symlink->link, "/") == 0)
		return diag_error(&plan->diag, EINVAL, option, "'%s': / cannot be a link", value);
	return 0;
}

/* PATH[:MODE[:UID:GID]]: the first ':' ends PATH. */
static int set_mkdir(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	struct plan_directory directory = { .mode = 0755, .uid = (uid_t)-1, .gid = (gid_t)-1 };
	size_t length = strcspn(value, ":");
	const char *rest = value + length;
	struct plan_directory *slot;
	uint64_t mode = 0755;
	char *path;

	if (value[0] != '/' ||
	    (*rest && (rest++, !number_take(&rest, 8, 07777, &mode) || (*rest && *rest != ':'))) ||
	    (*rest && !parse_owner(rest + 1, &directory.uid, &directory.gid)))
		return diag_error(&plan->diag, EINVAL, option,
				  "'%s' is not PATH[:MODE[:UID:GID]] with an absolute PATH", value);
	path = arena_strndup(plan->arena, value, length);
	directory.path = path ? path_normalize(plan->arena, "/", path) : NULL;
	directory.mode = (mode_t)mode;
	slot = plan_list_add(plan, &plan->mkdirs, sizeof(*slot));
	if (!slot || !directory.path)
		return -ENOMEM;
	*slot = directory;
	return 0;
}

static int set_user(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	struct account account;
	struct account *users = plan->users.items;
	int r = account_parse(plan->arena, value, &account);

	if (r == -EINVAL)
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not NAME[:UID[:GID]]",
				  value);
	if (r < 0)
		return r;
	/* The kernel knows root by its number: another one would be an account without rights. */
	if (strcmp(account.name, "root") == 0 && account.uid != 0)
		return diag_error_hint(&plan->diag, EINVAL, option,
				       "leave the number out, or give the account another name",
				       "'%s': the user id of root is 0", value);
	/* Of one name, the last counts. */
	for (size_t i = 0; i < plan->users.count; i++) {
		if (strcmp(users[i].name, account.name) != 0)
			continue;
		users[i] = account;
		return 0;
	}
	users = plan_list_add(plan, &plan->users, sizeof(*users));
	if (!users)
		return -ENOMEM;
	*users = account;
	plan->user = plan->users.items;
	return 0;
}

static int set_chown(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (!parse_owner(value, &plan->policy.uid, &plan->policy.gid))
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not UID:GID", value);
	return 0;
}

static int set_mtime(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	plan->policy.keep_mtime = strcmp(value, "keep") == 0;
	if (!plan->policy.keep_mtime && strcmp(value, "clamp") != 0)
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not clamp or keep", value);
	return 0;
}

/* "yes" or "no" of OPTION: *OUT. */
static int set_switch(const struct mkrootfs_plan *plan, bool *out, const char *option,
		      const char *value)
{
	if (!switch_parse(value, out))
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not yes or no", value);
	return 0;
}

static int set_bare(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_switch(plan, &plan->bare, option, value);
}

static int set_source_epoch(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	uint64_t seconds;

	if (!number_parse(value, INT64_MAX / 2, &seconds))
		return diag_error(&plan->diag, EINVAL, option,
				  "'%s' is not a number of seconds since 1970", value);
	plan->policy.source_epoch = (int64_t)seconds;
	return 0;
}

static int set_hwcaps(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	struct plan_list names = { 0 };
	char *text = arena_strdup(plan->arena, value);

	if (!text)
		return -ENOMEM;
	plan->all_hwcaps = strcmp(value, "all") == 0;
	plan->n_hwcaps = 0;
	if (plan->all_hwcaps || strcmp(value, "none") == 0)
		return 0;
	for (char *rest = text, *name; (name = strsep(&rest, ",")) != NULL;) {
		if (!*name || strchr(name, '/'))
			return diag_error(&plan->diag, EINVAL, option,
					  "'%s' is not all, none or a list of names", value);
		if (add_text(plan, &names, name) < 0)
			return -ENOMEM;
	}
	plan->hwcaps = names.items;
	plan->n_hwcaps = names.count;
	return 0;
}

static int set_sysroot(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (!*value)
		return diag_error(&plan->diag, EINVAL, option, "names no directory");
	return set_text(plan, &plan->sysroot, value);
}

static int set_library_path(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_text(plan, &plan->library_path, value);
}

static int set_search_path(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_text(plan, &plan->search_path, value);
}

static int set_temporary(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_text(plan, &plan->temporary, value);
}

static int set_preload(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (!*value)
		return diag_error(&plan->diag, EINVAL, option, "names no library");
	return add_text(plan, &plan->preloads, value);
}

static int set_allow_missing(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (!*value)
		return diag_error(&plan->diag, EINVAL, option, "names no library");
	return add_text(plan, &plan->allow_missing, value);
}

static int set_dlopen(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (strcmp(value, "none") == 0) {
		plan->needs.level = 0;
		plan->level_set = true;
		return 0;
	}
	for (enum need_level level = NEED_REQUIRED; level <= NEED_SUGGESTED; level++) {
		if (strcmp(value, need_level_name(level)) != 0)
			continue;
		plan->needs.level = level;
		plan->level_set = true;
		return 0;
	}
	return diag_error(&plan->diag, EINVAL, option,
			  "'%s' is not none, required, recommended or suggested", value);
}

static int unknown_need(const struct mkrootfs_plan *plan, const char *option, const char *name)
{
	CLEANUP(buffer) struct buffer known = { 0 };

	rules_add_names(&known);
	return diag_error_hint(&plan->diag, EINVAL, option, known.bytes,
			       "'%s' is not a run-time need", name);
}

/* NAME of OPTION is asked for and forbidden: which of the two is meant? */
static int refuse_both(const struct mkrootfs_plan *plan, const char *option, const char *name)
{
	return diag_error_hint(&plan->diag, EINVAL, option, "leave one of them out",
			       "'%s' is in both --with and --without", name);
}

static bool is_forbidden(const struct mkrootfs_plan *plan, const char *name)
{
	const char *const *names = plan->without.items;

	for (size_t i = 0; i < plan->without.count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_requested(const struct mkrootfs_plan *plan, const char *name)
{
	const struct need_request *requests = plan->with.items;

	for (size_t i = 0; i < plan->with.count; i++)
		if (strcmp(requests[i].name, name) == 0)
			return true;
	return false;
}

static int set_with(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	char *rest = arena_strdup(plan->arena, value);

	if (!rest)
		return -ENOMEM;
	for (char *name; (name = strsep(&rest, ",")) != NULL;) {
		char *equals = strchr(name, '=');
		struct need_request *request;

		if (equals)
			*equals++ = '\0';
		if (!rules_have(name))
			return unknown_need(plan, option, name);
		if (equals && !rules_take_value(name))
			return diag_error(&plan->diag, EINVAL, option, "'%s' takes no value", name);
		if (equals && (!*equals || strstr(equals, "..") || strpbrk(equals, "*?[")))
			return diag_error(&plan->diag, EINVAL, option, "'%s=%s' has no good value",
					  name, equals);
		if (is_forbidden(plan, name))
			return refuse_both(plan, option, name);
		request = plan_list_add(plan, &plan->with, sizeof(*request));
		if (!request)
			return -ENOMEM;
		*request = (struct need_request){ .name = name, .value = equals };
	}
	return 0;
}

static int set_without(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	char *rest = arena_strdup(plan->arena, value);

	if (!rest)
		return -ENOMEM;
	for (char *name; (name = strsep(&rest, ",")) != NULL;) {
		if (!rules_have(name))
			return unknown_need(plan, option, name);
		if (is_requested(plan, name))
			return refuse_both(plan, option, name);
		TRY(add_text(plan, &plan->without, name));
	}
	return 0;
}

static int set_trace(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_switch(plan, &plan->trace, option, value);
}

static int set_trace_timeout(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	uint64_t seconds;

	if (!number_parse(value, INT32_MAX, &seconds))
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not a number of seconds",
				  value);
	plan->trace_timeout = (unsigned)seconds;
	return 0;
}

static int set_argument(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return add_text(plan, &plan->arguments, value);
}

static int set_explore(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_switch(plan, &plan->needs.explore, option, value);
}

static int set_package_metadata(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_switch(plan, &plan->package_metadata, option, value);
}

static int set_packages(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_switch(plan, &plan->packages, option, value);
}

static const struct {
	const char *name; /* the subject of diagnostics */
	int (*set)(struct mkrootfs_plan *plan, const char *option, const char *value);
} options[] = {
	[MKROOTFS_FILE] = { "FILE", set_file },
	[MKROOTFS_SYSROOT] = { "--sysroot", set_sysroot },
	[MKROOTFS_LIBRARY_PATH] = { "--library-path", set_library_path },
	[MKROOTFS_PRELOAD] = { "--preload", set_preload },
	[MKROOTFS_ALLOW_MISSING] = { "--allow-missing", set_allow_missing },
	[MKROOTFS_HWCAPS] = { "--hwcaps", set_hwcaps },
	[MKROOTFS_ADD] = { "--add", set_add },
	[MKROOTFS_SYMLINK] = { "--symlink", set_symlink },
	[MKROOTFS_MKDIR] = { "--mkdir", set_mkdir },
	[MKROOTFS_USER] = { "--user", set_user },
	[MKROOTFS_CHOWN] = { "--chown", set_chown },
	[MKROOTFS_MTIME] = { "--mtime", set_mtime },
	[MKROOTFS_BARE] = { "--bare", set_bare },
	[MKROOTFS_SOURCE_DATE_EPOCH] = { "SOURCE_DATE_EPOCH", set_source_epoch },
	[MKROOTFS_CHECK] = { "--check", check_plan_check },
	[MKROOTFS_CHECK_PROBE] = { "--check-probe", check_plan_probe },
	[MKROOTFS_CHECK_TIMEOUT] = { "--check-timeout", check_plan_timeout },
	[MKROOTFS_FIX] = { "--fix", check_plan_fix },
	[MKROOTFS_PATH] = { "PATH", set_search_path },
	[MKROOTFS_DLOPEN] = { "--dlopen", set_dlopen },
	[MKROOTFS_WITH] = { "--with", set_with },
	[MKROOTFS_WITHOUT] = { "--without", set_without },
	[MKROOTFS_SURVEY] = { "survey", set_explore },
	[MKROOTFS_TRACE] = { "--trace", set_trace },
	[MKROOTFS_TRACE_TIMEOUT] = { "--trace-timeout", set_trace_timeout },
	[MKROOTFS_ARGUMENT] = { "ARG", set_argument },
	[MKROOTFS_PACKAGE_METADATA] = { "--package-metadata", set_package_metadata },
	[MKROOTFS_PACKAGES] = { "packages", set_packages },
	[MKROOTFS_TMPDIR] = { "TMPDIR", set_temporary },
	[MKROOTFS_ENTRYPOINT] = { "--entrypoint", image_plan_entrypoint },
	[MKROOTFS_CMD] = { "--cmd", image_plan_cmd },
	[MKROOTFS_ENV] = { "--env", image_plan_env },
	[MKROOTFS_WORKDIR] = { "--workdir", image_plan_workdir },
	[MKROOTFS_VOLUME] = { "--volume", image_plan_volume },
	[MKROOTFS_EXPOSE] = { "--expose", image_plan_expose },
	[MKROOTFS_STOP_SIGNAL] = { "--stop-signal", image_plan_stop_signal },
	[MKROOTFS_LABEL] = { "--label", image_plan_label },
	[MKROOTFS_TAG] = { "--tag", image_plan_tag },
};

int mkrootfs_plan_set(struct mkrootfs_plan *plan, enum mkrootfs_option option, const char *value)
{
	plan_begin(plan);
	if ((size_t)option >= ARRAY_SIZE(options) || !options[option].set)
		return diag_error(&plan->diag, EINVAL, NULL, "unknown option %d", (int)option);
	return plan_end(plan, options[option].set(plan, options[option].name, value));
}
