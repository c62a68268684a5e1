/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/image_make.h"
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
#include "base/texts.h"
#include "elf/attributes.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

/* In the order in which shells and runtimes have it where nobody says otherwise. */
static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static int put_directory(struct manifest *manifest, const struct mkrootfs_plan *plan,
			 const char *path, const char *why)
{
	const struct account *user = plan->user;
	const struct entry *there = manifest_find(manifest, path);

	if (there && there->type == ENTRY_FILE)
		return diag_error(&plan->diag, ENOTDIR, path,
				  "is to be a directory (%s), and is a file (%s)", why, there->why);
	/* A directory of somebody's own stays as it is; one that is only on the way to something
	 * does not. */
	if (there && (there->root || there->rank > ENTRY_SOFT || strcmp(path, "/") == 0))
		return 0;
	return manifest_put_directory(manifest, path, 0755, user ? user->uid : (uid_t)-1,
				      user ? user->gid : (gid_t)-1, ENTRY_DEFAULT, why);
}

int image_put_directories(struct manifest *manifest, const struct mkrootfs_plan *plan)
{
	const struct image_plan *image = &plan->image;
	const char *const *volumes = image->volumes.items;

	if (image->workdir)
		TRY(put_directory(manifest, plan, image->workdir, "--workdir"));
	for (size_t i = 0; i < image->volumes.count; i++)
		TRY(put_directory(manifest, plan, volumes[i], "--volume"));
	return 0;
}

/*
 * GOARCH and its variants, which the specification of images takes its names from. The
 * first that fits: VALUE is what FLAGS of e_flags are.
 */
static const struct {
	uint16_t machine;
	bool is64;
	bool big_endian;
	uint32_t flags;
	uint32_t value;
	const char *architecture;
	const char *variant;
} architectures[] = {
	{ EM_X86_64, true, false, 0, 0, "amd64", NULL },
	{ EM_X86_64, false, false, 0, 0, "amd64", NULL }, /* x32 */
	{ EM_386, false, false, 0, 0, "386", NULL },
	{ EM_AARCH64, true, false, 0, 0, "arm64", "v8" },
	{ EM_AARCH64, true, true, 0, 0, "arm64be", "v8" },
	{ EM_ARM, false, true, 0, 0, "armbe", NULL },
	{ EM_PPC64, true, false, 0, 0, "ppc64le", NULL },
	{ EM_PPC64, true, true, 0, 0, "ppc64", NULL },
	{ EM_S390, true, true, 0, 0, "s390x", NULL },
	{ EM_RISCV, true, false, 0, 0, "riscv64", NULL },
	{ EM_RISCV, false, false, 0, 0, "riscv", NULL },
	{ EM_LOONGARCH, true, false, 0, 0, "loong64", NULL },
	{ EM_MIPS, true, false, 0, 0, "mips64le", NULL },
	{ EM_MIPS, true, true, 0, 0, "mips64", NULL },
	{ EM_MIPS, false, false, EF_MIPS_ABI2, EF_MIPS_ABI2, "mips64p32le", NULL },
	{ EM_MIPS, false, true, EF_MIPS_ABI2, EF_MIPS_ABI2, "mips64p32", NULL },
	{ EM_MIPS, false, false, 0, 0, "mipsle", NULL },
	{ EM_MIPS, false, true, 0, 0, "mips", NULL },
};

static int read_arm_version(const struct root *root, const char *path, unsigned *version)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	TRY(root_open(root, path, &file));
	return elf_arm_version(&file, version);
}

static int raise_arm_version(const struct sysroot *sysroot, const struct closure_object *object,
			     unsigned *newest)
{
	unsigned version = 0;
	int r;

	if (!object || !object->loaded.elf)
		return 0;
	r = read_arm_version(sysroot->root, object->loaded.elf->path, &version);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, object->loaded.elf->path);
	if (version > *newest)
		*newest = version;
	return 0;
}

/*
 * The newest version that a program or its loader asks for; 0 where none says. Libraries say
 * more than they ask for: what they try only where the processor has it counts, too.
 */
static int find_arm_version(const struct sysroot *sysroot, const struct programs *programs,
			    unsigned *newest)
{
	*newest = 0;
	for (size_t i = 0; i < programs->all.count; i++) {
		const struct closure *closure = programs->all.items[i]->closures.items[0];

		if (programs->all.items[i]->input->library)
			continue;
		TRY(raise_arm_version(sysroot, closure->objects[0], newest));
		TRY(raise_arm_version(sysroot, closure->interp, newest));
	}
	return 0;
}

