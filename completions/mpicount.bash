# Completion of mpicount for bash. In ~/.bashrc: source <(mpicount completion bash)

_mpicount() {
  local program=${COMP_WORDS[0]/#\~\//$HOME/} words=() last=-1 index word paths current prefix=
  COMPREPLY=()
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    # bash takes --name=value apart.
    if ((last >= 0)) && [[ ${words[last]} == --*= || (${words[last]} == --[!=]* && $word == =) ]]; then
      words[last]+=$word
    else
      words[++last]=$word
    fi
  done
  current=${words[last]}
  if [[ $current == --*=* && $COMP_WORDBREAKS == *=* ]]; then prefix=${current%%=*}=; fi
  {
    IFS= read -r paths
    while IFS=$'\t' read -r word _; do
      if [[ $word == "$current"* ]]; then COMPREPLY+=("${word#"$prefix"}"); fi
    done
  } < <("$program" --complete "${words[@]}" </dev/null 2>/dev/null)
  # bash 3 has no compopt, and completes names of files instead.
  case $paths in
    files) ;;
    folders) compopt +o default -o dirnames 2>/dev/null ;;
    *) compopt +o default 2>/dev/null ;;
  esac
  return 0
}

complete -o default -F _mpicount mpicount
