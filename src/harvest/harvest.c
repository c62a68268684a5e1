/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentence of the design: options make a plan; inputs become a closure; the closure and the
 * needs fill a manifest; the manifest is checked as a root of its own.
 */
#include "base/error.h"
#include "base/path.h"
#include "harvest/added.h"
#include "harvest/brought.h"
#include "harvest/explain.h"
#include "harvest/fix.h"
#include "harvest/missing.h"
#include "harvest/prove_tell.h"
#include "harvest/result.h"
#include "harvest/result_cache.h"
#include "harvest/to_manifest.h"
#include "harvest/traced.h"
#include "harvest/verify.h"
#include "harvest/weight.h"
#include "manifest/places.h"
#include "needs/belongs.h"
#include "needs/config.h"
#include "needs/gconv.h"
#include "needs/module_packages.h"
#include "packages/records.h"

#include <errno.h>
#include <string.h>

static int find_inputs(const struct plan_list *list, struct inputs *inputs)
{
	const struct plan_file *files = list->items;

	for (size_t i = 0; i < list->count; i++)
		TRY(inputs_add_file(inputs, &files[i]));
	return 0;
}

/* Everything that the result needs from the root; what needs nothing is put as it is found.
 */
static int find_all(struct follower *follower, struct manifest *manifest)
{
	const struct resolver *resolver = follower->resolver;
	const struct mkrootfs_plan *plan = resolver->plan;
	struct programs *programs = follower->programs;
	struct inputs *inputs = follower->inputs;
	int incomplete = 0;

	TRY(find_inputs(&plan->files, inputs));
	incomplete |= TRY(programs_resolve(programs, resolver, inputs));
	TRY(added_harvest(&plan->adds, resolver, inputs, follower->needs, manifest));
	incomplete |= TRY(programs_resolve(programs, resolver, inputs));
	return incomplete | TRY(follow_needs(follower));
}

/* The accounts that PLAN asks for, and those that NEEDS bring. */
static int put_accounts(struct manifest *manifest, const struct mkrootfs_plan *plan,
			struct needs *needs)
{
	struct accounts accounts;

	TRY(gather_accounts(plan, needs, &accounts));
	/* --chown is of everything. */
	if (plan->policy.uid == 0 && plan->policy.gid == 0)
		TRY(added_keep_owners(manifest, needs, &accounts));
	return accounts_put(manifest, &accounts);
}

/* --mkdir, --symlink, accounts, and the image's directories. */
static int put_extras(struct manifest *manifest, const struct mkrootfs_plan *plan,
		      struct needs *needs)
{
	const struct plan_symlink *symlinks = plan->symlinks.items;
	const struct plan_directory *mkdirs = plan->mkdirs.items;
	const struct plan_directory *made = plan->run.made.items;

	for (size_t i = 0; i < plan->mkdirs.count; i++)
		TRY(manifest_put_directory(manifest, mkdirs[i].path, mkdirs[i].mode, mkdirs[i].uid,
					   mkdirs[i].gid, ENTRY_USER, "--mkdir"));
	for (size_t i = 0; i < plan->symlinks.count; i++)
		TRY(manifest_put_symlink(manifest, symlinks[i].link, symlinks[i].target, ENTRY_USER,
					 "--symlink"));
	for (size_t i = 0; i < plan->run.made.count; i++)
		TRY(manifest_put_directory(manifest, made[i].path, made[i].mode, made[i].uid,
					   made[i].gid, ENTRY_SOFT, "trace"));
	if (!plan->bare)
		TRY(put_accounts(manifest, plan, needs));
	return image_put_directories(manifest, plan);
}

int result_find_packages(const struct mkrootfs *result, struct packages *out)
{
	*out = result->packages;
	if (result->packaged)
		return 0;
	return packages_find(result->manifest, result->root, &result->plan->diag, out);
}

/* Keeps them for the reports that tell owners. */
static int keep_packages(struct mkrootfs *harvest)
{
	TRY(result_find_packages(harvest, &harvest->packages));
	harvest->packaged = true;
	return 0;
}

static int put_package_metadata(struct mkrootfs *harvest)
{
	TRY(package_records_put_os_release(harvest->manifest, harvest->root,
					   harvest->sysroot.diag));
	TRY(keep_packages(harvest));
	if (harvest->packages.count == 0)
		diag_warning(&harvest->plan->diag, "--package-metadata",
			     "no known package owns any of the files");
	return package_records_put(harvest->manifest, &harvest->packages, &harvest->plan->diag);
}

