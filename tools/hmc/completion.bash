# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of hmc's commands, options and names in bash: what hmc itself offers. To be sourced, or copied as "hmc" into
# /usr/share/bash-completion/completions or ~/.local/share/bash-completion/completions.

_hmc()
{
	local word=${COMP_WORDS[COMP_CWORD]} i first=1 dir=() line choices status prefix=
	COMPREPLY=()
	if [ "${COMP_WORDS[1]}" = --dir ] && [ "$COMP_CWORD" -ge 2 ]; then
		if [ "$COMP_CWORD" = 2 ]; then
			mapfile -t COMPREPLY < <(compgen -d -- "$word")
			return
		fi
		dir=(--dir "${COMP_WORDS[2]}")
		first=3
	fi
	# Words as they stand, in quotes where they were: hmc knows the rules.
	line=${COMP_LINE:0:COMP_POINT}
	for ((i = 0; i < first; i++)); do
		line=${line#*"${COMP_WORDS[i]}"}
	done
	choices=$("${COMP_WORDS[0]}" "${dir[@]}" --complete "${line# }" 2>/dev/null)
	status=$?
	if [ $status = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
		return
	fi
	[ -n "$choices" ] || return
	# bash itself cuts a word at = and :, hmc also at a comma.
	[[ $word != *,* ]] || prefix=${word%,*},
	mapfile -t COMPREPLY <<<"$choices"
	COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
	[[ $word != *[,=:]* ]] || compopt -o nospace 2>/dev/null
}
complete -F _hmc hmc
