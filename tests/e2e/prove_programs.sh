#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --check run of real programs: proven where default options suffice, not proven and named where something
# was left out on purpose; --fix makes those work that --dlopen none leaves with their libraries alone.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
export TMPDIR=$WORK/tmp
mkdir -m 1777 "$TMPDIR"
if ! mkrootfs -q /bin/true --list --check run >/dev/null 2>"$WORK/refused"; then
	skip_all "nothing can be run here: $(head -n 1 "$WORK/refused")"
fi
postgres=$(printf '%s\n' /usr/lib/postgresql/*/bin | tail -n 1)
N_PROVEN=0
N_FIXED=0

# there NAME PROGRAM: whether it is installed; else the check is skipped.
there() {
	[ -x "$2" ] || { skip "$1" "$2 is not installed"; return 1; }
}

# proves NAME PROGRAM [OPTION...] [-- ARG...]
proves() {
	there "$1 is proven" "$2" || return 0
	N_PROVEN=$((N_PROVEN + 1))
	check "$1 is proven" mkrootfs -q --list --check run "${@:2}"
}

# misses NAME HINT PROGRAM...: it is not proven, and the hint begins with HINT; with that, it is.
misses() {
	there "$1 is told" "$3" || return 0
	N_PROVEN=$((N_PROVEN + 1))
	check "$1 is told" is_missed "${@:2}"
}
is_missed() {
	local hint
	! mkrootfs --list --check run "${@:2}" 2>"$WORK/told" >/dev/null || { echo "it is proven"; return 1; }
	hint=$(sed -n 's/^  to bring it: //p' "$WORK/told" | tail -n 1)
	case $hint in "$1"*) ;; *) cat "$WORK/told"; return 1 ;; esac
	# shellcheck disable=SC2086 # options are words
	mkrootfs -q --list --check run $hint "${@:2}"
}

# fixes NAME PROGRAM...: it does not work by --dlopen none, and does with --fix; the options that this
# prints make it work, too.
fixes() {
	there "--fix of $1" "$2" || return 0
	N_FIXED=$((N_FIXED + 1))
	check "--fix of $1" is_fixed "${@:2}"
}
is_fixed() {
	! mkrootfs -q --list --dlopen none --check run "$@" >/dev/null 2>&1 || { echo "it works without"; return 1; }
	mkrootfs --list --dlopen none --check run --fix "$@" 2>"$WORK/told" >/dev/null || { cat "$WORK/told"; return 1; }
	options=$(sed -n 's/.*options that say the same: //p' "$WORK/told")
	[ -n "$options" ] || { cat "$WORK/told"; return 1; }
	# shellcheck disable=SC2086 # options are words
	mkrootfs -q --list --dlopen none --check run $options "$@"
}

# Servers that answer, and end by their stop signal.
proves redis /usr/bin/redis-server --user redis --workdir /data --check-probe tcp:6379
cat >"$WORK/nginx.conf" <<'END'
daemon off;
pid /tmp/nginx.pid;
error_log stderr;
user nobody nogroup;
events {}
http {
	access_log off;
	client_body_temp_path /tmp/body;
	proxy_temp_path /tmp/proxy;
	fastcgi_temp_path /tmp/fastcgi;
	uwsgi_temp_path /tmp/uwsgi;
	scgi_temp_path /tmp/scgi;
	server { listen 8088; location / { return 200 "hello"; } }
}
END
nginx=(/usr/sbin/nginx -a "$WORK/nginx.conf:/etc/nginx/nginx.conf" --symlink root:/nogroup --user root --user nogroup:65534:65534)
proves "nginx -t" "${nginx[@]}" -- -t
proves "nginx that answers http" "${nginx[@]}" --stop-signal QUIT --check-probe http:8088/
proves memcached /usr/bin/memcached --user memcached --check-probe tcp:11211
proves "memcached at a local socket" /usr/bin/memcached --user memcached --check-probe unix:/tmp/m.sock -- -s /tmp/m.sock
printf 'global\n\tmaster-worker\ndefaults\n\tmode http\n\ttimeout client 1s\n\ttimeout server 1s\n\ttimeout connect 1s\nlisten a\n\tbind 127.0.0.1:8089\n\thttp-request return status 200\n' >"$WORK/haproxy.cfg"
proves haproxy /usr/sbin/haproxy -a "$WORK/haproxy.cfg:/haproxy.cfg" --check-probe http:8089/x --stop-signal TERM -- -f /haproxy.cfg
ssh-keygen -q -t ed25519 -N "" -f "$WORK/host_key" 2>/dev/null
printf 'HostKey /host_key\nUsePAM no\n' >"$WORK/sshd_config"
proves "sshd -t" /usr/sbin/sshd -a "$WORK/host_key:/host_key" -a "$WORK/sshd_config:/sshd_config" --mkdir /run/sshd --user root --user sshd:100:65534 -- -t -f /sshd_config
proves postgres "$postgres/postgres" -- --version
proves python /usr/bin/python3 -- -c 'import json, sqlite3, ssl, decimal'
proves perl /usr/bin/perl -- -e 'use POSIX; use Data::Dumper; use Socket;'
proves ruby /usr/bin/ruby -- -e 'require "json"; require "openssl"'
proves php /usr/bin/php -- -r 'exit(mb_strlen("x") == 1 ? 0 : 1);'
proves node /usr/bin/node -- -e 'require("crypto").createHash("sha256")'
proves lua /usr/bin/lua5.4 -- -e 'print(1)'
proves guile /usr/bin/guile -- -c '(display (+ 1 2))'
proves git /usr/bin/git -- init -q /tmp/x
proves curl /usr/bin/curl -- --version
proves openssl /usr/bin/openssl -- req -new -x509 -nodes -newkey rsa:2048 -keyout /tmp/k -out /tmp/c -subj /CN=x
proves sqlite3 /usr/bin/sqlite3 -- :memory: 'select 1'
proves jq /usr/bin/jq -- -n 1
proves gawk /usr/bin/gawk -- 'BEGIN { exit 0 }'
proves file /usr/bin/file -- /usr/bin/file
proves gpg /usr/bin/gpg --env HOME=/tmp -- --gen-random 1 4
proves iconv /usr/bin/iconv -a "$WORK/nginx.conf:/x" -- -f latin1 -t utf-16 /x
proves java /usr/bin/java -- -version
proves vim /usr/bin/vim -- -es -u NONE -c 'qa!'
proves tar /usr/bin/tar -- --version

# What was left out is named, and its option works.
misses "python without its library" "--with python" /usr/bin/python3 --dlopen none -- -c 'import json'
misses "perl without its library" "" /usr/bin/perl --dlopen none -- -e 'use strict;'
misses "file without its magic" "" /usr/bin/file --dlopen none -- /usr/bin/file
misses "iconv without character sets" "--with gconv" /usr/bin/iconv --dlopen none -a "$WORK/nginx.conf:/x" -- -f latin1 -t utf-16 /x
is_told() {
	says "$1" mkrootfs --list --check run "${@:2}"
}
if [ -x /usr/sbin/sshd ] && [ -e /etc/ssh/ssh_host_ed25519_key ]; then
	check "sshd without its private keys" is_told "to bring it: .*-a /etc/ssh/ssh_host_ed25519_key" \
		/usr/sbin/sshd --mkdir /run/sshd --user root --user sshd:100:65534 -- -t
fi
if [ -x /usr/sbin/nginx ]; then
	sed 's|^events|include /etc/nginx/absent.conf;\nevents|' "$WORK/nginx.conf" >"$WORK/absent.conf"
	check "a file that is nowhere is no option" not is_told "to bring it: -a /etc/nginx/absent" \
		/usr/sbin/nginx -a "$WORK/absent.conf:/etc/nginx/nginx.conf" -- -t
fi

fixes python /usr/bin/python3 -- -c 'import json, sqlite3, ssl'
fixes perl /usr/bin/perl -- -e 'use POSIX; use Data::Dumper;'
fixes ruby /usr/bin/ruby -- -e 'require "json"'
fixes nginx /usr/sbin/nginx -- -t
fixes php /usr/bin/php -- -r 'exit(mb_strlen("x") == 1 ? 0 : 1);'
fixes vim /usr/bin/vim -- -es -u NONE -c 'syntax on' -c 'qa!'
fixes file /usr/bin/file -- /usr/bin/file
fixes iconv /usr/bin/iconv -a "$WORK/nginx.conf:/x" -- -f latin1 -t utf-16 /x
fixes "iconv to SJIS" /usr/bin/iconv -a "$WORK/nginx.conf:/x" -- -f utf-8 -t SJIS /x
fixes openssl /usr/bin/openssl -- req -new -x509 -nodes -newkey rsa:2048 -keyout /tmp/k -out /tmp/c -subj /CN=x
fixes "openssl's legacy provider" /usr/bin/openssl -- list -providers -provider legacy
fixes tmux /usr/bin/tmux -- -V
fixes "sh that starts sed" /bin/sh -- -c 'echo x | /usr/bin/sed s/x/y/'
fixes "perl that starts sort" /usr/bin/perl -- -e 'exit system("/usr/bin/sort", "/dev/null") >> 8'
fixes "bash that reads a file" /bin/bash -- -c 'read -r x </etc/debian_version'
fixes "openssl that reads certificates" /usr/bin/openssl -- x509 -noout -in /etc/ssl/certs/ca-certificates.crt
fixes "locale's time zone" /usr/bin/python3 -- -c 'import zoneinfo; zoneinfo.ZoneInfo("Asia/Tokyo")'
check "nothing is left" prints "" ls -A "$TMPDIR"
echo "# $N_PROVEN programs proven or not, $N_FIXED by --fix"
finish
