# Completes slipway in zsh. Load it: source <(npx slipway completion zsh)

# _slipway_names [OPTION…] BEFORE AFTER: what is between them in the paths of the repository; options are of compadd.
_slipway_names() {
  local before=$@[-2] after=$@[-1] root=$PWD
  while [[ -n $root && ! -f $root/cli/slipway.mjs ]]; do root=${root%/*}; done
  [[ -n $root ]] || return 1
  local -a names=("$root/$before"*"$after"(N))
  names=(${${names#"$root/$before"}%"$after"})
  compadd "${@[1,-3]}" -a names
}

# _slipway_commits [OPTION…]: branches and tags; options are of compadd.
_slipway_commits() {
  local -a refs=(${(f)"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)"})
  compadd "$@" -a refs
}

_slipway() {
  local curcontext=$curcontext context state state_descr line result
  local -A opt_args
  _arguments -C $_slipway_common '1:subcommand:_slipway_subcommands' '*::argument:->words'
  result=$?
  [[ $state == words ]] || return result
  _slipway_words $words[1]
}

# Of npx, what runs slipway; the rest is completed as by default.
_slipway_npx() {
  local -i i=2
  while (( i < CURRENT )) && [[ $words[i] == -* ]]; do (( i += 1 )); done
  if (( i < CURRENT )) && [[ $words[i] == slipway ]]; then
    shift $(( i - 1 )) words
    (( CURRENT -= i - 1 ))
    _slipway
  else
    _default
  fi
}

(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
compdef _slipway slipway
# What completes npx already, stays.
(( $+_comps[npx] )) || compdef _slipway_npx npx
