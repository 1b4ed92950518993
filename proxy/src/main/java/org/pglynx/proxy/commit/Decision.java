package org.pglynx.proxy.commit;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A transaction that is to be committed on all its shards, whatever happens.
 *
 * @param number its own
 * @param pool of which database and user
 * @param shards that have prepared it
 */
record Decision(String number, String pool, Set<Integer> shards) {
  /** The words of its line in the file, without the checksum. */
  String body() {
    return "commit %s %s %s"
        .formatted(
            number,
            URLEncoder.encode(pool, StandardCharsets.UTF_8),
            new TreeSet<>(shards).stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  /** What {@link #body} has made; without a shard it says that all are settled. */
  static Decision of(String[] words) {
    return new Decision(
        words[1],
        URLDecoder.decode(words[2], StandardCharsets.UTF_8),
        Arrays.stream(words[3].split(","))
            .filter(each -> !each.isEmpty())
            .map(Integer::valueOf)
            .collect(Collectors.toSet()));
  }
}
