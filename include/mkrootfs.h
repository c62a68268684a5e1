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
 *	struct mkrootfs_output output = { .path = "rootfs.tar" };
 *
 *	mkrootfs_plan_set(plan, MKROOTFS_FILE, "/usr/bin/redis-server");
 *	if (mkrootfs_harvest(plan, &rootfs) == 0)
 *		mkrootfs_write(rootfs, &output, 1);
 *	mkrootfs_free(rootfs);
 *	mkrootfs_plan_free(plan);
 *
 * Functions return 0, or a negative errno value after the plan's log function was given the
 * diagnostic. A positive value is an outcome that is documented here. No state is
 * shared between plans; one plan and its results belong to one thread at a time.
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

/* "0.1.0" */
const char *mkrootfs_version(void);

/* A plan with nothing in it, or NULL when out of memory. Free it after its results. */
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

/* Sends all diagnostics to FUNCTION with DATA. Without one they are lost. */
void mkrootfs_plan_log(struct mkrootfs_plan *plan, mkrootfs_log_fn *function, void *data);

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
	MKROOTFS_CHECK,		    /* "symbols": as ldd -r, all symbols have definitions */
	MKROOTFS_PATH,		    /* DIRS: where bare names are looked up, as PATH */
	MKROOTFS_DLOPEN,	    /* "none", "required", "recommended" or "suggested" */
	MKROOTFS_WITH,		    /* many: NEED[=VALUE][,NEED...]: run-time needs to follow */
	MKROOTFS_WITHOUT,	    /* many: NEED[,NEED...]: and not to follow */
	MKROOTFS_PACKAGE_METADATA,  /* "yes" or "no": the records of packages that scanners read */
	MKROOTFS_TRACE,		    /* "yes" or "no": run the first FILE and add what it opens */
	MKROOTFS_TRACE_TIMEOUT,	    /* seconds, after which it gets SIGTERM */
	MKROOTFS_ARGUMENT,	    /* many: arguments of the first FILE, for MKROOTFS_TRACE */
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
 * Does the plan's work. *ROOTFS is set on 0 and MKROOTFS_INCOMPLETE; the caller frees it.
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
	MKROOTFS_WHY, /* of mkrootfs_print_why */
};

/*
 * Prints a report to STREAM and flushes it; COLOUR makes a tree one for terminals.
 * Errors: those of writing (-EPIPE, -ENOSPC), -ENOMEM.
 */
int mkrootfs_print(const struct mkrootfs *rootfs, enum mkrootfs_report report, FILE *stream,
		   bool colour);

/*
 * Prints every chain of reasons that brings NAME in, a path of the result or the name of a
 * library: each from a FILE on. Errors: -ENOENT after a diagnostic where the result has no
 * such thing; those of mkrootfs_print.
 */
int mkrootfs_print_why(const struct mkrootfs *rootfs, const char *name, FILE *stream);

/* One entry of the result. All strings belong to the rootfs. */
struct mkrootfs_entry {
	const char *path; /* in the rootfs, "/usr/bin/redis-server" */
	char type;	  /* 'f' file, 'd' directory, 'l' symbolic link */
	unsigned mode;	  /* permission bits, 07777 */
	unsigned uid, gid;
	uint64_t size;	    /* in bytes */
	const char *target; /* of a link, else NULL */
	const char *source; /* the file it comes from, NULL for what mkrootfs made itself */
	const char *why;    /* a short reason */
};

/*
 * Calls FUNCTION with every entry in path order; a return other than 0 ends it and is
 * returned.
 */
int mkrootfs_entries(const struct mkrootfs *rootfs,
		     int (*function)(void *data, const struct mkrootfs_entry *entry), void *data);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
