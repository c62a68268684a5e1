/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/tracee.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

enum {
	GET_SYSCALL_INFO = 0x420e,
	INFO_AT_SECCOMP = 3,
	INFO_AT_EXIT = 2,
};

/* struct ptrace_syscall_info of linux/ptrace.h, which cannot be included beside every C library. */
struct syscall_info {
	uint8_t op;
	uint8_t reserved[3];
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t stack_pointer;
	union {
		struct {
			uint64_t number;
			uint64_t arguments[TRACE_N_ARGUMENTS];
			uint32_t data;
		} seccomp;
		struct {
			int64_t value;
			uint8_t is_error;
		} exit;
	};
};

/* The system call itself: C libraries' ptrace() differ in types and in how they peek. */
static long trace_request(unsigned request, pid_t pid, uintptr_t address, void *data)
{
	return syscall(SYS_ptrace, (long)request, (long)pid, address, data) < 0 ? -errno : 0;
}

static int read_info(pid_t pid, unsigned op, struct syscall_info *info)
{
	long r = trace_request(GET_SYSCALL_INFO, pid, sizeof(*info), info);

	*info = r < 0 ? (struct syscall_info){ 0 } : *info;
	return r == 0 && info->op != op ? -EIO : (int)r;
}

/* Registers serve before Linux 5.3. RESULT is valid at a call's end, ARGUMENTS before it. */
struct call_registers {
	uint64_t arguments[TRACE_N_ARGUMENTS];
	int64_t result;
};

#if defined(__x86_64__) && !defined(__ILP32__)

static int read_registers(pid_t pid, enum trace_abi abi, struct call_registers *out)
{
	struct user_regs_struct is;

	TRY((int)trace_request(PTRACE_GETREGS, pid, 0, &is));
	if (abi == TRACE_ABI_COMPAT)
		*out = (struct call_registers){
			.arguments = { (uint32_t)is.rbx, (uint32_t)is.rcx, (uint32_t)is.rdx,
				       (uint32_t)is.rsi, (uint32_t)is.rdi, (uint32_t)is.rbp },
			.result = (int32_t)is.rax,
		};
	else
		*out = (struct call_registers){
			.arguments = { is.rdi, is.rsi, is.rdx, is.r10, is.r8, is.r9 },
			.result = (int64_t)is.rax,
		};
	return 0;
}

#elif defined(__aarch64__)

static int read_registers(pid_t pid, enum trace_abi abi, struct call_registers *out)
{
	union {
		uint64_t x[34]; /* x0 to x30, sp, pc, pstate */
		uint32_t r[18]; /* r0 to r15, cpsr, and r0 before the call */
	} is = { 0 };
	struct iovec area = { &is, sizeof(is) };
	bool narrow = abi == TRACE_ABI_COMPAT;

	TRY((int)trace_request(PTRACE_GETREGSET, pid, NT_PRSTATUS, &area));
	for (unsigned i = 0; i < TRACE_N_ARGUMENTS; i++)
		out->arguments[i] = narrow ? is.r[i] : is.x[i];
	out->result = narrow ? (int32_t)is.r[0] : (int64_t)is.x[0];
	return 0;
}

#else

static int read_registers(pid_t pid, enum trace_abi abi, struct call_registers *out)
{
	return -ENOSYS;
}

#endif

int tracee_call_read(pid_t pid, struct tracee_call *out)
{
	struct syscall_info info;
	struct call_registers registers;
	unsigned long data = 0;
	int r;

	TRY((int)trace_request(PTRACE_GETEVENTMSG, pid, 0, &data));
	out->call = trace_call_find((uint32_t)data, &out->abi);
	if (!out->call)
		return -EINVAL;
	r = read_info(pid, INFO_AT_SECCOMP, &info);
	if (r == -ESRCH)
		return r;
	if (r < 0)
		TRY(read_registers(pid, out->abi, &registers));
	memcpy(out->arguments, r < 0 ? registers.arguments : info.seccomp.arguments,
	       sizeof(out->arguments));
	return 0;
}

#if defined(__x86_64__) && !defined(__ILP32__)

int tracee_call_refuse(pid_t pid)
{
	struct user_regs_struct is;

	TRY((int)trace_request(PTRACE_GETREGS, pid, 0, &is));
	is.orig_rax = -1ULL;
	is.rax = (unsigned long long)-ESRCH;
	return (int)trace_request(PTRACE_SETREGS, pid, 0, &is);
}

