package org.pglynx.proxy.dashboard;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session with the proxy, as any client's: logs in and asks. Used by one thread at a time; {@link
 * #cancelKey} may be used by others.
 */
final class SqlClient implements Closeable {
  private static final int PROTOCOL_3_0 = 196_608;
  private static final int CANCEL_REQUEST = 80_877_102;

  /** Said of an answer that has not come in time. */
  static final String TOO_LONG = "the answer takes too long for a page";

  /** What one answer may take in memory; it is shown to a person. */
  private static final long MOST_BYTES = 16L << 20;

  /**
   * What a cancel request has to say.
   *
   * @param pid of the session
   * @param secret of the session
   */
  record CancelKey(int pid, byte[] secret) {}

  private final Socket socket;
  private final Frames frames;
  private final Consumer<Fault> notices;
  private CancelKey key = new CancelKey(0, new byte[0]);

  private SqlClient(Socket socket, Consumer<Fault> notices) throws IOException {
    this.socket = socket;
    this.frames = new Frames(socket);
    this.notices = notices;
  }

  /**
   * Logs in; closes the socket if that fails.
   *
   * @param loginMillis how long each step of the login may take; 0 is without end
   * @param millis how long each answer may take then; 0 is without end
   * @param proof makes the password's proof
   * @param notices is told what the proxy and the server tell beside results
   */
  static SqlClient login(
      Socket socket,
      int loginMillis,
      int millis,
      Credentials credentials,
      LoginProof proof,
      Consumer<Fault> notices)
      throws IOException, FaultException {
    boolean done = false;
    try {
      SqlClient client = new SqlClient(socket, notices);
      client.frames.patience(loginMillis);
      client.login(credentials, proof);
      client.frames.patience(millis);
      done = true;
      return client;
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  /**
   * Asks the proxy to cancel what a session does, and returns when it has taken note.
   *
   * @param millis how long that may take
   */
  static void cancel(Socket socket, int millis, CancelKey key) throws IOException {
    try (socket) {
      socket.setSoTimeout(millis);
      Frames frames = new Frames(socket);
      frames
          .add(
              0,
              body -> {
                body.writeInt(CANCEL_REQUEST);
                body.writeInt(key.pid());
                body.write(key.secret());
              })
          .send();
      int end = socket.getInputStream().read();
      if (end >= 0) {
        throw new IOException("a cancel request was answered");
      }
    }
  }

  private void login(Credentials who, LoginProof proof) throws IOException, FaultException {
    Map<String, String> startup =
        Map.of(
            "user", who.user(),
            "database", who.database(),
            "client_encoding", "UTF8",
            "DateStyle", "ISO",
            "application_name", "pglynx dashboard");
    frames
        .add(
            0,
            body -> {
              body.writeInt(PROTOCOL_3_0);
              for (Map.Entry<String, String> each : startup.entrySet()) {
                Frames.string(body, each.getKey());
                Frames.string(body, each.getValue());
              }
              body.writeByte(0);
            })
        .send();
    LoginProof.Exchange exchange = proof.exchange(who, frames);
    Answer answer = new Answer(0);
    for (Frames.Frame frame = frames.next(); frame.tag() != 'Z'; frame = frames.next()) {
      switch (frame.tag()) {
        case 'R' -> exchange.on(frame);
        case 'K' -> key = key(frame.body());
        case 'E' -> throw fault(frame).toException();
        default -> answer.on(frame);
      }
    }
  }

  private static CancelKey key(ByteBuffer body) {
    int pid = body.getInt();
    byte[] secret = new byte[body.remaining()];
    body.get(secret);
    return new CancelKey(pid, secret);
  }

  CancelKey cancelKey() {
    return key;
  }

  /** Sends a text as it is, of one statement; the way that the console is asked. */
  Table say(String sql) throws IOException, FaultException {
    frames.add('Q', body -> Frames.string(body, sql)).send();
    return answer(0);
  }

  /**
   * Begins a {@code COPY … FROM STDIN}; nothing else is asked until it has ended.
   *
   * @throws FaultException if the server does not want it
   */
  CopyIn copy(String sql) throws IOException, FaultException {
    frames.add('Q', body -> Frames.string(body, sql)).send();
    return CopyIn.begun(frames);
  }

  /** All rows of a statement with parameters {@code $1}, {@code $2}, …. */
  Table ask(String sql, @Nullable String... values) throws IOException, FaultException {
    return ask(0, sql, values);
  }

  /** The first rows of a statement with parameters; 0 is all. */
  Table ask(int rows, String sql, @Nullable String... values) throws IOException, FaultException {
    frames.add(
        'P',
        body -> {
          Frames.string(body, "");
          Frames.string(body, sql);
          body.writeShort(0);
        });
    frames.add(
        'B',
        body -> {
          Frames.string(body, "");
          Frames.string(body, "");
          body.writeShort(0);
          body.writeShort(values.length);
          for (@Nullable String value : values) {
            if (value == null) {
              body.writeInt(-1);
            } else {
              byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
              body.writeInt(bytes.length);
              body.write(bytes);
            }
          }
          body.writeShort(0);
        });
    frames.add(
        'D',
        body -> {
          body.writeByte('P');
          Frames.string(body, "");
        });
    frames.add(
        'E',
        body -> {
          Frames.string(body, "");
          body.writeInt(rows);
        });
    frames.add('S', body -> {}).send();
    return answer(rows);
  }

  private Table answer(int rows) throws IOException, FaultException {
    Answer answer = new Answer(rows);
    try {
      for (Frames.Frame frame = frames.next(); frame.tag() != 'Z'; frame = frames.next()) {
        if (frame.tag() == 'G' || frame.tag() == 'W' || frame.tag() == 'H') {
          throw Fault.of("0A000", "COPY between client and server is not served here")
              .toException();
        }
        answer.on(frame);
      }
    } catch (SocketTimeoutException _) {
      throw Fault.of("57014", TOO_LONG).withHint("Ask with psql, which waits.").toException();
    }
    Fault failure = answer.failure;
    if (failure != null) {
      throw failure.toException();
    }
    return answer.table();
  }

  static Fault fault(Frames.Frame frame) {
    String state = "XX000";
    String message = "";
    String detail = null;
    String hint = null;
    int position = 0;
    String where = null;
    for (char field = (char) frame.body().get(); field != 0; field = (char) frame.body().get()) {
      String value = frame.string();
      switch (field) {
        case 'C' -> state = value;
        case 'M' -> message = value;
        case 'D' -> detail = value;
        case 'H' -> hint = value;
        case 'W' -> where = value;
        case 'P' -> position = Integer.parseInt(value);
        default -> {
          // Fields for programmers of the server.
        }
      }
    }
    return new Fault(state, message, detail, hint, position, where);
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      frames.add('X', body -> {}).send();
    }
  }

  /** Gathers an answer; errors end it only at ReadyForQuery. */
  private final class Answer {
    private final int limit;
    private List<Table.Field> columns = List.of();
    private final List<List<@Nullable String>> rows = new ArrayList<>();
    private String tag = "";
    private boolean more;
    private long bytes;
    private @Nullable Fault failure;

    Answer(int limit) {
      this.limit = limit;
    }

    void on(Frames.Frame frame) {
      switch (frame.tag()) {
        case 'T' -> columns = fields(frame);
        case 'D' -> row(frame);
        case 'C' -> tag = frame.string();
        case 's' -> more = true;
        case 'E' -> failure = fault(frame);
        case 'N' -> notices.accept(fault(frame));
        default -> {
          // What is done step by step, and parameters.
        }
      }
    }

    private List<Table.Field> fields(Frames.Frame frame) {
      List<Table.Field> fields = new ArrayList<>();
      for (int i = frame.body().getShort(); i > 0; i--) {
        String name = frame.string();
        frame.body().position(frame.body().position() + 6);
        fields.add(new Table.Field(name, frame.body().getInt()));
        frame.body().position(frame.body().position() + 8);
      }
      return fields;
    }

    private void row(Frames.Frame frame) {
      bytes += frame.body().capacity();
      if (bytes > MOST_BYTES) {
        failure = Fault.of("54000", "the result has more than 16 MB").withHint("Ask for less.");
        rows.clear();
        return;
      }
      List<@Nullable String> row = new ArrayList<>();
      for (int i = frame.body().getShort(); i > 0; i--) {
        int length = frame.body().getInt();
        if (length < 0) {
          row.add(null);
        } else {
          int at = frame.body().position();
          row.add(frame.text(at, length));
          frame.body().position(at + length);
        }
      }
      rows.add(row);
    }

    Table table() {
      return new Table(columns, rows, tag, more || limit > 0 && rows.size() > limit);
    }
  }
}
