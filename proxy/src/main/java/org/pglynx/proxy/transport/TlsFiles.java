package org.pglynx.proxy.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Notices that files have changed: their time, size or place on the disk is another. */
final class TlsFiles {
  private final List<Path> files;
  private List<String> seen;

  TlsFiles(List<Path> files) {
    this.files = List.copyOf(files);
    this.seen = marks();
  }

  /** Whether something has changed since the last call, or since this was made. */
  boolean changed() {
    List<String> now = marks();
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  @Override
  public String toString() {
    return files.toString();
  }

  private List<String> marks() {
    List<String> marks = new ArrayList<>();
    files.forEach(file -> marks.add(mark(file)));
    return marks;
  }

  private static String mark(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
    } catch (IOException e) {
      return "absent";
    }
  }
}
