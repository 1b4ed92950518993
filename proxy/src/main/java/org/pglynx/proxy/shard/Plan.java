package org.pglynx.proxy.shard;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.TransactionEffect;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Where a statement may run: found once for its text, applied to each execution. */
sealed interface Plan extends ShardedStatement
    permits CopyFrom,
        CopyTo,
        CursorPlan,
        ExplainPlan,
        KeyMove,
        OneByOne,
        Plan.Control,
        Plan.Everywhere,
        Plan.Failed,
        Plan.Hinted,
        Plan.Keyed,
        Plan.Marking,
        Plan.Refused,
        Plan.Several,
        Plan.Stay,
        SplitInsert {
  /** See {@link Stay}. */
  Plan STAY = new Stay(ShardRoute.STAY);

  /** Using no sharded table: any shard will do that the session is on, but one only. */
  Plan ANYWHERE = new Stay(ShardRoute.ANYWHERE);

  /** How a client gets its way where a statement is not routed by itself. */
  String HINT =
      "Name a value of the sharding key in each table of the statement,"
          + " or choose a shard with SET SHARD TO n or SET SHARDING KEY TO value.";

  @Override
  default boolean needsArguments() {
    return false;
  }

  @Override
  default ShardRoute anywhere(Shards shards) {
    return route(Arguments.NONE, new int[0], shards);
  }

  /** About the session, or using no sharded table. */
  record Stay(ShardRoute where) implements Plan {
    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return where;
    }
  }

  /** About the transaction. */
  record Control(TransactionEffect effect) implements Plan {
    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return ShardRoute.STAY;
    }
  }

  /** What leaves something in the transaction of its server that no other could be given. */
  record Marking(Plan statement) implements Plan {
    @Override
    public TransactionEffect effect() {
      return TransactionEffect.MARKS;
    }

    @Override
    public boolean needsArguments() {
      return statement.needsArguments();
    }

    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return statement.route(arguments, types, shards);
    }

    @Override
    public ShardRoute anywhere(Shards shards) {
      return statement.anywhere(shards);
    }
  }

  /** A comment says where. */
  record Hinted(int shard, TransactionEffect effect) implements Plan {
    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return shard < shards.count()
          ? new ShardRoute.To(shards.shard(shard))
          : refused(
              SqlState.INVALID_PARAMETER,
              "the comment names shard " + shard + ", and there are " + shards.count(),
              "Shard numbers start at 0.");
    }
  }

  /**
   * On all shards, or on none.
   *
   * @param returnsRows whether it gives rows
   */
  record Everywhere(boolean returnsRows) implements Plan {
    @Override
    public ShardRoute anywhere(Shards shards) {
      return new ShardRoute.To(shards.shard(shards.unchosen()));
    }

    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return new ShardRoute.To(
          shards.together(),
          MergeRun.writing(MergePlan.SAME, arguments.resultFormats(), returnsRows));
    }
  }

  /** It cannot be proven where it could run with the right answer. */
  record Refused(String reason) implements Plan {
    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return unproven(reason);
    }
  }

  /** A text in which a comment names a key that is none, or the like. */
  record Failed(PgError error) implements Plan {
    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return new ShardRoute.Refused(error);
    }
  }

  /** It cannot be proven where it could run with the right answer, for the reason. */
  static ShardRoute unproven(String reason) {
    return refused(
        SqlState.FEATURE_NOT_SUPPORTED,
        "the statement cannot be run on the shards with a result that is proven right: " + reason,
        HINT);
  }

  private static ShardRoute refused(SqlState state, String message, String hint) {
    return new ShardRoute.Refused(PgError.error(state, message).withHint(hint));
  }

  /** Several statements in one text: all must go to one shard. */
  static Plan all(List<Plan> plans) {
    return new Several(List.copyOf(plans));
  }

  /** See {@link #all}. */
  record Several(List<Plan> plans) implements Plan {
    @Override
    public TransactionEffect effect() {
      return plans.stream().allMatch(plan -> plan.effect() == TransactionEffect.NONE)
          ? TransactionEffect.NONE
          : TransactionEffect.SEVERAL;
    }

    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      ShardRoute common = ShardRoute.STAY;
      for (Plan plan : plans) {
        ShardRoute route = plan.route(arguments, types, shards);
        if (route instanceof ShardRoute.Unknown) {
          return route;
        }
        if (route instanceof ShardRoute.Refused
            || common instanceof ShardRoute.Stay && !route.equals(ShardRoute.STAY)) {
          common = route;
        } else if (!(route instanceof ShardRoute.Stay) && !route.equals(common)) {
          return unproven("its parts go to different shards");
        }
        if (common instanceof ShardRoute.To to && to.how() != null) {
          return unproven("a statement on several shards must come alone");
        }
        if (common instanceof ShardRoute.Refused) {
          return common;
        }
      }
      return common;
    }
  }

  /**
   * It uses sharded tables, and is right on the one shard that holds all rows that matter.
   *
   * @param uses each place where it does, or each row that it stores
   * @param stores whether it stores or changes rows
   * @param occurrences how often each parameter stands in the text
   * @param nearest to which vector it wants the nearest rows of its only table; null if it does not
   * @param together whether and how it is run on all shards at once
   */
  record Keyed(
      List<TableUse> uses,
      boolean stores,
      Map<Integer, Integer> occurrences,
      @Nullable Nearby nearest,
      Togetherness together)
      implements Plan {
    Keyed(SqlTokens tokens, List<TableUse> uses, boolean stores, Togetherness together) {
      this(List.copyOf(uses), stores, occurrences(tokens), null, together);
    }

    /** The same for the rows nearest to a vector. */
    Keyed near(Nearby vector) {
      return new Keyed(uses, stores, occurrences, vector, together);
    }

    private static Map<Integer, Integer> occurrences(SqlTokens tokens) {
      Map<Integer, Integer> found = new HashMap<>();
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.is(i, TokenKind.PARAMETER) && tokens.slice(i).length() < 7) {
          found.merge(Integer.parseInt(tokens.slice(i).substring(1)) - 1, 1, Integer::sum);
        }
      }
      return Map.copyOf(found);
    }

    @Override
    public boolean needsArguments() {
      if (nearest != null && nearest.bound()) {
        return true;
      }
      return uses.stream().allMatch(TableUse::keyed)
          && uses.stream()
              .flatMap(use -> Arrays.stream(use.key()))
              .map(KeyNode::terms)
              .filter(Objects::nonNull)
              .flatMap(List::stream)
              .anyMatch(KeyTerm::bound);
    }

    @Override
    public ShardRoute anywhere(Shards shards) {
      return new ShardRoute.To(shards.shard(shards.unchosen()));
    }

    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      BitSet all = new BitSet();
      try {
        for (TableUse use : uses) {
          KeyShards keys =
              new KeyShards(use, arguments, types, occurrences, stores, shards.asked());
          BitSet own = use.keyed() ? keys.shards() : nearest == null ? null : keys.nearest(nearest);
          if (own == null) {
            return together(
                "nothing says which rows of \"" + use.alias() + "\" matter",
                arguments,
                types,
                shards.together());
          }
          all.or(own);
        }
      } catch (UnplacedException e) {
        return e.route();
      } catch (PgErrorException e) {
        return new ShardRoute.Refused(e.error());
      } catch (NotProvableException e) {
        return together(e.reason(), arguments, types, shards.together());
      }
      return switch (all.cardinality()) {
        case 0 -> new ShardRoute.To(shards.shard(shards.unchosen()));
        case 1 -> new ShardRoute.To(shards.shard(all.nextSetBit(0)));
        default ->
            together("its rows live on the shards " + all, arguments, types, shards.some(all));
      };
    }

    private ShardRoute together(
        String reason, Arguments arguments, int[] types, UpstreamProvider servers) {
      Together all = together.get();
      if (!all.obstacle().isEmpty()) {
        return unproven(reason + ", and " + all.obstacle());
      }
      return new ShardRoute.To(servers, all.run(arguments, types));
    }
  }
}
