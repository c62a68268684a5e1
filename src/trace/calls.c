/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/calls.h"
#include "base/cleanup.h"
#include "trace/numbers.h"

#include <asm/ioctls.h>
#include <asm/sockios.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>

enum {
	X32_BIT = 0x40000000,
};

/* What seccomp_data.arch says for each ABI; 0 where there is none. */
static const uint32_t architectures[TRACE_N_ABIS] = {
#if defined(__x86_64__)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_X86_64,
	[TRACE_ABI_COMPAT] = AUDIT_ARCH_I386,
	[TRACE_ABI_X32] = AUDIT_ARCH_X86_64,
#elif defined(__i386__)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_I386,
#elif defined(__aarch64__) && defined(__AARCH64EL__)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_AARCH64,
	[TRACE_ABI_COMPAT] = AUDIT_ARCH_ARM,
#elif defined(__arm__) && defined(__ARMEL__)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_ARM,
#elif defined(__riscv) && __riscv_xlen == 64
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_RISCV64,
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_PPC64LE,
#elif defined(__s390x__)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_S390X,
#elif defined(__loongarch64) && defined(AUDIT_ARCH_LOONGARCH64)
	[TRACE_ABI_NATIVE] = AUDIT_ARCH_LOONGARCH64,
#endif
};

/* Numbers: this machine's own, i386's, arm's (of the EABI). */
#if defined(__x86_64__)
#define NUMBERS_X32(native, i386, arm, x32)                                                        \
	{                                                                                          \
		native, i386, x32                                                                  \
	}
#define NUMBERS(native, i386, arm)                                                                 \
	{                                                                                          \
		native, i386, native == TRACE_NO_CALL ? TRACE_NO_CALL : (native) | X32_BIT         \
	}
#elif defined(__aarch64__)
#define NUMBERS_X32(native, i386, arm, x32)                                                        \
	{                                                                                          \
		native, arm, TRACE_NO_CALL                                                         \
	}
#define NUMBERS(native, i386, arm)                                                                 \
	{                                                                                          \
		native, arm, TRACE_NO_CALL                                                         \
	}
#else
#define NUMBERS_X32(native, i386, arm, x32)                                                        \
	{                                                                                          \
		native, TRACE_NO_CALL, TRACE_NO_CALL                                               \
	}
#define NUMBERS(native, i386, arm)                                                                 \
	{                                                                                          \
		native, TRACE_NO_CALL, TRACE_NO_CALL                                               \
	}
#endif

#define NONE TRACE_NO_CALL

