package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Turns expressions over groups and aggregates into the same over what was collected of shards.
 * Words that it does not know may be columns, which are not there any more: those it refuses.
 */
final class GroupedText {
  /** Aggregates whose values for parts make up that of all. */
  private static final Set<String> SPLIT =
      Set.of(
          "count",
          "sum",
          "min",
          "max",
          "avg",
          "bool_and",
          "bool_or",
          "every",
          "bit_and",
          "bit_or",
          "bit_xor");

  /** Words that are no columns. */
  private static final Set<String> WORDS =
      Set.of(
          """
          case when then else end and or not is null true false in between like ilike similar to
          distinct from cast as interval date timestamp time zone at symmetric escape isnull notnull
          unknown any some all integer int bigint smallint numeric decimal real float double
          precision text varchar char character varying boolean with without array filter where
          collate
          """
              .trim()
              .split("\\s+"));

  /** What is called in the grammar, and not known as a function. */
  private static final Set<String> CALLED =
      Set.of(
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "extract",
          "position",
          "substring",
          "trim",
          "overlay",
          "cast",
          "in",
          "any",
          "some",
          "all",
          "and",
          "or",
          "not",
          "when",
          "then",
          "else",
          "case",
          "between",
          "numeric",
          "decimal",
          "varchar",
          "char",
          "character",
          "float",
          "like");

  private final SqlTokens tokens;
  private final List<TokenRange> groups;
  private final boolean oneTable;
  private final List<String> partials = new ArrayList<>();

  /**
   * For a query with these groups.
   *
   * @param oneTable whether a column with and without the name of its table is the same
   */
  GroupedText(SqlTokens tokens, List<TokenRange> groups, boolean oneTable) {
    this.tokens = tokens;
    this.groups = groups;
    this.oneTable = oneTable;
  }

  /** Aggregates that each shard must give, behind the groups. */
  List<String> partials() {
    return partials;
  }

  private int partial(String words) {
    int known = partials.indexOf(words);
    if (known >= 0) {
      return groups.size() + known;
    }
    partials.add(words);
    return groups.size() + partials.size() - 1;
  }

  /** The expression over what was collected. */
  List<TextPart> of(TokenRange range) throws NotProvableException {
    List<TextPart> out = new ArrayList<>();
    int at = range.from();
    int copied = tokens.start(at);
    while (at < range.to()) {
      int begin = tokens.start(at);
      out.add(TextPart.of(tokens.text().substring(copied, begin)));
      int group = group(at, range);
      if (group >= 0) {
        out.add(TextPart.of(Collected.column(group)));
        at += width(group, at, range);
      } else if (aggregate(at)) {
        int end = aggregateEnd(at);
        out.add(whole(at, end));
        at = end;
      } else {
        check(at, range);
        out.add(TextPart.of(tokens.slice(at)));
        at++;
      }
      copied = tokens.end(at - 1);
    }
    return out;
  }

  // ---- groups --------------------------------------------------------------------------------

  /** The group whose expression stands here, or -1. */
  private int group(int at, TokenRange range) {
    for (int i = 0; i < groups.size(); i++) {
      if (width(i, at, range) > 0) {
        return i;
      }
    }
    return -1;
  }

  /** How many tokens from here are the group's expression; 0 if they are not. */
  private int width(int group, int at, TokenRange range) {
    TokenRange expression = groups.get(group);
    TokenRange here = new TokenRange(at, at + expression.size());
    if (here.to() <= range.to()
        && stands(here, range)
        && Collected.same(tokens, expression, here)) {
      return here.size();
    }
    return oneTable ? columnWidth(expression, at, range) : 0;
  }

  /** The same column, once with and once without the name of its table. */
  private int columnWidth(TokenRange expression, int at, TokenRange range) {
    int last = expression.to() - 1;
    if (!OutputColumn.plain(tokens, expression)) {
      return 0;
    }
    for (int size = 1; size <= 3; size += 2) {
      TokenRange here = new TokenRange(at, at + size);
      if (here.to() <= range.to()
          && OutputColumn.plain(tokens, here)
          && stands(here, range)
          && tokens.identifier(here.to() - 1).equals(tokens.identifier(last))) {
        return size;
      }
    }
    return 0;
  }

