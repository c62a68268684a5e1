#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A wide mix that was chosen after the needs were written, by somebody who had not read them.
# shellcheck disable=SC2016 # for the inner programs
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

# The number of an account of the Debian.
uid_of() {
	awk -F : -v name="$1" '$1 == name { print $3 }' "$system/etc/passwd"
}

# A web server with the files of /job/www in the Debian, at $other.
origin() {
	in_place "$machine" python3 -m http.server -b 127.0.0.1 -d /job/www "$other" >/dev/null 2>&1 &
	until_it_is 100 page -f "http://127.0.0.1:$other/x" >/dev/null
}

# A mail server in the Debian at $other; what it gets is in $WORK/sink.
sink() {
	in_place "$machine" python3 -u -W ignore -m smtpd -n -c DebuggingServer "127.0.0.1:$other" >"$WORK/sink" 2>&1 &
	until_it_is 100 talk "$other" QUIT >/dev/null
}

test_amavisd() {
	give /job/amavisd.conf <<-END
		use strict;
		\$max_servers = 1;
		\$MYHOME = '/job/a';
		\$TEMPBASE = '/job/a';
		\$db_home = '/job/a';
		\$QUARANTINEDIR = undef;
		\$mydomain = 'example.org';
		\$myhostname = 'x.example.org';
		\$inet_socket_bind = '127.0.0.1';
		\$inet_socket_port = $port;
		\$enable_db = 0;
		\$do_syslog = 0;
		\$log_level = 1;
		\$forward_method = 'smtp:[127.0.0.1]:$other';
		\$notify_method = \$forward_method;
		\$final_banned_destiny = D_REJECT;
		@bypass_virus_checks_maps = (1);
		@bypass_spam_checks_maps = (1);
		\$banned_filename_re = new_RE(qr'.\\.(exe|bat)\$'i);
		1;
	END
	room /job/a
	# mail NAME: with an attachment of that name
	mail() {
		talk "$port" 'EHLO y' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.org>' DATA 'From: a@example.org' \
			'To: b@example.org' 'Subject: hello' 'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=q' '' \
			--q 'Content-Type: text/plain' '' 'one line' --q 'Content-Type: application/octet-stream' \
			"Content-Disposition: attachment; filename=$1" '' hello --q-- . QUIT | grep -oE '^(250 2\.6\.0 from MTA|55[0-9].*BANNED)' | sed 's/id=[^ ]*//'
	}
	job() {
		chmod 755 "$where/job/a" && chown 10000 "$where/job/a"
		sink
		up amavisd -c /job/amavisd.conf foreground
		until_it mail x.txt
		mail x.exe
		grep -E '^b?.?(Subject|X-Virus|one)' "$WORK/sink"
	}
	try "amavisd-new" amavisd -a /job/amavisd.conf
}

test_dnsdist() {
	give /job/dnsdist.conf <<-END
		setLocal("127.0.0.1:$port")
		setACL("127.0.0.0/8")
		addAction(QNameRule("x.example."), SpoofAction("192.0.2.1"))
		addAction(RegexRule("^drop"), RCodeAction(DNSRCode.REFUSED))
		function odd(dq)
			if dq.qtype == DNSQType.TXT then
				return DNSAction.Spoof, "hello"
			end
			return DNSAction.Nxdomain, ""
		end
		addAction(AllRule(), LuaAction(odd))
	END
	ask() {
		outside dig @127.0.0.1 -p "$port" +tries=1 +time=1 "$@" | grep -E 'status|^[^;]' | sed 's/id:.*//'
	}
	job() {
		up dnsdist --supervised -C /job/dnsdist.conf
		until_it ask x.example A
		ask drop.example A
		ask y.example A
	}
	try "dnsdist" dnsdist -a /job/dnsdist.conf
}

