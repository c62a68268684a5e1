/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rootfs is written as: the outputs that a caller asks for, checked, made and
 * published together.
 */
#include "base/error.h"
#include "base/path.h"
#include "harvest/collect_depfile.h"
#include "harvest/collect_sbom.h"
#include "harvest/result.h"
#include "output/output.h"
#include "report/depfile.h"
#include "report/dockerfile.h"

#include <errno.h>
#include <string.h>

static bool is_image(const struct output *output)
{
	return output->format == MKROOTFS_FORMAT_OCI || output->format == MKROOTFS_FORMAT_DOCKER;
}

/* By default registries and docker load get what they are used to. */
static int set_compression(const struct mkrootfs_plan *plan, const struct mkrootfs_output *asked,
			   struct output *output)
{
	if ((unsigned)asked->compression > MKROOTFS_COMPRESS_XZ)
		return diag_error(&plan->diag, EINVAL, asked->path, "unknown compression");
	output->layer = output->format == MKROOTFS_FORMAT_OCI ? MKROOTFS_COMPRESS_GZIP
							      : MKROOTFS_COMPRESS_NONE;
	if (asked->compression == MKROOTFS_COMPRESS_AUTO)
		return 0;
	if (!is_image(output))
		output->compression = asked->compression;
	else if (asked->compression == MKROOTFS_COMPRESS_XZ)
		return diag_error_hint(&plan->diag, EINVAL, asked->path, "use gzip, zstd or none",
				       "a layer of an image cannot be compressed by xz");
	else
		output->layer = asked->compression;
	return 0;
}

static int to_output(const struct mkrootfs_plan *plan, const struct mkrootfs_output *asked,
		     struct output *output)
{
	int r;

	if (asked->size < sizeof(*asked))
		return diag_error(&plan->diag, EINVAL, NULL,
				  "the size of struct mkrootfs_output is not set");
	*output = (struct output){
		.path = asked->path,
		.format = asked->format,
		.force = asked->force,
	};
	if ((unsigned)asked->format > MKROOTFS_FORMAT_DOCKERFILE)
		return diag_error(&plan->diag, EINVAL, asked->path, "unknown format");
	if (!*asked->path)
		return diag_error(&plan->diag, EINVAL, NULL, "an output has no name");
	r = output_guess(output);
	if (r == -EINVAL)
		return diag_error_hint(&plan->diag, EINVAL, asked->path,
				       "known: .tar .tar.gz .tgz .tar.zst .tar.xz .cpio .cpio.gz "
				       ".cpio.zst .cpio.xz, or --format",
				       "the suffix names no format");
	return r < 0 ? r : set_compression(plan, asked, output);
}

/* What an image can hold, and a Dockerfile cannot. */
static int check_pairs(const struct mkrootfs_plan *plan)
{
	const struct {
		const char *option;
		const struct plan_list *list;
	} all[] = {
		{ "--env", &plan->image.environment },
		{ "--label", &plan->image.labels },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct image_pair *pairs = all[i].list->items;

		for (size_t j = 0; j < all[i].list->count; j++)
			if (!dockerfile_can_hold(pairs[j].value))
				return diag_error_hint(&plan->diag, EINVAL, all[i].option,
						       "leave out --dockerfile, or the line break",
						       "a Dockerfile cannot hold the value of %s",
						       pairs[j].key);
	}
	return 0;
}

static bool ends_in(const char *text, const char *suffix)
{
	size_t length = strlen(text);

	return length >= strlen(suffix) && strcmp(text + length - strlen(suffix), suffix) == 0;
}

/* A bill of materials, whose format PATH tells; NULL where it tells none. */
typedef int sbom_report(struct buffer *out, const struct sbom *sbom);

static sbom_report *find_sbom_report(const char *path)
{
	if (ends_in(path, ".spdx.json"))
		return report_spdx;
	return ends_in(path, ".cdx.json") ? report_cyclonedx : NULL;
}

static int check_sbom(const struct mkrootfs_plan *plan, const char *path)
{
	return find_sbom_report(path)
		       ? 0
		       : diag_error_hint(&plan->diag, EINVAL, path, "known: .spdx.json .cdx.json",
					 "the suffix names no format");
}

static int check_output(const struct mkrootfs_plan *plan, const struct mkrootfs_output *output)
{
	struct output checked;

	TRY(to_output(plan, output, &checked));
	if (output->format == MKROOTFS_FORMAT_DOCKERFILE)
		return check_pairs(plan);
	return output->format == MKROOTFS_FORMAT_SBOM ? check_sbom(plan, output->path) : 0;
}

