#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Dockerfile that --dockerfile writes, built by buildah behind a Debian stage, is the image that
# --format oci makes; and the images of two architectures become one.
# shellcheck disable=SC2016,SC1003 # dollars and backslashes that are to stay
. "$(dirname "$0")/lib.sh"
. "$HERE/debian.sh"
need_root
need buildah skopeo umoci jq mmdebstrap
ldd "$MKROOTFS" >/dev/null 2>&1 && skip_all "this mkrootfs is not static"
tar=$(debian redis redis-server) ||
	skip_all "no Debian 12 could be made: $(tail -n 1 "$WORK/debian.log")"

cd "$WORK" || exit 1
unset DOCKER_CONFIG REGISTRY_AUTH_FILE
export XDG_RUNTIME_DIR=$WORK TMPDIR=$WORK

buildah() {
	command buildah --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs "$@"
}

import_base() {
	local base
	base=$(buildah from scratch) && buildah add -q "$base" "$tar" / &&
		buildah commit -q "$base" localhost/debian && buildah rm "$base"
}
import_base >log 2>&1 || skip_all "buildah does not work here: $(tail -n 1 log)"

# Everything that the two ways could read differently: quotes, dollars, backslashes at any place.
options=(--user redis:10000:10001 --workdir '/da ta/$x' --volume /data --volume '/vo"l ume/\$y'
	--expose 6379 --expose 53/udp --stop-signal QUIT --entrypoint '["/usr/bin/redis-server", "a\n$b\\"]'
	--cmd "--save '' \"x \\\"y\\\" \\\\ \$HOME\" 'it'\\''s'"
	--env 'A=$HOME ${B} \$C \\ \' --env 'B="q" '"'s' # no comment" --env EMPTY= --env 'TAB=	.'
	--env 'C=[x] * ~ `d` <<EOF ; &' --label 'org.opencontainers.image.source=https://example.org/?a=b&c'
	--label 'l=\"$(x)" \' --label utf8=äöü --symlink redis-server:/usr/bin/server --mkdir /private:700:1:2)

# The image by mkrootfs itself, in the same Debian: what it is made of has the same paths there.
mkdir debian && tar -C debian -xf "$tar" && cp "$MKROOTFS" debian/usr/local/bin/mkrootfs
check "one run writes the directory, the Dockerfile and the image" \
	chroot debian mkrootfs redis-server "${options[@]}" -d /rootfs --dockerfile /Dockerfile \
	--format oci -o /oci.tar
mkdir context
cp "$MKROOTFS" context/mkrootfs
{
	echo "FROM localhost/debian AS build"
	echo "COPY mkrootfs /usr/local/bin/"
	echo "RUN $(jq -cn '$ARGS.positional' --args -- mkrootfs redis-server "${options[@]}" -d /rootfs)"
	cat debian/Dockerfile
} >context/Dockerfile
sed 's/^/# /' context/Dockerfile
check "buildah builds the Dockerfile behind a Debian stage" \
	buildah bud --isolation chroot -q --identity-label=false -t localhost/built context
[ "$FAILED" -eq 0 ] || finish
buildah push -q localhost/built oci-archive:built.tar:built >log 2>&1 || cat log

config() {
	skopeo --tmpdir "$WORK" inspect --config "oci-archive:$1" | jq -S '.config'
}

# content ARCHIVE: of every path type, mode, owners, time, target and bytes; not of / itself, which
# COPY does not make.
content() {
	mkdir "$1.layout" && tar -C "$1.layout" -xf "$1" &&
		umoci unpack --image "$1.layout:$2" "$1.bundle" >/dev/null 2>&1 &&
		cd "$1.bundle/rootfs" &&
		find . -mindepth 1 -not -type d -printf '%P %y %m %U:%G %l %T@\n' \
			-o -mindepth 1 -type d -printf '%P %y %m %U:%G %T@\n' | sort &&
		find . -type f -exec sha256sum {} + | sort -k 2
}

cp debian/oci.tar oci.tar
mv oci.tar untagged.tar
check "an image without a tag is the only one of its archive" \
	skopeo --tmpdir "$WORK" copy -q oci-archive:untagged.tar oci-archive:oci.tar:image
check "the build has the configuration of the Dockerfile" prints '"10000:10001"' \
	sh -c 'skopeo inspect --config oci-archive:built.tar | jq .config.User'
check "its configuration is the image's" diff <(config oci.tar) <(config built.tar)
check "its content is the image's" diff <(content oci.tar image) <(content built.tar built)
check "of more than a few files" test "$(find built.tar.bundle/rootfs -type f | wc -l)" -gt 10

# Two architectures, each of its own --sysroot, joined as the README says.
foreign=arm64
[ "$(uname -m)" != aarch64 ] || foreign=amd64
if root=$(foreign_debian "$foreign" redis-server); then
	mkdir "root.$foreign" && tar -C "root.$foreign" -xf "$root"
	check "an image of this architecture" \
		mkrootfs --sysroot debian /usr/bin/redis-server --format oci -o own.tar
	check "one of $foreign" \
		mkrootfs --sysroot "root.$foreign" /usr/bin/redis-server --format oci -o foreign.tar
	buildah manifest create localhost/redis:7 >log 2>&1 || cat log
	for image in own foreign; do
		check "$image.tar joins the index" \
			buildah manifest add localhost/redis:7 oci-archive:$image.tar
	done
	check "the index becomes a layout of its own" \
		buildah manifest push -q --all --format oci localhost/redis:7 oci:both:7
	# of the index, EXPRESSION
	index() {
		skopeo inspect --raw oci:both:7 | jq -cS "$1"
	}
	check "which has both architectures" prints '["amd64","arm64"]' \
		index '[.manifests[].platform.architecture] | sort'
	check "arm64 as a variant" prints '["v8"]' \
		index '[.manifests[].platform | select(.architecture == "arm64").variant]'
	digests() {
		for image in own foreign; do
			tar -xOf $image.tar index.json | jq '.manifests[0].digest'
		done | sort | xargs
	}
	check "by the digests that the archives have" prints "$(digests)" \
		sh -c 'skopeo inspect --raw oci:both:7 | jq ".manifests[].digest" | sort | xargs'
	check "each is found by its name" prints "$foreign" sh -c \
		'skopeo --override-arch "$1" inspect oci:both:7 | jq -r .Architecture' sh "$foreign"
else
	skip "two architectures" "no Debian of $foreign could be made: $(tail -n 1 "$WORK/debian.log")"
fi
finish
