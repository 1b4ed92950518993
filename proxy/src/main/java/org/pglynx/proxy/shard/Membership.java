package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pglynx.proxy.commit.Participant;
import org.pglynx.proxy.relay.Upstream;

/**
 * Who is in a {@link ScatterGather}, and who of them gets what comes next.
 *
 * <pre>
 *   a part for each shard ─ serves() ─► attached ─ joins() ─► in ─ aim() ─► active
 * </pre>
 */
final class Membership {
  private final List<ShardPart> parts;
  private List<ShardPart> active = List.of();

  Membership(ScatterGather whole, int shards) {
    this.parts = IntStream.range(0, shards).mapToObj(i -> new ShardPart(whole, i)).toList();
  }

  /** One for each shard, in order, whether it is in it or not. */
  List<ShardPart> parts() {
    return parts;
  }

  /** Those of the shards. */
  List<ShardPart> parts(BitSet numbers) {
    return numbers.stream().mapToObj(parts::get).toList();
  }

  /** Those that have a server, whether it takes part already or not. */
  List<ShardPart> attached() {
    return parts.stream().filter(ShardPart::attached).toList();
  }

  /** Those that take part. */
  List<ShardPart> in() {
    // Asked for with each read and each flush.
    List<ShardPart> in = new ArrayList<>(parts.size());
    for (ShardPart part : parts) {
      if (part.in()) {
        in.add(part);
      }
    }
    return in;
  }

  /** Whether all active ones are so. */
  boolean activeAre(Predicate<ShardPart> so) {
    return are(active, so);
  }

  /** Whether all that take part are so. */
  boolean inAre(Predicate<ShardPart> so) {
    return are(in(), so);
  }

  private static boolean are(List<ShardPart> parts, Predicate<ShardPart> so) {
    for (ShardPart part : parts) {
      if (!so.test(part)) {
        return false;
      }
    }
    return true;
  }

  /** Those that what comes next goes to. */
  List<ShardPart> active() {
    return active;
  }

  /** The shards that are in it. */
  BitSet numbers() {
    BitSet numbers = new BitSet();
    in().forEach(part -> numbers.set(part.index()));
    return numbers;
  }

  /** The shards that what comes next goes to. */
  BitSet aimed() {
    BitSet numbers = new BitSet();
    active.forEach(part -> numbers.set(part.index()));
    return numbers;
  }

  /** What has a part of the transaction that is open. */
  List<Participant> participants() {
    return in().stream().map(part -> new Participant(part.index(), part.server())).toList();
  }

  /**
   * What comes next goes to these; all that have come take part from now on.
   *
   * @return whether they are others than before
   */
  boolean aim(List<ShardPart> at) {
    attached().forEach(ShardPart::joins);
    boolean others = !active.equals(at);
    active = at;
    return others;
  }

  /** One that takes part: an active one if there is any. */
  ShardPart one() {
    return active.isEmpty() ? in().getFirst() : active.getFirst();
  }

  /** They have been given a BEGIN ahead of what comes next. */
  void begun(List<ShardPart> joined) {
    joined.forEach(part -> part.status((byte) 'T'));
    for (ShardPart part : in()) {
      if (part.status() == 'I') {
        part.status((byte) 'T');
      }
    }
  }

  // ---- their servers -------------------------------------------------------------------------

  /** The first active one. */
  Upstream first() {
    return active.getFirst().server();
  }

  /** Of each that is active. */
  void each(Consumer<Upstream> what) {
    active.forEach(part -> what.accept(part.server()));
  }

  /** Of each that takes part. */
  void all(Consumer<Upstream> what) {
    in().forEach(part -> what.accept(part.server()));
  }

  /** Those of the active ones that are left: connections may go with the end of a transaction. */
  Stream<ShardPart> left() {
    return active.stream().filter(ShardPart::attached);
  }

  <T> T ofFirst(Function<Upstream, T> fact, T otherwise) {
    return left().findFirst().map(part -> fact.apply(part.server())).orElse(otherwise);
  }
}
