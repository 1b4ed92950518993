package org.pglynx.ml.registry;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.pglynx.ml.model.MlException;

/**
 * The container of a stored model. Big-endian:
 *
 * <pre>
 *   0  8 bytes  "PGLXMODL"
 *   8  int32    version of everything behind it, now 1
 *   12 int32    CRC-32C of the payload
 *   16 int64    length of the payload
 *   24 …        payload, primitives only ({@link PayloadWriter})
 * </pre>
 *
 * Bytes are data, never code: nothing in them names a class.
 */
public final class ModelFile {
  private static final long MAGIC = 0x50474C584D4F444CL;
  private static final int VERSION = 1;
  private static final int HEADER = 24;

  private ModelFile() {}

  /** Wraps a payload. */
  public static byte[] wrap(PayloadWriter payload) {
    byte[] body = payload.toByteArray();
    return ByteBuffer.allocate(HEADER + body.length)
        .putLong(MAGIC)
        .putInt(VERSION)
        .putInt(checksum(body, 0, body.length))
        .putLong(body.length)
        .put(body)
        .array();
  }

  /**
   * Checks the container and gives its payload.
   *
   * @param maxBytes larger files are refused before anything is read
   * @throws MlException of kind MODEL_FORMAT
   */
  public static PayloadReader open(byte[] bytes, long maxBytes) {
    if (bytes.length > maxBytes) {
      throw damaged("it has %d bytes, the limit is %d".formatted(bytes.length, maxBytes));
    }
    if (bytes.length < HEADER) {
      throw damaged("it has only " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getLong() != MAGIC) {
      throw damaged("it does not begin like a pglynx model");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw damaged("its format version is %d, this program reads %d".formatted(version, VERSION));
    }
    int checksum = in.getInt();
    long length = in.getLong();
    if (length != in.remaining()) {
      throw damaged("its payload has %d bytes instead of %d".formatted(in.remaining(), length));
    }
    if (checksum != checksum(bytes, HEADER, in.remaining())) {
      throw damaged("its checksum does not match");
    }
    return new PayloadReader(in.slice());
  }

  static MlException damaged(String reason) {
    return new MlException(
        MlException.Kind.MODEL_FORMAT,
        "the stored model cannot be read: " + reason,
        "Train the model again, or restore pgml.files from a backup.");
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
