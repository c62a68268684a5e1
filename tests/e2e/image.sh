#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images by the tools that carry, unpack and run them: skopeo, umoci, runc, and two registries.
# shellcheck disable=SC2016 # inner shells, and dollars that are to stay
. "$(dirname "$0")/lib.sh"
need_root
need skopeo umoci runc jq tar redis-server redis-cli git make

cd "$WORK" || exit 1
unset DOCKER_CONFIG REGISTRY_AUTH_FILE
export XDG_RUNTIME_DIR=$WORK TMPDIR=$WORK

arguments=(redis-server --user redis:10000:10001 --workdir /data --volume /data --volume '/a b$c'
	--expose 6379 --expose 53/UDP --stop-signal TERM --cmd '--bind 127.0.0.1 --save "1 1" --dir /data'
	--env 'GREETING=a "b" $c \d' --env EMPTY=
	--label org.opencontainers.image.source=https://example.org/redis
	--label org.opencontainers.image.base.name=docker.io/library/debian:12
	--tag localhost/redis:7)

# As Go and the specification of images name this machine.
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
i?86) architecture=386 ;;
arm*) architecture=arm ;;
loongarch64) architecture=loong64 ;;
mips64) architecture=mips64le ;;
*) architecture=$(uname -m) ;;
esac

skopeo() {
	command skopeo --tmpdir "$WORK" "$@"
}

# of the configuration of IMAGE, EXPRESSION as jq has it
config() {
	skopeo inspect --config "$1" | jq -cS "$2"
}

check "one run writes both formats, and the directory" \
	mkrootfs "${arguments[@]}" --format oci -o oci.tar -d dir
check "for docker too" mkrootfs "${arguments[@]}" --format docker -o docker.tar
for image in oci-archive:oci.tar oci-archive:oci.tar:localhost/redis:7 docker-archive:docker.tar \
	docker-archive:docker.tar:localhost/redis:7; do
	check "skopeo reads $image" prints \
		"$(jq -cSn --arg program "$(command -v redis-server)" \
			--arg architecture "$architecture" '{
			architecture: $architecture, os: "linux", created: "1970-01-01T00:00:00Z",
			config: {
				User: "10000:10001", WorkingDir: "/data", StopSignal: "SIGTERM",
				ExposedPorts: {"53/udp": {}, "6379/tcp": {}},
				Volumes: {"/data": {}, "/a b$c": {}},
				Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
					"GREETING=a \"b\" $c \\d", "EMPTY="],
				Entrypoint: [$program],
				Cmd: ["--bind", "127.0.0.1", "--save", "1 1", "--dir", "/data"],
				Labels: {
					"org.opencontainers.image.title": "redis-server",
					"org.opencontainers.image.source": "https://example.org/redis",
					"org.opencontainers.image.base.name":
						"docker.io/library/debian:12"
				}
			}
		}')" config "$image" 'del(.rootfs, .history, .variant)'
done
check "the tag is in the index" prints '["localhost/redis:7"]' \
	sh -c 'tar -xOf oci.tar index.json |
		jq -c "[.manifests[].annotations[\"org.opencontainers.image.ref.name\"]]"'
check "and for docker" prints '["localhost/redis:7"]' \
	sh -c 'tar -xOf docker.tar manifest.json | jq -c ".[0].RepoTags"'
check "OCI's labels are annotations of the manifest" prints https://example.org/redis \
	sh -c 'skopeo inspect --raw oci-archive:oci.tar |
		jq -r ".annotations[\"org.opencontainers.image.source\"]"'
check "both have the same tar in them" prints \
	"$(config oci-archive:oci.tar .rootfs.diff_ids)" config docker-archive:docker.tar .rootfs.diff_ids
SOURCE_DATE_EPOCH=1700000000 mkrootfs "${arguments[@]}" --format oci -o dated.tar
check "SOURCE_DATE_EPOCH is when it was created" \
	prints '["2023-11-14T22:13:20Z","2023-11-14T22:13:20Z"]' config oci-archive:dated.tar \
	'[.created, .config.Labels["org.opencontainers.image.created"]]'

