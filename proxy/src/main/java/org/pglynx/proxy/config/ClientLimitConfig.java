package org.pglynx.proxy.config;

/**
 * How many clients may be logged in at once; 0 means no limit.
 *
 * @param process of all databases and users together
 * @param database of each database that does not say its own
 * @param user of each user that does not say its own, whatever the database
 * @param reservedForAdmin beyond {@code process}, for the admin databases alone; 0 means none
 * @param loginMegabytes memory that connections may take together before they have logged in
 */
public record ClientLimitConfig(
    int process, int database, int user, int reservedForAdmin, int loginMegabytes) {}
