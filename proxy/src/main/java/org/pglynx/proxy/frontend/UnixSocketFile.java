package org.pglynx.proxy.frontend;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * The file of a listening Unix socket. One that a killed process has left behind is removed before
 * a new one is made, but only if it is a socket and nobody listens on it.
 */
final class UnixSocketFile {
  /** sockaddr_un.sun_path, with the zero at its end, on Linux. */
  private static final int MAX_PATH = 107;

  private static final int TYPE_MASK = 0170000;
  private static final int SOCKET_TYPE = 0140000;

  private UnixSocketFile() {}

  /**
   * Makes room for a socket.
   *
   * @throws IOException if there is none: the path is too long, or somebody listens there
   */
  static void makeRoom(Path path) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          "the path " + path + " has " + length + " bytes, and a socket's has at most " + MAX_PATH);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket(path)) {
      throw new IOException(path + " is there already, and is no socket");
    }
    if (isListenedOn(path)) {
      throw new IOException(path + " is in use: another process listens on it");
    }
    Files.delete(path);
  }

  private static boolean isSocket(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & TYPE_MASK) == SOCKET_TYPE;
  }

  private static boolean isListenedOn(Path path) {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException refused) {
      return false;
    }
  }

  /** Sets the permissions of a socket that has just been bound. */
  static void open(Path path, int mode) throws IOException {
    Files.setPosixFilePermissions(path, permissions(mode));
  }

  /** The bits of chmod, from the owner's read (0400) down to the others' execute (0001). */
  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode & 0400 >> i) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }
}
