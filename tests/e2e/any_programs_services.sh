#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# More servers that no rule was written for, and what belongs to servers.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

test_webfsd() {
	give /job/www/x.svg <<<'<svg/>'
	job() {
		up webfsd -F -p "$port" -i 127.0.0.1 -r /job/www
		until_it page -I "http://127.0.0.1:$port/x.svg" | grep -i '^content-type'
	}
	try "webfs mime-support" webfsd -a /job/www --user www-data
}

test_in.tftpd() {
	give /job/www/x <<<hello
	uid=0
	fetch() {
		outside tftp -m binary 127.0.0.1 "$port" -c get /x /tmp/x && cat "$machine/tmp/x"
	}
	job() {
		up in.tftpd -L -u nobody --address "127.0.0.1:$port" -s /job/www
		FORKS=1 until_it fetch
	}
	try "tftpd-hpa" in.tftpd -a /job/www --user nobody
}

test_prometheus-node-exporter() {
	job() {
		up prometheus-node-exporter --web.listen-address="127.0.0.1:$port"
		until_it page "http://127.0.0.1:$port/metrics" | grep -E '^node_(exporter_build_info|forks_total )' |
			cut -d ' ' -f 1
	}
	try "prometheus-node-exporter" prometheus-node-exporter --user prometheus
}

test_caddy() {
	give /job/Caddyfile <<-END
		{
			admin off
		}
		http://localhost:$port {
			root * /job/www
			templates
			file_server
		}
	END
	give /job/www/index.html <<<'hello {{upper "you"}}'
	job() {
		up caddy run --config /job/Caddyfile --adapter caddyfile
		until_it page -f "http://localhost:$port/"
	}
	try "caddy" caddy -a /job/Caddyfile -a /job/www --user caddy
}

test_syslog-ng() {
	give /job/syslog-ng.conf <<-END
		@version: 3.38
		@include "scl.conf"
		source net { network(ip("127.0.0.1") port($port) transport("tcp")); };
		parser words { kv-parser(prefix(".x.")); };
		template lines { template("\$(format-json --key .x.*)\n"); };
		destination out { file("/tmp/out" template(lines)); };
		log { source(net); parser(words); destination(out); };
	END
	message() {
		talk "$port" '<13>Jan  1 00:00:00 host app: a=1 b="2 3"' >/dev/null && test -s "$where/tmp/out" &&
			head -n 1 "$where/tmp/out"
	}
	job() {
		up syslog-ng -F --no-caps -f /job/syslog-ng.conf -R /tmp/persist -p /tmp/pid -c /tmp/control
		until_it message
	}
	try "syslog-ng-core" syslog-ng -a /job/syslog-ng.conf --user syslog
}

test_kea-dhcp4() {
	give /job/kea.json <<-'END'
		{ "Dhcp4": {
			"interfaces-config": { "interfaces": [] },
			"lease-database": { "type": "memfile", "persist": false },
			"hooks-libraries": [ { "library":
				"/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_lease_cmds.so" } ],
			"subnet4": [ { "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.20" } ] } ]
		} }
	END
	uid=0
	job() {
		here kea-dhcp4 -t /job/kea.json >"$WORK/kea" 2>&1 && echo it is right
		cat "$WORK/kea" >&2
	}
	try "kea-dhcp4-server kea-common" kea-dhcp4 -a /job/kea.json --user _kea
}

test_kea-ctrl-agent() {
	room /run/kea
	give /job/kea.json <<-END
		{ "Control-agent": { "http-host": "127.0.0.1", "http-port": $port } }
	END
	uid=0
	job() {
		up kea-ctrl-agent -c /job/kea.json
		until_it page -H 'Content-Type: application/json' -d '{ "command": "list-commands" }' \
			"http://127.0.0.1:$port/"
	}
	try "kea-ctrl-agent kea-common" kea-ctrl-agent -a /job/kea.json --user _kea
}

test_znc() {
	room /job/data
	give /job/data/configs/znc.conf <<-END
		Version = 1.8.2
		LoadModule = webadmin
		<Listener l>
			Host = 127.0.0.1
			Port = $port
			IPv4 = true
			IPv6 = false
			SSL = false
		</Listener>
		<User admin>
			Admin = true
			LoadModule = controlpanel
			<Pass password>
				Method = MD5
				Hash = 5e5e5b3a
				Salt = x
			</Pass>
		</User>
	END
	chmod 666 "$system/job/data/configs/znc.conf"
	job() {
		up znc -f -d /job/data
		until_it page "http://127.0.0.1:$port/" | grep -i -e '<title>' -e password -e '\.css'
	}
	try "znc" znc -a /job/data/configs/znc.conf --user znc
}

