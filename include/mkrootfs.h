/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mkrootfs: the smallest root filesystem that really runs a program.
 *
 * A plan says what to harvest and how; mkrootfs_harvest reads the programs named in it,
 * finds every file that their dynamic loaders would load, checks the result as a
 * world of its own, and gives back a rootfs that can be written and reported on.
 * Nothing that is harvested is ever executed, but where MKROOTFS_TRACE asks for it.
 *
 *	struct mkrootfs_plan *plan = mkrootfs_plan_new();
 *	struct mkrootfs *rootfs = NULL;
 *	struct mkrootfs_output output = { .size = sizeof(output), .path = "rootfs.tar" };
 *
 *	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/usr/bin/redis-server");
 *	if (mkrootfs_harvest(plan, &rootfs) == 0)
 *		mkrootfs_write(rootfs, &output, 1);
 *	mkrootfs_free(rootfs);
 *	mkrootfs_plan_free(plan);
 *
 * Functions return 0, or a negative errno value after a diagnostic: the plan's log function was
 * given it, and mkrootfs_plan_error has its text. -EINTR, where the caller cancelled, has none.
 * A positive value is an outcome that is documented here. Plans share no state; one plan and its
 * results belong to one thread at a time.
 *
 * Structs begin with their size. The caller sets it in those that it fills in; in those that it is
 * given, fields beyond it are not there. Strings and structs that a function of the caller's is
 * given live until it returns, unless it says otherwise here.
 */
#ifndef MKROOTFS_H
#define MKROOTFS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct mkrootfs_plan;
struct mkrootfs;

/* The version of this header, and, "0.1.0", that of the library. */
#define MKROOTFS_VERSION_MAJOR 0
#define MKROOTFS_VERSION_MINOR 1
#define MKROOTFS_VERSION_PATCH 0
#define MKROOTFS_VERSION_NUMBER                                                                    \
	(MKROOTFS_VERSION_MAJOR * 10000 + MKROOTFS_VERSION_MINOR * 100 + MKROOTFS_VERSION_PATCH)
const char *mkrootfs_version(void);

/*
 * A plan with nothing in it, or NULL when out of memory. A harvest takes a copy: later changes of
 * the plan do not reach its result, and the plan may be freed before it.
 */
struct mkrootfs_plan *mkrootfs_plan_new(void);
void mkrootfs_plan_free(struct mkrootfs_plan *plan);

enum mkrootfs_level {
	MKROOTFS_ERROR,
	MKROOTFS_WARNING,
	MKROOTFS_NOTE, /* what was seen and done, for who wants to know more */
};

/*
 * Receives one diagnostic: SUBJECT (a file, an option; may be NULL) and MESSAGE are
 * one line each with control characters escaped; HINT says what to do, or is NULL.
 */
typedef void mkrootfs_log_fn(void *data, enum mkrootfs_level level, const char *subject,
			     const char *message, const char *hint);

/*
 * Sends all diagnostics to FUNCTION with DATA. Without one, the last error alone is kept. A result
 * goes on with the function that the plan had when it was harvested.
 */
void mkrootfs_plan_log(struct mkrootfs_plan *plan, mkrootfs_log_fn *function, void *data);

/*
 * The last error of PLAN and its results, "SUBJECT: MESSAGE" in a line; "" where there was none.
 * It is valid until the next call for one of them.
 */
const char *mkrootfs_plan_error(const struct mkrootfs_plan *plan);

/*
 * What a plan can be told. VALUE is a string in the form of the command's option; it is
 * copied. "Many" may be set again to add one more; others, set again, are replaced.
 */
