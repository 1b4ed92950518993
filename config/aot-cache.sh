# The AOT cache: the classes of a start, loaded and linked, and what the compiler has learnt under load.
# Shell functions for ./pglynx, the image and the build (docs/adr/0160-aot-cache.md); each takes
#   JAVA_HOME JAR OPTIONS CACHE
# OPTIONS being the file of JVM flags. Beside CACHE lies CACHE.key, which tells what it is good for.

# The build of the JVM, the flags, and the jar by its end: its table of contents, with a checksum of every class. The JVM
# checks itself and the flags when it opens a cache; the jar it does not look at (25.0.3), and would run another one's classes.
cache_key() {
  { cat "$1/release" "$3" && wc -c <"$2" && tail -c 2097152 "$2"; } | cksum
}

# Prints the JVM's flag; nothing if there is no cache that fits.
cache_flag() {
  if [ -s "$4" ] && [ -r "$4" ] && [ -r "$4.key" ] && cache_is_welcome && [ "$(cat "$4.key")" = "$(cache_key "$@")" ]; then
    printf '%s\n' "-XX:AOTCache=$4"
  fi
}

# True if none could be made for exactly this: a start need not try again.
cache_has_failed() {
  [ -r "$4.key" ] && [ "$(cat "$4.key")" = "none for $(cache_key "$@")" ]
}

# With one of these flags a JVM that is given a cache does not start at all.
cache_is_welcome() {
  case " ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} " in
    *Xshare* | *Shared* | *AOT*) return 1 ;;
  esac
}

# Makes the cache in some seconds, beside what is in use. False if it could not be made; the reason is in CACHE.log then.
make_cache() {
  work=$(mktemp -d "$4.XXXXXX" 2>/dev/null) || return 1
  if rehearse "$@" "$work" >"$work/log" 2>&1 && [ -s "$work/cache" ]; then
    rm -f "$4.key" "$4.log"
    mv -f "$work/cache" "$4"
    cache_key "$@" >"$work/key"
    made=0
  else
    rm -f "$4"
    mv -f "$work/log" "$4.log"
    echo "none for $(cache_key "$@")" >"$work/key"
    made=1
  fi
  mv -f "$work/key" "$4.key"
  rm -rf "$work"
  return "$made"
}

# Runs the rehearsal in the last argument, a directory, and makes of it what JVMs can open.
rehearse() (
  unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
  # What is skipped is much, and no news: classes of Java 5, events of the flight recorder.
  "$1/bin/java" "@$3" -Xlog:aot=error:stderr -XX:AOTMode=record "-XX:AOTConfiguration=$5/configuration" \
    -cp "$2" org.pglynx.proxy.app.Rehearsal "$5" &&
    "$1/bin/java" "@$3" -Xlog:aot=error:stderr -XX:AOTMode=create "-XX:AOTConfiguration=$5/configuration" \
      "-XX:AOTCache=$5/cache" -cp "$2"
)
