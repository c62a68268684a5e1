#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Servers that no rule was written for.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

test_mosquitto() {
	room /job/data
	give /job/mosquitto.conf <<<"listener $port 127.0.0.1
allow_anonymous true
persistence true
persistence_location /job/data/"
	job() {
		up mosquitto -c /job/mosquitto.conf
		until_it outside mosquitto_pub -p "$port" -t room/a -m hello -r
		outside mosquitto_sub -p "$port" -t 'room/+' -C 1 -v
	}
	try "mosquitto" mosquitto -a /job/mosquitto.conf --user mosquitto
}

test_slapd() {
	room /job/data
	give /job/slapd.conf <<-END
		include /etc/ldap/schema/core.schema
		include /etc/ldap/schema/cosine.schema
		modulepath /usr/lib/ldap
		moduleload back_mdb
		moduleload memberof
		database mdb
		suffix dc=x
		rootdn cn=admin,dc=x
		rootpw secret
		directory /job/data
	END
	printf '%s\n' 'dn: dc=x' 'objectClass: domain' 'dc: x' '' 'dn: uid=a,dc=x' 'objectClass: account' \
		'uid: a' 'description: hello' | give /job/x.ldif
	job() {
		up slapd -f /job/slapd.conf -h "ldap://127.0.0.1:$port" -d 0
		until_it outside ldapadd -x -H "ldap://127.0.0.1:$port" -D cn=admin,dc=x -w secret -f /job/x.ldif
		outside ldapsearch -x -LLL -H "ldap://127.0.0.1:$port" -b dc=x uid=a
	}
	try "slapd" slapd -a /job/slapd.conf --user openldap
}

test_cupsd() {
	room /job/etc
	room /job/spool
	room /job/cache
	room /job/state
	give /job/cupsd.conf <<-END
		Listen 127.0.0.1:$port
		WebInterface Yes
		DefaultAuthType None
		<Location />
			Order allow,deny
			Allow all
		</Location>
		<Policy default>
			<Limit All>
				Order deny,allow
				Allow all
			</Limit>
		</Policy>
	END
	give /job/cups-files.conf <<-END
		ErrorLog stderr
		AccessLog stderr
		PageLog stderr
		FileDevice yes
		ServerRoot /job/etc
		RequestRoot /job/spool
		CacheDir /job/cache
		StateDir /job/state
		User lp
		Group lp
	END
	uid=0
	running() {
		outside lpstat -h "127.0.0.1:$port" -r | grep 'is running'
	}
	job() {
		up cupsd -f -c /job/cupsd.conf -s /job/cups-files.conf
		until_it running
		outside lpadmin -h "127.0.0.1:$port" -p raw -E -v file:///dev/null &&
			outside lpstat -h "127.0.0.1:$port" -v &&
			outside lp -h "127.0.0.1:$port" -d raw -t text /etc/passwd
	}
	try "cups-daemon cups-server-common" cupsd -a /job/cupsd.conf -a /job/cups-files.conf --user lp
}

# zone FILE
zone() {
	give "$1" <<-'END'
		$TTL 60
		@ IN SOA ns admin 1 60 60 60 60
		@ IN NS ns
		ns IN A 127.0.0.1
		www IN A 192.0.2.7
	END
}

test_knotd() {
	room /job/data
	give /job/knot.conf <<-END
		server:
		    rundir: "/job/data"
		    listen: 127.0.0.1@$port
		database:
		    storage: "/job/data"
		mod-whoami:
		  - id: default
		template:
		  - id: default
		    storage: "/job"
		    journal-content: none
		    global-module: mod-whoami
		zone:
		  - domain: example.org
		    file: example.org.zone
	END
	zone /job/example.org.zone
	job() {
		up knotd -c /job/knot.conf
		until_it outside kdig -p "$port" @127.0.0.1 +short www.example.org | grep .
	}
	try "knot" knotd -a /job/knot.conf -a /job/example.org.zone --user knot
}

test_pdns_server() {
	give /job/pdns.conf <<-END
		launch=bind
		bind-config=/job/named.conf
		local-address=127.0.0.1
		local-port=$port
		socket-dir=/tmp
		version-string=anonymous
	END
	give /job/named.conf <<<'zone "example.org" { type master; file "/job/example.org.zone"; };'
	zone /job/example.org.zone
	answers() { outside kdig -p "$port" @127.0.0.1 +short www.example.org | grep .; }
	job() {
		up pdns_server --config-dir=/job --daemon=no --guardian=no
		until_it answers
	}
	try "pdns-server pdns-backend-bind" pdns_server -a /job/pdns.conf -a /job/named.conf \
		-a /job/example.org.zone --user pdns
}

