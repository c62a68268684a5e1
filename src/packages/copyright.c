/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/copyright.h"
#include "base/buffer.h"
#include "base/error.h"
#include "packages/deb822.h"
#include "packages/license.h"
#include "packages/license_names.h"

#include <errno.h>

enum {
	COPYRIGHT_SIZE_MAX = 16 * 1024 * 1024,
	NAMES_MAX = 256, /* different licences in one file */
	SYNOPSIS_MAX = 16,
};

/* An outcome of reading: nobody can be certain of the licence. */
enum { UNCERTAIN = 1 };

/* The licences that a file names. */
struct licenses {
	struct arena *arena;
	const char *items[NAMES_MAX]; /* each once */
	size_t count;
};

/* Returns UNCERTAIN where there are too many to say what it all comes to. */
static int add_term(struct licenses *licenses, const char *term)
{
	for (size_t i = 0; i < licenses->count; i++)
		if (strcmp(licenses->items[i], term) == 0)
			return 0;
	if (licenses->count == NAMES_MAX)
		return UNCERTAIN;
	licenses->items[licenses->count++] = term;
	return 0;
}

/* One of NAMES, as a term. */
static int add_choice(struct licenses *licenses, const char *const *names, size_t count)
{
	CLEANUP(buffer) struct buffer choice = { 0 };
	const char *term;

	for (size_t i = 0; i < count; i++)
		buffer_printf(&choice, "%s%s", i == 0 ? "(" : " OR ", names[i]);
	buffer_add_string(&choice, ")");
	if (buffer_error(&choice))
		return -ENOMEM;
	term = arena_strdup(licenses->arena, choice.bytes);
	return term ? add_term(licenses, term) : -ENOMEM;
}

/*
 * "A", "A and B", "A or B", in DEP-5's short names. UNCERTAIN where it is anything else: lists with
 * commas, exceptions, names of the package's own.
 */
static int add_synopsis(struct licenses *licenses, struct view synopsis)
{
	const char *names[SYNOPSIS_MAX];
	struct view joiner = { 0 };
	bool operand = true;
	struct view word;
	size_t count = 0;

	for (; license_take_word(&synopsis, &word); operand = !operand) {
		if (operand) {
			names[count] = license_of_short_name(word);
			if (!names[count++] || count == SYNOPSIS_MAX)
				return UNCERTAIN;
			continue;
		}
		if ((!view_is(word, "or") && !view_is(word, "and")) ||
		    (joiner.size > 0 && joiner.size != word.size))
			return UNCERTAIN;
		joiner = word;
	}
	if (operand)
		return UNCERTAIN;
	if (view_is(joiner, "or"))
		return add_choice(licenses, names, count);
	for (size_t i = 0; i < count; i++)
		if (add_term(licenses, names[i]) == UNCERTAIN)
			return UNCERTAIN;
	return 0;
}

static bool is_format(struct view value)
{
	static const char *const formats[] = {
		"https://www.debian.org/doc/packaging-manuals/copyright-format/1.0",
		"http://www.debian.org/doc/packaging-manuals/copyright-format/1.0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (view_begins(value, formats[i]))
			return true;
	return false;
}

/* The licence of a paragraph that is about files, and of the first, which is about all. */
static int read_paragraph(struct licenses *licenses, struct view paragraph, bool first)
{
	struct view synopsis = { 0 };
	struct deb822_field field;
	bool counts = first;
	bool format = false;
	bool named = false;

	while (deb822_take_field(&paragraph, &field)) {
		if (deb822_is(&field, "License"))
			named = view_take_line(&field.value, &synopsis);
		counts |= deb822_is(&field, "Files");
		format |= deb822_is(&field, "Format") && is_format(field.value);
	}
	if (first && !format)
		return UNCERTAIN;
	if (!counts || (first && !named))
		return 0;
	return named ? add_synopsis(licenses, synopsis) : UNCERTAIN;
}

static int join(const struct licenses *licenses, const char **out)
{
	CLEANUP(buffer) struct buffer all = { 0 };

	for (size_t i = 0; i < licenses->count; i++)
		buffer_printf(&all, "%s%s", i > 0 ? " AND " : "", licenses->items[i]);
	if (buffer_error(&all))
		return -ENOMEM;
	*out = licenses->count > 0 ? arena_strdup(licenses->arena, all.bytes) : NULL;
	return licenses->count == 0 || *out ? 0 : -ENOMEM;
}

int copyright_parse(struct arena *arena, struct view text, const char **out)
{
	struct licenses licenses = { .arena = arena };
	struct view paragraph;
	bool first = true;

	*out = NULL;
	for (; deb822_take(&text, &paragraph); first = false)
		if (TRY(read_paragraph(&licenses, paragraph, first)) == UNCERTAIN)
			return 0;
	return join(&licenses, out);
}

int copyright_read(const struct root *root, const struct diag *diag, struct arena *arena,
		   const char *name, const char **out)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct view text;
	const char *path;

	*out = NULL;
	path = scratch ? arena_printf(scratch, "/usr/share/doc/%s/copyright", name) : NULL;
	if (!path)
		return -ENOMEM;
	TRY(database_read(root, diag, scratch, path, COPYRIGHT_SIZE_MAX, &text));
	return copyright_parse(arena, text, out);
}