test_nghttpx() {
	give /job/nghttpx.conf <<-END
		frontend=127.0.0.1,$port;no-tls
		backend=127.0.0.1,$other;/d/
		backend=127.0.0.1,1
		add-response-header=x-name: x
		accesslog-file=/dev/stderr
		workers=1
	END
	give /job/www/x <<<hello
	give /job/www/d/x <<<hello
	job() {
		origin
		up nghttpx --conf /job/nghttpx.conf
		until_it page -f --http2-prior-knowledge -D - "http://127.0.0.1:$port/d/x" | grep -ivE '^(date|last-modified|server)' | tr -d '\r'
		page "http://127.0.0.1:$port/gone" | grep -o '<title>.*'
	}
	try "nghttp2-proxy" nghttpx -a /job/nghttpx.conf
}

test_rabbitmq-server() {
	give /job/rabbitmq.conf <<-END
		listeners.tcp.1 = 127.0.0.1:$port
		management.tcp.ip = 127.0.0.1
		management.tcp.port = $other
		log.console = true
	END
	give /job/enabled_plugins <<<'[rabbitmq_management].'
	room /var/lib/rabbitmq
	room /var/log/rabbitmq
	uid=$(uid_of rabbitmq)
	api() {
		page -f -u guest:guest "$@"
	}
	epmd=$(free_port)
	ready() {
		api -X PUT -H 'content-type: application/json' -d '{"durable":true}' "http://127.0.0.1:$other/api/queues/%2f/q"
		api "http://127.0.0.1:$other/api/queues/%2f/q" | grep -o '"durable":true'
	}
	job() {
		chmod 755 "$where/var/lib/rabbitmq" "$where/var/log/rabbitmq" && chown "$uid:$uid" "$where/var/lib/rabbitmq" "$where/var/log/rabbitmq"
		up RABBITMQ_CONFIG_FILE=/job/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=/job/enabled_plugins \
			RABBITMQ_NODENAME=x@localhost ERL_EPMD_PORT="$epmd" RABBITMQ_DIST_PORT="$(free_port)" rabbitmq-server
		FORKS=1 until_it_is 600 ready
		api -X POST -d '{"properties":{},"routing_key":"q","payload":"hello","payload_encoding":"string"}' \
			"http://127.0.0.1:$other/api/exchanges/%2f/amq.default/publish"
		api -X POST -d '{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}' \
			"http://127.0.0.1:$other/api/queues/%2f/q/get" | grep -o '"payload":"[^"]*"'
		talk "$port" HELLO-WORLD | od -c | sed 1q
	}
	try "rabbitmq-server erlang-base" rabbitmq-server -a /job/rabbitmq.conf -a /job/enabled_plugins \
		--user "rabbitmq:$uid:$uid"
}

test_icinga2() {
	give /job/icinga2.conf <<-'END'
		include <itl>
		include <plugins>
		const NodeName = "x"
		const ZoneName = "x"
		const PluginDir = "/job"
		library "checker"
		object CheckerComponent "checker" { }
		object Host "x" {
			address = "127.0.0.1"
			check_command = "passive"
			vars.disks["/"] = { }
		}
		apply Service for (disk => config in host.vars.disks) {
			check_command = "disk"
			vars.disk_partition = disk
			vars += config
		}
		object CheckCommand "mine" {
			command = [ PluginDir + "/mine", "$address$" ]
		}
		apply Service "mine" {
			check_command = "mine"
			check_interval = 1s
			assign where host.address
		}
	END
	give /job/mine <<-'END'
		#!/bin/sh
		echo "OK: $1" | tee /tmp/seen
	END
	chmod +x "$system/job/mine"
	for directory in /run/icinga2 /var/cache/icinga2 /var/lib/icinga2 /var/log/icinga2; do
		room "$directory"
	done
	uid=0
	job() {
		here icinga2 daemon -C -c /job/icinga2.conf --dump-objects 2>&1 | sed 's/^\[[^]]*\] //' | grep -E 'Instantiated|error'
		here icinga2 object list --type Service --name 'x!/' | grep -E "^Object|vars|disk_|command" | head -n 8
		up icinga2 daemon -c /job/icinga2.conf
		FORKS=1 until_it cat "$where/tmp/seen"
	}
	try "icinga2-bin icinga2-common" icinga2 -a /job/icinga2.conf -a /job/mine --user nagios
}

