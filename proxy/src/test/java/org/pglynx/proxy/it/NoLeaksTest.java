package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoLeaksTest {
  @Test
  void aLostBufferIsReported() {
    loseABuffer();

    List<String> reports = NoLeaks.collect();

    assertThat(reports).isNotEmpty();
  }

  @Test
  void nothingIsLookedForWhereAllIsReleased() {
    long before = LeakDetector.open();

    ByteBufAllocator.DEFAULT.buffer(64).release();

    assertThat(LeakDetector.open()).isEqualTo(before);
  }

  /** A field of a test may hold it at the first collection, and lose it afterwards. */
  @Test
  void aBufferThatIsHeldAtACollectionAndLostBehindItIsReported() {
    ByteBuf[] held = {ByteBufAllocator.DEFAULT.buffer(64)};
    List<String> first = NoLeaks.collect();
    assertThat(held[0].refCnt()).isEqualTo(1);

    held[0] = Unpooled.EMPTY_BUFFER;

    assertThat(first).isEmpty();
    assertThat(NoLeaks.collect()).isNotEmpty();
  }

  private static void loseABuffer() {
    ByteBuf lost = ByteBufAllocator.DEFAULT.buffer(64);
    assertThat(lost.refCnt()).isEqualTo(1);
  }
}