test_freeradius() {
	give /etc/freeradius/3.0/mods-config/files/authorize <<<'bob Cleartext-Password := "hello"'
	rm "$system"/etc/freeradius/3.0/sites-enabled/* "$system/etc/freeradius/3.0/mods-enabled/eap"
	give /etc/freeradius/3.0/sites-enabled/ours <<-END
		server ours {
			listen {
				type = auth
				ipaddr = 127.0.0.1
				port = $port
			}
			authorize {
				preprocess
				files
				pap
			}
			authenticate {
				pap
			}
		}
	END
	echo 'User-Name = "bob", User-Password = "hello"' | give /job/question
	uid=0
	job() {
		up freeradius -f -l stdout
		until_it outside radclient -r 1 -t 1 -f /job/question "127.0.0.1:$port" auth testing123 | grep -o Access-Accept
	}
	try "freeradius freeradius-config" freeradius -a /etc/freeradius --user freerad
}

test_chronyd() {
	give /job/chrony.conf <<-END
		port $port
		cmdport 0
		bindaddress 127.0.0.1
		local stratum 3
		allow 127.0.0.1
		pidfile /tmp/chronyd.pid
		leapsectz right/UTC
		bindcmdaddress /
	END
	job() {
		up chronyd -x -d -U -u root -f /job/chrony.conf
		until_it outside python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.sendto(b"\x23" + bytes(47), ("127.0.0.1", int(sys.argv[1])))
print(list(s.recv(48)[:2]))' "$port"
	}
	try "chrony" chronyd -a /job/chrony.conf --user _chrony
}

test_tinyproxy() {
	give /etc/tinyproxy/tinyproxy.conf <<-END
		Port $port
		Listen 127.0.0.1
		Timeout 5
		DefaultErrorFile "/usr/share/tinyproxy/default.html"
		StatFile "/usr/share/tinyproxy/stats.html"
		LogLevel Error
		Filter "/etc/tinyproxy/filter"
	END
	give /etc/tinyproxy/filter <<<'^blocked\.example$'
	job() {
		up tinyproxy -d
		until_it page -x "127.0.0.1:$port" http://blocked.example/ | grep -v Generated
	}
	try "tinyproxy tinyproxy-bin" tinyproxy -a /etc/tinyproxy --user tinyproxy
}

test_privoxy() {
	sed -i "/^listen-address .*\[/d; s/^listen-address .*/listen-address 127.0.0.1:$port/" "$system/etc/privoxy/config"
	uid=0
	job() {
		up privoxy --no-daemon --user privoxy /etc/privoxy/config
		until_it page -x "127.0.0.1:$port" http://config.privoxy.org/show-url-info?url=x.org | grep -c '<'
	}
	try "privoxy" privoxy -a /etc/privoxy --user privoxy --mkdir /var/log/privoxy:1777
}

test_varnishd() {
	give /job/x.vcl <<-'END'
		vcl 4.1;
		import std;
		backend default none;
		sub vcl_recv { return (synth(200, std.toupper("hello"))); }
	END
	job() {
		up varnishd -F -n /tmp/varnish -f /job/x.vcl -a "127.0.0.1:$port"
		until_it page "http://127.0.0.1:$port/" | grep title
	}
	try "varnish gcc libc6-dev" varnishd -a /job/x.vcl --user vcache
}

test_beanstalkd() {
	room /job/data
	job() {
		up beanstalkd -l 127.0.0.1 -p "$port" -b /job/data
		until_it talk "$port" "put 0 0 9 5" hello reserve quit
	}
	try "beanstalkd" beanstalkd --user beanstalkd
}

test_ngircd() {
	give /job/ngircd.conf <<-END
		[Global]
		Name = irc.example.org
		Info = x
		Listen = 127.0.0.1
		Ports = $port
		MotdPhrase = hello
		[Options]
		DNS = no
		Ident = no
		PAM = no
	END
	job() {
		up ngircd -n -f /job/ngircd.conf
		until_it talk "$port" "NICK a" "USER a 0 * :a" "MOTD" "QUIT" | grep ' 37[256] '
	}
	try "ngircd" ngircd -a /job/ngircd.conf --user irc
}

test_inspircd() {
	give /job/inspircd.conf <<-END
		<server name="irc.example.org" description="x" network="x">
		<admin name="a" nick="a" email="a@example.org">
		<bind address="127.0.0.1" port="$port" type="clients">
		<connect allow="*" timeout="60" resolvehostnames="no">
		<pid file="/tmp/inspircd.pid">
		<module name="sha256">
		<module name="alias">
		<module name="customtitle">
		<log method="file" type="*" level="default" target="/dev/stderr">
	END
	job() {
		up inspircd --nofork --config=/job/inspircd.conf
		PACE=0.5 until_it talk "$port" "NICK a" "USER a 0 * :a" "MODULES" "QUIT" | grep -o ' 00[124] '
	}
	try "inspircd" inspircd -a /job/inspircd.conf --user irc
}

test_icecast2() {
	give /job/icecast.xml <<-END
		<icecast><location>x</location><admin>a@example.org</admin><hostname>localhost</hostname>
		<authentication><source-password>x</source-password><admin-user>admin</admin-user>
		<admin-password>x</admin-password></authentication>
		<listen-socket><port>$port</port><bind-address>127.0.0.1</bind-address></listen-socket>
		<paths><basedir>/usr/share/icecast2</basedir><logdir>/tmp</logdir>
		<webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
		<alias source="/" destination="/status.xsl"/></paths>
		<limits><sources>2</sources></limits></icecast>
	END
	job() {
		up icecast2 -c /job/icecast.xml
		until_it page "http://127.0.0.1:$port/server_version.xsl" | grep -c td
	}
	try "icecast2" icecast2 -a /job/icecast.xml --user icecast2
}

