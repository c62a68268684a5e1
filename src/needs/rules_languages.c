/* SPDX-License-Identifier: Apache-2.0 */
/* The standard libraries of interpreters, whether they are the program or a library of it. */
#include "needs/make.h"
#include "needs/tables.h"

#define IS(glob)                                                                                   \
	{                                                                                          \
		SIGN_OBJECT, glob                                                                  \
	}
#define EXPORTS(name)                                                                              \
	{                                                                                          \
		SIGN_EXPORT, name                                                                  \
	}
#define GLOBS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Left out: tests, documentation, caches, build tools, graphical toolkits. */
#define PYTHON_WITHOUT                                                                             \
	GLOBS("test", "tests", "*/test", "*/tests", "idlelib", "turtledemo", "turtle.py",          \
	      "ensurepip", "__pycache__", "*/__pycache__", "config-*", "pydoc_data", "tkinter",    \
	      "dist-packages", "site-packages", "lib-dynload/_tkinter*", "lib-dynload/_test*",     \
	      "lib-dynload/_ctypes_test*", "lib-dynload/xx*", "*.a", "*.exe")
/* Left out, too: the installers of packages. What they have installed comes. */
#define SITE_WITHOUT                                                                               \
	GLOBS("__pycache__", "*/__pycache__", "pip", "pip-*", "setuptools", "setuptools-*",        \
	      "wheel", "wheel-*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth",  \
	      "*.a", "*.exe")
#define PERL_WITHOUT GLOBS("*.pod", "*.a", "*.h", "CORE", "*/CORE", "vendor_perl", "perl5db.pl")
#define RUBY_WITHOUT GLOBS("*.a", "*.ri", "*/doc", "rdoc", "gems/*/test", "*/mkmf.log")

