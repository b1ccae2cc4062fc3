#!/bin/sh
# --pid-file: there when it listens, locked by the one who stays, gone at the end.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
pid=$dir/pid
serve echo

start_tcpreen -n --pid-file "$pid" "$server_port"
number=$(cat "$pid")
like "$number" '^[1-9][0-9]*$' 'the number of a process'
first=$tcpreen_pid first_port=$port
kill -0 "$number" || bad 'that runs'
# shellcheck disable=SC2012	# no names of files
is "$(ls -l "$pid" | cut -c 1-10)" '-rw-r--r--' 'its mode'
run_tcpreen -n -a 127.0.0.1 --pid-file "$pid" "$server_port"
is "$status, $(cat "$err")" "1, tcpreen: --pid-file $pid: process $number holds it" 'a second start'
run_tcpreen -n -a 127.0.0.1 --pid-file "$pid" "$server_port" "$first_port"
is "$status, $(cat "$err")" "1, tcpreen: --pid-file $pid: process $number holds it" 'also on the same port'
is "$(cat "$pid")" "$number" 'which changes nothing'
tcpreen_pid=$first
kill "$number"
wait_exit
is "$status" 0 'SIGTERM ends it'
ok 'and its file' test ! -e "$pid"

# A stale one is taken over, also while sessions of its time still run: they hold nothing.
start_tcpreen -n --pid-file "$pid" "$server_port"
number=$(cat "$pid")
start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/go" send b expect b fin expect-eof
wait_for test -e "$dir/open"
if [ -d "/proc/$number/fd" ]; then
	for process in $(children "$number"); do
		unlike "$(ls -l "/proc/$process/fd")" ' -> .*/pid$' 'a session has not even the file'
	done
fi
kill -KILL "$number"
wait_exit 2>/dev/null
is "$(cat "$pid")" "$number" 'a stale one'
start_tcpreen -n --pid-file "$pid" "$server_port"
ok 'is taken over' test "$(cat "$pid")" -ne "$number"
: >"$dir/go"
finished 'the old session goes on'
servers_may_complain
stop_tcpreen
ok 'and goes at the end' test ! -e "$pid"

# What is no pid file, and a start that fails later
echo text >"$dir/letter"
run_tcpreen -n -a 127.0.0.1 --pid-file "$dir/letter" "$server_port"
is "$status, $(cat "$err")" "1, tcpreen: --pid-file $dir/letter: not a pid file: it holds something else than a number" \
	'a letter'
is "$(cat "$dir/letter")" text 'is not harmed'
ln -s letter "$dir/link"
run_tcpreen -n -a 127.0.0.1 --pid-file "$dir/link" "$server_port"
is "$status, $(cat "$err")" "1, tcpreen: --pid-file $dir/link: a symbolic link" 'a link'
run_tcpreen -n -a 127.0.0.1 --pid-file "$dir/no/pid" "$server_port"
is "$status, $(cat "$err")" "1, tcpreen: --pid-file $dir/no/pid: No such file or directory" 'no folder'
run_tcpreen -n --pid-file "$pid" "$server_port" "127.0.0.1:$server_port"
is "$status" 1 'a port in use'
ok 'leaves no file' test ! -e "$pid"
run_tcpreen -n --pid-file "$pid" -o "$dir/no/log" "$server_port"
is "$status" 1 'a log that cannot be opened'
ok 'leaves no file' test ! -e "$pid"

# The command of --run finds it written, and not open.
# shellcheck disable=SC2016	# for the other shell
run_tcpreen -n -q -a 127.0.0.1 --pid-file "$pid" --run "cat '$pid'; ls -l /proc/self/fd 2>/dev/null" "$server_port"
like "$(head -n 1 "$out")" '^[1-9][0-9]*$' '--run: written before the command starts'
unlike "$(cat "$out")" ' -> .*/pid$' '--run: it has not the file'

# In the background: a relative name is where it was typed.
daemon()	# ARGUMENT...: sets $status, and $number from the file $pid
{
	out=$dir/out err=$dir/err
	# shellcheck disable=SC2086	# lists
	"$PEER" within 20 $WRAPPER "$TCPREEN" $insist -n -d -a 127.0.0.1 "$@" >"$out" 2>"$err"
	status=$?
	number=$(cat "$pid" 2>/dev/null)
	pids="$pids $number"
}
cd "$dir" || exit 1
daemon --pid-file pid -p tcp/unix -o "$dir/log" "$server_port" way
is "$status" 0 '-d: it starts'
like "$number" '^[1-9][0-9]*$' '-d: the number is there when the command returns'
is "$(client "$dir/way" send a fin recv-eof)" a '-d: and it serves'
old=$number
daemon --pid-file pid -p tcp/unix "$server_port" other
is "$status" 1 '-d: a second start: status 1'
is "$(grep -v '^tcpreen: syslog: ' "$err")" "tcpreen: --pid-file pid: process $old holds it" '-d: and why'
mv "$dir/log" "$dir/log.1"
kill -HUP "$old"
wait_for test -e "$dir/log"
daemon --pid-file pid -p tcp/unix "$server_port" other
is "$status" 1 '-d: after a reload it still holds it'
kill "$old"
wait_for gone "$old"
ok '-d: gone at the end' test ! -e "$pid"

# The tool of Debian's init scripts takes it.
PATH=$PATH:/usr/sbin:/sbin
if have start-stop-daemon; then
	# Starts it in / itself.
	control()	# ACTION ARGUMENT...: sets $status
	{
		start-stop-daemon --pidfile "$pid" "$@" >"$out" 2>"$err"
		status=$?
	}
	start()
	{
		# shellcheck disable=SC2086	# a list
		control --start --startas "$TCPREEN" -- $insist -n -d --pid-file "$pid" -p tcp/unix "$server_port" "$dir/way"
	}
	start
	is "$status" 0 'start-stop-daemon: starts it'
	number=$(cat "$pid")
	pids="$pids $number"
	control --status
	is "$status" 0 'start-stop-daemon: it runs'
	start
	is "$status" 1 'start-stop-daemon: it runs already'
	is "$(client "$dir/way" send a fin recv-eof)" a 'start-stop-daemon: it serves'
	control --stop --retry "$PATIENCE"
	is "$status" 0 'start-stop-daemon: ends it'
	wait_for gone "$number"
	control --status
	is "$status" 3 'start-stop-daemon: it does not run'
	echo 999999999 >"$pid"
	start
	is "$status" 0 'start-stop-daemon: a stale one'
	number=$(cat "$pid")
	pids="$pids $number"
	control --stop --retry "$PATIENCE"
	is "$status" 0 'start-stop-daemon: ends that one, too'
fi
finish
