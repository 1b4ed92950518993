package org.pglynx.proxy.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;

/** A client on a Unix socket. */
final class LocalConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final DataInputStream in;

  LocalConnection(Path directory, int port) {
    try {
      channel =
          SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL." + port)));
      in = new DataInputStream(Channels.newInputStream(channel));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Logs in as postgres; the tags of the messages up to ReadyForQuery or an error. */
  String login(String database) {
    try {
      channel.write(
          ByteBuffer.wrap(
              RawConnection.startup(3 << 16, Map.of("user", "postgres", "database", database))));
      StringBuilder tags = new StringBuilder();
      while (tags.indexOf("Z") < 0 && tags.indexOf("E") < 0) {
        tags.append((char) in.readByte());
        in.skipNBytes(in.readInt() - 4L);
      }
      return tags.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
