/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images: the documents that describe them, and archives of them as sha256sum, gzip, zstd
 * and GNU tar see them; Dockerfiles.
 */
#include "output/image_json.h"
#include "output/output.h"
#include "report/dockerfile.h"
#include "scratch.h"

#include <fcntl.h>

#define TEXTS(...)                                                                                 \
	{                                                                                          \
		(const char *const[]){ __VA_ARGS__ },                                              \
			sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)        \
	}
#define PAIRS(...)                                                                                 \
	{                                                                                          \
		(const struct image_pair[]){ __VA_ARGS__ },                                        \
			sizeof((const struct image_pair[]){ __VA_ARGS__ }) /                       \
				sizeof(struct image_pair)                                          \
	}

static const struct image full = {
	.architecture = "arm64",
	.variant = "v8",
	.created = 1700000000,
	.reference = "localhost:5000/team/redis:7",
	.user = "10000:10001",
	.workdir = "/data",
	.stop_signal = "SIGQUIT",
	.entrypoint = TEXTS("/redis-server", "a b", "\"\\$x\n\xc3\xa9"),
	.cmd = TEXTS("--port", "6379", ""),
	.environment = PAIRS({ "PATH", "/bin" }, { "A", "x=\"y\" \\ $z '" }, { "B", "" }),
	.labels = PAIRS({ "a.b", "c\\" }, { "org.opencontainers.image.title", "redis" }),
	.volumes = TEXTS("/data", "/v w$x"),
	.ports = TEXTS("53/udp", "6379/tcp"),
};

static const struct image bare = { .architecture = "amd64" };

static const struct image_layer layer = {
	.compression = MKROOTFS_COMPRESS_GZIP,
	.size = 12345678901,
	.digest = "1111111111111111111111111111111111111111111111111111111111111111",
	.diff_id = "2222222222222222222222222222222222222222222222222222222222222222",
};

static struct scratch scratch;
static struct root *root;
static struct manifest *manifest;
static struct buffer said;
static const volatile sig_atomic_t cancelled;

static void hear(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	buffer_printf(&said, "%s: %s\n", subject ? subject : "", message);
}

static const struct diag diag = { .emit = hear };

static void setup(void)
{
	const struct manifest_policy policy = { .source_epoch = 86400 };
	static char text[400000];

	scratch_open(&scratch);
	scratch_directory(&scratch, "out");
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 2654435761u >> 20);
	scratch_file(&scratch, "src/big", text, sizeof(text));
	scratch_text(&scratch, "src/etc/motd", "hello\n");
	scratch_link(&scratch, "src/link", "etc/motd");
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	manifest = manifest_new(&policy, &diag);
	ck_assert_ptr_nonnull(manifest);
	ck_assert_int_eq(manifest_add_tree(manifest, root, "/src", "/", ENTRY_USER, "test"), 0);
	ck_assert_int_eq(manifest_seal(manifest), 0);
	buffer_reset(&said);
}

static void teardown(void)
{
	manifest_free(manifest);
	root_close(root);
	buffer_reset(&said);
	scratch_close(&scratch);
}

static void prints(const char *expected, const char *command)
{
	char *output = scratch_run(&scratch, command);

	ck_assert_msg(output && strcmp(output, expected) == 0, "%s\nprints: %s\nnot: %s", command,
		      output ? output : "(failed)", expected);
	free(output);
}

TEST(configurations_say_all_that_is_known)
{
	struct buffer text = { 0 };

	ck_assert_int_eq(image_config(&text, &full, &layer), 0);
	ck_assert_str_eq(
		text.bytes,
		"{\"architecture\":\"arm64\",\"config\":{"
		"\"Cmd\":[\"--port\",\"6379\",\"\"],"
		"\"Entrypoint\":[\"/redis-server\",\"a b\",\"\\\"\\\\$x\\n\xc3\xa9\"],"
		"\"Env\":[\"PATH=/bin\",\"A=x=\\\"y\\\" \\\\ $z '\",\"B=\"],"
		"\"ExposedPorts\":{\"53/udp\":{},\"6379/tcp\":{}},"
		"\"Labels\":{\"a.b\":\"c\\\\\",\"org.opencontainers.image.title\":\"redis\"},"
		"\"StopSignal\":\"SIGQUIT\",\"User\":\"10000:10001\","
		"\"Volumes\":{\"/data\":{},\"/v w$x\":{}},\"WorkingDir\":\"/data\"},"
		"\"created\":\"2023-11-14T22:13:20Z\","
		"\"history\":[{\"created\":\"2023-11-14T22:13:20Z\",\"created_by\":\"mkrootfs\"}],"
		"\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"sha256:"
		"2222222222222222222222222222222222222222222222222222222222222222\"],"
		"\"type\":\"layers\"},\"variant\":\"v8\"}");
	buffer_reset(&text);
}