test_transmission-daemon() {
	room /job/data
	job() {
		up transmission-daemon -f -g /job/data -p "$port" -r 127.0.0.1 -O
		until_it page "http://127.0.0.1:$port/transmission/web/" | cksum
		outside transmission-remote "$port" -si | grep 'Download directory'
	}
	try "transmission-daemon transmission-common" transmission-daemon --user debian-transmission
}

test_stunnel4() {
	give /job/stunnel.conf <<-END
		foreground = yes
		pid =
		[web]
		accept = 127.0.0.1:$port
		connect = 127.0.0.1:$other
		cert = /job/server.pem
	END
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout "$WORK/key" 2>/dev/null |
		cat - "$WORK/key" | give /job/server.pem
	job() {
		up stunnel4 /job/stunnel.conf
		in_place "$machine" python3 -m http.server -b 127.0.0.1 -d /job "$other" &
		until_it page -k "https://127.0.0.1:$port/stunnel.conf"
	}
	try "stunnel4" stunnel4 -a /job/stunnel.conf -a /job/server.pem --user stunnel4
}

test_gunicorn() {
	give /job/app.py <<-'END'
		import flask
		app = flask.Flask(__name__)
		@app.route("/<name>")
		def greet(name):
		    return flask.render_template_string("hello {{ name|upper }}\n", name=name)
	END
	job() {
		up gunicorn -b "127.0.0.1:$port" --chdir /job app:app
		until_it page -f "http://127.0.0.1:$port/you"
	}
	try "gunicorn python3-gunicorn python3-flask" gunicorn -a /job/app.py --user www-data
}

test_uwsgi() {
	give /job/uwsgi.ini <<-END
		[uwsgi]
		plugins = python3
		http-socket = 127.0.0.1:$port
		wsgi-file = /job/wsgi.py
	END
	give /job/wsgi.py <<-'END'
		import json
		def application(env, start):
		    start("200 OK", [("Content-Type", "text/plain")])
		    return [json.dumps(["hello", env["PATH_INFO"]]).encode()]
	END
	job() {
		up uwsgi --ini /job/uwsgi.ini
		until_it page -f "http://127.0.0.1:$port/x"
	}
	try "uwsgi-core uwsgi-plugin-python3" uwsgi -a /job/uwsgi.ini -a /job/wsgi.py --user www-data
}

test_puma() {
	give /job/config.ru <<<'require "json"
run ->(env) { [200, { "content-type" => "text/plain" }, [JSON.generate([env["PATH_INFO"]])]] }'
	job() {
		up puma -q -b "tcp://127.0.0.1:$port" /job/config.ru
		until_it page -f "http://127.0.0.1:$port/x"
	}
	try "puma ruby-rack ruby" puma -a /job/config.ru --user app
}

test_starman() {
	give /job/app.psgi <<-'END'
		use strict; use Plack::Builder; use Plack::Request;
		builder { enable "ContentLength";
			sub { [200, ["Content-Type" => "text/plain"], ["hello " . Plack::Request->new(shift)->path]] } };
	END
	job() {
		up starman --listen "127.0.0.1:$port" --workers 1 /job/app.psgi
		until_it page -f "http://127.0.0.1:$port/x"
	}
	try "starman" starman -a /job/app.psgi --user app
}

test_tor() {
	give /job/torrc <<-END
		DisableNetwork 1
		SocksPort 0
		ControlPort 127.0.0.1:$port
		DataDirectory /tmp/tor
	END
	job() {
		up tor -f /job/torrc --defaults-torrc /nonexistent
		until_it talk "$port" AUTHENTICATE "GETINFO ip-to-country/1.1.1.1" QUIT
	}
	try "tor tor-geoipdb" tor -a /job/torrc --user debian-tor
}

test_prosody() {
	room /job/data
	give /job/prosody.cfg.lua <<-END
		pidfile = "/tmp/prosody.pid"
		data_path = "/job/data"
		interfaces = { "127.0.0.1" }
		c2s_ports = { $port }
		s2s_ports = {}
		c2s_require_encryption = false
		allow_unencrypted_plain_auth = true
		modules_enabled = { "roster", "saslauth", "disco", "posix", "ping" }
		VirtualHost "localhost"
	END
	greet() {
		talk "$port" "<?xml version='1.0'?><stream:stream to='localhost' version='1.0'
			xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" '</stream:stream>' |
			grep -o '<stream:features.*</stream:features>'
	}
	job() {
		up prosody -F --config /job/prosody.cfg.lua
		until_it greet
	}
	try "prosody" prosody -a /job/prosody.cfg.lua --user prosody
}

start_debian servers
run mosquitto slapd cupsd knotd pdns_server freeradius chronyd tinyproxy privoxy varnishd beanstalkd \
	ngircd inspircd icecast2 transmission-daemon stunnel4 gunicorn uwsgi puma starman tor prosody
finish_any
