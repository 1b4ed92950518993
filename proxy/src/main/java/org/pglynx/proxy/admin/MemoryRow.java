package org.pglynx.proxy.admin;

/**
 * A kind of memory, in bytes.
 *
 * @param name what it is for
 * @param used how much is in use
 * @param taken how much has been taken from the system for it
 * @param most how much it may become; 0 if there is no bound
 */
public record MemoryRow(String name, long used, long taken, long most) {}
