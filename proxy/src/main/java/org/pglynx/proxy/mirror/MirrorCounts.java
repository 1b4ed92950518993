package org.pglynx.proxy.mirror;

/**
 * Figures of a mirror.
 *
 * @param begun transactions, or sessions with session pooling, that were to be mirrored
 * @param done those that the mirror has got to their end
 * @param dropped those that it has not: it could not be reached, was too slow, or died
 * @param waitingBytes what waits for it now
 */
public record MirrorCounts(long begun, long done, long dropped, long waitingBytes) {}
