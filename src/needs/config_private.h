/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of config.h: what its files share. */
#ifndef MKROOTFS_NEEDS_CONFIG_PRIVATE_H
#define MKROOTFS_NEEDS_CONFIG_PRIVATE_H

#include "base/hash.h"
#include "base/texts.h"
#include "needs/config.h"
#include "needs/config_words.h"
#include "needs/make.h"

enum {
	CONFIG_SIZE_MAX = 1 << 20,   /* of a file */
	CONFIG_FILES_MAX = 1024,     /* that are read */
	CONFIG_DEPTH_MAX = 8,	     /* of configuration that includes another */
	CONFIG_BASES_MAX = 64,	     /* directories that configuration names */
	CONFIG_PENDING_MAX = 4096,   /* words that no directory had as yet */
	CONFIG_BYTES_MAX = 16 << 20, /* of all that are read */
	CONFIG_GLOBS_MAX = 256,	     /* patterns and directories that are gone through */
	CONFIG_SCRIPTS_MAX = 256,    /* of directories */
	CONFIG_PLACES_MAX = 512,     /* directories that a program names */
};

/* A file that was handed over, by where it stands in the result. */
struct config_given {
	UT_hash_handle hh;
	struct config_file file;
	bool configuration; /* to be read in any case */
	bool queued;
	bool looked_at; /* as a script */
};

/* A file to be read. */
struct config_source {
	const char *path;
	const char *dest;
	const char *directory; /* of DEST */
	unsigned depth;
};

/* A path that was looked at, so that it is once. */
struct config_seen {
	UT_hash_handle hh;
	const char *path;
};

/* A word that no directory had as yet: the next program's may have it. */
struct config_pending {
	enum config_word_kind kind;
	const char *text;
	const char *why;
	bool included;
	bool glob;
	bool found;
	unsigned depth;
};

struct config {
	struct config_given *given;
	TABLE(struct config_source) sources;
	size_t n_read; /* of SOURCES */
	struct config_seen *seen;
	TABLE(struct config_pending) pending;
	struct texts bases; /* directories that it names, which names may be relative to */
	TABLE(struct config_given *) scripts; /* what may be one */
	size_t n_scripts;		      /* of them, those of directories */
	size_t n_globs;			      /* that were gone through */
	size_t n_bytes;			      /* that were read */
	const char *user;		      /* that it names: whom to make directories for */
};

/* One program's share that is being found. */
struct config_work {
	struct needs *needs;
	struct config *config;
	struct need *need;
	const struct config_source *source; /* that is read, or NULL */
	struct texts places;		    /* directories that the program names */
	const char *why;		    /* of the items that come now */
	unsigned depth;
};

int config_get(struct needs *needs, struct config **out);

/* config_files.c: which files are configuration, by name and place. */

/* Whether what stands at PATH is configuration by its name and place. */
bool config_is_name(const char *path);

/* Whether a file of that name is for people, or a program's text, and no configuration. */
bool config_is_document(const char *path);

/* Whether it is the text of a program, by its name. */
bool config_is_script(const char *path);

/* Whether it is there to be enabled or copied some day: in "mods-available", "x.bak". */
bool config_is_dormant(const char *path);

/* Has the file at PATH read, which stands at DEST, once. Returns 0 or -ENOMEM. */
int config_queue(struct config_work *work, const char *path, const char *dest, unsigned depth);

/* The given file at DEST, links in its directory resolved or not; or NULL. */
struct config_given *config_find_given(const struct config *config, const char *dest);

/* config_search.c: where what is called by name is. */

/* Sets WORK's places: directories that the strings of PROCESS name, and those that they are in. */
int config_find_places(struct config_work *work, const struct closure *process);

/* Whether NAME, which may have '/' in it, seems to be in DIRECTORY: 1, 0, -errno. */
int config_has(struct config_work *work, const char *directory, const char *name);

/*
 * The file of a plugin that is called NAME in DIRECTORY: NAME itself, "NAME.so", or one among
 * others whose names begin or end alike ("mod_NAME.so", "lib20_NAME_plugin.so"). *OUT is NULL where
 * there is none. Errors: -errno after a diagnostic.
 */
int config_find_module(struct config_work *work, const char *directory, const char *name,
		       const char **out);

#endif