TEST(configurations_say_nothing_that_is_not_known)
{
	struct buffer text = { 0 };

	ck_assert_int_eq(image_config(&text, &bare, &layer), 0);
	ck_assert_str_eq(
		text.bytes,
		"{\"architecture\":\"amd64\",\"config\":{},"
		"\"created\":\"1970-01-01T00:00:00Z\","
		"\"history\":[{\"created\":\"1970-01-01T00:00:00Z\",\"created_by\":\"mkrootfs\"}],"
		"\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"sha256:"
		"2222222222222222222222222222222222222222222222222222222222222222\"],"
		"\"type\":\"layers\"}}");
	buffer_reset(&text);
}

/* The digests are those that sha256sum gives to "{}" and "[]". */
TEST(manifests_name_their_parts)
{
	struct buffer config = { 0 };
	struct buffer text = { 0 };

	buffer_add_string(&config, "{}");
	ck_assert_int_eq(image_manifest(&text, &full, &layer, &config), 0);
	ck_assert_str_eq(
		text.bytes,
		"{\"annotations\":{\"org.opencontainers.image.title\":\"redis\"},\"config\":{"
		"\"digest\":\"sha256:"
		"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\","
		"\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":2},"
		"\"layers\":[{\"digest\":\"sha256:"
		"1111111111111111111111111111111111111111111111111111111111111111\","
		"\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\","
		"\"size\":12345678901}],"
		"\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
		"\"schemaVersion\":2}");
	buffer_reset(&text);
	buffer_reset(&config);
}

TEST(indexes_name_the_manifest)
{
	struct buffer document = { 0 };
	struct buffer text = { 0 };

	buffer_add_string(&document, "[]");
	ck_assert_int_eq(image_index(&text, &full, &document), 0);
	ck_assert_str_eq(
		text.bytes,
		"{\"manifests\":[{\"annotations\":{\"org.opencontainers.image.ref.name\":"
		"\"localhost:5000/team/redis:7\"},\"digest\":\"sha256:"
		"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945\","
		"\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"platform\":"
		"{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"},\"size\":2}],"
		"\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":2}");
	buffer_reset(&text);
	ck_assert_int_eq(image_docker_manifest(&text, &full, "c.json", "l.tar"), 0);
	ck_assert_str_eq(text.bytes, "[{\"Config\":\"c.json\",\"Layers\":[\"l.tar\"],"
				     "\"RepoTags\":[\"localhost:5000/team/redis:7\"]}]");
	buffer_reset(&text);
	ck_assert_int_eq(image_docker_manifest(&text, &bare, "c.json", "l.tar"), 0);
	ck_assert_str_eq(text.bytes,
			 "[{\"Config\":\"c.json\",\"Layers\":[\"l.tar\"],\"RepoTags\":null}]");
	buffer_reset(&text);
	buffer_reset(&document);
}

