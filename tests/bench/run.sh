#!/bin/sh
# make bench: tcpreen beside whatever other relays are installed, in one run
#
# run.sh TCPREEN LOAD. Contenders take turns, round after round; what is printed
# is the median of each, and its ratio to the line that a goal speaks of. The
# absolute numbers are the machine's, and the day's.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
set -u
tcpreen=$1 load=$2
rounds=5 sessions=10000 plain_mib=1024 seconds=2
if [ "${BENCH:-}" = quick ]; then
	rounds=3 sessions=1000 plain_mib=128 seconds=1
fi
old=/usr/bin/tcpreen		# 1.4.4 of Debian, if it is that
"$old" -V 2>/dev/null | grep -q '1\.4' || old=
insist=
[ "$(id -u)" -ne 0 ] || insist='-u root'

work=$(mktemp -d)
pids='' groups=''
cleanup()
{
	for group in $groups; do kill -- "-$group" 2>/dev/null; done
	# shellcheck disable=SC2086	# a list
	kill $pids 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

has()
{
	command -v "$1" >/dev/null
}
"$load" serve >"$work/port" &
pids=$!
until [ -s "$work/port" ]; do sleep 0.05; done
server=$(cat "$work/port")

# Each relay is started for $server on $port; sets $relay.
launch()	# COMMAND...
{
	setsid "$@" >"$work/out" 2>"$work/err" &	# some leave children behind: a group to end
	relay=$!
	groups="$groups $relay"
	tries=100
	until "$load" open "$port" 2>/dev/null || [ $((tries = tries - 1)) -le 0 ]; do sleep 0.05; done
	[ "$tries" -gt 0 ]
}
start()	# CONTENDER
{
	port=$("$load" free-port)
	log=$work/log
	rm -rf "$work"/log*
	case $1 in
	direct)		relay='' port=$server ;;
	tcpreen)	ours -q ;;
	tcpreen-count)	ours -q -f count -o "$log" ;;
	tcpreen-*)	ours -q -f "${1#tcpreen-}" -o "$log" ;;
	1.4.4)		theirs -f null ;;
	1.4.4-*)	theirs -f "${1#1.4.4-}" -o "$log" ;;
	socat)		socat_with ;;
	socat-x)	socat_with -x ;;
	socat-v)	socat_with -v ;;
	socat-r)	socat_with -r "$log" -R "$log.2" ;;
	redir)		launch redir -n "127.0.0.1:$port" "127.0.0.1:$server" ;;
	haproxy)	haproxy_conf; launch "$(command -v haproxy || echo /usr/sbin/haproxy)" -db -f "$work/haproxy.cfg" ;;
	nginx)		nginx_conf; launch nginx -c "$work/nginx.conf" ;;
	sslsplit)	sslsplit_with -X "$log" ;;
	esac
}
ours()
{
	# shellcheck disable=SC2086	# a list
	launch "$tcpreen" $insist -n -F 10000 -a 127.0.0.1 "$@" "$server" "$port"
}
theirs()
{
	launch "$old" -n -q -F 20 -a 127.0.0.1 -s 127.0.0.1 "$@" "$server" "$port"
}
socat_with()
{
	launch socat -b 65536 "$@" "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork,backlog=1024" \
		"TCP:127.0.0.1:$server,nodelay"
}
sslsplit_with()
{
	# shellcheck disable=SC2086	# a list
	launch sslsplit $insist "$@" tcp 127.0.0.1 "$port" 127.0.0.1 "$server"
}
haproxy_conf()
{
	cat >"$work/haproxy.cfg" <<-END
	global
	  maxconn 4000
	defaults
	  mode tcp
	  timeout connect 5s
	  timeout client 1h
	  timeout server 1h
	listen a
	  bind 127.0.0.1:$port
	  server b 127.0.0.1:$server
	END
}
nginx_conf()
{
	cat >"$work/nginx.conf" <<-END
	daemon off;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log $work/nginx.log;
	include /etc/nginx/modules-enabled/*stream*.conf;
	events { worker_connections 4000; }
	stream { server { listen 127.0.0.1:$port; proxy_pass 127.0.0.1:$server; } }
	END
}
stop()
{
	[ -n "$relay" ] || return
	kill -- "-$relay" 2>/dev/null
	wait "$relay" 2>/dev/null
}
usable()	# CONTENDER
{
	case $1 in
	direct|tcpreen*)	return 0 ;;
	1.4.4*)			[ -n "$old" ] ;;
	nginx)			has nginx && ls /etc/nginx/modules-enabled/*stream* >/dev/null 2>&1 ;;
	*)			has "${1%%-*}" ;;
	esac
}

# measure TITLE UNIT REFERENCE "CONTENDER[:SIZE]..." COMMAND...: @ is the port, % the size
measure()
{
	title=$1 unit=$2 reference=$3 contenders=$4
	shift 4
	: >"$work/results"
	for round in $(seq "$rounds"); do
		for contender in $contenders; do
			name=${contender%:*} size=${contender#*:}
			usable "$name" || continue
			if start "$name"; then
				words=$(printf '%s ' "$@" | sed "s/@/$port/; s/%/$size/")
				# shellcheck disable=SC2086	# a list
				got=$(timeout 120 "$load" $words 2>/dev/null) && echo "$name $got" >>"$work/results"
			fi
			stop
		done
	done
	printf '\n%s, %s (%s rounds)\n' "$title" "$unit" "$round"
	awk -v reference="$reference" '
	{ all[$1] = all[$1] " " $2; if (!($1 in seen)) { seen[$1] = 1; order[++n] = $1 } }
	function median(list,   v, k, i, j, t) {
		k = split(list, v, " ")
		for (i = 1; i <= k; i++) for (j = i + 1; j <= k; j++)
			if (v[j] + 0 < v[i] + 0) { t = v[i]; v[i] = v[j]; v[j] = t }
		return v[int((k + 1) / 2)]
	}
	END {
		for (i = 1; i <= n; i++) m[order[i]] = median(all[order[i]])
		for (i = 1; i <= n; i++) {
			printf "  %-16s %10s", order[i], m[order[i]]
			if (m[reference] > 0) printf "   %6.2f of %s", m[order[i]] / m[reference], reference
			print ""
		}
	}' "$work/results"
}

echo "$(uname -sr), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)," \
	"$(awk '/^MemTotal/ { print int($2 / 1048576) }' /proc/meminfo) GiB"
measure 'Plain, one connection' 'MiB/s' direct \
	'direct tcpreen tcpreen-count tcpreen-turns 1.4.4 socat haproxy nginx redir' bulk @ "$plain_mib" text

# Logs, of bytes of all values: they cost the most in every format. On a virtual machine
# memory that nobody has touched yet costs the first who does: that is to be none of them.
head -c 500000000 /dev/zero >"$work/log"
measure 'Hex log to a file' 'MiB/s' 1.4.4-hex 'tcpreen-hex:64 1.4.4-hex:32 socat-x:1' bulk @ % binary
measure 'C log to a file' 'MiB/s' 1.4.4-C 'tcpreen-C:64 1.4.4-C:32 socat-v:1' bulk @ % binary
measure 'Text log to a file' 'MiB/s' 1.4.4-strip 'tcpreen-strip:64 1.4.4-strip:32' bulk @ % binary
measure 'Raw log to a file' 'MiB/s' 1.4.4-raw 'tcpreen-raw:128 1.4.4-raw:128 socat-r:128' bulk @ % binary
measure 'Capture, JSON' 'MiB/s' sslsplit 'tcpreen-pcapng:64 tcpreen-json:64 sslsplit:64' bulk @ % binary
measure 'Round trip of 64 bytes, tcpreen logging hex' 'us' tcpreen-hex \
	'direct tcpreen-hex tcpreen-turns 1.4.4 socat haproxy nginx redir' trip @ 5000
measure 'New sessions, 8 clients' 'a second' tcpreen \
	'direct tcpreen 1.4.4 socat redir haproxy nginx' rate @ "$seconds" 8

printf '\n%s idle sessions of tcpreen: seconds for the first and the last thousand (of fewer than 2000: half),\nKiB of memory each (PSS)\n' "$sessions"
start tcpreen && "$load" many "$port" "$sessions" "$relay" | sed 's/^/  /'
stop
printf '\nFormats alone, MiB/s of payload: text, bytes of all values\n'
for name in $("$tcpreen" -h | sed -n '/^Formats/,/^$/s/^  \([a-zA-Z]*\) .*/\1/p'); do
	printf '  %-16s %10s %10s\n' "$name" "$("$load" format "$name" 256 text)" \
		"$("$load" format "$name" 256 binary)"
done
