package org.pglynx.proxy.shard;

import java.util.Locale;
import java.util.Set;

/** Statements that say nothing of tables by which they could be routed, and what to do instead. */
final class Unrouted {
  /** What is about a whole server or database, or about what each has for itself. */
  private static final Set<String> OF_EACH =
      Set.of(
          "checkpoint",
          "cluster",
          "import",
          "load",
          "reassign",
          "refresh",
          "repack",
          "security",
          "wait");

  private Unrouted() {}

  /** Why the statement is refused that begins with the word. */
  static String reason(String verb) {
    String words = verb.toUpperCase(Locale.ROOT);
    return switch (verb) {
      case "do", "call" ->
          words + " does not say which tables its code uses (run it for each shard by itself)";
      case "listen", "notify", "unlisten" ->
          words
              + " is about a channel, of which each shard has its own (choose the same shard in all"
              + " sessions that use it)";
      case "prepare", "execute" ->
          words
              + " of SQL is not kept for several shards (use prepared statements of the protocol, as"
              + " drivers do, or send the statement itself)";
      case "lock" ->
          words + " would wait on each shard by itself (lock rows by SELECT ... FOR UPDATE)";
      case "commit", "rollback" ->
          words + " PREPARED is about a transaction of one shard (choose it)";
      case "" -> "it begins with no word of SQL";
      default ->
          OF_EACH.contains(verb)
              ? words + " is run for each shard by itself (choose one after the other)"
              : "\"" + verb + "\" begins no statement that is known";
    };
  }
}
