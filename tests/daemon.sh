#!/bin/sh
# -d: ready when the command returns, errors while somebody still reads them, then silence.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# What the daemon tells syslog, where /dev/log can be our own: in a mount namespace.
if [ -z "${TCPREEN_IN_NAMESPACE:-}" ] && [ "$(id -u)" -eq 0 ] &&
	unshare -m true 2>/dev/null; then
	TCPREEN_IN_NAMESPACE=1
	export TCPREEN_IN_NAMESPACE
	over=1
	rm -rf "$dir"
	exec unshare -m "${SHELL:-/bin/sh}" "$0"
fi
start_syslogd()
{
	rm -f /dev/log "$dir/syslog-ready"
	"$PEER" -r "$dir/syslog-ready" datagrams /dev/log "$own_syslog" &
	syslogd=$!
	pids="$pids $syslogd"
	wait_for test -e "$dir/syslog-ready"
	chmod 666 /dev/log
}
own_syslog=
if [ -n "${TCPREEN_IN_NAMESPACE:-}" ] && mount -t tmpfs none /dev 2>/dev/null; then
	mknod -m 666 /dev/null c 1 3
	own_syslog=$dir/syslog
	start_syslogd
fi

# daemon ARGUMENT...: sets $status, and $daemon_pid and $port where it has started
daemon()
{
	daemon_pid=
	out=$dir/out err=$dir/err
	daemons=$((${daemons:-0} + 1))
	# shellcheck disable=SC2086	# lists
	TEST_DAEMON=$dir.$daemons. "$PEER" within 20 $WRAPPER "$TCPREEN" $insist -d -a 127.0.0.1 "$@" >"$out" 2>"$err"
	status=$?
	[ "$status" -eq 0 ] || return
	daemon_pid=$(grep -l "TEST_DAEMON=$dir.$daemons." /proc/[0-9]*/environ 2>/dev/null |
		sed 's/[^0-9]//g' | head -n 1)
	pids="$pids $daemon_pid"
}
# The port, from the outside: that of the daemon's only listening socket.
port_of()	# PID
{
	# shellcheck disable=SC2012	# no names of files
	inodes=$(ls -l "/proc/$1/fd" | sed -n 's/.*socket:\[\([0-9]*\)\]/\1/p')
	for inode in $inodes; do
		awk -v inode="$inode" '$10 == inode && $4 == "0A" { split($2, a, ":"); print a[2] }' \
			/proc/net/tcp
	done | while read -r digits; do echo $((0x$digits)); done
}
serve echo

# A start that waits for the reader of a log ends with the one who waits for it.
mkfifo "$dir/unread"
launch -n -d -p tcp/unix -o "$dir/unread" "$server_port" "$dir/orphan"
wait_for test -S "$dir/orphan"
stop_tcpreen KILL 2>/dev/null
wait_for test ! -e "$dir/orphan"

# Whoever reads what it was started with is not to wait for the daemon.
# shellcheck disable=SC2086	# lists
("$PEER" within 60 $WRAPPER "$TCPREEN" $insist -n -d -m 1 -p tcp/unix "$server_port" "$dir/socket" 3>&1; : >"$dir/started") |
	{ cat; : >"$dir/end"; } &
wait_for test -e "$dir/started"
wait_for test -e "$dir/end"
is "$(client "$dir/socket" send a fin recv-eof)" a 'the daemon is there when its inherited descriptors have gone'
stop_server
servers_may_complain

[ -r /proc/net/tcp ] || skip 'needs /proc'

serve echo
daemon -n -o "$dir/log" "$server_port"
is "$status" 0 'it starts'
is "$(grep -hv '^tcpreen: syslog: ' "$out" "$err")" '' 'and says nothing but where there is no syslogd'
port=$(port_of "$daemon_pid")
is "$(client "$port" send 'hello\n' fin recv-eof)" hello 'it is listening when the command returns'
wait_for logged '^# session 1 close' "$dir/log"
like "$(head -n 3 "$dir/log")" '^\[1\] client> "hello' 'it logs; -F is more than 1'
for fd in 0 1 2; do
	is "$(readlink "/proc/$daemon_pid/fd/$fd")" /dev/null "descriptor $fd"
done
is "$(readlink "/proc/$daemon_pid/cwd")" / 'its folder'
is "$(sed 's/.*) //' "/proc/$daemon_pid/stat" | awk '{ print $4 }')" "$daemon_pid" 'a session of its own'
for i in 1 2 3; do
	start_client "$port" open send x expect x touch "$dir/client$i" wait-file "$dir/go"
	eval "client$i=\$client_pid"
	wait_for test -e "$dir/client$i"
