package org.pglynx.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An allocator whose buffers must all be released when a test ends: exact and at once, where
 * Netty's leak detector waits for a garbage collection.
 */
public final class LiveBuffers implements AfterEachCallback {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

  public ByteBufAllocator allocator() {
    return allocator;
  }

  /** A buffer that holds the bytes. */
  public ByteBuf of(byte[] bytes) {
    return allocator.buffer(Math.max(bytes.length, 1)).writeBytes(bytes);
  }

  /** Bytes of buffers that are not released yet. */
  public long bytes() {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isEmpty()) {
      assertThat(bytes()).as("bytes of buffers that nobody released").isZero();
    }
  }
}