TEST(times_have_four_digits_a_year)
{
	char text[IMAGE_TIME_SIZE];

	image_time(951782400, text);
	ck_assert_str_eq(text, "2000-02-29T00:00:00Z");
	image_time(INT64_MAX, text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59Z");
}

TEST(what_is_not_utf8_is_found)
{
	struct image image = full;

	ck_assert_ptr_null(image_find_foreign(&image));
	image.workdir = "/\xe9";
	ck_assert_str_eq(image_find_foreign(&image), "/\xe9");
	image.labels = (struct image_pairs)PAIRS({ "a", "\xff" });
	ck_assert_str_eq(image_find_foreign(&image), "\xff");
}

TEST(dockerfiles_quote_what_needs_it)
{
	struct buffer text = { 0 };

	ck_assert_int_eq(report_dockerfile(&text, &full, "/rootfs"), 0);
	ck_assert_str_eq(text.bytes,
			 "# Made by mkrootfs: the last stage, behind one named build.\n"
			 "FROM scratch\n"
			 "COPY --from=build /rootfs /\n"
			 "ENV PATH=\"/bin\"\n"
			 "ENV A=\"x=\\\"y\\\" \"\\\\\" \\$z '\"\n"
			 "ENV B=\"\"\n"
			 "LABEL a.b=\"c\"\\\\\"\"\n"
			 "LABEL org.opencontainers.image.title=\"redis\"\n"
			 "USER 10000:10001\n"
			 "WORKDIR /data\n"
			 "VOLUME [\"/data\", \"\\\"/v w\\\\$x\\\"\"]\n"
			 "EXPOSE 53/udp\n"
			 "EXPOSE 6379/tcp\n"
			 "STOPSIGNAL SIGQUIT\n"
			 "ENTRYPOINT [\"/redis-server\", \"a b\", \"\\\"\\\\$x\\n\xc3\xa9\"]\n"
			 "CMD [\"--port\", \"6379\", \"\"]\n");
	buffer_reset(&text);
	ck_assert_int_eq(report_dockerfile(&text, &bare, "/a b$c"), 0);
	ck_assert_str_eq(text.bytes, "# Made by mkrootfs: the last stage, behind one named build.\n"
				     "FROM scratch\n"
				     "COPY --from=build [\"\\\"/a b\\\\$c\\\"\", \"/\"]\n");
	buffer_reset(&text);
}

/* Whatever byte stands wherever in an image: a Dockerfile has no line by it, or there is none. */
TEST(no_text_of_an_image_makes_a_line_of_a_dockerfile)
{
	for (unsigned byte = 1; byte < 256; byte++) {
		const char text[] = { 'a', '"', (char)byte, 'R', 'U', 'N', ' ', 'x', '\0' };
		const char *const texts[] = { text };
		const struct image_pair pairs[] = { { text, "value" }, { "key", text } };
		const struct image images[] = {
			{ .environment = { &pairs[1], 1 } },
			{ .labels = { &pairs[0], 1 } },
			{ .labels = { &pairs[1], 1 } },
			{ .user = text },
			{ .workdir = text },
			{ .stop_signal = text },
			{ .ports = { texts, 1 } },
			{ .volumes = { texts, 1 } },
			{ .entrypoint = { texts, 1 } },
			{ .cmd = { texts, 1 } },
		};

		for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
			struct buffer out = { 0 };

			if (dockerfile_find_unholdable(&images[i]) || byte >= 0x80)
				continue;
			ck_assert_int_eq(report_dockerfile(&out, &images[i], "/rootfs"), 0);
			ck_assert_msg(!strstr(out.bytes, "\nRUN") && !strchr(out.bytes, '\r'),
				      "byte %u of image %zu", byte, i);
			buffer_reset(&out);
		}
	}
}

TEST(dockerfiles_cannot_hold_all)
{
	ck_assert(dockerfile_can_hold("a\tb \xc3\xa9"));
	ck_assert(!dockerfile_can_hold("a\nb"));
	ck_assert(!dockerfile_can_hold("\r"));
	ck_assert(!dockerfile_can_hold("\x7f"));
	ck_assert(dockerfile_can_copy("/a b/$c"));
	for (const char *c = "*?[\\\n"; *c; c++)
		ck_assert(!dockerfile_can_copy(c));
}

static int write_image(const char *name, enum mkrootfs_format format,
		       enum mkrootfs_compression compression, enum mkrootfs_compression whole,
		       const struct image *image)
{
	char *path = scratch_path(&scratch, name);
	const struct output output = {
		.path = path,
		.format = format,
		.compression = whole,
		.layer = compression,
		.image = image,
	};
	int r = outputs_write(manifest, &output, 1, &cancelled, &diag);

	free(path);
	return r;
}

/* How a layer of each compression is called and unpacked. */
static const struct {
	enum mkrootfs_compression compression;
	const char *type;
	const char *unpack;
} layers[] = {
	{ MKROOTFS_COMPRESS_NONE, "tar", "cat" },
	{ MKROOTFS_COMPRESS_GZIP, "tar+gzip", "gzip -dc" },
	{ MKROOTFS_COMPRESS_ZSTD, "tar+zstd", "zstd -dcq" },
};

/* The layout, by the tools that it is made for: every blob has the name of its digest. */
TEST_EACH(layouts_are_sound, ARRAY_SIZE(layers))
{
	char command[1024];

	ck_assert_int_eq(write_image("out/i.tar", MKROOTFS_FORMAT_OCI, layers[_i].compression,
				     MKROOTFS_COMPRESS_NONE, &full),
			 0);
	prints("i.tar\n", "ls -A '%s/out'");
	prints("oci-layout\nindex.json\nblobs/\nblobs/sha256/\n",
	       "cd '%s/out' && tar -xf i.tar && tar -tf i.tar | head -n 4");
	prints("{\"imageLayoutVersion\":\"1.0.0\"}", "cat '%s/out/oci-layout'");
	prints("3\n", "cd '%s/out/blobs/sha256' && for blob in *; do"
		      " [ \"$(sha256sum <$blob)\" = \"$blob  -\" ] && echo $blob; done | wc -l");
	/* From index to manifest to configuration and layer, with the size of each. */
	prints("", "cd '%s/out/blobs/sha256' && digests() { grep -o 'sha256:[0-9a-f]*' $1 |"
		   " cut -d: -f2; };"
		   "manifest=$(digests ../../index.json); parts=$(digests $manifest);"
		   "for blob in $manifest $parts; do wc -c <$blob; done >../../sizes;"
		   "cat ../../index.json $manifest | grep -o '\"size\":[0-9]*' | cut -d: -f2 |"
		   " diff - ../../sizes");
	snprintf(command, sizeof(command),
		 "cd '%%s/out/blobs/sha256' && grep -l 'layer.v1.%s\"' * | wc -l", layers[_i].type);
	prints("1\n", command);
	/* The layer's diff_id is that of the tar, which holds the tree. */
	snprintf(command, sizeof(command),
		 "cd '%%s/out/blobs/sha256' && %s $(ls -S | head -n 1) >../../layer &&"
		 "digest=$(sha256sum <../../layer | cut -d' ' -f1) &&"
		 "grep -l \"diff_ids.*$digest\" * | wc -l && tar -tf ../../layer",
		 layers[_i].unpack);
	prints("1\nbig\netc/\netc/motd\nlink\n", command);
}

