package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ShardingConfig;

/** pgcat's shard_id_regex, sharding_key_regex and regex_search_limit. */
class ShardCommentsTest {
  private static final String COMMENT = "/* shard: 2 */";
  private static final int LIMIT = 20;

  private final ShardedDatabase database =
      new ShardedDatabase(
          new ShardingConfig(
              List.of(),
              ShardingConfig.Function.HASH,
              Set.of(),
              new ShardingConfig.DefaultShard(0),
              new ShardingConfig.Hints(
                  Optional.of(Pattern.compile("/\\* shard: (\\d+) \\*/")),
                  Optional.of(Pattern.compile("/\\* key: (\\d+) \\*/")),
                  LIMIT),
              ShardingConfig.DEFAULT_MERGE_MEMORY),
          3);

  private String way(String sql) {
    return String.join(" ", database.explain(sql));
  }

  @Test
  void a_comment_is_found_within_the_limit_and_not_beyond_it() {
    String near = " ".repeat(LIMIT - COMMENT.length()) + COMMENT + " SELECT 1";

    assertThat(way(near)).isEqualTo(way(COMMENT + " SELECT 1")).contains("2");
    assertThat(way(" " + near)).isEqualTo(way("SELECT 1")).isNotEqualTo(way(near));
  }

  @Test
  void a_key_in_a_comment_is_looked_for_within_the_same_limit() {
    String key = "/* key: 1 */ SELECT 1";

    assertThat(way(" ".repeat(LIMIT) + key)).isEqualTo(way("SELECT 1"));
    assertThat(way(key)).isNotEqualTo(way("SELECT 1"));
  }
}
