package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.pglynx.proxy.config.ShardingConfig.Column;
import org.pglynx.proxy.config.ShardingConfig.Placement;
import org.pglynx.proxy.config.ShardingConfig.Type;

/**
 * Reads which keys live on which shards: {@code mapping = [{shard = 0, values = ["eu"]}, {shard =
 * 1, from = 0, to = 1000}, {shard = 2}]}. An entry without keys is for all others.
 */
final class MappingReader {
  private static final String MAPPING = "mapping";

  private final Section table;
  private final List<Column> key;
  private final int shards;
  private final Set<String> seen = new HashSet<>();

  MappingReader(Section table, List<Column> key, int shards) {
    this.table = table;
    this.key = key;
    this.shards = shards;
  }

  List<Placement> read() {
    List<Placement> placements = new ArrayList<>();
    for (Section each : table.list(MAPPING)) {
      placements.add(placement(each));
    }
    if (!placements.isEmpty()) {
      check(placements);
    }
    return placements;
  }

  private Placement placement(Section entry) {
    int shard = entry.requiredInteger("shard", 0, Math.max(shards - 1, 0));
    List<String> values = entry.texts("values");
    Long from = entry.has("from") ? Long.valueOf(entry.number("from", 0)) : null;
    Long to = entry.has("to") ? Long.valueOf(entry.number("to", 0)) : null;
    boolean range = from != null || to != null;
    if (range && (key.isEmpty() || !whole(key.getFirst().type()))) {
      entry.fault(from == null ? "to" : "from", "ranges are of smallint, integer or bigint");
    }
    if (from != null && to != null && from >= to) {
      entry.fault("to", "must be greater than from: it is the first key behind the range");
    }
    values.forEach(value -> value(entry, value));
    entry.finish();
    return new Placement(shard, values, from, to, values.isEmpty() && !range);
  }

  private void value(Section entry, String value) {
    Type type = key.isEmpty() ? Type.TEXT : key.getFirst().type();
    try {
      String canonical =
          switch (type) {
            case SMALLINT -> String.valueOf(Short.parseShort(value));
            case INTEGER -> String.valueOf(Integer.parseInt(value));
            case BIGINT -> String.valueOf(Long.parseLong(value));
            case UUID -> UUID.fromString(value).toString();
            case TEXT, VARCHAR -> value;
            case VECTOR, REALS -> throw new IllegalArgumentException(value);
          };
      if (!seen.add(canonical)) {
        entry.fault("values", '"' + value + "\" is given twice");
      }
    } catch (IllegalArgumentException e) {
      entry.fault("values", '"' + value + "\" is no " + type.configName());
    }
  }

  private static boolean whole(Type type) {
    return type == Type.SMALLINT || type == Type.INTEGER || type == Type.BIGINT;
  }

  private void check(List<Placement> placements) {
    if (key.size() != 1) {
      table.fault(MAPPING, "takes a key of one column");
    }
    if (placements.stream().filter(Placement::rest).count() > 1) {
      table.fault(MAPPING, "has two entries for all other keys");
    }
    List<Placement> ranges =
        placements.stream()
            .filter(Placement::ranges)
            .sorted(Comparator.comparingLong(MappingReader::first))
            .toList();
    for (int i = 1; i < ranges.size(); i++) {
      Long end = ranges.get(i - 1).to();
      if (end == null || end > first(ranges.get(i))) {
        table.fault(MAPPING, "has ranges that overlap");
      }
    }
  }

  private static long first(Placement range) {
    Long from = range.from();
    return from == null ? Long.MIN_VALUE : from;
  }
}
