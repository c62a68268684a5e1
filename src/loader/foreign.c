/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/foreign.h"
#include "base/bytes.h"
#include "base/path.h"

#include <fnmatch.h>
#include <string.h>

enum { PATTERNS_MAX = 4 };

/* By what a system is known; patterns are those of fnmatch(3). */
struct signs {
	struct foreign_system system;
	const char *interps[PATTERNS_MAX]; /* of paths */
	const char *note;		   /* the owner of a note that all its files have */
	unsigned char osabi;		   /* 0: its files do not tell */
	const char *versions;		   /* of its libc's symbols; only where FILE is asked */
	const char *file;		   /* for them, or NULL */
	const char *libcs[2];		   /* of DT_NEEDED */
	/* What it needs beside a "libc.so" without a number, which musl's libraries need too. */
	const char *companions[PATTERNS_MAX];
};

/* The first that fits. Names of libc from before 2000 are left out: they collide. */
static const struct signs table[] = {
	{
		.system = { "Android", "/system/bin/linker", "/system/bin/linker64" },
		.interps = { "/system/bin/linker*", "/apex/*/bin/linker*" },
		.note = "Android",
		.versions = "LIBC*",
		.file = "libc.so",
		.companions = { "libdl.so", "libm.so", "liblog.so", "libandroid.so" },
	},
	{
		.system = { "FreeBSD", "/libexec/ld-elf.so.1" },
		.interps = { "*/ld-elf.so.1", "*/ld-elf32.so.1" },
		.note = "FreeBSD",
		.osabi = ELFOSABI_FREEBSD,
		.versions = "FBSD_[1-9]*",
		.libcs = { "libc.so.7" },
	},
	{
		.system = { "DragonFly BSD", "/libexec/ld-elf.so.2" },
		.interps = { "*/ld-elf.so.2" },
		.note = "DragonFly",
		.versions = "DF[0-9]*.[0-9]*",
		.file = "libc.so.8",
		.libcs = { "libc.so.8" },
	},
	{
		.system = { "NetBSD", "/libexec/ld.elf_so" },
		.interps = { "*/ld.elf_so" },
		.note = "NetBSD",
		.osabi = ELFOSABI_NETBSD,
		.libcs = { "libc.so.12" },
	},
	{
		.system = { "OpenBSD", "/usr/libexec/ld.so" },
		.interps = { "*/libexec/ld.so" },
		.note = "OpenBSD",
		.osabi = ELFOSABI_OPENBSD,
		.libcs = { "libc.so.[1-9][0-9].[0-9]*", "libc.so.[1-9][0-9][0-9].[0-9]*" },
	},
	{
		.system = { "Solaris", "/usr/lib/ld.so.1", "/usr/lib/64/ld.so.1" },
		.interps = { "/usr/lib/ld.so.1", "*/amd64/ld.so.1", "*/64/ld.so.1",
			     "*/sparcv9/ld.so.1" },
		.osabi = ELFOSABI_SOLARIS,
		.versions = "@(SUNW|ILLUMOS|SUNWprivate)_*",
	},
	{
		.system = { "uClibc", "/lib/ld-uClibc.so.0", "/lib/ld64-uClibc.so.0" },
		.interps = { "*/ld-uClibc*.so*", "*/ld64-uClibc*.so*" },
		.libcs = { "libc.so.0", "libc.so.1" },
	},
	{
		.system = { "Haiku", "/system/runtime_loader" },
		.interps = { "*/runtime_loader" },
		.libcs = { "libroot.so" },
	},
	{
		.system = { "QNX", "/usr/lib/ldqnx.so.2", "/usr/lib/ldqnx-64.so.2" },
		.interps = { "*/ldqnx*.so.*" },
		.note = "QNX",
	},
};

static bool matches(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, FNM_EXTMATCH) == 0;
}

static bool matches_one(const char *const *patterns, size_t count, const char *text)
{
	for (size_t i = 0; i < count && patterns[i]; i++)
		if (matches(patterns[i], text))
			return true;
	return false;
}

const struct foreign_system *foreign_by_interp(const char *interp)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (matches_one(table[i].interps, PATTERNS_MAX, interp))
			return &table[i].system;
	return NULL;
}

static bool asks_for_version(const struct elf_object *object, const char *pattern, const char *file)
{
	for (size_t i = 0; i < object->n_version_needs; i++) {
		const struct elf_version_need *need = &object->version_needs[i];

		if (matches(pattern, need->name) && (!file || strcmp(file, need->file) == 0))
			return true;
	}
	return false;
}

static bool needs_one(const struct elf_object *object, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < object->n_dependencies; i++)
		if (object->dependencies[i].tag == DT_NEEDED &&
		    matches_one(patterns, count, object->dependencies[i].name))
			return true;
	return false;
}

static bool has_mark(const struct elf_object *object, const struct signs *signs)
{
	return (signs->osabi && object->ident[EI_OSABI] == signs->osabi) ||
	       (signs->note && object->brand && strcmp(signs->note, object->brand) == 0);
}

static bool wants_its_versions(const struct elf_object *object, const struct signs *signs)
{
	return signs->versions && asks_for_version(object, signs->versions, signs->file);
}

static bool wants_its_libc(const struct elf_object *object, const struct signs *signs)
{
	static const char *const unnumbered[] = { "libc.so" };

	if (needs_one(object, signs->libcs, ARRAY_SIZE(signs->libcs)))
		return true;
	return signs->companions[0] && needs_one(object, unnumbered, 1) &&
	       needs_one(object, signs->companions, PATTERNS_MAX);
}

/* What the two loaders that are known here leave in a library that needs their libc. */
static bool is_for_linux(const struct elf_object *object)
{
	static const char *const libcs[] = { "libc.so.6", "libc.so.6.1", "libc.musl-*",
					     "ld-linux*.so.*" };

	return asks_for_version(object, "GLIBC_*", NULL) ||
	       needs_one(object, libcs, ARRAY_SIZE(libcs));
}

const struct foreign_system *foreign_by_object(const struct elf_object *object)
{
	typedef bool sign_fn(const struct elf_object *, const struct signs *);
	sign_fn *const by[] = { has_mark, wants_its_versions, wants_its_libc };

	/* The surest first; marks of an object that asks for glibc or musl mean another thing. */
	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(table); j++)
			if (by[i](object, &table[j]))
				return &table[j].system;
		if (is_for_linux(object))
			return NULL;
	}
	return NULL;
}

const char *foreign_interp(const struct foreign_system *system, const struct elf_object *object)
{
	return object->is64 && system->interp64 ? system->interp64 : system->interp;
}