# There and back.
check "skopeo copies from docker to OCI" \
	skopeo copy -q docker-archive:docker.tar oci-archive:docker-to-oci.tar
check "skopeo copies from OCI to docker" \
	skopeo copy -q oci-archive:oci.tar docker-archive:oci-to-docker.tar:localhost/redis:7
check "and back to OCI" skopeo copy -q docker-archive:oci-to-docker.tar oci-archive:again.tar
for copy in oci-archive:docker-to-oci.tar docker-archive:oci-to-docker.tar oci-archive:again.tar; do
	check "$copy says the same" prints "$(config oci-archive:oci.tar .)" config $copy .
done

# content DIRECTORY: of every path type, mode, owners, size and bytes
content() {
	(cd "$1" && find . -mindepth 1 -not -type d -printf '%P %y %m %U:%G %l %T@\n' \
		-o -mindepth 1 -type d -printf '%P %y %m %U:%G %T@\n' | sort &&
		find . -type f -exec sha256sum {} + | sort -k 2)
}

# unpack ARCHIVE TAG: into ARCHIVE.layout and ARCHIVE.bundle
unpack() {
	mkdir "$1.layout" && tar -C "$1.layout" -xf "$1" &&
		umoci unpack --image "$1.layout:$2" "$1.bundle"
}

check "umoci unpacks it" unpack oci.tar localhost/redis:7
check "the environment is as it was said" prints '["GREETING=a \"b\" $c \\d","EMPTY="]' \
	jq -c '.process.env[2:4]' oci.tar.bundle/config.json
check "what is in it is what is in the directory" \
	diff <(content dir) <(content oci.tar.bundle/rootfs)
for how in zstd none; do
	mkrootfs "${arguments[@]}" --format oci --compress $how -o $how.tar
	check "--compress $how: the same configuration" \
		prints "$(config oci-archive:oci.tar .)" config oci-archive:$how.tar .
done
check "zstd's layer is one" prints application/vnd.oci.image.layer.v1.tar+zstd \
	sh -c 'skopeo inspect --raw oci-archive:zstd.tar | jq -r ".layers[].mediaType"'
layer() {
	tar -xOf "$1" "blobs/sha256/$(skopeo inspect "oci-archive:$1" | jq -r '.Layers[0]' | cut -d: -f2)"
}
check "of the same tar" cmp <(layer zstd.tar | zstd -dcq) <(layer none.tar)
check "and so is gzip's" cmp <(layer oci.tar | gzip -dc) <(layer none.tar)
check "umoci unpacks what is not compressed" unpack none.tar localhost/redis:7
check "the same" diff <(content dir) <(content none.tar.bundle/rootfs)

# What the library is found by is in the environment.
mkdir lib
compile lib/libown.so 'int own(void) { return 7; }' -shared -fPIC -Wl,-soname,libown.so
compile own 'int own(void); int main(void) { return own() != 7; }' lib/libown.so
told() {
	"$MKROOTFS" ./own:/own "$@" --format oci -o own.tar 2>&1
}
check "no warning where the image says what is needed" prints "" told --library-path lib
check "--library-path is in Env, made absolute" prints "[\"LD_LIBRARY_PATH=$WORK/lib\"]" \
	config oci-archive:own.tar '.config.Env[1:]'
check "no warning about --preload" prints "" told --preload ./lib/libown.so --library-path lib
check "which is in Env, and --library-path is not: it was not needed" \
	prints "[\"LD_PRELOAD=$WORK/lib/libown.so\"]" config oci-archive:own.tar '.config.Env[1:]'
check "without an image there is a warning" says "needs LD_LIBRARY_PATH=lib" \
	"$MKROOTFS" ./own:/own --library-path lib -o own-plain.tar
