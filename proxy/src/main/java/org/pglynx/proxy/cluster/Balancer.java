package org.pglynx.proxy.cluster;

import java.util.concurrent.ThreadLocalRandom;
import org.pglynx.proxy.config.BalancingMode;

/**
 * Chooses one of several servers that would do, on one event loop. Each loop balances what it hands
 * out itself: if each does so evenly, so do all together, and none has to look at another's counts.
 * Allocates nothing.
 */
sealed interface Balancer {
  /** What is known of the servers on the loop, by index. */
  interface Load {
    /** Whether the server may be chosen this time. */
    boolean fits(int host);

    /** Sessions that use the server or wait for it. */
    int outstanding(int host);

    /** How long a session may be expected to use it, in nanoseconds; 0 if unknown. */
    double responseNanos(int host);

    /** How often it is to be chosen, measured by the others. */
    int weight(int host);
  }

  /** One of the candidates that fits, or {@link View#NONE}. */
  int pick(int[] candidates, Load load);

  /** The balancer of the name, for so many servers. */
  static Balancer of(BalancingMode mode, int hosts) {
    return switch (mode) {
      case RANDOM -> new Random();
      case ROUND_ROBIN -> new RoundRobin();
      case LEAST_OUTSTANDING -> new LeastOutstanding();
      case WEIGHTED -> new Weighted(hosts);
      case PEAK_EWMA -> new Quickest();
    };
  }

  /** How many of the candidates fit. */
  private static int fitting(int[] candidates, Load load) {
    int count = 0;
    for (int host : candidates) {
      count += load.fits(host) ? 1 : 0;
    }
    return count;
  }

  /** The candidate that fits and has so many fitting ones before it. */
  private static int nth(int[] candidates, Load load, int before) {
    int left = before;
    for (int host : candidates) {
      if (load.fits(host) && left-- == 0) {
        return host;
      }
    }
    return View.NONE;
  }

  /** Where the candidates behind the one chosen last begin, so that equals are chosen in turn. */
  private static int after(int last, int[] candidates) {
    for (int i = 0; i < candidates.length; i++) {
      if (candidates[i] == last) {
        return i + 1;
      }
    }
    return 0;
  }

  /** Each with the same chance. */
  record Random() implements Balancer {
    @Override
    public int pick(int[] candidates, Load load) {
      int count = fitting(candidates, load);
      return count == 0
          ? View.NONE
          : nth(candidates, load, ThreadLocalRandom.current().nextInt(count));
    }
  }

  /** In turn. */
  final class RoundRobin implements Balancer {
    private int turn = ThreadLocalRandom.current().nextInt(1 << 16);

    @Override
    public int pick(int[] candidates, Load load) {
      int count = fitting(candidates, load);
      return count == 0
          ? View.NONE
          : nth(candidates, load, Integer.remainderUnsigned(turn++, count));
    }
  }

  /** The fewest sessions; of equals each in turn, as there are many of them when little happens. */
  final class LeastOutstanding implements Balancer {
    private int last = View.NONE;

    @Override
    public int pick(int[] candidates, Load load) {
      int best = View.NONE;
      int fewest = Integer.MAX_VALUE;
      int from = after(last, candidates);
      for (int i = 0; i < candidates.length; i++) {
        int host = candidates[(from + i) % candidates.length];
        int sessions = load.fits(host) ? load.outstanding(host) : Integer.MAX_VALUE;
        if (sessions < fewest) {
          best = host;
          fewest = sessions;
        }
      }
      last = best;
      return best;
    }
  }

  /** Smooth weighted round robin (nginx): no server is chosen twice in a row without need. */
  final class Weighted implements Balancer {
    private final int[] credit;

    Weighted(int hosts) {
      credit = new int[hosts];
    }

    @Override
    public int pick(int[] candidates, Load load) {
      int best = View.NONE;
      int total = 0;
      for (int host : candidates) {
        if (load.fits(host)) {
          credit[host] += load.weight(host);
          total += load.weight(host);
          if (best == View.NONE || credit[host] > credit[best]) {
            best = host;
          }
        }
      }
      if (best != View.NONE) {
        credit[best] -= total;
      }
      return best;
    }
  }

  /** The lowest product of response time and sessions at it, the next one among them. */
  final class Quickest implements Balancer {
    private int last = View.NONE;

    @Override
    public int pick(int[] candidates, Load load) {
      int best = View.NONE;
      double least = Double.POSITIVE_INFINITY;
      int from = after(last, candidates);
      for (int i = 0; i < candidates.length; i++) {
        int host = candidates[(from + i) % candidates.length];
        double cost = load.fits(host) ? cost(host, load) : Double.POSITIVE_INFINITY;
        if (cost < least) {
          best = host;
          least = cost;
        }
      }
      last = best;
      return best;
    }

    /** Of a server that nobody knows, one session may find out; the others need not wait for it. */
    private static double cost(int host, Load load) {
      double expected = load.responseNanos(host);
      int sessions = load.outstanding(host);
      return expected == 0 ? sessions * 1e12 : expected * (sessions + 1);
    }
  }
}