int mkrootfs_output_check(struct mkrootfs_plan *plan, const struct mkrootfs_output *output)
{
	plan_begin(plan);
	return plan_end(plan, check_output(plan, output));
}

/* All that is written in one go. */
struct writing {
	const struct mkrootfs *rootfs;
	struct arena *arena; /* of what is found out for it */
	struct mkrootfs_output *asked;
	size_t count;
	struct output *outputs; /* COUNT of them */
	struct buffer *texts;	/* COUNT of them: what reports make */
	struct image image;
	struct packages packages; /* where PACKAGED */
	bool packaged;
	struct sbom sbom; /* where COLLECTED */
	bool collected;
};

/* Takes the first COUNT of ASKED, which are of the size that the caller's header gave them. */
static int writing_open(struct writing *writing, const struct mkrootfs_output *asked)
{
	size_t count = writing->count;
	const char *at = (const char *)asked;
	size_t size = count > 0 ? asked->size : 0;

	writing->arena = arena_new();
	writing->outputs = calloc(count + 1, sizeof(*writing->outputs));
	writing->texts = calloc(count + 1, sizeof(*writing->texts));
	if (!writing->arena || !writing->outputs || !writing->texts)
		return -ENOMEM;
	writing->asked = arena_array(writing->arena, count + 1, sizeof(*writing->asked));
	if (!writing->asked)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++, at += size)
		memcpy(&writing->asked[i], at, size < sizeof(*asked) ? size : sizeof(*asked));
	return 0;
}

static void writing_cleanup(struct writing *writing)
{
	for (size_t i = 0; writing->texts && i < writing->count; i++)
		buffer_reset(&writing->texts[i]);
	free(writing->texts);
	free(writing->outputs);
	arena_free(writing->arena);
}

static int find_packages(struct writing *writing)
{
	if (!writing->packaged)
		TRY(result_find_packages(writing->rootfs, &writing->packages));
	writing->packaged = true;
	return 0;
}

/* The directory among the outputs, as a stage of a build that starts at "/" finds it. */
static int find_directory(const struct writing *writing, const char **out)
{
	CLEANUP(free) char *base = NULL;
	const char *path = NULL;

	for (size_t i = 0; !path && i < writing->count; i++)
		if (writing->asked[i].format == MKROOTFS_FORMAT_DIRECTORY)
			path = writing->asked[i].path;
	if (!path)
		return -ENOENT;
	if (path[0] != '/') {
		base = getcwd(NULL, 0);
		if (!base)
			return -errno;
	}
	*out = path_normalize(writing->arena, base ? base : "/", path);
	return *out ? 0 : -ENOMEM;
}

static int make_dockerfile(struct writing *writing, size_t index)
{
	const struct diag *diag = &writing->rootfs->plan->diag;
	const char *path = writing->asked[index].path;
	const char *foreign = image_find_foreign(&writing->image);
	const char *unholdable = dockerfile_find_unholdable(&writing->image);
	const char *directory = NULL;
	int r = find_directory(writing, &directory);

	if (r == -ENOENT)
		return diag_error_hint(diag, EINVAL, path, "make one with -d",
				       "a Dockerfile copies from a directory");
	if (r < 0)
		return diag_errno(diag, -r, path);
	if (foreign || !utf8_is_valid(directory))
		return diag_error(diag, EILSEQ, path, "'%s' is not UTF-8, and a Dockerfile is",
				  foreign ? foreign : directory);
	if (unholdable)
		return diag_error_hint(diag, EINVAL, path,
				       "--label and --entrypoint can say it otherwise",
				       "a Dockerfile cannot hold the line break of %s", unholdable);
	if (!dockerfile_can_copy(directory))
		return diag_error(diag, EINVAL, path, "'%s' is not a name that COPY takes",
				  directory);
	return report_dockerfile(&writing->texts[index], &writing->image, directory);
}

static int make_sbom(struct writing *writing, size_t index)
{
	const char *path = writing->asked[index].path;
	const struct sbom_parts parts = {
		.plan = writing->rootfs->plan,
		.root = writing->rootfs->root,
		.manifest = writing->rootfs->manifest,
		.image = &writing->image,
		.packages = &writing->packages,
	};

	TRY(check_sbom(writing->rootfs->plan, path));
	if (!writing->collected) {
		TRY(find_packages(writing));
		TRY(sbom_collect(&parts, writing->arena, &writing->sbom));
		writing->collected = true;
	}
	return find_sbom_report(path)(&writing->texts[index], &writing->sbom);
}