/* clang-format off */
static const struct trace_call calls[] = {
	/* open */
	{ .numbers = NUMBERS(__NR_open, 5, 5), .flags = { .argument = 1 },
	  .operands = { { TRACE_OPEN, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_openat, 295, 322), .flags = { .argument = 2 },
	  .operands = { { TRACE_OPEN, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_openat2, 437, 437), .flags = { .argument = 2, .open_how = true },
	  .operands = { { TRACE_OPEN, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_creat, 8, 8),
	  .operands = { { TRACE_CREATE, TRACE_PATH, 0 } } },
	/* execute */
	{ .numbers = NUMBERS_X32(__NR_execve, 11, 11, X32_BIT + 520),
	  .operands = { { TRACE_EXECUTE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS_X32(__NR_execveat, 358, 387, X32_BIT + 545), .flags = { .argument = 4 },
	  .operands = { { TRACE_EXECUTE, TRACE_PATH_AT, 1 } } },
	/* read a link */
	{ .numbers = NUMBERS(__NR_readlink, 85, 85),
	  .operands = { { TRACE_READ_LINK, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_readlinkat, 305, 332),
	  .operands = { { TRACE_READ_LINK, TRACE_PATH_AT, 1 } } },
	/* test */
	{ .numbers = NUMBERS(__NR_stat, 106, 106),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_lstat, 107, 107),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_oldstat, 18, NONE),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_oldlstat, 84, NONE),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_stat64, 195, 195),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_lstat64, 196, 196),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_newfstatat, NONE, NONE),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_fstatat64, 300, 327),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_statx, 383, 397),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_access, 33, 33),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_faccessat, 307, 334),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_faccessat2, 439, 439),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_statfs, 99, 99),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_statfs64, 268, 266),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_inotify_add_watch, 292, 317),
	  .operands = { { TRACE_TEST, TRACE_PATH, 1 } } },
	{ .numbers = NUMBERS(__NR_chdir, 12, 12), .change = TRACE_CHANGES_DIRECTORY,
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_chroot, 61, 61), .change = TRACE_CHANGES_ROOT,
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_fchdir, 133, 133), .change = TRACE_FORGETS_DIRECTORY },
	/* A changed mode or owner does not make the file the program's own. */
	{ .numbers = NUMBERS(__NR_chmod, 15, 15),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_fchmodat, 306, 333),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_fchmodat2, 452, 452),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_chown, 182, 182),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_lchown, 16, 16),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_chown32, 212, 212),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_lchown32, 198, 198),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_fchownat, 298, 325),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 } } },
	/* write */
	{ .numbers = NUMBERS(__NR_mkdir, 39, 39),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_mkdirat, 296, 323),
	  .operands = { { TRACE_WRITE, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_mknod, 14, 14),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_mknodat, 297, 324),
	  .operands = { { TRACE_WRITE, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_bind, 361, 282),
	  .operands = { { TRACE_WRITE, TRACE_SOCKET, 1 } } },
	{ .numbers = NUMBERS(__NR_connect, 362, 283), .since = TRACE_FILTER_HOSTED,
	  .operands = { { TRACE_CONNECT, TRACE_SOCKET, 1 } } },
	{ .numbers = NUMBERS(__NR_rmdir, 40, 40),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_unlink, 10, 10),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_unlinkat, 301, 328),
	  .operands = { { TRACE_WRITE, TRACE_PATH_AT, 1 } } },
	{ .numbers = NUMBERS(__NR_truncate, 92, 92),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_truncate64, 193, 193),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 } } },
	{ .numbers = NUMBERS(__NR_rename, 38, 38),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 0 }, { TRACE_WRITE, TRACE_PATH, 1 } } },
	{ .numbers = NUMBERS(__NR_renameat, 302, 329),
	  .operands = { { TRACE_WRITE, TRACE_PATH_AT, 1 }, { TRACE_WRITE, TRACE_PATH_AT, 3 } } },
	{ .numbers = NUMBERS(__NR_renameat2, 353, 382),
	  .operands = { { TRACE_WRITE, TRACE_PATH_AT, 1 }, { TRACE_WRITE, TRACE_PATH_AT, 3 } } },
	{ .numbers = NUMBERS(__NR_link, 9, 9),
	  .operands = { { TRACE_TEST, TRACE_PATH, 0 }, { TRACE_WRITE, TRACE_PATH, 1 } } },
	{ .numbers = NUMBERS(__NR_linkat, 303, 330),
	  .operands = { { TRACE_TEST, TRACE_PATH_AT, 1 }, { TRACE_WRITE, TRACE_PATH_AT, 3 } } },
	{ .numbers = NUMBERS(__NR_symlink, 83, 83),
	  .operands = { { TRACE_WRITE, TRACE_PATH, 1 } } },
	{ .numbers = NUMBERS(__NR_symlinkat, 304, 331),
	  .operands = { { TRACE_WRITE, TRACE_PATH_AT, 2 } } },
	/* name a process */
#define NAMES_PROCESS(argument)                                                                    \
	.since = TRACE_FILTER_SHARING, .change = TRACE_NAMES_PROCESS, .process = (argument)
	{ .numbers = NUMBERS(__NR_kill, 37, 37), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_tkill, 238, 238), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_tgkill, 270, 268), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS_X32(__NR_rt_sigqueueinfo, 178, 178, X32_BIT + 524), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS_X32(__NR_rt_tgsigqueueinfo, 335, 363, X32_BIT + 536),
	  NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_pidfd_open, 434, 434), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_prlimit64, 340, 369), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS_X32(__NR_ptrace, 26, 26, X32_BIT + 521), NAMES_PROCESS(1) },
	{ .numbers = NUMBERS_X32(__NR_process_vm_readv, 347, 376, X32_BIT + 539),
	  NAMES_PROCESS(0) },
	{ .numbers = NUMBERS_X32(__NR_process_vm_writev, 348, 377, X32_BIT + 540),
	  NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_sched_setscheduler, 156, 156), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_sched_setparam, 154, 154), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_sched_setaffinity, 241, 241), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_sched_setattr, 351, 380), NAMES_PROCESS(0) },
	{ .numbers = NUMBERS(__NR_fcntl, 55, 55), NAMES_PROCESS(2), .only = F_SETOWN },
	{ .numbers = NUMBERS(__NR_fcntl64, 221, 221), NAMES_PROCESS(2), .only = F_SETOWN },