#elif defined(__aarch64__)

int tracee_call_refuse(pid_t pid)
{
	uint64_t is[34] = { 0 };
	struct iovec area = { is, sizeof(is) };
	int number = -1;
	struct iovec call = { &number, sizeof(number) };

	TRY((int)trace_request(PTRACE_GETREGSET, pid, NT_PRSTATUS, &area));
	is[0] = (uint64_t)-ESRCH;
	TRY((int)trace_request(PTRACE_SETREGSET, pid, NT_PRSTATUS, &area));
	return (int)trace_request(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &call);
}

#else

int tracee_call_refuse(pid_t pid)
{
	(void)pid;
	return -ENOSYS;
}

#endif

int tracee_result_read(pid_t pid, const struct tracee_call *call, int64_t *result)
{
	struct syscall_info info;
	struct call_registers registers;
	int r = read_info(pid, INFO_AT_EXIT, &info);

	if (r == -ESRCH)
		return r;
	if (r < 0)
		TRY(read_registers(pid, call->abi, &registers));
	*result = r < 0 ? registers.result : info.exit.value;
	return 0;
}

/*
 * Reads word by word. Where process_vm_readv(2) does not exist or is not allowed, as in containers
 * without CAP_SYS_PTRACE, a tracer may still do this, unless the process changed its user.
 */
static int peek(pid_t pid, uint64_t address, void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		uint64_t at = address + done;
		size_t skip = at % sizeof(long);
		size_t length = sizeof(long) - skip;
		unsigned char word[sizeof(long)];
		long r = trace_request(PTRACE_PEEKDATA, pid, (uintptr_t)(at - skip), word);

		if (r < 0)
			return r == -ESRCH ? -ESRCH : -EPERM;
		if (length > size - done)
			length = size - done;
		memcpy((char *)bytes + done, word + skip, length);
		done += length;
	}
	return 0;
}

int tracee_memory_read(pid_t pid, uint64_t address, void *bytes, size_t size)
{
	struct iovec here = { bytes, size };
	struct iovec there = { (void *)(uintptr_t)address, size };
	ssize_t n;

	if (address == 0 || address > UINTPTR_MAX - size)
		return -EFAULT;
	n = process_vm_readv(pid, &here, 1, &there, 1, 0);
	if (n == (ssize_t)size)
		return 0;
	if (n >= 0 || errno == EFAULT)
		return -EFAULT;
	return errno == ESRCH ? -ESRCH : peek(pid, address, bytes, size);
}

int tracee_path_read(pid_t pid, uint64_t address, char path[PATH_MAX])
{
	/* A piece never crosses a page's end: the next page may not be mapped. */
	enum {
		PIECE = 256,
	};

	for (size_t done = 0; done < PATH_MAX;) {
		size_t size = PIECE - (address + done) % PIECE;

		if (size > PATH_MAX - done)
			size = PATH_MAX - done;
		TRY(tracee_memory_read(pid, address + done, path + done, size));
		if (memchr(path + done, '\0', size))
			return 0;
		done += size;
	}
	return -ENAMETOOLONG;
}

/* Reads a link of /proc/PID. The kernel adds " (deleted)" to the path of a removed file. */
static int read_process_link(const char *link, char path[PATH_MAX])
{
	static const char deleted[] = " (deleted)";
	ssize_t length = readlink(link, path, PATH_MAX - 1);
	struct stat status;

	if (length < 0)
		return errno == EACCES ? -EPERM : -errno;
	path[length] = '\0';
	if (path[0] != '/')
		return -ENOENT;
	if ((size_t)length >= sizeof(deleted) - 1 &&
	    strcmp(path + length - (sizeof(deleted) - 1), deleted) == 0 &&
	    (stat(link, &status) < 0 || status.st_nlink == 0))
		return -ENOENT;
	return 0;
}

int tracee_directory(pid_t pid, int fd, char path[PATH_MAX])
{
	char link[64];

	if (fd == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/%ld/cwd", (long)pid);
	else
		snprintf(link, sizeof(link), "/proc/%ld/fd/%d", (long)pid, fd);
	return read_process_link(link, path);
}

int tracee_root(pid_t pid, char path[PATH_MAX])
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/%ld/root", (long)pid);
	return read_process_link(link, path);
}
