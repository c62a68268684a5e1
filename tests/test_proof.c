/* SPDX-License-Identifier: Apache-2.0 */
#include "proving.h"

#include <elf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>

#if defined(__aarch64__)
#define EM_OURS EM_AARCH64
#else
#define EM_OURS EM_NONE
#endif

static const struct probe tcp = { PROBE_TCP, 7777, NULL };
static const struct probe local = { PROBE_UNIX, 0, "/data/socket" };
static const struct probe http = { PROBE_HTTP, 7777, "/ready" };

static const struct {
	const char *words;
	const struct probe *probe;
	int stop_signal;
	enum proof_end end;
} ends[] = {
	{ "status 0", NULL, 0, PROVEN_EXIT },
	{ "status 3", NULL, 0, FAILED_STATUS },
	{ "signal 11", NULL, 0, FAILED_SIGNAL },
	{ "pause", NULL, 0, PROVEN_TIME },
	{ "deaf", NULL, 0, FAILED_STOP },
	{ "stops 15 0", NULL, 0, PROVEN_TIME },
	{ "stops 15 143", NULL, 0, PROVEN_TIME },
	{ "stops 15 1", NULL, 0, FAILED_STATUS },
	{ "stops 3 0", NULL, SIGQUIT, PROVEN_TIME },
	{ "stops 3 131", NULL, SIGQUIT, PROVEN_TIME },
	{ "serve 7777", &tcp, 0, PROVEN_PROBE },
	{ "serve6 7777", &tcp, 0, PROVEN_PROBE },
	{ "serve 7778", &tcp, 0, FAILED_PROBE },
	{ "status 0", &tcp, 0, FAILED_PROBE },
	{ "status 4", &tcp, 0, FAILED_STATUS },
	{ "deaf", &tcp, 0, FAILED_PROBE },
	{ "local /data/socket", &local, 0, PROVEN_PROBE },
	{ "serve 7777 HTTP/1.1_200_OK", &http, 0, PROVEN_PROBE },
	{ "serve 7777 HTTP/1.0_302_Found", &http, 0, PROVEN_PROBE },
	{ "serve 7777 HTTP/1.1_503_Later", &http, 0, FAILED_PROBE },
	{ "serve 7777 SSH-2.0-OpenSSH", &http, 0, FAILED_PROBE },
	{ "serve 7777", &http, 0, FAILED_PROBE },
	{ "local /data/other", &local, 0, FAILED_PROBE },
};

TEST_EACH(the_end_is_told, ARRAY_SIZE(ends))
{
	struct proving proving =
		prove_act(ends[_i].words, (struct proof_options){
						  .probe = ends[_i].probe,
						  .stop_signal = ends[_i].stop_signal,
						  .timeout_seconds = 1,
					  });

	assert_end(&proving, ends[_i].end);
	ck_assert_uint_eq(proving.said.size, 0);
	proving_end(&proving);
}

static struct proving prove_world(uid_t uid, gid_t gid)
{
	static const gid_t groups[] = { 77, 78 };
	static const char *const environment[] = { "ONE=1", "TWO=2", NULL };

	return prove_act("world", (struct proof_options){
					  .uid = uid,
					  .gid = gid,
					  .groups = groups,
					  .n_groups = 2,
					  .environment = environment,
					  .workdir = "/data",
				  });
}

TEST(the_world_is_that_of_a_container)
{
	struct proving proving;

	if (geteuid() != 0) {
		scratch_skip("the world of a container", "needs root");
		return;
	}
	setenv("SECRET", "of the build", 1);
	(void)signal(SIGHUP, SIG_IGN);
	proving = prove_world(1234, 5678);
	assert_end(&proving, PROVEN_EXIT);
	ck_assert_str_eq(proving.proof.last_words,
			 "uid 1234 1234 gid 5678 5678 groups 77 78 cwd /data\n"
			 "/dev/null: 1,3\n/dev/zero: 1,5\n/dev/full: 1,7\n"
			 "/dev/random: 1,8\n/dev/urandom: 1,9\n/dev/tty: 5,0\n"
			 "/tmp: 41777\n/proc/self/status: 100444\n"
			 "env ONE=1\nenv TWO=2\nfd 0\nfd 1\nfd 2\n"
			 "signals blocked 0 ignored 0, core 1, umask 22\n");
	ck_assert_uint_eq(proving.proof.lacking, 0);
	proving_end(&proving);
}

