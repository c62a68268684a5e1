/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that a program or plugin opens by a name in its strings. Most names that look so are
 * never opened; but where the package depends on the one that has the library, and nothing is
 * linked with it, it does so because the program opens it.
 */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs_private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum {
	NAMES_MAX = 64,
};

/* Whether the process has a library of that name, or OBJECT's own headers ask for it. */
static bool is_linked(const struct subject *subject, const char *name)
{
	const struct closure *process = subject->who.process;
	const struct elf_object *elf = subject->who.object->loaded.elf;

	for (size_t i = 0; i < process->n_objects; i++) {
		const struct loaded *loaded = &process->objects[i]->loaded;

		if (strcmp(loaded->name, name) == 0 ||
		    (loaded->elf && loaded->elf->soname && strcmp(loaded->elf->soname, name) == 0))
			return true;
	}
	for (size_t i = 0; i < elf->n_dependencies; i++)
		if (strcmp(elf->dependencies[i].name, name) == 0)
			return true;
	return elf->soname && strcmp(elf->soname, name) == 0;
}

/* "libx.so.1", "libx.so.%d" */
static bool is_name(const char *word)
{
	const char *suffix = strstr(word, ".so.");

	return strncmp(word, "lib", 3) == 0 && suffix && suffix > word + 4 && suffix[4] &&
	       !strchr(word, '/') && strcspn(word, "%") >= (size_t)(suffix + 4 - word);
}

struct collecting {
	struct needs *needs;
	struct subject *subject;
};

static int add_word(void *data, const char *word)
{
	const struct collecting *collecting = data;
	struct subject *subject = collecting->subject;

	if (!is_name(word) || subject->libraries.count >= NAMES_MAX || is_linked(subject, word))
		return 0;
	return texts_add_once(collecting->needs->sysroot->arena, &subject->libraries, word);
}

int own_libraries_look(struct needs *needs, struct subject *subject)
{
	struct collecting collecting = { needs, subject };
	const struct closure *process = subject->who.process;

	/* What is linked opens what rules know of: the program itself and its plugins do more. */
	for (size_t i = 1; i < process->n_objects; i++)
		if (process->objects[i] == subject->who.object)
			return 0;
	return needs_visit_words(needs, subject->who.object, add_word, &collecting);
}

/* Whether FILE, "libx.so.72", is what NAME stands for: a conversion stands for a version. */
static bool is_named(const char *file, size_t length, const char *name)
{
	size_t constant = strcspn(name, "%");

	if (!name[constant])
		return constant == length && memcmp(file, name, length) == 0;
	if (length <= constant || memcmp(file, name, constant) != 0)
		return false;
	for (size_t i = constant; i < length; i++)
		if (!isdigit((unsigned char)file[i]))
			return false;
	return true;
}

static int add_listed(void *data, struct view path)
{
	const struct data_filling *filling = data;
	struct need_item item = { .kind = NEED_LIBRARY };
	const char *slash = memrchr(path.bytes, '/', path.size);
	const struct texts *libraries = &filling->subject->libraries;
	struct view file;

	if (!slash || !memmem(path.bytes, path.size, ".so.", 4))
		return 0;
	file = view_skip(path, (size_t)(slash + 1 - path.bytes));
	for (size_t i = 0; i < libraries->count; i++) {
		if (!is_named(file.bytes, file.size, libraries->items[i]))
			continue;
		/*
		 * A FILE counts on it, and so does what asks for the one version that is there. A
		 * plugin may have others to choose from: the toolkits of a virtual machine.
		 */
		item.sure = filling->subject->who.asked || strchr(libraries->items[i], '%');
		item.path = view_copy(filling->needs->sysroot->arena, file);
		if (!item.path)
			return -ENOMEM;
		return is_linked(filling->subject, item.path)
			       ? 0
			       : need_add(filling->needs, filling->need, &item);
	}
	return 0;
}

int own_libraries_add(struct data_filling *filling)
{
	struct installed *installed = owning_installed(filling->belongs->owning);
	const struct installed_package *const *member = owner_packages(&filling->subject->owner);

	for (; filling->subject->libraries.count > 0 && member && *member; member++)
		for (size_t i = 0; i < (*member)->n_required; i++) {
			const struct installed_package *other =
				installed_find(installed, (*member)->depends[i]);

			if (other)
				TRY(installed_visit_paths(installed, other, add_listed, filling));
		}
	return 0;
}
