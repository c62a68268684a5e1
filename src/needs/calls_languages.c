/* SPDX-License-Identifier: Apache-2.0 */
/* The languages of scripts: what is a comment and a literal, and which functions start programs. */
#include "needs/calls_private.h"

static const struct call_word python_words[] = {
	{ "system", CALL_STARTS_SHELL, NULL },
	{ "popen", CALL_STARTS_SHELL, NULL },
	{ "getoutput", CALL_STARTS_SHELL, NULL },
	{ "getstatusoutput", CALL_STARTS_SHELL, NULL },
	{ "create_subprocess_shell", CALL_STARTS_SHELL, NULL },
	{ "Popen", CALL_STARTS_ASKED, NULL },
	{ "run", CALL_STARTS_ASKED, NULL },
	{ "call", CALL_STARTS_ASKED, NULL },
	{ "check_call", CALL_STARTS_ASKED, NULL },
	{ "check_output", CALL_STARTS_ASKED, NULL },
	{ "create_subprocess_exec", CALL_STARTS, NULL },
	{ "execl", CALL_STARTS, NULL },
	{ "execle", CALL_STARTS, NULL },
	{ "execlp", CALL_STARTS, NULL },
	{ "execlpe", CALL_STARTS, NULL },
	{ "execv", CALL_STARTS, NULL },
	{ "execve", CALL_STARTS, NULL },
	{ "execvp", CALL_STARTS, NULL },
	{ "execvpe", CALL_STARTS, NULL },
	{ "posix_spawn", CALL_STARTS, NULL },
	{ "posix_spawnp", CALL_STARTS, NULL },
	{ "spawnl", CALL_STARTS_ANY, NULL },
	{ "spawnle", CALL_STARTS_ANY, NULL },
	{ "spawnlp", CALL_STARTS_ANY, NULL },
	{ "spawnlpe", CALL_STARTS_ANY, NULL },
	{ "spawnv", CALL_STARTS_ANY, NULL },
	{ "spawnve", CALL_STARTS_ANY, NULL },
	{ "spawnvp", CALL_STARTS_ANY, NULL },
	{ "spawnvpe", CALL_STARTS_ANY, NULL },
	{ "spawn", CALL_STARTS, "pexpect" },
	{ "which", CALL_STARTS, NULL },
	{ "find_executable", CALL_STARTS, NULL },
	{ "CDLL", CALL_LOADS, NULL },
	{ "PyDLL", CALL_LOADS, NULL },
	{ "LoadLibrary", CALL_LOADS, NULL },
	{ "dlopen", CALL_LOADS, NULL },
	{ "_dlopen", CALL_LOADS, NULL },
	{ "find_library", CALL_LOOKS_FOR, NULL },
	{ 0 },
};

static const struct call_word perl_words[] = {
	{ "system", CALL_STARTS_EITHER, NULL },
	{ "exec", CALL_STARTS_EITHER, NULL },
	{ "systemx", CALL_STARTS, NULL },
	{ "capture", CALL_STARTS_EITHER, NULL },
	{ "capturex", CALL_STARTS, NULL },
	{ "run", CALL_STARTS, NULL },
	{ "run3", CALL_STARTS_EITHER, NULL },
	{ "open2", CALL_STARTS_ANY, NULL },
	{ "open3", CALL_STARTS_ANY, NULL },
	{ "which", CALL_STARTS, NULL },
	{ "can_run", CALL_STARTS, NULL },
	{ "open", CALL_OPENS, NULL },
	{ "find_lib", CALL_LOOKS_FOR, NULL },
	{ "find_lib_or_die", CALL_LOOKS_FOR, NULL },
	{ "find_lib_or_exit", CALL_LOOKS_FOR, NULL },
	{ "lib", CALL_LOADS, ">" },
	{ 0 },
};

