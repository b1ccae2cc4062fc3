#!/bin/sh
# A wrong command line: status 2, a line that says what is wrong, a hint, nothing started.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# refused WORDS ARGUMENT...: the first line of stderr holds these words
refused()
{
	words=$1
	shift
	run_tcpreen "$@"
	{ read -r first; read -r hint; read -r more; } <"$err"
	is "$status" 2 "status of: tcpreen $*"
	is "${first%%:*}" tcpreen "who says it: tcpreen $*"
	case $first in
	*"$words"*) ;;
	*)	bad "what is wrong with: tcpreen $*" "got: $first" "without: $words" ;;
	esac
	is "$hint" "Try 'tcpreen --help'." "the hint after: tcpreen $*"
	is "$more" '' "two lines on stderr of: tcpreen $*"
	[ ! -s "$out" ] || bad "nothing on stdout of: tcpreen $*"
	rm "$out" "$err"
}

# Numbers are checked whole: option by option, value by value.
for value in '' x 25x x25 -1 +1 ' 1' '1 ' 1.5 0x10 0 99999999999999999999999 1KB K 18014398509481985K; do
	refused "-b $value" -b "$value" 25
done
for value in '' x 1x -1 +1 ' 1' 1.5 0 99999999999999999999999 1K; do
	refused "-F $value" -F "$value" 25
	refused "-m $value" -m "$value" 25
done
for value in '' x -1 0 0.0 1x 1e3 inf nan 0x10 +1 ' 1' 1,5 . 99999999999999999999999; do
	refused "--timeout $value" --timeout "$value" 25
	refused "--connect-timeout $value" --connect-timeout "$value" 25
done
for value in '' x -1 0 1x; do
	refused "--snap $value" --snap "$value" 25
done
for value in 25x -1 70000 65536 0 99999999999999999999999 +25 ' 25' ' 70000' ' '; do
	refused "$value" -- "$value"
done
for value in 25x -1 70000 65536 99999999999999999999999 ' 25' ' 70000'; do
	refused "$value" 25 -- "$value"
done
refused empty ''
refused empty 25 ''

# Words that are none of ours.
for value in '' c hexx HEX text pcap; do
	refused "-f $value" -f "$value" 25
done
for value in '' ip tcp4 TCP tcp/ /tcp tcp/tcp/tcp tcp6x unix/udp; do
	refused "-p $value" -p "$value" 25
done
refused 'noon' --timestamps=noon 25
refused '--color' --color=blue 25
refused '%x' -o 'log-%x' 25
refused '%' -o 'log%' 25
refused '-o' -o '' 25
refused '-a' -a '' 25
refused '-s' -s '' 25
refused '--allow' --allow '' 25
for value in 10 10/8 127.0.0.1/33 127.0.0.1/8x ::/129 ::1: localhost/8 ::1%lo ::ffff:127.0.0.1/8; do
	refused "--allow $value: " --allow "$value" 25
done
refused '--source: not with -l' -l --source ::1 25
refused '--source: not with -p unix' -p unix/tcp --source ::1 s
refused '--allow: not with -c' -c --allow ::1 25 26
refused '--allow: not with -p tcp/unix' -p tcp/unix --allow ::1 25 "$dir/socket"
refused 'known are tcp, tcp6' -p udp 25
refused 'known are C, hex' -f text 25
refused 'write --timestamps=iso' -t=iso 25
refused 'write --timestamps=iso' -t iso 25
refused 'write --color=always' --color always 25
refused 'mail.example:25' mail.example 25
refused 'known service' 25 no-such-service
refused '-p unix/tcp' /run/docker.sock
refused '-s b.example' -s b.example a.example:25
refused '-a lo' -a lo 25 127.0.0.1:2525
refused 'brackets' ::1:25
refused '-x' -x 25
refused '--nonsense' --nonsense 25
refused '--nonsense' --nonsense=3 25
refused '--daemon' --daemon=yes 25
for option in a b f F m o p s u; do
	refused "-$option" "-$option"
done
for option in accept:-a bind:-a bytes:-b format:-f fork:-F maxconn:-m output:-o protocol:-p \
	server:-s user:-u snap:--snap timeout:--timeout connect-timeout:--connect-timeout allow:--allow source:--source; do
	refused "${option#*:}: needs" "--${option%:*}"
done

# Options that contradict each other, and operands too few or too many.
refused serverport
refused three 25 2525 three
refused '-c' -c 25
refused '-o -' -d -o - 25
refused twice -o "$dir/log" -o "$dir/log" 25
refused twice -o - -o - 25
refused '-o FILE' -f pcapng 25
refused '-o must come after' -q -f hex 25
refused '-o must come after' -q -o "$dir/log" -f hex 25
refused syslog -f raw -o syslog: 25
ok 'no log was created' test ! -e "$dir/log"

# What a peer's or a user's bytes could do to a terminal.
refused '\033' -f "$(printf '\033[31m')" 25
if [ "$(id -u)" -eq 0 ]; then
	insist=
	refused 'no-such-user' -u no-such-user 25
fi
finish