test_searchd() {
	give /job/sphinx.conf <<-END
		source x {
			type = tsvpipe
			tsvpipe_command = cat /job/x.tsv
			tsvpipe_field = body
			tsvpipe_attr_uint = year
		}
		index x {
			source = x
			path = /job/data/x
			morphology = stem_en
			html_strip = 1
		}
		searchd {
			listen = 127.0.0.1:$port:mysql41
			log = /job/data/log
			pid_file = /job/data/pid
			binlog_path =
		}
	END
	printf '1\t<b>Running</b> dogs\t1999\n2\tcats\t2001\n' | give /job/x.tsv
	give /job/ask.py <<-'END'
		import socket, struct, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		def packet():
		    head = s.recv(4, socket.MSG_WAITALL)
		    return s.recv(head[0] | head[1] << 8 | head[2] << 16, socket.MSG_WAITALL)
		def send(data, number):
		    s.sendall(struct.pack("<I", len(data))[:3] + bytes([number]) + data)
		packet()
		send(struct.pack("<IIB23x", 0x8200, 1 << 20, 33) + b"a\0\0", 1)
		packet()
		send(b"\x03" + sys.argv[2].encode(), 0)
		ends = 0
		while ends < 2:
		    data = packet()
		    ends += data[:1] == b"\xfe"
		    print(data)
	END
	room /job/data
	job() {
		here indexer -c /job/sphinx.conf --all | grep -E '^(total [0-9]+ docs|ERROR|FATAL)' | sed 's/,.*//'
		up searchd -c /job/sphinx.conf --nodetach
		until_it outside python3 /job/ask.py "$port" "select id, year from x where match('run dog')"
	}
	try "sphinxsearch" searchd indexer -a /job/sphinx.conf -a /job/x.tsv
}

test_apt-cacher-ng() {
	room /job/cache
	room /job/log
	give /job/acng/acng.conf <<-END
		CacheDir: /job/cache
		LogDir: /job/log
		Port: $port
		BindAddress: 127.0.0.1
		ReportPage: acng-report.html
		ForeGround: 1
		Remap-mine: /mine ; http://127.0.0.1:$other/debian
		AllowUserPorts: 0
	END
	give /job/www/x <<<hello
	give /job/www/debian/pool/x_1_all.deb <<<'a package'
	job() {
		# As a container's runtime does; without one it believes that it is offline.
		echo "nameserver 127.0.0.1" >"$where/etc/resolv.conf"
		origin
		up apt-cacher-ng -c /job/acng
		until_it page -f "http://127.0.0.1:$port/mine/pool/x_1_all.deb"
		page -x "http://127.0.0.1:$port" "http://127.0.0.1:$other/debian/pool/x_1_all.deb"
		page "http://127.0.0.1:$port/acng-report.html" | grep -iE '<title|<h1'
		page "http://127.0.0.1:$port/style.css" | cksum
	}
	try "apt-cacher-ng" apt-cacher-ng -a /job/acng
}

test_mitmdump() {
	give /job/addon.py <<-'END'
		import json
		from mitmproxy import http

		def response(flow: http.HTTPFlow) -> None:
		    flow.response.headers["x-name"] = json.dumps({"a": 1})
	END
	give /job/www/x <<<hello
	job() {
		origin
		LIMIT=60
		up HOME=/tmp mitmdump --listen-host 127.0.0.1 -p "$port" -s /job/addon.py --set flow_detail=0
		until_it_is 300 page -f -x "http://127.0.0.1:$port" -D - "http://127.0.0.1:$other/x" | grep -iE '^x-name|hello' | tr -d '\r'
		page -x "http://127.0.0.1:$port" http://mitm.it/ | grep -i -m 3 -E '<title|<h[1-5]'
		page -x "http://127.0.0.1:$port" -o /dev/null -w '%{http_code} %{content_type}\n' http://mitm.it/cert/pem
		LIMIT=20
	}
	try "mitmproxy" mitmdump -a /job/addon.py
}

