#!/bin/sh
# Completion for bash, zsh and fish: as --help says, and as those shells show it.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
from=$(cd "${srcdir:-.}/../contrib/completion" && pwd)

# What is kept is what would be made now.
for file in bash/tcpreen zsh/_tcpreen fish/tcpreen.fish; do
	shell=${file%/*}
	"${SHELL:-/bin/sh}" "$from/generate.sh" "$TCPREEN" "$shell" >"$dir/generated" 2>"$dir/generate.err" ||
		bad "generate.sh $shell" "$(cat "$dir/generate.err")"
	cmp -s "$dir/generated" "$from/$file" ||
		bad "contrib/completion/$file is old: make completion" "$(diff "$from/$file" "$dir/generated")"
done

# Each shell sources its file and answers the lines of a file: "? LINE", then what it offers.

# shellcheck disable=SC2317	# ask calls it
ask_bash()	# QUESTIONS: cut at = and :, as readline does
{
	cat >"$dir/ask.bash" <<'END'
. "$1/bash/tcpreen"
compopt() { :; }
while IFS= read -r line; do
	text=${line//=/ = }
	text=${text//:/ : }
	read -ra COMP_WORDS <<<"$text"
	[[ $line != *' ' ]] || COMP_WORDS+=('')
	COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_tcpreen tcpreen
	printf '%s\n' "? $line" "${COMPREPLY[@]}"
done <"$2"
END
	bash --norc "$dir/ask.bash" "$from" "$1"
}

# In a terminal of its own, for there is no completion without one. What would be offered is
# what compadd is told, but where it is told to keep it to itself.
# shellcheck disable=SC2317	# ask calls it
ask_zsh()	# QUESTIONS
{
	cat >"$dir/inside.zsh" <<'END'
fpath=($FROM/zsh $fpath)
autoload -Uz compinit
compinit -u -D
setopt extended_glob
compadd()
{
	local -a offered
	[[ ${@[1,(i)(-|--)]} == *-[a-zA-Z]#[OAD](\ *|) ]] || {
		builtin compadd -O offered "$@"
		print -rl -- $offered >>$ANSWERS
	}
	builtin compadd "$@"
}
ask()
{
	_main_complete
	compstate[insert]= compstate[list]=
}
zle -C ask complete-word ask
ask-all()
{
	for line in "${(@f)$(<$QUESTIONS)}"; do
		BUFFER=$line
		CURSOR=$#BUFFER
		print -r -- "? $line" >>$ANSWERS
		zle ask
	done
	print >$ANSWERS.whole
}
zle -N ask-all
bindkey '^X' ask-all
print >$ANSWERS.ready
END
	cat >"$dir/outside.zsh" <<'END'
zmodload zsh/zpty zsh/zselect
zpty -b inside zsh -f -i
zpty -w inside '. $INSIDE'
wait_for()
{
	local tries=$((PATIENCE * 50))
	until [[ -e $1 ]]; do
		zpty -rt inside
		zselect -t 2
		((tries-- > 0)) || exit 1
	done
}
wait_for $ANSWERS.ready
zpty -w -n inside $'\x18'
wait_for $ANSWERS.whole
zpty -d inside
END
	env QUESTIONS="$1" ANSWERS="$dir/zsh" FROM="$from" INSIDE="$dir/inside.zsh" \
		PATIENCE="$PATIENCE" HOME="$dir" TERM=dumb \
		zsh -f "$dir/outside.zsh" >"$dir/terminal" 2>&1 || bad 'zsh' "$(cat "$dir/terminal")"
	cat "$dir/zsh"
}

# shellcheck disable=SC2317	# ask calls it
ask_fish()	# QUESTIONS
{
	# shellcheck disable=SC2016	# for fish
	env HOME="$dir" XDG_CONFIG_HOME="$dir" XDG_DATA_HOME="$dir" TERM=dumb fish --no-config -c '
		source $argv[1]/fish/tcpreen.fish
		while read -l line
			printf "%s\n" "? $line" (complete -C $line)
		end <$argv[2]' "$from" "$1"
}

# What is offered for a line, without what stands before it in its word or is said of it.
offered()	# LINE
{
	awk -v line="? $1" '/^[?] / { in_it = $0 == line; next } in_it' "$dir/answers" |
		sed 's/	.*//; s/=$//; s/ *$//; s/.*[=:/]\(.\)/\1/; /^$/d' | sort -u
}

