#!/bin/sh
# generate.sh - the completion files, from what tcpreen says of itself
#
#	generate.sh TCPREEN bash|zsh|fish
#
# The options, protocols and formats are those of --help, the words of an option those of its
# usage error; what a value is follows from its name in --help: FILE, USER, ADDR and so on. What
# this prints is kept beside it, since a cross build cannot run tcpreen: make completion renews
# it, and tests/completion.sh fails until somebody has.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
tcpreen=$1
shell=$2
LC_ALL=C
export LC_ALL

help=$("$tcpreen" --help)

# --help as lines LETTER|NAME|ARGUMENT|ABOUT, of which letter and argument may be nothing.
options()
{
	printf '%s\n' "$help" | awk '
		/^Protocols/ { exit }
		/^  (-., |    )--/ {
			name = $0
			sub(/^ *(-., )?--/, "", name)
			sub(/ .*/, "", name)
			letter = substr($0, 3, 1) == "-" ? substr($0, 4, 1) : ""
			if (substr($0, 31) != "the same") {
				about = substr($0, 31)
				argument = name
				sub(/^[a-z-]*=?/, "", argument)
			}
			sub(/[=[].*/, "", name)
			print letter "|" name "|" argument "|" about
		}'
}

# The rows below a heading of --help, as lines WORD|ABOUT.
rows()	# HEADING
{
	printf '%s\n' "$help" | awk -v heading="$1" '
		/^[A-Z]/ { in_it = $1 == heading }
		in_it && /^  / { about = $0; sub(/^ *[^ ]+ +/, "", about); print $1 "|" about }'
}

words_of()	# HEADING
{
	rows "$1" | sed 's/|.*//' | paste -s -d ' ' -
}

# The words that an option takes, from the complaint about one that it does not.
known()	# OPTION...
{
	"$tcpreen" "$@" 1 2>&1 | sed -n 's/.*known are //p' | tr -d ,
}

facilities=$(known -o 'syslog:?')

# Text within '...': as sh, bash and zsh write it.
quoted()	# TEXT
{
	printf '%s\n' "$1" | sed "s/'/'\\\\''/g"
}

# The same for fish.
fish_quoted()	# TEXT
{
	printf '%s\n' "$1" | sed "s/[\\\\']/\\\\&/g"
}

credits()
{
	cat <<END
#
# Made by generate.sh: edit that, then make completion.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later

END
}

# bash: what its functions are called with

bash_values()
{
	options | while IFS='|' read -r letter name argument _; do
		pattern="${letter:+-$letter|}--$name"
		case $name:$argument in
		*:)		continue ;;
		*:'[='*)	pattern=--$name		# no value belongs to the letter
				call="_tcpreen_words '$(known "--$name=?")'" ;;
		output:*)	call="_tcpreen_output '$facilities'" ;;
		*:FILE)		call=_tcpreen_files ;;
		*:FORMAT)	call="_tcpreen_words '$(words_of Formats)'" ;;
		*:'P[/Q]')	call="_tcpreen_protocol '$(words_of Protocols)'" ;;
		*:ADDR)		call=_tcpreen_address ;;
		*:HOST)		call='_tcpreen_compgen -A hostname' ;;
		*:USER)		call='_tcpreen_compgen -A user' ;;
		*:COMMAND)	call='_tcpreen_compgen -A command' ;;
		*)		call=: ;;
		esac
		printf '\t%s)\n\t\t%s ;;\n' "$pattern" "$call"
	done
}

bash_options()
{
	options | while IFS='|' read -r letter name argument _; do
		case $argument in
		''|'[='*)	echo "${letter:+-$letter }--$name" ;;
		*)		echo "${letter:+-$letter }--$name=" ;;
		esac
	done | paste -s -d ' ' - | fold -s -w 80 | sed 's/^/		/; s/ *$//'
}

# The letters whose value is the next word.
letters()
{
	options | sed -n 's/^\(.\)|[^|]*|[^|[].*/\1/p' | paste -s -d ' ' - | tr -d ' '
}

