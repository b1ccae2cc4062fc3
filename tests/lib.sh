# shellcheck shell=sh
# lib.sh - what the end-to-end tests share: . it first, finish last
#
# A test reads as a list of checks. It prints nothing but what went wrong, and
# then what tcpreen and the servers had to say. Waiting is for a condition, with
# a deadline; ports are the kernel's; everything lives below $dir and goes with it.
#
# A test may set, and what it finds set:
#	where		how start_tcpreen is told where to listen: -a 127.0.0.1
#	insist		what root's tests say besides: -u root
#	limit		seconds that a tcpreen may take: 60
#	server_host	where serve listens: 127.0.0.1
#	client_host	where client goes to: 127.0.0.1
# and finds, after serve $server_port and $server_pid; after start_client $client_pid;
# after start_tcpreen $port, with -l $server_side_port, $tcpreen_pid, $out, $err; after
# wait_exit and run_tcpreen $status.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later

TCPREEN=${TCPREEN:-$PWD/../src/tcpreen}		# the program, an absolute path
PEER=${PEER:-$PWD/peer}				# the other ends: see tools/peer.c
PATIENCE=${PATIENCE:-10}			# seconds for anything; more under valgrind
WRAPPER=${WRAPPER:-}				# words before $TCPREEN: valgrind ...
CONFIG_H=${CONFIG_H:-$PWD/../config.h}		# what configure has found
PEER_TIMEOUT=$PATIENCE
export PEER_TIMEOUT
LC_ALL=C
export LC_ALL
unset NO_COLOR
umask 022

dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
pids=
groups=				# of listeners
servers=			# that run
failures=0
runs=0
over=				# finish or skip was reached
instead=			# exec: client is the last that its shell does
server_host=127.0.0.1		# where serve listens
client_host=127.0.0.1		# where client goes to, unless it is a path
where='-a 127.0.0.1'		# where start_tcpreen listens
insist=				# root's tests are about other things than root
[ "$(id -u)" -ne 0 ] || insist='-u root'

cleanup()
{
	trap - EXIT
	# shellcheck disable=SC2086	# a list
	[ -z "$pids" ] || kill $pids 2>/dev/null
	# a listener's connections are processes of its group, and may outlive it
	for group in $groups; do
		kill -s TERM -- "-$group" 2>/dev/null
	done
	rm -rf "$dir"
	[ -n "$over" ] || exit 1
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# Checks

bad()	# TITLE LINE...
{
	failures=$((failures + 1))
	echo "FAILED: $1"
	shift
	printf '    %s\n' "$@"
}

is()	# GOT WANTED TITLE
{
	[ "$1" = "$2" ] || bad "$3" "got:      $1" "expected: $2"
}

like()	# GOT REGEX TITLE: a line of it matches
{
	printf '%s\n' "$1" | grep -Eq -e "$2" || bad "$3" "got:      $1" "expected: $2"
}

unlike()	# GOT REGEX TITLE: no line of it matches
{
	! printf '%s\n' "$1" | grep -Eq -e "$2" || bad "$3" "got:    $1" "unwanted: $2"
}

ok()	# TITLE COMMAND...
{
	title=$1
	shift
	"$@" || bad "$title" "failed:   $*"
}

same()	# FILE FILE TITLE
{
	cmp -s "$1" "$2" || bad "$3" "differ:   $(cmp "$1" "$2" 2>&1)"
}

wait_for()	# COMMAND...: until it succeeds
{
	tries=$((PATIENCE * 100))
	until "$@" >/dev/null 2>&1; do
		if [ $((tries = tries - 1)) -le 0 ]; then
			bad "still not so after $PATIENCE seconds: $*"
			return 1
		fi
		sleep 0.01
	done
}

logged()	# REGEX FILE [COUNT]: so many lines match, 1 unless said; for wait_for
{
	[ "$(grep -Ec -e "$1" "$2")" -ge "${3:-1}" ]
}

wait_still()	# FILE BYTES: until it has more than those, and grows no more; sets $size
{
	size=-1 tries=$((PATIENCE * 5))
	until [ "$size" -gt "$2" ] && [ "$size" -eq "$(wc -c <"$1")" ]; do
		size=$(wc -c <"$1")
		[ $((tries = tries - 1)) -gt 0 ] || { bad "never still: $1"; return; }
		sleep 0.2
	done
}

lines()	# FILE: how many it has
{
	awk 'END { print NR }' "$1"
}

# The processes that PID has started and not yet asked about, one a line.
children()	# PID
{
	if [ -r "/proc/$1/stat" ]; then
		# after the name in brackets, which may hold anything: the state, the parent
		cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) (.*) [A-Za-z] $1 .*/\1/p"
	else
		ps -A -o ppid= -o pid= | awk -v parent="$1" '$1 == parent { print $2 }'
	fi
}