TEST_EACH(archives_for_docker_are_sound, ARRAY_SIZE(layers))
{
	ck_assert_int_eq(write_image("out/i.tar.gz", MKROOTFS_FORMAT_DOCKER, layers[_i].compression,
				     MKROOTFS_COMPRESS_GZIP, &full),
			 0);
	prints("2\n", "cd '%s/out' && gzip -dc i.tar.gz | tar -xf - && for file in *; do"
		      " [ \"$(sha256sum <$file)\" = \"${file%%.*}  -\" ] && echo $file; done |"
		      " wc -l");
	prints("2\n", "cd '%s/out' && for name in $(tr '\"' '\\n' <manifest.json |"
		      "grep -e '\\.json$' -e '\\.tar'); do [ -f $name ] && echo $name; done |"
		      " wc -l");
}

/* Compression changes the layer and the manifest, and nothing else. */
TEST(configurations_do_not_know_of_compressions)
{
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		char name[32];

		snprintf(name, sizeof(name), "out/%zu.tar", i);
		ck_assert_int_eq(write_image(name, MKROOTFS_FORMAT_OCI, layers[i].compression,
					     MKROOTFS_COMPRESS_NONE, &full),
				 0);
	}
	prints("1\n", "cd '%s/out' && for tar in *; do mkdir d && tar -C d -xf $tar &&"
		      "(cd d/blobs/sha256 && ls -d $(grep -l diff_ids *)); rm -r d; done |"
		      " sort -u | wc -l");
}

TEST(what_no_json_can_hold_is_refused)
{
	const struct image image = { .architecture = "amd64", .entrypoint = TEXTS("/\xe9") };

	ck_assert_int_eq(write_image("out/i.tar", MKROOTFS_FORMAT_OCI, MKROOTFS_COMPRESS_GZIP,
				     MKROOTFS_COMPRESS_NONE, &image),
			 -EILSEQ);
	ck_assert_ptr_nonnull(strstr(said.bytes, "is not UTF-8"));
	prints("", "ls -A '%s/out'");
}

/* What goes to a FIFO is put together elsewhere, and leaves nothing there. */
TEST(streams_have_their_spool_elsewhere)
{
	char *fifo = scratch_path(&scratch, "fifo");
	char *spool = scratch_path(&scratch, "out");
	struct output output = {
		.path = fifo,
		.format = MKROOTFS_FORMAT_OCI,
		.layer = MKROOTFS_COMPRESS_GZIP,
		.image = &full,
		.temporary = spool,
	};

	free(scratch_run(&scratch, "cd '%s' && mkfifo fifo && (cat <fifo >read.tar) >&- 2>&- &"));
	ck_assert_int_eq(outputs_write(manifest, &output, 1, &cancelled, &diag), 0);
	ck_assert_int_eq(write_image("file.tar", MKROOTFS_FORMAT_OCI, MKROOTFS_COMPRESS_GZIP,
				     MKROOTFS_COMPRESS_NONE, &full),
			 0);
	prints("", "ls -A '%s/out'");
	prints("", "cd '%s' && for i in 1 2 3 4 5 6 7 8 9; do cmp -s file.tar read.tar && exit;"
		   "sleep 0.1; done; cmp file.tar read.tar");
	output.temporary = "/nowhere";
	free(scratch_run(&scratch, "(cat <'%s/fifo') >&- 2>&- &"));
	ck_assert_int_eq(outputs_write(manifest, &output, 1, &cancelled, &diag), -ENOENT);
	ck_assert_str_eq(said.bytes, "/nowhere: No such file or directory\n");
	free(spool);
	free(fifo);
}

SUITE(image, setup, teardown);