const struct need_rule need_rules_languages[] = {
	{
		.name = "python",
		.level = NEED_REQUIRED,
		.by_import = true,
		.why = "Python does not start without its standard library",
		.signs = { EXPORTS("Py_BytesMain"), EXPORTS("Py_Main") },
		.brings = { { .file = "{/*}/bin/python{3.*}",
			      .path = "%1/lib/python%2/",
			      .without = PYTHON_WITHOUT },
			    { .file = "{/*}/bin/python{3.*}",
			      .path = "%1/lib64/python%2/",
			      .without = PYTHON_WITHOUT },
			    { .file = "{/*}/lib*/libpython{3.*}.so*",
			      .path = "%1/lib/python%2/",
			      .without = PYTHON_WITHOUT },
			    { .file = "{/*}/lib*/libpython{3.*}.so*",
			      .path = "%1/lib64/python%2/",
			      .without = PYTHON_WITHOUT } },
	},
	{
		.name = "site-packages",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.by_import = true,
		.why = "packages that pip installed for this Python",
		.signs = { EXPORTS("Py_BytesMain"), EXPORTS("Py_Main") },
		.brings = { { .file = "{/*}/bin/python{3.*}",
			      .path = "%1/lib/python%2/site-packages/",
			      .without = SITE_WITHOUT },
			    { .file = "{/*}/bin/python{3.*}",
			      .path = "%1/lib64/python%2/site-packages/",
			      .without = SITE_WITHOUT },
			    { .file = "{/*}/bin/python{3.*}",
			      .path = "%1/local/lib/python%2/dist-packages/",
			      .without = SITE_WITHOUT },
			    { .file = "{/*}/lib*/libpython{3.*}.so*",
			      .path = "%1/lib/python%2/site-packages/",
			      .without = SITE_WITHOUT } },
	},
	{
		.name = "dist-packages",
		.level = NEED_SUGGESTED,
		.quiet = true,
		.telling = NEED_TOLD_AS_MODULES,
		.by_import = true,
		.why = "packages of the distribution for Python",
		.signs = { EXPORTS("Py_BytesMain"), EXPORTS("Py_Main") },
		.brings = { { .file = "{/*}/bin/python{3.*}",
			      .path = "%1/lib/python3/dist-packages/",
			      .without = SITE_WITHOUT },
			    { .file = "{/*}/lib*/libpython{3.*}.so*",
			      .path = "%1/lib/python3/dist-packages/",
			      .without = SITE_WITHOUT } },
	},
	{
		.name = "perl",
		.level = NEED_RECOMMENDED,
		.by_import = true,
		.why = "Perl's standard library, in the directories of its @INC",
		.signs = { EXPORTS("perl_construct") },
		.brings = { { .string = "{/*/perl/5*}", .path = "%1/", .without = PERL_WITHOUT },
			    { .string = "{/*/perl-base}", .path = "%1/", .without = PERL_WITHOUT },
			    { .string = "{/*/core_perl}", .path = "%1/", .without = PERL_WITHOUT },
			    { .string = "{/*/perl5/5.*}", .path = "%1/", .without = PERL_WITHOUT },
			    { .string = "{/*/perl5}",
			      .path = "%1/",
			      .without = PERL_WITHOUT,
			      .fallback = true } },
	},
	{
		.name = "perl-modules",
		.level = NEED_SUGGESTED,
		.quiet = true,
		.telling = NEED_TOLD_AS_MODULES,
		.by_import = true,
		.why = "modules of the distribution and the site for Perl",
		.signs = { EXPORTS("perl_construct") },
		.brings = { { .string = "{/*/perl5*}", .path = "%1/", .without = GLOBS("*.pod") },
			    { .string = "{/*/vendor_perl}",
			      .path = "%1/",
			      .without = GLOBS("*.pod") },
			    { .string = "{/*/site_perl}",
			      .path = "%1/",
			      .without = GLOBS("*.pod") } },
	},
	{
		.name = "ruby",
		.level = NEED_REQUIRED,
		.why = "Ruby does not start without its standard library",
		.signs = { EXPORTS("ruby_init") },
		.brings = { { .string = "{/*/ruby/?.*.?}", .path = "%1/", .without = RUBY_WITHOUT },
			    { .string = "{/*/ruby/vendor_ruby/?.*.?}",
			      .path = "%1/",
			      .without = RUBY_WITHOUT },
			    { .string = "{/*/ruby/vendor_ruby}",
			      .path = "%1/",
			      .without = RUBY_WITHOUT } },
	},
	{
		.name = "lua",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "modules that Lua's require looks for",
		.signs = { IS("liblua*.so*"), IS("lua"), IS("lua?.?"), IS("luajit") },
		.brings = { { .string = "*;{/usr/share/lua/?.?}/?.lua;*", .path = "%1/" },
			    { .string = "*;{/*/lib*/lua/?.?}/?.so;*", .path = "%1/" },
			    { .string = "{/usr/local/share/lua/?.?}/?.lua;*", .path = "%1/" },
			    { .string = "{/usr/local/lib/lua/?.?}/?.so;*", .path = "%1/" } },
	},
	{
		.name = "tcl",
		.level = NEED_REQUIRED,
		.why = "Tcl does not start without its library",
		.signs = { EXPORTS("Tcl_CreateInterp") },
		.brings = { { .string = "{/*/tcl?.?}", .path = "%1/" },
			    /* Modules of all minor versions, in a directory that no string has. */
			    { .string = "{/*/tcl?}.?", .path = "%1/" },
			    { .string = "{/*/tcl?}", .path = "%1/" } },
	},
	{
		.name = "guile",
		.level = NEED_REQUIRED,
		.why = "Guile does not start without its modules",
		.signs = { EXPORTS("scm_boot_guile") },
		.brings = { { .string = "{/*/guile/*}", .path = "%1/" } },
	},
	{
		.name = "php",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "PHP's configuration and the extensions that it loads",
		.signs = { EXPORTS("php_request_startup") },
		.brings = { { .string = "{/*/php/20??????*}", .path = "%1/*.so" },
			    { .string = "{/*/php/modules}", .path = "%1/*.so" },
			    { .string = "{/*/no-debug-non-*}", .path = "%1/*.so" },
			    { .string = "{/etc/php*}", .path = "%1/" },
			    { .string = "{/usr/local/etc/php}", .path = "%1/" } },
	},
	{
		.name = "node",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "parts of Node that the distribution keeps in files of their own",
		.signs = { EXPORTS("node_module_register") },
		.brings = { { .string = "{/usr/share/nodejs/*}", .path = "%1" } },
	},
	{
		.name = "java",
		.level = NEED_REQUIRED,
		.why = "Java finds its virtual machine, its libraries and modules beside its "
		       "launcher",
		.signs = { IS("libjli.so"), IS("libjvm.so") },
		.each = true,
		.brings = { { .file = "{/*}/lib/libjli.so",
			      .path = "%1/lib/",
			      .without = GLOBS("src.zip", "*.diz", "ct.sym", "libawt_xawt.so",
					       "libjawt.so", "libsplashscreen.so") },
			    { .file = "{/*}/lib/libjli.so", .path = "%1/conf/" },
			    { .file = "{/*}/lib/libjli.so", .path = "%1/release" },
			    { .file = "{/*}/lib/server/libjvm.so", .path = "%1/lib/modules" },
			    { .file = "{/*}/lib/server/libjvm.so", .path = "%1/lib/*.so" },
			    { .file = "{/*}/lib/server/libjvm.so", .path = "%1/lib/*.cfg" } },
	},
};

const size_t need_n_rules_languages = ARRAY_SIZE(need_rules_languages);
