package org.pglynx.proxy.config.pgbouncer;

/**
 * A line {@code key = value} of an ini file.
 *
 * @param section the section that it is in; empty before the first
 * @param key as it is written
 * @param value without the blanks around it
 * @param file the file's name; included ones have their own
 * @param line counted from 1
 */
record IniEntry(String section, String key, String value, String file, int line) {}
