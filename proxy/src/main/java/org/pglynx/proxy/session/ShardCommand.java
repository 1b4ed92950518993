package org.pglynx.proxy.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The commands by which a client chooses its shard, in pgcat's words. */
sealed interface ShardCommand {
  /** SET SHARD TO a number, which may be too large for any shard. */
  record SetShard(String number) implements ShardCommand {}

  /** SET SHARD TO ANY: one by chance, from now on. */
  record AnyShard() implements ShardCommand {}

  /** SET SHARD TO DEFAULT: each statement goes where its keys say, as at the beginning. */
  record NoShard() implements ShardCommand {}

  /** SET SHARDING KEY TO a value. */
  record SetKey(String key) implements ShardCommand {}

  /** SET LOCAL SHARD or SHARDING KEY: until the transaction ends. */
  record Local(ShardCommand command) implements ShardCommand {}

  /** SHOW SHARD. */
  record ShowShard() implements ShardCommand {}

  /** SELECT pglynx.unique_id(). */
  record NextId() implements ShardCommand {}

  /** The longest text that is looked at: keys are short. */
  int MAX_LENGTH = 1_000;

  /** The command in the text, or null if it is none. */
  static @Nullable ShardCommand of(String sql) {
    Matcher matcher = Words.COMMAND.matcher(sql);
    if (!matcher.matches()) {
      return null;
    }
    ShardCommand command = of(matcher);
    return matcher.group("local") == null ? command : new Local(command);
  }

  private static ShardCommand of(Matcher matcher) {
    String number = matcher.group("number");
    String key = matcher.group("key");
    if (number != null) {
      return new SetShard(number);
    }
    if (key != null) {
      return new SetKey(unquoted(key));
    }
    if (matcher.group("unique") != null) {
      return new NextId();
    }
    String word = matcher.group("word");
    return word == null
        ? new ShowShard()
        : word.equalsIgnoreCase("any") ? new AnyShard() : new NoShard();
  }

  private static String unquoted(String key) {
    return key.startsWith("'") ? key.substring(1, key.length() - 1).replace("''", "'") : key;
  }

  /** The grammar. */
  final class Words {
    private static final Pattern COMMAND =
        Pattern.compile(
            "\\s*(?:show\\s+shard"
                + "|(?<unique>select\\s+pglynx\\s*\\.\\s*unique_id\\s*\\(\\s*\\))"
                + "|set\\s+(?<local>local\\s+)?(?:"
                + "shard\\s+to\\s+(?:'?(?<number>\\d+)'?|'?(?<word>any|default)'?)"
                + "|sharding\\s+key\\s+to\\s+(?<key>-?\\d+|'(?:[^']|'')*')))\\s*;?\\s*",
            Pattern.CASE_INSENSITIVE);

    private Words() {}
  }
}