test_isql-fb() {
	job() {
		printf '%s\n' "create database '/tmp/x.fdb' default character set win1252 collation win1252;" \
			"create table t (a int, b varchar(9));" "insert into t values (1, 'x');" \
			"select a + 1, upper(b), current_user from t;" >"$WORK/sql"
		here isql-fb -q -user SYSDBA <"$WORK/sql"
	}
	try "firebird3.0-utils firebird3.0-server-core firebird3.0-common libfbclient2" isql-fb --user firebird
}

test_firebird() {
	uid=0
	job() {
		up firebird -p "$port"
		echo "create database 'inet://127.0.0.1:$port//tmp/x.fdb' user SYSDBA password 'x';" >"$WORK/sql"
		until_it talk "$port" "" >/dev/null
		outside isql-fb -q <"$WORK/sql" 2>&1 | tail -n 2
		echo it answered
	}
	try "firebird3.0-server firebird3.0-server-core firebird3.0-common" firebird --user firebird
}

test_proftpd() {
	give /job/proftpd.conf <<-END
		ServerName x
		Port $port
		DefaultAddress 127.0.0.1
		UseReverseDNS off
		User nobody
		Group nogroup
		ScoreboardFile none
		ModulePath /usr/lib/proftpd
		LoadModule mod_ifsession.c
		PidFile /tmp/pid
		<IfModule mod_delay.c>
			DelayEngine off
		</IfModule>
		<Anonymous /job/ftp>
			User nobody
			Group nogroup
			UserAlias anonymous nobody
			RequireValidShell off
			UseFtpUsers off
		</Anonymous>
	END
	give /job/ftp/x <<<hello
	uid=0
	job() {
		up proftpd -n -q -c /job/proftpd.conf
		until_it page "ftp://127.0.0.1:$port/x"
	}
	try "proftpd-core" proftpd -a /job/proftpd.conf -a /job/ftp --user nobody:65534:65534
}

test_smtpd() {
	room /job/mail
	give /job/smtpd.conf <<-END
		listen on 127.0.0.1 port $port hostname localhost
		table users { "@" = "app" }
		action deliver maildir "/job/mail" virtual <users>
		match from any for any action deliver
	END
	deliver() {
		talk "$port" "HELO x" "MAIL FROM:<a@example.org>" "RCPT TO:<b@example.org>" DATA "From: a@example.org" "" hello . QUIT |
			grep '^250 2.0.0'
	}
	uid=0
	job() {
		up smtpd -d -f /job/smtpd.conf
		PACE=0.1 until_it deliver | cut -c 1-9
		until_it grep -rhx hello "$where/job/mail/new"
	}
	try "opensmtpd" smtpd -a /job/smtpd.conf --user app --user opensmtpd:10001 \
		--user opensmtpq:10002
}

test_monit() {
	give /job/monitrc <<-END
		set daemon 5
		set pidfile /tmp/pid
		set idfile /tmp/id
		set statefile /tmp/state
		set httpd port $port and use address 127.0.0.1 allow 127.0.0.1
		check filesystem root with path /
	END
	chmod 600 "$system/job/monitrc"
	uid=0
	job() {
		up monit -I -c /job/monitrc
		until_it page "http://127.0.0.1:$port/" | grep -o '<title>.*</title>'
	}
	try "monit" monit -a /job/monitrc --user monit
}

test_radicale() {
	room /job/data
	give /job/radicale <<-END
		[server]
		hosts = 127.0.0.1:$port
		[auth]
		type = none
		[storage]
		filesystem_folder = /job/data
	END
	event() {
		page -f -X MKCOL "http://127.0.0.1:$port/a/"
		page -f -X MKCALENDAR "http://127.0.0.1:$port/a/c/" && printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 \
			PRODID:x BEGIN:VEVENT UID:1 DTSTART:20200101T000000Z SUMMARY:hello END:VEVENT END:VCALENDAR |
			page -f -T - "http://127.0.0.1:$port/a/c/1.ics" && page -f "http://127.0.0.1:$port/a/c/1.ics"
	}
	job() {
		up radicale --config /job/radicale
		until_it event
		page -L "http://127.0.0.1:$port/.web/" | grep -i '<title'
	}
	try "radicale python3-radicale" radicale -a /job/radicale --user radicale
}

