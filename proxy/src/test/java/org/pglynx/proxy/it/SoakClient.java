package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.RawConnection.terminate;

import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
   * Where clients come in.
   *
   * @param port of the proxy
   * @param opening how they connect, without a word of login yet
   */
  record Door(int port, Supplier<RawConnection> opening) {
    /** Without TLS. */
    static Door plain(int port) {
      return new Door(port, () -> RawConnection.open(port));
    }
  }

  /**
   * What all clients share.
   *
   * @param lossy whether servers may be lost
   * @param full whether a login may find no server that is free
   */
  record Setting(
      Door door,
      boolean lossy,
      BooleanSupplier goesOn,
      SoakReport report,
      Errands errands,
      boolean full) {}

  /** What each client asks. */
  interface Errands {
    /** A client's. */
    SoakErrands of(int number, Random random, SoakReport report);
  }

  private final int number;
  private final String database;
  private final Setting setting;
  private final Random random;
  private final SoakErrands talk;
  private @Nullable RawConnection connection;
  private boolean cancelledBefore;
  private volatile String doing = "";
  private final List<Thread> cancels = new ArrayList<>();

  SoakClient(int number, String database, Setting setting, long seed) {
    this.number = number;
    this.database = database;
    this.setting = setting;
    this.random = new Random(seed + number);
    this.talk = setting.errands().of(number, random, setting.report());
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

  /** What it is at. */
  @Override
  public String toString() {
    return "client " + number + " in " + database + ": " + doing;
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
    RawConnection fresh = setting.door().opening().get().patience(PATIENCE_MILLIS);
    fresh.loggedIn(
        random.nextBoolean() ? 3 << 16 : (3 << 16) + 2,
        Map.of(
            "user", "postgres", "database", database, "application_name", talk.firstApplication()));
    if (!fresh.refusal().isEmpty()) {
      fresh.close();
      boolean shortage = setting.full() && fresh.refusal().equals("53000");
      if (!shortage && (!setting.lossy() || !LOSS.contains(fresh.refusal()))) {
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
        case 4 -> {
          open.endOfSending();
          while (open.next().tag() != '\0') {
            // It wants what it has asked for, and then the end.
          }
        }
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
      doing = visit.name() + ' ' + visit.manner() + ", " + steps.get(i).text();
      sends(open, steps.get(i).request(), last ? visit.manner() : SoakVisit.Manner.PLAIN);
      if (last && leavesAmid(open, visit.manner())) {
        talk.left();
        return;
      }
      String excuse = answered(open, visit, steps.get(i), last);
      setting.report().step();
      if (!excuse.isEmpty()) {
        lost(open, i, excuse, visit.excuses());
        return;
      }
    }
    talk.done();
    if (visit.manner() == SoakVisit.Manner.LEAVES) {
      leave(random.nextInt(5));
      talk.left();
    }
  }

  private void sends(RawConnection open, byte[] request, SoakVisit.Manner manner) {
    switch (manner) {
      case BYTES -> {
        for (int i = 0; i < request.length; i++) {
          open.send(Arrays.copyOfRange(request, i, i + 1));
        }
      }
      case LEAVES_SENDING -> open.send(Arrays.copyOf(request, random.nextInt(request.length)));
      default -> open.send(request);
    }
  }

  private boolean leavesAmid(RawConnection open, SoakVisit.Manner manner) {
    switch (manner) {
      case LEAVES_AMID, LEAVES_SENDING -> {
        if (random.nextInt(4) == 0) {
          // It may come behind the client's end, and then hits nobody.
          cancels.add(Thread.startVirtualThread(() -> cancel(open)));
        }
        Eventually.pause(random.nextInt(60));
      }
      case LEAVES_READING -> {
        char tag = 'x';
        for (int i = random.nextInt(300); i > 0 && tag != 'Z' && tag != '\0'; i--) {
          tag = open.next().tag();
        }
      }
      default -> {
        return false;
      }
    }
    leave(random.nextInt(5));
    return true;
  }

  private String answered(RawConnection open, SoakVisit visit, SoakVisit.Step step, boolean last) {
    boolean cancels = last && visit.manner() == SoakVisit.Manner.CANCELS;
    Thread request = cancels ? Thread.startVirtualThread(() -> cancel(open)) : null;
    // Postgres too may hear a request late, and cancel this client's next statement.
    Set<String> excuses = excuses(cancels || cancelledBefore);
    excuses.addAll(visit.excuses());
    long pause = visit.manner() == SoakVisit.Manner.SLOW ? 2 : 0;
    if (last && visit.manner() == SoakVisit.Manner.STALLS) {
      Eventually.pause(100 + random.nextInt(400));
    }
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
    Eventually.pause(random.nextInt(120));
    try (RawConnection request = setting.door().opening().get()) {
      request.cancels(open.pid(), open.key());
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

  private void lost(RawConnection open, int step, String excuse, Set<String> visitExcuses) {
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
      excuses.addAll(visitExcuses);
      excuses.add("25P01");
      open.send(rollback.request());
      again = SoakVisit.read(rollback, open, talk::asynchronous, excuses, 0);
    }
    if (!again.isEmpty()) {
      leave(3);
    }
  }
}