/* "arm" and its variants: v5 to v8. */
static int set_arm(const struct sysroot *sysroot, const struct programs *programs,
		   struct image *image)
{
	static const char *const variants[] = { [5] = "v5", [6] = "v6", [7] = "v7", [8] = "v8" };
	const struct elf_object *elf = programs->all.items[0]->input->elf;
	unsigned version;

	TRY(find_arm_version(sysroot, programs, &version));
	/* Distributions for processors with floating point begin at v7, but for two. */
	if (version == 0)
		version = elf->flags & EF_ARM_ABI_FLOAT_HARD ? 7 : 5;
	image->architecture = "arm";
	image->variant = variants[version < 5 ? 5 : version];
	return 0;
}

static int set_architecture(const struct sysroot *sysroot, const struct programs *programs,
			    struct image *image)
{
	const struct elf_object *elf;

	/* The specification wants a name, and has none for files of no machine. */
	image->architecture = "unknown";
	if (programs->all.count == 0)
		return 0;
	elf = programs->all.items[0]->input->elf;
	if (elf->machine == EM_ARM && !elf->big_endian)
		return set_arm(sysroot, programs, image);
	image->architecture = elf_machine_name(elf);
	for (size_t i = 0; i < ARRAY_SIZE(architectures); i++) {
		if (architectures[i].machine != elf->machine ||
		    architectures[i].is64 != elf->is64 ||
		    architectures[i].big_endian != elf->big_endian ||
		    (elf->flags & architectures[i].flags) != architectures[i].value)
			continue;
		image->architecture = architectures[i].architecture;
		image->variant = architectures[i].variant;
		return 0;
	}
	return 0;
}

/* The first FILE, where it is something that can be started. */
static const struct input *first_program(const struct input_list *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		if (inputs->items[i]->asked)
			return inputs->items[i]->library ? NULL : inputs->items[i];
	return NULL;
}

static struct image_texts texts_of(const struct plan_list *list)
{
	return (struct image_texts){ list->items, list->count };
}

static int set_entrypoint(const struct image_plan *plan, const struct input_list *inputs,
			  struct arena *arena, struct image *image)
{
	const struct input *program = first_program(inputs);
	const char **word;

	image->entrypoint = texts_of(&plan->entrypoint);
	if (plan->has_entrypoint || !program || !utf8_is_valid(program->location.dest))
		return 0;
	word = arena_alloc(arena, sizeof(*word));
	if (!word)
		return -ENOMEM;
	*word = program->location.dest;
	image->entrypoint = (struct image_texts){ word, 1 };
	return 0;
}

/* Pairs that can still grow. */
struct pairs {
	struct arena *arena;
	struct image_pair *items;
	size_t count;
	size_t capacity;
};

/* The last value of a key counts, in the first one's place. */
static int pairs_set(struct pairs *pairs, const char *key, const char *value)
{
	struct image_pair *pair;

	if (!value)
		return -ENOMEM;
	for (size_t i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->items[i].key, key) != 0)
			continue;
		pairs->items[i].value = value;
		return 0;
	}
	pair = TABLE_ADD(pairs->arena, pairs);
	if (!pair)
		return -ENOMEM;
	*pair = (struct image_pair){ key, value };
	return 0;
}

static int pairs_set_all(struct pairs *pairs, const struct plan_list *list)
{
	const struct image_pair *items = list->items;

	for (size_t i = 0; i < list->count; i++)
		TRY(pairs_set(pairs, items[i].key, items[i].value));
	return 0;
}

/*
 * A list as the loader takes it from the environment, with what is relative made absolute:
 * in the image programs do not start in DIRECTORY, that of the harvest.
 */
static char *absolute_list(struct arena *arena, const char *directory, const char *list,
			   const char *separators, bool names)
{
	char *whole = arena_strdup(arena, "");

	for (const char *at = list; whole; at++) {
		size_t length = strcspn(at, separators);
		const char *element = arena_strndup(arena, at, length);
		bool keep = at[0] == '/' || at[0] == '$' || (names && !memchr(at, '/', length));

		if (element && !keep)
			element = path_normalize(arena, directory, element);
		if (!element)
			return NULL;
		whole = arena_printf(arena, "%s%s%s", whole, at == list ? "" : ":", element);
		at += length;
		if (!*at)
			break;
	}
	return whole;
}

