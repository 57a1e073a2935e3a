# Completes slipway in bash 4 or later. Load it: source <(npx slipway completion bash)

# The folder of the repository that the working directory is in.
_slipway_root() {
  local folder=$PWD
  while [[ -n $folder && ! -f $folder/cli/slipway.mjs ]]; do folder=${folder%/*}; done
  printf '%s' "$folder"
}

# _slipway_names BEFORE AFTER: what is between them in the paths of the repository. For a subshell, whose options it sets.
_slipway_names() {
  local root path
  root=$(_slipway_root)
  [[ -n $root ]] || return
  shopt -u failglob
  set +f
  for path in "$root/$1"*"$2"; do
    [[ -e $path ]] || continue
    path=${path#"$root/$1"}
    printf '%s\n' "${path%"$2"}"
  done
}

# _slipway_reply WORD [PREFIX]: those lines of standard input that begin with the word. They are quoted, since Git accepts
# names of branches that a shell would run.
_slipway_reply() {
  local line
  while IFS= read -r line; do
    [[ $line == "$1"* ]] || continue
    printf -v line '%q' "$line"
    COMPREPLY+=("${2-}$line")
  done
}

# _slipway_offer WORD KIND [PARAMETER…]
_slipway_offer() {
  local word=$1 kind=$2
  shift 2
  case $kind in
    file) compopt -o default ;;
    commit) _slipway_reply "$word" < <(git for-each-ref --format='%(refname:short)' 2>/dev/null) ;;
    names) _slipway_reply "$word" < <(_slipway_names "$@") ;;
    words) _slipway_reply "$word" < <(printf '%s\n' "$@") ;;
    list)
      compopt -o nospace
      _slipway_reply "${word##*,}" "${word%"${word##*,}"}" < <(printf '%s\n' "$@")
      ;;
  esac
}

# _slipway_complete FIRST: completes the word under the cursor; FIRST is the index of the first word after slipway.
_slipway_complete() {
  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} subcommand='' count=0 source='' i
  local IFS=$' \t\n'
  COMPREPLY=()
  # The = of --option=value is a word of its own.
  if [[ $word == = ]]; then word=''; elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = $1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -* ]]; then
      _slipway_source "$subcommand ${COMP_WORDS[i]}"
      [[ -z $source ]] || ((i += 1))
      [[ -z $source || ${COMP_WORDS[i]} != = ]] || ((i += 1))
    elif [[ -z $subcommand ]]; then
      subcommand=${COMP_WORDS[i]}
    else
      ((count += 1))
    fi
  done
  source=''
  [[ $option != -* ]] || _slipway_source "$subcommand $option"
  if [[ -n $source ]]; then
    :
  elif [[ $word == -* ]]; then
    _slipway_options "$subcommand"
  elif [[ -z $subcommand ]]; then
    source=$_slipway_subcommands
  else
    _slipway_source "$subcommand $((count + 1))"
  fi
  # Split into words: they are words of this script.
  [[ -z $source ]] || _slipway_offer "$word" $source
}

_slipway() {
  _slipway_complete 1
}

# Of npx, what runs slipway; the rest is completed as by default.
_slipway_npx() {
  local i=1
  COMPREPLY=()
  while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} == -* ]]; do ((i += 1)); done
  ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} == slipway ]] || return 0
  compopt +o default +o bashdefault
  _slipway_complete $((i + 1))
}

complete -F _slipway slipway
# What completes npx already, stays.
complete -p npx &>/dev/null || complete -o default -o bashdefault -F _slipway_npx npx
