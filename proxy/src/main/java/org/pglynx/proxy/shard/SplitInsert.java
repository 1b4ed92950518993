package org.pglynx.proxy.shard;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  @Override
  public boolean needsArguments() {
    return whole.needsArguments();
  }

  @Override
  public ShardRoute anywhere(Shards shards) {
    return whole.anywhere(shards);
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    int[] places = new int[rows.size()];
    BitSet all = new BitSet();
    try {
      for (int i = 0; i < places.length; i++) {
        BitSet own =
            new KeyShards(keys.get(i), arguments, types, whole.occurrences(), true).shards();
        if (own.cardinality() != 1) {
          return whole.route(arguments, types, shards);
        }
        places[i] = own.nextSetBit(0);
        all.or(own);
      }
    } catch (PgErrorException | NotProvableException e) {
      return whole.route(arguments, types, shards);
    }
    if (all.cardinality() < 2) {
      return whole.route(arguments, types, shards);
    }
    Map<Integer, Split.Part> parts = new HashMap<>();
    all.stream().forEach(shard -> parts.put(shard, part(shard, places, types)));
    MergePlan plan = returning ? new MergePlan.Sequence(places) : MergePlan.CONCAT;
    return new ShardRoute.To(
        shards.some(all),
        MergeRun.splitting(plan, arguments.resultFormats(), returning, new Split(parts)));
  }

  private Split.Part part(int shard, int[] places, int[] types) {
    StringBuilder text = new StringBuilder(tokens.text());
    Map<Integer, Integer> numbers = new LinkedHashMap<>();
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
      renumber(text, rows.get(i), numbers);
    }
    blank(text, end, tokens.end(rows.getLast().to() - 1));
    renumber(text, new TokenRange(rows.getLast().to(), range.to()), numbers);
    int[] parameters = numbers.keySet().stream().mapToInt(Integer::intValue).toArray();
    int[] own =
        Arrays.stream(parameters).map(each -> each < types.length ? types[each] : 0).toArray();
    return new Split.Part(text.toString(), own, parameters);
  }

  private static void blank(StringBuilder text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '\n') {
        text.setCharAt(i, ' ');
      }
    }
  }

  /** The new number is never longer than the old one. */
  private void renumber(StringBuilder text, TokenRange part, Map<Integer, Integer> numbers) {
    for (int i = part.from(); i < part.to(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER)) {
        int old = Integer.parseInt(tokens.slice(i).substring(1)) - 1;
        Integer known = numbers.get(old);
        int number = known == null ? numbers.size() + 1 : known;
        numbers.put(old, number);
        blank(text, tokens.start(i) + 1, tokens.end(i));
        String digits = String.valueOf(number);
        text.replace(tokens.start(i) + 1, tokens.start(i) + 1 + digits.length(), digits);
      }
    }
  }
}
