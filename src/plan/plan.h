/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: what the user asked for, checked and in plain structs. Options make it;
 * nothing is read from the file system here.
 */
#ifndef MKROOTFS_PLAN_PLAN_H
#define MKROOTFS_PLAN_PLAN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/probe.h"
#include "base/table.h"
#include "manifest/accounts.h"
#include "manifest/image.h"
#include "mkrootfs.h"
#include "needs/needs.h"

/* FILE[:DEST], SRC[:DEST] */
struct plan_file {
	const char *path;
	const char *dest; /* absolute and normalized, or NULL: where it is */
};

/* TARGET:LINK */
struct plan_symlink {
	const char *target;
	const char *link;
};

/* PATH[:MODE[:UID:GID]] */
struct plan_directory {
	const char *path;
	mode_t mode;
	uid_t uid; /* (uid_t)-1: as --chown says */
	gid_t gid;
};

/* A growing list of one kind of thing, in the order of the command line. */
struct plan_list {
	void *items;
	size_t count;
	size_t capacity;
	size_t size; /* of one element */
};

/* The image's configuration, as far as the user gave it. */
struct image_plan {
	bool has_entrypoint;
	struct plan_list entrypoint;  /* const char * */
	struct plan_list cmd;	      /* const char * */
	struct plan_list environment; /* struct image_pair, each key once */
	struct plan_list labels;      /* struct image_pair, each key once */
	struct plan_list volumes;     /* const char * */
	struct plan_list ports;	      /* const char *: "6379/tcp" */
	const char *workdir;
	const char *stop_signal;
	int stop_number;       /* of STOP_SIGNAL; 0: the usual one */
	const char *reference; /* NAME:TAG */
};

enum { PLAN_RUN_TIMEOUT = 10 }; /* seconds, where nobody says */

/* A path of the root, with all that is in it where it is a TREE. */
struct plan_brought {
	const char *path;
	bool tree;
};

/* The checked run: --check run. */
struct plan_run {
	bool wanted;
	bool probed; /* PROBE is given: --check-probe */
	struct probe probe;
	unsigned timeout; /* in seconds, to answer and to end; never 0 */
	bool fix;
	/* What earlier rounds of the same harvest have missed, and --fix brings. */
	struct plan_list brought; /* struct plan_brought */
	struct plan_list made;	  /* struct plan_directory */
};

struct plan_shared;

struct mkrootfs_plan {
	struct plan_shared *shared; /* by a plan and its frozen copies */
	struct arena *arena;	    /* SHARED's */
	struct diag diag;
	mkrootfs_log_fn *log;
	void *log_data;
	const volatile sig_atomic_t *cancelled;

	struct plan_list files;		/* struct plan_file */
	struct plan_list adds;		/* struct plan_file */
	struct plan_list symlinks;	/* struct plan_symlink */
	struct plan_list mkdirs;	/* struct plan_directory */
	struct plan_list preloads;	/* const char * */
	struct plan_list allow_missing; /* const char *: globs */

	const char *sysroot; /* NULL: this system's "/" */
	const char *library_path;
	const char *search_path;   /* for bare names; NULL: a system's usual one */
	const char *const *hwcaps; /* names of glibc-hwcaps subdirectories */
	size_t n_hwcaps;
	bool all_hwcaps;
	struct plan_list users;	    /* struct account */
	const struct account *user; /* the first of them, which the image runs as; or NULL */
	struct manifest_policy policy;
	struct plan_list with;	    /* struct need_request */
	struct plan_list without;   /* const char * */
	struct plan_list arguments; /* const char *: of the first FILE, where it is run */
	bool trace;
	unsigned trace_timeout; /* in seconds; 0: none */
	bool level_set;		/* --dlopen was given: --bare does not change it */
	struct needs_options needs;
	struct image_plan image;
	const char *temporary; /* directory for what streams are made of; NULL: a usual one */
	bool bare;
	bool check_symbols;
	struct plan_run run;
	bool package_metadata;
	bool packages; /* owners are to be told */
};

/*
 * A copy of PLAN that later changes of PLAN do not reach, and that outlives it: free it with
 * mkrootfs_plan_free. Returns 0 or -ENOMEM.
 */
int plan_freeze(const struct mkrootfs_plan *plan, struct mkrootfs_plan **out);

/*
 * A public function that works under PLAN begins with the one, and ends with the other: RESULT,
 * which is returned, is told where it is an error and nobody told one.
 */
void plan_begin(const struct mkrootfs_plan *plan);
int plan_end(const struct mkrootfs_plan *plan, int result);

/* -EINTR where the user asked to stop, else 0. */
int plan_cancelled(const struct mkrootfs_plan *plan);

/* Up to which level needs are followed; 0: none. --bare asks for what programs abort without. */
enum need_level plan_level(const struct mkrootfs_plan *plan);

DEFINE_CLEANUP(struct mkrootfs_plan *, mkrootfs_plan_free);

/* Room for one thing more in LIST, zeroed; NULL when out of memory. */
void *plan_list_add(struct mkrootfs_plan *plan, struct plan_list *list, size_t size);

#endif
