#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Servers and tools, each harvested with default options, do their real work in a chroot.
. "$(dirname "$0")/programs_lib.sh"
need python3 openssl

# A certificate authority of our own, and a certificate by it for localhost.
make_certificates() {
	mkdir -p "$WORK/tls"
	(
		cd "$WORK/tls" &&
			openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
				-keyout ca.key -out ca.pem -subj /CN=ca \
				-addext basicConstraints=critical,CA:TRUE &&
			openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
				-keyout server.key -out server.csr -subj /CN=localhost &&
			echo subjectAltName=DNS:localhost >extensions &&
			openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 3650 \
				-extfile extensions -out server.pem &&
			chmod 644 server.key
	) 2>"$WORK/tls/log" || { cat "$WORK/tls/log" >&2; exit 1; }
}

# What the server of this machine serves, over HTTP at $http_port and over TLS at $https_port.
start_web() {
	http_port=$(free_port)
	https_port=$(free_port)
	mkdir "$WORK/web"
	echo "hello from a server" >"$WORK/web/page"
	cat >"$WORK/web.py" <<-'END'
		import functools, http.server, ssl, sys, threading
		folder, certificates = sys.argv[1:3]
		handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
		plain, secure = (http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
		                 for port in sys.argv[3:5])
		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		context.load_cert_chain(certificates + "/server.pem", certificates + "/server.key")
		secure.socket = context.wrap_socket(secure.socket, server_side=True)
		threading.Thread(target=plain.serve_forever).start()
		secure.serve_forever()
	END
	background python3 "$WORK/web.py" "$WORK/web" "$WORK/tls" "$http_port" "$https_port" 2>"$WORK/web.log"
	wait_for fetch "http://localhost:$http_port/page"
}

# fetch URL: prints what is there; our authority is the only one that counts.
fetch() {
	python3 -c 'import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2])
try:
	print(urllib.request.urlopen(sys.argv[1], timeout=5, context=context).read().decode(), end="")
except OSError as error:
	sys.exit(str(error))' "$1" "$WORK/tls/ca.pem"
}

# By rules: unwind (backtrace, pthread_cancel).
test_redis() {
	local port
	port=$(free_port)
	program redis redis-server redis-tools -- \
		redis-server redis-cli --user redis --mkdir /data:0755:10000:10000
	serve /usr/bin/redis-server --port "$port" --bind 127.0.0.1 --dir /data
	asked() { inside /usr/bin/redis-cli -p "$port" "$@"; }
	check "redis: PING" wait_for prints PONG asked PING
	check "redis: SET" prints OK asked SET key value
	check "redis: GET" prints value asked GET key
	check "redis: a script in Lua" prints 3 asked EVAL "return 1 + 2" 0
	check "redis: ends, and saves" ends_with 0 TERM
	check "redis: has saved" test -s "$root/data/dump.rdb"
}

# Nothing but DT_NEEDED with a configuration, pages and a certificate of the user's. By rules with the
# configuration of this machine: nginx (the directories that it was built for, its modules).
test_nginx() {
	local plain secure
	plain=$(free_port)
	secure=$(free_port)
	cat >"$WORK/nginx.conf" <<-END
		daemon off;
		pid /tmp/nginx.pid;
		error_log stderr;
		worker_processes 1;
		events {}
		http {
			include mime.types;
			access_log off;
			client_body_temp_path /tmp/body;
			proxy_temp_path /tmp/proxy;
			fastcgi_temp_path /tmp/fastcgi;
			uwsgi_temp_path /tmp/uwsgi;
			scgi_temp_path /tmp/scgi;
			root /srv;
			server { listen 127.0.0.1:$plain; }
			server {
				listen 127.0.0.1:$secure ssl;
				ssl_certificate /etc/nginx/tls/server.pem;
				ssl_certificate_key /etc/nginx/tls/server.key;
			}
		}
	END
	program nginx nginx nginx-common -- nginx --add "$WORK/nginx.conf:/etc/nginx/nginx.conf" \
		--add /etc/nginx/mime.types --add "$WORK/web:/srv" --add "$WORK/tls:/etc/nginx/tls" \
		--user www-data
	serve /usr/sbin/nginx -e stderr
	check "nginx: a page over HTTP" \
		wait_for prints "hello from a server" fetch "http://localhost:$plain/page"
	check "nginx: a page over TLS" prints "hello from a server" fetch "https://localhost:$secure/page"
	check "nginx: ends" ends_with 0 QUIT

	# Debian's configuration has links to /usr/share/nginx. Such a server starts as root.
	program nginx-installed nginx nginx-common -- nginx --with nginx --add /etc/nginx \
		--add /usr/share/nginx --user www-data
	check "nginx: takes the configuration of this machine" inside -u 0 /usr/sbin/nginx -t
}

