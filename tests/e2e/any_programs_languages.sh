#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # texts of other languages
# Languages, compilers and what belongs to programming, that no rule was written for, and scripts with
# modules of the distribution.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

test_bison() {
	give /job/x.y <<<'%token A
%%
s: | s A;'
	job() {
		here bison -d -o /tmp/x.c /job/x.y && of /tmp/x.c && of /tmp/x.h
	}
	try "bison" bison -a /job/x.y
}

test_flex() {
	give /job/x.l <<<'%%
a	puts("a");'
	job() {
		here flex -o /tmp/x.c /job/x.l && of /tmp/x.c
	}
	try "flex m4" flex -a /job/x.l
}

test_swig() {
	give /job/x.i <<<'%module x
%include "std_string.i"
std::string f(std::string);'
	job() {
		here swig -c++ -python -outdir /tmp -o /tmp/x.cxx /job/x.i && of /tmp/x.cxx && of /tmp/x.py
	}
	try "swig" swig -a /job/x.i
}

test_valgrind() {
	job() {
		here valgrind -q --error-exitcode=9 --leak-check=full /usr/bin/cmp /etc/passwd /etc/passwd && echo no error
	}
	try "valgrind" valgrind -a /usr/bin/cmp
}

test_tcc() {
	give /job/x.c <<<'#include <stdio.h>
#include <stdarg.h>
int main(void) { printf("%d\n", 6 * 7); return 0; }'
	job() {
		here tcc -o /tmp/x /job/x.c && here /tmp/x
		here tcc -run /job/x.c
	}
	try "tcc" tcc -a /job/x.c
}

test_gcc() {
	give /job/x.c <<<'#include <stdio.h>
#include <math.h>
int main(int n, char **v) { printf("%g\n", sqrt(n + 1764 - 1)); return 0; }'
	job() {
		here gcc -O2 -o /tmp/x /job/x.c -lm && here /tmp/x
	}
	try "gcc gcc-12 cpp-12 binutils libc6-dev linux-libc-dev libgcc-12-dev" gcc -a /job/x.c
}

test_gforth() {
	job() {
		here gforth -e '6 7 * . cr bye'
	}
	try "gforth gforth-lib gforth-common" gforth
}

test_clisp() {
	job() {
		here clisp -q -norc -x '(progn (require "asdf") (format t "~A~%" (* 6 7)))' 2>&1 | sed -n 1,4p
		here clisp -q -norc -x '(regexp:match "b" "abc")'
	}
	try "clisp" clisp
}

test_sbcl() {
	job() {
		here sbcl --noinform --non-interactive --no-userinit --eval '(require :sb-md5)' \
			--eval '(print (sb-md5:md5sum-string "x"))'
	}
	try "sbcl" sbcl
}

test_swipl() {
	give /job/x.pl <<<':- use_module(library(clpfd)).
:- use_module(library(sha)).
:- X #> 3, X #< 5, print(X), nl.'
	job() {
		here swipl -q -g halt /job/x.pl
	}
	try "swi-prolog-nox swi-prolog-core" swipl -a /job/x.pl
}

test_csi() {
	job() {
		here csi -n -e '(import (chicken string) srfi-1)' -e '(print (string-split "a b"))' 2>&1 | sed -n 1,1p
		here csi -n -e '(import (chicken string))' -e '(print (string-split "a b"))'
	}
	try "chicken-bin libchicken11" csi
}

test_gsi() {
	job() {
		here gsi -e '(display (* 6 7)) (newline)'
	}
	try "gambc" gsi
}

test_chezscheme() {
	job() {
		echo '(display (fold-left + 0 (map string-length (list "a" "bc"))))' | here chezscheme -q
	}
	try "chezscheme" chezscheme
}

test_picolisp() {
	job() {
		here picolisp /usr/lib/picolisp/lib.l @lib/misc.l -"prinl (* 6 7)" -bye
	}
	try "picolisp" picolisp
}

test_yabasic() {
	give /job/x.bas <<<'for i=1 to 3: print i*i: next'
	job() {
		here yabasic /job/x.bas
	}
	try "yabasic" yabasic -a /job/x.bas
}

test_a68g() {
	give /job/x.a68 <<<'BEGIN print((6 * 7, newline)) END'
	job() {
		here a68g /job/x.a68
	}
	try "algol68g" a68g -a /job/x.a68
}