TEST(no_user_has_capabilities)
{
	struct proving proving =
		prove_act("capabilities", (struct proof_options){ .uid = 1234, .gid = 1234 });

	assert_end(&proving, PROVEN_EXIT);
	ck_assert_str_eq(proving.proof.last_words,
			 "effective 0000000000000000 permitted 0000000000000000\n");
	proving_end(&proving);
}

/* "failed, denied": OPENED EXECUTED READLINK TESTED LISTED CONNECTED CHANGED by their letters. */
static const char *describe_failure(const struct proving *proving, const char *path)
{
	const struct trace_file *file = find_file(proving, path);
	static char text[32];
	char *end = text;

	if (!file)
		return "none";
	for (unsigned bit = 0; bit < 7; bit++)
		if (file->failed >> bit & 1)
			*end++ = "OERTLCM"[bit];
	*end++ = ',';
	for (unsigned bit = 0; bit < 7; bit++)
		if (file->denied >> bit & 1)
			*end++ = "OERTLCM"[bit];
	*end = '\0';
	return text;
}

static const struct {
	const char *words;
	const char *path;
	const char *failure;
	bool own;
} misses[] = {
	{ "look /etc/app.conf", "/etc/app.conf", "O,", true },
	{ "look app.conf", "/data/app.conf", "O,", true },
	{ "look ../data/./x/app.conf", "/data/x/app.conf", "O,", true },
	{ "look /act/x", "/act/x", "O,", true },
	{ "child look /etc/app.conf", "/etc/app.conf", "O,", false },
	{ "child connect /run/socket", "/run/socket", "C,", false },
	{ "child connect /data/dead", "/data/dead", "C,", false },
	{ "child execute /bin/helper", "/bin/helper", "E,", false },
	{ "child test /lib/plugin.so", "/lib/plugin.so", "T,", false },
	{ "child link /etc/localtime", "/etc/localtime", "R,", false },
	{ "make /var/lib/app/state", "/var/lib/app/state", "OM,", true },
	{ "look /data/private", "/data/private", ",O", true },
	/* What lies outside is not found, though a link names it. */
	{ "look /data/absolute/app.conf", "/data/absolute/app.conf", "O,", true },
	{ "look /data/present", "/data/present", ",", true },
};

/* A socket that nobody listens at. */
static void make_dead_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(chmod(path, 0777), 0);
	close(fd);
}

TEST_EACH(what_is_missed_is_told, ARRAY_SIZE(misses))
{
	struct proving proving;
	const struct trace_file *file;

	if (geteuid() != 0) {
		scratch_skip("what is missed", "needs root");
		return;
	}
	free(scratch_run(&scratch, "cd %s/root/data && mkdir %s/etc && touch %s/etc/app.conf && "
				   "ln -s %s/etc absolute && touch present private && "
				   "chmod 600 private"));
	make_dead_socket("root/data/dead");
	proving = prove_act(misses[_i].words,
			    (struct proof_options){ .uid = 1234, .gid = 1234, .workdir = "/data" });
	ck_assert_int_eq(proving.result, 0);
	ck_assert_str_eq(describe_failure(&proving, misses[_i].path), misses[_i].failure);
	file = find_file(&proving, misses[_i].path);
	ck_assert(misses[_i].failure[1] == '\0' || file->own == misses[_i].own);
	/* The last call of the program that fails has the greatest number. */
	for (size_t i = 0; file->last && i < proving.proof.trace.n_files; i++)
		ck_assert_uint_le(proving.proof.trace.files[i].last, file->last);
	proving_end(&proving);
}

TEST(what_it_makes_is_its_own)
{
	struct proving proving = prove_act("make /data/made", (struct proof_options){ 0 });
	const struct trace_file *file = find_file(&proving, "/data/made");

	assert_end(&proving, PROVEN_EXIT);
	ck_assert(file && file->created && file->written && !file->failed);
	proving_end(&proving);
}