words()	# WORD...: as offered prints them
{
	printf '%s\n' "$@" | sort -u
}

"$TCPREEN" -h >"$dir/help"
rows()	# HEADING
{
	sed -n "/^$1/,/^\$/s/^  \([a-zA-Z0-9]*\) .*/\1/p" "$dir/help" | sort
}
known()	# OPTION...
{
	"$TCPREEN" "$@" 1 2>&1 | sed -n 's/.*known are //p' | tr -d , | tr ' ' '\n' | sort
}
longs=$(sed -n '/^Protocols/q; s/^  ....\(--[a-z-]*\).*/\1/p' "$dir/help" | sort)
letters=$(sed -n 's/^  \(-.\), .*/\1/p' "$dir/help")
: >"$dir/some.log"
cat >"$dir/questions" <<END
tcpreen --
tcpreen -
tcpreen -f 
tcpreen -nqf h
tcpreen --format=
tcpreen -p 
tcpreen -p unix/
tcpreen --protocol=unix/
tcpreen --color=
tcpreen --timestamps=
tcpreen -t -o syslog:
tcpreen --output=syslog:dae
tcpreen -o sysl
tcpreen -o $dir/som
tcpreen --output=$dir/som
tcpreen --pid-file=$dir/som
tcpreen -u roo
tcpreen --user=roo
tcpreen --run slee
tcpreen -b 
tcpreen --timeout=
tcpreen -p unix $dir/som
tcpreen -q domai
tcpreen -o syslog: domai
tcpreen -s 192.0.2.7 mail.example:domai
tcpreen -a l
tcpreen --bind=l
END
ask()	# SHELL
{
	have "$1" || return
	"ask_$1" "$dir/questions" >"$dir/answers"
	is "$(offered 'tcpreen --')" "$longs" "$1: the long options"
	# shellcheck disable=SC2086	# lists
	is "$(offered 'tcpreen -')" "$(words $letters $longs)" "$1: all options"
	for line in 'tcpreen -f ' 'tcpreen --format='; do
		is "$(offered "$line")" "$(rows Formats)" "$1: formats: $line"
	done
	is "$(offered 'tcpreen -nqf h')" hex "$1: a letter among others"
	for line in 'tcpreen -p ' 'tcpreen -p unix/' 'tcpreen --protocol=unix/'; do
		is "$(offered "$line")" "$(rows Protocols)" "$1: protocols: $line"
	done
	is "$(offered 'tcpreen --color=')" "$(known '--color=?')" "$1: when to colour"
	is "$(offered 'tcpreen --timestamps=')" "$(known '--timestamps=?')" "$1: styles of times"
	# fish adds files
	for word in $(known -o 'syslog:?'); do
		like "$(offered 'tcpreen -t -o syslog:')" "^$word\$" "$1: the facility $word"
	done
	like "$(offered 'tcpreen --output=syslog:dae')" '^daemon$' "$1: a facility"
	like "$(offered 'tcpreen -o sysl')" '^syslog:$' "$1: syslog:"
	is "$(offered "tcpreen -o $dir/som")" some.log "$1: a file"
	is "$(offered "tcpreen --output=$dir/som")" some.log "$1: a file after ="
	is "$(offered "tcpreen --pid-file=$dir/som")" some.log "$1: any other file"
	is "$(offered 'tcpreen -u roo')" root "$1: a user"
	is "$(offered 'tcpreen --user=roo')" root "$1: a user after ="
	like "$(offered 'tcpreen --run slee')" '^sleep$' "$1: a command"
	is "$(offered 'tcpreen -b ')$(offered 'tcpreen --timeout=')" '' "$1: no number is proposed"
	is "$(offered "tcpreen -p unix $dir/som")" some.log "$1: the path of a socket"
	if grep -q '^domain[	 ].*/tcp' /etc/services 2>/dev/null; then
		for line in 'tcpreen -q domai' 'tcpreen -o syslog: domai' \
			'tcpreen -s 192.0.2.7 mail.example:domai'; do
			like "$(offered "$line")" '^domain$' "$1: a service: $line"
		done
	fi
	if [ -e /sys/class/net/lo ]; then
		like "$(offered 'tcpreen -a l')" '^lo$' "$1: an interface"
		like "$(offered 'tcpreen --bind=l')" '^lo$' "$1: an interface after ="
	fi
}
ask bash
ask zsh
ask fish
finish