test_dictd() {
	give /job/dictd.conf <<-END
		global { listen_to 127.0.0.1 }
		database jargon { data /usr/share/dictd/jargon.dict.dz
			index /usr/share/dictd/jargon.index }
	END
	job() {
		up dictd -d nodetach -c /job/dictd.conf --port "$port" --pid-file /tmp/pid
		until_it outside dict -h 127.0.0.1 -p "$port" -P - foobar | cksum
	}
	try "dictd dict-jargon" dictd -a /job/dictd.conf --user dictd
}

test_freeciv-server() {
	give /job/script.serv <<-'END'
		rulesetdir civ2civ3
		list rulesets
		show victories
		quit
	END
	job() {
		here /usr/games/freeciv-server -q 1 -p "$port" -e -r /job/script.serv 2>&1 | grep -v "$port"
	}
	try "freeciv-server freeciv-data" /usr/games/freeciv-server -a /job/script.serv --user app
}

test_munin-node() {
	room /var/lib/munin-node
	give /job/munin-node.conf <<-END
		log_level 4
		log_file /dev/stderr
		pid_file /tmp/pid
		background 0
		setsid 0
		user root
		group root
		host_name x
		allow ^127\.0\.0\.1\$
		host 127.0.0.1
		port $port
	END
	rm -f "$system"/etc/munin/plugins/*
	ln -s /usr/share/munin/plugins/cpu "$system/etc/munin/plugins/cpu"
	uid=0
	job() {
		up munin-node --config /job/munin-node.conf
		until_it talk "$port" list "config cpu" quit | sed -n 1,5p
	}
	try "munin-node munin-plugins-core munin-common" munin-node -a /job/munin-node.conf -a /etc/munin
}

test_rsyncd() {
	give /job/rsyncd.conf <<-END
		port = $port
		address = 127.0.0.1
		use chroot = no
		[files]
		path = /job/www
	END
	give /job/www/x <<<hello
	job() {
		up rsync --daemon --no-detach --config=/job/rsyncd.conf
		until_it outside rsync -z "rsync://127.0.0.1:$port/files/x" /tmp/x && cat "$machine/tmp/x"
	}
	try "rsync" rsync -a /job/rsyncd.conf -a /job/www --user app
}

test_xinetd() {
	give /job/xinetd.conf <<-END
		service files
		{
			type = UNLISTED
			socket_type = stream
			protocol = tcp
			bind = 127.0.0.1
			port = $port
			user = root
			wait = no
			server = /usr/bin/rsync
			server_args = --daemon --config /job/rsyncd.conf
		}
	END
	printf '%s\n' 'use chroot = no' '[files]' 'path = /job' | give /job/rsyncd.conf
	uid=0
	job() {
		up xinetd -dontfork -f /job/xinetd.conf -pidfile /tmp/pid
		until_it outside rsync "rsync://127.0.0.1:$port/files/xinetd.conf" /tmp/x && cksum <"$machine/tmp/x"
	}
	try "xinetd rsync" xinetd -a /job/xinetd.conf -a /job/rsyncd.conf
}

test_oidentd() {
	uid=0
	job() {
		up oidentd -i -a 127.0.0.1 -p "$port" -u nobody -g nogroup -C /etc/oidentd.conf
		FORKS=1 until_it talk "$port" "1, 2"
	}
	try "oidentd" oidentd -a /etc/oidentd.conf --user nobody:65534:65534
}

test_nbd-server() {
	give /job/nbd.conf <<-END
		[generic]
		listenaddr = 127.0.0.1
		port = $port
		allowlist = true
		[x]
		exportname = /job/disk
		readonly = true
	END
	head -c 65536 /dev/zero | give /job/disk
	job() {
		up nbd-server -d -C /job/nbd.conf -p /tmp/pid
		until_it outside nbd-client -l 127.0.0.1 "$port" | grep .
	}
	try "nbd-server" nbd-server -a /job/nbd.conf -a /job/disk --user nbd
}

start_debian servers
run webfsd in.tftpd prometheus-node-exporter caddy syslog-ng kea-dhcp4 kea-ctrl-agent znc isql-fb firebird \
	proftpd smtpd monit radicale dictd freeciv-server munin-node rsyncd xinetd oidentd nbd-server
finish_any
