/* SPDX-License-Identifier: Apache-2.0 */
#include "output/image_json.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* Labels of this beginning are said of the manifest, too, where registries show them. */
static const char annotation_prefix[] = "org.opencontainers.image.";
static const char reference_annotation[] = "org.opencontainers.image.ref.name";

#define MEDIA_TYPE "application/vnd.oci.image."

static const char *const layer_types[] = {
	[OUTPUT_PLAIN] = MEDIA_TYPE "layer.v1.tar",
	[OUTPUT_GZIP] = MEDIA_TYPE "layer.v1.tar+gzip",
	[OUTPUT_ZSTD] = MEDIA_TYPE "layer.v1.tar+zstd",
};

DEFINE_CLEANUP(json_t *, json_decref);

/* VALUE goes to OBJECT in any case; NULL is one that could not be made. */
static int set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

/* A member that is there only where there is something to say. */
static int set_text(json_t *object, const char *key, const char *text)
{
	return text ? set(object, key, json_string(text)) : 0;
}

static int set_texts(json_t *object, const char *key, struct image_texts texts)
{
	CLEANUP(json_decref) json_t *array = json_array();

	if (texts.count == 0)
		return 0;
	for (size_t i = 0; i < texts.count; i++)
		if (json_array_append_new(array, json_string(texts.items[i])) < 0)
			return -ENOMEM;
	return set(object, key, STEAL(array));
}

/* A set, as Go writes a map to nothing. */
static int set_members(json_t *object, const char *key, struct image_texts texts)
{
	CLEANUP(json_decref) json_t *members = json_object();

	if (texts.count == 0)
		return 0;
	for (size_t i = 0; i < texts.count; i++)
		if (set(members, texts.items[i], json_object()) < 0)
			return -ENOMEM;
	return set(object, key, STEAL(members));
}

static int set_environment(json_t *object, struct image_pairs pairs)
{
	CLEANUP(json_decref) json_t *array = json_array();

	for (size_t i = 0; i < pairs.count; i++)
		if (json_array_append_new(array, json_sprintf("%s=%s", pairs.items[i].key,
							      pairs.items[i].value)) < 0)
			return -ENOMEM;
	return pairs.count > 0 ? set(object, "Env", STEAL(array)) : 0;
}

/* The pairs whose key begins with PREFIX. */
static int set_pairs(json_t *object, const char *key, struct image_pairs pairs, const char *prefix)
{
	CLEANUP(json_decref) json_t *members = json_object();

	for (size_t i = 0; i < pairs.count; i++)
		if (strncmp(pairs.items[i].key, prefix, strlen(prefix)) == 0 &&
		    set(members, pairs.items[i].key, json_string(pairs.items[i].value)) < 0)
			return -ENOMEM;
	return json_object_size(members) > 0 ? set(object, key, STEAL(members)) : 0;
}

static json_t *digest_string(const char *digest)
{
	return json_sprintf("sha256:%s", digest);
}

static int append_bytes(const char *bytes, size_t size, void *data)
{
	buffer_add(data, bytes, size);
	return 0;
}

static int dump(struct buffer *out, const json_t *document)
{
	if (json_dump_callback(document, append_bytes, out, JSON_COMPACT | JSON_SORT_KEYS) < 0)
		return -ENOMEM;
	return buffer_error(out);
}

static json_t *run_config(const struct image *image)
{
	CLEANUP(json_decref) json_t *config = json_object();

	if (set_text(config, "User", image->user) < 0 ||
	    set_members(config, "ExposedPorts", image->ports) < 0 ||
	    set_environment(config, image->environment) < 0 ||
	    set_texts(config, "Entrypoint", image->entrypoint) < 0 ||
	    set_texts(config, "Cmd", image->cmd) < 0 ||
	    set_members(config, "Volumes", image->volumes) < 0 ||
	    set_text(config, "WorkingDir", image->workdir) < 0 ||
	    set_pairs(config, "Labels", image->labels, "") < 0 ||
	    set_text(config, "StopSignal", image->stop_signal) < 0)
		return NULL;
	return STEAL(config);
}

static int set_platform(json_t *object, const struct image *image)
{
	int r = set_text(object, "architecture", image->architecture);

	if (r == 0)
		r = set_text(object, "os", "linux");
	return r < 0 ? r : set_text(object, "variant", image->variant);
}

int image_config(struct buffer *out, const struct image *image, const struct image_layer *layer)
{
	CLEANUP(json_decref) json_t *config = json_object();
	char created[IMAGE_TIME_SIZE];

	image_time(image->created, created);
	if (set_platform(config, image) < 0 || set_text(config, "created", created) < 0 ||
	    set(config, "config", run_config(image)) < 0 ||
	    set(config, "rootfs",
		json_pack("{s:s, s:[o]}", "type", "layers", "diff_ids",
			  digest_string(layer->diff_id))) < 0 ||
	    set(config, "history",
		json_pack("[{s:s, s:s}]", "created", created, "created_by", "mkrootfs")) < 0)
		return -ENOMEM;
	return dump(out, config);
}

static json_t *descriptor(const char *type, const char *digest, uint64_t size)
{
	return json_pack("{s:s, s:o, s:I}", "mediaType", type, "digest", digest_string(digest),
			 "size", (json_int_t)size);
}

static json_t *descriptor_of(const char *type, const struct buffer *document)
{
	char digest[DIGEST_TEXT_SIZE];

	digest_of(document->bytes, document->size, digest);
	return descriptor(type, digest, document->size);
}

int image_manifest(struct buffer *out, const struct image *image, const struct image_layer *layer,
		   const struct buffer *config)
{
	CLEANUP(json_decref)
	json_t *manifest =
		json_pack("{s:i, s:s, s:o, s:[o]}", "schemaVersion", 2, "mediaType",
			  MEDIA_TYPE "manifest.v1+json", "config",
			  descriptor_of(MEDIA_TYPE "config.v1+json", config), "layers",
			  descriptor(layer_types[layer->compression], layer->digest, layer->size));

	if (!manifest || set_pairs(manifest, "annotations", image->labels, annotation_prefix) < 0)
		return -ENOMEM;
	return dump(out, manifest);
}

int image_index(struct buffer *out, const struct image *image, const struct buffer *manifest)
{
	CLEANUP(json_decref) json_t *entry = descriptor_of(MEDIA_TYPE "manifest.v1+json", manifest);
	CLEANUP(json_decref) json_t *platform = json_object();
	CLEANUP(json_decref) json_t *index = NULL;

	if (set_platform(platform, image) < 0 || set(entry, "platform", STEAL(platform)) < 0 ||
	    (image->reference &&
	     set(entry, "annotations", json_pack("{s:s}", reference_annotation, image->reference)) <
		     0))
		return -ENOMEM;
	index = json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2, "mediaType",
			  MEDIA_TYPE "index.v1+json", "manifests", STEAL(entry));
	return index ? dump(out, index) : -ENOMEM;
}

int image_docker_manifest(struct buffer *out, const struct image *image, const char *config_name,
			  const char *layer_name)
{
	CLEANUP(json_decref)
	json_t *tags = image->reference ? json_pack("[s]", image->reference) : json_null();
	CLEANUP(json_decref) json_t *manifest = NULL;

	manifest = json_pack("[{s:s, s:o, s:[s]}]", "Config", config_name, "RepoTags", STEAL(tags),
			     "Layers", layer_name);
	return manifest ? dump(out, manifest) : -ENOMEM;
}