test_pki() {
	job() {
		here pki --gen --type rsa --size 2048 --outform pem >"$where/tmp/key" && here pki --gen --type rsa --size 2048 --outform pem >"$where/tmp/rsa"
		here pki --self --ca --in /tmp/key --type rsa --dn 'C=CH, O=x, CN=x CA' --outform pem >"$where/tmp/ca"
		here pki --pub --in /tmp/rsa --type rsa --outform pem >"$where/tmp/pub"
		here pki --issue --cacert /tmp/ca --cakey /tmp/key --in /tmp/pub --dn 'C=CH, O=x, CN=y' --san y.example \
			--flag serverAuth --outform pem >"$where/tmp/cert"
		here pki --print --in /tmp/cert | grep -E 'subject|issuer|altNames|flags|pubkey:'
		here pki --verify --in /tmp/cert --ca /tmp/ca | grep -E 'trusted|lifetime|OK'
	}
	try "strongswan-pki libstrongswan" pki
}

test_testssl() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/key" -out "$WORK/pem" -subj /CN=x -days 9999 2>/dev/null
	job() {
		port=$(free_port)
		cp "$WORK/key" "$WORK/pem" "$machine/tmp" && chmod 644 "$machine/tmp/key"
		in_place "$machine" sh -c "cd /tmp; sleep 1000 | openssl s_server -key key -cert pem -accept 127.0.0.1:$port -www -tls1_2" >/dev/null 2>&1 &
		until_it_is 100 talk "$port" x >/dev/null
		LIMIT=100
		{ here TERM=dumb HOME=/tmp testssl --quiet --color 0 --warnings off --ip one -p -E "127.0.0.1:$port" || test $? -lt 128; } |
			grep -E 'offered|xc|Cipher|TLS|GCM' | sed 's/ *$//'
		LIMIT=20
	}
	try "testssl.sh" testssl
}

test_darcs() {
	job() {
		here HOME=/tmp darcs init -q /tmp/r && echo hello >"$where/tmp/r/x" && chmod -R a+rwX "$where/tmp/r"
		here HOME=/tmp darcs add -q --repodir /tmp/r x
		here HOME=/tmp darcs record -q --repodir /tmp/r -a -m 'add x' -A a@example.org
		echo you >>"$where/tmp/r/x"
		here HOME=/tmp darcs whatsnew --repodir /tmp/r
		here HOME=/tmp darcs diff --repodir /tmp/r 2>&1 | grep '^[+]you'
		here HOME=/tmp darcs clone -q /tmp/r /tmp/s && here HOME=/tmp darcs log --repodir /tmp/s | grep -E 'add|Author'
		here HOME=/tmp darcs show files --repodir /tmp/s
	}
	try "darcs" darcs
}

test_ant() {
	give /job/p/build.xml <<-'END'
		<project name="x" default="all">
			<property environment="env"/>
			<target name="all">
				<mkdir dir="/tmp/out"/>
				<copy todir="/tmp/out" file="x.txt"><filterset><filter token="NAME" value="you"/></filterset></copy>
				<jar destfile="/tmp/out/x.jar" basedir="/tmp/out" includes="*.txt"/>
				<unzip src="/tmp/out/x.jar" dest="/tmp/out/j"/>
				<replaceregexp file="/tmp/out/j/x.txt" match="hello" replace="bye"/>
				<checksum file="x.txt" property="sum"/>
				<xslt in="x.xml" out="/tmp/out/y.txt" style="x.xsl"/>
				<echo>${ant.project.name} ${sum}</echo>
			</target>
		</project>
	END
	give /job/p/x.txt <<<'hello @NAME@'
	give /job/p/x.xml <<<'<a><b>1</b></a>'
	give /job/p/x.xsl <<<'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/><xsl:template match="/"><xsl:value-of select="a/b + 1"/></xsl:template></xsl:stylesheet>'
	job() {
		LIMIT=60
		here HOME=/tmp ant -q -f /job/p/build.xml | grep -v 'Total time'
		LIMIT=20
		cat "$where/tmp/out/j/x.txt" "$where/tmp/out/y.txt"
	}
	try "ant openjdk-17-jre-headless" ant -a /job/p
}

