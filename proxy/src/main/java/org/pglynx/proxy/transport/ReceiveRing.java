package org.pglynx.proxy.transport;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import java.util.Map;

/**
 * The buffers into which the kernel receives for all io_uring connections of an event loop
 * (IORING_REGISTER_PBUF_RING).
 *
 * <p>A receive that waits needs no buffer, so it is asked for at once, where else a poll goes
 * before each. Small reads fill a buffer one behind the other (IOU_PBUF_RING_INC, Linux 6.12).
 * docs/adr/0180-receive-rings.md has the measurements.
 */
final class ReceiveRing {
  /** Set to false, connections poll before they receive, as where the kernel has no such rings. */
  private static final String PROPERTY = "pglynx.receiveRing";

  private static final short GROUP = 1;

  /** Twice what a server writes at once (libpq/pqcomm.c, PQ_SEND_BUFFER_SIZE). */
  private static final int BUFFER_BYTES = 16 << 10;

  /** For the whole loop; a read that finds them full is asked for again. */
  private static final short BUFFERS = 16;

  private ReceiveRing() {}

  /** Whether there can be one. */
  static boolean available() {
    return !"false".equals(System.getProperty(PROPERTY))
        && IoUring.isRegisterBufferRingIncSupported();
  }

  /** An event loop, with a ring if there can be one. */
  static IoUringIoHandlerConfig loop() {
    IoUringIoHandlerConfig loop = new IoUringIoHandlerConfig();
    return available() ? loop.setBufferRingConfig(ring()) : loop;
  }

  private static IoUringBufferRingConfig ring() {
    return IoUringBufferRingConfig.builder()
        .bufferGroupId(GROUP)
        .bufferRingSize(BUFFERS)
        .batchSize(BUFFERS)
        .incremental(true)
        // Its slices are recycled; those of the adaptive allocator are garbage of each read.
        .allocator(
            new IoUringFixedBufferRingAllocator(PooledByteBufAllocator.DEFAULT, BUFFER_BYTES))
        .build();
  }

  /** What makes a connection receive into the ring of its loop. */
  static Map<ChannelOption<Short>, Short> options() {
    return available() ? Map.of(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP) : Map.of();
  }
}
