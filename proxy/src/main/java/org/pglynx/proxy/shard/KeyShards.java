package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The shards on which the rows of one use of a table are, in one execution. */
final class KeyShards {
  private final TableUse use;
  private final Arguments arguments;
  private final int[] types;
  private final Map<Integer, Integer> occurrences;
  private final boolean stores;
  private final long since;
  private final BitSet found = new BitSet();
  private final UnplacedException unplaced = new UnplacedException();

  /**
   * Those of an execution.
   *
   * @param occurrences how often each parameter stands in the text
   * @param stores whether rows with the key are stored
   * @param since when the execution has asked first for what is looked up
   */
  KeyShards(
      TableUse use,
      Arguments arguments,
      int[] types,
      Map<Integer, Integer> occurrences,
      boolean stores,
      long since) {
    this.since = since;
    this.use = use;
    this.arguments = arguments;
    this.types = types;
    this.occurrences = occurrences;
    this.stores = stores;
  }

  /** The shards; none if no row has such a key, as nothing is equal to NULL. */
  BitSet shards() throws PgErrorException, NotProvableException, UnplacedException {
    List<List<KeyValue>> columns = new ArrayList<>();
    for (int i = 0; i < use.key().length; i++) {
      columns.add(values(i));
    }
    combine(columns, new ArrayList<>());
    if (!unplaced.isEmpty()) {
      throw unplaced;
    }
    return found;
  }

  /**
   * The shards on which rows nearest to the vector are looked for; null for all.
   *
   * @param nearest with what the only column of the key is compared
   */
  @Nullable BitSet nearest(Nearby nearest) throws PgErrorException {
    KeyTerm vector = nearest.vector();
    KeyType type = use.table().types().getFirst();
    boolean known = !(vector instanceof KeyTerm.Parameter parameter) || parameter.fits(type, types);
    return use.table().function() instanceof ShardFunction.Nearest places
            && known
            && nearest.limited(arguments)
            && vector.value(type, arguments) instanceof KeyValue.Point point
            && places.fits(point)
        ? places.near(point, places.probes())
        : null;
  }

  private List<KeyValue> values(int column) throws PgErrorException, NotProvableException {
    KeyType type = use.table().types().get(column);
    List<KeyTerm> terms = use.key()[column].terms();
    List<KeyValue> values = new ArrayList<>();
    for (KeyTerm term : terms == null ? List.<KeyTerm>of() : terms) {
      if (term instanceof KeyTerm.Elements elements) {
        values.addAll(elements(elements, type));
        continue;
      }
      if (term instanceof KeyTerm.Parameter parameter) {
        check(parameter, parameter.fits(type, types), type);
      }
      KeyValue value = term.value(type, arguments);
      if (value != null) {
        checkStored(type, value);
        values.add(value);
      } else if (stores) {
        throw nullKey(column);
      }
    }
    return values;
  }

  private List<KeyValue> elements(KeyTerm.Elements elements, KeyType type)
      throws PgErrorException, NotProvableException {
    if (elements instanceof KeyTerm.ArrayParameter array) {
      check(array.parameter(), array.parameter().fitsArray(type, types), type);
    }
    List<KeyValue> values = elements.values(type, arguments);
    if (values == null) {
      throw new NotProvableException("the elements of an array of keys cannot be told");
    }
    return values;
  }

  /**
   * The server gives a parameter without a declared type that of its first use; its bytes are only
   * known for what they are if that is the key's.
   */
  private void check(KeyTerm.Parameter parameter, boolean fits, KeyType type)
      throws NotProvableException {
    boolean declared = parameter.index() < types.length && types[parameter.index()] != 0;
    boolean once = occurrences.getOrDefault(parameter.index(), 0) == 1;
    if (!fits || !declared && !once) {
      throw new NotProvableException(
          "it is not clear of which type the parameter $" + (parameter.index() + 1) + " is");
    }
    if (!parameter.legible(type, arguments)) {
      throw new NotProvableException(
          "the parameter $"
              + (parameter.index() + 1)
              + " is no key that can be read unless client_encoding is UTF8");
    }
  }

  /** A varchar with a limit is stored without the blanks that are too many. */
  private void checkStored(KeyType type, KeyValue value) throws NotProvableException {
    if (stores && type == KeyType.VARCHAR && value.text().endsWith(" ")) {
      throw new NotProvableException("a key of type varchar may lose the blanks at its end");
    }
  }

  private PgErrorException nullKey(int column) {
    return PgError.error(
            SqlState.NOT_NULL_VIOLATION,
            "null value in the sharding key column \""
                + use.table().columns().get(column)
                + "\" of the table \""
                + use.table().name()
                + "\"")
        .withHint("A row without a key has no shard.")
        .toException();
  }

  private void combine(List<List<KeyValue>> columns, List<KeyValue> key)
      throws PgErrorException, UnplacedException {
    if (key.size() == columns.size()) {
      add(key);
      return;
    }
    for (KeyValue value : columns.get(key.size())) {
      key.add(value);
      combine(columns, key);
      key.removeLast();
    }
  }

  private void add(List<KeyValue> key) throws PgErrorException, UnplacedException {
    int shard;
    try {
      shard = use.table().function().shard(key, since);
    } catch (UnplacedException e) {
      unplaced.add(e);
      if (unplaced.tooMany()) {
        throw unplaced;
      }
      return;
    }
    if (shard != ShardFunction.NOWHERE) {
      found.set(shard);
    } else if (stores) {
      throw nowhere(key);
    }
  }

  private PgErrorException nowhere(List<KeyValue> key) {
    String values = String.join(", ", key.stream().map(KeyValue::text).toList());
    return PgError.error(
            SqlState.CHECK_VIOLATION,
            "no shard of the table \"" + use.table().name() + "\" takes the key (" + values + ")")
        .toException();
  }
}