for_bash()
{
	echo '# shellcheck shell=bash'
	echo '# tcpreen - completion for bash'
	credits
	cat <<END
_tcpreen_option()
{
	_tcpreen_words '
$(bash_options)'
	[[ \${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
}

# What may follow an option; fails if it is none that takes a value.
_tcpreen_value()	# OPTION
{
	case \$1 in
	-[!-]*[$(letters)])
		_tcpreen_value "-\${1: -1}" ;;
$(bash_values)
	*)
		return 1 ;;
	esac
}
END
	cat <<'END'

# Adds the candidates that begin with $value, each with what stands before it in its word.
_tcpreen_compgen()	# ARGUMENT...: of compgen
{
	local candidate
	while IFS= read -r candidate; do
		COMPREPLY+=("$front$candidate")
	done < <(compgen "$@" -- "$value")
}

_tcpreen_words()	# WORDS
{
	_tcpreen_compgen -W "$1"
}

_tcpreen_files()
{
	compopt -o filenames 2>/dev/null	# bash 3 has none
	_tcpreen_compgen -f
}

# What is left of $value once it has passed the last SEPARATOR, if it has one.
_tcpreen_pass()	# SEPARATOR
{
	local rest=${value##*"$1"}
	front=$front${value%"$rest"}
	value=$rest
}

_tcpreen_output()	# FACILITIES
{
	if [[ $value == syslog:* ]]; then
		_tcpreen_pass :
		_tcpreen_words "$1"
	else
		_tcpreen_files
		_tcpreen_words '- syslog:'
		[[ ${COMPREPLY[*]} != syslog: ]] || compopt -o nospace 2>/dev/null
	fi
}

_tcpreen_protocol()	# PROTOCOLS
{
	_tcpreen_pass /
	_tcpreen_words "$1"
}

# Linux has a folder of its interfaces, the BSDs a command.
_tcpreen_address()
{
	_tcpreen_words "$(ls /sys/class/net 2>/dev/null || ifconfig -l 2>/dev/null)"
	_tcpreen_compgen -A hostname
}

# A port: a service, after its host perhaps, or the path of a Unix socket.
_tcpreen_port()
{
	[[ $value == *:* ]] || _tcpreen_files
	_tcpreen_pass :
	_tcpreen_compgen -A service
}

_tcpreen()
{
	local i=$COMP_CWORD word=${COMP_WORDS[COMP_CWORD]} front='' value break

	# bash has cut the word at each = and :, which belong to it
	while ((i > 1)) && [[ ${COMP_LINE:0:COMP_POINT} == *"${COMP_WORDS[i - 1]}$word" ]]; do
		word=${COMP_WORDS[--i]}$word
	done
	COMPREPLY=()
	value=$word
	if [[ $word == --*=* ]]; then
		front=${word%%=*}=
		value=${word#*=}
		_tcpreen_value "${word%%=*}"
	elif ! _tcpreen_value "${COMP_WORDS[i - 1]}"; then
		case $word in
		-*)	_tcpreen_option ;;
		*)	_tcpreen_port ;;
		esac
	fi

	# and wants back only what follows the last of them
	for break in = :; do
		[[ $COMP_WORDBREAKS != *"$break"* || $word != *"$break"* ]] ||
			COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*"$break"}"}"}")
	done
}

complete -F _tcpreen tcpreen
END
}

# zsh: what its _arguments is told

zsh_rows()	# HEADING
{
	rows "$1" | while IFS='|' read -r word about; do
		printf "\t'%s'\n" "$word:$(quoted "$about")"
	done
}

zsh_options()
{
	options | while IFS='|' read -r letter name argument about; do
		about=$(quoted "$about" | sed 's/[][\\]/\\&/g')
		case $name:$argument in
		*:)		value= ;;
		*:'[='*)	value="::word:($(known "--$name=?"))" ;;
		output:*)	value=:file:_tcpreen_output ;;
		*:FILE)		value=:file:_files ;;
		*:FORMAT)	value=':format:_describe -t formats format formats' ;;
		*:'P[/Q]')	value=:protocol:_tcpreen_protocol ;;
		*:ADDR)		value=:address:_tcpreen_address ;;
		*:HOST)		value=:host:_hosts ;;
		*:USER)		value=:user:_users ;;
		*:COMMAND)	value=:command:_command_names ;;
		*)		value=":$argument: " ;;
		esac
		case $argument in
		'')	form='' short=$value ;;
		'[='*)	form='=-' short='' ;;	# no value belongs to the letter
		*)	form='=' short=$value ;;
		esac
		[ -z "$letter" ] || echo "	'*-$letter${short:++}[${about}]$short' \\"
		echo "	'*--$name${form}[${about}]$value' \\"
	done
}