test_ocrmypdf() {
	give /job/x.ps <<<'/DejaVuSans findfont 40 scalefont setfont 60 600 moveto (Hello simple world) show showpage'
	job() {
		outside gs -q -dBATCH -dNOPAUSE -dSAFER -sDEVICE=pnggray -r150 -sOutputFile=/tmp/x.png -I/usr/share/fonts/truetype/dejavu /job/x.ps
		[ "$where" = "$machine" ] || cp "$machine/tmp/x.png" "$where/tmp/x.png"
		LIMIT=100
		here HOME=/tmp ocrmypdf -q --jobs 1 --image-dpi 150 -l eng /tmp/x.png /tmp/x.pdf
		LIMIT=20
		outside pdftotext - - <"$where/tmp/x.pdf" && outside pdfinfo - <"$where/tmp/x.pdf" | grep -E 'Pages|subtype'
	}
	try "ocrmypdf tesseract-ocr ghostscript" ocrmypdf
}

test_wkhtmltopdf() {
	give /job/x.html <<<'<html><head><title>Title</title></head><body style="font-family: sans-serif"><h1>Hello</h1>
<svg width="9" height="9"><rect width="9" height="9"/></svg><img src="x.png"><script>document.write("1" + 1)</script></body></html>'
	outside_png() {
		printf 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' | base64 -d
	}
	outside_png | give /job/x.png
	job() {
		LIMIT=60
		here HOME=/tmp QT_QPA_PLATFORM=offscreen wkhtmltopdf -q --enable-local-file-access /job/x.html /tmp/x.pdf
		LIMIT=20
		outside pdftotext - - <"$where/tmp/x.pdf" && outside pdfinfo - <"$where/tmp/x.pdf" | grep -E 'Title|Pages'
		outside pdffonts - <"$where/tmp/x.pdf" | cut -c 1-30
		outside pdfimages -list - <"$where/tmp/x.pdf" | cut -c 1-30
	}
	try "wkhtmltopdf" wkhtmltopdf -a /job/x.html -a /job/x.png
}

test_liquidsoap() {
	give /job/x.liq <<-'END'
		settings.log.stdout.set(true)
		s = once(single("/tmp/x.wav"))
		s = amplify(0.5, s)
		output.file(fallible=true, on_stop=shutdown, %wav, "/tmp/y.wav", s)
		print("DONE #{list.length([1, 2])}")
	END
	job() {
		outside python3 -c '
import math, wave
w = wave.open("/tmp/x.wav", "wb")
w.setparams((1, 2, 44100, 0, "NONE", ""))
w.writeframes(b"".join(int(9000 * math.sin(i / 30)).to_bytes(2, "little", signed=True) for i in range(44100)))'
		[ "$where" = "$machine" ] || cp "$machine/tmp/x.wav" "$where/tmp/x.wav"
		LIMIT=60
		here HOME=/tmp liquidsoap /job/x.liq | grep -oE 'DONE.*|[Mm]ethod "[a-z]*" worked'
		LIMIT=20
		outside ffprobe -v error -show_entries stream=codec_name,sample_rate,channels - <"$where/tmp/y.wav"
	}
	try "liquidsoap" liquidsoap -a /job/x.liq
}

