#!/bin/sh
# Whose rights it runs with: root is refused, -u drops them for good, set-UID binds and no more.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
need_root
{ have setpriv && [ -r /proc/self/status ]; } || skip 'needs setpriv and /proc'

uid=$(id -u nobody) gid=$(id -g nobody)
ids()	# PID: user and group ids (real, effective, saved, file system), supplementary groups
{
	sed -n 's/^\(Uid\|Gid\|Groups\):[[:space:]]*\(.*[^[:space:]]\)[[:space:]]*$/\2/p' "/proc/$1/status" |
		tr '\t' ' '
}
nobody="$uid $uid $uid $uid
$gid $gid $gid $gid
$(id -G nobody)"
as_nobody()	# COMMAND...
{
	exec setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
}
chmod 777 "$dir"
insist=
built_with INITGROUPS || { over=1; exit 77; }

run_tcpreen -a 127.0.0.1 25
is "$status" 1 'root without -u: status 1'
is "$(lines "$err")" 1 'in one line'
like "$(cat "$err")" '^tcpreen: root: .*-u nobody.*-u root' 'it says what to type'
run_tcpreen -u no-such-user -a 127.0.0.1 25
is "$status" 2 'an unknown user: status 2'
like "$(cat "$err")" '^tcpreen: -u no-such-user: ' 'it says which'

# -u nobody: parent and session, a reserved port, the log
serve echo
# shellcheck disable=SC2317	# ok calls it
port_below_1024()
{
	for port in 1023 1022 1021 1019 1017 1013 1011 1009 999 997 991; do
		launch -u nobody -a 127.0.0.1 -n -o "$dir/log" "$server_port" "$port"
		wait_for eval "logged '^Listening|^tcpreen' '$err'"
		logged '^Listening' "$err" && return
		wait_exit
	done
	return 1
}
ok 'a reserved port' port_below_1024
parent=$tcpreen_pid
start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/go"
wait_for test -e "$dir/open"
child=$(children "$parent")
is "$(ids "$parent")" "$nobody" 'the parent is nobody, in every way'
is "$(ids "$child")" "$nobody" 'the session, too'
is "$(stat -c %U "$dir/log")" nobody 'the log is nobody'\''s'
is "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$parent/status")" 0000000000000000 'no capabilities'
: >"$dir/go"
finished 'served'
servers_may_complain
stop_tcpreen
rm -f "$dir/log"

# Logs are opened with the user's rights: what nobody may not write is an error.
mkdir -m 755 "$dir/roots"
run_tcpreen -u nobody -a 127.0.0.1 -o "$dir/roots/log" "$server_port"
is "$status" 1 'a folder of root'\''s: status 1'
like "$(cat "$err")" '^tcpreen: cannot open .*roots/log as user nobody: Permission denied$' 'and why'

# A pid file is made with root's rights, for root's folders; at the end it is empty there.
launch -u nobody -a 127.0.0.1 -n -v --pid-file "$dir/roots/pid" "$server_port"
wait_for listening
number=$(cat "$dir/roots/pid")
is "$(stat -c '%U %a' "$dir/roots/pid") $(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$number/status")" \
	"root 644 $uid" 'a pid file of root, with the number of nobody'\''s process'
kill "$number"
wait_exit
is "$status" 0 'the pid file stays behind: status 0'
like "$(cat "$err")" '^tcpreen: --pid-file .*/roots/pid: stays behind: Permission denied$' 'it is said at -v'
is "$(cat "$dir/roots/pid")" '' 'and the file is empty'
launch -u nobody -a 127.0.0.1 -n --pid-file "$dir/roots/pid" "$server_port"
wait_for listening
kill "$(cat "$dir/roots/pid")"
wait_exit
is "$status, $(grep -v '^[FL]' "$err")" '0, ' 'the next start takes it over; without -v nothing is said'

# As an ordinary user
launch_as_nobody()	# PROGRAM ARGUMENT...
{
	runs=$((runs + 1))
	out=$dir/$runs.out err=$dir/$runs.err
	: >"$out"
	: >"$err"
	as_nobody "$@" >>"$out" 2>>"$err" &	# exec: the pid is the program's
	tcpreen_pid=$!
	pids="$pids $tcpreen_pid"
}
cp "$TCPREEN" "$dir/tcpreen"
chmod 755 "$dir/tcpreen"
launch_as_nobody "$dir/tcpreen" -u nobody -a 127.0.0.1 25
wait_exit
is "$status" 1 '-u without root: status 1'
like "$(cat "$err")" '^tcpreen: -u nobody: only root' 'and why'

# Set-UID root: binds a reserved port, and is an ordinary user's again.
chown root "$dir/tcpreen"
chmod 4755 "$dir/tcpreen"
cp "$(command -v id)" "$dir/id"
chmod 4755 "$dir/id"
if [ "$(as_nobody "$dir/id" -u 2>/dev/null)" = 0 ] && (as_nobody "$dir/tcpreen" -V) >/dev/null 2>&1; then
	for port in 1023 1022 1021 1019 1017 1013 1011 1009 999 997 991; do
		launch_as_nobody "$dir/tcpreen" -a 127.0.0.1 -n -o "$dir/log" "$server_port" "$port"
		wait_for eval "logged '^Listening|^tcpreen' '$err'"
		logged '^Listening' "$err" && break
		wait_exit
	done
	rm -f "$dir/open" "$dir/go"
	start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/go"
	wait_for test -e "$dir/open"
	parent=$tcpreen_pid
	none="$uid $uid $uid $uid
$gid $gid $gid $gid"
	is "$(ids "$parent")" "$none" 'set-UID: the parent is the real user'
	is "$(ids "$(children "$parent")")" "$none" 'set-UID: the session, too'
	is "$(stat -c %U "$dir/log")" nobody 'set-UID: the log is the real user'\''s'
	: >"$dir/go"
	finished 'set-UID: served'
	stop_tcpreen
	is "$status" 0 'set-UID: SIGTERM ends it'
	launch_as_nobody "$dir/tcpreen" -a 127.0.0.1 -o "$dir/roots/log" "$server_port"
	wait_exit
	is "$status" 1 'set-UID: root'\''s folders are closed'
	launch_as_nobody "$dir/tcpreen" -a 127.0.0.1 --pid-file "$dir/roots/other" "$server_port"
	wait_exit
	is "$status, $(cat "$err")" "1, tcpreen: --pid-file $dir/roots/other: Permission denied" \
		'set-UID: for a pid file, too'
	launch_as_nobody "$dir/tcpreen" -a 127.0.0.1 --pid-file "$dir/own" "$server_port"
	wait_for listening
	is "$(stat -c %U "$dir/own")" nobody 'set-UID: a pid file is the real user'\''s'
	stop_tcpreen
	ok 'set-UID: it is gone at the end' test ! -e "$dir/own"
else
	echo 'skipped: set-UID programs have no effect here'
fi
servers_may_complain
finish
