/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/sysroot.h"
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
#include "loader/configuration.h"
#include "loader/loader.h"

#include <errno.h>
#include <string.h>

/* Whether MODEL, of the loader at INTERP, is one for objects like PROGRAM too. */
static bool serves(const struct loader *model, const struct elf_object *program, const char *interp)
{
	if (model->store && model->cache_path) /* of sysroot_loader_in */
		return false;
	if (model->is64 != program->is64 || model->big_endian != program->big_endian ||
	    model->machine != program->machine || model->machine_flags != program->flags)
		return false;
	if (!model->interp || !interp)
		return model->interp == interp;
	return strcmp(model->interp, interp) == 0;
}

static int keep(struct sysroot *sysroot, const struct loader *loader)
{
	const struct loader **made =
		table_add(sysroot->arena, &sysroot->loaders, &sysroot->n_loaders,
			  &sysroot->loaders_capacity, sizeof(*sysroot->loaders));

	if (!made)
		return -ENOMEM;
	*made = loader;
	return 0;
}

int sysroot_loader(struct sysroot *sysroot, const struct elf_object *program,
		   const struct loader **out)
{
	const char *interp = loader_interp_for(sysroot->root, program);

	for (size_t i = 0; i < sysroot->n_loaders; i++) {
		*out = sysroot->loaders[i];
		if (serves(*out, program, interp))
			return (*out)->missing ? LOADER_MISSING : 0;
	}
	TRY(loader_open(sysroot, program, out));
	TRY(keep(sysroot, *out));
	return (*out)->missing ? LOADER_MISSING : 0;
}

/* The cache of the package that ORIGIN is in, below STORE; NULL: none. 0 or -ENOMEM. */
static int find_own_cache(struct arena *arena, const char *store, const char *origin,
			  const char **out)
{
	const char *item = origin + strlen(store) + 1;
	const char *end;

	*out = NULL;
	if (!path_is_below(origin, store) || strcmp(origin, store) == 0)
		return 0;
	end = strchr(item, '/');
	if (!end)
		return 0;
	*out = arena_printf(arena, "%.*s/etc/ld.so.cache", (int)(end - origin), origin);
	return *out ? 0 : -ENOMEM;
}

int sysroot_loader_in(struct sysroot *sysroot, const struct loader *loader, const char *origin,
		      const struct loader **out)
{
	const char *path = NULL;
	struct loader *copy;

	*out = loader;
	if (loader->store && !loader->cache_path && origin)
		TRY(find_own_cache(sysroot->arena, loader->store, origin, &path));
	if (!path)
		return 0;
	for (size_t i = 0; i < sysroot->n_loaders; i++) {
		const struct loader *made = sysroot->loaders[i];

		if (made->elf == loader->elf && made->cache_path &&
		    strcmp(made->cache_path, path) == 0) {
			*out = made;
			return 0;
		}
	}
	copy = arena_memdup(sysroot->arena, loader, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	copy->cache_path = path;
	TRY(configuration_read_cache(sysroot, copy, false));
	*out = copy;
	return keep(sysroot, copy);
}
