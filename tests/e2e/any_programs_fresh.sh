#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Servers that were chosen after the needs were written, by somebody who had not read them.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

MAIL='From: a@example.org
To: b@example.org
Subject: hello
Message-ID: <1@example.org>
Date: Wed, 01 Jan 2020 00:00:00 +0000

one line
'

test_lighttpd() {
	give /job/lighttpd.conf <<-END
		server.document-root = "/job/www"
		server.bind = "127.0.0.1"
		server.port = $port
		server.modules = ( "mod_setenv", "mod_dirlisting", "mod_deflate" )
		setenv.add-response-header = ( "X-Name" => "x" )
		dir-listing.activate = "enable"
		include_shell "/usr/share/lighttpd/create-mime.conf.pl"
	END
	give /job/www/d/x.svg <<<'<svg/>'
	job() {
		up lighttpd -D -f /job/lighttpd.conf
		until_it page -D - "http://127.0.0.1:$port/d/x.svg" | grep -ivE '^(date|last-modified|etag)' | tr -d '\r'
		page "http://127.0.0.1:$port/d/" | grep '<title>'
	}
	try "lighttpd" lighttpd -a /job/lighttpd.conf -a /job/www --user www-data
}

test_vsftpd() {
	give /job/vsftpd.conf <<-END
		listen=YES
		listen_address=127.0.0.1
		listen_port=$port
		anonymous_enable=YES
		anon_root=/job/ftp
		background=NO
		write_enable=NO
		secure_chroot_dir=/job/empty
	END
	mkdir -p "$system/job/empty"
	give /job/ftp/x <<<hello
	uid=0
	job() {
		up vsftpd /job/vsftpd.conf
		until_it page "ftp://127.0.0.1:$port/x"
	}
	try "vsftpd" vsftpd -a /job/vsftpd.conf -a /job/ftp --mkdir /job/empty --user ftp
}

test_snmpd() {
	give /job/snmpd.conf <<-END
		agentaddress udp:127.0.0.1:$port
		rocommunity public
		sysLocation here
		sysDescr x
	END
	uid=0
	job() {
		up snmpd -f -Lo -C -c /job/snmpd.conf
		until_it outside snmpget -v2c -c public "127.0.0.1:$port" 1.3.6.1.2.1.1.6.0
		outside snmpwalk -v2c -c public "127.0.0.1:$port" 1.3.6.1.2.1.1.9.1.3
	}
	try "snmpd libsnmp40 libsnmp-base" snmpd -a /job/snmpd.conf --user Debian-snmp
}

test_turnserver() {
	give /job/turnserver.conf <<-END
		listening-ip=127.0.0.1
		listening-port=$port
		lt-cred-mech
		user=a:b
		realm=x
		no-tls
		no-dtls
		no-cli
		log-file=stdout
		pidfile=/tmp/pid
	END
	job() {
		up turnserver -c /job/turnserver.conf
		until_it outside sh -c "timeout 1 turnutils_stunclient -p $port 127.0.0.1 2>&1" | grep -o 'reflexive addr: 127.0.0.1'
	}
	try "coturn" turnserver -a /job/turnserver.conf --user turnserver
}

test_rspamd() {
	local worker
	for worker in normal controller proxy; do
		echo "enabled = false;" | give "/etc/rspamd/local.d/worker-$worker.inc"
	done
	give /etc/rspamd/local.d/worker-normal.inc <<<"bind_socket = \"127.0.0.1:$port\";"
	room /var/lib/rspamd
	room /var/log/rspamd
	asked() {
		page --data-binary @/job/mail "http://127.0.0.1:$port/checkv2"
	}
	printf '%sXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n' "$MAIL" | give /job/mail
	job() {
		up rspamd -f -i
		until_it_is 900 asked |
			grep -oE '"(action|GTUBE)"[^,]*' | sort -u
	}
	try "rspamd" rspamd -a /etc/rspamd --user _rspamd
}

test_clamscan() {
	give /job/x <<<hello
	give /job/db/x.hdb <<<"$(md5sum <"$system/job/x" | cut -d ' ' -f 1):6:Test.Hello"
	job() {
		{ here clamscan -d /job/db /job/x || test $? = 1; } | grep -E 'FOUND|Infected'
	}
	try "clamav libclamav11 clamav-base" clamscan -a /job/db -a /job/x
}

test_clamd() {
	give /job/x <<<hello
	give /job/db/x.hdb <<<"$(md5sum <"$system/job/x" | cut -d ' ' -f 1):6:Test.Hello"
	give /job/clamd.conf <<-END
		DatabaseDirectory /job/db
		TCPAddr 127.0.0.1
		TCPSocket $port
		Foreground yes
		Bytecode yes
	END
	scan() {
		printf 'nSCAN /job/x\n' | outside nc -N 127.0.0.1 "$port"
	}
	job() {
		up clamd -c /job/clamd.conf
		until_it scan
	}
	try "clamav-daemon libclamav11 clamav-base" clamd -a /job/clamd.conf -a /job/db -a /job/x --user clamav
}