test_gmic() {
	job() {
		here HOME=/tmp gmic -v -1 '32,32,1,3,[x*8,y*8,128]' -blur 2 -rotate 90 -o /tmp/x.png -n 0,255 -o /tmp/x.jpg && of /tmp/x.png && of /tmp/x.jpg
		here HOME=/tmp gmic -v -1 0 -text Hello,0,0,24,1,255 -o /tmp/t.pgm && of /tmp/t.pgm
		here HOME=/tmp gmic -v -1 /tmp/x.jpg -cartoon , -o /tmp/y.ppm && of /tmp/y.ppm
	}
	try "gmic libgmic1" gmic
}

test_mapserv() {
	give /job/fonts.list <<<'sans /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'
	give /job/x.csv <<<'name,x,y
a,10,50
b,11,51'
	give /job/x.map <<-'TEXT'
		MAP
			NAME x
			SIZE 100 100
			EXTENT 500000 5500000 700000 5700000
			UNITS meters
			FONTSET "/job/fonts.list"
			PROJECTION "init=epsg:32632" END
			WEB METADATA "wms_title" "x" "wms_onlineresource" "http://x/" "wms_enable_request" "*" "wms_srs" "EPSG:32632 EPSG:3857" END END
			LAYER
				NAME points
				TYPE POINT
				STATUS ON
				CONNECTIONTYPE OGR
				CONNECTION "/job/x.vrt"
				DATA x
				LABELITEM name
				PROJECTION "init=epsg:4326" END
				METADATA "wms_title" "points" END
				CLASS
					STYLE COLOR 255 0 0 SIZE 6 END
					LABEL TYPE TRUETYPE FONT sans SIZE 8 COLOR 0 0 0 POSITION uc END
				END
			END
		END
	TEXT
	give /job/x.vrt <<<'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/job/x.csv</SrcDataSource>
<GeometryType>wkbPoint</GeometryType><GeometryField encoding="PointFromColumns" x="x" y="y"/></OGRVRTLayer></OGRVRTDataSource>'
	cgi() {
		here MS_MAP_PATTERN=. REQUEST_METHOD=GET QUERY_STRING="map=/job/x.map&$1" /usr/lib/cgi-bin/mapserv
	}
	job() {
		cgi 'mode=map&layers=points' | cksum
		cgi 'SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities' | grep -E '<(Name|CRS|westBound)'
		cgi 'SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=points&STYLES=&SRS=EPSG:3857&BBOX=1000000,6300000,1300000,6700000&WIDTH=50&HEIGHT=50&FORMAT=image/png' | cksum
	}
	try "cgi-mapserver libmapserver2" /usr/lib/cgi-bin/mapserv -a /job/x.map -a /job/x.vrt -a /job/x.csv -a /job/fonts.list \
		-a /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
}

test_gap() {
	give /job/x.g <<-'END'
		G := SymmetricGroup(5);;
		Print(Size(G), " ", Size(DerivedSubgroup(G)), "\n");
		Print(Factors(2^32 + 1), "\n");
		Print(List(ConjugacyClasses(G), Size), "\n");
		Print(CharacterDegrees(AlternatingGroup(4)), "\n");
		Print(Determinant([[1, 2], [3, 4]]), "\n");
		QUIT;
	END
	job() {
		LIMIT=60
		here HOME=/tmp gap -q /job/x.g
		LIMIT=20
	}
	try "gap-core" gap -a /job/x.g
}

test_puppet() {
	give /job/x.pp <<-'END'
		$name1 = 'you'
		file { '/tmp/out':
			ensure  => file,
			mode    => '0640',
			content => inline_epp('hello <%= $n %> <%= $facts["kernel"] %>', { n => $name1 }),
		}
		exec { 'make':
			command => '/bin/sh -c "echo made >/tmp/made"',
			creates => '/tmp/made',
		}
		notify { "sum ${[1, 2].reduce |$a, $b| { $a + $b }}": }
	END
	job() {
		LIMIT=100
		here HOME=/tmp LC_ALL=C.UTF-8 puppet apply --color=false /job/x.pp 2>&1 | grep -E '^(Notice: /|Error)' | sed 's/{sha256}.*//'
		LIMIT=20
		cat "$where/tmp/out" "$where/tmp/made"
	}
	try "puppet-agent puppet" puppet -a /job/x.pp
}

