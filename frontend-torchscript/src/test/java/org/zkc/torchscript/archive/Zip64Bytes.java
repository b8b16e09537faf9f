package org.zkc.torchscript.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A zip file with one stored entry whose sizes and directory are in Zip64 form, as files over 4 GiB
 * have them.
 */
final class Zip64Bytes {

  private Zip64Bytes() {}

  static byte[] of(String name, byte[] content) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    CRC32 crc = new CRC32();
    crc.update(content);
    ByteBuffer b = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0x04034b50)
        .putShort((short) 45)
        .putInt(0)
        .putInt(0)
        .putInt((int) crc.getValue())
        .putInt(-1)
        .putInt(-1);
    b.putShort((short) nameBytes.length).putShort((short) 0).put(nameBytes).put(content);
    int directory = b.position();
    b.putInt(0x02014b50)
        .putShort((short) 45)
        .putShort((short) 45)
        .putInt(0)
        .putInt(0)
        .putInt((int) crc.getValue());
    b.putInt(-1)
        .putInt(-1)
        .putShort((short) nameBytes.length)
        .putShort((short) 28)
        .putShort((short) 0);
    b.putShort((short) 0).putShort((short) 0).putInt(0).putInt(-1).put(nameBytes);
    b.putShort((short) 1)
        .putShort((short) 24)
        .putLong(content.length)
        .putLong(content.length)
        .putLong(0);
    int end64 = b.position();
    b.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0);
    b.putLong(1).putLong(1).putLong(end64 - directory).putLong(directory);
    b.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
    b.putInt(0x06054b50)
        .putInt(0)
        .putShort((short) -1)
        .putShort((short) -1)
        .putInt(-1)
        .putInt(-1)
        .putShort((short) 0);
    return Arrays.copyOf(b.array(), b.position());
  }
}