static const struct call_word ruby_words[] = {
	{ "system", CALL_STARTS_EITHER, NULL },
	{ "exec", CALL_STARTS_EITHER, NULL },
	{ "spawn", CALL_STARTS_EITHER, NULL },
	{ "popen", CALL_STARTS_EITHER, NULL },
	{ "popen2", CALL_STARTS_EITHER, NULL },
	{ "popen2e", CALL_STARTS_EITHER, NULL },
	{ "popen3", CALL_STARTS_EITHER, NULL },
	{ "capture2", CALL_STARTS_EITHER, NULL },
	{ "capture2e", CALL_STARTS_EITHER, NULL },
	{ "capture3", CALL_STARTS_EITHER, NULL },
	{ "sh", CALL_STARTS_EITHER, NULL },
	{ "which", CALL_STARTS, NULL },
	{ "find_executable", CALL_STARTS, NULL },
	{ "ffi_lib", CALL_LOADS, NULL },
	{ "dlopen", CALL_LOADS, NULL },
	{ "dlload", CALL_LOADS, NULL },
	{ 0 },
};

static const struct call_word node_words[] = {
	{ "exec", CALL_STARTS_SHELL, NULL },
	{ "execSync", CALL_STARTS_SHELL, NULL },
	{ "execFile", CALL_STARTS_ASKED, NULL },
	{ "execFileSync", CALL_STARTS_ASKED, NULL },
	{ "spawn", CALL_STARTS_ASKED, NULL },
	{ "spawnSync", CALL_STARTS_ASKED, NULL },
	{ "execa", CALL_STARTS_ASKED, NULL },
	{ "execaSync", CALL_STARTS_ASKED, NULL },
	{ "Library", CALL_LOADS, NULL },
	{ "load", CALL_LOADS, "koffi" },
	{ 0 },
};

static const struct call_word lua_words[] = {
	{ "execute", CALL_STARTS_SHELL, NULL },
	{ "popen", CALL_STARTS_SHELL, NULL },
	{ "load", CALL_LOADS, "ffi" },
	{ 0 },
};

static const struct call_word php_words[] = {
	{ "exec", CALL_STARTS_SHELL, NULL },   { "shell_exec", CALL_STARTS_SHELL, NULL },
	{ "system", CALL_STARTS_SHELL, NULL }, { "passthru", CALL_STARTS_SHELL, NULL },
	{ "popen", CALL_STARTS_SHELL, NULL },  { "proc_open", CALL_STARTS_SHELL, NULL },
	{ "cdef", CALL_LOADS, "FFI" },	       { 0 },
};

static const struct call_word r_words[] = {
	{ "system", CALL_STARTS_SHELL, NULL },
	{ "system2", CALL_STARTS, NULL },
	{ "pipe", CALL_STARTS_SHELL, NULL },
	{ "which", CALL_STARTS, "Sys" },
	{ 0 },
};

static const struct call_word awk_words[] = {
	{ "system", CALL_STARTS_SHELL, NULL },
	{ 0 },
};

const struct calls_language calls_python = {
	.syntax = { .hash = true, .prefixes = true, .triple = true },
	.words = python_words,
};

const struct calls_language calls_perl = {
	.syntax = { .hash = true, .commands = true, .words_q = true, .documents = true },
	.bare = true,
	.words = perl_words,
};

const struct calls_language calls_ruby = {
	.syntax = { .hash = true, .commands = true, .words_percent = true, .documents = true },
	.bare = true,
	.words = ruby_words,
};

const struct calls_language calls_node = {
	.syntax = { .slashes = true, .templates = true },
	.sign = "child_process", /* "exec" is what regular expressions do, too */
	.words = node_words,
};

const struct calls_language calls_lua = {
	.syntax = { .dashes = true },
	.bare = true,
	.words = lua_words,
};

const struct calls_language calls_php = {
	.syntax = { .hash = true, .slashes = true, .commands = true },
	.words = php_words,
};

const struct calls_language calls_r = {
	.syntax = { .hash = true },
	.words = r_words,
};

const struct calls_language calls_awk = {
	.syntax = { .hash = true },
	.pipes = true,
	.words = awk_words,
};

const struct calls_language calls_fish = { .read = calls_read_fish };

const struct calls_language calls_tcl = { .read = calls_read_tcl };
