package org.pglynx.proxy.shard;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * INSERT of several rows: each goes to its shard. What a shard gets is the statement with blanks in
 * place of the others' rows, so that what an error says of a position holds; parameters are
 * numbered anew, as the server must know the type of each.
 *
 * @param whole the statement as one that goes to one shard
 * @param tokens of the statement
 * @param range of the statement
 * @param rows where each row stands, with its brackets
 * @param keys of each row
 * @param returning whether it gives rows
 */
record SplitInsert(
    Plan.Keyed whole,
    SqlTokens tokens,
    TokenRange range,
    List<TokenRange> rows,
    List<TableUse> keys,
    boolean returning)
    implements Plan {
  SplitInsert {
    rows = List.copyOf(rows);
    keys = List.copyOf(keys);
  }

  /** Also where no key is one: a shard's part has values of its own, and all must be there. */
  @Override
  public boolean needsArguments() {
    return !whole.occurrences().isEmpty() && keys.stream().allMatch(TableUse::keyed);
  }

  @Override
  public ShardRoute anywhere(Shards shards) {
    return whole.anywhere(shards);
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    int[] places = new int[rows.size()];
    BitSet all = new BitSet();
    UnplacedException unplaced = new UnplacedException();
    try {
      for (int i = 0; i < places.length; i++) {
        BitSet own = shards(keys.get(i), arguments, types, shards.asked(), unplaced);
        if (unplaced.tooMany()) {
          return unplaced.route();
        }
        if (unplaced.isEmpty() && own.cardinality() != 1) {
          return whole.route(arguments, types, shards);
        }
        places[i] = own.nextSetBit(0);
        all.or(own);
      }
    } catch (PgErrorException | NotProvableException e) {
      return whole.route(arguments, types, shards);
    }
    if (!unplaced.isEmpty()) {
      return unplaced.route();
    }
    if (all.cardinality() < 2 || !numbered()) {
      return whole.route(arguments, types, shards);
    }
    if (lacks(arguments)) {
      // No server runs it so, and the whole statement is what its error should speak of.
      return new ShardRoute.To(shards.shard(all.nextSetBit(0)));
    }
    Map<Integer, Split.Part> parts = new HashMap<>();
    all.stream().forEach(shard -> parts.put(shard, part(shard, places, types)));
    MergePlan plan = returning ? new MergePlan.Sequence(places) : MergePlan.CONCAT;
    return new ShardRoute.To(
        shards.some(all),
        MergeRun.splitting(plan, arguments.resultFormats(), returning, new Split(parts)));
  }

  /** The shard of a row; none if its key must be looked up, which is noted then. */
  private BitSet shards(
      TableUse row, Arguments arguments, int[] types, long since, UnplacedException unplaced)
      throws PgErrorException, NotProvableException {
    try {
      return new KeyShards(row, arguments, types, whole.occurrences(), true, since).shards();
    } catch (UnplacedException e) {
      unplaced.add(e);
      return new BitSet();
    }
  }

  /** Whether all parameters have numbers that a server may have; they are in Keyed's count then. */
  private boolean numbered() {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER) && !whole.occurrences().containsKey(parameter(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean lacks(Arguments arguments) {
    return whole.occurrences().keySet().stream()
        .anyMatch(each -> each < 0 || each >= arguments.count());
  }

  /** Which parameter the token is, from 0; none that is counted if its number is too long. */
  private int parameter(int token) {
    String digits = tokens.slice(token).substring(1);
    return digits.length() < 6 ? Integer.parseInt(digits) - 1 : Integer.MAX_VALUE;
  }

  private Split.Part part(int shard, int[] places, int[] types) {
    StringBuilder text = new StringBuilder(tokens.text());
    int[] parameters = parameters(shard, places);
    boolean first = true;
    int end = tokens.start(rows.getFirst().from());
    for (int i = 0; i < places.length; i++) {
      if (places[i] != shard) {
        continue;
      }
      int start = tokens.start(rows.get(i).from());
      blank(text, end, start);
      if (!first) {
        text.setCharAt(end, ',');
      }
      first = false;
      end = tokens.end(rows.get(i).to() - 1);
      renumber(text, rows.get(i), parameters);
    }
    blank(text, end, tokens.end(rows.getLast().to() - 1));
    renumber(text, behind(), parameters);
    int[] own =
        Arrays.stream(parameters).map(each -> each < types.length ? types[each] : 0).toArray();
    return new Split.Part(text.toString(), own, parameters);
  }

  private TokenRange behind() {
    return new TokenRange(rows.getLast().to(), range.to());
  }

  /** The statement's parameters, from 0 and ascending, that are in the shard's part. */
  private int[] parameters(int shard, int[] places) {
    IntStream own =
        IntStream.range(0, places.length)
            .filter(i -> places[i] == shard)
            .flatMap(i -> parameters(rows.get(i)));
    return IntStream.concat(own, parameters(behind())).distinct().sorted().toArray();
  }

  private IntStream parameters(TokenRange part) {
    return IntStream.range(part.from(), part.to())
        .filter(i -> tokens.is(i, TokenKind.PARAMETER))
        .map(this::parameter);
  }

  private static void blank(StringBuilder text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '\n') {
        text.setCharAt(i, ' ');
      }
    }
  }

  /**
   * The n-th smallest of some numbers is n at least: so, in ascending order, the new number is
   * never longer than the old one.
   */
  private void renumber(StringBuilder text, TokenRange part, int[] parameters) {
    for (int i = part.from(); i < part.to(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER)) {
        int number = Arrays.binarySearch(parameters, parameter(i)) + 1;
        blank(text, tokens.start(i) + 1, tokens.end(i));
        String digits = String.valueOf(number);
        text.replace(tokens.start(i) + 1, tokens.start(i) + 1 + digits.length(), digits);
      }
    }
  }
}