#undef NAMES_PROCESS
};

/* In a host's program. */
static const uint32_t forbidden[][TRACE_N_ABIS] = {
	NUMBERS(__NR_setns, 346, 375),
	NUMBERS(__NR_add_key, 286, 309),
	NUMBERS(__NR_request_key, 287, 310),
	NUMBERS(__NR_keyctl, 288, 311),
	NUMBERS(__NR_bpf, 357, 386),
	NUMBERS(__NR_perf_event_open, 336, 364),
	NUMBERS(__NR_userfaultfd, 374, 388),
	NUMBERS(__NR_mount, 21, 21),
	NUMBERS(__NR_umount2, 52, 52),
	NUMBERS(__NR_pivot_root, 217, 218),
	NUMBERS(__NR_open_by_handle_at, 342, 371),
};
/* Other ways to have a signal sent to a process: call and its argument 1, where processes are shared. */
static const struct {
	uint32_t numbers[TRACE_N_ABIS];
	uint32_t value;
} owners[] = {
	{ NUMBERS(__NR_fcntl, 55, 55), F_SETOWN_EX },
	{ NUMBERS(__NR_fcntl64, 221, 221), F_SETOWN_EX },
	{ NUMBERS_X32(__NR_ioctl, 54, 54, X32_BIT + 514), FIOSETOWN },
	{ NUMBERS_X32(__NR_ioctl, 54, 54, X32_BIT + 514), SIOCSPGRP },
};
static const uint32_t clone_number[TRACE_N_ABIS] = NUMBERS(__NR_clone, 120, 120);
static const uint32_t unshare_number[TRACE_N_ABIS] = NUMBERS(__NR_unshare, 310, 337);
/* clang-format on */

/* Which argument of clone(2) its flags are. */
enum {
#if defined(__s390x__)
	CLONE_FLAGS = 1,
#else
	CLONE_FLAGS = 0,
#endif
};

bool trace_calls_known(void)
{
	return architectures[TRACE_ABI_NATIVE] != 0;
}

/* A stop's data: the ABI above the call's row. */
static uint32_t call_data(unsigned abi, size_t row)
{
	return (uint32_t)(abi << 8 | row);
}

const struct trace_call *trace_call_find(uint32_t data, enum trace_abi *abi)
{
	_Static_assert(ARRAY_SIZE(calls) < 1 << 8, "the row has eight bits");

	if ((data & 0xff) >= ARRAY_SIZE(calls) || data >> 8 >= TRACE_N_ABIS)
		return NULL;
	*abi = (enum trace_abi)(data >> 8);
	return &calls[data & 0xff];
}

/* For a call of NUMBER, loaded before, ends with RESULT; goes on for others. */
static size_t filter_number(struct sock_filter *filter, size_t n, uint32_t number, uint32_t result)
{
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result);
	return n;
}

/* As filter_number, where JUMP (BPF_JEQ: is, BPF_JSET: has a bit of) holds of ARGUMENT and VALUE.
 */
static size_t filter_argument(struct sock_filter *filter, size_t n, uint32_t number,
			      unsigned argument, uint16_t jump, uint32_t value, uint32_t result)
{
	const size_t low = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0;
	const uint32_t at =
		(uint32_t)(offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t) + low);

	if (number == TRACE_NO_CALL)
		return n;
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | jump | BPF_K, value, 0, 1);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, nr));
	return n;
}

/*
 * What a host's program may not do: have namespaces of its own, in which it has capabilities;
 * start what the tracer does not see (CLONE_UNTRACED); use the kernel's keys, which no
 * namespace keeps apart, and calls that containers forbid. A filter cannot see the flags of
 * clone3(2), and every C library does without it.
 */