static int fill_manifest(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	struct manifest *manifest = harvest->manifest;
	int incomplete = 0;

	TRY(manifest_put_closures(manifest, &harvest->follower));
	TRY(manifest_put_needs(manifest, &harvest->follower));
	TRY(put_extras(manifest, plan, harvest->needs));
	/* What cannot be written need not be run. */
	if (plan->trace && !harvest->incomplete) {
		incomplete |= TRY(traced_harvest(&harvest->follower, manifest, &harvest->trace));
		harvest->traced = true;
	}
	if (!harvest->incomplete)
		incomplete |= TRY(brought_harvest(&harvest->follower, manifest));
	TRY(gconv_configure(harvest->needs, manifest));
	TRY(result_caches_put(manifest, &harvest->sysroot, &harvest->follower));
	if (plan->package_metadata)
		TRY(put_package_metadata(harvest));
	if (plan->packages)
		TRY(keep_packages(harvest));
	TRY(manifest_seal(manifest));
	return incomplete;
}

/* Runs the result, where that is asked for. Returns 0 or HARVEST_UNPROVEN, which nobody told yet.
 */
static int harvest_prove(struct mkrootfs *harvest)
{
	const struct prove_input input = {
		.source = result_image(harvest),
		.found = &harvest->follower,
		.manifest = harvest->manifest,
	};

	return harvest->plan->run.wanted ? prove(&input, &harvest->proving) : 0;
}

static int harvest_run(struct mkrootfs *harvest)
{
	int incomplete;

	/* What goes below /var/run is to find its link there. */
	if (!harvest->plan->bare)
		TRY(places_put(harvest->manifest, harvest->root));
	incomplete = find_all(&harvest->follower, harvest->manifest);
	/* Report missing libraries whatever else went wrong. */
	TRY(missing_report(&harvest->programs, &harvest->plan->diag));
	harvest->incomplete = TRY(incomplete) > 0;
	harvest->incomplete |= TRY(fill_manifest(harvest)) > 0;
	if (harvest->incomplete)
		return MKROOTFS_INCOMPLETE;
	TRY(explain_needs(harvest->manifest, &harvest->follower, harvest->traced));
	TRY(verify_manifest(harvest->manifest, &harvest->resolver, &harvest->programs,
			    &harvest->follower.plugins));
	return harvest_prove(harvest);
}

/* The directory of this process, which relative names start at; a sysroot's is its "/". */
static int find_working_directory(const struct mkrootfs_plan *plan, struct arena *arena,
				  const char **out)
{
	CLEANUP(free) char *directory = NULL;

	*out = "/";
	if (plan->sysroot)
		return 0;
	directory = getcwd(NULL, 0);
	if (!directory)
		return diag_error(&plan->diag, errno, "current directory", "%s", errno_text(errno));
	*out = arena_strdup(arena, directory);
	return *out ? 0 : -ENOMEM;
}

static int open_sysroot(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const char *path = plan->sysroot ? plan->sysroot : "/";
	struct sysroot *sysroot = &harvest->sysroot;
	int r;

	harvest->arena = sysroot->arena = arena_new();
	harvest->store = sysroot->store = elf_store_new();
	if (!harvest->arena || !harvest->store)
		return -ENOMEM;
	r = root_disk_open(&harvest->root, path);
	if (r < 0)
		return diag_errno(&plan->diag, -r, path);
	sysroot->root = harvest->root;
	sysroot->diag = &plan->diag;
	return find_working_directory(plan, harvest->arena, &sysroot->working_directory);
}

/* Where --add puts something: that is the user's affair, and so is what is beside it. */
static int list_given(const struct mkrootfs_plan *plan, struct arena *arena, const char *directory,
		      struct needs_options *options)
{
	const struct plan_file *adds = plan->adds.items;
	const char **given = arena_array(arena, plan->adds.count + 1, sizeof(*given));

	if (!given)
		return -ENOMEM;
	for (size_t i = 0; i < plan->adds.count; i++) {
		given[i] = adds[i].dest ? adds[i].dest
					: path_normalize(arena, directory, adds[i].path);
		if (!given[i])
			return -ENOMEM;
	}
	if (plan->users.count > 0)
		options->user = ((const struct account *)plan->users.items)[0].name;
	options->given = given;
	options->n_given = plan->adds.count;
	return 0;
}

