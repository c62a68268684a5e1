/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports: what was harvested, for people and programs. Each is a pure function of
 * closures and manifest into a buffer; who prints it is not their affair.
 */
#ifndef MKROOTFS_REPORT_REPORT_H
#define MKROOTFS_REPORT_REPORT_H

#include "base/buffer.h"
#include "closure/closure.h"
#include "manifest/image.h"
#include "manifest/manifest.h"
#include "needs/needs.h"
#include "report/lookup.h"

/* A library that a program opens by itself, and the need that it is for. */
struct report_plugin {
	const struct need *need;
	const struct closure *closure;
};

/* The checked run of the result. */
struct report_run {
	bool proven;
	const char *end; /* in a word: "exit", "probe", "time", "status", "signal", ... */
	bool has_status; /* it was started */
	int status;	 /* as waitpid(2) has it */
	unsigned rounds; /* of harvests, by --fix; else 1 */
	const struct lookup *lookups;
	size_t n_lookups;
};

struct report_input {
	/*
	 * One a program and kind of processor, in the order of the command line; those of one
	 * program stand together, the baseline first.
	 */
	const struct closure *const *closures;
	size_t n_closures;
	/* One a program, for this machine's processor: what --ldd prints. */
	const struct closure *const *native;
	const char *const *native_names; /* each FILE as the user gave it, resolved to a path */
	size_t n_native;
	struct need *const *needs;
	size_t n_needs;
	const struct report_plugin *plugins;
	size_t n_plugins;
	bool traced; /* the first program ran: how it ended, as waitpid(2) has it */
	bool timed_out;
	int trace_status;
	const struct report_run *run;	 /* NULL: there was none */
	const struct manifest *manifest; /* sealed */
	const char *version;		 /* mkrootfs's own */
	const char *machine;		 /* elf_machine_name of the first program */
	const struct image *image;	 /* how it is run; NULL where nobody says */
	bool colour;			 /* --tree: with terminal colours */
};

/* The tree of each program: every object once in full, later ones named only. UTF-8 lines. */
void report_tree(struct buffer *out, const struct report_input *input);

/*
 * Every chain of reasons that brings NAME, a path of the result or a library's name, in: from a
 * FILE on. Returns 0, REPORT_NOT_THERE, -ENOMEM.
 */
enum { REPORT_NOT_THERE = 1 };
int report_why(struct buffer *out, const struct report_input *input, const char *name);

/* Every path of the manifest, sorted, one a line; control characters escaped. */
void report_list(struct buffer *out, const struct report_input *input);

/*
 * What `ldd FILE...` prints, in its order, without the addresses and the vdso:
 * "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6". Raw bytes, as ldd.
 */
void report_ldd(struct buffer *out, const struct report_input *input);

/* The JSON document of fixtures/mkrootfs.schema.json, one value a line where it helps reading. */
int report_json(struct buffer *out, const struct report_input *input);

#endif