enum mkrootfs_option {
	MKROOTFS_FILE,		    /* many: FILE[:DEST], a program, library or bare name in PATH */
	MKROOTFS_SYSROOT,	    /* DIR: harvest from there as if it were "/" */
	MKROOTFS_LIBRARY_PATH,	    /* DIRS: as LD_LIBRARY_PATH */
	MKROOTFS_PRELOAD,	    /* many: LIB, as in LD_PRELOAD */
	MKROOTFS_ALLOW_MISSING,	    /* many: a glob of library names */
	MKROOTFS_HWCAPS,	    /* "all", "none" or a list: "x86-64-v2,x86-64-v3" */
	MKROOTFS_ADD,		    /* many: SRC[:DEST] */
	MKROOTFS_SYMLINK,	    /* many: TARGET:LINK */
	MKROOTFS_MKDIR,		    /* many: PATH[:MODE[:UID:GID]], MODE octal */
	MKROOTFS_USER,		    /* many: NAME[:UID[:GID]]; images run as the first */
	MKROOTFS_CHOWN,		    /* UID:GID */
	MKROOTFS_MTIME,		    /* "clamp" or "keep" */
	MKROOTFS_BARE,		    /* "yes" or "no": no accounts, no /tmp, no /run */
	MKROOTFS_SOURCE_DATE_EPOCH, /* seconds since 1970; 0 where it is never set */
	MKROOTFS_CHECK,		    /* many: "symbols": as ldd -r, all have definitions; "run" */
	MKROOTFS_PATH,		    /* DIRS: where bare names are looked up, as PATH */
	MKROOTFS_DLOPEN,	    /* "none", "required", "recommended" or "suggested" */
	MKROOTFS_WITH,		    /* many: NEED[=VALUE][,NEED...]: run-time needs to follow */
	MKROOTFS_WITHOUT,	    /* many: NEED[,NEED...]: and not to follow */
	MKROOTFS_PACKAGE_METADATA,  /* "yes" or "no": the records of packages that scanners read */
	MKROOTFS_TRACE,		    /* "yes" or "no": run the first FILE and add what it opens */
	MKROOTFS_TRACE_TIMEOUT,	    /* seconds, after which it gets SIGTERM */
	MKROOTFS_ARGUMENT,	    /* many: of the first FILE, where it is traced or checked */
	MKROOTFS_SURVEY,	    /* "yes" or "no": find out about needs that are not followed */
	MKROOTFS_TMPDIR,	    /* DIR: where images that go to a stream are put together */
	MKROOTFS_ENTRYPOINT,	    /* words: a JSON array, or a text divided as by sh(1) */
	MKROOTFS_CMD,		    /* words, too */
	MKROOTFS_ENV,		    /* many: KEY=VALUE */
	MKROOTFS_WORKDIR,	    /* absolute path */
	MKROOTFS_VOLUME,	    /* many: absolute path */
	MKROOTFS_EXPOSE,	    /* many: PORT[/tcp|/udp] */
	MKROOTFS_STOP_SIGNAL,	    /* "SIGTERM", "15" */
	MKROOTFS_LABEL,		    /* many: KEY=VALUE */
	MKROOTFS_TAG,		    /* NAME[:TAG], the image's reference */
	MKROOTFS_PACKAGES,	    /* "yes" or "no": JSON tells the packages of entries */
	MKROOTFS_CHECK_PROBE,	    /* "tcp:PORT", "unix:PATH", "http:PORT/PATH": what answers */
	MKROOTFS_CHECK_TIMEOUT,	    /* seconds that the checked run has to answer, and to end */
	MKROOTFS_FIX, /* "yes" or "no": bring what the checked run missed, try again */
};

/* Returns 0; -EINVAL where VALUE is malformed, after a diagnostic; -ENOMEM. */
int mkrootfs_plan_set(struct mkrootfs_plan *plan, enum mkrootfs_option option, const char *value);

/*
 * Work under this plan looks at *CANCELLED now and then and ends with -EINTR once it is not 0,
 * leaving nothing behind: set it from a signal handler. NULL (as at first): never.
 */
void mkrootfs_plan_cancel(struct mkrootfs_plan *plan, const volatile sig_atomic_t *cancelled);

/*
 * Something that is needed was not found: a library, a loader, a version. All of it was
 * given as diagnostics. The result can be reported on, but not written.
 */
#define MKROOTFS_INCOMPLETE 1

/*
 * The program that was run in the result (MKROOTFS_CHECK, "run") did not work there. How it ended
 * was given as a diagnostic, with what it looked for in vain (mkrootfs_lookups). The result can be
 * reported on, but not written.
 */
