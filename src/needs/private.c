/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/private.h"
#include "base/diag.h"
#include "base/path.h"
#include "needs/pattern.h"

#include <errno.h>
#include <string.h>

enum {
	/* Keys and certificates are small, a bundle of all the world's is not much bigger. */
	KEY_FILE_SIZE_MAX = 1 << 20,
};

/* Trees by their top: what is below them, not they themselves. */
struct private_tree {
	const char *top;
	const char *reason;
	bool unless_listed;
};

/* The first that fits decides. */
static const struct private_tree trees[] = {
	{ "/home", "it is in a home directory", false },
	{ "/root", "it is in a home directory", false },
	{ "/var/home", "it is in a home directory", false },
	{ "/var/roothome", "it is in a home directory", false },
	{ "/srv", "it is what this machine serves", false },
	{ "/run", "it is of what runs on this machine", false },
	{ "/var/run", "it is of what runs on this machine", false },
	{ "/var/lock", "it is of what runs on this machine", false },
	{ "/var/log", "it is a log", false },
	{ "/var/mail", "it is somebody's mail", false },
	{ "/var/cache", "it is a cache that no package lists", true },
	{ "/var", "it is data of this machine that no package lists", true },
};

/* Where everyone may put files, and tests and builds do. */
static const char *const temporary[] = { "/tmp", "/var/tmp" };

/* Where a directory that others may not look into was closed on purpose. */
static const char *const guarded[] = { "/etc", "/usr", "/var", "/opt" };

/* Names of one component, anywhere in a path: globs. */
struct private_name {
	const char *name;
	const char *reason;
};

static const char credentials[] = "it holds credentials";
static const char history[] = "it is a history";
static const char key[] = "it is a private key";
static const char repository[] = "it is of a repository";
static const char identity[] = "it is this machine's identity";

static const struct private_name names[] = {
	{ ".ssh", credentials },
	{ ".gnupg", credentials },
	{ ".aws", credentials },
	{ ".azure", credentials },
	{ ".kube", credentials },
	{ ".docker", credentials },
	{ ".dockercfg", credentials },
	{ ".netrc", credentials },
	{ "_netrc", credentials },
	{ ".npmrc", credentials },
	{ ".yarnrc*", credentials },
	{ ".pypirc", credentials },
	{ ".pgpass*", credentials },
	{ ".pg_service.conf", credentials },
	{ ".my.cnf", credentials },
	{ ".mylogin.cnf", credentials },
	{ ".git-credentials", credentials },
	{ ".htpasswd", credentials },
	{ ".env", credentials },
	{ ".env.*", credentials },
	{ ".s3cfg", credentials },
	{ ".boto", credentials },
	{ ".rhosts", credentials },
	{ ".shosts", credentials },
	{ ".smbcredentials", credentials },
	{ ".vault-token", credentials },
	{ ".terraformrc", credentials },
	{ ".terraform.d", credentials },
	{ ".password-store", credentials },
	{ ".mozilla", credentials },
	{ ".thunderbird", credentials },
	{ ".Xauthority", credentials },
	{ ".ICEauthority", credentials },
	{ "*.kdbx", credentials },
	{ "*.keytab", credentials },
	{ ".*history", history },
	{ ".lesshst", history },
	{ ".viminfo", history },
	{ ".recently-used*", history },
	{ ".wget-hsts", history },
	{ "id_rsa", key },
	{ "id_dsa", key },
	{ "id_ecdsa", key },
	{ "id_ecdsa_sk", key },
	{ "id_ed25519", key },
	{ "id_ed25519_sk", key },
	{ "ssh_host_*_key", key },
	{ "*.p12", key },
	{ "*.pfx", key },
	{ "*.jks", key },
	{ "*.ppk", key },
	{ ".git", repository },
	{ ".hg", repository },
	{ ".svn", repository },
	{ ".bzr", repository },
	{ "machine-id", identity },
};

/* Paths that no single component tells: globs. */
static const char *const credential_files[] = {
	"*/.config/gh/*",
	"*/.config/hub",
	"*/.config/gcloud/*",
	"*/.config/containers/auth.json",
	"*/.config/git/credentials",
	"*/.config/rclone/*",
	"*/.composer/auth.json",
	"*/.cargo/credentials*",
	"*/.gem/credentials",
	"*/.bundle/config",
	"*/.m2/settings*.xml",
	"*/.gradle/gradle.properties",
	"*/.local/share/keyrings/*",
	"*/.nuget/NuGet/*",
	"*/etc/shadow*",
	"*/etc/gshadow*",
	"*/secrets.yml",
	"*/secrets.yaml",
	"*/secrets.json",
	"*/credentials.json",
};

/* Files that may be a key, or a certificate with its key. */
static const char *const key_files[] = { "*.pem", "*.key", "*.crt", "*.cer", "*.cert" };

/* One question, while its path is walked. */
struct question {
	const struct root *root;
	struct arena *arena;
	bool listed;
	const char *reason; /* once it is known */
	int error;	    /* 0, or -errno where this system fails: then there is a REASON, too */
	const char *clean;  /* a path whose components all have been looked at, or NULL */
};

/* Ends the question by ERROR, a negative errno: what may not be looked at is private. */
static const char *end_by_error(struct question *question, int error)
{
	if (error != -EACCES && error != -EPERM && error != -ELOOP)
		question->error = error;
	return errno_text(-error);
}

static bool is_in(const char *path, const char *const *directories, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (path_is_below(path, directories[i]))
			return true;
	return false;
}