static const struct {
	const char *program;
	const char *workdir;
	const char *path; /* of the environment; NULL: none */
	enum proof_end end;
	int error;
} starts[] = {
	{ "/bin/absent", NULL, NULL, FAILED_START, ENOENT },
	{ "absent", NULL, NULL, FAILED_START, ENOENT },
	{ "/data", NULL, NULL, FAILED_START, EACCES },
	{ "/data/text", NULL, NULL, FAILED_START, ENOEXEC },
	{ "found", NULL, NULL, FAILED_START, ENOENT },
	{ "found", NULL, "PATH=/nowhere:/data", PROVEN_EXIT, 0 },
	{ "act", NULL, "PATH=/data:/", PROVEN_EXIT, 0 },
	{ "./found", "/data", NULL, PROVEN_EXIT, 0 },
	{ "/act", "/absent", NULL, FAILED_START, ENOENT },
};

TEST_EACH(a_program_is_found_as_in_a_container, ARRAY_SIZE(starts))
{
	const char *arguments[] = { starts[_i].program, "status", "0", NULL };
	const char *environment[] = { starts[_i].path, NULL };
	struct proving proving;

	free(scratch_run(&scratch, "cd %s/root/data && cp ../act found && echo text >text && "
				   "chmod 755 text"));
	proving = prove_options((struct proof_options){ .arguments = arguments,
							.environment = environment,
							.workdir = starts[_i].workdir });
	assert_end(&proving, starts[_i].end);
	ck_assert_int_eq(proving.proof.error, starts[_i].error);
	/* Where it was looked up is nothing that it missed. */
	ck_assert_ptr_null(find_file(&proving, "/nowhere/found"));
	proving_end(&proving);
}

TEST(output_is_shown_and_the_last_words_kept)
{
	struct proving proving;
	char text[64] = "";
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	proving = prove_act("say one two three", (struct proof_options){ .output = pipes[1] });
	assert_end(&proving, PROVEN_EXIT);
	ck_assert_int_eq(read(pipes[0], text, sizeof(text)), 14);
	ck_assert_str_eq(text, "one\ntwo\nthree\n");
	ck_assert_str_eq(proving.proof.last_words, text);
	proving_end(&proving);
	/* Nobody reads: the program goes on. */
	close(pipes[0]);
	proving = prove_act("say one two three", (struct proof_options){ .output = pipes[1] });
	assert_end(&proving, PROVEN_EXIT);
	ck_assert_str_eq(proving.proof.last_words, text);
	proving_end(&proving);
	close(pipes[1]);
}

TEST(output_is_limited)
{
	char *path = scratch_path(&scratch, "output");
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	struct proving proving =
		prove_act("floods", (struct proof_options){ .output = fd, .timeout_seconds = 1 });
	char tail[22] = "";

	assert_end(&proving, PROVEN_TIME);
	ck_assert_int_le(lseek(fd, 0, SEEK_END), PROOF_SHOWN_MAX + 100);
	ck_assert_int_eq(pread(fd, tail, 21, lseek(fd, 0, SEEK_END) - 21), 21);
	ck_assert_ptr_nonnull(strstr(tail, "more is not shown"));
	ck_assert_uint_eq(strlen(proving.proof.last_words), PROOF_WORDS_MAX);
	proving_end(&proving);
	close(fd);
	free(path);
}

TEST(a_cancelled_proof_ends)
{
	volatile sig_atomic_t cancelled = SIGINT;
	struct proving proving =
		prove_act("pause", (struct proof_options){ .cancelled = &cancelled });

	ck_assert_int_eq(proving.result, -EINTR);
	ck_assert_uint_eq(proving.said.size, 0);
	proving_end(&proving);
}

TEST(a_forbidden_ptrace_is_told)
{
	struct proving proving;

	forbid(SYS_ptrace, PTRACE_SEIZE, EPERM);
	proving = prove_act("status 0", (struct proof_options){ 0 });
	ck_assert_int_eq(proving.result, -EPERM);
	ck_assert_ptr_nonnull(strstr(proving.said.bytes, "ptrace is not permitted here"));
	proving_end(&proving);
}

enum {
	CODE_AT = 0x400000,
	HEADERS = 64 + 56,
	N_INSTRUCTIONS = 9,
};

