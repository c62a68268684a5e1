/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/layout.h"
#include "base/path.h"
#include "output/directory.h"
#include "output/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* What only the owner may look into holds what everybody may, with the modes of the result. */
enum {
	TOP_MODE = 0755,
	DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

/* Whether programs can be started in DIRECTORY, and set-id bits stay what they are. */
static bool takes_programs(const char *directory)
{
	struct statvfs statvfs_;

	return statvfs(directory, &statvfs_) == 0 && !(statvfs_.f_flag & ST_NOEXEC) &&
	       access(directory, W_OK) == 0;
}

/* Where the private directory is made. */
static int find_place(const struct mkrootfs_plan *plan, struct arena *arena, const char **out)
{
	/* /var/tmp is for large files. */
	static const char *const usual[] = { "/var/tmp", "/tmp" };
	CLEANUP(free) char *resolved = NULL;
	const char *found = plan->temporary;

	for (size_t i = 0; !found && i < ARRAY_SIZE(usual); i++)
		if (takes_programs(usual[i]))
			found = usual[i];
	if (!found)
		found = ".";
	if (plan->temporary && !takes_programs(found))
		return diag_error_hint(&plan->diag, EACCES, found,
				       "name another directory with TMPDIR",
				       "no program can be started there for --check run");
	resolved = realpath(found, NULL);
	if (!resolved)
		return diag_errno(&plan->diag, errno, found);
	*out = arena_strdup(arena, resolved);
	return *out ? 0 : -ENOMEM;
}

static int make_private(struct layout *layout, struct arena *arena, const char *place)
{
	char *path = arena_printf(arena, "%s/mkrootfs-run-XXXXXX", place[1] ? place : "");

	if (!path)
		return -ENOMEM;
	layout->parent = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (layout->parent < 0 || !mkdtemp(path))
		return diag_errno(layout->diag, errno, place);
	layout->name = path_basename(path);
	layout->path = path_join(arena, path, "root");
	if (!layout->path)
		return -ENOMEM;
	/* A default ACL of PLACE's and its set-group-id bit must not reach into the result. */
	if (chmod(path, 0700) < 0 || mkdir(layout->path, 0700) < 0)
		return diag_errno(layout->diag, errno, path);
	return 0;
}

/* Only errors: that owners cannot be given does not matter to a run. */
static void emit_errors(void *data, enum mkrootfs_level level, const char *subject,
			const char *message, const char *hint)
{
	const struct diag *diag = data;

	if (level == MKROOTFS_ERROR && diag->emit)
		diag->emit(diag->data, level, subject, message, hint);
}

static int fill(const struct layout *layout, const struct mkrootfs_plan *plan,
		const struct manifest *manifest)
{
	const struct diag errors = { .emit = emit_errors, .data = (void *)layout->diag };
	CLEANUP(transfer) struct transfer transfer = { 0 };
	CLEANUP(fd) int top = open(layout->path, DIRECTORY_FLAGS);

	if (top < 0 || fchmod(top, TOP_MODE) < 0)
		return diag_errno(layout->diag, errno, layout->path);
	TRY(transfer_open(&transfer, &errors, plan->cancelled));
	return directory_write(&transfer, manifest, top, layout->path);
}

int layout_make(struct layout *layout, struct arena *arena, const struct mkrootfs_plan *plan,
		const struct manifest *manifest)
{
	const char *place = "/";

	*layout = LAYOUT_NONE;
	layout->diag = &plan->diag;
	TRY(find_place(plan, arena, &place));
	TRY(make_private(layout, arena, place));
	return fill(layout, plan, manifest);
}

void layout_remove(struct layout *layout)
{
	int r;

	if (layout->parent < 0)
		return;
	r = layout->name ? tree_remove(layout->parent, layout->name) : 0;
	if (r < 0)
		diag_warning(layout->diag, layout->path, "cannot be removed: %s", errno_text(-r));
	close(layout->parent);
	layout->parent = -1;
}
