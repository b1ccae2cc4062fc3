#!/bin/sh
# Help lists what the program takes; the version names the licence and no machine.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

insist=
for option in -h --help; do
	run_tcpreen "$option"
	is "$status" 0 "status of $option"
	is "$(cat "$err")" '' "stderr of $option"
done
help=$(cat "$out")
for letter in a b c d f F h l m n o p q s t u v V; do
	like "$help" "^ +-$letter, --[a-z]" "help shows -$letter with a long name"
done
for long in bind accept bytes connect daemon format fork help listen maxconn numeric output \
	protocol quiet server user verbose version timestamps color snap timeout connect-timeout allow source; do
	like "$help" "--$long([ =[]|\$)" "help shows --$long"
done
for word in tcp tcp6 unix local any C hex count null password raw strip turns pcapng json; do
	like "$help" "^  $word +[^ ]" "help shows $word, and what it is"
done
is "$(printf '%s\n' "$help" | awk '/^  / { at = /^ +-/ ? 31 : 13
	if (substr($0, at - 1, 1) != " " || substr($0, at, 1) == " ") print }')" '' 'explanations stand in a column'
for line in 'Usage: tcpreen [options] [host:]serverport [[addr:]localport]' \
	'Protocols (-p), tcp unless given:' 'Formats (-f), C unless given:' \
	'Example: tcpreen -f hex -o dump.log mail.example:25 2525'; do
	ok "help has: $line" grep -Fqx -e "$line" "$out"
done
unlike "$help" '.{81}' 'help fits into 80 columns'
for option in -V --version; do
	run_tcpreen "$option"
	is "$status" 0 "status of $option"
	is "$(cat "$err")" '' "stderr of $option"
done
like "$(head -n 1 "$out")" '^tcpreen [0-9]+\.[0-9]+' 'the version'
like "$(cat "$out")" 'GNU General Public License.* 2 .*later' 'the licence'
unlike "$(cat "$out")" 'gcc|clang|configure|linux|x86|CFLAGS' 'nothing about the machine it was built on'

run_tcpreen --help 25 2525
is "$status" 0 'help wins over the rest'
if [ -e /dev/full ]; then
	$WRAPPER "$TCPREEN" --help >/dev/full 2>"$err"
	is "$?" 1 'help that cannot be written is a failure'
fi
finish
