/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that name a file: their numbers in each of the machine's ABIs, where
 * their paths are, and the seccomp filter that stops a process at them.
 */
#ifndef MKROOTFS_TRACE_CALLS_H
#define MKROOTFS_TRACE_CALLS_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ABIs that one kernel serves. */
enum trace_abi {
	TRACE_ABI_NATIVE,
	TRACE_ABI_COMPAT, /* the 32-bit one: i386 on x86_64, arm on aarch64 */
	TRACE_ABI_X32,
	TRACE_N_ABIS,
};

/* What a call does to the file that a path names. */
enum trace_effect {
	TRACE_NOTHING, /* the call has no such path */
	TRACE_TEST,
	TRACE_READ_LINK,
	TRACE_OPEN, /* to read or to write: its flags tell */
	TRACE_CREATE,
	TRACE_EXECUTE,
	TRACE_WRITE, /* makes, changes or removes it, without opening it */
	TRACE_CONNECT,
};

/* What a call changes of its process, as far as later paths depend on it. */
enum trace_change {
	TRACE_CHANGES_NOTHING,
	TRACE_CHANGES_DIRECTORY, /* the first path is the new one */
	TRACE_FORGETS_DIRECTORY, /* the new one has no name here */
	TRACE_CHANGES_ROOT,
	TRACE_NAMES_PROCESS, /* nothing: argument PROCESS is a process, or a group as for kill(2) */
};

/* Which arguments hold a path. */
enum trace_location {
	TRACE_PATH,    /* argument ARGUMENT is the path */
	TRACE_PATH_AT, /* as TRACE_PATH; the argument before it is its directory's descriptor */
	TRACE_SOCKET,  /* argument ARGUMENT is a socket's address, the next one its size */
};

struct trace_operand {
	enum trace_effect effect;
	enum trace_location location;
	unsigned argument; /* from 0 */
};

enum {
	TRACE_N_OPERANDS = 2,
	TRACE_N_ARGUMENTS = 6,
};

/* Which argument holds the flags of an open; in no call is it the first. */
struct trace_flags {
	unsigned argument; /* 0: the call has none that matter here */
	bool open_how;	   /* they are in a struct open_how that the argument points to */
};

enum trace_filter {
	TRACE_FILTER_PLAIN, /* a program that runs as the caller does */
	/*
	 * A host's: connections are traced too, and no process gets away from the tracer or makes
	 * walls of its own. What containers forbid is forbidden.
	 */
	TRACE_FILTER_HOSTED,
	TRACE_FILTER_SHARING, /* HOSTED, among the machine's processes: signals are traced, too */
};

struct trace_call {
	struct trace_operand operands[TRACE_N_OPERANDS];
	struct trace_flags flags;
	enum trace_change change;
	unsigned process;	 /* of TRACE_NAMES_PROCESS */
	uint32_t only;		 /* the call matters where argument 1 is this; 0: whatever it is */
	enum trace_filter since; /* the first kind of filter that has it */
	uint32_t numbers[TRACE_N_ABIS];
};

/* Whether this machine's calls are known. */
bool trace_calls_known(void);

/* The call and the ABI that a stop's SECCOMP_RET_DATA names; NULL for none. */
const struct trace_call *trace_call_find(uint32_t data, enum trace_abi *abi);

/*
 * Makes the filter: SECCOMP_RET_TRACE for the calls of the table, with the data for
 * trace_call_find. Returns its instructions, which the caller frees, and their number in
 * *LENGTH; NULL when out of memory.
 */
struct sock_filter *trace_filter_new(enum trace_filter kind, unsigned short *length);

#endif
