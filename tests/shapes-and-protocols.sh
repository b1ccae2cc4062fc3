#!/bin/sh
# Every pair of protocols, in all four shapes: who listens, and who is connected to.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

protocols='tcp unix local'
owner="[(]pid [0-9]+, uid $(id -u)[)]"	# of a Unix socket that connects to tcpreen
built_with STRUCT_UCRED_PID || owner='([(]uid [0-9]+[)])?'
if have_ipv6; then
	protocols="$protocols tcp6 any"
fi

address()	# PROTOCOL: where the tests' own ends are, and tcpreen listens
{
	case $1 in
	tcp6)	echo ::1 ;;
	unix|local) echo unix ;;
	*)	echo 127.0.0.1 ;;
	esac
}

peers()		# PROTOCOL PORT|PATH: as a session line shows it, a REGEX
{
	case $1 in
	tcp6)	echo "\[::1\]:$2" ;;
	unix|local) echo "unix:$2" ;;
	*)	echo "127\.0\.0\.1:$2" ;;
	esac
}

as_server='send hello\n expect question\n send answer\n expect-eof'
as_client='expect hello\n send question\n expect answer\n fin expect-eof'

# bridge SHAPE P Q
bridge()
{
	to_server=$(address "$2") to_client=$(address "$3")
	seen_server=$(peers "$2" '[0-9]+') seen_client=$(peers "$3" '[0-9]+')
	rm -f "$dir"/*.socket
	s_port=0 c_port=0 s_pid='' c_pid=''
	[ "$to_server" != unix ] || s_port=$dir/server.socket seen_server="unix:$owner"
	[ "$to_client" != unix ] || c_port=$dir/client.socket seen_client="unix:$owner"
	case $1 in
	*l*) ;;
	*)	# shellcheck disable=SC2086	# a list
		serve_on "$to_server" "$s_port" $as_server
		s_port=$server_port s_pid=$server_pid
		seen_server=$(peers "$2" "$s_port") ;;
	esac
	case $1 in
	*c*)	# shellcheck disable=SC2086	# a list
		serve_on "$to_client" "$c_port" $as_client
		c_port=$server_port c_pid=$server_pid
		seen_client=$(peers "$3" "$c_port") ;;
	esac
	where="-a $to_client -s $to_server"
	if [ "$1" = -c ]; then
		# shellcheck disable=SC2086	# a list
		launch $where -n -m 1 "$1" -p "$2/$3" -o "$dir/log" "$s_port" "$c_port"
	else
		# shellcheck disable=SC2086	# may be empty
		start_tcpreen -n -m 1 $1 -p "$2/$3" -o "$dir/log" "$s_port" "$c_port"
	fi
	# shellcheck disable=SC2086	# lists
	case $1 in
	'')	"$PEER" connect "$to_client" "$port" $as_client ;;
	-l)	"$PEER" connect "$to_client" "$port" $as_client &
		"$PEER" connect "$to_server" "$server_side_port" $as_server && wait $! ;;
	-cl)	"$PEER" connect "$to_server" "$server_side_port" $as_server ;;
	esac || bad "tcpreen $1 -p $2/$3: served"
	wait_exit
	is "$status" 0 "tcpreen $1 -p $2/$3: status"
	is "$(grep -v '^#' "$dir/log")" 'server> "hello\n"
client> "question\n"
server> "answer\n"' "tcpreen $1 -p $2/$3: what they said"
	like "$(head -n 1 "$dir/log")" "open .* client $seen_client server $seen_server\$" \
		"tcpreen $1 -p $2/$3: who they are"
	[ -z "$s_pid" ] || stop_server "$s_pid"
	[ -z "$c_pid" ] || stop_server "$c_pid"
}

for shape in '' -c -l -cl; do
	for p in $protocols; do
		for q in $protocols; do
			[ "$failures" -gt 0 ] || bridge "$shape" "$p" "$q"
		done
	done
done

# One name counts for both; a service may have a name, a host brackets.
serve send x
start_tcpreen -p tcp -n -m 1 -s '[127.0.0.1]' "$server_port"
is "$(client "$port")" x 'brackets around a host'
wait_exit

# It does not serve itself.
run_tcpreen -p unix "$dir/own" "$dir/own"
is "$status" 1 'its own path: status 1'
like "$(cat "$err")" "^tcpreen: unix:$dir/own: .* connect to itself" 'it says so'
ok 'and leaves no path' test ! -e "$dir/own"
start_tcpreen -n "$server_port"
stop_tcpreen
run_tcpreen -a 127.0.0.1 "$port" "$port"
is "$status" 1 'its own port: status 1'
like "$(cat "$err")" "^tcpreen: 127\.0\.0\.1:$port: .* connect to itself" 'it says so'
run_tcpreen -s ::1 "$port"
like "$(cat "$err")" '^tcpreen: ::1: .*-p tcp6 or -p any' 'IPv6, when IPv4 was asked for'
finish
