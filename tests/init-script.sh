#!/bin/sh
# The init script: bridges by name, as root, with the exit status that LSB asks for.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
script=$PWD/../contrib/init.d/tcpreen
sh=${SHELL:-/bin/sh}			# that runs the script
TCPREEN_DEFAULTS=$dir/defaults
TCPREEN_PROGRAM=$TCPREEN
export TCPREEN_DEFAULTS TCPREEN_PROGRAM
# Those that run at the end: what ran before may be another's number by then.
trap 'pids="$pids $(cat "$dir"/run/*.pid 2>/dev/null | tr "\n" " ")"; cleanup' EXIT

# Runs the script: sets $status; its words are in $said.
init()	# ACTION [NAME...]
{
	# shellcheck disable=SC2086	# words
	"$PEER" within 60 $sh "$script" "$@" >"$dir/said" 2>&1 </dev/null
	status=$?
	said=$(grep -v "^tcpreen: syslog: " "$dir/said")	# there may be no syslogd
}

init frobnicate
is "$status" 2 'no such action: status'
like "$said" '^Usage: .* start|stop|' 'and what there is'
init start 'a;b'
is "$status" 2 'a name that is none: status'
export TCPREEN_PROGRAM="$dir/missing"
init start
is "$status" 5 'no tcpreen: status'
TCPREEN_PROGRAM=$TCPREEN
if [ "$(id -u)" -ne 0 ]; then
	init start
	is "$status" 4 'an ordinary user: status'
	need_root
fi
init start
is "$status, $said" "6, $script start: $dir/defaults: not there" 'no defaults file'
init stop
is "$status" 0 'nothing to stop: status'
init status
is "$status" 3 'nothing there: status'

# Two bridges, of which one has what needs quotes, and one that is commented out
user=root
! built_with INITGROUPS || user=nobody
chmod 755 "$dir"
mkdir "$dir/sockets"
chmod 777 "$dir/sockets"
serve echo
defaults()	# LINE...: the defaults file, with those bridges
{
	cat >"$dir/defaults" <<-END
		TCPREEN_USER=$user
		TCPREEN_RUN=$dir/run
		TCPREEN_LOG=$dir/logs
		TCPREEN_PATIENCE=100
	END
	printf '%s\n' "$@" >>"$dir/defaults"
}
pid_of()	# NAME
{
	cat "$dir/run/$1.pid"
}
echoes()	# NAME TITLE
{
	is "$(client "$dir/sockets/$1" send "hi $1" fin recv-eof)" "hi $1" "$2"
}
one="BRIDGE_one='-p tcp/unix -f count --append -o \"$dir/logs/one/a log\"
	$server_port $dir/sockets/one'"
two="BRIDGE_two_2='-p tcp/unix -f strip -o $dir/logs/two_2/text.log $server_port $dir/sockets/two_2'"
defaults '#BRIDGE_zero="never"'
init start
is "$status, $said" "0, tcpreen: no bridge in $dir/defaults" 'a defaults file without a bridge'
defaults "$one" '#BRIDGE_zero="never"' "$two"
init status
is "$status" 3 'before the start: status'
init start
is "$status" 0 "start: status"
is "$said" "tcpreen one: started
tcpreen two_2: started" 'start: what it says'
echoes one 'one works'
echoes two_2 'and two'
wait_for logged '^# session 1 close' "$dir/logs/one/a log"
wait_for logged '^\[1\] client> hi two_2' "$dir/logs/two_2/text.log"
# shellcheck disable=SC2012	# no names of files
is "$(ls -ld "$dir/logs/one" | awk '{ print $1, $3 }' | tr -d .)" "drwxr-x--- $user" 'whose the folder for logs is'
# shellcheck disable=SC2012
is "$(ls -ld "$dir/logs" "$dir/run" | awk '{ print $1, $3 }' | tr -d . | sort -u)" 'drwxr-xr-x root' 'and the others'
# shellcheck disable=SC2012
is "$(ls -l "$dir/logs/one/a log" | awk '{ print $3 }')" "$user" 'with whose rights it runs'
first=$(pid_of one) second=$(pid_of two_2)
init start
is "$status" 0 'a second start: status'
is "$said" "tcpreen one: runs already, process $first
tcpreen two_2: runs already, process $second" 'and what it says'
init status
is "$status, $said" "0, tcpreen one: runs, process $first
tcpreen two_2: runs, process $second" 'status'
if command -v start-stop-daemon >/dev/null; then
	ok 'start-stop-daemon says the same' start-stop-daemon --status --pidfile "$dir/run/one.pid"
fi

# Logs are opened again, and sessions go on: also with force-reload, for nothing has changed.
for action in reload force-reload; do
	rm -f "$dir/open" "$dir/go"
	start_client "$dir/sockets/two_2" send a expect a touch "$dir/open" wait-file "$dir/go" send b expect b
	wait_for test -e "$dir/open"
	mv "$dir/logs/two_2/text.log" "$dir/logs/two_2/text.log.1"
	init "$action"
	is "$status, $said" "0, tcpreen one: opens its logs again