done
: >"$dir/go"
# shellcheck disable=SC2154	# set by eval
wait "$client1" "$client2" "$client3"
is "$?" 0 'three clients at the same time'
servers_may_complain
kill "$daemon_pid"
wait_for gone "$daemon_pid"
if [ -n "$own_syslog" ]; then
	wait_for logged 'session 4 close' "$own_syslog"
	like "$(cat "$own_syslog")" "<30>.*tcpreen\[$daemon_pid\]: Listening on 127\.0\.0\.1:$port\$" \
		'syslog: where it listens'
	like "$(cat "$own_syslog")" '<30>.*tcpreen\[[0-9]+\]: # session 1 open ' 'syslog: session lines'
	unlike "$(cat "$own_syslog")" 'hello|client>' 'syslog: never data'
	stop_server
	daemon "$server_port"
	port=$(port_of "$daemon_pid")
	client "$port" expect-reset
	wait_for logged 'session 1 error .*Connection refused' "$own_syslog"
	kill "$daemon_pid"
	wait_for gone "$daemon_pid"
	serve echo
	: >"$own_syslog"
	daemon -n -f count -o syslog: "$server_port"
	port=$(port_of "$daemon_pid")
	client "$port" send hi fin expect hi expect-eof
	wait_for logged '# session 1 close' "$own_syslog"
	like "$(cat "$own_syslog")" 'client> 2 bytes$' '-o syslog: has its records'
	is "$(grep -c '# session 1 ' "$own_syslog")" 2 '-o syslog: and session lines only once'
	kill -USR1 "$daemon_pid"
	wait_for logged "<30>.*tcpreen\\[$daemon_pid\\]: status: 0 of 64 sessions open; 1 session .*, 2 bytes from clients, 2 bytes" "$own_syslog"
	kill "$daemon_pid"
	wait_for gone "$daemon_pid"
	: >"$own_syslog"
	start_tcpreen -n -q -o syslog: "$server_port"
	long=$(printf '%060000d' 0 | tr 0 X)
	client "$port" send "$long" fin expect "$long" expect-eof
	stop_tcpreen
	wait_for logged ' close ' "$own_syslog"
	is "$(tr -cd X <"$own_syslog" | wc -c | tr -d ' ')" 120000 '-o syslog: nothing of a long line is lost'
	is "$(grep X "$own_syslog" | grep -Evc ']: (client> |server> |    )"?X')" 0 'its pieces look like what goes on'
fi
if [ -n "$own_syslog" ] && built_with SYSLOG_SOCKET; then
	# shellcheck disable=SC2317	# wait_for calls it
	loss_is_told()
	{
		client "$port" send on fin recv-eof
		logged 'messages? (was|were) lost: nobody took' "$own_syslog"
	}

	# More than a socket takes from one sender: ten messages, or, where systemd runs, its buffer.
	crowd='1 2 3 4 5 6 7 8 9'
	if [ "$(cat /proc/sys/net/unix/max_dgram_qlen)" -gt 20 ]; then
		crowd=$(awk 'BEGIN { for (i = 1; i < 70; i++) print i }')
	fi

	# A syslogd that hangs holds up nobody; what it did not take is told when it does.
	daemon -n -vv "$server_port"
	port=$(port_of "$daemon_pid")
	kill -STOP "$syslogd"
	for i in $crowd; do
		is "$(client "$port" send "$i" fin recv-eof)" "$i" "syslogd hangs: client $i is served"
	done
	kill -CONT "$syslogd"
	wait_for logged 'session [0-9]+ close' "$own_syslog"
	wait_for loss_is_told
	kill -STOP "$syslogd"
	for i in $crowd; do
		client "$port" send "$i" fin expect "$i" expect-eof
	done
	kill "$daemon_pid"
	wait_for gone "$daemon_pid"
	kill -CONT "$syslogd"

	# One that restarts is found again; where there is none, the launcher says so, and -o fails.
	daemon -n "$server_port"
	port=$(port_of "$daemon_pid")
	kill "$syslogd"
	wait_for gone "$syslogd"
	: >"$own_syslog"
	client "$port" send on fin expect on expect-eof
	start_syslogd
	client "$port" send on fin expect on expect-eof
	wait_for logged 'session 2 close' "$own_syslog"
	kill "$daemon_pid" "$syslogd"
	wait_for gone "$daemon_pid"
	rm -f /dev/log
	daemon -n "$server_port"
	is "$status" 0 'no syslogd: it starts'
	is "$(cat "$err")" 'tcpreen: syslog: No such file or directory: what happens is told to nobody until that is there' \
		'and says so'
	kill "$daemon_pid"
	wait_for gone "$daemon_pid"
	run_tcpreen -n -q -o syslog: "$server_port"
	is "$status" 1 '-o syslog: without a syslogd: status 1'
	is "$(cat "$err")" 'tcpreen: no syslogd for -o syslog:: No such file or directory' 'and why'
	start_syslogd
	start_tcpreen -n -q -o syslog: "$server_port"
	kill "$syslogd"
	wait_for gone "$syslogd"
	client "$port" send on fin expect on expect-eof
	stop_tcpreen
	is "$status" 1 'a syslogd that ends: its log has lost something'
	like "$(cat "$err")" '^tcpreen: syslog:: lost [0-9]+ bytes$' 'and it is counted'
fi

# Errors come to the one who typed it.
daemon -o "$dir/missing/log" 25
is "$status" 1 'a log that cannot be opened: status 1'
like "$(cat "$err")" "^tcpreen: .*missing/log: No such file" 'and why'
daemon 25 "$server_port"
is "$status" 1 'a port in use: status 1'
daemon -o - 25
is "$status" 2 '-o -: a usage error'
like "$(cat "$err")" '^tcpreen: -o -: ' 'and says so'

# A relative path is where it was typed; a relative log is below /.
cd "$dir" || exit 1
daemon -p tcp/unix "$server_port" socket
is "$status" 0 'a relative socket'
is "$(client "$dir/socket" send 'hello\n' fin recv-eof)" hello 'is where it was typed'
kill "$daemon_pid"
wait_for gone "$daemon_pid"
ok 'it is gone at the end' test ! -e "$dir/socket"
daemon -o "${dir#/}/relative" "$server_port"
is "$status" 0 'a relative log'
ok 'starts at the root' test -e "$dir/relative"
kill "$daemon_pid"
wait_for gone "$daemon_pid"
finish
