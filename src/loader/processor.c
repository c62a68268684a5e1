/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/loader.h"

#include <string.h>
#include <sys/auxv.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define NAMES(...)                                                                                 \
	.hwcaps = (const char *const[]){ __VA_ARGS__ },                                            \
	.n_hwcaps = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)
#define LEGACY(...)                                                                                \
	.legacy = (const char *const[]){ __VA_ARGS__ },                                            \
	.n_legacy = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)

enum {
	ISA_BASELINE = 1 << 0,
	ISA_V2 = 1 << 1,
	ISA_V3 = 1 << 2,
	ISA_V4 = 1 << 3,
};

/* Bits of the hwcap word in caches of ldconfig before 2.37 (sysdeps/x86/dl-hwcap.h, dl-procinfo.h).
 */
enum {
	HWCAP_SSE2 = 1 << 0,
	HWCAP_X86_64 = 1 << 1,
	HWCAP_AVX512_1 = 1 << 2,
};
#define PLATFORM_I586	  (UINT64_C(1) << 48)
#define PLATFORM_I686	  (UINT64_C(1) << 49)
#define PLATFORM_HASWELL  (UINT64_C(1) << 50)
#define PLATFORM_XEON_PHI (UINT64_C(1) << 51)

/*
 * The subdirectory names that loaders before 2.37 combine stand lowest first: the names
 * of hwcap bits, then the platform (elf/dl-hwcaps.c of 2.36, _dl_important_hwcaps). On
 * Intel's processors the platform is the loader's own word, not the kernel's
 * (sysdeps/x86/cpu-features.c).
 */
static const struct processor x86_64[] = {
	{ .name = "baseline",
	  .platform = "x86_64",
	  .isa_level = ISA_BASELINE,
	  LEGACY("x86_64", "x86_64"),
	  .legacy_hwcap = HWCAP_X86_64 },
	{ .name = "x86-64-v2",
	  .platform = "x86_64",
	  .isa_level = ISA_BASELINE | ISA_V2,
	  NAMES("x86-64-v2"),
	  LEGACY("x86_64", "x86_64"),
	  .legacy_hwcap = HWCAP_X86_64 },
	{ .name = "x86-64-v3",
	  .platform = "x86_64",
	  .isa_level = ISA_BASELINE | ISA_V2 | ISA_V3,
	  NAMES("x86-64-v3", "x86-64-v2"),
	  LEGACY("x86_64", "x86_64"),
	  .legacy_hwcap = HWCAP_X86_64 },
	{ .name = "x86-64-v4",
	  .platform = "x86_64",
	  .isa_level = ISA_BASELINE | ISA_V2 | ISA_V3 | ISA_V4,
	  NAMES("x86-64-v4", "x86-64-v3", "x86-64-v2"),
	  LEGACY("x86_64", "x86_64"),
	  .legacy_hwcap = HWCAP_X86_64 },
	{ .name = "x86-64-v3 (haswell)",
	  .platform = "haswell",
	  .isa_level = ISA_BASELINE | ISA_V2 | ISA_V3,
	  NAMES("x86-64-v3", "x86-64-v2"),
	  LEGACY("x86_64", "haswell"),
	  .legacy_hwcap = HWCAP_X86_64,
	  .legacy_platform = PLATFORM_HASWELL },
	{ .name = "x86-64-v4 (haswell)",
	  .platform = "haswell",
	  .isa_level = ISA_BASELINE | ISA_V2 | ISA_V3 | ISA_V4,
	  NAMES("x86-64-v4", "x86-64-v3", "x86-64-v2"),
	  LEGACY("x86_64", "avx512_1", "haswell"),
	  .legacy_hwcap = HWCAP_X86_64 | HWCAP_AVX512_1,
	  .legacy_platform = PLATFORM_HASWELL },
	{ .name = "x86-64-v3 (xeon_phi)",
	  .platform = "xeon_phi",
	  .isa_level = ISA_BASELINE | ISA_V2 | ISA_V3,
	  NAMES("x86-64-v3", "x86-64-v2"),
	  LEGACY("x86_64", "xeon_phi"),
	  .legacy_hwcap = HWCAP_X86_64,
	  .legacy_platform = PLATFORM_XEON_PHI },
};