#define MKROOTFS_UNPROVEN 2

/*
 * Does the plan's work. *ROOTFS is set on 0 and the outcomes above; the caller frees it.
 * Errors: -ENOENT and the like for a FILE, -ENOEXEC for one that is neither ELF nor script,
 * -EEXIST for two different things at one path, -ESTALE where the check failed, -EINTR,
 * -ENOMEM.
 */
int mkrootfs_harvest(struct mkrootfs_plan *plan, struct mkrootfs **rootfs);
void mkrootfs_free(struct mkrootfs *rootfs);

enum mkrootfs_format {
	MKROOTFS_FORMAT_AUTO, /* by the path's suffix */
	MKROOTFS_FORMAT_DIRECTORY,
	MKROOTFS_FORMAT_TAR,
	MKROOTFS_FORMAT_CPIO,
	MKROOTFS_FORMAT_OCI,	    /* an OCI image layout, in a tar */
	MKROOTFS_FORMAT_DOCKER,	    /* what docker load reads */
	MKROOTFS_FORMAT_SBOM,	    /* SPDX or CycloneDX, by the suffix .spdx.json or .cdx.json */
	MKROOTFS_FORMAT_DEPFILE,    /* for Make and Ninja; about the first archive or directory */
	MKROOTFS_FORMAT_DOCKERFILE, /* the last stage; needs a directory among the outputs */
};

enum mkrootfs_compression {
	MKROOTFS_COMPRESS_AUTO, /* by the path's suffix; an OCI image's layer by gzip */
	MKROOTFS_COMPRESS_NONE,
	MKROOTFS_COMPRESS_GZIP,
	MKROOTFS_COMPRESS_ZSTD,
	MKROOTFS_COMPRESS_XZ, /* not of layers */
};

struct mkrootfs_output {
	size_t size;	  /* sizeof(struct mkrootfs_output); the same in all of an array */
	const char *path; /* "-" is standard output */
	enum mkrootfs_format format;
	enum mkrootfs_compression compression; /* of an archive; of an image, its layer's */
	bool force;			       /* replace a directory that mkrootfs made */
};

/*
 * Whether OUTPUT can be written at all: a known suffix, a format that fits the path.
 * Returns 0 or -EINVAL after a diagnostic. To be asked before the harvest.
 */
int mkrootfs_output_check(struct mkrootfs_plan *plan, const struct mkrootfs_output *output);

/*
 * Writes ROOTFS to all OUTPUTS. Either all appear, each by rename, or none does.
 * Errors: -errno of the file system; -EEXIST for a directory that is not empty; -ESTALE
 * where a source changed meanwhile; -EINVAL for an incomplete rootfs.
 */
int mkrootfs_write(const struct mkrootfs *rootfs, const struct mkrootfs_output *outputs,
		   size_t count);

enum mkrootfs_report {
	MKROOTFS_TREE,
	MKROOTFS_LIST,
	MKROOTFS_LDD,
	MKROOTFS_JSON,
	MKROOTFS_WHY, /* of a subject: every chain of reasons that brings it in, from a FILE on */
};

/*
 * Prints a report to STREAM and flushes it. SUBJECT is what MKROOTFS_WHY is asked about, a path of
 * the result or the name of a library; others have none, NULL. COLOUR makes a tree one for
 * terminals. Errors: -ENOENT where the result has no SUBJECT; -EINVAL where one is needed; those
 * of writing (-EPIPE, -ENOSPC); -ENOMEM.
 */
int mkrootfs_print(const struct mkrootfs *rootfs, enum mkrootfs_report report, const char *subject,
		   FILE *stream, bool colour);

/*
 * What a result is made of, as --json tells it. Each of these calls FUNCTION with DATA and one
 * thing after the other; a return other than 0 ends it and is returned. Errors: -ENOMEM.
 */

