package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.TokenRange;

/** One SELECT, UPDATE or DELETE: what its names stand for. */
final class Level {
  private final @Nullable Level outer;
  private final List<TableUse> uses = new ArrayList<>();
  private final Map<String, TableUse> byAlias = new HashMap<>();
  private final List<String> others = new ArrayList<>();
  private boolean leftJoins;
  private boolean otherJoins;
  private boolean references;
  private boolean derived;
  private boolean leads;
  private @Nullable TokenRange where;

  /** How many of the sharded tables cannot be named in what is read. */
  private int visibleFrom;

  Level(@Nullable Level outer) {
    this.outer = outer;
  }

  /** Whether it is no part of another query. */
  boolean outermost() {
    return outer == null;
  }

  /** Whether the table is all that it reads. */
  boolean isOnly(TableUse use) {
    return uses.size() == 1 && uses.getFirst() == use && others.isEmpty();
  }

  void where(TokenRange condition) {
    where = condition;
  }

  /** The condition behind WHERE. */
  @Nullable TokenRange where() {
    return where;
  }

  /** In what is read next, the first tables cannot be named: they are no part of the join. */
  void visibleFrom(int first) {
    visibleFrom = first;
  }

  void add(TableUse use) {
    uses.add(use);
    byAlias.put(use.alias(), use);
  }

  /** Something that is no sharded table has the alias. */
  void addOther(String alias) {
    others.add(alias);
  }

  /** It joins so that rows without a partner are there, too. */
  void outerJoin(boolean left) {
    leftJoins |= left;
    otherJoins |= !left;
  }

  /** It reads a table that has the same rows everywhere. */
  void reference() {
    references = true;
  }

  /** It reads what another query or a function returns. */
  void derived() {
    derived = true;
  }

  /** Its FROM begins with a sharded table and has no list of items. */
  void leads(boolean sharded) {
    leads = sharded;
  }

  /** Whether each row has one of a sharded table, also where a left join finds no partner. */
  boolean leads() {
    return leads;
  }

  /** Whether there is a left join. */
  boolean leftJoins() {
    return leftJoins;
  }

  /** Whether there is a right or full join. */
  boolean otherJoins() {
    return otherJoins;
  }

  /** Whether it reads a table that has the same rows everywhere. */
  boolean references() {
    return references;
  }

  /** Whether it reads what another query or a function returns. */
  boolean isDerived() {
    return derived;
  }

  /** The sharded tables of this level. */
  List<TableUse> uses() {
    return uses;
  }

  /** The key column that {@code alias.column} is, of this level or one around it; or null. */
  @Nullable KeyColumn column(String alias, String column) {
    TableUse use = byAlias.get(alias);
    if (use != null && uses.indexOf(use) >= visibleFrom) {
      return KeyColumn.of(use, column);
    }
    return others.contains(alias) || outer == null ? null : outer.column(alias, column);
  }

  /**
   * The key column that a name without alias is, or null. Where it could be that of two tables the
   * server refuses it, unless a join has made one column of both.
   */
  @Nullable KeyColumn column(String column) {
    for (TableUse use : uses.subList(visibleFrom, uses.size())) {
      KeyColumn found = KeyColumn.of(use, column);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * A column of a key.
   *
   * @param use the table where it is used
   * @param index which of the key's columns
   */
  record KeyColumn(TableUse use, int index) {
    static @Nullable KeyColumn of(TableUse use, String column) {
      int index = use.table().columns().indexOf(column);
      return index < 0 ? null : new KeyColumn(use, index);
    }

    KeyNode node() {
      return use.key()[index];
    }

    KeyType type() {
      return use.table().types().get(index);
    }
  }
}