test_mono() {
	give /job/x.cs <<<'using System; using System.Linq;
class X { static void Main() { Console.WriteLine(string.Join(",", new[]{1,2}.Select(n => n * n))); } }'
	in_place "$system" mcs -out:/tmp/x.exe /job/x.cs >/dev/null && mv "$system/tmp/x.exe" "$system/job/x.exe"
	job() {
		here mono /job/x.exe
	}
	try "mono-runtime mono-runtime-sgen libmono-corlib4.5-cil libmono-system-core4.0-cil" mono -a /job/x.exe
}

test_lilypond() {
	local LIMIT=60
	give /job/x.ly <<<'\version "2.24.0" { c4 d e f }'
	job() {
		here lilypond -s -dno-point-and-click --svg -o /tmp/x /job/x.ly && grep -c '<path' "$where/tmp/x.svg"
	}
	try "lilypond lilypond-data" lilypond -a /job/x.ly
}

test_luajit() {
	give /job/x.lua <<<'print(require("cjson").encode({1, 2}), require("jit.util") ~= nil)
require("jit.bc").dump(function() return 1 end)
print(require("socket").dns.toip("localhost"), require("socket.url").parse("http://x/y").path)'
	job() {
		here luajit /job/x.lua 2>&1 | grep -v BYTECODE
	}
	try "luajit lua-cjson lua-socket" luajit -a /job/x.lua
}

test_gp() {
	job() {
		echo 'print(factor(2^67-1)); print(ellinit([0,1]).disc)' | here gp -q -f
	}
	try "pari-gp" gp
}

test_maxima() {
	job() {
		here maxima --very-quiet --batch-string='integrate(x^2,x); load(simplex)$ linear_program(matrix([1]),[1],[1]);'
	}
	try "maxima maxima-share" maxima
}

test_bats() {
	give /job/x.bats <<<'@test "adds" { [ $((1 + 1)) -eq 2 ]; }'
	job() {
		here bats /job/x.bats
	}
	try "bats" bats -a /job/x.bats
}

test_autom4te() {
	give /job/configure.ac <<<'AC_INIT([x],[1])
AC_PROG_CC
AC_OUTPUT'
	job() {
		here autom4te --no-cache -l autoconf -o /tmp/configure /job/configure.ac && of /tmp/configure
	}
	try "autoconf m4" autom4te -a /job/configure.ac
}

test_asciidoctor() {
	give /job/x.adoc <<<'= Title
hello *you*'
	job() {
		here LC_ALL=C.UTF-8 asciidoctor -a reproducible -o - /job/x.adoc | cksum
	}
	try "asciidoctor ruby-asciidoctor" asciidoctor -a /job/x.adoc
}

test_sphinx-build() {
	give /job/conf.py <<<'project = "x"'
	give /job/index.rst <<<'Title
=====

.. code-block:: python

   print(1)'
	job() {
		here sphinx-build -q -b html /job /tmp/out && grep -c highlight "$where/tmp/out/index.html"
		test -f "$where/tmp/out/_static/alabaster.css" && echo a theme
	}
	try "python3-sphinx sphinx-common" sphinx-build -a /job/conf.py -a /job/index.rst
}

test_pygmentize() {
	job() {
		echo 'print(1)' | here pygmentize -l python -f html -O style=monokai,full | cksum
	}
	try "python3-pygments" pygmentize
}

test_http() {
	job() {
		here http --ignore-stdin --offline --print=HB POST example.org a=1 b:=2
	}
	try "httpie" http
}

test_perltidy() {
	job() {
		echo 'if($x){print "a";}' | here perltidy -st -se
	}
	try "perltidy" perltidy
}

test_ack() {
	give /job/x <<<hello
	job() {
		here ack --noenv -i HELLO /job/x
		here ack --noenv --help-types | grep python
	}
	try "ack" ack -a /job/x
}

test_kramdown() {
	job() {
		printf '# Title\n\n| a | b |\n\n```ruby\n1\n```\n' | here LC_ALL=C.UTF-8 kramdown
	}
	try "kramdown ruby-kramdown" kramdown
}

test_rougify() {
	give /job/x.rb <<<'puts 1'
	job() {
		here LC_ALL=C.UTF-8 rougify highlight -t base16 /job/x.rb
	}
	try "ruby-rouge" rougify -a /job/x.rb
}

test_xmlto() {
	give /job/x.xml <<<'<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "http://www.oasis-open.org/docbook/xml/4.5/docbookx.dtd">
<article><title>x</title><para>hello</para></article>'
	job() {
		here xmlto --skip-validation -o /tmp html-nochunks /job/x.xml && grep -o '<p>hello</p>' "$where/tmp/x.html"
	}
	try "xmlto docbook-xsl docbook-xml" xmlto -a /job/x.xml
}