test_procmail() {
	give /job/procmailrc <<-'END'
		MAILDIR=/tmp
		:0 fw
		| formail -I "X-Seen: yes"
		:0:
		* ^Subject:.*hello
		box
	END
	job() {
		echo "$MAIL" | here procmail -m /job/procmailrc && sed 1d "$where/tmp/box"
	}
	try "procmail" procmail -a /job/procmailrc
}

# A mail server in the Debian; what it gets is in $WORK/sink.
sink() {
	in_place "$machine" python3 -u -W ignore -m smtpd -n -c DebuggingServer "127.0.0.1:$port" >"$WORK/sink" 2>&1 &
	until_it_is 50 talk "$port" QUIT >/dev/null
}

test_msmtp() {
	give /job/msmtprc <<-END
		account default
		host 127.0.0.1
		port $port
		from a@example.org
		logfile /tmp/log
	END
	job() {
		sink
		echo "$MAIL" | here msmtp -C /job/msmtprc b@example.org && grep -v X-Peer "$WORK/sink"
		grep -o 'recipients=.*' "$where/tmp/log"
	}
	try "msmtp" msmtp -a /job/msmtprc
}

test_swaks() {
	job() {
		sink
		here swaks --server "127.0.0.1:$port" --to b@example.org --from a@example.org --ehlo x --attach @/job/x --h-Date y --h-Subject s --h-Message-Id z |
			grep -E '^(===|<-| ->)' | grep -vE 'MIME|-----'
	}
	give /job/x <<<hello
	try "swaks" swaks -a /job/x
}

test_mhonarc() {
	{ echo 'From a@example.org Wed Jan  1 00:00:00 2020'; echo "$MAIL"; } | give /job/mbox
	job() {
		mkdir -m 777 "$where/tmp/out"
		here mhonarc -quiet -outdir /tmp/out /job/mbox
		ls "$where/tmp/out"
		grep -vi '<!--' "$where/tmp/out/msg00000.html"
	}
	try "mhonarc" mhonarc -a /job/mbox
}

test_pgbouncer() {
	give /job/pgbouncer.ini <<-END
		[databases]
		x = host=127.0.0.1 port=1 dbname=y
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $port
		auth_type = any
		admin_users = a
		unix_socket_dir = /tmp
	END
	job() {
		up pgbouncer /job/pgbouncer.ini
		until_it outside psql -h 127.0.0.1 -p "$port" -U a pgbouncer -Atc 'show databases'
	}
	try "pgbouncer" pgbouncer -a /job/pgbouncer.ini --user postgres
}

test_influxd() {
	room /job/data
	give /job/influxdb.conf <<-END
		reporting-disabled = true
		bind-address = "127.0.0.1:$other"
		[meta]
		  dir = "/job/data/meta"
		[data]
		  dir = "/job/data/data"
		  wal-dir = "/job/data/wal"
		[http]
		  bind-address = "127.0.0.1:$port"
	END
	job() {
		up influxd -config /job/influxdb.conf
		until_it page "http://127.0.0.1:$port/query" --data-urlencode 'q=CREATE DATABASE x'
		page "http://127.0.0.1:$port/write?db=x" --data-binary 'm,a=b v=1 1000000000'
		page -G "http://127.0.0.1:$port/query?db=x" --data-urlencode "q=SELECT v FROM m WHERE time < '2020-01-01' tz('Europe/Berlin')"
	}
	try "influxdb" influxd -a /job/influxdb.conf --user influxdb
}

test_groonga() {
	printf '%s\n' 'plugin_register functions/string' 'table_create T TABLE_HASH_KEY ShortText' \
		'column_create T v COLUMN_SCALAR ShortText' \
		'table_create W TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto' \
		'column_create W i COLUMN_INDEX|WITH_POSITION T v' \
		'load --table T' '[["_key","v"],["a","Hello World"]]' \
		"select T --match_columns v --query world --filter 'string_length(v) > 3' --output_columns _key,v" | give /job/commands
	job() {
		here groonga -n /tmp/x.db <"$system/job/commands" | sed 's/^\[\[0,[^]]*\]/[/'
	}
	try "groonga-bin libgroonga0" groonga
}

test_bird() {
	give /job/bird.conf <<-'END'
		log stderr all;
		router id 192.0.2.1;
		protocol device { }
		protocol static { ipv4; route 192.0.2.0/24 blackhole; }
		protocol bgp x { local as 65001; neighbor 127.0.0.2 as 65002; ipv4 { import none; export all; }; multihop; passive; }
	END
	uid=0
	job() {
		up bird -f -c /job/bird.conf -s /tmp/bird.ctl -P /tmp/pid
		until_it here birdc -s /tmp/bird.ctl show route | sed 's/[0-9:.]* from.*//; s/ [0-9:.]\{8,\}//g'
	}
	try "bird2" bird birdc -a /job/bird.conf --user bird
}

