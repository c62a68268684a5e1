/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/abi.h"
#include "base/bytes.h"
#include "loader/loader.h"

/* Flags of e_flags that an older <elf.h> does not define. */
enum {
	RISCV_FLOAT_ABI = 0x6,
	MIPS_NAN2008 = 0x400,
	MIPS_N32 = 0x20,
	LOONGARCH_FLOAT_ABI = 0x7,
	LOONGARCH_FLOAT_SOFT = 0x1,
};

/* The first that fits. */
static const struct abi abis[] = {
	{ EM_X86_64, true, false, "/lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu", "lib64",
	  0x0303 },
	{ EM_X86_64, false, false, "/libx32/ld-linux-x32.so.2", "x86_64-linux-gnux32", "libx32",
	  0x0803 },
	{ EM_386, false, false, "/lib/ld-linux.so.2", "i386-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_AARCH64, true, false, "/lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu", "lib64",
	  0x0a03 },
	{ EM_AARCH64, true, true, "/lib/ld-linux-aarch64_be.so.1", "aarch64_be-linux-gnu", "lib64",
	  0x0a03 },
	{ EM_ARM, false, false, "/lib/ld-linux.so.3", "arm-linux-gnueabi", "lib", 0x0b03,
	  EF_ARM_ABI_FLOAT_SOFT, EF_ARM_ABI_FLOAT_SOFT },
	{ EM_ARM, false, false, "/lib/ld-linux-armhf.so.3", "arm-linux-gnueabihf", "lib", 0x0903 },
	{ EM_ARM, false, true, "/lib/ld-linux.so.3", "armeb-linux-gnueabi", "lib", 0x0b03,
	  EF_ARM_ABI_FLOAT_SOFT, EF_ARM_ABI_FLOAT_SOFT },
	{ EM_ARM, false, true, "/lib/ld-linux-armhf.so.3", "armeb-linux-gnueabihf", "lib", 0x0903 },
	{ EM_PPC64, true, false, "/lib64/ld64.so.2", "powerpc64le-linux-gnu", "lib64", 0x0503 },
	{ EM_PPC64, true, true, "/lib64/ld64.so.2", "powerpc64-linux-gnu", "lib64", 0x0503,
	  EF_PPC64_ABI, 2 },
	{ EM_PPC64, true, true, "/lib64/ld64.so.1", "powerpc64-linux-gnu", "lib64", 0x0503 },
	{ EM_PPC, false, true, "/lib/ld.so.1", "powerpc-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_S390, true, true, "/lib/ld64.so.1", "s390x-linux-gnu", "lib64", 0x0403 },
	{ EM_S390, false, true, "/lib/ld.so.1", "s390-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_RISCV, true, false, "/lib/ld-linux-riscv64-lp64.so.1", "riscv64-linux-gnu",
	  "lib64/lp64", 0x0f03, RISCV_FLOAT_ABI, 0 },
	{ EM_RISCV, true, false, "/lib/ld-linux-riscv64-lp64d.so.1", "riscv64-linux-gnu",
	  "lib64/lp64d", 0x1003 },
	{ EM_RISCV, false, false, "/lib/ld-linux-riscv32-ilp32.so.1", "riscv32-linux-gnu",
	  "lib32/ilp32", 0x0f03, RISCV_FLOAT_ABI, 0 },
	{ EM_RISCV, false, false, "/lib/ld-linux-riscv32-ilp32d.so.1", "riscv32-linux-gnu",
	  "lib32/ilp32d", 0x1003 },
	{ EM_LOONGARCH, true, false, "/lib64/ld-linux-loongarch-lp64s.so.1",
	  "loongarch64-linux-gnusf", "lib64/sf", 0x1103, LOONGARCH_FLOAT_ABI,
	  LOONGARCH_FLOAT_SOFT },
	{ EM_LOONGARCH, true, false, "/lib64/ld-linux-loongarch-lp64d.so.1",
	  "loongarch64-linux-gnu", "lib64", 0x1203 },
	{ EM_MIPS, true, false, "/lib64/ld-linux-mipsn8.so.1", "mipsisa64r6el-linux-gnuabi64",
	  "lib64", 0x0e03, MIPS_NAN2008, MIPS_NAN2008 },
	{ EM_MIPS, true, false, "/lib64/ld.so.1", "mips64el-linux-gnuabi64", "lib64", 0x0703 },
	{ EM_MIPS, true, true, "/lib64/ld-linux-mipsn8.so.1", "mipsisa64r6-linux-gnuabi64", "lib64",
	  0x0e03, MIPS_NAN2008, MIPS_NAN2008 },
	{ EM_MIPS, true, true, "/lib64/ld.so.1", "mips64-linux-gnuabi64", "lib64", 0x0703 },
	{ EM_MIPS, false, false, "/lib32/ld-linux-mipsn8.so.1", "mipsisa64r6el-linux-gnuabin32",
	  "lib32", 0x0d03, MIPS_N32 | MIPS_NAN2008, MIPS_N32 | MIPS_NAN2008 },
	{ EM_MIPS, false, false, "/lib32/ld.so.1", "mips64el-linux-gnuabin32", "lib32", 0x0603,
	  MIPS_N32, MIPS_N32 },
	{ EM_MIPS, false, false, "/lib/ld-linux-mipsn8.so.1", "mipsisa32r6el-linux-gnu", "lib",
	  0x0c03, MIPS_NAN2008, MIPS_NAN2008 },
	{ EM_MIPS, false, false, "/lib/ld.so.1", "mipsel-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_MIPS, false, true, "/lib32/ld-linux-mipsn8.so.1", "mipsisa64r6-linux-gnuabin32",
	  "lib32", 0x0d03, MIPS_N32 | MIPS_NAN2008, MIPS_N32 | MIPS_NAN2008 },
	{ EM_MIPS, false, true, "/lib32/ld.so.1", "mips64-linux-gnuabin32", "lib32", 0x0603,
	  MIPS_N32, MIPS_N32 },
	{ EM_MIPS, false, true, "/lib/ld-linux-mipsn8.so.1", "mipsisa32r6-linux-gnu", "lib", 0x0c03,
	  MIPS_NAN2008, MIPS_NAN2008 },
	{ EM_MIPS, false, true, "/lib/ld.so.1", "mips-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_SPARCV9, true, true, "/lib64/ld-linux.so.2", "sparc64-linux-gnu", "lib64", 0x0103 },
	{ EM_SPARC32PLUS, false, true, "/lib/ld-linux.so.2", "sparc-linux-gnu", "lib",
	  CACHE_ID_LIBC6 },
	{ EM_SPARC, false, true, "/lib/ld-linux.so.2", "sparc-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_ALPHA, true, false, "/lib/ld-linux.so.2", "alpha-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_PARISC, false, true, "/lib/ld.so.1", "hppa-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_68K, false, true, "/lib/ld.so.1", "m68k-linux-gnu", "lib", CACHE_ID_LIBC6 },
	{ EM_SH, false, false, "/lib/ld-linux.so.2", "sh4-linux-gnu", "lib", CACHE_ID_LIBC6 },
};

const struct abi *abi_find(const struct elf_object *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(abis); i++)
		if (abis[i].machine == object->machine && abis[i].is64 == object->is64 &&
		    abis[i].big_endian == object->big_endian &&
		    (object->flags & abis[i].mask) == abis[i].flags)
			return &abis[i];
	return NULL;
}

const char *loader_usual_interp(const struct elf_object *object)
{
	const struct abi *abi = abi_find(object);

	return abi ? abi->interp : NULL;
}

/* arch/.../vdso/ of the kernel: the -soname of its linker's flags. */
const char *abi_vdso(const struct elf_object *object)
{
	switch (object->machine) {
	case EM_386:
		return "linux-gate.so.1";
	case EM_PPC64:
	case EM_S390:
		return object->is64 ? "linux-vdso64.so.1" : "linux-vdso32.so.1";
	case EM_PPC:
		return "linux-vdso32.so.1";
	default:
		return "linux-vdso.so.1";
	}
}

/* musl's names of its ports; those for soft floating point are only known by PT_INTERP. */
static const struct musl_abi {
	uint16_t machine;
	bool is64;
	bool big_endian;
	const char *interp;
} musl_abis[] = {
	{ EM_X86_64, true, false, "/lib/ld-musl-x86_64.so.1" },
	{ EM_X86_64, false, false, "/lib/ld-musl-x32.so.1" },
	{ EM_386, false, false, "/lib/ld-musl-i386.so.1" },
	{ EM_AARCH64, true, false, "/lib/ld-musl-aarch64.so.1" },
	{ EM_AARCH64, true, true, "/lib/ld-musl-aarch64_be.so.1" },
	{ EM_ARM, false, false, "/lib/ld-musl-armhf.so.1" },
	{ EM_ARM, false, true, "/lib/ld-musl-armebhf.so.1" },
	{ EM_PPC64, true, false, "/lib/ld-musl-powerpc64le.so.1" },
	{ EM_PPC64, true, true, "/lib/ld-musl-powerpc64.so.1" },
	{ EM_PPC, false, true, "/lib/ld-musl-powerpc.so.1" },
	{ EM_S390, true, true, "/lib/ld-musl-s390x.so.1" },
	{ EM_RISCV, true, false, "/lib/ld-musl-riscv64.so.1" },
	{ EM_RISCV, false, false, "/lib/ld-musl-riscv32.so.1" },
	{ EM_LOONGARCH, true, false, "/lib/ld-musl-loongarch64.so.1" },
	{ EM_MIPS, true, false, "/lib/ld-musl-mips64el.so.1" },
	{ EM_MIPS, true, true, "/lib/ld-musl-mips64.so.1" },
	{ EM_MIPS, false, false, "/lib/ld-musl-mipsel.so.1" },
	{ EM_MIPS, false, true, "/lib/ld-musl-mips.so.1" },
	{ EM_68K, false, true, "/lib/ld-musl-m68k.so.1" },
};

const char *abi_musl_interp(const struct elf_object *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(musl_abis); i++)
		if (musl_abis[i].machine == object->machine && musl_abis[i].is64 == object->is64 &&
		    musl_abis[i].big_endian == object->big_endian)
			return musl_abis[i].interp;
	return NULL;
}
