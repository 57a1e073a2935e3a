/**
 * A `git` that replaces commit ids in its arguments. The lab's repositories have upstream's files, but the id of a commit
 * depends on all that led to it, so no other commit can have it. Of a signature, it can say what nobody verified.
 *
 * @param commits file with a pair of ids a line
 * @param signer file with the key id that commits count as signed by, or nothing
 */
export function gitWrapper(commits: string, signer: string): string {
  return `#!/bin/sh
read -r signer <'${signer}'
count=$#
while [ "$count" -gt 0 ]; do
  word=$1
  shift
  count=$((count - 1))
  while read -r upstream commit; do
    case $word in "$upstream"*) word=$commit\${word#"$upstream"} ;; esac
  done <'${commits}'
  case \${signer:+$word} in *%G\\?,%GK*) word=\${word%%%G\\?*}G,$signer\${word#*%GK} ;; esac
  set -- "$@" "$word"
done
PATH=\${PATH#*:} exec git "$@"
`;
}