/* One entry of the result. All strings belong to the rootfs. */
struct mkrootfs_entry {
	size_t size;
	const char *path; /* in the rootfs, "/usr/bin/redis-server" */
	char type;	  /* 'f' file, 'd' directory, 'l' symbolic link */
	unsigned mode;	  /* permission bits, 07777 */
	unsigned uid, gid;
	uint64_t bytes;	     /* of a file, of a link's text */
	const char *target;  /* of a link, else NULL */
	const char *source;  /* the file it comes from, NULL for what mkrootfs made itself */
	const char *why;     /* a short reason */
	const char *package; /* that owns SOURCE, with MKROOTFS_PACKAGES; or NULL */
	const char *package_version; /* or NULL */
};

/* In path order. */
int mkrootfs_entries(const struct mkrootfs *rootfs,
		     int (*function)(void *data, const struct mkrootfs_entry *entry), void *data);

/* A name that an object asks its loader for. */
struct mkrootfs_edge {
	size_t size;
	const char *name;
	const char *path; /* of what answers to it; NULL where nothing was found */
	const char *via;  /* how it was found: "rpath", "cache", "default", ...; or NULL */
};

/* An ELF file that some program loads. */
struct mkrootfs_object {
	size_t size;
	const char *path;   /* by which the loader finds it, in the sysroot's own terms */
	const char *dest;   /* where it is in the result */
	const char *soname; /* or NULL */
	const char *interp; /* the loader that it asks for; or NULL */
	const struct mkrootfs_edge *const *needed; /* N_NEEDED of them, in the loader's order */
	size_t n_needed;
};

/* Each object once, in the order in which programs load them. */
int mkrootfs_objects(const struct mkrootfs *rootfs,
		     int (*function)(void *data, const struct mkrootfs_object *object), void *data);

/* One thing that a run-time need names. */
struct mkrootfs_need_item {
	size_t size;
	const char *path;    /* or a library's name */
	const char *refused; /* why it was left out, where that was tried; or NULL */
	bool brought;	     /* it is in the result */
};

/* A need that does not stand in the ELF files' own lists. */
struct mkrootfs_need {
	size_t size;
	const char *name;    /* of --with and --without */
	const char *level;   /* "required", "recommended", "suggested" */
	const char *program; /* the path of the program that has it */
	const char *sign;    /* what it is known by: "/usr/bin/x imports iconv_open" */
	const char *why;
	bool followed;				       /* else it is only known of */
	const struct mkrootfs_need_item *const *items; /* N_ITEMS of them */
	size_t n_items;
};

/* In the order in which they were found. */
int mkrootfs_needs(const struct mkrootfs *rootfs,
		   int (*function)(void *data, const struct mkrootfs_need *need), void *data);

/* A library, or a loader, that was not found for somebody. */
struct mkrootfs_missing {
	size_t size;
	const char *name;
	const char *needed_by;	     /* the path of the object that asks for it */
	const char *const *searched; /* N_SEARCHED places where it was looked for, in order */
	size_t n_searched;
	bool allowed; /* by MKROOTFS_ALLOW_MISSING, or as an auxiliary library */
};

int mkrootfs_missing(const struct mkrootfs *rootfs,
		     int (*function)(void *data, const struct mkrootfs_missing *missing),
		     void *data);

/* What the program that was run in the result looked for in vain, and would have found outside. */
struct mkrootfs_lookup {
	size_t size;
	const char *path; /* in the result */
	const char *kind; /* "file", "tree", "place", "socket", "account", "denied" */
	/* How likely it is a cause: "named", "last", "program", "library", "other", "libc". */
	const char *rank;
	const char *const *uses; /* N_USES words: "open", "exec", "stat", ... */
	size_t n_uses;
	const char *need;    /* a run-time need that was left out and has it; or NULL */
	const char *option;  /* of the command, that brings it; or NULL */
	const char *refused; /* why MKROOTFS_FIX does not bring it; or NULL */
	bool brought;	     /* by MKROOTFS_FIX: it is in the result */
};

/* The likeliest cause of a failure first. None where nothing was run. */
int mkrootfs_lookups(const struct mkrootfs *rootfs,
		     int (*function)(void *data, const struct mkrootfs_lookup *lookup), void *data);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