static size_t filter_forbidden(struct sock_filter *filter, size_t n, unsigned abi)
{
	const uint32_t x32 = abi == TRACE_ABI_X32 ? X32_BIT : 0;
	const uint32_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
		if (forbidden[i][abi] != TRACE_NO_CALL)
			n = filter_number(filter, n, forbidden[i][abi], SECCOMP_RET_ERRNO | EPERM);
	n = filter_number(filter, n, __NR_clone3 | x32, SECCOMP_RET_ERRNO | ENOSYS);
	n = filter_argument(filter, n, clone_number[abi], CLONE_FLAGS, BPF_JSET,
			    spaces | CLONE_UNTRACED, SECCOMP_RET_ERRNO | EPERM);
	return filter_argument(filter, n, unshare_number[abi], 0, BPF_JSET, spaces,
			       SECCOMP_RET_ERRNO | EPERM);
}

static size_t filter_owners(struct sock_filter *filter, size_t n, unsigned abi)
{
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		n = filter_argument(filter, n, owners[i].numbers[abi], 1, BPF_JEQ, owners[i].value,
				    SECCOMP_RET_ERRNO | EPERM);
	return n;
}

/* The call of ROW, which stops the process. */
static size_t filter_row(struct sock_filter *filter, size_t n, unsigned abi, size_t row)
{
	uint32_t number = calls[row].numbers[abi];
	uint32_t result = SECCOMP_RET_TRACE | call_data(abi, row);

	if (number == TRACE_NO_CALL)
		return n;
	if (calls[row].only)
		return filter_argument(filter, n, number, 1, BPF_JEQ, calls[row].only, result);
	return filter_number(filter, n, number, result);
}

/* One ABI's calls; falls through at its end. */
static size_t filter_abi(struct sock_filter *filter, size_t n, unsigned abi, enum trace_filter kind)
{
	const uint32_t x32 = abi == TRACE_ABI_X32 ? X32_BIT : 0;
	size_t past;

	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, arch));
	filter[n++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architectures[abi], 1, 0);
	past = n++;
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, nr));
	for (size_t row = 0; row < ARRAY_SIZE(calls); row++)
		if (calls[row].since <= kind)
			n = filter_row(filter, n, abi, row);
	n = filter_number(filter, n, __NR_io_uring_setup | x32, SECCOMP_RET_ERRNO | ENOSYS);
	if (kind != TRACE_FILTER_PLAIN)
		n = filter_forbidden(filter, n, abi);
	if (kind == TRACE_FILTER_SHARING)
		n = filter_owners(filter, n, abi);
	filter[past] =
		(struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA | BPF_K, (uint32_t)(n - past - 1));
	return n;
}

/* Calls of an ABI that is not ours to know, as of an older machine, would go unseen. */
static size_t filter_unknown(struct sock_filter *filter, size_t n)
{
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, arch));
	for (unsigned abi = 0; abi < TRACE_N_ABIS; abi++)
		if (architectures[abi])
			n = filter_number(filter, n, architectures[abi], SECCOMP_RET_ALLOW);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	return n;
}

struct sock_filter *trace_filter_new(enum trace_filter kind, unsigned short *length)
{
	enum {
		MOST_OF_CALL = 5,
		PER_ABI = 4 + MOST_OF_CALL * (ARRAY_SIZE(calls) + ARRAY_SIZE(forbidden) +
					      ARRAY_SIZE(owners) + 4),
		MOST = TRACE_N_ABIS * PER_ABI + 2 * TRACE_N_ABIS + 3,
	};
	struct sock_filter *filter = calloc(MOST, sizeof(*filter));
	size_t n = 0;

	_Static_assert(MOST <= BPF_MAXINSNS, "the kernel takes no longer filter");
	if (!filter)
		return NULL;
	for (unsigned abi = 0; abi < TRACE_N_ABIS; abi++)
		if (architectures[abi])
			n = filter_abi(filter, n, abi, kind);
	if (kind != TRACE_FILTER_PLAIN)
		n = filter_unknown(filter, n);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	*length = (unsigned short)n;
	return filter;
}
