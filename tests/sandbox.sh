#!/bin/sh
# What processes have given up, as the system shows it; nothing that they still need.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
[ "$(id -u)" -ne 0 ] || ! built_with INITGROUPS || insist='-u nobody'
chmod 777 "$dir"

# One session, which stays open while it is looked at; sets $session and $port.
open_session()	# ARGUMENT...
{
	rm -f "$dir/open" "$dir/go"
	start_tcpreen -n -q -vv "$@" "$server_port"
	start_client "$port" send one expect one touch "$dir/open" wait-file "$dir/go" \
		send two expect two fin expect-eof
	wait_for test -e "$dir/open"
	session=$(children "$tcpreen_pid")
}

close_session()	# TITLE
{
	: >"$dir/go"
	finished "$1"
	stop_tcpreen
	is "$status" 0 "$1: status"
}

no_new_privs()	# PID
{
	sed -n 's/^NoNewPrivs:[[:space:]]*//p' "/proc/$1/status"
}

limit_of()	# PID NAME: soft, hard
{
	sed -n "s/^Max $2  *\([^ ]*\)  *\([^ ]*\) .*/\1 \2/p" "/proc/$1/limits"
}

serve echo
open_session -o "$dir/log-%n"
in_force=$(sed -n 's/^tcpreen: session 1: sandbox: //p' "$err")
like "$in_force" '(^|, )RLIMIT_NOFILE(, RLIMIT_NPROC)?, RLIMIT_CORE(;|$)' '-vv tells'
if [ -r /proc/self/limits ]; then
	is "$(limit_of "$session" 'open files')" '0 0' 'no descriptors'
	is "$(limit_of "$session" processes)" '0 0' 'no processes'
	is "$(limit_of "$session" 'core file size')" '0 0' 'no core file'
	is "$(limit_of "$tcpreen_pid" 'open files')" "$(limit_of $$ 'open files')" 'the parent has its own'
fi
close_session 'in the sandbox'
is "$(grep -c '^client> "\(one\|two\)"$' "$dir/log-0001")" 2 'its own file has everything'
like "$(tail -n 1 "$dir/log-0001")" ' close .*, client 6 bytes, server 6 bytes$' 'to the end'

if built_with SYS_PRCTL_H && [ -r /proc/self/status ] && [ "$(no_new_privs self)" = 0 ]; then
	like "$in_force" '^no_new_privs, ' '-vv tells'
	open_session
	is "$(no_new_privs "$session")" 1 'the session gains no rights'
	is "$(no_new_privs "$tcpreen_pid")" 1 'nor does the parent'
	close_session 'no new rights'
	run_tcpreen -n -q -a 127.0.0.1 --run 'grep NoNewPrivs: /proc/self/status' "$server_port"
	is "$(tr -d '[:space:]' <"$out")" NoNewPrivs:0 'but the command of --run may'
fi

# --no-sandbox
open_session --no-sandbox
unlike "$(cat "$err")" sandbox '--no-sandbox: nothing to tell'
if [ -r /proc/self/limits ]; then
	is "$(limit_of "$session" 'open files')" "$(limit_of $$ 'open files')" '--no-sandbox: descriptors'
	is "$(no_new_privs "$session") $(no_new_privs "$tcpreen_pid")" "$(no_new_privs $$) $(no_new_privs $$)" \
		'--no-sandbox: rights'
fi
close_session '--no-sandbox'

# The local time needs no file any more.
TZ=XYZ-3:30
export TZ
minute=$(date +%H:%M)
open_session -t -o "$dir/log"
close_session 'with times'
seen=$(sed -n 's/^\([0-9]*:[0-9]*\):.* client> "two"$/\1/p' "$dir/log")
like "$minute $(date +%H:%M)" "(^| )$seen( |\$)" 'in the zone of the user'
unset TZ

# A side that resets is noticed while the other one takes nothing, as without the sandbox.
if built_with EPOLL_CREATE1; then
	stop_server
	serve recv 1 touch "$dir/read" wait-file "$dir/reset" reset
	start_tcpreen -n -q -o "$dir/log" "$server_port"
	start_client "$port" send one fin expect-reset
	wait_for test -e "$dir/read"
	: >"$dir/reset"
	finished 'the reset of a server, after the end of the client'
	stop_tcpreen
fi

if built_with LANDLOCK; then
	case $in_force in
	*without*Landlock*)	skip "a kernel without Landlock: $in_force" ;;
	esac
	like "$in_force" ', Landlock [1-9][0-9]*, ' '-vv tells'
	[ "$(no_new_privs self)" = 1 ] ||
		like "$in_force" '^no_new_privs, Landlock [0-9]*, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_CORE$' 'all of it'
fi
servers_may_complain
finish
