package org.pglynx.proxy.shard;

import java.util.Set;
import org.pglynx.proxy.relay.TransactionEffect;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads what a statement does to its transaction. */
final class TransactionWords {
  /** They are the same on each server, and may be said again on one that joins. */
  private static final Set<String> SHAPING = Set.of("savepoint", "release", "set", "reset");

  private final SqlTokens tokens;

  TransactionWords(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** What the statement does. */
  TransactionEffect effect(TokenRange range) {
    int from = range.from();
    String verb = tokens.is(from, TokenKind.WORD) ? tokens.identifier(from) : "";
    return switch (verb) {
      case "begin", "start" -> TransactionEffect.BEGINS;
      case "commit", "end" ->
          tokens.word(from + 1, "prepared")
              ? TransactionEffect.NONE
              : ending(range, TransactionEffect.COMMITS);
      case "rollback" ->
          tokens.word(from + 1, "prepared")
              ? TransactionEffect.NONE
              : contains(range, "to")
                  ? TransactionEffect.SHAPES
                  : ending(range, TransactionEffect.ENDS);
      case "abort" -> ending(range, TransactionEffect.ENDS);
      default ->
          SHAPING.contains(verb)
              ? TransactionEffect.SHAPES
              : marks(range, verb) ? TransactionEffect.MARKS : TransactionEffect.NONE;
    };
  }

  private boolean marks(TokenRange range, String verb) {
    boolean creates = verb.equals("create") || contains(range, "into");
    return contains(range, "set_config")
        || creates && (contains(range, "temp") || contains(range, "temporary"));
  }

  /** AND CHAIN begins another transaction, and so is two statements in one. */
  private TransactionEffect ending(TokenRange range, TransactionEffect effect) {
    return chains(range) ? TransactionEffect.SEVERAL : effect;
  }

  /** AND CHAIN, but not AND NO CHAIN. */
  private boolean chains(TokenRange range) {
    return contains(range, "chain") && !contains(range, "no");
  }

  private boolean contains(TokenRange range, String word) {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.word(i, word)) {
        return true;
      }
    }
    return false;
  }
}
