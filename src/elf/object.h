/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of one ELF file, as plain structs: what a dynamic loader would look at, read from the
 * program headers and, by address, the dynamic segment. What libelf does of it, and what it is not
 * asked for, stands in elf/reader.h. Section headers are never trusted. Facts only: loader/ draws
 * the conclusions.
 *
 * Files are hostile: every count and offset is compared with the file before use, and a file that
 * lies is an object with a PROBLEM, never a crash.
 */
#ifndef MKROOTFS_ELF_OBJECT_H
#define MKROOTFS_ELF_OBJECT_H

#include "base/arena.h"
#include "base/error.h"
#include "root/root.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

/* One DT_NEEDED, DT_FILTER or DT_AUXILIARY, in the order of the dynamic segment. */
struct elf_dependency {
	int64_t tag;	  /* DT_NEEDED, DT_FILTER or DT_AUXILIARY */
	const char *name; /* the string as it stands, tokens not expanded */
};

/* One version that the object asks of a library (Elf_Vernaux). */
struct elf_version_need {
	const char *file; /* the library's name, as in DT_NEEDED (vn_file) */
	const char *name; /* "GLIBC_2.34" */
	uint32_t hash;	  /* vna_hash, as it stands in the file */
	uint16_t index;	  /* vna_other, without the hidden bit: ties symbols to this version */
	bool weak;	  /* VER_FLG_WEAK */
};

/* One version that the object defines (Elf_Verdef, its first name). */
struct elf_version_definition {
	const char *name;
	uint32_t hash;
	uint16_t index; /* vd_ndx */
	bool base;	/* VER_FLG_BASE: names the file, not a version */
};

/* A note of PT_NOTE. */
struct elf_note {
	const char *owner; /* NUL-terminated */
	uint32_t type;
	const unsigned char *description;
	size_t size;
};

/* The note that tells what an object opens by dlopen (UAPI.12). */
#define ELF_DLOPEN_NOTE_OWNER "FDO"
enum { ELF_DLOPEN_NOTE_TYPE = 0x407c0c0a };

/* A symbol of the dynamic symbol table. */
struct elf_symbol {
	const char *name;
	unsigned char type; /* STT_* */
	unsigned char bind; /* STB_* */
	bool defined;	    /* st_shndx is not SHN_UNDEF */
	bool hidden;	    /* defined: the version index has the hidden bit */
	uint16_t version;   /* index into the versions, 0 local, 1 global or none */
};

enum elf_state {
	ELF_OBJECT_VALID,
	/* No ELF file at all: too short for a header, or without its magic. */
	ELF_OBJECT_FOREIGN,
	/* The header is that of an ELF file; something behind it is impossible: see PROBLEM. */
	ELF_OBJECT_CORRUPT,
};

struct elf_object {
	enum elf_state state;
	/*
	 * What is wrong, in the words of glibc's loader where it has any ("file too short",
	 * "invalid ELF header"); NULL for a valid object. Where the header could be read,
	 * IDENT to PHENTSIZE are set even so.
	 */
	const char *problem;

	unsigned char ident[EI_NIDENT];
	bool is64;
	bool big_endian;
	uint16_t type;	  /* ET_EXEC, ET_DYN, ... */
	uint16_t machine; /* EM_* */
	uint32_t version;
	uint32_t flags; /* e_flags */
	uint16_t phentsize;

	/*
	 * What a valid object is refused for all the same, or NULL. UNLOADABLE: by glibc's loader
	 * when it maps a library, in its words. INCONSISTENT: by an assertion of glibc's loader.
	 * UNSTARTABLE: by the kernel, as a program or loader.
	 */
	const char *unloadable;
	const char *inconsistent;
	const char *unstartable;

	const char *
		interp; /* PT_INTERP; NULL where there is none, "" where it is none to the kernel */
	bool dynamic;	/* there is a PT_DYNAMIC */
	/* The last PT_DYNAMIC is empty: one all the same in a program, none in a library. */
	bool dynamic_is_empty;
	const char *soname; /* DT_SONAME or NULL */
	const char *rpath;  /* the last DT_RPATH or NULL */
	const char *runpath;
	const char *audit;    /* DT_AUDIT, colon-separated, or NULL */
	const char *depaudit; /* DT_DEPAUDIT */
	uint64_t dt_flags_1;  /* DT_FLAGS_1 */

	const struct elf_dependency *dependencies;
	size_t n_dependencies;
	bool has_relr; /* DT_RELR */
	bool has_tls;  /* PT_TLS */
	uint16_t
		version_needs_form; /* vn_version of the first record; others than 1 are not read */
	const struct elf_version_need *version_needs;
	size_t n_version_needs;
	const struct elf_version_definition *version_definitions;
	size_t n_version_definitions;

	/* GNU property notes: GNU_PROPERTY_X86_ISA_1_NEEDED, 0 where there is none. */
	uint32_t x86_isa_needed;
	/* NT_GNU_ABI_TAG: whether there is one, and its four words (OS, major, minor, patch). */
	bool has_abi_tag;
	uint32_t abi_tag[4];
	/* There is a note of UAPI.12, which tells what the object opens by dlopen. */
	bool has_dlopen_note;
	/* The owner of a note by which another system knows its files ("Android"), or NULL. */
	const char *brand;
	/*
	 * NixOS's resolution note: pairs of strings, a name of DT_NEEDED and where it is, up to an
	 * empty one. NULL: there is none, or one that its loader does not accept.
	 */
	const char *resolution;
	size_t resolution_size;

	/* Set by the store: the identity of the file, and the path it was first read by. */
	dev_t dev;
	ino_t ino;
	const char *path;
	uint64_t size; /* of the file in bytes */
};

/*
 * Reads the facts of FILE (a regular file). *OUT belongs to ARENA and does not need
 * FILE any longer. A file that is no ELF file, or a corrupt one, is an object with
 * that STATE, not an error. Errors: -EIO and the like from reading, -ENOMEM.
 */
MUST_USE int elf_object_read(struct root_file *file, struct arena *arena,
			     const struct elf_object **out);

/*
 * All dynamic symbols of OBJECT, read from FILE (the same file). Their number is taken
 * from DT_HASH or DT_GNU_HASH. Order as in the file, the null symbol left out.
 */
MUST_USE int elf_object_symbols(struct root_file *file, struct arena *arena,
				const struct elf_symbol **out, size_t *count);

/* All notes of the PT_NOTE segments of FILE. */
MUST_USE int elf_object_notes(struct root_file *file, struct arena *arena,
			      const struct elf_note **out, size_t *count);

/*
 * Calls VISIT with the bytes of each PT_LOAD segment of FILE that is neither writable nor
 * code (code too, where there is no other), and their virtual address; segments of 1 GiB in all.
 * One of more than 8 MiB comes in pieces, between two texts; where none ends in 64 KiB, the end
 * of a piece is the beginning of the next as well. The bytes are gone when VISIT returns; a return
 * other than 0 ends it.
 */
typedef int elf_segment_fn(void *data, const unsigned char *bytes, size_t size, uint64_t address);
MUST_USE int elf_object_read_only_data(struct root_file *file, elf_segment_fn *visit, void *data);

/*
 * The name that uname(1) and Debian's tools give to the machine, for reports:
 * "x86_64", "aarch64", "armv7l", "i686", "s390x", "ppc64le", "riscv64", "mips64el", ...
 */
const char *elf_machine_name(const struct elf_object *object);

#endif
