#include "report/sbom.h"
#include "rootfs/license.h"

#include <errno.h>
#include <string.h>

enum {
	PIECE_SIZE = 1 << 16,
};

static int hash_file(const struct entry *entry, const struct diag *diag, struct sbom_file *out)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	CLEANUP(free) char *piece = malloc(PIECE_SIZE);
	struct digest digest;
	struct digest_sha1 sha1;
	off_t offset = 0;
	ssize_t n;
	int r;

	if (!piece)
		return -ENOMEM;
	r = entry_open(entry, diag, &file);
	if (r < 0)
		return r;
	digest_begin(&digest);
	digest_sha1_begin(&sha1);
	while ((n = root_file_pread(&file, piece, PIECE_SIZE, offset)) > 0) {
		digest_add(&digest, piece, (size_t)n);
		digest_sha1_add(&sha1, piece, (size_t)n);
		offset += n;
	}
	if (n < 0)
		return diag_errno(diag, (int)-n, entry->path);
	digest_end(&digest, out->sha256);
	digest_sha1_end(&sha1, out->sha1);
	return entry_verify(entry, diag, &file);
}

static int read_files(struct sbom *sbom, struct arena *arena, const struct manifest *manifest,
		      const struct packages *packages, const volatile sig_atomic_t *cancelled,
		      const struct diag *diag)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(manifest, &count);

	sbom->files = arena_array(arena, count + 1, sizeof(*sbom->files));
	if (!sbom->files)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct sbom_file *file = &sbom->files[sbom->n_files];
		const struct package_file *owner;
		int r;

		if (cancelled && *cancelled)
			return -EINTR;
		if (entries[i]->type != ENTRY_FILE)
			continue;
		owner = entries[i]->source ? packages_find(packages, entries[i]->source) : NULL;
		file->entry = entries[i];
		file->package = owner ? owner->package : NULL;
		r = hash_file(entries[i], diag, file);
		if (r < 0)
			return r;
		sbom->n_files++;
	}
	return 0;
}

/* package-url: all but letters, digits and ".-_~" as percent and two digits. */
static void add_encoded(struct buffer *out, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~";

	for (; *text; text++)
		if (strchr(plain, *text))
			buffer_add(out, text, 1);
		else
			buffer_printf(out, "%%%02X", (unsigned char)*text);
}

static const char *make_purl(struct arena *arena, const struct packages *packages,
			     const struct package *package)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	static const struct {
		const char *type, *usual;
	} kinds[] = {
		[PACKAGE_DEB] = { "deb", "debian" },
		[PACKAGE_APK] = { "apk", "alpine" },
		[PACKAGE_RPM] = { "rpm", "fedora" },
	};
	const char *distribution =
		packages->distribution ? packages->distribution : kinds[package->kind].usual;

	buffer_printf(&out, "pkg:%s/", kinds[package->kind].type);
	add_encoded(&out, distribution);
	buffer_add_string(&out, "/");
	add_encoded(&out, package->name);
	buffer_add_string(&out, "@");
	add_encoded(&out, package->version);
	if (package->architecture) {
		buffer_add_string(&out, "?arch=");
		add_encoded(&out, package->architecture);
	}
	if (packages->release) {
		buffer_printf(&out, "%cdistro=", package->architecture ? '&' : '?');
		add_encoded(&out, distribution);
		buffer_add_string(&out, "-");
		add_encoded(&out, packages->release);
	}
	if (package->epoch)
		buffer_printf(&out, "%cepoch=%s",
			      package->architecture || packages->release ? '&' : '?',
			      package->epoch);
	return buffer_error(&out) ? NULL : arena_strdup(arena, out.bytes);
}

static int read_packages(struct sbom *sbom, struct arena *arena, const struct root *root,
			 const struct packages *packages)
{
	sbom->packages = arena_array(arena, packages->count + 1, sizeof(*sbom->packages));
	if (!sbom->packages)
		return -ENOMEM;
	for (size_t i = 0; i < packages->count; i++) {
		struct sbom_package *package = &sbom->packages[sbom->n_packages];
		bool any = false;

		package->package = packages->items[i];
		/* A file that is not there in the end has no package either. */
		for (size_t j = 0; j < sbom->n_files && !any; j++)
			any = sbom->files[j].package == package->package;
		if (!any)
			continue;
		package->license = license_of(arena, root, package->package);
		package->purl = make_purl(arena, packages, package->package);
		if (!package->purl)
			return -ENOMEM;
		sbom->n_packages++;
	}
	return 0;
}

static void add_text(struct digest *digest, const char *text)
{
	digest_add(digest, text, strlen(text) + 1);
}

static void make_digest(struct sbom *sbom)
{
	struct digest digest;

	digest_begin(&digest);
	add_text(&digest, sbom->name);
	add_text(&digest, sbom->version);
	for (size_t i = 0; i < sbom->n_packages; i++)
		add_text(&digest, sbom->packages[i].purl);
	for (size_t i = 0; i < sbom->n_files; i++) {
		add_text(&digest, sbom->files[i].entry->path);
		add_text(&digest, sbom->files[i].sha256);
	}
	digest_end(&digest, sbom->digest);
}

int sbom_read(struct sbom *sbom, struct arena *arena, const struct root *root,
	      const struct manifest *manifest, const struct packages *packages,
	      const volatile sig_atomic_t *cancelled, const struct diag *diag)
{
	int r = read_files(sbom, arena, manifest, packages, cancelled, diag);

	if (r == 0)
		r = read_packages(sbom, arena, root, packages);
	if (r == 0)
		make_digest(sbom);
	return r;
}
