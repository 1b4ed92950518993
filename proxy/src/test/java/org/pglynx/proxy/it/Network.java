package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * A network namespace for a proxy, with one line to its clients and one to each server, which run
 * outside of it. A line that is cut loses packets, and tells nobody.
 *
 * <pre>
 *   clients ── line 0 ── [ proxy ] ─┬─ line 1 ── server 0
 *                                   ├─ line 2 ── server 1
 *                                   └─ line 3 ── server 2
 * </pre>
 *
 * Needs root in a network namespace of the caller's own ({@code bench/failover} makes one), so that
 * nothing of it stays on the machine.
 */
final class Network implements AutoCloseable {
  /** All addresses of it. */
  static final String ADDRESSES = "10.77.0.0/16";

  private static final String INSIDE = "proxied";

  private Network() {}

  /** Makes one with lines to so many servers. */
  static Network of(int servers) {
    run("ip", "netns", "add", INSIDE);
    Network network = new Network();
    network.inside("ip", "link", "set", "lo", "up");
    for (int line = 0; line <= servers; line++) {
      network.lay(line);
    }
    return network;
  }

  private void lay(int line) {
    run("ip", "link", "add", near(line), "type", "veth", "peer", "name", far(line));
    run("ip", "link", "set", far(line), "netns", INSIDE);
    run("ip", "addr", "add", address(line, 1) + "/24", "dev", near(line));
    inside("ip", "addr", "add", address(line, 2) + "/24", "dev", far(line));
    run("ip", "link", "set", near(line), "up");
    inside("ip", "link", "set", far(line), "up");
    inside(
        "ip",
        "neigh",
        "replace",
        address(line, 1),
        "lladdr",
        hardware(near(line)),
        "dev",
        far(line),
        "nud",
        "permanent");
  }

  private static String near(int line) {
    return "line" + line;
  }

  private static String far(int line) {
    return "far" + line;
  }

  private static String address(int line, int end) {
    return "10.77." + line + "." + end;
  }

  private static String hardware(String device) {
    try {
      byte[] address =
          Objects.requireNonNull(NetworkInterface.getByName(device)).getHardwareAddress();
      return HexFormat.ofDelimiter(":").formatHex(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What starts a program inside. */
  List<String> launcher() {
    return List.of("ip", "netns", "exec", INSIDE);
  }

  /** Where the proxy's clients find it. */
  String proxy() {
    return address(0, 2);
  }

  /** Where the proxy finds a server, by the server's number. */
  String server(int number) {
    return address(number + 1, 1);
  }

  /** From now on packets to and from the server are lost. */
  void cut(int number) {
    run("ip", "link", "set", near(number + 1), "down");
  }

  /** The line is there again, and what was connected is. */
  void mend(int number) {
    run("ip", "link", "set", near(number + 1), "up");
  }

  /** From now on no more comes from the server than so many kilobits a second. */
  void slow(int number, int kilobits) {
    run(
        "tc",
        "qdisc",
        "add",
        "dev",
        near(number + 1),
        "root",
        "tbf",
        "rate",
        kilobits + "kbit",
        "burst",
        "2kb",
        "latency",
        "2s");
  }

  void fast(int number) {
    run("tc", "qdisc", "del", "dev", near(number + 1), "root");
  }

  @Override
  public void close() {
    run("ip", "netns", "del", INSIDE);
  }

  private void inside(String... command) {
    List<String> all = new ArrayList<>(launcher());
    all.addAll(List.of(command));
    run(all.toArray(String[]::new));
  }

  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
