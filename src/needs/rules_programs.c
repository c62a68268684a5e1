/* SPDX-License-Identifier: Apache-2.0 */
/* What single programs load and read: plugins and data of their own. */
#include "needs/make.h"
#include "needs/tables.h"

#define IS(glob)                                                                                   \
	{                                                                                          \
		SIGN_OBJECT, glob                                                                  \
	}
#define GLOBS(...) ((const char *const[]){ __VA_ARGS__, NULL })

const struct need_rule need_rules_programs[] = {
	{
		.name = "postgresql",
		.level = NEED_RECOMMENDED,
		.why = "PostgreSQL loads languages, conversions and extensions from its package "
		       "library directory, and reads its share directory and the time zones",
		.signs = { IS("postgres"), IS("initdb") },
		/*
		 * Its directories have "postgres" or "pgsql" in their names, whatever the prefix
		 * (src/Makefile.global.in). The just-in-time compiler, llvmjit.so, is all of LLVM,
		 * and PostgreSQL goes on without.
		 */
		.brings = { { .string = "{/*/p*g*}", .path = "%1/[!l]*.so" },
			    { .string = "{/*/p*g*}", .path = "%1/l[!l]*.so" },
			    { .string = "{/*/p*g*}", .path = "%1/*.bki" },
			    { .string = "{/*/p*g*}", .path = "%1/*.sql" },
			    { .string = "{/*/p*g*}", .path = "%1/*.txt" },
			    { .string = "{/*/p*g*}", .path = "%1/*.sample" },
			    { .string = "{/*/p*g*}", .path = "%1/timezonesets/" },
			    { .string = "{/*/p*g*}", .path = "%1/tsearch_data/" },
			    { .string = "{/*/p*g*}", .path = "%1/extension/" },
			    { .string = "{/*/zoneinfo}",
			      .path = "%1/",
			      .without = GLOBS("right", "posix") },
			    { .string = "{/*/p*g*}",
			      .path = "%1/llvmjit*.so",
			      .level = NEED_SUGGESTED } },
	},
	{
		.name = "postgresql",
		.level = NEED_RECOMMENDED,
		.why = "it starts the server that stands beside it",
		.signs = { IS("initdb"), IS("pg_ctl") },
		.brings = { { .path = "$ORIGIN/postgres" } },
	},
	{
		.name = "mariadb",
		.level = NEED_RECOMMENDED,
		.why = "MariaDB and MySQL read messages and character sets, and load plugins",
		.signs = { IS("mariadbd"), IS("mysqld") },
		.brings = { { .string = "{/*/share/mysql}",
			      .path = "%1/",
			      .without = GLOBS("mysql-test") },
			    { .string = "{/*/share/mariadb}", .path = "%1/" },
			    { .string = "{/*/plugin}", .path = "%1/*.so" },
			    { .string = "{/*/plugin}/", .path = "%1/*.so" } },
	},
	{
		.name = "mariadb-client",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "how a client authenticates is in plugins",
		/* MariaDB's own clients have the library inside. */
		.signs = { IS("libmariadb.so.*"), IS("libmysqlclient.so.*"), IS("mariadb"),
			   IS("mariadb-*"), IS("mysql"), IS("mysqladmin"), IS("mysqldump") },
		.brings = { { .string = "{/*/plugin}", .path = "%1/*.so" } },
	},
	{
		.name = "nginx",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "nginx writes temporary files, its log and its process id where it was "
		       "built to, and loads the modules that its configuration names",
		.signs = { IS("nginx") },
		.brings = { { .string = "{/*}/body", .path = "%1" },
			    { .string = "{/*}/client_*", .path = "%1" },
			    { .string = "{/*}/access.log", .path = "%1" },
			    { .string = "{/*}/nginx.pid", .path = "%1" },
			    /* The modules for images and XSLT bring libraries of ten times nginx's
			       size. */
			    { .string = "*--modules-path={/*} *",
			      .path = "%1/*.so",
			      .level = NEED_SUGGESTED } },
	},
	{
		.name = "git",
		.level = NEED_RECOMMENDED,
		.why = "git starts programs of its own to speak with remotes, and copies templates "
		       "into new repositories",
		.signs = { IS("git") },
		/* Not the first three in git-core, where they may lead to a second copy of git. */
		.brings = { { .path = "$ORIGIN/git-upload-pack" },
			    { .path = "$ORIGIN/git-receive-pack" },
			    { .path = "$ORIGIN/git-upload-archive" },
			    { .string = "{/*/git-core}", .path = "%1/git-remote-http" },
			    { .string = "{/*/git-core}", .path = "%1/git-remote-https" },
			    /* git never runs the sample hooks, which would bring a shell. */
			    { .file = "{/*}/bin/git",
			      .path = "%1/share/git-core/templates/",
			      .without = GLOBS("hooks/*.sample") },
			    { .string = "{/*/gitconfig}", .path = "%1" } },
	},
	{
		.name = "gnupg",
		.level = NEED_RECOMMENDED,
		.why = "GnuPG keeps secret keys in a program of its own, which it starts",
		.signs = { IS("gpg"), IS("gpg2"), IS("gpgsm"), IS("gpg-connect-agent") },
		.brings = { { .string = "{/*/bin}", .path = "%1/gpg-agent" },
			    { .path = "$ORIGIN/gpg-agent", .fallback = true },
			    { .string = "{/*/libexec}", .path = "%1/keyboxd" },
			    { .string = "{/*/gnupg}", .path = "%1/keyboxd" },
			    { .string = "{/*/gnupg}",
			      .path = "%1/scdaemon",
			      .level = NEED_SUGGESTED },
			    { .string = "{/*/bin}", .path = "%1/dirmngr", .level = NEED_SUGGESTED },
			    { .string = "{/*/bin}",
			      .path = "%1/pinentry",
			      .level = NEED_SUGGESTED } },
	},
	{
		.name = "openssh",
		.level = NEED_REQUIRED,
		.why = "the listening sshd starts another program for each connection",
		.signs = { IS("sshd") },
		.quiet = true, /* before 9.8 it was one program */
		.brings = { { .string = "{/*/sshd-session}", .path = "%1" },
			    { .string = "{/*/sshd-auth}", .path = "%1" } },
	},
	{
		.name = "openssh",
		.level = NEED_RECOMMENDED,
		.why = "it copies files by way of ssh, which it starts",
		.signs = { IS("scp"), IS("sftp") },
		.brings = { { .string = "{/*/ssh}", .path = "%1" } },
	},
	{
		/* The linker keeps their names only as ends of longer strings, so none of tar's
		   strings is one. */
		.name = "compressors",
		.level = NEED_RECOMMENDED,
		.why = "tar starts the programs that compress and decompress",
		.signs = { IS("tar") },
		.brings = { { .path = "$ORIGIN/gzip" },
			    { .path = "$ORIGIN/bzip2" },
			    { .path = "$ORIGIN/xz" },
			    { .path = "$ORIGIN/zstd" },
			    /* Where /bin is a directory of its own, it has only some of them. */
			    { .path = "/usr/bin/bzip2" },
			    { .path = "/usr/bin/xz" },
			    { .path = "/usr/bin/zstd" } },
	},
	{
		.name = "gawk",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "gawk includes and loads functions from libraries of its own",
		.signs = { IS("gawk") },
		.brings = { { .string = "*:{/*/awk}", .path = "%1/*.awk" },
			    { .string = "{/*/gawk}", .path = "%1/*.so" } },
	},
	{
		.name = "iconv",
		.level = NEED_RECOMMENDED,
		.why = "iconv(1) converts between any character sets",
		.signs = { IS("iconv") },
		.loader = LOADER_GLIBC,
		.brings = { { .in = "libc.so.*", .string = "{/*/gconv}", .path = "%1/" } },
	},
};

const size_t need_n_rules_programs = ARRAY_SIZE(need_rules_programs);