test_webpack() {
	give /job/p/src/index.js <<<"import { b } from './b.js'; import d from './d.json'; console.log(b(2), d.x);"
	give /job/p/src/b.js <<<'export const b = (n) => n ** 3; export const unused = 1;'
	give /job/p/src/d.json <<<'{"x": "hello", "y": 1}'
	give /job/p/webpack.config.js <<<"module.exports = { mode: 'production', entry: './src/index.js', context: '/job/p',
output: { path: '/tmp/dist', filename: '[name].[contenthash].js' }, devtool: 'source-map' };"
	job() {
		LIMIT=60
		here HOME=/tmp webpack --config /job/p/webpack.config.js | grep -E 'asset|error'
		LIMIT=20
		(cd "$where/tmp/dist" && ls && cat ./*.js)
	}
	try "webpack" webpack -a /job/p
}

test_mcron() {
	give /job/x.guile <<-'END'
		(use-modules (srfi srfi-1) (ice-9 match))
		(job '(next-second) "echo hello >/tmp/said")
		(job '(next-second)
		     (lambda ()
		       (call-with-output-file "/tmp/wrote"
		         (lambda (port) (write (fold + 0 (match '(1 2) ((a b) (list a b)))) port) (newline port)))))
	END
	job() {
		up HOME=/tmp mcron /job/x.guile
		until_it test -s "$where/tmp/said" && until_it test -s "$where/tmp/wrote"
		cat "$where/tmp/said" "$where/tmp/wrote"
	}
	try "mcron guile-3.0-libs" mcron -a /job/x.guile
}

test_phpcs() {
	give /job/x.php <<<'<?php
function f( $a ){ if($a) return  TRUE;
	$x = array(1,2) ; }'
	job() {
		{ here HOME=/tmp phpcs --standard=PSR12 --report=csv /job/x.php || test $? -le 3; }
		{ here HOME=/tmp phpcs --standard=Squiz --report=summary /job/x.php || test $? -le 3; } | grep FOUND
		here HOME=/tmp phpcs -i
	}
	try "php-codesniffer php-cli" phpcs -a /job/x.php
}

test_rclone() {
	give /job/d/x.svg <<<'<svg/>'
	give /job/d/s/y.txt <<<hello
	job() {
		here HOME=/tmp rclone -q copy /job/d /tmp/e && here HOME=/tmp rclone check -q --one-way /job/d /tmp/e && cat "$where/tmp/e/s/y.txt"
		here HOME=/tmp rclone lsjson -R --no-modtime /job/d
		up HOME=/tmp rclone serve webdav --addr "127.0.0.1:$port" /job/d
		until_it page -f -D - "http://127.0.0.1:$port/x.svg" | grep -iE '^(content-type|<svg)' | tr -d '\r'
		page "http://127.0.0.1:$port/" | grep -i '<title'
	}
	try "rclone" rclone -a /job/d
}

test_bat() {
	give /job/x.c <<<'int main(void) { return 0; } // x'
	give /job/x.toml <<<'[a]
b = "c"'
	job() {
		here HOME=/tmp batcat --color always --style full /job/x.c
		here HOME=/tmp batcat --color always --theme zenburn /job/x.toml
		here HOME=/tmp batcat --list-languages | wc -l
		here HOME=/tmp PAGER=cat batcat --paging always --color never /job/x.c
	}
	try "bat" batcat -a /job/x.c -a /job/x.toml
}

start_debian fresh-wide
run amavisd dnsdist nghttpx rabbitmq-server icinga2 searchd apt-cacher-ng mitmdump pki testssl darcs ant ocrmypdf \
	wkhtmltopdf liquidsoap gmic mapserv gap puppet webpack mcron phpcs rclone bat
finish_any
