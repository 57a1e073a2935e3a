/**
 * How a kind of dump is named: `<stamp>.<extension>`, and beside it `<stamp>.sha256`, as `sha256sum --check` reads it, and
 * `<stamp>.<counts>` with what was counted when it was taken. The stamp is the time in UTC: `20260102T030405Z`.
 */
export interface DumpFiles {
  readonly extension: string;
  readonly counts: string;
}

/** Matches names that begin with a stamp. */
const STAMPED = '????????T??????Z';

const newest = ({ extension }: DumpFiles): string =>
  `find . -maxdepth 1 -name '${STAMPED}.${extension}' | sort | tail -n 1`;

/** Lines of a shell script that remove all dumps in its folder but the newest, and what unfinished ones have left. */
export function removeOldDumps(files: DumpFiles): string {
  return `# The newest dump stays until there is a newer one, whole: an unfinished one has another name.
rm -rf ./*.partial
newest=$(${newest(files)})
find . -maxdepth 1 -name '${STAMPED}.*' ! -name "$(basename "$newest" .${files.extension}).*" -delete`;
}

/** Lines of a shell script that give the names to a dump that lies, whole, in `dump.partial`, with its counts in `counts.partial`. */
export function endDump({ extension, counts }: DumpFiles): string {
  return `# The dump gets its name last, so that whoever finds it finds what belongs to it.
stamp=$(date -u +%Y%m%dT%H%M%SZ)
sum=$(sha256sum <dump.partial)
echo "\${sum%% *}  $stamp.${extension}" >sum.partial
mv sum.partial "$stamp.sha256"
mv counts.partial "$stamp.${counts}"
mv dump.partial "$stamp.${extension}"
# A snapshot of the volume has what has reached the disk.
sync --file-system .`;
}

/**
 * Lines of a shell script that begin to verify the newest dump in `/dump`: they print its age, check that it is the file that was
 * written, and make a folder for a server. They define `$dump`, `$stamp`, `$scratch`, and `failed`, which ends the script with the
 * line of its result. They define `serve` too, which starts a server; at the end it is stopped, and the folder removed.
 */
export function beginVerification(files: DumpFiles): string {
  return `cd /dump

failed() {
  echo "failed: $*"
  exit 1
}

# The last lines of a log, in one.
end_of() { tail -n 3 "$scratch/$1.log" | tr '\\n' ' '; }

dump=$(${newest(files)})
dump=\${dump#./}
stamp=\${dump%.${files.extension}}
[[ -n $dump ]] || failed 'there is no dump'
taken=$(date -d "\${stamp:0:8} \${stamp:9:2}:\${stamp:11:2}:\${stamp:13:2} UTC" +%s)
echo "$dump is $(($(date +%s) - taken)) s old"
for companion in "$stamp.sha256" "$stamp.${files.counts}"; do
  [[ -f $companion ]] || failed "$companion is missing, which is written with each dump"
done
sha256sum --check --strict --status "$stamp.sha256" || failed "$dump is not the file that was written: its checksum is another than that in $stamp.sha256"

# The next dump removes what is left of a killed run. MongoDB's tools look for a socket in a path of lower case alone.
scratch=\${SCRATCH:-$PWD}/verify-$(date +%s%N).partial
mkdir --mode=700 "$scratch"
server=''
trap '[[ -z $server ]] || { kill -INT "$server" 2>/dev/null && wait "$server" || true; }; rm -rf "$scratch"' EXIT

# Starts a server, with job control: without, it would be started with SIGINT ignored.
serve() {
  set -m
  "$@" >"$scratch/server.log" 2>&1 &
  server=$!
  set +m
}`;
}
