package org.pglynx.proxy.config;

/**
 * One thing to say about a configuration file, with the place it is about.
 *
 * @param file the file's name as the user gave it
 * @param line line, counted from 1
 * @param column column, counted from 1
 * @param message the key's path and what is wrong with it
 */
public record ConfigFault(String file, int line, int column, String message) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + message;
  }
}