check "--json says what the image does" prints \
	"$(config oci-archive:oci.tar '[.config | .User, .WorkingDir, .Env, .Entrypoint, .Cmd, .StopSignal, .Labels]')" \
	sh -c '"$@" --json | jq -cS ".image | [.user, .workdir, .env, .entrypoint, .cmd, .stop_signal, .labels]"' \
	sh "$MKROOTFS" "${arguments[@]}"
check "an entrypoint of one's own" mkrootfs /usr/bin/env --entrypoint '["/usr/bin/env", "a b"]' \
	--format docker -o env.tar
check "is the image's" prints '["/usr/bin/env","a b"]' config docker-archive:env.tar .config.Entrypoint
check "none at all" mkrootfs /usr/bin/env --entrypoint '' --format docker -o env.tar
check "is none" prints null config docker-archive:env.tar .config.Entrypoint
for words in '--expose http' '--stop-signal NONE' '--tag A:b' '--env =x' '--workdir data' \
	'--volume /' '--label x' '--entrypoint [1]' '--format podman' '--compress lz4'; do
	# shellcheck disable=SC2086 # an option and its value
	check "$words: a usage error" status 2 mkrootfs redis-server $words --format oci -o bad.tar
done
check "xz for a layer: a usage error" status 2 mkrootfs redis-server --compress xz --format oci -o bad.tar
check "none of that made anything" not test -e bad.tar

# Run by runc, on a root that nobody can write to. What a test machine may not give (control groups,
# /sys, a network of its own) is not asked for; all that the image says stays.
port=$(free_port)
bundle=$WORK/oci.tar.bundle
cp -a "$bundle/rootfs/data" volume
jq --arg port "$port" --arg volume "$WORK/volume" '
	.process.terminal = false | .process.args += ["--port", $port] | .root.readonly = true
	| del(.process.rlimits, .linux.resources, .linux.cgroupsPath)
	| .linux.namespaces |= map(select(.type != "network" and .type != "cgroup"))
	| .linux.maskedPaths = [] | .linux.readonlyPaths = []
	| .mounts |= map(select(.destination == "/proc" or .destination == "/dev" or .destination == "/data"
		or .destination == "/a b$c")
		| if .destination == "/data" then .type = "bind" | .source = $volume
			| .options = ["bind", "rw"] else . end)' \
	"$bundle/config.json" >config.json && mv config.json "$bundle/config.json"
name=mkrootfs-image-$$
(cd "$bundle" && exec runc --root "$WORK/runc" run "$name") >log 2>&1 </dev/null &
server=$!
BACKGROUND+=("$server")
asked() {
	redis-cli -p "$port" "$@"
}
check "runc runs it, and it answers PING" wait_for prints PONG asked PING
check "it keeps what it is told" prints OK asked SET key value
process=$(runc --root "$WORK/runc" state "$name" | jq .pid)
check "it is 10000:10001" prints "10000 10001" \
	sh -c 'awk "/^Uid:/ { uid = \$2 } /^Gid:/ { print uid, \$2 }" "/proc/$1/status"' sh "$process"
check "in /data" prints /data readlink "/proc/$process/cwd"
check "it can write to the volume" prints OK asked SAVE
check "that is where its data is" test -s volume/dump.rdb
check "which belongs to it" prints 10000:10001 stat -c %u:%g volume/dump.rdb
runc --root "$WORK/runc" kill "$name" "$(config oci-archive:oci.tar .config.StopSignal | tr -d '"')"
check "the stop signal ends it with status 0" status 0 wait "$server"
[ "$FAILED" -eq 0 ] || sed 's/^/# /' log

# A layer that goes through a pipe is the same.
check "to standard output" cmp oci.tar <("$MKROOTFS" "${arguments[@]}" --format oci -o -)
mkdir spool
check "its spool is where TMPDIR says" status 1 env TMPDIR="$WORK/nowhere" "$MKROOTFS" \
	"${arguments[@]}" --format oci -o -