  /** Whether the tokens are an expression of their own, and not part of a larger one. */
  private boolean stands(TokenRange here, TokenRange range) {
    int from = here.from();
    int to = here.to();
    if (here.equals(range)) {
      return true;
    }
    boolean behindDot = tokens.is(from - 1, TokenKind.DOT) && from > range.from();
    boolean goesOn =
        to < range.to() && (tokens.is(to, TokenKind.DOT) || tokens.is(to, TokenKind.LEFT_PAREN));
    boolean type = tokens.is(from - 1, TokenKind.CAST) || tokens.word(from - 1, "as");
    if (behindDot || goesOn || type) {
      return false;
    }
    boolean call =
        tokens.is(from, TokenKind.WORD)
            && tokens.is(from + 1, TokenKind.LEFT_PAREN)
            && tokens.partner(from + 1) == to - 1;
    return call || OutputColumn.plain(tokens, here) || enclosed(from, to, range);
  }

  private boolean enclosed(int from, int to, TokenRange range) {
    boolean before =
        from == range.from()
            || tokens.is(from - 1, TokenKind.LEFT_PAREN)
            || tokens.is(from - 1, TokenKind.COMMA);
    boolean behind =
        to == range.to() || tokens.is(to, TokenKind.RIGHT_PAREN) || tokens.is(to, TokenKind.COMMA);
    return before && behind;
  }

  // ---- aggregates ----------------------------------------------------------------------------

  private boolean aggregate(int at) {
    return tokens.is(at, TokenKind.WORD)
        && tokens.is(at + 1, TokenKind.LEFT_PAREN)
        && !tokens.is(at - 1, TokenKind.DOT)
        && ScatterFunctions.AGGREGATES.contains(tokens.identifier(at));
  }

  private int aggregateEnd(int at) {
    int end = tokens.partner(at + 1) + 1;
    return tokens.word(end, "filter") && tokens.is(end + 1, TokenKind.LEFT_PAREN)
        ? tokens.partner(end + 1) + 1
        : end;
  }

  private TextPart whole(int at, int end) throws NotProvableException {
    String name = tokens.identifier(at);
    int close = tokens.partner(at + 1);
    boolean within = tokens.word(end, "over") || tokens.word(close + 1, "within");
    if (!SPLIT.contains(name) || within || ordered(at + 2, close)) {
      throw new NotProvableException(
          "\"" + tokens.slice(at, end) + "\" is not computed from those of several shards");
    }
    String words = tokens.slice(at, end);
    if (name.equals("avg")) {
      String rest = words.substring(tokens.slice(at).length());
      return new TextPart.Whole("avg", partial("sum" + rest), partial("count" + rest));
    }
    return new TextPart.Whole(name, partial(words), 0);
  }

  /** Whether the aggregate takes each value once, or in an order. */
  private boolean ordered(int from, int to) {
    for (int i = from; i < to; i = tokens.skip(i)) {
      if (tokens.word(i, "order") || i == from && tokens.word(i, "distinct")) {
        return true;
      }
    }
    return false;
  }

  // ---- other words ---------------------------------------------------------------------------

  private void check(int at, TokenRange range) throws NotProvableException {
    boolean called = tokens.is(at + 1, TokenKind.LEFT_PAREN) && at + 1 < range.to();
    boolean type = tokens.is(at - 1, TokenKind.CAST) && at > range.from();
    boolean known =
        switch (tokens.kind(at)) {
          case WORD -> {
            String word = tokens.identifier(at);
            yield type
                || (called
                    ? CALLED.contains(word) || ScatterFunctions.KNOWN.contains(word)
                    : WORDS.contains(word));
          }
          case QUOTED_IDENTIFIER -> type || tokens.word(at - 1, "collate");
          case DOT -> false;
          default -> true;
        };
    if (!known) {
      throw new NotProvableException(
          "\"" + tokens.slice(at) + "\" is not known to be the same in all rows of a group");
    }
  }
}
