/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rootfs is written as: the outputs that a caller asks for, checked, made and
 * published together.
 */
#include "base/path.h"
#include "harvest/image_make.h"
#include "harvest/sources.h"
#include "output/output.h"
#include "report/depfile.h"
#include "report/dockerfile.h"

#include <errno.h>
#include <string.h>

static bool is_image(const struct output *output)
{
	return output->format == OUTPUT_OCI || output->format == OUTPUT_DOCKER;
}

/* By default registries and docker load get what they are used to. */
static int set_compression(const struct mkrootfs_plan *plan, const struct mkrootfs_output *asked,
			   struct output *output)
{
	static const enum output_compression compressions[] = {
		[MKROOTFS_COMPRESS_NONE] = OUTPUT_PLAIN,
		[MKROOTFS_COMPRESS_GZIP] = OUTPUT_GZIP,
		[MKROOTFS_COMPRESS_ZSTD] = OUTPUT_ZSTD,
		[MKROOTFS_COMPRESS_XZ] = OUTPUT_XZ,
	};

	if ((size_t)asked->compression >= ARRAY_SIZE(compressions))
		return diag_error(&plan->diag, EINVAL, asked->path, "unknown compression");
	output->layer = output->format == OUTPUT_OCI ? OUTPUT_GZIP : OUTPUT_PLAIN;
	if (asked->compression == MKROOTFS_COMPRESS_AUTO)
		return 0;
	if (!is_image(output))
		output->compression = compressions[asked->compression];
	else if (asked->compression == MKROOTFS_COMPRESS_XZ)
		return diag_error_hint(&plan->diag, EINVAL, asked->path,
				       "gzip, zstd and none are what there is",
				       "a layer of an image cannot be compressed by xz");
	else
		output->layer = compressions[asked->compression];
	return 0;
}

static int to_output(const struct mkrootfs_plan *plan, const struct mkrootfs_output *asked,
		     struct output *output)
{
	static const enum output_format formats[] = {
		[MKROOTFS_FORMAT_AUTO] = OUTPUT_AUTO,
		[MKROOTFS_FORMAT_DIRECTORY] = OUTPUT_DIRECTORY,
		[MKROOTFS_FORMAT_TAR] = OUTPUT_TAR,
		[MKROOTFS_FORMAT_CPIO] = OUTPUT_CPIO,
		[MKROOTFS_FORMAT_OCI] = OUTPUT_OCI,
		[MKROOTFS_FORMAT_DOCKER] = OUTPUT_DOCKER,
		[MKROOTFS_FORMAT_SBOM] = OUTPUT_TEXT,
		[MKROOTFS_FORMAT_DEPFILE] = OUTPUT_TEXT,
		[MKROOTFS_FORMAT_DOCKERFILE] = OUTPUT_TEXT,
	};
	int r;