check "a suffix compresses the whole" cmp docker.tar <("$MKROOTFS" "${arguments[@]}" --format docker \
	-o docker.tar.gz && gzip -dc docker.tar.gz)

# Two registries.
serve() {
	local storage=$1 address=$2
	cat >"$storage.yml" <<END
version: 0.1
log:
  level: error
storage:
  filesystem:
    rootdirectory: $storage
http:
  addr: $address
END
	background docker-registry serve "$storage.yml" >"$storage.log" 2>&1
}

# A checkout with something to build, and the README's recipe run in it.
make_checkout() {
	mkdir -p checkout bin home/.config/containers && ln -s "$MKROOTFS" bin/mkrootfs
	printf 'server: server.c\n\t%s -o server server.c\n' "${CC:-cc}" >checkout/Makefile
	echo 'int main(void) { return 0; }' >checkout/server.c
	(cd checkout && git init -q && git add . && git remote add origin https://example.org/server &&
		GIT_COMMITTER_DATE=@1700000000 git -c user.name=test -c user.email=test@example.org \
			commit -q -m first)
}

publish() {
	(cd checkout && awk '/^```/ { inside = /^```sh$/; next } inside' "$SOURCE/README.md" |
		HOME=$WORK/home PATH=$WORK/bin:$PATH sh -s "$@") >published.log && tail -n 1 published.log | tee -a published
}

answers() {
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

if command -v docker-registry >/dev/null; then
	one=$(free_port)
	serve "$WORK/one" "127.0.0.1:$one"
	wait_for answers "$one"
	two=$(free_port)
	serve "$WORK/two" "127.0.0.1:$two"
	wait_for answers "$two"
	digest=$(tar -xOf oci.tar index.json | jq -r '.manifests[0].digest')
	for port in "$one" "$two"; do
		echo "# 127.0.0.1:$port"
		check "a registry takes the image" skopeo copy -q --dest-tls-verify=false \
			oci-archive:oci.tar "docker://127.0.0.1:$port/team/redis:7"
		check "and has it by the digest that the archive says" prints "$digest" \
			sh -c 'skopeo inspect --tls-verify=false "$1" | jq -r .Digest' sh \
			"docker://127.0.0.1:$port/team/redis:7"
		check "which is that of the manifest's bytes" prints "${digest#sha256:}  -" \
			sh -c 'skopeo inspect --raw --tls-verify=false "$1" | sha256sum' sh \
			"docker://127.0.0.1:$port/team/redis:7"
	done
	check "both registries have the digest" prints "$digest $digest" sh -c 'for port; do
		skopeo inspect --tls-verify=false --format "{{.Digest}}" "docker://127.0.0.1:$port/team/redis:7"
	done | xargs' sh "$one" "$two"
	check "what comes back is what was sent" skopeo copy -q --src-tls-verify=false \
		"docker://127.0.0.1:$two/team/redis@$digest" oci:back
	check "to the byte" diff -r oci.tar.layout/blobs back/blobs
	make_checkout
	for port in "$one" "$two"; do
		printf '[[registry]]\nlocation = "127.0.0.1:%s"\ninsecure = true\n' "$port"
	done >home/.config/containers/registries.conf
	check "the README's recipe runs" publish team/server:1 "127.0.0.1:$one" "127.0.0.1:$two"
	check "and runs again to the same digest" publish team/server:1 "127.0.0.1:$one" "127.0.0.1:$two"
	check "which it tells" prints 1 sh -c 'sort -u published | grep -c "^team/server:1@sha256:"'
	check "when it was created is when it was committed" prints 2023-11-14T22:13:20Z \
		sh -c 'skopeo inspect --tls-verify=false "docker://127.0.0.1:$1/team/server:1" | jq -r .Created' \
		sh "$one"
	kill "${BACKGROUND[@]}" 2>/dev/null
	wait
else
	skip "two registries" "docker-registry is not installed"
fi
finish