static int open_needs(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	struct needs_options options = plan->needs;

	options.level = plan_level(plan);
	options.with = plan->with.items;
	options.n_with = plan->with.count;
	options.without = plan->without.items;
	options.n_without = plan->without.count;
	TRY(list_given(plan, harvest->arena, harvest->sysroot.working_directory, &options));
	harvest->needs = needs_new(&harvest->sysroot, &options);
	return harvest->needs ? 0 : -ENOMEM;
}

/* Makes the empty parts of the result, each with the parts that it reads. */
static int harvest_open(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;

	TRY(open_sysroot(harvest));
	TRY(open_needs(harvest));
	harvest->manifest = manifest_new(&plan->policy, &plan->diag);
	if (!harvest->manifest)
		return -ENOMEM;
	harvest->inputs = (struct inputs){
		.sysroot = &harvest->sysroot,
		.search_path = plan->search_path,
		.place = plan->sysroot,
	};
	harvest->resolver = (struct resolver){
		.sysroot = &harvest->sysroot,
		.plan = plan,
		.options = { .library_path = plan->library_path,
			     .preload = plan->preloads.items,
			     .n_preload = plan->preloads.count,
			     .allow_missing = plan->allow_missing.items,
			     .n_allow_missing = plan->allow_missing.count },
	};
	harvest->follower = (struct follower){
		.resolver = &harvest->resolver,
		.inputs = &harvest->inputs,
		.programs = &harvest->programs,
		.needs = harvest->needs,
	};
	return 0;
}

static int harvest_new(const struct mkrootfs_plan *plan, struct mkrootfs **rootfs)
{
	CLEANUP(mkrootfs_free) struct mkrootfs *harvest = calloc(1, sizeof(*harvest));
	int incomplete;

	if (!harvest)
		return -ENOMEM;
	TRY(plan_freeze(plan, &harvest->plan));
	/* What a run misses is told by the need that has it. */
	harvest->plan->needs.explore |= plan->run.wanted;
	TRY(harvest_open(harvest));
	incomplete = TRY(harvest_run(harvest));
	*rootfs = STEAL(harvest);
	return incomplete;
}

/* The result of the last of several harvests, each of which has what the one before has missed. */
static int harvest_rounds(struct fix *fix, struct mkrootfs **out)
{
	for (;;) {
		CLEANUP(mkrootfs_free) struct mkrootfs *harvest = NULL;
		int outcome = TRY(harvest_new(fix->plan, &harvest));

		fix->rounds++;
		if (outcome == HARVEST_UNPROVEN && fix->plan->run.fix &&
		    fix->rounds < FIX_ROUNDS_MAX && TRY(fix_extend(fix, &harvest->proving)) > 0)
			continue;
		*out = STEAL(harvest);
		return outcome;
	}
}

/* A harvest that ends with a run, or with several. */
static int harvest_proven(const struct mkrootfs_plan *plan, struct mkrootfs **rootfs)
{
	CLEANUP(mkrootfs_free) struct mkrootfs *harvest = NULL;
	CLEANUP(fix) struct fix fix = { 0 };
	int outcome;

	TRY(fix_open(&fix, plan));
	outcome = TRY(harvest_rounds(&fix, &harvest));
	if (harvest->proving.ran) {
		TRY(prove_tell(fix.plan, &harvest->proving));
		TRY(fix_tell(&fix));
	}
	TRY(fix_finish(&fix, harvest->plan, &harvest->proving));
	*rootfs = STEAL(harvest);
	return outcome;
}

int mkrootfs_harvest(struct mkrootfs_plan *plan, struct mkrootfs **rootfs)
{
	plan_begin(plan);
	return plan_end(plan, plan->run.wanted ? harvest_proven(plan, rootfs)
					       : harvest_new(plan, rootfs));
}

void mkrootfs_free(struct mkrootfs *rootfs)
{
	if (!rootfs)
		return;
	weight_free(rootfs->follower.carried);
	belongs_free(rootfs->needs);
	config_forget(rootfs->needs);
	module_packages_free(rootfs->needs);
	needs_free(rootfs->needs);
	manifest_free(rootfs->manifest);
	elf_store_free(rootfs->store);
	root_close(rootfs->root);
	arena_free(rootfs->arena);
	mkrootfs_plan_free(rootfs->plan);
	free(rootfs);
}