	*output = (struct output){ .path = asked->path, .force = asked->force };
	if ((size_t)asked->format >= ARRAY_SIZE(formats))
		return diag_error(&plan->diag, EINVAL, asked->path, "unknown format");
	if (!*asked->path)
		return diag_error(&plan->diag, EINVAL, NULL, "an output has no name");
	output->format = formats[asked->format];
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
typedef int bill_report(struct buffer *out, const struct sbom *sbom);

static bill_report *find_bill(const char *path)
{
	if (ends_in(path, ".spdx.json"))
		return report_spdx;
	return ends_in(path, ".cdx.json") ? report_cyclonedx : NULL;
}

static int check_bill(const struct mkrootfs_plan *plan, const char *path)
{
	return find_bill(path)
		       ? 0
		       : diag_error_hint(&plan->diag, EINVAL, path, "known: .spdx.json .cdx.json",
					 "the suffix names no format");
}

int mkrootfs_output_check(struct mkrootfs_plan *plan, const struct mkrootfs_output *output)
{
	struct output checked;
	int r = to_output(plan, output, &checked);

	if (r == 0 && output->format == MKROOTFS_FORMAT_DOCKERFILE)
		r = check_pairs(plan);
	if (r == 0 && output->format == MKROOTFS_FORMAT_SBOM)
		r = check_bill(plan, output->path);
	return r;
}

/* All that is written in one go. */
struct writing {
	struct mkrootfs *rootfs;
	const struct mkrootfs_output *asked;
	size_t count;
	struct output *outputs; /* COUNT of them */
	struct buffer *texts;	/* COUNT of them: what reports make */
	struct image image;
	struct sbom bill; /* where MADE */
	bool made;
};

static int writing_open(struct writing *writing)
{
	writing->outputs = calloc(writing->count + 1, sizeof(*writing->outputs));
	writing->texts = calloc(writing->count + 1, sizeof(*writing->texts));
	return writing->outputs && writing->texts ? 0 : -ENOMEM;
}

static void writing_cleanup(struct writing *writing)
{
	for (size_t i = 0; writing->texts && i < writing->count; i++)
		buffer_reset(&writing->texts[i]);
	free(writing->texts);
	free(writing->outputs);
}

/* The directory among the outputs, as a stage of a build that starts at "/" finds it. */
static int find_directory(struct writing *writing, const char **out)
{
	CLEANUP(free) char *base = getcwd(NULL, 0);

	for (size_t i = 0; i < writing->count; i++) {
		if (writing->asked[i].format != MKROOTFS_FORMAT_DIRECTORY)
			continue;
		if (!base && writing->asked[i].path[0] != '/')
			return -errno;
		*out = path_normalize(writing->rootfs->arena, base ? base : "/",
				      writing->asked[i].path);
		return *out ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static int make_dockerfile(struct writing *writing, size_t index)
{
	const struct diag *diag = &writing->rootfs->plan->diag;
	const char *path = writing->asked[index].path;
	const char *foreign = image_find_foreign(&writing->image);
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
	if (!dockerfile_can_copy(directory))
		return diag_error(diag, EINVAL, path, "'%s' is no name that COPY takes", directory);
	return report_dockerfile(&writing->texts[index], &writing->image, directory);
}

static int make_sbom(struct writing *writing, size_t index)
{
	const char *path = writing->asked[index].path;
	int r = check_bill(writing->rootfs->plan, path);

	if (r == 0 && !writing->made)
		r = bill_make(writing->rootfs, &writing->image, &writing->bill);
	if (r < 0)
		return r;
	writing->made = true;
	return find_bill(path)(&writing->texts[index], &writing->bill);
}

/* The first of the outputs that is the rootfs itself, and has a name. */
static const char *find_target(const struct writing *writing)
{
	for (size_t i = 0; i < writing->count; i++) {
		enum mkrootfs_format format = writing->asked[i].format;

		if (format == MKROOTFS_FORMAT_DIRECTORY)
			return writing->asked[i].path;
		if (format != MKROOTFS_FORMAT_DOCKERFILE && format != MKROOTFS_FORMAT_DEPFILE &&
		    format != MKROOTFS_FORMAT_SBOM && strcmp(writing->asked[i].path, "-") != 0)
			return writing->asked[i].path;
	}
	return NULL;
}

static int make_depfile(struct writing *writing, size_t index)
{
	const struct diag *diag = &writing->rootfs->plan->diag;
	const char *path = writing->asked[index].path;
	const char *target = find_target(writing);

	if (!target)
		return diag_error_hint(diag, EINVAL, path, "make one with -o or -d",
				       "a dependency file is about an archive or a directory");
	if (!depfile_can_hold(target))
		return diag_error(diag, EINVAL, path, "'%s' is no name for Make and Ninja", target);
	return bill_depfile(writing->rootfs, target, &writing->texts[index]);
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
	const struct mkrootfs_output *asked = &writing->asked[index];
	const struct mkrootfs_plan *plan = writing->rootfs->plan;
	struct output *output = &writing->outputs[index];
	int r = to_output(plan, asked, output);

	if (r == 0)
		r = make_text(writing, index);
	output->text = writing->texts[index].bytes;
	output->size = writing->texts[index].size;
	output->image = &writing->image;
	output->temporary = plan->temporary;
	return r;
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
	if (image_needs_library_path(writing->rootfs))
		diag_warning(&plan->diag, "--library-path",
			     "the program needs LD_LIBRARY_PATH=%s in its environment",
			     plan->library_path);
}

int mkrootfs_write(const struct mkrootfs *rootfs, const struct mkrootfs_output *outputs,
		   size_t count)
{
	const struct mkrootfs_plan *plan = rootfs->plan;
	/* What is found out on the way belongs to the rootfs's arena. */
	CLEANUP(writing)
	struct writing writing = {
		.rootfs = (struct mkrootfs *)(uintptr_t)rootfs,
		.asked = outputs,
		.count = count,
	};
	int r;

	if (rootfs->incomplete)
		return diag_error(&plan->diag, EINVAL, NULL, "an incomplete rootfs is not written");
	r = writing_open(&writing);
	if (r == 0)
		r = image_make(writing.rootfs, &writing.image);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = prepare(&writing, i);
	if (r < 0)
		return r;
	warn_of_environment(&writing);
	return outputs_write(rootfs->manifest, writing.outputs, count, plan->cancelled,
			     &plan->diag);
}
