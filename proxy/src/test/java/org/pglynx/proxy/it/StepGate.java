package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a server, and does something at one step of what is said to it: ahead of the
 * statement that has a certain text, or when that is answered, and nobody knows of the answer yet.
 */
final class StepGate implements AutoCloseable {
  private final ServerSocket door;
  private final int server;
  private final AtomicReference<@Nullable Step> armed = new AtomicReference<>();

  private record Step(String text, boolean answered, CompletableFuture<Void> done, Runnable then) {
    void run() {
      then.run();
      done.complete(null);
    }
  }

  /** Before the server of this port. */
  StepGate(int server) {
    this.server = server;
    try {
      this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::admit);
  }

  int port() {
    return door.getLocalPort();
  }

  /**
   * Arms it, once; the connection is lost with the step.
   *
   * @param text of the statement
   * @param answered whether the server shall have answered it
   * @return complete when it is done
   */
  CompletableFuture<Void> at(String text, boolean answered, Runnable then) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    armed.set(new Step(text, answered, done, then));
    return done;
  }

  private void admit() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    AtomicReference<@Nullable Step> onAnswer = new AtomicReference<>();
    try (client;
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server)) {
      Thread back = Thread.ofVirtual().start(() -> answers(behind, client, onAnswer));
      questions(client, behind, onAnswer);
      back.join();
    } catch (IOException e) {
      // One of them is gone, and so the other is let go.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void questions(Socket from, Socket to, AtomicReference<@Nullable Step> onAnswer) {
    try (to) {
      byte[] buffer = new byte[16_384];
      InputStream in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Step step = armed.get();
        if (step != null
            && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains(step.text())
            && armed.compareAndSet(step, null)) {
          if (step.answered()) {
            onAnswer.set(step);
          } else {
            step.run();
            return;
          }
        }
        to.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException e) {
      // As above.
    }
  }

  private static void answers(Socket from, Socket to, AtomicReference<@Nullable Step> onAnswer) {
    try (to) {
      byte[] buffer = new byte[16_384];
      InputStream in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Step then = onAnswer.getAndSet(null);
        if (then != null) {
          then.run();
          return;
        }
        to.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
