package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.RawConnection.terminate;

import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that goes on errands of all kinds until it is told to stop, and holds every reply
 * against what its own request must have.
 */
final class SoakClient implements Runnable {
  /** What tells that a server is lost, or not there. */
  private static final Set<String> LOSS = Set.of("08006", "08001", "57P01", "57P02", "57P03");

  private static final String CANCELLED = "57014";

  /** Nobody knows how far it came. */
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private static final int PATIENCE_MILLIS = 120_000;

  /**
   * What all clients share.
   *
   * @param lossy whether servers may be lost
   */
  record Setting(int port, boolean lossy, BooleanSupplier goesOn, SoakReport report) {}

  private final int number;
  private final String database;
  private final Setting setting;
  private final Random random;
  private final SoakTalk talk;
  private @Nullable RawConnection connection;
  private boolean cancelledBefore;
  private final List<Thread> cancels = new ArrayList<>();

  SoakClient(int number, String database, Setting setting, long seed) {
    this.number = number;
    this.database = database;
    this.setting = setting;
    this.random = new Random(seed + number);
    this.talk = new SoakTalk(number, random, setting.report());
  }

  @Override
  public void run() {
    while (setting.goesOn().getAsBoolean()) {
      String errand = "login";
      try {
        RawConnection open = connected();
        if (open != null) {
          SoakVisit visit = talk.next();
          errand = visit.name();
          play(open, visit);
          setting.report().visited(errand);
        }
      } catch (ReplyCheck.WrongReply e) {
        failed(errand, String.valueOf(e.getMessage()));
      } catch (UncheckedIOException e) {
        broken(errand, e);
      } catch (RuntimeException e) {
        failed(errand, e.toString());
      }
      Eventually.pause(random.nextInt(150));
    }
    leave(0);
    cancels.forEach(SoakClient::join);
  }

  private void failed(String errand, String why) {
    setting.report().wrong("client " + number + " in " + database + ", " + errand + ": " + why);
    leave(0);
    talk.lost(UNKNOWN);
  }

  /** A server that is lost amid a row ends the session; sending into its end breaks the pipe. */
  private void broken(String errand, UncheckedIOException e) {
    if (e.getCause() instanceof SocketTimeoutException || !setting.lossy()) {
      failed(errand, String.valueOf(e.getCause()));
    } else {
      setting.report().excused("broken");
      leave(0);
      talk.lost(UNKNOWN);
    }
  }

  // ---- the connection ------------------------------------------------------------------------

  private @Nullable RawConnection connected() {
    RawConnection open = connection;
    if (open != null) {
      return open;
    }
    RawConnection fresh = RawConnection.open(setting.port()).patience(PATIENCE_MILLIS);
    fresh.loggedIn(
        random.nextBoolean() ? 3 << 16 : (3 << 16) + 2,
        Map.of(
            "user", "postgres", "database", database, "application_name", talk.firstApplication()));
    if (!fresh.refusal().isEmpty()) {
      fresh.close();
      if (!setting.lossy() || !LOSS.contains(fresh.refusal())) {
        throw new ReplyCheck.WrongReply("the login is refused with " + fresh.refusal());
      }
      setting.report().excused("login " + fresh.refusal());
      Eventually.pause(200);
      return null;
    }
    setting.report().connected();
    talk.connected();
    cancelledBefore = false;
    connection = fresh;
    return fresh;
  }

  /** Goes in one of the ways of going. */
  private void leave(int way) {
    RawConnection open = connection;
    connection = null;
    if (open == null) {
      return;
    }
    try {
      switch (way) {
        case 0 -> open.send(terminate());
        case 1 -> open.reset();
        case 2 -> open.endOfSending();
        default -> {}
      }
      open.close();
    } catch (UncheckedIOException _) {
      // It has ended already.
    }
  }

  // ---- an errand -----------------------------------------------------------------------------

  private void play(RawConnection open, SoakVisit visit) {
    List<SoakVisit.Step> steps = visit.steps();
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      open.send(steps.get(i).request());
      if (last && visit.manner() == SoakVisit.Manner.LEAVES_AMID) {
        if (random.nextInt(4) == 0) {
          // It may come behind the client's end, and then hits nobody.
          cancels.add(Thread.startVirtualThread(() -> cancel(open)));
        }
        Eventually.pause(random.nextInt(60));
        leave(random.nextInt(4));
        talk.left();
        return;
      }
      String excuse = answered(open, visit, steps.get(i), last);
      setting.report().step();
      if (!excuse.isEmpty()) {
        lost(open, i, excuse);
        return;
      }
    }
    talk.done();
    if (visit.manner() == SoakVisit.Manner.LEAVES) {
      leave(random.nextInt(4));
      talk.left();
    }
  }

  private String answered(RawConnection open, SoakVisit visit, SoakVisit.Step step, boolean last) {
    boolean cancels = last && visit.manner() == SoakVisit.Manner.CANCELS;
    Thread request = cancels ? Thread.startVirtualThread(() -> cancel(open)) : null;
    // Postgres too may hear a request late, and cancel this client's next statement.
    Set<String> excuses = excuses(cancels || cancelledBefore);
    long pause = visit.manner() == SoakVisit.Manner.SLOW ? 2 : 0;
    String excuse = SoakVisit.read(step, open, talk::asynchronous, excuses, pause);
    cancelledBefore = cancels;
    if (request != null) {
      join(request);
    }
    return excuse;
  }

  private Set<String> excuses(boolean cancelled) {
    Set<String> excuses = new HashSet<>(setting.lossy() ? LOSS : Set.of());
    if (cancelled) {
      excuses.add(CANCELLED);
    }
    return excuses;
  }

  private void cancel(RawConnection open) {
    try {
      Eventually.pause(random.nextInt(120));
      RawConnection.cancel(setting.port(), open.pid(), open.key());
    } catch (UncheckedIOException _) {
      // Not heard, then.
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lost(RawConnection open, int step, String excuse) {
    setting.report().excused(excuse);
    talk.lost(step);
    if (excuse.endsWith("EOF")) {
      leave(3);
      return;
    }
    SoakVisit.Step rollback =
        SoakVisit.Step.of(
            RawConnection.join(sync(), query("ROLLBACK")), "Z:~", "C:ROLLBACK", "Z:I");
    String again = excuse;
    while (!again.isEmpty() && !again.endsWith("EOF")) {
      Eventually.pause(50 + random.nextInt(200));
      Set<String> excuses = excuses(true);
      excuses.add("25P01");
      open.send(rollback.request());
      again = SoakVisit.read(rollback, open, talk::asynchronous, excuses, 0);
    }
    if (!again.isEmpty()) {
      leave(3);
    }
  }
}