static const struct processor i386[] = {
	{ .name = "baseline",
	  .platform = "i686",
	  .isa_level = ISA_BASELINE,
	  LEGACY("i686"),
	  .legacy_platform = PLATFORM_I686 },
	{ .name = "sse2",
	  .platform = "i686",
	  .isa_level = ISA_BASELINE,
	  LEGACY("sse2", "i686"),
	  .legacy_hwcap = HWCAP_SSE2,
	  .legacy_platform = PLATFORM_I686 },
	{ .name = "i586",
	  .platform = "i586",
	  .isa_level = ISA_BASELINE,
	  LEGACY("i586"),
	  .legacy_platform = PLATFORM_I586 },
};

/*
 * On other machines the bits of that word are those of AT_HWCAP (sysdeps/.../dl-procinfo.h of
 * 2.36).
 */
enum {
	HWCAP_ATOMICS = 1 << 8,
	HWCAP_VFP = 1 << 6,
	HWCAP_NEON = 1 << 12,
	HWCAP_DFP = 1 << 10,
	HWCAP_ALTIVEC = 1 << 28,
};

static const struct processor aarch64[] = {
	{ .name = "baseline", .platform = "aarch64", LEGACY("aarch64") },
	{ .name = "atomics",
	  .platform = "aarch64",
	  LEGACY("atomics", "aarch64"),
	  .legacy_hwcap = HWCAP_ATOMICS },
};

static const struct processor ppc64le[] = {
	{ .name = "baseline",
	  .platform = "power8",
	  LEGACY("dfp", "altivec", "power8"),
	  .legacy_hwcap = HWCAP_DFP | HWCAP_ALTIVEC },
	{ .name = "power9",
	  .platform = "power9",
	  NAMES("power9"),
	  LEGACY("dfp", "altivec", "power9"),
	  .legacy_hwcap = HWCAP_DFP | HWCAP_ALTIVEC },
	{ .name = "power10",
	  .platform = "power10",
	  NAMES("power10", "power9"),
	  LEGACY("dfp", "altivec", "power10"),
	  .legacy_hwcap = HWCAP_DFP | HWCAP_ALTIVEC },
};

static const struct processor s390x[] = {
	{ .name = "baseline", .platform = "z900", LEGACY("z900") },
	{ .name = "z13", .platform = "z13", NAMES("z13") },
	{ .name = "z14", .platform = "z14", NAMES("z14", "z13") },
	{ .name = "z15", .platform = "z15", NAMES("z15", "z14", "z13") },
	{ .name = "z16", .platform = "z16", NAMES("z16", "z15", "z14", "z13") },
	{ .name = "z17", .platform = "z17", NAMES("z17", "z16", "z15", "z14", "z13") },
};

static const struct processor arm[] = {
	{ .name = "baseline", .platform = "v7l", LEGACY("v7l") },
	{ .name = "neon",
	  .platform = "v7l",
	  LEGACY("vfp", "neon", "v7l"),
	  .legacy_hwcap = HWCAP_VFP | HWCAP_NEON,
	  .rare = true },
	{ .name = "v8l",
	  .platform = "v8l",
	  LEGACY("vfp", "neon", "v8l"),
	  .legacy_hwcap = HWCAP_VFP | HWCAP_NEON,
	  .rare = true },
};

static const struct processor other[] = {
	{ .name = "baseline" },
};

