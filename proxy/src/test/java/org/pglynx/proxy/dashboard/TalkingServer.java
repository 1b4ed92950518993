package org.pglynx.proxy.dashboard;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Lets anybody in with any password, and answers statements as it is told to. */
final class TalkingServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Script script;

  /** Answers one statement; what it throws ends the connection. */
  @FunctionalInterface
  interface Script {
    void answer(Reply reply) throws Exception;
  }

  /** Messages to a client. */
  static final class Reply {
    private final DataOutputStream out;

    private Reply(DataOutputStream out) {
      this.out = out;
    }

    Reply say(char tag, byte... body) throws IOException {
      out.writeByte(tag);
      out.writeInt(body.length + Integer.BYTES);
      out.write(body);
      out.flush();
      return this;
    }

    Reply notice(String text) throws IOException {
      return say('N', ("C00000\0M" + text + "\0\0").getBytes(StandardCharsets.UTF_8));
    }

    void done() throws IOException {
      say('C', "DONE\0".getBytes(StandardCharsets.UTF_8)).say('Z', (byte) 'I');
    }
  }

  TalkingServer(Script script) throws IOException {
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  Socket enter() throws IOException {
    return new Socket(listener.getInetAddress(), listener.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // It is closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      Reply reply = new Reply(new DataOutputStream(client.getOutputStream()));
      in.readNBytes(in.readInt() - Integer.BYTES);
      reply.say('R', (byte) 0, (byte) 0, (byte) 0, (byte) 3);
      for (int tag = in.read(); tag >= 0 && tag != 'X'; tag = in.read()) {
        in.readNBytes(in.readInt() - Integer.BYTES);
        if (tag == 'p') {
          reply.say('R', new byte[4]).say('Z', (byte) 'I');
        } else if (tag == 'S') {
          script.answer(reply);
        }
      }
    } catch (Exception _) {
      // The client has gone, or the script wants the connection lost.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
