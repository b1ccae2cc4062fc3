#!/bin/sh
# -f pcapng: a capture without a fault, with the conversation in it; tshark, where it is, agrees.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
READ_CAPTURE=${READ_CAPTURE:-$PWD/read-capture}
shark=
{ have tshark && have capinfos; } && shark=1

packets()	# FILE [OPTION...]: a line for each packet, see read-capture.c
{
	packets_of=$1
	shift
	"$READ_CAPTURE" "$@" "$packets_of" || bad "$packets_of: strictly read"
}
said_by()	# SIDE FILE N: the bytes of one side of the Nth connection
{
	"$READ_CAPTURE" -b "$1" "$3" "$2"
}
shark()	# FILE ARGUMENT...
{
	shark_file=$1
	shift
	# the payload as data: a port that the kernel chose may be that of some protocol
	tshark -r "$shark_file" -d tcp.port==1-65535,data -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE "$@" \
		2>"$dir/tshark.err"
	grep -v '^Running as user' "$dir/tshark.err"
}
clean()	# FILE TITLE: nothing to complain of, every checksum right
{
	[ -n "$shark" ] || return 0
	is "$(shark "$1" -Y 'tcp.analysis.flags || _ws.malformed || _ws.expert.severity >= "Warning"')" \
		'' "$2: tshark has no complaint"
	is "$(shark "$1" -Y 'tcp.checksum.status != 1 || ip.checksum.status != 1')" '' \
		"$2: checksums are right"
	capinfos "$1" >"$dir/capinfos" || bad "$2: capinfos reads it"
	like "$(cat "$dir/capinfos")" '^Capture application: *tcpreen ' "$2: it says who made it"
}