test_xsltproc() {
	give /job/x.xml <<<'<article><title>x</title><para>hello</para></article>'
	job() {
		here xsltproc --nonet http://docbook.sourceforge.net/release/xsl/current/html/docbook.xsl /job/x.xml | cksum
	}
	try "xsltproc docbook-xsl" xsltproc -a /job/x.xml
}

test_makeinfo() {
	give /job/x.texi <<<'\input texinfo
@settitle x
@node Top
@top x
hello @emph{you}
@bye'
	job() {
		here makeinfo --plaintext -o - /job/x.texi
		here makeinfo --html --no-split -o - /job/x.texi | grep -c you
	}
	try "texinfo" makeinfo -a /job/x.texi
}

test_help2man() {
	give /job/tool <<<'#!/bin/sh
case $1 in --help) echo "Usage: tool" ;; *) echo "tool 1" ;; esac'
	chmod 755 "$system/job/tool"
	job() {
		here help2man -N /job/tool | tail -n 3
	}
	try "help2man" help2man -a /job/tool
}

test_po4a-updatepo() {
	give /job/x.txt <<<'hello

you'
	job() {
		here po4a-updatepo -f text -M UTF-8 -m /job/x.txt -p /tmp/x.po && grep -c msgid "$where/tmp/x.po"
	}
	try "po4a gettext" po4a-updatepo -a /job/x.txt
}

test_pandoc() {
	job() {
		printf '# T\n\nhello *you*\n' | here pandoc -s -t latex | cksum
		printf '# T\n\nhello *you*\n' | here pandoc -o /tmp/x.docx && echo a document
	}
	try "pandoc pandoc-data" pandoc
}

test_tsc() {
	give /job/x.ts <<<'const f = async (n: number): Promise<number[]> => [n, 1]; f(2).then(x => console.log(x.length));'
	job() {
		here tsc --target es2018 --lib es2018,dom --outDir /tmp /job/x.ts && cat "$where/tmp/x.js"
	}
	try "node-typescript nodejs libnode108" tsc -a /job/x.ts
}

test_uglifyjs() {
	job() {
		echo 'function f(long) { return long + 1; }' | here uglifyjs -m -c
	}
	try "uglifyjs node-uglify-js nodejs libnode108" uglifyjs
}

test_cppcheck() {
	give /job/x.c <<<'#include <stdlib.h>
void f(void) { char *p = malloc(1); p[0] = 0; }'
	job() {
		here cppcheck -q --library=posix --template='{id} {line}' /job/x.c 2>&1
	}
	try "cppcheck" cppcheck -a /job/x.c
}

test_splint() {
	give /job/x.c <<<'#include <stdlib.h>
int main(void) { char *p = malloc(1); *p = 1; return 0; }'
	job() {
		{ here splint /job/x.c 2>&1 || true; } | grep -c x.c
	}
	try "splint splint-data" splint -a /job/x.c
}

test_protoc() {
	give /job/x.proto <<<'syntax = "proto3"; 
message X { map<string, int32> at = 1; }'
	job() {
		here protoc -I/job --cpp_out=/tmp x.proto && of /tmp/x.pb.cc
	}
	try "protobuf-compiler libprotoc32" protoc -a /job/x.proto
}

test_sdcc() {
	give /job/x.c <<<'#include <stdint.h>
#include <string.h>
uint8_t a; void main(void) { a = strlen("abc"); }'
	job() {
		here sdcc -mz80 -o /tmp/x.ihx /job/x.c && of /tmp/x.ihx
	}
	try "sdcc sdcc-libraries" sdcc -a /job/x.c
}

test_ledger() {
	give /job/x.dat <<<'2020/01/01 x
  a  10 EUR
  b'
	job() {
		here ledger -f /job/x.dat balance
	}
	try "ledger" ledger -a /job/x.dat
}

start_debian languages
run bison flex swig valgrind tcc gcc gforth clisp sbcl swipl csi gsi chezscheme picolisp yabasic a68g mono \
	lilypond luajit gp maxima bats autom4te asciidoctor sphinx-build pygmentize http perltidy ack kramdown rougify \
	xmlto xsltproc makeinfo help2man po4a-updatepo pandoc tsc uglifyjs cppcheck splint protoc sdcc ledger
finish_any