for_zsh()
{
	echo '#compdef tcpreen'
	echo '# tcpreen - completion for zsh'
	credits
	cat <<END
local -a formats=(
$(zsh_rows Formats)
)
local -a protocols=(
$(zsh_rows Protocols)
)
local -a facilities=($facilities)

END
	cat <<'END'
_tcpreen_output()
{
	if compset -P syslog:; then
		_describe -t facilities 'syslog facility' facilities
	else
		_alternative 'files:file:_files' 'words:word:compadd -- -' \
			'words:word:compadd -S "" -- syslog:'
	fi
}

_tcpreen_protocol()
{
	compset -P '*/'
	_describe -t protocols protocol protocols
}

_tcpreen_address()
{
	_alternative 'interfaces:interface:_net_interfaces' 'hosts:host:_hosts'
}

# A port: a service, after its host perhaps, or the path of a Unix socket.
_tcpreen_port()
{
	if compset -P '*:'; then
		_ports
	else
		_alternative 'ports:service:_ports' 'files:socket:_files'
	fi
}

END
	cat <<END
_arguments -s -S : \\
$(zsh_options)
	':server port:_tcpreen_port' \\
	':local port:_tcpreen_port'
END
}

# fish: a line for each option

fish_rows()	# HEADING
{
	rows "$1" | while IFS='|' read -r word about; do
		printf " \\\\\n\t\t%s\\\\t'%s'" "$word" "$(fish_quoted "$about")"
	done
}

fish_options()
{
	options | while IFS='|' read -r letter name argument about; do
		case $name:$argument in
		*:)		value= ;;
		*:'[='*)	value="-f -a '$(known "--$name=?")'" ;;
		output:*)	value="-r -a '- (__tcpreen_syslog)'" ;;
		*:FILE)		value=-r ;;
		*:FORMAT)	value="-x -a '(__tcpreen_formats)'" ;;
		*:'P[/Q]')	value="-x -a '(__tcpreen_protocols)'" ;;
		*:ADDR)		value="-x -a '(__fish_print_interfaces) (__fish_print_hostnames)'" ;;
		*:HOST)		value="-x -a '(__fish_print_hostnames)'" ;;
		*:USER)		value="-x -a '(__fish_complete_users)'" ;;
		*:COMMAND)	value="-x -a '(__fish_complete_command)'" ;;
		*)		value=-x ;;
		esac
		printf "complete -c tcpreen%s -l %s%s -d '%s'\n" "${letter:+ -s $letter}" "$name" \
			"${value:+ $value}" "$(fish_quoted "$about")"
	done
}

for_fish()
{
	echo '# tcpreen - completion for fish'
	credits
	cat <<END
function __tcpreen_formats
	printf '%s\n'$(fish_rows Formats)
end

# P, or P/Q: before the second, the first is repeated.
function __tcpreen_protocols
	set -l first (commandline -ct | string match -r '^(?:--protocol=|-p)?(.*/)')[2]
	set -l protocols$(fish_rows Protocols)
	printf '%s\n' "\$first"\$protocols
end

function __tcpreen_syslog
	printf 'syslog:%s\n' '' $facilities
end

# A port: a service, after its host perhaps. fish itself adds the paths.
function __tcpreen_ports
	set -l host (commandline -ct | string match -r '^.*:')
	printf '%s\n' "\$host"(string match -rg '^([a-z][^\s#]*)\s.*/tcp' </etc/services)
end

complete -c tcpreen -a '(__tcpreen_ports)'
END
	fish_options
}

"for_$shell"