void loader_processors(const struct loader *loader, const struct processor **out, size_t *count)
{
	static const struct {
		uint16_t machine;
		bool is64;
		bool little_endian_only;
		const struct processor *processors;
		size_t count;
	} machines[] = {
		{ EM_X86_64, true, false, x86_64, ARRAY_SIZE(x86_64) },
		{ EM_X86_64, false, false, x86_64, ARRAY_SIZE(x86_64) },
		{ EM_386, false, false, i386, ARRAY_SIZE(i386) },
		{ EM_AARCH64, true, false, aarch64, ARRAY_SIZE(aarch64) },
		{ EM_PPC64, true, true, ppc64le, ARRAY_SIZE(ppc64le) },
		{ EM_S390, true, false, s390x, ARRAY_SIZE(s390x) },
		{ EM_ARM, false, false, arm, ARRAY_SIZE(arm) },
	};

	*out = other;
	*count = 1;
	if (loader->kind != LOADER_GLIBC)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine != loader->machine || machines[i].is64 != loader->is64)
			continue;
		if (machines[i].little_endian_only && loader->big_endian)
			continue;
		*out = machines[i].processors;
		*count = machines[i].count;
	}
}

#if defined(__x86_64__)

struct registers {
	unsigned eax, ebx, ecx, edx;
};

static struct registers cpuid(unsigned leaf)
{
	struct registers r = { 0 };

	__get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
	return r;
}

static bool has_bits(unsigned value, unsigned bits)
{
	return (value & bits) == bits;
}

/* XCR0: which register states the kernel saves; without them AVX is there but not usable. */
static unsigned enabled_states(void)
{
	unsigned low;
	unsigned high;

	if (!has_bits(cpuid(1).ecx, bit_OSXSAVE))
		return 0;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low;
}

/* The microarchitecture levels of the x86-64 psABI, as the loader computes them. */
static unsigned native_isa_level(void)
{
	const struct registers one = cpuid(1);
	const struct registers seven = cpuid(7);
	const struct registers extended = cpuid(0x80000001);
	unsigned states = enabled_states();

	if (!has_bits(one.ecx, bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT |
				       bit_CMPXCHG16B) ||
	    !has_bits(extended.ecx, bit_LAHF_LM))
		return ISA_BASELINE;
	if (!has_bits(states, 0x6) ||
	    !has_bits(one.ecx, bit_AVX | bit_F16C | bit_FMA | bit_MOVBE) ||
	    !has_bits(seven.ebx, bit_AVX2 | bit_BMI | bit_BMI2) ||
	    !has_bits(extended.ecx, bit_LZCNT))
		return ISA_BASELINE | ISA_V2;
	if (!has_bits(states, 0xe6) ||
	    !has_bits(seven.ebx,
		      bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL))
		return ISA_BASELINE | ISA_V2 | ISA_V3;
	return ISA_BASELINE | ISA_V2 | ISA_V3 | ISA_V4;
}

static bool is_intel(void)
{
	const struct registers vendor = cpuid(0);

	return vendor.ebx == signature_INTEL_ebx && vendor.ecx == signature_INTEL_ecx &&
	       vendor.edx == signature_INTEL_edx;
}

/* sysdeps/x86/cpu-features.c: only Intel's processors are called "haswell" and "xeon_phi". */
static const char *native_platform(unsigned level)
{
	const struct registers seven = cpuid(7);

	if (!is_intel())
		return "x86_64";
	if (has_bits(seven.ebx, bit_AVX512CD | bit_AVX512ER) && has_bits(enabled_states(), 0xe6))
		return "xeon_phi";
	return level & ISA_V3 ? "haswell" : "x86_64";
}

const struct processor *loader_native_processor(const struct loader *loader)
{
	const struct processor *processors;
	const struct processor *native;
	const char *platform;
	unsigned level;
	size_t count;

	loader_processors(loader, &processors, &count);
	native = processors;
	if (processors != x86_64)
		return processors == i386 ? &i386[1] : native;
	level = native_isa_level();
	platform = native_platform(level);
	for (size_t i = 0; i < count; i++)
		if (processors[i].isa_level == level &&
		    (!processors[i].platform || strcmp(processors[i].platform, platform) == 0))
			native = &processors[i];
	return native;
}

#else

const struct processor *loader_native_processor(const struct loader *loader)
{
	const char *platform = (const char *)getauxval(AT_PLATFORM);
	const struct processor *processors;
	size_t count;

	loader_processors(loader, &processors, &count);
	for (size_t i = count; platform && i-- > 0;)
		if (processors[i].platform && strcmp(processors[i].platform, platform) == 0)
			return &processors[i];
	return processors;
}

#endif
