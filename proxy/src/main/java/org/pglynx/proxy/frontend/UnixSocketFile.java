package org.pglynx.proxy.frontend;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a listening Unix socket. One that a killed process has left behind is removed before
 * a new one is made, but only if it is a socket and nobody listens on it. A process that takes over
 * from another binds beside the path and renames then: at no time does nobody listen there.
 */
final class UnixSocketFile {
  /** sockaddr_un.sun_path, with the zero at its end, on Linux. */
  private static final int MAX_PATH = 107;

  private static final int TYPE_MASK = 0170000;
  private static final int SOCKET_TYPE = 0140000;

  private final Path path;
  private final Path bound;
  private @Nullable Object key;

  private UnixSocketFile(Path path, Path bound) {
    this.path = path;
    this.bound = bound;
  }

  /**
   * Makes room for a socket.
   *
   * @param takesOver whether somebody may listen there
   * @throws IOException if there is none: the path is too long, or somebody listens there
   */
  static UnixSocketFile at(Path path, boolean takesOver) throws IOException {
    if (!takesOver) {
      makeRoom(path);
      return new UnixSocketFile(path, path);
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path)) {
      throw noSocket(path);
    }
    Path beside = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
    makeRoom(beside);
    return new UnixSocketFile(path, beside);
  }

  /** What the socket is bound to. */
  Path bound() {
    return bound;
  }

  /** Opens it to clients, with this group and these permissions, when it has been bound. */
  void open(int mode, String group) throws IOException {
    if (!group.isEmpty()) {
      give(group);
    }
    Files.setPosixFilePermissions(bound, permissions(mode));
    key = keyOf(bound);
    if (!bound.equals(path)) {
      Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void give(String group) throws IOException {
    try {
      PosixFileAttributeView view =
          Files.getFileAttributeView(
              bound, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      view.setGroup(
          bound.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
    } catch (UserPrincipalNotFoundException _) {
      throw new IOException("unix_socket_group: there is no group \"" + group + '"');
    } catch (FileSystemException e) {
      throw new IOException(
          "unix_socket_group: " + bound + " cannot be given to \"" + group + "\": " + e.getReason(),
          e);
    }
  }

  /** Netty removes what it has bound, with epoll and NIO; what is another's by now stays. */
  void remove() throws IOException {
    Object own = key;
    if (own != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && own.equals(keyOf(path))) {
      Files.deleteIfExists(path);
    }
  }

  private static @Nullable Object keyOf(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static IOException noSocket(Path path) {
    return new IOException(path + " is there already, and is no socket");
  }

  private static void makeRoom(Path path) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          "the path " + path + " has " + length + " bytes, and a socket's has at most " + MAX_PATH);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket(path)) {
      throw noSocket(path);
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
