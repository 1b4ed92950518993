package org.pglynx.proxy.dashboard;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Lets anybody in with any password, and takes a file; it notes all that it is told. */
final class CopyingServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

  /** Tags of messages and texts of statements, until the client has gone. */
  private final CompletableFuture<String> told = new CompletableFuture<>();

  CopyingServer() throws IOException {
    Thread.ofVirtual().start(this::serve);
  }

  Socket enter() throws IOException {
    return new Socket(listener.getInetAddress(), listener.getLocalPort());
  }

  CompletableFuture<String> told() {
    return told;
  }

  private void serve() {
    StringBuilder heard = new StringBuilder();
    try (Socket client = listener.accept()) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      in.readNBytes(in.readInt() - Integer.BYTES);
      say(out, 'R', new byte[] {0, 0, 0, 3});
      for (char tag = ' '; tag != 'X'; ) {
        tag = (char) in.readUnsignedByte();
        byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
        answer(out, tag, new String(body, StandardCharsets.UTF_8), heard);
      }
      told.complete(heard.toString());
    } catch (IOException e) {
      told.completeExceptionally(e);
    }
  }

  private static void answer(DataOutputStream out, char tag, String text, StringBuilder heard)
      throws IOException {
    heard.append(tag);
    switch (tag) {
      case 'p' -> {
        say(out, 'R', new byte[4]);
        ready(out);
      }
      case 'Q' -> {
        heard.append(text, 0, 4).append(' ');
        if (text.startsWith("COPY")) {
          say(out, 'G', new byte[3]);
        } else {
          say(out, 'C', "DONE\0".getBytes(StandardCharsets.UTF_8));
          ready(out);
        }
      }
      case 'f' -> {
        say(out, 'E', "C57014\0Mas it was told\0\0".getBytes(StandardCharsets.UTF_8));
        ready(out);
      }
      default -> {
        // Rows, and the end.
      }
    }
  }

  private static void ready(DataOutputStream out) throws IOException {
    say(out, 'Z', new byte[] {'T'});
  }

  private static void say(DataOutputStream out, char tag, byte[] body) throws IOException {
    out.writeByte(tag);
    out.writeInt(body.length + Integer.BYTES);
    out.write(body);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