# TCP over IPv4, the other families, and mixtures of them
# conversation TITLE ADDRESSES ARGUMENT...: with the server that serve started; then checks
conversation()
{
	title=$1 expected=$2
	shift 2
	start_tcpreen -n -q -m 1 -f pcapng -o "$dir/cap" "$@"
	case $port in
	/*)	set -- unix "$port" ;;
	*)	set -- "${client_host}" "$port" ;;
	esac
	"$PEER" connect "$@" send 'hello\n' expect 'hello\n' fill 200000 check 200000 fin expect-eof ||
		bad "$title: served"
	wait_exit
	clean "$dir/cap" "$title"
	packets "$dir/cap" >"$dir/packets"
	for side in client server; do
		said_by "$side" "$dir/cap" 0 >"$dir/said"
		same "$dir/said" "$dir/sent" "$title: what the $side said"
	done
	like "$(head -n 1 "$dir/packets")" \
		"^0 0\.000000 client S 0 0 0 $expected ; session 1: client .*, server " "$title: who they are"
	is "$(sed -n '1,3p' "$dir/packets" | cut -d ' ' -f 3,4 | tr '\n' ,)" \
		'client S,server SA,client A,' "$title: handshake"
	is "$(tail -n 3 "$dir/packets" | cut -d ' ' -f 3,4,7- | tr '\n' ,)" \
		'client FA 0,server FA 0,client A 0,' "$title: the end of both streams"
	[ -z "$shark" ] || is "$(shark "$dir/cap" -T fields -e frame.packet_flags_direction | sort | uniq |
		tr '\n' ' ')" '0x00000001 0x00000002 ' "$title: tshark sees directions"
}

# What the client of each will say
serve to "$dir/sent" recv 200006 touch "$dir/all"
"$PEER" connect 127.0.0.1 "$server_port" send 'hello\n' fill 200000 wait-file "$dir/all"
stop_server

serve echo
conversation tcp "127\.0\.0\.1:[0-9]+ > 127\.0\.0\.1:$server_port" "$server_port"
conversation tcp/unix "127\.0\.0\.2:[0-9]+ > 127\.0\.0\.1:$server_port" \
	-p tcp/unix "$server_port" "$dir/socket"
stop_server
serve_on unix "$dir/server" echo
conversation unix/tcp '127\.0\.0\.1:[0-9]+ > 127\.128\.0\.2:1' -p unix/tcp "$dir/server"
stop_server
if have_ipv6; then
	server_host=::1
	serve echo
	conversation tcp6/tcp "\[::ffff:127\.0\.0\.1\]:[0-9]+ > \[::1\]:$server_port" -p tcp6/tcp \
		-s ::1 "$server_port"
	where='-a ::1' client_host=::1
	conversation tcp6 "\[::1\]:[0-9]+ > \[::1\]:$server_port" -p tcp6 -s ::1 "$server_port"
	stop_server
	server_host=127.0.0.1 where='-a 127.0.0.1' client_host=127.0.0.1
fi

# Many sessions in one file; with tshark, the server's numbers wrap after 35 MB of the 27th.
serve echo
start_tcpreen -n -q -F 8 -f pcapng -o "$dir/cap" "$server_port"
for i in 1 2 3 4 5; do
	"$PEER" -n 5 -j connect 127.0.0.1 "$port" both 30000 fin expect-eof || bad 'many: served'
done
"$PEER" connect 127.0.0.1 "$port" fin expect-eof
[ -z "$shark" ] || client "$port" both 36000000 fin expect-eof
stop_tcpreen
packets "$dir/cap" >"$dir/packets"
is "$(cut -d ' ' -f 1 "$dir/packets" | sort -u | wc -l)" "$((26 + ${shark:-0}))" 'many: connections'
is "$(awk '$1 == 3 { n += $7 } END { print n }' "$dir/packets")" 60000 'many: with all its bytes'
if [ -n "$shark" ]; then
	clean "$dir/cap" 'many sessions, and a wrap'
	is "$(shark "$dir/cap" -q -z conv,tcp | grep -c '<->')" 27 'many: each is a conversation'
	is "$(shark "$dir/cap" -Y 'tcp.stream == 26' -T fields -e tcp.len | awk '{ n += $1 } END { print n }')" \
		72000000 'wrap: all bytes are there'
	is "$(shark "$dir/cap" -o tcp.relative_sequence_numbers:FALSE -Y 'tcp.stream == 26' -T fields \
		-e tcp.seq_raw -e tcp.srcport | awk -v server="$server_port" \
		'$2 == server { if ($1 < last) wraps++; last = $1 } END { print wraps + 0 }')" 1 'wrap: it wrapped'
fi
stop_server

# Urgent data, a reset, a server that is not there, --snap
serve recv 1 urgent-expect '!' send ab reset
start_tcpreen -n -q -f pcapng -o "$dir/cap" "$server_port"
client "$port" send a urgent '!' expect ab expect-reset
stop_server
client "$port" expect-reset
stop_tcpreen
servers_may_complain
packets "$dir/cap" >"$dir/packets"
is "$(grep -c ' client PAU 2 [0-9]* 1$' "$dir/packets")" 1 'urgent data is marked so'
is "$(awk '$4 == "RA" { print $1, $3 }' "$dir/packets")" '0 server
1 server' 'a reset, by the one who did it'
like "$(tail -n 1 "$dir/packets")" ' RA 0 1 0 ; Connection refused$' \
	'a session that found no server says why'
[ -z "$shark" ] || is "$(shark "$dir/cap" -Y 'tcp.analysis.flags || _ws.malformed')" '' \
	'and nothing is malformed'

serve echo
start_tcpreen -n -q -m 1 --snap 5 -f pcapng -o "$dir/cap" "$server_port"
client "$port" send 'hello world' expect 'hello world' fin expect-eof
wait_exit
is "$(packets "$dir/cap" | awk '$7 > 0 { print $7, $8 }')" '11 5
11 5' '--snap keeps 5 bytes, and the length'

# When and by whom it ended: a half-close, where it was; a session that tcpreen ends says so.
start_tcpreen -n -q -m 1 -f pcapng -o "$dir/cap" "$server_port"
client "$port" send one fin recv-eof >/dev/null
wait_exit
like "$(packets "$dir/cap" | sed -n 5,6p | cut -d ' ' -f 3,4 | tr '\n' ' ')" \
	'^(client FA server PA|server PA client FA) $' 'the FIN of the client is where it ended'
start_tcpreen -n -q -f pcapng -o "$dir/cap" "$server_port"
start_client "$port" send one expect one touch "$dir/up" expect-end
wait_for test -e "$dir/up"
stop_tcpreen
finished 'by a signal: served'
servers_may_complain
like "$(packets "$dir/cap" | tail -n 1)" ' server RA 4 4 0 ; ended by tcpreen: closed by signal$' \
	'a session that tcpreen ended'

# A pipe, read while it goes on; the console beside a file; a terminal
start_tcpreen -n -F 3 -m 1 -f pcapng -o - "$server_port"
client "$port" send 'hello' expect 'hello' fin expect-eof
wait_exit
is "$(said_by client "$out" 0)$(said_by server "$out" 0)" hellohello '-o - is a capture, too'
mkfifo "$dir/pipe"
if [ -n "$shark" ]; then
	tshark -l -r "$dir/pipe" -Y tcp.payload -T fields -e tcp.payload >"$dir/live" 2>/dev/null &
else
	cat "$dir/pipe" >"$dir/live" &
fi
pids="$pids $!"
start_tcpreen -n -f pcapng -o "$dir/pipe" "$server_port"
start_client "$port" send a expect a touch "$dir/one" wait-file "$dir/go" fin expect-eof
[ -z "$shark" ] || wait_for logged 61 "$dir/live" 2
wait_for test -e "$dir/one"
[ -n "$shark" ] || is "$(said_by client "$dir/live" 0 2>/dev/null)" a 'a pipe: live'
: >"$dir/go"
finished 'a pipe: served'
wait_for logged ' close ' "$out"
is "$(grep -vc '^# session 1 ' "$out")" 0 'the console shows session lines only'
stop_tcpreen
if have script; then
	# shellcheck disable=SC2086	# lists
	script -qec "'$TCPREEN' $insist -a 127.0.0.1 -f pcapng -o - 25" /dev/null >"$dir/tty" </dev/null
	is "$?" 1 'on a terminal: status 1'
	like "$(cat "$dir/tty")" '^tcpreen: -o -: pcapng is not for a terminal' 'it is refused'
fi

# SIGHUP, and a session that is killed: what is there can be read.
start_tcpreen -n -q -f pcapng -o "$dir/rotated" "$server_port"
client "$port" send one expect one fin expect-eof
wait_for childless "$tcpreen_pid"
is "$("$READ_CAPTURE" -s "$dir/rotated")" 'heads 1, names 0, connections 1' 'a capture has one head'
mv "$dir/rotated" "$dir/rotated.1"
kill -HUP "$tcpreen_pid"
wait_for test -s "$dir/rotated"
start_client "$port" send two expect two touch "$dir/two" wait-file "$dir/never"
wait_for test -e "$dir/two"
kill -KILL "$(children "$tcpreen_pid")"
wait_for childless "$tcpreen_pid"
kill "$client_pid"
client "$port" send three expect three fin expect-eof
stop_tcpreen
servers_may_complain
packets "$dir/rotated.1" >/dev/null
clean "$dir/rotated.1" 'after SIGHUP, the old file'
is "$("$READ_CAPTURE" -u -b client 0 "$dir/rotated")-$("$READ_CAPTURE" -u -b client 1 "$dir/rotated")" \
	two-three 'a session that was killed leaves a file that can be read'

# copytruncate, in the middle of a session
rm -f "$dir/two"
start_tcpreen -n -q -f pcapng -o "$dir/emptied" "$server_port"
start_client "$port" send one expect one touch "$dir/two" wait-file "$dir/emptied.1" send two expect two fin expect-eof
wait_for test -e "$dir/two"
: >"$dir/emptied"
: >"$dir/emptied.1"
finished 'a capture that is emptied: served'
stop_tcpreen
is "$("$READ_CAPTURE" -u -b client 0 "$dir/emptied")" two 'a capture that was emptied can be read'
[ -z "$shark" ] || is "$(shark "$dir/emptied" -Y tcp.payload -T fields -e tcp.payload | sort -u)" 74776f \
	'a capture that was emptied can be read by tshark'
finish
