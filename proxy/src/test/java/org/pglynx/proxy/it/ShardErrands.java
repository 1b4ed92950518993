package org.pglynx.proxy.it;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Manner;

/** What a client asks of several shards, and how impatient it is. */
final class ShardErrands implements SoakErrands {
  private final int number;
  private final Random random;
  private final List<Supplier<SoakErrand>> errands;
  private SoakErrand present = SoakErrand.of(SoakVisit.plain("nothing"));
  private int count;

  ShardErrands(int number, Random random, SoakReport report) {
    this.number = number;
    this.random = random;
    ShardReads reads = new ShardReads(random, this::tag);
    ShardWrites writes = new ShardWrites(random, this::tag, report, reads);
    this.errands =
        List.of(
            reads::one,
            reads::ordered,
            reads::folded,
            reads::grouped,
            reads::unordered,
            reads::large,
            reads::collected,
            reads::failing,
            reads::copied,
            reads::pipeline,
            reads::cursor,
            reads::portal,
            writes::transfer,
            writes::transfer,
            writes::rows,
            writes::everywhere,
            writes::reference,
            writes::moves,
            writes::batch,
            writes::copy,
            writes::savepoints,
            writes::kills,
            writes::timeouts);
  }

  private String tag() {
    count++;
    return "c" + number + "n" + count + "x";
  }

  @Override
  public SoakVisit next() {
    SoakErrand next = errands.get(random.nextInt(errands.size())).get();
    next = random.nextInt(4) == 0 ? next.atOnce() : next;
    present =
        switch (random.nextInt(20)) {
          case 0, 1 -> next.with(Manner.CANCELS);
          case 2 -> next.with(Manner.LEAVES);
          case 3, 4 -> next.with(Manner.LEAVES_AMID);
          case 5, 6 -> next.with(Manner.LEAVES_READING);
          case 7 -> next.with(Manner.LEAVES_SENDING);
          case 8, 9 -> next.with(Manner.STALLS);
          case 10 -> next.with(Manner.BYTES);
          default -> next;
        };
    return present.visit();
  }

  @Override
  public String firstApplication() {
    return "c" + number + "x";
  }

  @Override
  public void connected() {
    // Nothing of what it asks is of the session.
  }

  @Override
  public void done() {
    present.done().run();
  }

  @Override
  public void lost(int step) {
    present.lost().accept(step);
  }

  @Override
  public void left() {
    lost(SoakErrand.UNKNOWN);
  }

  @Override
  public boolean asynchronous(RawConnection.Message message) {
    return message.tag() == 'S' || message.tag() == 'N';
  }
}