childless()	# PID: for wait_for
{
	[ -z "$(children "$1")" ]
}

gone()	# PID: for wait_for, where it is no child of ours
{
	! kill -0 "$1" 2>/dev/null
}

# What some systems lack cannot be promised there: whether this one had it when configured.
built_with()	# NAME: as in config.h, without its HAVE_
{
	grep -q "^#define HAVE_$1 1\$" "$CONFIG_H" && return
	echo "skipped: a system without $1"	# tools/driver.sh shows it
	return 1
}

have()	# TOOL: whether it is there; where everything has to be (CI), it must
{
	command -v "$1" >/dev/null && return
	[ "${CI:-}" != true ] || bad "$1 is not installed"
	echo "skipped: needs $1"		# tools/driver.sh shows it
	return 1
}

skip()	# WHY
{
	[ "${CI:-}" != true ] || bad "cannot be skipped here: $1"
	[ "$failures" -eq 0 ] || finish
	echo "skipped: $1"
	over=1
	exit 77
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
}

finish()
{
	over=1
	if [ -s "$dir/server.err" ]; then
		bad 'a server saw something else than it should'
	fi
	if [ "$failures" -gt 0 ]; then
		for file in "${err:-}" "${out:-}" "$dir"/client.* "$dir"/server.err "$dir"/*log; do
			[ -s "$file" ] || continue
			echo "--- ${file##*/}"
			head -n 40 "$file" | cut -c 1-300
		done
		echo "--- $failures failed"
		exit 1
	fi
	exit 0
}

# The other ends

# Every connection gets these actions; sets $server_port and $server_pid.
serve()	# ACTION...
{
	serve_on "$server_host" 0 "$@"
}

serve_on()	# ADDRESS PORT|PATH ACTION...
{
	rm -f "$dir/ready"
	"$PEER" -n 0 -j -r "$dir/ready" listen "$@" >>"$dir/server.out" 2>>"$dir/server.err" &
	server_pid=$!
	pids="$pids $server_pid"
	groups="$groups $server_pid"
	servers="${servers:- }$server_pid "
	wait_for test -e "$dir/ready"
	read -r _ server_port <"$dir/ready"
}

# What the servers have complained about so far was meant to be; finish would fail for it.
# The connections of those that were stopped may still have to say it: not here.
servers_may_complain()
{
	if [ -n "$servers" ]; then
		: >"$dir/server.err"
	else
		mv -f "$dir/server.err" "$dir/server.said" 2>/dev/null
		: >"$dir/server.err"
	fi
}

# The same of clients, which finish would print.
clients_may_fail()
{
	: >"$dir/client.err"
}

stop_server()	# [PID]
{
	kill "${1:-$server_pid}"
	wait "${1:-$server_pid}" 2>/dev/null
	servers=$(echo "$servers" | sed "s/ ${1:-$server_pid} / /; s/^ *\$//")
}

# Whether the system has IPv6.
have_ipv6()
{
	rm -f "$dir/ready6"
	"$PEER" -n 0 -r "$dir/ready6" listen ::1 0 open 2>/dev/null &
	probe=$!
	tries=$((PATIENCE * 100))
	until [ -e "$dir/ready6" ]; do
		kill -0 "$probe" 2>/dev/null && [ $((tries = tries - 1)) -gt 0 ] || return
		sleep 0.01
	done
	kill "$probe"
}