static int set_preload(const struct plan_list *preloads, const char *directory,
		       struct pairs *environment)
{
	const char *const *names = preloads->items;
	const char *whole = NULL;

	for (size_t i = 0; i < preloads->count; i++) {
		/* As the loader: blanks part names, too. */
		const char *list =
			absolute_list(environment->arena, directory, names[i], ": ", true);

		whole = whole && list ? arena_printf(environment->arena, "%s:%s", whole, list)
				      : list;
		if (!whole)
			return -ENOMEM;
	}
	return whole ? pairs_set(environment, "LD_PRELOAD", whole) : 0;
}

static bool uses_library_path(const struct closure *closure)
{
	for (size_t i = 0; i < closure->n_objects; i++)
		if (closure->objects[i]->found_by == FOUND_BY_LIBRARY_PATH)
			return true;
	return false;
}

bool image_needs_library_path(const struct programs *programs)
{
	for (size_t i = 0; i < programs->all.count; i++)
		for (size_t j = 0; j < programs->all.items[i]->closures.count; j++)
			if (uses_library_path(programs->all.items[i]->closures.items[j]))
				return true;
	return false;
}

static int set_environment(const struct image_source *source, struct arena *arena,
			   struct image *image)
{
	const struct mkrootfs_plan *plan = source->plan;
	const char *directory = source->sysroot->working_directory;
	struct pairs pairs = { .arena = arena };

	TRY(pairs_set(&pairs, "PATH", default_path));
	if (image_needs_library_path(source->programs))
		TRY(pairs_set(&pairs, "LD_LIBRARY_PATH",
			      absolute_list(arena, directory, plan->library_path, ":;", false)));
	TRY(set_preload(&plan->preloads, directory, &pairs));
	TRY(pairs_set_all(&pairs, &plan->image.environment));
	image->environment = (struct image_pairs){ pairs.items, pairs.count };
	return 0;
}

static int compare_pairs(const void *left, const void *right)
{
	return strcmp(((const struct image_pair *)left)->key,
		      ((const struct image_pair *)right)->key);
}

/* What is known of OCI's own labels, unless the user says otherwise. */
static int set_labels(const struct plan_list *labels, struct arena *arena, struct image *image)
{
	struct pairs pairs = { .arena = arena };
	char created[IMAGE_TIME_SIZE];

	if (image->entrypoint.count > 0)
		TRY(pairs_set(&pairs, "org.opencontainers.image.title",
			      path_basename(image->entrypoint.items[0])));
	/* Epoch 0: no date is known. */
	if (image->created > 0) {
		image_time(image->created, created);
		TRY(pairs_set(&pairs, "org.opencontainers.image.created",
			      arena_strdup(arena, created)));
	}
	TRY(pairs_set_all(&pairs, labels));
	if (pairs.count > 0)
		qsort(pairs.items, pairs.count, sizeof(*pairs.items), compare_pairs);
	image->labels = (struct image_pairs){ pairs.items, pairs.count };
	return 0;
}

/* A set of texts, sorted. */
static int set_sorted(struct arena *arena, const struct plan_list *list, struct image_texts *out)
{
	const char **items;

	*out = (struct image_texts){ 0 };
	if (list->count == 0)
		return 0;
	items = arena_memdup(arena, list->items, list->count * sizeof(*items));
	if (!items)
		return -ENOMEM;
	*out = (struct image_texts){ items, texts_sort_once(items, list->count) };
	return 0;
}

int image_make(const struct image_source *source, struct arena *arena, struct image *image)
{
	const struct mkrootfs_plan *plan = source->plan;

	*image = (struct image){
		.created = plan->policy.source_epoch,
		.reference = plan->image.reference,
		.workdir = plan->image.workdir,
		.stop_signal = plan->image.stop_signal,
		.cmd = texts_of(&plan->image.cmd),
	};
	TRY(set_architecture(source->sysroot, source->programs, image));
	if (plan->user) {
		/* Numbers, so that a runtime can tell that it is not root. */
		image->user = arena_printf(arena, "%u:%u", plan->user->uid, plan->user->gid);
		if (!image->user)
			return -ENOMEM;
	}
	TRY(set_entrypoint(&plan->image, &source->inputs->all, arena, image));
	TRY(set_environment(source, arena, image));
	TRY(set_labels(&plan->image.labels, arena, image));
	TRY(set_sorted(arena, &plan->image.volumes, &image->volumes));
	return set_sorted(arena, &plan->image.ports, &image->ports);
}