/* A program for aarch64: it opens /etc/app.conf, and ends with status 7. */
static void write_foreign(const char *path)
{
	static const uint32_t code[N_INSTRUCTIONS] = {
		0x92800c60, /* mov x0, -100 */
		0x10000101, /* adr x1, .+32 */
		0xd2800002, /* mov x2, 0 */
		0xd2800003, /* mov x3, 0 */
		0xd2800708, /* mov x8, 56: openat */
		0xd4000001, /* svc 0 */
		0xd28000e0, /* mov x0, 7 */
		0xd2800ba8, /* mov x8, 93: exit */
		0xd4000001, /* svc 0 */
	};
	static const char name[] = "/etc/app.conf";
	const size_t size = HEADERS + sizeof(code) + sizeof(name);
	const Elf64_Ehdr header = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
						 ELFDATA2LSB, EV_CURRENT },
				    .e_type = ET_EXEC,
				    .e_machine = EM_AARCH64,
				    .e_version = EV_CURRENT,
				    .e_entry = CODE_AT + HEADERS,
				    .e_phoff = 64,
				    .e_ehsize = 64,
				    .e_phentsize = 56,
				    .e_phnum = 1 };
	const Elf64_Phdr segment = { .p_type = PT_LOAD,
				     .p_flags = PF_R | PF_X,
				     .p_vaddr = CODE_AT,
				     .p_paddr = CODE_AT,
				     .p_filesz = size,
				     .p_memsz = size,
				     .p_align = 4096 };
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fwrite(&header, sizeof(header), 1, file);
	fwrite(&segment, sizeof(segment), 1, file);
	fwrite(code, sizeof(code), 1, file);
	fwrite(name, sizeof(name), 1, file);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

static struct proving prove_foreign(void)
{
	static const char *const arguments[] = { "/foreign", NULL };

	return prove_options((struct proof_options){ .arguments = arguments });
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return written;
}

/* Since Linux 6.7, a user namespace may have a binfmt_misc of its own; the machine's is left alone.
 */
static bool register_qemu(const char *flags)
{
	char line[512];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
	    !write_text("/proc/self/setgroups", "deny") ||
	    !write_text("/proc/self/uid_map", "0 0 1") ||
	    !write_text("/proc/self/gid_map", "0 0 1") ||
	    mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, NULL) < 0)
		return false;
	snprintf(line, sizeof(line),
		 ":aarch64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
		 "\\x02\\x00\\xb7\\x00::%s:%s",
		 "/usr/bin/qemu-aarch64-static", flags);
	return write_text("/proc/sys/fs/binfmt_misc/register", line);
}

enum {
	CANNOT_REGISTER = 77,
};

static bool foreign_without_interpreter(void)
{
	struct proving proving;

	if (!register_qemu("") || !write_text("/proc/sys/fs/binfmt_misc/aarch64", "-1"))
		_exit(CANNOT_REGISTER);
	proving = prove_foreign();
	return proving.proof.end == FAILED_START && proving.proof.error == ENOEXEC &&
	       strstr(proving.proof.advice, "it is for aarch64, and the kernel has no interpreter");
}

static bool foreign_with_interpreter(void)
{
	struct proving proving;

	if (!register_qemu("F"))
		_exit(CANNOT_REGISTER);
	proving = prove_foreign();
	return proving.proof.end == FAILED_STATUS && WEXITSTATUS(proving.proof.status) == 7 &&
	       !proving.proof.advice &&
	       strcmp(describe_failure(&proving, "/etc/app.conf"), "O,") == 0;
}

static bool foreign_with_interpreter_outside(void)
{
	struct proving proving;

	if (!register_qemu(""))
		_exit(CANNOT_REGISTER);
	proving = prove_foreign();
	return proving.proof.end == FAILED_START && proving.proof.error == ENOENT &&
	       strstr(proving.proof.advice, "with the flag F");
}

static bool (*const foreign[])(void) = { foreign_without_interpreter, foreign_with_interpreter,
					 foreign_with_interpreter_outside };

TEST_EACH(a_foreign_program_needs_an_interpreter, ARRAY_SIZE(foreign))
{
	char path[4300];
	int status;
	pid_t pid;

	if (EM_AARCH64 == EM_OURS || access("/usr/bin/qemu-aarch64-static", X_OK) < 0) {
		scratch_skip("a foreign program", "needs qemu-aarch64-static, on another machine");
		return;
	}
	snprintf(path, sizeof(path), "%s/foreign", root_path);
	write_foreign(path);
	pid = fork();
	if (pid == 0)
		_exit(foreign[_i]() ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_REGISTER)
		scratch_skip("a foreign program",
			     "a binfmt_misc of its own cannot be had (Linux 6.7)");
	else
		ck_assert_msg(status == 0, "status %#x", status);
}

SUITE_PROVING(proof, make_root, tear_down);
