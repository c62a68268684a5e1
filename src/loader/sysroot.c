/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/sysroot.h"
#include "base/error.h"
#include "base/table.h"
#include "loader/loader.h"

#include <errno.h>
#include <string.h>

/* Whether MODEL, of the loader at INTERP, is one for objects like PROGRAM too. */
static bool serves(const struct loader *model, const struct elf_object *program, const char *interp)
{
	if (model->is64 != program->is64 || model->big_endian != program->big_endian ||
	    model->machine != program->machine || model->machine_flags != program->flags)
		return false;
	if (!model->interp || !interp)
		return model->interp == interp;
	return strcmp(model->interp, interp) == 0;
}

int sysroot_loader(struct sysroot *sysroot, const struct elf_object *program,
		   const struct loader **out)
{
	const char *interp = loader_interp_for(sysroot->root, program);
	const struct loader **made;

	for (size_t i = 0; i < sysroot->n_loaders; i++) {
		*out = sysroot->loaders[i];
		if (serves(*out, program, interp))
			return (*out)->missing ? LOADER_MISSING : 0;
	}
	TRY(loader_open(sysroot, program, out));
	made = table_add(sysroot->arena, &sysroot->loaders, &sysroot->n_loaders,
			 &sysroot->loaders_capacity, sizeof(*sysroot->loaders));
	if (!made)
		return -ENOMEM;
	*made = *out;
	return (*out)->missing ? LOADER_MISSING : 0;
}
