#!/bin/sh
# What has to be listed in several places is listed in all of them.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
tests=${srcdir:-.}
top=$tests/..

# Each source: in src/Makefile.am, in the map, with a line that says in which process it runs.
map=$(sed -n '/^THE ROOMS/,/^HOW TO/p' "$tests/HACKING")
for file in "$top"/src/*.c; do
	name=${file##*/}
	ok "src/Makefile.am has $name" grep -q "[	 ]$name" "$top/src/Makefile.am"
	like "$(sed -n '/\*\//q; p' "$file")" '^ \* Runs in: ' "$name says where it runs"
	like "$(head -n 1 "$file")" "^/\* $name - " "$name says what it is for"
	case $name in
	format-*|password*)	;;
	*)	like "$map" "(^|[ ,])${name%.c}([ ,(]|\$)" "the map in HACKING has $name" ;;
	esac
done
for file in "$top"/src/*.h; do
	ok "src/Makefile.am has ${file##*/}" grep -q "[	 ]${file##*/}" "$top/src/Makefile.am"
done

# Each test is run, or is a tool.
for file in "$tests"/unit/test-*.c; do
	name=${file##*/}
	like "$(cat "$tests/Makefile.am")" "^	${name%.c}( |\$)" "tests/Makefile.am runs $name"
done
for file in "$tests"/*.sh; do
	name=${file##*/}
	case $name in
	lib.sh)	continue ;;
	esac
	like "$(cat "$tests/Makefile.am")" "^	$name( |\$)" "tests/Makefile.am runs $name"
	like "$(sed -n 2p "$file")" '^# [^ ]+ .{15}' "$name says what it is about"
done

# Each format: in README as an example; manual.sh has the page, test-options.c the options.
for name in $("$TCPREEN" -h | sed -n '/^Formats/,/^$/s/^  \([a-zA-Z]*\) .*/\1/p'); do
	like "$(cat "$top/README")" "\-f $name( |\$)" "README shows the format $name"
	ok "src/Makefile.am has format $name" grep -qi "format-$name\.c" "$top/src/Makefile.am"
done
finish
