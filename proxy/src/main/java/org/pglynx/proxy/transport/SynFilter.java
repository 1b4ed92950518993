package org.pglynx.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns connections away from a socket that is about to be closed while another process listens on
 * its port. The kernel resets what a listening socket has not handed out when it is closed:
 * connections that are accepted by nobody yet, and handshakes under way. So for a moment before, a
 * classic BPF program (man 7 socket, SO_ATTACH_FILTER) drops the first packet of new connections
 * alone. TCP sends it again after a second, and finds the other socket then.
 */
public final class SynFilter {
  private static final Logger LOG = LoggerFactory.getLogger(SynFilter.class);

  /** Within it handshakes end and their connections are accepted; less than TCP's first second. */
  public static final long SETTLE_MILLIS = 500;

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  /** struct sock_filter: code, jump if true, jump if false, operand. */
  private static final int[][] PROGRAM = {
    // The program sees the packet from the TCP header on; its 14th byte has the flags.
    {0x30, 0, 0, 13}, // ldb [13]
    {0x54, 0, 0, 0x12}, // and #(SYN | ACK)
    {0x15, 0, 1, 0x02}, // jeq #SYN
    {0x06, 0, 0, 0}, // ret #0: drop
    {0x06, 0, 0, -1}, // ret #-1: keep
  };

  private static final int INSTRUCTION_BYTES = 8;

  /** struct sock_fprog: the number of instructions, and behind a gap the address of the first. */
  private static final int PROGRAM_BYTES = 16;

  private SynFilter() {}

  /** Turns new connections away; false where that cannot be done, as with NIO. */
  public static boolean attach(Channel listening) {
    if (!(listening instanceof UnixChannel unix && unix.fd() instanceof Socket socket)) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment instructions = arena.allocate((long) PROGRAM.length * INSTRUCTION_BYTES, 8);
      write(instructions.asByteBuffer().order(ByteOrder.nativeOrder()));
      ByteBuffer program = ByteBuffer.allocateDirect(PROGRAM_BYTES).order(ByteOrder.nativeOrder());
      program.putShort(0, (short) PROGRAM.length).putLong(8, instructions.address());
      socket.setRawOpt(SOL_SOCKET, SO_ATTACH_FILTER, program);
      return true;
    } catch (IOException e) {
      LOG.warn(
          "the kernel takes no filter ({}): connections that are just being made may be reset",
          e.getMessage());
      return false;
    }
  }

  private static void write(ByteBuffer to) {
    for (int[] instruction : PROGRAM) {
      to.putShort((short) instruction[0]);
      to.put((byte) instruction[1]);
      to.put((byte) instruction[2]);
      to.putInt(instruction[3]);
    }
  }
}