postgres_programs() {
	local bin
	for bin in /usr/lib/postgresql/*/bin /usr/libexec/postgresql* /usr/bin; do
		[ ! -x "$bin/initdb" ] || postgres=$bin
	done
}

# By rules: postgresql (its library and share directories, time zones, the server beside initdb). initdb
# starts the server by popen: /bin/sh.
test_postgres() {
	program postgres "postgresql-${postgres//[^0-9]/}" postgresql-common -- "$postgres/initdb" \
		"$postgres/psql" --user postgres --mkdir /data:0700:10000:10000
	asked() { inside "$postgres/psql" -h /tmp -U postgres -AtX -v ON_ERROR_STOP=1 -c "$1" postgres; }
	check "postgres: initdb" inside "$postgres/initdb" -D /data -A trust --no-sync
	serve "$postgres/postgres" -D /data -k /tmp -c listen_addresses=
	check "postgres: answers" wait_for prints 1 asked "select 1"
	check "postgres: a table" asked "create table t (a int, b text); insert into t values (1, 'x')"
	check "postgres: a query" prints "1|x" asked "select * from t"
	check "postgres: a function in PL/pgSQL" \
		asked "do \$\$ begin perform count(*) from t; end \$\$ language plpgsql"
	check "postgres: full text" prints "'fox':2 'run':1" asked "select to_tsvector('english', 'running foxes')"
	check "postgres: a time zone" prints "2020-01-01 01:00:00" \
		asked "select timestamptz '2020-01-01 00:00Z' at time zone 'Europe/Rome'"
	check "postgres: a conversion" prints '\xe38182' asked "select convert('\\x82a0', 'SJIS', 'UTF8')"
	check "postgres: an extension" asked "create extension pgcrypto; select digest('a', 'md5')"
	check "postgres: ends" ends_with 0 INT
}

# Nothing but DT_NEEDED.
test_memcached() {
	local port
	port=$(free_port)
	talk() {
		exec 9<>"/dev/tcp/127.0.0.1/$port" || return
		printf '%s\r\n' "$@" quit >&9
		timeout 5 cat <&9 | tr -d '\r' | xargs
		exec 9>&-
	}
	program memcached memcached -- memcached --user memcache
	serve /usr/bin/memcached -l 127.0.0.1 -p "$port" -U 0
	check "memcached: set" wait_for prints STORED talk "set key 0 0 5" hello
	check "memcached: get" prints "VALUE key 0 5 hello END" talk "get key"
	check "memcached: ends" ends_with 0 TERM
}

# By rules: unwind (pthread_exit), hosts for the back end's name.
test_haproxy() {
	local port
	port=$(free_port)
	cat >"$WORK/haproxy.cfg" <<-END
		global
		    stats socket /tmp/admin
		defaults
		    mode http
		    timeout connect 5s
		    timeout client 5s
		    timeout server 5s
		frontend here
		    bind 127.0.0.1:$port
		    default_backend there
		backend there
		    server one localhost:$http_port
	END
	program haproxy haproxy -- haproxy --add "$WORK/haproxy.cfg:/etc/haproxy/haproxy.cfg" --user haproxy
	serve /usr/sbin/haproxy -W -db -f /etc/haproxy/haproxy.cfg
	check "haproxy: a page of another server" \
		wait_for prints "hello from a server" fetch "http://localhost:$port/page"
	check "haproxy: ends" ends_with 0 TERM
}

# By rules: mariadb (character sets, SQL of install-db, plugins), mariadb-client (plugins), hosts for
# resolveip. The script mariadb-install-db calls programs of the shell's.
test_mariadb() {
	commands=(cat chmod dirname mkdir sed uname)
	program mariadb mariadb-server mariadb-server-core mariadb-client-core -- mariadbd mariadb \
		mariadb-install-db my_print_defaults resolveip --user mysql --mkdir /data:0700:10000:10000
	asked() { inside /usr/bin/mariadb --no-defaults -u root -S /tmp/socket -N -B -e "$@"; }
	check "mariadb: install-db" inside /usr/bin/mariadb-install-db --no-defaults --datadir=/data \
		--auth-root-authentication-method=normal --skip-test-db
	serve /usr/sbin/mariadbd --no-defaults --datadir=/data --socket=/tmp/socket --skip-networking
	check "mariadb: answers" wait_for prints 1 asked "select 1"
	check "mariadb: a table" asked "create database d; create table d.t (a int, b text character set sjis);
		insert into d.t values (1, 'x')"
	check "mariadb: a query" prints "1	x" asked "select * from d.t"
	check "mariadb: a plugin of the server" asked "install soname 'auth_ed25519';
		create user u identified via ed25519 using password('p')"
	check "mariadb: a plugin of the client" prints u asked "select substring_index(user(), '@', 1)" -u u -pp
	check "mariadb: ends" ends_with 0 TERM
}

# Nothing but DT_NEEDED. The configuration and the zone are the user's.
test_named() {
	local port
	port=$(free_port)
	cat >"$WORK/named.conf" <<-END
		options {
			directory "/var/cache/bind";
			listen-on port $port { 127.0.0.1; };
			listen-on-v6 { none; };
			pid-file "/tmp/named.pid";
			session-keyfile "/tmp/session.key";
			recursion no;
		};
		controls {};
		zone "example.org" { type primary; file "/etc/bind/example.org"; };
	END
	cat >"$WORK/example.org" <<-END
		\$TTL 60
		@ IN SOA ns admin 1 60 60 60 60
		@ IN NS ns
		ns IN A 127.0.0.1
		www IN A 192.0.2.7
	END
	program named bind9 bind9-dnsutils -- named dig --add "$WORK/named.conf:/etc/bind/named.conf" \
		--add "$WORK/example.org:/etc/bind/example.org" --user bind --mkdir /var/cache/bind:0755:10000:10000
	asked() { inside /usr/bin/dig -p "$port" @127.0.0.1 +tries=1 +time=2 "$@"; }
	authoritative() { asked www.example.org | grep -E '^;; flags:.* aa[ ;]'; }
	serve /usr/sbin/named -g
	check "named: an address" wait_for prints 192.0.2.7 asked +short www.example.org
	check "named: an authoritative answer" authoritative
	check "named: ends" ends_with 0 TERM
}

# By rules: nss, openssh (ssh for scp). The account's shell, the keys and the configuration are the
# user's.
test_openssh() {
	local port options=(-o BatchMode=yes -o StrictHostKeyChecking=accept-new)
	port=$(free_port)
	mkdir "$WORK/ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/ssh/host"
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/ssh/key"
	cat >"$WORK/ssh/sshd_config" <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey /home/git/host
		PidFile none
		PasswordAuthentication no
	END
	printf '%s:x:%s:%s::%s:%s\n' root 0 0 / /sbin/nologin git 10000 10000 /home/git /bin/sh >"$WORK/ssh/passwd"
	program openssh openssh-server openssh-client -- sshd scp \
		--add "$WORK/ssh/sshd_config:/etc/ssh/sshd_config" --add "$WORK/ssh/passwd:/etc/passwd" \
		--add "$WORK/ssh/host:/home/git/host" --mkdir /home:0755 --mkdir /home/git:0700:10000:10000 \
		--add "$WORK/ssh/key:/home/git/.ssh/id_ed25519" \
		--add "$WORK/ssh/key.pub:/home/git/.ssh/authorized_keys"
	chown -R 10000 "$root/home/git"
	log_in() {
		inside HOME=/home/git /usr/bin/ssh -n -p "$port" "${options[@]}" git@127.0.0.1 "$@"
	}
	serve /usr/sbin/sshd -D -e
	# shellcheck disable=SC2016 # for the inner shell
	check "openssh: a command over ssh" wait_for prints "hello from /home/git" log_in 'echo "hello from $PWD"'
	check "openssh: a copy by scp" inside HOME=/home/git /usr/bin/scp -q -O -P "$port" "${options[@]}" \
		/etc/passwd git@127.0.0.1:/tmp/copy
	check "openssh: the copy is there" cmp "$root/etc/passwd" "$root/tmp/copy"
	check "openssh: ends" ends_with 0 TERM
}

# Nothing but DT_NEEDED, and its user's account.
test_ssh-keygen() {
	program ssh-keygen openssh-client -- ssh-keygen --user git
	check "ssh-keygen: a key" inside /usr/bin/ssh-keygen -q -t ed25519 -N '' -f /tmp/key
	check "ssh-keygen: a key of RSA" inside /usr/bin/ssh-keygen -q -t rsa -b 2048 -N '' -f /tmp/rsa
	check "ssh-keygen: a fingerprint" inside /usr/bin/ssh-keygen -l -f /tmp/rsa.pub
	check "ssh-keygen: signs" inside /usr/bin/ssh-keygen -q -Y sign -f /tmp/key -n file /tmp/rsa.pub
}

# By rules: certs (the bundle of libcurl), hosts. Our authority is the user's.
test_curl() {
	program curl curl ca-certificates -- curl --add "$WORK/tls/ca.pem:/ca.pem"
	check "curl: a page over TLS" prints "hello from a server" \
		inside /usr/bin/curl -sS --cacert /ca.pem "https://localhost:$https_port/page"
	check "curl: a page over HTTP" prints "hello from a server" \
		inside /usr/bin/curl -sS "http://localhost:$http_port/page"
	# 77 would be a bundle that is not there.
	check "curl: knows the usual authorities, and not ours" \
		status 60 inside /usr/bin/curl -sS "https://localhost:$https_port/page"
	check "curl: has the authorities of this machine" cmp \
		/etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
}

# By rules: certs (the bundle of libgnutls), hosts.
test_wget() {
	program wget wget ca-certificates -- wget --add "$WORK/tls/ca.pem:/ca.pem"
	check "wget: a page over TLS" prints "hello from a server" \
		inside /usr/bin/wget -q -O - --ca-certificate=/ca.pem "https://localhost:$https_port/page"
	check "wget: knows not our authority" \
		status 5 inside /usr/bin/wget -q -O - "https://localhost:$https_port/page"
	check "wget: has the authorities of this machine" cmp \
		/etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
}

# By rules: git (its programs that speak to remotes, its templates), certs for git-remote-https. A local remote's end is started by /bin/sh.
test_git() {
	program git git -- git --add "$WORK/tls/ca.pem:/ca.pem" --user git --mkdir /repositories:0755:10000:10000
	git_there() {
		inside /usr/bin/git -c user.name=A -c user.email=a@example.org -c maintenance.auto=false \
			-c http.sslCAInfo=/ca.pem "$@"
	}
	check "git: makes a repository" git_there init -q --bare /repositories/remote.git
	check "git: clones it over file://" git_there clone -q file:///repositories/remote.git /repositories/clone
	echo hello >"$root/repositories/clone/file"
	check "git: adds" git_there -C /repositories/clone add file
	check "git: commits" git_there -C /repositories/clone commit -q -m first
	check "git: pushes over file://" git_there -C /repositories/clone push -q origin HEAD:master
	check "git: the commit is there" prints first git_there -C /repositories/remote.git log --format=%s master
	check "git: packs" git_there -C /repositories/remote.git gc -q
	check "git: tells of it for HTTP" git_there -C /repositories/remote.git update-server-info
	[ ! -d "$root" ] || cp -r "$root/repositories/remote.git" "$WORK/web/remote.git"
	check "git: clones it over TLS" \
		git_there clone -q -b master "https://localhost:$https_port/remote.git" /repositories/other
	check "git: what it cloned is there" prints hello cat "$root/repositories/other/file"
}

# By rules: openssl (configuration and legacy provider), certs.
test_openssl() {
	program openssl openssl ca-certificates -- openssl
	legacy() {
		echo hello | inside /usr/bin/openssl enc "$1" -provider legacy -provider default -pass pass:x \
			-pbkdf2 -out /tmp/text || return
		inside /usr/bin/openssl enc -d "$1" -provider legacy -provider default -pass pass:x -pbkdf2 -in /tmp/text
	}
	check "openssl: RC4 by the legacy provider" prints hello legacy -rc4
	check "openssl: Blowfish by the legacy provider" prints hello legacy -bf-cbc
	check "openssl: MD4 by the legacy provider" \
		prints "$(echo hello | openssl dgst -r -md4 -provider legacy -provider default)" \
		inside /usr/bin/openssl dgst -r -md4 -provider legacy -provider default <<<hello
	check "openssl: makes a certificate, by its configuration" inside /usr/bin/openssl req -x509 \
		-newkey rsa:2048 -nodes -keyout /tmp/key -out /tmp/certificate -subj /CN=x
	check "openssl: verifies one by the authorities of this machine" certificate_there
}

# Whether the first of this machine's authorities is trusted inside.
certificate_there() {
	openssl x509 -in /etc/ssl/certs/ca-certificates.crt -out "$root/tmp/one.pem" &&
		inside /usr/bin/openssl verify /tmp/one.pem
}

# By rules: gnupg (gpg-agent).
test_gpg() {
	program gpg gnupg gpg gpg-agent -- gpg --user gpg --mkdir /home/gpg:0700:10000:10000
	gpg_there() {
		inside /usr/bin/gpg --homedir /home/gpg --batch --pinentry-mode loopback --passphrase '' "$@"
	}
	check "gpg: makes a key" gpg_there --quick-gen-key 'A <a@example.org>' default default never
	check "gpg: signs" gpg_there -o /tmp/signature --detach-sign /etc/passwd
	check "gpg: verifies" gpg_there --verify /tmp/signature /etc/passwd
	check "gpg: encrypts" gpg_there --trust-model always -r A -o /tmp/secret -e /etc/passwd
	check "gpg: decrypts" prints "$(cat "$root/etc/passwd")" gpg_there -d /tmp/secret
}

# Nothing but DT_NEEDED.
test_sqlite3() {
	program sqlite3 sqlite3 -- sqlite3
	asked() { inside /usr/bin/sqlite3 /tmp/db "$1"; }
	check "sqlite3: a table" asked "create table t (a, b); insert into t values (1, 'x')"
	check "sqlite3: a query" prints "1|x" asked "select * from t"
	check "sqlite3: local time" prints "1970-01-01 00:00:00" asked "select datetime(0, 'unixepoch', 'localtime')"
	check "sqlite3: JSON and full text" prints 2 asked "create virtual table f using fts5(x);
		insert into f values ('one'); select json_array_length('[1,2]')"
}

# Nothing but DT_NEEDED.
test_jq() {
	program jq jq -- jq
	check "jq: a filter" prints '[2,3]' inside /usr/bin/jq -c '.a | map(. + 1)' <<<'{"a": [1, 2]}'
	check "jq: a regular expression and a date" prints '[true,"1970-01-01"]' \
		inside /usr/bin/jq -n -c '["abc" | test("B"; "i"), (0 | strftime("%Y-%m-%d"))]'
}

# By rules: compressors. tar starts them by /bin/sh when it writes, which comes by itself.
test_tar() {
	local suffix
	program tar tar gzip bzip2 xz-utils zstd -- tar
	round_trip() {
		inside /usr/bin/tar -C / -caf "/tmp/a.tar.$1" etc &&
			inside /usr/bin/tar -C "/tmp/$1" -xf "/tmp/a.tar.$1" &&
			cmp "$root/etc/passwd" "$root/tmp/$1/etc/passwd"
	}
	for suffix in gz bz2 xz zst; do
		mkdir -p "$root/tmp/$suffix"
		chown 10000 "$root/tmp/$suffix"
		check "tar: .$suffix there and back" round_trip "$suffix"
	done
}

# Nothing but DT_NEEDED; nss for -user.
test_find() {
	program find findutils -- find xargs
	check "find: by name, type and user" prints /usr/bin/find \
		inside /usr/bin/find /usr -name find -type f -user root
	check "find: prints dates and users" prints "root 1970" inside /usr/bin/find /usr -maxdepth 0 -printf '%u %TY\n'
	check "find: starts programs" prints /usr/bin/xargs \
		inside /usr/bin/find /usr -name xargs -exec /usr/bin/find {} +
}

# By rules: gawk (its libraries in awk and in C), locale. Commands want /bin/sh, which comes by itself.
test_gawk() {
	program gawk gawk -- gawk
	# shellcheck disable=SC2016 # for awk
	check "gawk: sums" prints 6 inside /usr/bin/gawk '{ sum += $1 } END { print sum }' <<<$'1\n2\n3'
	check "gawk: a library in awk" prints "a-b" \
		inside /usr/bin/gawk -i join 'BEGIN { n = split("a b", x); print join(x, 1, n, "-") }'
	check "gawk: a library in C" prints 65 inside /usr/bin/gawk -l ordchr 'BEGIN { print ord("A") }'
	check "gawk: UTF-8" prints 1 inside LC_ALL=C.UTF-8 /usr/bin/gawk 'BEGIN { print length("é") }'
	check "gawk: a command" prints hi inside /usr/bin/gawk 'BEGIN { "echo hi" | getline x; print x }'
}

make_certificates
start_web
postgres=
postgres_programs
run redis redis-server redis-cli
run nginx nginx
run postgres "${postgres:-/usr/bin}/initdb"
run memcached memcached
run haproxy haproxy
run mariadb mariadbd mariadb-install-db
run named named dig
run openssh sshd ssh scp ssh-keygen
run ssh-keygen ssh-keygen
run curl curl
run wget wget
run git git
run openssl openssl
run gpg gpg gpg-agent
run sqlite3 sqlite3
run jq jq
run tar tar gzip bzip2 xz zstd
run find find xargs
run gawk gawk
finish_programs
