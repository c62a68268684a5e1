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
		       "library directory, and reads its share directory",
		.signs = { IS("postgres"), IS("initdb") },
		/* The just-in-time compiler is all of LLVM. */
		.brings = { { .string = "{/*/postgresql*/lib}",
			      .path = "%1/",
			      .without = GLOBS("bitcode", "pgxs", "llvmjit*") },
			    { .string = "{/*/share/postgresql*}",
			      .path = "%1/",
			      .without = GLOBS("man", "*/man", "contrib", "locale") },
			    { .string = "{/*/pgsql}", .path = "%1/" },
			    { .string = "{/usr/share/postgresql/*}",
			      .path = "%1/",
			      .without = GLOBS("man", "contrib", "locale") } },
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
		.name = "nginx",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "nginx loads the modules that its configuration names",
		.signs = { IS("nginx") },
		.brings = { { .string = "*--modules-path={/*} *", .path = "%1/*.so" },
			    { .path = "/usr/lib/nginx/modules/*.so", .fallback = true } },
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
