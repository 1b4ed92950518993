package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
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
    LeakDetector.countAnew();

    ByteBufAllocator.DEFAULT.buffer(64).release();

    assertThat(LeakDetector.anythingOpen()).isFalse();
  }

  @Test
  void aBufferThatIsNotReleasedIsLookedFor() {
    LeakDetector.countAnew();
    ByteBuf held = ByteBufAllocator.DEFAULT.buffer(64);

    assertThat(LeakDetector.anythingOpen()).isTrue();

    held.release();
  }

  private static void loseABuffer() {
    ByteBuf lost = ByteBufAllocator.DEFAULT.buffer(64);
    assertThat(lost.refCnt()).isEqualTo(1);
  }
}
