/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/lookups_options.h"
#include "base/buffer.h"
#include "base/path.h"
#include "harvest/advice.h"
#include "needs/make.h"
#include "needs/private.h"
#include "packages/installed.h"

#include <errno.h>
#include <string.h>

static const char *outside_of(const struct lookup *lookup)
{
	return lookup->source ? lookup->source : lookup->path;
}

static bool item_has(const struct need_item *item, const char *path)
{
	if (item->brought)
		return false;
	if (item->kind == NEED_LIBRARY)
		return strcmp(path_basename(path), path_basename(item->path)) == 0;
	return strcmp(item->path, path) == 0 || (item->tree && path_is_below(path, item->tree));
}

static const char gconv[] = "gconv";

bool lookups_are_of_gconv(const char *path)
{
	return strstr(path, "/gconv-modules") != NULL;
}

bool lookups_lack_gconv(const struct needs *all)
{
	size_t count;
	struct need *const *needs = needs_list(all, &count);
	bool lacks = false;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(needs[i]->name, gconv) != 0)
			continue;
		if (needs[i]->followed)
			return false;
		lacks = true;
	}
	return lacks && !needs_forbids(all, gconv);
}

/* A need that is not followed though it could be, and that has PATH; NULL: none. */
static const char *find_need(const struct needs *all, const char *path)
{
	size_t count;
	struct need *const *needs = needs_list(all, &count);

	if (lookups_are_of_gconv(path))
		return gconv;
	for (size_t i = 0; i < count; i++) {
		if (needs[i]->followed || needs_forbids(all, needs[i]->name))
			continue;
		for (size_t j = 0; j < needs[i]->n_items; j++)
			if (item_has(&needs[i]->items[j], path))
				return needs[i]->name;
	}
	return NULL;
}

/* The directory PATH, of the program's user where it has one. */
static void add_mkdir(struct buffer *out, const struct mkrootfs_plan *plan, const char *path)
{
	/* Nobody gives the root away: who starts in it writes elsewhere. */
	if (strcmp(path, "/") == 0) {
		buffer_add_string(out, "--workdir /data");
		return;
	}
	buffer_add_string(out, "--mkdir ");
	advice_add_word(out, path);
	if (plan->user && plan->user->uid != 0)
		buffer_printf(out, ":0755:%u:%u", (unsigned)plan->user->uid,
			      (unsigned)plan->user->gid);
}

/* Links of a directory, which --add keeps as they are: what they lead to is named beside it. */
struct links {
	struct arena *arena;
	const struct root *root;
	const char *directory;
	struct buffer *out;
	unsigned count;
};

static int add_link(void *data, const char *name)
{
	enum { LINKS_MAX = 64 };
	struct links *links = data;
	const char *path = path_join(links->arena, links->directory, name);
	const struct stat *stat;

	if (!path)
		return -ENOMEM;
	if (root_look(links->root, links->arena, path, &stat, NULL) < 0 ||
	    !S_ISLNK(stat->st_mode) || ++links->count > LINKS_MAX ||
	    root_walk(links->root, links->arena, path, true, NULL, NULL, NULL) < 0)
		return 0;
	buffer_add_string(links->out, " -a ");
	advice_add_word(links->out, path);
	return 0;
}

/* The option for PATH itself, whatever need has it. */
static int add_exact(struct arena *arena, const struct follower *found, struct buffer *out,
		     const struct lookup *lookup)
{
	struct links links = {
		.arena = arena,
		.root = found->resolver->sysroot->root,
		.directory = lookup->path,
		.out = out,
	};
	const char *word = lookup->source
				   ? arena_printf(arena, "%s:%s", lookup->source, lookup->path)
				   : lookup->path;
	int r = 0;

	if (!word)
		return -ENOMEM;
	buffer_add_string(out, "-a ");
	advice_add_word(out, word);
	if (lookup->kind == LOOKUP_TREE && !lookup->source)
		r = root_list(links.root, arena, lookup->path, add_link, &links);
	/* What cannot be listed has no links to tell. */
	return r == -ENOMEM ? r : 0;
}

static int set_option(struct arena *arena, const struct follower *found, struct lookup *lookup)
{
	CLEANUP(buffer) struct buffer text = { 0 };

	if (lookup->kind == LOOKUP_SOCKET || lookup->kind == LOOKUP_ACCOUNT) {
		lookup->exact = lookup->option;
		return 0;
	}
	if (lookup->kind == LOOKUP_PLACE || lookup->kind == LOOKUP_DENIED)
		add_mkdir(&text, found->resolver->plan, lookup->path);
	else
		TRY(add_exact(arena, found, &text, lookup));
	TRY(buffer_error(&text));
	lookup->exact = arena_strdup(arena, text.bytes);
	lookup->option =
		lookup->need ? arena_printf(arena, "--with %s", lookup->need) : lookup->exact;
	return lookup->exact && lookup->option ? 0 : -ENOMEM;
}

/* Whether a package lists each of PATHS, which are canonical: in the order of LISTINGS. */
static int look_up(const struct sysroot *sysroot, struct installed_listing *listings, size_t count)
{
	CLEANUP(installed_free) struct installed *installed = NULL;

	if (count == 0)
		return 0;
	TRY(installed_open(sysroot->arena, sysroot->root, sysroot->diag, &installed));
	return installed_look_up(installed, listings, count);
}

static bool brings_bytes(const struct lookup *lookup)
{
	return lookup->kind == LOOKUP_FILE || lookup->kind == LOOKUP_TREE;
}

/* Nothing private comes by itself, unless it is a package's. */
static int find_private(struct arena *arena, const struct follower *found, struct lookup *lookups,
			size_t count)
{
	const struct sysroot *sysroot = found->resolver->sysroot;
	struct installed_listing *listings = arena_array(arena, count + 1, sizeof(*listings));
	struct lookup **asked = arena_array(arena, count + 1, sizeof(*asked));
	size_t n_asked = 0;

	if (!listings || !asked)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const char *path = outside_of(&lookups[i]);
		struct stat stat;
		char *canonical;

		if (!brings_bytes(&lookups[i]) ||
		    !private_path(sysroot->root, arena, path, false, &lookups[i].refused) ||
		    !TRY(needs_resolve(found->needs, path, &stat, &canonical)))
			continue;
		listings[n_asked].path = canonical;
		asked[n_asked++] = &lookups[i];
	}
	TRY(look_up(sysroot, listings, n_asked));
	for (size_t i = 0; i < n_asked; i++)
		if (listings[i].n_packages > 0 &&
		    !private_path(sysroot->root, arena, outside_of(asked[i]), true,
				  &asked[i]->refused))
			asked[i]->refused = NULL;
	return 0;
}

int lookups_find_options(struct arena *arena, const struct follower *found, struct lookup *lookups,
			 size_t count)
{
	TRY(find_private(arena, found, lookups, count));
	for (size_t i = 0; i < count; i++) {
		if (brings_bytes(&lookups[i]))
			lookups[i].need = find_need(found->needs, outside_of(&lookups[i]));
		if (lookups[i].kind == LOOKUP_SOCKET)
			lookups[i].refused = "it is a service of the machine";
		if (lookups[i].kind == LOOKUP_DENIED)
			lookups[i].refused = "its user may not use it so";
		TRY(set_option(arena, found, &lookups[i]));
	}
	return 0;
}