/* A prefix's own state (/usr/local/var, /opt/x/var) is as the system's. */
static const char *below_prefix(const char *path)
{
	const char *var = strstr(path, "/var/");

	if (strncmp(path, "/usr/local/", 11) == 0 || strncmp(path, "/opt/", 5) == 0)
		return var ? var : path;
	return path;
}

static const char *place_of(const char *path, bool listed)
{
	if (path_is_kernel(path))
		return "the kernel shows it";
	if (is_in(path, temporary, ARRAY_SIZE(temporary)))
		return NULL;
	path = below_prefix(path);
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		const struct private_tree *tree = &trees[i];

		if (!path_is_below(path, tree->top) || strlen(path) == strlen(tree->top))
			continue;
		/* The tops below /var are everybody's. */
		if (strcmp(tree->top, "/var") == 0 && !strchr(path + 5, '/'))
			return NULL;
		return tree->unless_listed && listed ? NULL : tree->reason;
	}
	return NULL;
}

/* The components up to FROM have been looked at. */
static const char *name_of(struct question *question, const char *path, const char *from)
{
	for (size_t i = 0; i < ARRAY_SIZE(credential_files); i++)
		if (pattern_glob_matches(credential_files[i], path))
			return credentials;
	for (const char *at = from; *at; at += strcspn(at, "/")) {
		const char *name;

		at += strspn(at, "/");
		name = arena_strndup(question->arena, at, strcspn(at, "/"));
		if (!name)
			return end_by_error(question, -ENOMEM);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (pattern_glob_matches(names[i].name, name))
				return names[i].reason;
	}
	return NULL;
}

static const char *text_of(struct question *question, const char *path)
{
	const char *reason = place_of(path, question->listed);
	const char *from = path;

	/* A walk goes through the directories of what was looked at, or one component further. */
	if (question->clean &&
	    (strcmp(question->clean, path) == 0 || path_is_below(question->clean, path)))
		from += strlen(path);
	else if (question->clean && path_is_below(path, question->clean))
		from += strlen(question->clean);
	if (!reason)
		reason = name_of(question, path, from);
	if (!reason && from[0])
		question->clean = arena_strdup(question->arena, path);
	return reason;
}

/* A set-id program of a package may be closed to others, and is no secret for that. */
static bool is_closed(const struct question *question, const struct stat *stat)
{
	bool set_id = (stat->st_mode & (S_ISUID | S_ISGID)) != 0 && (stat->st_mode & 0111) != 0;

	return !(stat->st_mode & S_IROTH) && !(set_id && question->listed);
}

static const char *status_of(struct question *question, const char *path, const struct stat *stat)
{
	const char *reason;

	switch (stat->st_mode & S_IFMT) {
	case S_IFREG:
		return is_closed(question, stat) ? "others may not read it" : NULL;
	case S_IFDIR:
		if ((stat->st_mode & S_IXOTH) || !is_in(path, guarded, ARRAY_SIZE(guarded)) ||
		    is_in(path, temporary, ARRAY_SIZE(temporary)))
			return NULL;
		reason = arena_printf(question->arena, "others may not look into %s", path);
		return reason ? reason : end_by_error(question, -ENOMEM);
	case S_IFLNK:
		return NULL;
	case S_IFSOCK:
		return "it is a socket";
	default:
		return "it is a device";
	}
}

static int visit(void *data, const char *path, const struct stat *stat, const char *target)
{
	struct question *question = data;

	question->reason = text_of(question, path);
	if (!question->reason)
		question->reason = status_of(question, path, stat);
	return question->reason ? 1 : 0;
}

/* A key that is open to everybody by mistake is a key even so. */
static const char *content_of(struct question *question, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	CLEANUP(arena_free) struct arena *scratch = NULL;
	bool may_be_key = false;
	size_t size;
	char *text;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(key_files); i++)
		may_be_key |= pattern_glob_matches(key_files[i], path);
	if (!may_be_key)
		return NULL;
	scratch = arena_new();
	if (!scratch)
		return end_by_error(question, -ENOMEM);
	r = root_open(question->root, path, &file);
	if (r < 0)
		return end_by_error(question, r);
	if (!S_ISREG(file.stat.st_mode))
		return NULL;
	r = root_file_read(&file, scratch, KEY_FILE_SIZE_MAX, &text, &size);
	if (r == -EFBIG)
		return NULL;
	if (r < 0)
		return end_by_error(question, r);
	return memmem(text, size, "PRIVATE KEY-----", strlen("PRIVATE KEY-----")) ? key : NULL;
}

/* Why PATH, whose text is no reason, stays out; NULL: it does not. */
static const char *reason_of_target(struct question *question, const char *path)
{
	char *canonical;
	int r = root_walk(question->root, question->arena, path, true, visit, question, &canonical);

	if (r < 0 && !root_is_absence(r))
		return end_by_error(question, r);
	return r != 0 ? question->reason : content_of(question, canonical);
}

int private_path(const struct root *root, struct arena *arena, const char *path, bool listed,
		 const char **reason)
{
	struct question question = { .root = root, .arena = arena, .listed = listed };
	const char *plain = path_normalize(arena, "/", path);

	if (!plain)
		question.reason = end_by_error(&question, -ENOMEM);
	else
		question.reason = text_of(&question, plain);
	if (!question.reason)
		question.reason = reason_of_target(&question, path);
	if (reason)
		*reason = question.reason;
	return question.error < 0 ? question.error : question.reason != NULL;
}
