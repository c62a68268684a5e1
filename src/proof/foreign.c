/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/foreign.h"
#include "trace/look.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

/* What tells one machine from another in an ELF file. */
struct machine {
	unsigned char class;
	unsigned char data;
	unsigned number;
};

static const struct {
	unsigned number;
	const char *name;
} names[] = {
	{ EM_386, "i386" },
	{ EM_X86_64, "x86_64" },
	{ EM_ARM, "arm" },
	{ EM_AARCH64, "aarch64" },
	{ EM_RISCV, "riscv" },
	{ EM_PPC, "ppc" },
	{ EM_PPC64, "ppc64" },
	{ EM_S390, "s390x" },
	{ EM_MIPS, "mips" },
	{ EM_SPARCV9, "sparc64" },
	{ EM_LOONGARCH, "loongarch64" },
};

/* Reads the header of what FD is open on. */
static bool read_machine(int fd, struct machine *out)
{
	unsigned char header[EI_NIDENT + 4];

	if (fd < 0 || pread(fd, header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    memcmp(header, ELFMAG, SELFMAG) != 0)
		return false;
	*out = (struct machine){ .class = header[EI_CLASS], .data = header[EI_DATA] };
	out->number = out->data == ELFDATA2MSB
			      ? (unsigned)(header[EI_NIDENT + 2] << 8 | header[EI_NIDENT + 3])
			      : (unsigned)(header[EI_NIDENT + 3] << 8 | header[EI_NIDENT + 2]);
	return true;
}

static const char *name_of(struct arena *arena, const struct machine *machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].number == machine->number)
			return names[i].name;
	return arena_printf(arena, "machine %u", machine->number);
}

static bool is_foreign(const char *root, const char *program, struct machine *machine)
{
	CLEANUP(fd) int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(fd) int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	CLEANUP(fd) int fd = -1;
	struct trace_look look;
	struct machine ours;

	if (directory < 0 || trace_look_from(&look, directory) < 0)
		return false;
	fd = trace_look_open(&look, program);
	return read_machine(own, &ours) && read_machine(fd, machine) &&
	       (ours.class != machine->class || ours.data != machine->data ||
		ours.number != machine->number);
}

const char *foreign_advice(struct arena *arena, const char *root, const char *program, int error)
{
	struct machine machine = { 0 };
	const char *name;

	if ((error != ENOEXEC && error != ENOENT) || !is_foreign(root, program, &machine))
		return NULL;
	name = name_of(arena, &machine);
	if (!name)
		return NULL;
	if (error == ENOEXEC)
		return arena_printf(arena,
				    "it is for %s, and the kernel has no interpreter for that: "
				    "install qemu-user-static with its binfmt_misc entries, or run "
				    "mkrootfs on such a machine",
				    name);
	return arena_printf(arena,
			    "it is for %s, and the kernel's interpreter for that is not in the "
			    "result: register it in binfmt_misc with the flag F",
			    name);
}
