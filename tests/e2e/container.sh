#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Dockerfile of the README, built by buildah and run by runc. Only where redis comes from
# differs: Debian's package, in place of a download.
. "$(dirname "$0")/lib.sh"
. "$HERE/debian.sh"
need_root
need buildah runc mmdebstrap redis-cli
ldd "$MKROOTFS" >/dev/null 2>&1 && skip_all "this mkrootfs is not static"
tar=$(debian redis redis-server) ||
	skip_all "no Debian 12 could be made: $(tail -n 1 "$WORK/debian.log")"

buildah() {
	command buildah --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs "$@"
}

# The README's, with the lines from the base to the COPY of mkrootfs replaced.
dockerfile() {
	awk '/^```/ { inside = /Dockerfile/ && !done; if (inside) next; if (seen) done = 1 }
		inside { seen = 1; print }' "$SOURCE/README.md" |
		awk '/^FROM debian/ { sub(/debian:[^ ]*/, "localhost/debian"); print
				print "RUN ln -s /usr/bin/redis-server /usr/local/bin/redis-server"
				skip = 1 }
			/^COPY / { skip = 0 }
			!skip'
}

# of IMAGE's configuration: User, WorkingDir...
config() {
	buildah inspect --type image --format "{{.OCIv1.Config.$1}}" localhost/redis
}

mkdir "$WORK/context"
cp "$MKROOTFS" "$WORK/context/mkrootfs"
dockerfile >"$WORK/context/Dockerfile"
sed 's/^/# /' "$WORK/context/Dockerfile"

import_base() {
	local base
	base=$(buildah from scratch) && buildah add -q "$base" "$tar" / &&
		buildah commit -q "$base" localhost/debian && buildah rm "$base"
}

import_base >"$WORK/log" 2>&1 || skip_all "buildah does not work here: $(tail -n 1 "$WORK/log")"
check "the README's Dockerfile builds" \
	buildah bud --isolation chroot -q -t localhost/redis "$WORK/context"
[ "$FAILED" -eq 0 ] || finish

container=$(buildah from localhost/redis)
root=$(buildah mount "$container")
check "the image holds /redis-server" test -x "$root/redis-server"
check "and no shell" not test -e "$root/bin/sh"
check "all of it belongs to 10000" prints "" \
	find "$root" -mindepth 1 -not \( -uid 10000 -gid 10000 \) -print
check "it runs as redis:redis" prints redis:redis config User
# As a runtime resolves the names: by the image's own files.
uid=$(awk -F: '$1 == "redis" { print $3 }' "$root/etc/passwd")
gid=$(awk -F: '$1 == "redis" { print $3 }' "$root/etc/group")
check "which are 10000:10000 in the image" test "$uid:$gid" = 10000:10000
check "in /data" prints /data config WorkingDir
check "by /redis-server" prints '[/redis-server]' config Entrypoint
check "which has a volume" prints 'map[/data:{}]' config Volumes
check "and a port" prints 'map[6379/TCP:{}]' config ExposedPorts

# A bundle that asks for nothing that a test machine may not give: no control groups, no /sys, the
# machine's own network.
port=$(free_port)
mkdir "$WORK/bundle"
cat >"$WORK/bundle/config.json" <<EOF
{
	"ociVersion": "1.0.2",
	"process": {
		"user": {"uid": ${uid:-0}, "gid": ${gid:-0}},
		"args": ["$(config 'Entrypoint 0' 2>/dev/null || echo /redis-server)",
			"--port", "$port", "--bind", "127.0.0.1"],
		"env": ["PATH=/"],
		"cwd": "$(config WorkingDir)",
		"noNewPrivileges": true,
		"capabilities": {}
	},
	"root": {"path": "$root", "readonly": false},
	"mounts": [
		{"destination": "/proc", "type": "proc", "source": "proc"},
		{"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]}
	],
	"linux": {
		"namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}]
	}
}
EOF

runc() {
	command runc --root "$WORK/runc" "$@"
}

name=mkrootfs-e2e-$$
(cd "$WORK/bundle" && exec runc --root "$WORK/runc" run "$name") >"$WORK/log" 2>&1 </dev/null &
server=$!
BACKGROUND+=("$server")
asked() {
	redis-cli -p "$port" "$@"
}
check "the container answers PING" wait_for prints PONG asked PING
check "and keeps what it is told" prints OK asked SET key value
process=$(runc state "$name" | sed -n 's/^ *"pid": \([0-9]*\),*/\1/p')
check "as uid 10000" grep -E '^Uid:\s+10000\s+10000' "/proc/$process/status"
runc kill "$name" TERM >/dev/null 2>&1
check "it ends on SIGTERM with status 0" status 0 wait "$server"
check "its data is in /data" test -s "$root/data/dump.rdb"
[ "$FAILED" -eq 0 ] || sed 's/^/# /' "$WORK/log"
buildah umount "$container" >/dev/null

# The tracer has the capabilities and the filter that every build step has, and no more.
cat >"$WORK/context/Dockerfile" <<'END'
FROM localhost/debian AS build
COPY mkrootfs /usr/local/bin/
RUN mkrootfs --trace --trace-timeout 3 /usr/bin/redis-server:/redis-server -d /rootfs -- --port 6399 --dir /tmp >/trace.log 2>&1; \
	status=$?; cat /trace.log; exit $status
FROM scratch
COPY --from=build /rootfs /
COPY --from=build /trace.log /
ENTRYPOINT ["/redis-server"]
END
check "--trace works in a build step" \
	buildah bud --isolation chroot -q -t localhost/traced "$WORK/context"
container=$(buildah from localhost/traced)
traced=$(buildah mount "$container")
check "and has seen the server start" grep -q 'eady to accept connections' "$traced/trace.log"
check "and brought what it opened" test -x "$traced/redis-server"
buildah umount "$container" >/dev/null
finish