# Whether the system knows the name of the loopback address, which a bare one may not.
have_localhost()
{
	grep -Eq '^127\.0\.0\.1[[:space:]]+localhost' /etc/hosts 2>/dev/null
}

# Every connection gets a shell command.
start_server()	# COMMAND
{
	serve run "$1"
}

# Does the actions; joins the connection to stdin and stdout when there are none.
client()	# PORT|PATH [ACTION...]
{
	client_to=$1
	shift
	[ $# -gt 0 ] || set -- talk
	case $client_to in
	/*|@*)	$instead "$PEER" connect unix "$client_to" "$@" ;;
	*)	$instead "$PEER" connect "$client_host" "$client_to" "$@" ;;
	esac
}

# Goes on in the background; finished asks how it went.
start_client()	# PORT|PATH ACTION...
{
	# shellcheck disable=SC2209	# the word exec, for client
	(instead=exec; client "$@") >"$dir/client.out" 2>"$dir/client.err" &
	client_pid=$!
	pids="$pids $client_pid"
}

finished()	# TITLE
{
	wait "$client_pid" || bad "$1" "$(cat "$dir/client.err")"
	clients_may_fail
}

# tcpreen

# Starts it; its words are in the files $out and $err, its pid in $tcpreen_pid.
launch()	# ARGUMENT...
{
	runs=$((runs + 1))
	out=$dir/$runs.out err=$dir/$runs.err
	: >"$out"
	: >"$err"
	# shellcheck disable=SC2086	# lists
	(exec "$PEER" within "${limit:-60}" $WRAPPER "$TCPREEN" $insist "$@" >>"$out" 2>>"$err") &
	tcpreen_pid=$!
	pids="$pids $tcpreen_pid"
}

# The same, and returns once it listens: sets $port, with -l $server_side_port.
start_tcpreen()	# ARGUMENT...
{
	# shellcheck disable=SC2086	# a list
	launch $where "$@"
	wait_for listening "$@" || return
	port=$(listening_on 'Listening on' "$err")
	server_side_port=$(listening_on 'Listening for the server on' "$err")
}

# Clients are told of first, servers last: with -l the second line is the end.
listening()
{
	for argument; do
		case $argument in
		--listen|-l|-[nqvcd]*l*) logged '^Listening for the server on ' "$err" || return ;;
		esac
	done
	logged '^Listening (for the server )?on ' "$err"
}

listening_on()	# WORDS FILE: the port or path of the line that starts so
{
	sed -n "s/^$1 unix:\(.*\)/\1/p; s/^$1 [^u].*:\([0-9]*\)\$/\1/p" "$2" | head -n 1
}

# From here on tcpreen is faulty (see tools/faulty.c): its calls are traced in $trace, and fail
# as the FAULTY_ variables say that the test exports.
with_faulty()
{
	[ -x "${FAULTY:=$PWD/faulty}" ] || skip 'needs a linker that takes --wrap'
	TCPREEN=$FAULTY
	trace=$dir/trace
	FAULTY_TRACE=$trace
	export FAULTY_TRACE
	new_trace
}

new_trace()
{
	: >"$trace"
	chmod 666 "$trace"		# whoever -u names writes there, too
}

traced()	# REGEX [COUNT]: so many calls match, "NAME ARGUMENTS = RESULT"; for ok and wait_for
{
	[ "$(grep -Ec -e "^[0-9]+ $1" "$trace")" -ge "${2:-1}" ]
}

# Waits until it has ended; sets $status.
wait_exit()
{
	wait "$tcpreen_pid"
	status=$?
}

stop_tcpreen()	# [SIGNAL]
{
	kill -s "${1:-TERM}" "$tcpreen_pid"
	wait_exit
}

# Runs it to its end: sets $status, $out, $err.
run_tcpreen()	# ARGUMENT...
{
	limit=$PATIENCE
	launch "$@"
	limit=
	wait_exit
}