/* The first of the outputs that is the rootfs itself, and has a name. */
static const char *find_target(const struct writing *writing)
{
	for (size_t i = 0; i < writing->count; i++) {
		enum mkrootfs_format format = writing->asked[i].format;

		if (format == MKROOTFS_FORMAT_DIRECTORY)
			return writing->asked[i].path;
		if (!output_is_text(format) && strcmp(writing->asked[i].path, "-") != 0)
			return writing->asked[i].path;
	}
	return NULL;
}

static int make_depfile(struct writing *writing, size_t index)
{
	const struct diag *diag = &writing->rootfs->plan->diag;
	const char *path = writing->asked[index].path;
	const char *target = find_target(writing);
	const struct depfile_parts parts = {
		.plan = writing->rootfs->plan,
		.sysroot = &writing->rootfs->sysroot,
		.manifest = writing->rootfs->manifest,
		.packages = &writing->packages,
	};
	struct texts sources;

	if (!target)
		return diag_error_hint(diag, EINVAL, path, "make one with -o or -d",
				       "a dependency file is about an archive or a directory");
	if (!depfile_can_hold(target))
		return diag_error(diag, EINVAL, path,
				  "'%s' cannot be the name of a target of Make and Ninja", target);
	TRY(find_packages(writing));
	TRY(depfile_collect(&parts, writing->arena, &sources));
	return report_depfile(&writing->texts[index], target, sources.items, sources.count);
}

static int make_text(struct writing *writing, size_t index)
{
	switch (writing->asked[index].format) {
	case MKROOTFS_FORMAT_DOCKERFILE:
		return make_dockerfile(writing, index);
	case MKROOTFS_FORMAT_DEPFILE:
		return make_depfile(writing, index);
	case MKROOTFS_FORMAT_SBOM:
		return make_sbom(writing, index);
	default:
		return 0;
	}
}

static int prepare(struct writing *writing, size_t index)
{
	const struct mkrootfs_plan *plan = writing->rootfs->plan;
	struct output *output = &writing->outputs[index];

	TRY(to_output(plan, &writing->asked[index], output));
	TRY(make_text(writing, index));
	output->text = writing->texts[index].bytes;
	output->size = writing->texts[index].size;
	output->image = &writing->image;
	output->temporary = plan->temporary;
	return 0;
}

/*
 * What is found through an option alone is found only with the variable that it stands for.
 * An image says so itself.
 */
static void warn_of_environment(const struct writing *writing)
{
	const struct mkrootfs_plan *plan = writing->rootfs->plan;

	for (size_t i = 0; i < writing->count; i++)
		if (is_image(&writing->outputs[i]) ||
		    writing->asked[i].format == MKROOTFS_FORMAT_DOCKERFILE)
			return;
	if (plan->preloads.count > 0)
		diag_warning(&plan->diag, "--preload",
			     "the program needs LD_PRELOAD in its environment");
	if (image_needs_library_path(&writing->rootfs->programs))
		diag_warning(&plan->diag, "--library-path",
			     "the program needs LD_LIBRARY_PATH=%s in its environment",
			     plan->library_path);
}

static int write_outputs(const struct mkrootfs *rootfs, const struct mkrootfs_output *outputs,
			 size_t count)
{
	const struct mkrootfs_plan *plan = rootfs->plan;
	const struct image_source source = result_image(rootfs);
	CLEANUP(writing)
	struct writing writing = { .rootfs = rootfs, .count = count };

	if (rootfs->incomplete)
		return diag_error(&plan->diag, EINVAL, NULL, "an incomplete rootfs is not written");
	if (rootfs->proving.ran && !rootfs->proving.report.proven)
		return diag_error(&plan->diag, EINVAL, NULL,
				  "a rootfs in which its program failed is not written");
	TRY(writing_open(&writing, outputs));
	TRY(image_make(&source, writing.arena, &writing.image));
	for (size_t i = 0; i < count; i++)
		TRY(prepare(&writing, i));
	warn_of_environment(&writing);
	return outputs_write(rootfs->manifest, writing.outputs, count, plan->cancelled,
			     &plan->diag);
}

int mkrootfs_write(const struct mkrootfs *rootfs, const struct mkrootfs_output *outputs,
		   size_t count)
{
	plan_begin(rootfs->plan);
	return plan_end(rootfs->plan, write_outputs(rootfs, outputs, count));
}
