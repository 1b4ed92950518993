package org.pglynx.proxy.admin;

import org.jspecify.annotations.Nullable;

/**
 * How connections of one kind are encrypted.
 *
 * @param side clients or servers
 * @param database whose servers; empty for clients
 * @param mode in libpq's words
 * @param certificate the file that is shown; null for none
 * @param authorities the file that the other side's certificates are held against; null for none
 * @param subject whose certificate it is
 * @param notAfter when it expires, in UTC
 * @param daysLeft how many whole days that is from now
 */
public record TlsRow(
    String side,
    String database,
    String mode,
    @Nullable String certificate,
    @Nullable String authorities,
    @Nullable String subject,
    @Nullable String notAfter,
    @Nullable Long daysLeft) {}