tcpreen two_2: opens its logs again" "$action"
	wait_for test -e "$dir/logs/two_2/text.log"
	is "$(pid_of one) $(pid_of two_2)" "$first $second" "$action: the same processes"
	: >"$dir/go"
	finished "$action: the session goes on"
done

# One alone
init stop one
is "$status, $said" '0, tcpreen one: is stopped' 'stop one'
wait_for gone "$first"
ok 'and its pid file' test ! -e "$dir/run/one.pid"
echoes two_2 'the other one works'
init status one
is "$status, $said" '3, tcpreen one: does not run' 'status of one'
init status
is "$status" 3 'status of all'
init reload one
is "$status, $said" '7, tcpreen one: does not run' 'reload of what does not run'
init reload
is "$status, $said" '0, tcpreen two_2: opens its logs again' 'reload of all that run'
init try-restart one
is "$status, $said" '0, ' 'try-restart of what does not run'
init try-restart
is "$status" 0 'try-restart: status'
ok 'is another process' test "$second" -ne "$(pid_of two_2)"
second=$(pid_of two_2)
init start three
is "$status, $said" "6, tcpreen three: no BRIDGE_three in $dir/defaults" 'a name that is not there'
init restart one
is "$status, $said" '0, tcpreen one: is stopped
tcpreen one: started' 'restart of one'
is "$(pid_of two_2)" "$second" 'is none of the other'

# force-reload: what has changed, is new, or is not there any more
first=$(pid_of one)
defaults "$one" "BRIDGE_three='-p tcp/unix $server_port $dir/sockets/three'"
init status
is "$status, $said" "3, tcpreen one: runs, process $first
tcpreen three: does not run
tcpreen two_2: runs, process $second" 'status knows both files, and what runs'
mv "$dir/defaults" "$dir/defaults.new"
defaults "$one"
init start
is "$(pid_of two_2)" "$second" 'start stops none'
mv "$dir/defaults.new" "$dir/defaults"
init force-reload
is "$status, $said" '0, tcpreen two_2: is stopped
tcpreen one: opens its logs again
tcpreen three: is stopped
tcpreen three: started' 'force-reload of a changed file'
is "$(pid_of one)" "$first" 'what has not changed, goes on'
echoes three 'the new one works'
third=$(pid_of three)
defaults "$one" "BRIDGE_three='-n -p tcp/unix $server_port $dir/sockets/three'"
init force-reload
is "$status" 0 'force-reload: status'
ok 'other arguments: another process' test "$third" -ne "$(pid_of three)"
is "$(pid_of one)" "$first" 'and no other one'

# Crashes, and numbers that are another process's by now
kill -s KILL "$first"
wait_for gone "$first"
init stop three
init status
is "$status" 1 'after a crash, and beside one that does not run: status'
like "$said" "^tcpreen one: has died, and left $dir/run/one.pid\$" 'and what it says'
init start
is "$status" 0 'start after a crash: status'
like "$said" '^tcpreen one: started' 'and what it says'
echoes one 'it works again'
defaults
init stop
is "$status, $said" '0, tcpreen one: is stopped
tcpreen three: is stopped' 'stop, also of what the defaults file has no more'
init reload
is "$status" 7 'reload of nothing: status'
echo $$ >"$dir/run/one.pid"
init status one
is "$status" 1 'the number of a stranger: status'
init stop
is "$status" 0 'the stranger is not stopped: status'
init status
is "$status" 3 'and now nothing is there'

# A start that fails says why, and the others start.
defaults "BRIDGE_bad='-p tcp/unix -o $dir/no/log $server_port $dir/sockets/bad'" \
	"BRIDGE_wrong='--frobnicate 1'" "$one"
init start
is "$status" 1 'a log that cannot be opened: status'
like "$said" '^tcpreen: .*/no/log: No such file' 'and why'
like "$said" '^tcpreen one: started' 'the other one starts'
init status bad
is "$status" 3 'it does not run'

# Sessions end with their bridge.
start_client "$dir/sockets/one" send a expect a touch "$dir/open1" expect-end
wait_for test -e "$dir/open1"
init stop
is "$status" 0 'stop with a session: status'
finished 'which ends'
like "$(tail -n 1 "$dir/logs/one/a log")" ' closed by signal, ' 'and is logged to its end'

# One that does not heed SIGTERM
defaults "$one" TCPREEN_PATIENCE=1
init start
first=$(pid_of one)
kill -s STOP "$first"
init stop
is "$status" 0 'stop of what does not end by itself: status'
wait_for gone "$first"

# Other shells
defaults "$one" "$two"
for sh in dash 'busybox sh' mksh; do
	command -v "${sh%% *}" >/dev/null || continue
	init start
	is "$status" 0 "$sh: start"
	echoes two_2 "$sh: it works"
	init status
	is "$status" 0 "$sh: status"
	init force-reload
	is "$status" 0 "$sh: force-reload"
	init stop two_2
	is "$status" 0 "$sh: stop one"
	init status
	is "$status" 3 "$sh: status of all"
	init stop
	is "$status" 0 "$sh: stop"
	init status one
	is "$status" 3 "$sh: status of one"
done
finish