test_collectd() {
	give /job/collectd.conf <<-'END'
		Hostname "x"
		Interval 1
		BaseDir "/tmp"
		PIDFile "/tmp/pid"
		LoadPlugin memory
		LoadPlugin uptime
		LoadPlugin csv
		LoadPlugin df
		<Plugin csv>
			DataDir "/tmp/csv"
		</Plugin>
	END
	job() {
		up collectd -f -C /job/collectd.conf
		until_it test -d "$where/tmp/csv/x/memory" && until_it test -d "$where/tmp/csv/x/uptime"
		sleep 1
		(cd "$where/tmp/csv/x" && ls memory && head -qn 1 uptime/* memory/memory-free*)
	}
	try "collectd-core" collectd -a /job/collectd.conf
}

test_prometheus() {
	room /job/data
	give /job/prometheus.yml <<-END
		scrape_configs:
		  - job_name: x
		    scrape_interval: 1s
		    static_configs: [ { targets: [ "127.0.0.1:$port" ] } ]
	END
	job() {
		up prometheus --config.file=/job/prometheus.yml --storage.tsdb.path=/job/data --web.listen-address="127.0.0.1:$port"
		until_it page -f "http://127.0.0.1:$port/-/ready"
		page "http://127.0.0.1:$port/classic/graph" | grep -i '<title>'
		page "http://127.0.0.1:$port/consoles/index.html.example" | sed -n 1,5p
		page "http://127.0.0.1:$port/api/v1/query?query=vector(1)" | grep -o success
	}
	try "prometheus" prometheus -a /job/prometheus.yml --user prometheus
}

test_dhcpd() {
	give /job/dhcpd.conf <<-'END'
		option domain-name "example.org";
		default-lease-time 600;
		subnet 192.0.2.0 netmask 255.255.255.0 {
			range 192.0.2.10 192.0.2.20;
			host x { hardware ethernet 00:00:00:00:00:01; fixed-address 192.0.2.5; }
		}
	END
	uid=0
	job() {
		touch "$where/tmp/leases"
		here dhcpd -t -cf /job/dhcpd.conf -lf /tmp/leases >"$WORK/says" 2>&1 && grep -E 'file|Server' "$WORK/says"
		cat "$WORK/says" >&2
	}
	try "isc-dhcp-server" dhcpd -a /job/dhcpd.conf
}

test_zabbix_agentd() {
	give /job/zabbix_agentd.conf <<-END
		Server=127.0.0.1
		ListenIP=127.0.0.1
		ListenPort=$port
		Hostname=x
		LogType=console
		PidFile=/tmp/pid
		UserParameter=my.key,echo hello
	END
	give /job/ask.py <<-'END'
		import socket, struct, sys
		for key in sys.argv[2:]:
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		    s.sendall(b"ZBXD\1" + struct.pack("<Q", len(key)) + key.encode())
		    data = b""
		    while part := s.recv(999):
		        data += part
		    print(key, data[13:].decode())
	END
	job() {
		up zabbix_agentd -f -c /job/zabbix_agentd.conf
		until_it outside python3 /job/ask.py "$port" agent.ping my.key agent.hostname 'vfs.file.exists[/etc/passwd]'
	}
	try "zabbix-agent" zabbix_agentd -a /job/zabbix_agentd.conf --user zabbix
}

test_openvpn() {
	openssl req -x509 -newkey ed25519 -nodes -keyout "$WORK/key" -out "$WORK/pem" -subj /CN=x -days 9999 2>/dev/null
	give /job/key <"$WORK/key"
	give /job/pem <"$WORK/pem"
	give /job/client.conf <<-END
		dev null
		proto udp
		remote 127.0.0.1 $port
		nobind
		tls-client
		ca /job/pem
		cert /job/pem
		key /job/key
		cipher AES-256-GCM
	END
	sed -e "s/^remote.*/local 127.0.0.1/; s/^nobind/lport $port/; s/^tls-client/tls-server\ndh none/" \
		"$system/job/client.conf" | give /job/server.conf
	ready() {
		grep -o 'Initialization Sequence Completed' "$WORK/log"
	}
	job() {
		up openvpn --config /job/server.conf
		in_place "$machine" openvpn --config /job/client.conf >"$WORK/client" 2>&1 &
		until_it ready
		grep -o 'Peer Connection Initiated' "$WORK/log"
	}
	uid=0
	try "openvpn" openvpn -a /job/server.conf -a /job/pem -a /job/key
}

test_etcd() {
	room /job/data
	put() {
		outside ETCDCTL_API=3 etcdctl --endpoints "127.0.0.1:$port" put a hello
	}
	job() {
		up etcd --data-dir /job/data --listen-client-urls "http://127.0.0.1:$port" \
			--advertise-client-urls "http://127.0.0.1:$port" --listen-peer-urls "http://127.0.0.1:$other" \
			--initial-advertise-peer-urls "http://127.0.0.1:$other" \
			--initial-cluster "default=http://127.0.0.1:$other"
		until_it put
		outside ETCDCTL_API=3 etcdctl --endpoints "127.0.0.1:$port" get a
	}
	try "etcd-server" etcd
}

start_debian fresh
run lighttpd vsftpd snmpd turnserver rspamd clamscan clamd procmail msmtp swaks mhonarc pgbouncer influxd groonga \
	bird collectd prometheus dhcpd zabbix_agentd openvpn etcd
finish_any
