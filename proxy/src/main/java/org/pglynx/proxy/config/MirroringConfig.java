package org.pglynx.proxy.config;

/**
 * How the mirrors of a pool get statements.
 *
 * @param percent how many transactions in a hundred
 * @param queueBytes how much may wait for each mirror and user
 */
public record MirroringConfig(int percent, long queueBytes) {
  /** Of a pool without mirrors. */
  public static final MirroringConfig NONE = new MirroringConfig(0, 0);
}
